"""A payment's transactions on the local test chains: where they stand and by which hash they are found."""

from collections.abc import Sequence
from typing import Any

import pyarrow.parquet as pq

from sandbox.journal.kinds import Kind
from sandbox.report.facts import Names, Record
from sandbox.report.runfolder import RunFolder
from sandbox.report.story import Proof

#: Names under which a chain's table may keep a transaction's identity.
_HASH_COLUMNS = ("hash", "txid", "transaction_hash", "tx_hash")
_NUMBER_COLUMNS = ("number", "transaction")


def proofs_of(run: RunFolder, names: Names, records: Sequence[Record]) -> tuple[Proof, ...]:
    """Every transaction the journal names for the payment, in the order of their broadcast; then receipts."""
    numbers: dict[tuple[str, int], list[Record]] = {}
    for row in records:
        chain = names.entity(row.subject if row.kind == Kind.BROADCAST else row.actor)
        if row.kind in (Kind.BROADCAST, Kind.INCLUDED, Kind.FINAL, Kind.REORGED, Kind.CONFLICTED):
            numbers.setdefault((chain, row.extra), []).append(row)
    found = [_proof(run, chain, number, rows) for (chain, number), rows in numbers.items()]
    return (*found, *(_receipt(names, row) for row in records if row.kind == Kind.RECEIPT))


def _proof(run: RunFolder, chain: str, number: int, rows: Sequence[Record]) -> Proof:
    inclusions = [row for row in rows if row.kind == Kind.INCLUDED]
    finals = [row for row in rows if row.kind == Kind.FINAL]
    reorganised = any(row.kind == Kind.REORGED for row in rows)
    last = inclusions[-1] if inclusions else None
    identity = _hash(run, chain, number)
    proof = Proof(
        chain=chain,
        transaction=number,
        hash=identity,
        height=last.amount if last else None,
        index=last.object if last else None,
        success=bool(last.subject) if last else None,
        confirmations=finals[-1].object if finals else None,
        reorganised=reorganised,
        text="",
    )
    words = [f"{chain}, transaction {number}"]
    words.append(f"hash {identity}" if identity else "hash not kept in the run folder")
    if last is None:
        words.append("never included in a block")
    else:
        words.append(f"block {last.amount}, index {last.object}, {'success' if last.subject else 'reverted'}")
    if finals:
        words.append(f"final after {finals[-1].object} confirmations")
    if reorganised:
        words.append("dropped from a block by a reorganisation on its way")
    return _with_text(proof, ", ".join(words))


def _with_text(proof: Proof, text: str) -> Proof:
    return Proof(**{name: getattr(proof, name) for name in Proof.__slots__ if name != "text"}, text=text)


def _receipt(names: Names, row: Record) -> Proof:
    operator = names.entity(row.actor)
    return Proof(
        chain="chain/digital_ruble",
        transaction=row.amount,
        hash="",
        height=None,
        index=None,
        success=True,
        confirmations=None,
        reorganised=False,
        text=f"receipt of the {operator}: order {row.amount} on the platform, final at once",
    )


def _hash(run: RunFolder, chain: str, number: int) -> str:
    """The transaction's hash or txid from the chain's table; "" without a table, a row or such a column."""
    path = run.chain_table(chain)
    if path is None:
        return ""
    with pq.ParquetFile(path) as file:
        table: Any = file.read()
    columns = table.column_names
    named = next((name for name in _HASH_COLUMNS if name in columns), None)
    numbered = next((name for name in _NUMBER_COLUMNS if name in columns), None)
    if named is None:
        return ""
    numbers = table.column(numbered).to_pylist() if numbered else list(range(table.num_rows))
    row = numbers.index(number) if number in numbers else -1
    if row < 0:
        return ""
    value = table.column(named)[row].as_py()
    return value.hex() if isinstance(value, bytes) else str(value or "")
