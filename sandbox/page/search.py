"""Finds things of a run by what a reader has in hand: a payment, a block, a transaction's hash, an address, a name."""

import re
from collections.abc import Iterator
from typing import Any

import pyarrow.parquet as pq

from sandbox.journal.kinds import Kind
from sandbox.page.chain_book import payment_name
from sandbox.page.opened import Opened
from sandbox.page.transactions import evm_hash

_PAYMENT = re.compile(r"^p-?(\d{1,9})$", re.ASCII | re.IGNORECASE)
_HASH = re.compile(r"^(0x)?([0-9a-f]{6,64})$", re.ASCII | re.IGNORECASE)
_MOST = 40
#: What signing an EVM transaction again needs.
_SIGNED = ("number", "signer", "nonce", "gas_limit", "gas_price", "to", "data")


def search(opened: Opened, words: str) -> dict[str, Any]:
    """All that ``words`` may mean in this run, the exact before the similar; at most 40."""
    sought = words.strip()
    found = []
    for each in _everything(opened, sought):
        if each not in found:
            found.append(each)
        if len(found) == _MOST:
            break
    return {"query": sought, "found": found}


def _everything(opened: Opened, sought: str) -> Iterator[dict[str, Any]]:
    if not sought:
        return
    if (match := _PAYMENT.match(sought)) or (sought.isascii() and sought.isdecimal() and len(sought) < 10):
        yield from _payment(opened, int(match[1] if match else sought))
    if sought.isascii() and sought.isdecimal() and len(sought) < 13:
        yield from _numbered(opened, int(sought))
    if match := _HASH.match(sought):
        yield from _hashes(opened, match[2].lower())
    yield from _accounts(opened, sought.casefold())


def _payment(opened: Opened, number: int) -> Iterator[dict[str, Any]]:
    kind = int(Kind.CREATED)
    if opened.run.rows("select 1 from journal where kind = ? and payment = ? limit 1", [kind, number]):
        yield {"kind": "payment", "name": payment_name(number)}


def _numbered(opened: Opened, number: int) -> Iterator[dict[str, Any]]:
    """Blocks of that height and transactions of that number."""
    rows = opened.run.rows(
        """select distinct e.name, j.kind from journal j join entities e on e.id = j.actor
        where (j.kind = ? and j.amount = ?) or (j.kind = ? and j.extra = ?) order by 2 desc, 1""",
        [int(Kind.BLOCK), number, int(Kind.INCLUDED), number],
    )
    for name, kind in rows:
        what = "block" if kind == Kind.BLOCK else "transaction"
        yield {"kind": what, "chain": str(name).removeprefix("chain/"), "number": number, "name": str(number)}


def _hashes(opened: Opened, start: str) -> Iterator[dict[str, Any]]:
    """Transactions whose hash begins so."""
    for chain, numbers in _known_hashes(opened).items():
        for identity, number in numbers.items():
            if identity.removeprefix("0x").startswith(start):
                yield {"kind": "transaction", "chain": chain, "number": number, "name": identity}


def _known_hashes(opened: Opened) -> dict[str, dict[str, int]]:
    """Chain -> hash -> number of the transaction; found once for as long as the folder is open."""
    if opened.hashes is None:
        folder = opened.run.directory / "chains"
        opened.hashes = {
            path.stem: _hashes_of(path) for path in sorted(folder.glob("*.parquet")) if path.is_file()
        }
    return opened.hashes


def _hashes_of(path: Any) -> dict[str, int]:
    names = pq.read_schema(path).names
    if "hash" in names:
        table = pq.read_table(path, columns=["hash", "number"])
        return dict(zip(table["hash"].to_pylist(), table["number"].to_pylist(), strict=True))
    rows = pq.read_table(path, columns=list(_SIGNED)).to_pylist()
    return {evm_hash(row): int(row["number"]) for row in rows}


def _accounts(opened: Opened, sought: str) -> Iterator[dict[str, Any]]:
    """Addresses that begin so, and those of holders whose name contains it."""
    for facts in opened.names.accounts.values():
        if not facts.address or not facts.chain:
            continue
        exact = facts.owner.casefold() == sought
        if (
            facts.address.casefold().startswith(sought)
            or exact
            or (len(sought) > 2 and sought in facts.owner)
        ):
            chain = facts.chain.removeprefix("chain/")
            yield {"kind": "address", "chain": chain, "address": facts.address, "name": facts.owner}
