"""One address of a chain: who holds it, and every movement with the balance that it left."""

from typing import Any

from sandbox.journal.kinds import Kind
from sandbox.page.chain_book import chain_entity, payment_name
from sandbox.page.opened import Opened
from sandbox.page.refusals import Refusal
from sandbox.report.wording import say

#: Movements of one account in the journal's order, with the balance after each and the chain's last word before it.
_HISTORY = f"""
with steps as (
    select seq, "time" as second, payment, reason,
           case when object = ? then amount else -amount end as step,
           case when object = ? then subject else object end as other
    from journal where kind = {Kind.POSTED:d} and (subject = ? or object = ?)
), words as (
    select seq, kind as word, extra as number, amount as height from journal
    where kind between {Kind.BROADCAST:d} and {Kind.CONFLICTED:d} and actor = ?
)
select s.seq, s.second, s.payment, p.name, s.step, s.other,
       sum(s.step) over (order by s.seq)::bigint as balance, w.word, w.number, w.height
from steps s asof left join words w on s.seq > w.seq
left join codes p on p.space = 'purpose' and p.code = s.reason
"""


def address(opened: Opened, chain: str, sought: str, offset: int, limit: int) -> dict[str, Any]:
    """The account of an address, its balance at the end, and its movements, the newest first. Refusal 404 for none."""
    entity = chain_entity(opened, chain)
    found = next(
        (
            (account, facts)
            for account, facts in opened.names.accounts.items()
            if facts.chain == f"chain/{chain}" and facts.address.casefold() == sought.casefold() != ""
        ),
        None,
    )
    if found is None:
        raise Refusal(404, "no_address", "no account of this run has that address")
    account, facts = found
    asked = [account, account, account, account, entity]
    total, last = opened.run.rows(
        f"select count(*), coalesce(sum(step), 0)::bigint from ({_HISTORY})", asked
    )[0]
    rows = opened.run.rows(f"{_HISTORY} order by s.seq desc limit ? offset ?", [*asked, limit, offset])
    return {
        "chain": chain,
        "address": facts.address,
        "account": account,
        "owner": facts.owner,
        "role": say(f"role.{facts.role}"),
        "units": int(last),
        "balance": opened.names.money(int(last), account),
        "total": int(total),
        "offset": offset,
        "limit": limit,
        "movements": [_movement(opened, account, row) for row in rows],
    }


def _movement(opened: Opened, account: int, row: tuple[Any, ...]) -> dict[str, Any]:
    _, second, payment, purpose, step, other, balance, word, number, height = row
    counterpart = opened.names.accounts.get(other)
    by_transaction = word == Kind.INCLUDED
    return {
        "when": opened.names.when(second),
        "payment": payment_name(payment),
        "purpose": say(f"purpose.{purpose}") if purpose else "",
        "units": int(step),
        "amount": ("+" if step > 0 else "−") + opened.names.money(abs(step), account),
        "with": opened.names.account(other),
        "with_address": counterpart.address if counterpart else "",
        "balance": opened.names.money(balance, account),
        "transaction": number if by_transaction else None,
        "height": height if by_transaction else None,
    }
