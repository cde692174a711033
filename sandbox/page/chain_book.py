"""The chains of a run, as a block explorer shows them: blocks, what each of their transactions moved, balances.

All of it stands in the journal. A reorganised block stays in the list and is marked.
"""

from typing import Any

from sandbox.journal.kinds import Kind
from sandbox.money import Asset
from sandbox.page.opened import Opened
from sandbox.page.refusals import Refusal
from sandbox.report.wording import say

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
    number = chain_entity(opened, chain)
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
    number = chain_entity(opened, chain)
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
                "payment": payment_name(payment),
                "movements": movements_of(opened, number, seq),
            }
            for seq, payment, success, index, transaction in inclusions
        ]
        found.append({**_block(opened, row), "included": listed})
    return {"chain": chain, "height": height, "versions": found}


def balances(opened: Opened, chain: str) -> dict[str, Any]:
    """Every account of the chain with its balance at the end."""
    rows = opened.run.rows(_BALANCES, [chain_entity(opened, chain)])
    return {
        "chain": chain,
        "accounts": [
            {
                "account": account,
                "owner": owner,
                "role": say(f"role.{role}"),
                "asset": Asset(asset).name,
                "address": address,
                "units": units,
                "balance": opened.names.money(units, account),
            }
            for account, owner, role, asset, address, units in rows
        ],
    }


def chain_entity(opened: Opened, chain: str) -> int:
    """The chain's entity. Refusal 404 for a chain that the run does not have."""
    found = opened.run.rows("select id from entities where name = ?", [f"chain/{chain}"])
    if not found:
        raise Refusal(404, "no_chain", "this run has no such chain")
    return int(found[0][0])


def _block(opened: Opened, row: tuple[Any, ...]) -> dict[str, Any]:
    _, time, height, transactions, dropped = row
    when = opened.names.when(time)
    return {"height": height, "when": when, "transactions": transactions, "dropped": bool(dropped)}


def payment_name(number: int) -> str | None:
    """How a payment is called; None for none."""
    return f"P-{number:05d}" if number >= 0 else None


def movements_of(opened: Opened, chain: int, inclusion: int) -> list[dict[str, Any]]:
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
            "purpose": say(f"purpose.{purpose}") if purpose else "",
        }
        for debit, credit, units, purpose in rows
    ]
