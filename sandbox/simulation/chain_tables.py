"""What the chains hold at the end of a run, as tables: the transactions with their real hashes and receipts."""

from collections.abc import Callable, Sequence
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sandbox.chains.bitcoin import RegtestChain
from sandbox.chains.bitcoin.records import TransactionRecord
from sandbox.chains.evm import EvmChain
from sandbox.chains.evm.records import Receipt, Transaction
from sandbox.world.chains import Chains

_NUMBER, _NONCE, _FUNCTION, _DATA = (attrgetter(name) for name in ("number", "nonce", "function", "data"))
_NAME, _ADDRESS, _GAS_LIMIT = attrgetter("name"), attrgetter("address"), attrgetter("gas_limit")
_OK, _GAS_USED, _REASON = attrgetter("ok"), attrgetter("gas_used"), attrgetter("reason")
_FIRST_NUMBER = attrgetter("first_number")

#: Columns whose values come again and again: only for these a dictionary pays.
_REPEATED = ["signer", "sender", "to", "function", "ok", "reason", "status"]

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
    path: Path, schema: pa.Schema, rows: Sequence[Any], columns: Callable[[Any], dict[str, Any]]
) -> None:
    """A table, some rows at a time; one without rows has its columns all the same."""
    repeated = [name for name in _REPEATED if name in schema.names]
    with pq.ParquetWriter(path, schema, compression="zstd", use_dictionary=repeated) as writer:
        for first in range(0, max(1, len(rows)), _STRETCH):
            writer.write_table(pa.table(columns(rows[first : first + _STRETCH]), schema=schema))


def _evm(mined: Sequence[tuple[Transaction, Receipt]], gas_price: int) -> dict[str, Any]:
    sent, receipts = zip(*mined, strict=True) if mined else ((), ())
    senders = [transaction.sender for transaction in sent]
    blocks = [receipt.block for receipt in receipts]
    numbers = np.fromiter(map(_NUMBER, sent), np.int64, len(sent))
    places = numbers - np.fromiter(map(_FIRST_NUMBER, blocks), np.int64, len(blocks))
    return {
        "number": numbers,
        "signer": list(map(_NAME, senders)),
        "sender": list(map(_ADDRESS, senders)),
        "to": ["" if one.function == "__init__" else one.contract.address for one in sent],
        "nonce": list(map(_NONCE, sent)),
        "function": list(map(_FUNCTION, sent)),
        "arguments": [_shown(one.args) for one in sent],
        # With these a reader signs the call again and finds its hash; signing all of them here would cost more
        # than the run.
        "data": list(map(_DATA, sent)),
        "gas_limit": list(map(_GAS_LIMIT, sent)),
        "gas_price": np.full(len(sent), gas_price, np.int64),
        "height": [block.height for block in blocks],
        "index": places,
        "ok": list(map(_OK, receipts)),
        "gas_used": list(map(_GAS_USED, receipts)),
        "reason": list(map(_REASON, receipts)),
        # Events as the chain packs them: a reader decodes those it shows.
        "logs": [block.packed_logs(place) for block, place in zip(blocks, places.tolist(), strict=True)],
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
