"""The chains of a run, as a block explorer shows them: blocks, transactions, what each moved, balances.

All of it stands in the journal (blocks, inclusions, movements) and in the tables of transactions that a run keeps.
A reorganised block stays in the list and is marked.
"""

from typing import Any

import pyarrow.parquet as pq

from sandbox.journal.kinds import Kind
from sandbox.money import Asset, format_units
from sandbox.page.opened import Opened
from sandbox.page.refusals import Refusal

#: Blocks of one chain, with whether a later reorganisation took them off it.
_BLOCKS = f"""
select b.seq, b."time", b.amount as height, b.object as transactions,
       exists (select 1 from journal r where r.kind = {Kind.REORG:d} and r.actor = b.actor
               and r.seq > b.seq and r.amount < b.amount) as dropped
from journal b where b.kind = {Kind.BLOCK:d} and b.actor = ?
"""
#: Balances as the books have them at the end, which every block was audited against.
_BALANCES = f"""
select a.account, coalesce(e.name, ''), a.role, a.asset, coalesce(a.address, ''), coalesce(sum(m.step), 0)::bigint
from accounts a left join entities e on e.id = a.owner
left join (
    select object as account, amount as step from journal where kind = {Kind.POSTED:d}
    union all select subject, -amount from journal where kind = {Kind.POSTED:d}
) m using (account)
where a.chain = ? group by all order by 6 desc, 1
"""
_CHAIN_KINDS = (Kind.BROADCAST, Kind.INCLUDED, Kind.FINAL, Kind.REORGED, Kind.CONFLICTED)


def chains(opened: Opened) -> dict[str, Any]:
    """Every chain that made a block: its height, blocks, transactions and reorganisations."""
    rows = opened.run.rows(
        f"""select e.name, max(j.amount) filter (j.kind = {Kind.BLOCK:d}),
               count(*) filter (j.kind = {Kind.BLOCK:d}), count(*) filter (j.kind = {Kind.INCLUDED:d}),
               count(*) filter (j.kind = {Kind.REORG:d})
        from journal j join entities e on e.id = j.actor
        where e.name like 'chain/%' and j.kind in ({Kind.BLOCK:d}, {Kind.INCLUDED:d}, {Kind.REORG:d})
        group by e.name order by e.name"""
    )
    return {
        "chains": [
            {
                "chain": name.removeprefix("chain/"),
                "height": height,
                "blocks": blocks,
                "inclusions": inclusions,
                "reorganisations": reorganisations,
            }
            for name, height, blocks, inclusions, reorganisations in rows
        ]
    }


def blocks(opened: Opened, chain: str, with_transactions: bool, offset: int, limit: int) -> dict[str, Any]:
    """Blocks, the newest first; ``with_transactions`` leaves out the empty ones."""
    number = _chain(opened, chain)
    only = "transactions > 0" if with_transactions else "true"
    total = opened.run.rows(f"select count(*) from ({_BLOCKS}) where {only}", [number])[0][0]
    rows = opened.run.rows(
        f"select * from ({_BLOCKS}) where {only} order by seq desc limit ? offset ?", [number, limit, offset]
    )
    return {
        "chain": chain,
        "total": int(total),
        "offset": offset,
        "limit": limit,
        "blocks": [_block(opened, row) for row in rows],
    }


def block(opened: Opened, chain: str, height: int) -> dict[str, Any]:
    """The block of a height, and those that a reorganisation took from there, each with its transactions."""
    number = _chain(opened, chain)
    rows = opened.run.rows(f"select * from ({_BLOCKS}) where height = ? order by seq desc", [number, height])
    if not rows:
        raise Refusal(404, "no_block", "this chain has no block of that height")
    found = []
    for row in rows:
        inclusions = opened.run.rows(
            f"""select seq, payment, subject, object, extra from journal
            where kind = {Kind.INCLUDED:d} and actor = ? and amount = ? and "time" = ?
            order by object""",
            [number, height, row[1]],
        )
        listed = [
            {
                "transaction": transaction,
                "index": index,
                "success": bool(success),
                "payment": _payment(payment),
                "movements": _movements(opened, number, seq),
            }
            for seq, payment, success, index, transaction in inclusions
        ]
        found.append({**_block(opened, row), "included": listed})
    return {"chain": chain, "height": height, "versions": found}


def transaction(opened: Opened, chain: str, number: int) -> dict[str, Any]:
    """One transaction: its identity and fields, what the journal says of it, and what it moved."""
    entity = _chain(opened, chain)
    records = opened.run.rows(
        f"""select seq, "time", kind, payment, subject, object, amount from journal
        where extra = ? and ((kind = {Kind.BROADCAST:d} and subject = ?)
            or (kind in ({Kind.INCLUDED:d}, {Kind.FINAL:d}, {Kind.REORGED:d}, {Kind.CONFLICTED:d}) and actor = ?))
        order by seq""",
        [number, entity, entity],
    )
    kept = _kept(opened, chain, number)
    if not records and not kept:
        raise Refusal(404, "no_transaction", "this chain has no such transaction")
    payment = next((row[3] for row in records if row[3] >= 0), -1)
    movements = [
        move for row in records if row[2] == Kind.INCLUDED for move in _movements(opened, entity, row[0])
    ]
    return {
        "chain": chain,
        "transaction": number,
        "payment": _payment(payment),
        **_described(opened, chain, kept),
        "events": [
            {"when": opened.names.when(time), "kind": Kind(kind).name, "text": _event(opened, kind, row)}
            for row in records
            for time, kind in [row[1:3]]
        ],
        "movements": movements,
    }


def balances(opened: Opened, chain: str) -> dict[str, Any]:
    """Every account of the chain with its balance at the end."""
    rows = opened.run.rows(_BALANCES, [_chain(opened, chain)])
    return {
        "chain": chain,
        "accounts": [
            {
                "account": account,
                "owner": owner,
                "role": role.replace("_", " "),
                "asset": Asset(asset).name,
                "address": address,
                "units": units,
                "balance": format_units(units, Asset(asset)),
            }
            for account, owner, role, asset, address, units in rows
        ],
    }


def _chain(opened: Opened, chain: str) -> int:
    """The chain's entity. Raises Refusal 404."""
    found = opened.run.rows("select id from entities where name = ?", [f"chain/{chain}"])
    if not found:
        raise Refusal(404, "no_chain", "this run has no such chain")
    return int(found[0][0])


def _block(opened: Opened, row: tuple[Any, ...]) -> dict[str, Any]:
    _, time, height, transactions, dropped = row
    when = opened.names.when(time)
    return {"height": height, "when": when, "transactions": transactions, "dropped": bool(dropped)}


def _payment(number: int) -> str | None:
    return f"P-{number:05d}" if number >= 0 else None


def _movements(opened: Opened, chain: int, inclusion: int) -> list[dict[str, Any]]:
    """What an inclusion moved: the entries that follow it in the journal, up to the next word of a chain."""
    rows = opened.run.rows(
        f"""with next as (select min(seq) as seq from journal where seq > ? and kind between 40 and 47)
        select j.subject, j.object, j.amount, p.name from journal j
        left join codes p on p.space = 'purpose' and p.code = j.reason
        where j.kind = {Kind.POSTED:d} and j.seq > ? and j.seq < (select coalesce(seq, 1 << 62) from next)
          and exists (select 1 from accounts a where a.account in (j.subject, j.object) and a.chain = ?)
        order by j.seq""",
        [inclusion, inclusion, chain],
    )
    names = opened.names
    return [
        {
            "from": names.account(debit),
            "to": names.account(credit),
            "amount": names.money(units, credit),
            "purpose": str(purpose or "").lower().replace("_", " "),
        }
        for debit, credit, units, purpose in rows
    ]


def _event(opened: Opened, kind: int, row: tuple[Any, ...]) -> str:
    """A chain's record of a transaction as a clause."""
    _, _, _, _, subject, object_, amount = row
    if kind == Kind.BROADCAST:
        return f"{opened.names.money(amount, object_)} to {opened.names.account(object_)}"
    if kind == Kind.INCLUDED:
        return f"block {amount}, index {object_}, {'success' if subject else 'reverted'}"
    if kind == Kind.FINAL:
        return f"{object_} confirmations after block {amount}"
    return f"block {amount}, depth {object_}" if kind == Kind.REORGED else "can never be included any more"


def _kept(opened: Opened, chain: str, number: int) -> dict[str, Any]:
    """The transaction's row in the table that the run kept; empty where there is none."""
    path = opened.run.chain_table(f"chain/{chain}")
    if path is None:
        return {}
    rows = pq.read_table(path, filters=[("number", "=", number)]).to_pylist()
    return dict(rows[0]) if rows else {}


def _described(opened: Opened, chain: str, kept: dict[str, Any]) -> dict[str, Any]:
    """Hash, fields and decoded content of a kept transaction."""
    if not kept:
        return {"hash": None, "fields": [], "outputs": [], "raw": None}
    if "raw" in kept:
        return _bitcoin(opened, kept)
    return _evm(opened, kept)


def _evm(opened: Opened, kept: dict[str, Any]) -> dict[str, Any]:
    from sandbox.chains.evm.accounts import hash_of_call

    identity = hash_of_call(
        kept["signer"],
        nonce=kept["nonce"],
        gas_limit=kept["gas_limit"],
        gas_price=kept["gas_price"],
        to=kept["to"],
        data=kept["data"],
    )
    owners = _owners(opened)
    arguments = [
        f"{part} ({owners[part]})" if part in owners else part for part in kept["arguments"].split(", ")
    ]
    names = ("signer", "sender", "to", "nonce", "gas_limit", "gas_price", "gas_used", "reason")
    fields = [["function", f"{kept['function']}({', '.join(arguments)})"]]
    fields += [[name.replace("_", " "), str(kept[name])] for name in names if kept[name] not in (None, "")]
    return {"hash": identity, "fields": fields, "outputs": [], "raw": f"0x{kept['data'].hex()}"}


def _bitcoin(opened: Opened, kept: dict[str, Any]) -> dict[str, Any]:
    from sandbox.chains.bitcoin.bech32 import address_of
    from sandbox.chains.bitcoin.script import is_p2wpkh
    from sandbox.chains.bitcoin.transaction import BitcoinTransaction

    owners = _owners(opened)
    parsed = BitcoinTransaction.parse(bytes.fromhex(kept["raw"]))
    outputs = []
    for place, output in enumerate(parsed.outputs):
        address = address_of(output.script[2:]) if is_p2wpkh(output.script) else ""
        amount = format_units(output.sats, Asset.BTC)
        outputs.append(
            {"index": place, "address": address, "owner": owners.get(address, ""), "amount": amount}
        )
    fields = [
        ["status", str(kept["status"])],
        ["inputs", str(len(parsed.inputs))],
        ["virtual size", f"{parsed.vsize} vbytes"],
        ["fee", f"{kept['fee_sats']:,} satoshi"],
    ]
    return {"hash": kept["hash"], "fields": fields, "outputs": outputs, "raw": kept["raw"]}


def _owners(opened: Opened) -> dict[str, str]:
    """Address -> who holds it."""
    return {facts.address: facts.owner for facts in opened.names.accounts.values() if facts.address}
