"""What the chains hold at the end of a run, as tables: the transactions with their real hashes and receipts."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sandbox.chains.bitcoin import RegtestChain
from sandbox.chains.evm import EvmChain
from sandbox.world.chains import Chains


def write_chain_tables(chains: Chains, directory: Path) -> None:
    """One Parquet file a chain: ``chains/evm.parquet`` and the like."""
    for chain in chains.open_chains:
        directory.mkdir(parents=True, exist_ok=True)
        table = _evm(chain) if isinstance(chain, EvmChain) else _bitcoin(chain)
        pq.write_table(table, directory / f"{chain.name.split('/')[-1]}.parquet", compression="zstd")


def _evm(chain: EvmChain) -> pa.Table:
    mined = [tx for tx in chain.transactions if tx.receipt is not None]
    receipts = [tx.receipt for tx in mined if tx.receipt is not None]
    return pa.table(
        {
            "number": pa.array([tx.number for tx in mined], pa.int64()),
            "signer": pa.array([tx.sender.name for tx in mined]),
            "sender": pa.array([tx.sender.address for tx in mined]),
            "to": pa.array(["" if tx.function == "__init__" else tx.contract.address for tx in mined]),
            "nonce": pa.array([tx.nonce for tx in mined], pa.int64()),
            "function": pa.array([tx.function for tx in mined]),
            "arguments": pa.array([_shown(tx.args) for tx in mined]),
            # With these a reader signs the call again and finds its hash; signing all of them here would cost
            # more than the run.
            "data": pa.array([tx.data for tx in mined], pa.binary()),
            "gas_limit": pa.array([tx.gas_limit for tx in mined], pa.int64()),
            "gas_price": pa.array([chain.gas_price] * len(mined), pa.int64()),
            "height": pa.array([receipt.height for receipt in receipts], pa.int64()),
            "index": pa.array([receipt.index for receipt in receipts], pa.int64()),
            "ok": pa.array([receipt.ok for receipt in receipts]),
            "gas_used": pa.array([receipt.gas_used for receipt in receipts], pa.int64()),
            "reason": pa.array([receipt.reason for receipt in receipts]),
        }
    )


def _shown(args: tuple[object, ...]) -> str:
    return ", ".join([f"0x{value.hex()}" if isinstance(value, bytes) else str(value) for value in args])


def _bitcoin(chain: RegtestChain) -> pa.Table:
    records = chain.transactions
    return pa.table(
        {
            "number": pa.array([record.number for record in records], pa.int64()),
            "hash": pa.array([record.transaction.txid for record in records]),
            "status": pa.array([record.status.value for record in records]),
            "height": pa.array([record.height for record in records], pa.int64()),
            "index": pa.array([record.index for record in records], pa.int64()),
            "fee_sats": pa.array([record.fee_sats for record in records], pa.int64()),
            "raw": pa.array([record.raw.hex() for record in records]),
        }
    )
