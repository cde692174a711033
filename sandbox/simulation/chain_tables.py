"""What the chains hold at the end of a run, as tables: the transactions with their real hashes and receipts."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sandbox.chains.bitcoin import RegtestChain
from sandbox.chains.bitcoin.records import TransactionRecord
from sandbox.chains.evm import EvmChain
from sandbox.chains.evm.records import Receipt, Transaction
from sandbox.world.chains import Chains

#: Transactions in a row group: a long run's are not all columns of Python objects at once.
_STRETCH = 8_192

_EVM = pa.schema(
    [
        ("number", pa.int64()),
        ("signer", pa.string()),
        ("sender", pa.string()),
        ("to", pa.string()),
        ("nonce", pa.int64()),
        ("function", pa.string()),
        ("arguments", pa.string()),
        ("data", pa.binary()),
        ("gas_limit", pa.int64()),
        ("gas_price", pa.int64()),
        ("height", pa.int64()),
        ("index", pa.int64()),
        ("ok", pa.bool_()),
        ("gas_used", pa.int64()),
        ("reason", pa.string()),
        ("logs", pa.binary()),
    ]
)
_BITCOIN = pa.schema(
    [
        ("number", pa.int64()),
        ("hash", pa.string()),
        ("status", pa.string()),
        ("height", pa.int64()),
        ("index", pa.int64()),
        ("fee_sats", pa.int64()),
        ("raw", pa.string()),
    ]
)


def write_chain_tables(chains: Chains, directory: Path) -> None:
    """One Parquet file a chain: ``chains/evm.parquet`` and the like."""
    for chain in chains.open_chains:
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / f"{chain.name.split('/')[-1]}.parquet"
        if isinstance(chain, EvmChain):
            mined = [(sent, sent.receipt) for sent in chain.transactions if sent.receipt is not None]
            _write(path, _EVM, mined, partial(_evm, gas_price=chain.gas_price))
        else:
            assert isinstance(chain, RegtestChain)
            _write(path, _BITCOIN, chain.transactions, _bitcoin)


def _write(
    path: Path, schema: pa.Schema, rows: Sequence[Any], columns: Callable[[Any], dict[str, list[Any]]]
) -> None:
    """A table, some rows at a time; one without rows has its columns all the same."""
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for first in range(0, max(1, len(rows)), _STRETCH):
            writer.write_table(pa.table(columns(rows[first : first + _STRETCH]), schema=schema))


def _evm(mined: Sequence[tuple[Transaction, Receipt]], gas_price: int) -> dict[str, list[Any]]:
    return {
        "number": [sent.number for sent, _ in mined],
        "signer": [sent.sender.name for sent, _ in mined],
        "sender": [sent.sender.address for sent, _ in mined],
        "to": ["" if sent.function == "__init__" else sent.contract.address for sent, _ in mined],
        "nonce": [sent.nonce for sent, _ in mined],
        "function": [sent.function for sent, _ in mined],
        "arguments": [_shown(sent.args) for sent, _ in mined],
        # With these a reader signs the call again and finds its hash; signing all of them here would cost more
        # than the run.
        "data": [sent.data for sent, _ in mined],
        "gas_limit": [sent.gas_limit for sent, _ in mined],
        "gas_price": [gas_price] * len(mined),
        "height": [receipt.height for _, receipt in mined],
        "index": [receipt.index for _, receipt in mined],
        "ok": [receipt.ok for _, receipt in mined],
        "gas_used": [receipt.gas_used for _, receipt in mined],
        "reason": [receipt.reason for _, receipt in mined],
        # Events as the chain packs them: a reader decodes those it shows.
        "logs": [receipt.block.packed_logs(receipt.index) for _, receipt in mined],
    }


def _shown(args: tuple[object, ...]) -> str:
    return ", ".join([f"0x{value.hex()}" if isinstance(value, bytes) else str(value) for value in args])


def _bitcoin(records: Sequence[TransactionRecord]) -> dict[str, list[Any]]:
    return {
        "number": [record.number for record in records],
        "hash": [record.transaction.txid for record in records],
        "status": [record.status.value for record in records],
        "height": [record.height for record in records],
        "index": [record.index for record in records],
        "fee_sats": [record.fee_sats for record in records],
        "raw": [record.raw.hex() for record in records],
    }
