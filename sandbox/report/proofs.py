"""A payment's transactions on the local test chains: where they stand and by which hash they are found."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pyarrow.parquet as pq

from sandbox.chains.evm.accounts import hash_of_call
from sandbox.journal.kinds import Kind
from sandbox.report.facts import Names, Record
from sandbox.report.runfolder import RunFolder
from sandbox.report.story import Proof
from sandbox.report.wording import number as shown_number
from sandbox.report.wording import say

#: Names under which a chain's table may keep a transaction's identity.
_HASH_COLUMNS = ("hash", "txid", "transaction_hash", "tx_hash")

#: What a receipt shows besides; journal columns tell height, index and success.
_RECEIPT_COLUMNS = ("function", "arguments", "nonce", "gas_used", "reason", "fee_sats", "status")

#: Operator of a platform -> its chain.
_PLATFORMS = {"operator": "chain/digital_ruble", "dfa_operator": "chain/dfa"}


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
    row = _receipt_of(run, chain, number)
    identity = _hash(row)
    receipt = tuple((name, _shown(row[name])) for name in _RECEIPT_COLUMNS if row.get(name) not in (None, ""))
    proof = Proof(
        chain=chain,
        transaction=number,
        hash=identity,
        height=last.amount if last else None,
        index=last.object if last else None,
        success=bool(last.subject) if last else None,
        confirmations=finals[-1].object if finals else None,
        reorganised=reorganised,
        receipt=receipt,
        text="",
    )
    words = [say("proof.transaction", chain=chain, number=number)]
    words.append(say("proof.hash", hash=identity) if identity else say("proof.no_hash"))
    if last is None:
        words.append(say("proof.never"))
    else:
        key = "proof.success" if last.subject else "proof.reverted"
        words.append(say(key, height=last.amount, index=last.object))
    if finals:
        words.append(say("proof.final", confirmations=finals[-1].object))
    if reorganised:
        words.append(say("proof.dropped"))
    words += [f"{say(f'receipt.{name}', otherwise=name)} {value}" for name, value in receipt]
    return replace(proof, text=", ".join(words))


def _receipt(names: Names, row: Record) -> Proof:
    operator = names.entity(row.actor)
    return Proof(
        chain=_PLATFORMS.get(operator, ""),
        transaction=row.amount,
        hash="",
        height=None,
        index=None,
        success=True,
        confirmations=None,
        reorganised=False,
        receipt=(),
        text=say("proof.receipt", operator=operator, order=row.amount),
    )


def _receipt_of(run: RunFolder, chain: str, number: int) -> dict[str, Any]:
    """The transaction's row of the chain's table; empty without a table or a row."""
    path = run.chain_table(chain)
    if path is None:
        return {}
    rows = pq.read_table(path, filters=[("number", "=", number)]).to_pylist()
    return dict(rows[0]) if rows else {}


def _hash(row: dict[str, Any]) -> str:
    """The hash the chain's table keeps, or that of the call signed again; empty if neither is there."""
    kept = next((str(row[name]) for name in _HASH_COLUMNS if row.get(name)), "")
    if kept or "data" not in row:
        return kept
    return hash_of_call(
        row["signer"],
        nonce=row["nonce"],
        gas_limit=row["gas_limit"],
        gas_price=row["gas_price"],
        to=row["to"],
        data=row["data"],
    )


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return say("yes" if value else "no")
    return shown_number(value) if isinstance(value, int) else str(value)
