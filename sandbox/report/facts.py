"""What a journal record says, as a sentence: one small function a kind, in an explicit table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from sandbox.clock import Clock
from sandbox.journal.kinds import Kind
from sandbox.lifecycle import Reason
from sandbox.money import Asset
from sandbox.report.runfolder import RunFolder
from sandbox.report.wording import (
    desk_label,
    local,
    millions,
    moment,
    money,
    rail_label,
    say,
    span,
    translated_reason,
)


class Record(NamedTuple):
    """One row of the journal; the columns' meanings are those of :mod:`sandbox.journal.kinds`."""

    seq: int
    time: int
    kind: int
    reason: int
    payment: int
    actor: int
    subject: int
    object: int
    amount: int
    extra: int


class AccountFacts(NamedTuple):
    """What the table of accounts says about one account."""

    owner: str
    asset: Asset
    role: str
    chain: str
    address: str


@dataclass(frozen=True, slots=True)
class Names:
    """Turns the numbers of a record into names."""

    entity: Callable[[int], str]
    accounts: Mapping[int, AccountFacts]
    clock: Clock

    @classmethod
    def of(cls, run: RunFolder) -> "Names":
        """The names of one run."""
        rows = run.rows("select account, owner, asset, role, chain, address from accounts")
        return cls(
            run.entity,
            {
                number: AccountFacts(
                    run.entity(owner), Asset(asset), role, _chain_name(run, chain), address or ""
                )
                for number, owner, asset, role, chain, address in rows
            },
            run.clock,
        )

    def account(self, number: int) -> str:
        """``importer/17 (client)``."""
        found = self.accounts.get(number)
        if found is None:
            return say("fact.account", number=number)
        return f"{found.owner} ({say(f'role.{found.role}')})"

    def money(self, units: int, account: int) -> str:
        """An amount in the account's asset."""
        found = self.accounts.get(account)
        return money(units, found.asset) if found else say("fact.minor_units", units=units)

    def when(self, second: int) -> str:
        """Local date and time, to the second."""
        return moment(self.clock.text(second)[:19])


def _chain_name(run: RunFolder, chain: Any) -> str:
    if chain is None or chain == "":
        return ""
    return chain if isinstance(chain, str) else run.entity(int(chain))


def _chose_rail(row: Record, names: Names) -> str:
    count = (row.amount & 0xFFFF_FFFF).bit_count()
    return say("fact.chose_rail", rail=rail_label(names.entity(row.object)), count=count, **_who(row, names))


def _who(row: Record, names: Names) -> dict[str, str]:
    """Who acted, for any sentence."""
    return {"who": names.entity(row.actor)}


def _sum(row: Record, names: Names) -> dict[str, str]:
    """The amount and the account of a record about a hold, and its number."""
    money, account = names.money(row.amount, row.subject), names.account(row.subject)
    return {"money": money, "account": account, "hold": str(row.extra)}


def _reserved(row: Record, names: Names) -> str:
    return say("fact.reserved", **_sum(row, names))


def _hold_posted(row: Record, names: Names) -> str:
    return say("fact.hold_posted", **_sum(row, names))


def _hold_released(row: Record, names: Names) -> str:
    key = "fact.hold_expired" if row.kind == Kind.HOLD_EXPIRED else "fact.hold_released"
    return say(key, **_sum(row, names))


def _quoted(row: Record, names: Names) -> str:
    sold, paid = Asset(row.subject), Asset(row.object)
    price = local(f"{float(Fraction(row.amount, 10**8) * sold.scale / paid.scale):,.6f}")
    until = names.when(row.extra)
    return say("fact.quoted", sold=sold.name, price=price, paid=paid.name, until=until, **_who(row, names))


def _converted(row: Record, names: Names) -> str:
    received, price = money(row.amount, Asset(row.subject)), money(row.extra, Asset(row.object))
    return say("fact.converted", received=received, price=price, **_who(row, names))


def _authorised(row: Record, names: Names) -> str:
    rail, until = rail_label(names.entity(row.object)), names.when(row.extra)
    return say("fact.authorised", rail=rail, mark=f"{row.amount:016x}", until=until, **_who(row, names))


def _consumed(row: Record, names: Names) -> str:
    return say("fact.consumed", mark=f"{row.amount:016x}", until=names.when(row.extra), **_who(row, names))


def _refused(row: Record, names: Names) -> str:
    reason = Reason(row.reason)
    return say("fact.refused", reason=reason.text, meaning=translated_reason(reason), **_who(row, names))


def _quota_used(row: Record, names: Names) -> str:
    firm = say("fact.quota_firm", firm=names.entity(row.subject)) if row.subject >= 0 else ""
    goods = names.entity(row.object).removeprefix("category/") if row.object >= 0 else ""
    of_goods = say("fact.quota_goods", goods=say(f"category.{goods}", otherwise=goods)) if goods else ""
    limit = say("fact.quota_none") if row.extra < 0 else say("fact.quota_limit", limit=millions(row.extra))
    return say("fact.quota_used", firm=firm, goods=of_goods, used=millions(row.amount), limit=limit)


def _desk_entered(row: Record, names: Names) -> str:
    return say("fact.desk_entered", desk=_desk(row, names), before=row.extra)


def _desk_started(row: Record, names: Names) -> str:
    return say("fact.desk_started", desk=_desk(row, names), wait=span(row.extra), work=span(row.amount))


def _desk_finished(row: Record, names: Names) -> str:
    return say("fact.desk_finished", desk=_desk(row, names), work=span(row.extra))


def _desk(row: Record, names: Names) -> str:
    return desk_label(names.entity(row.actor))


def _screened(row: Record, names: Names) -> str:
    key = "fact.screened_alert" if row.amount else "fact.screened_clear"
    return say(key, truth=_truth(row), **_who(row, names))


def _alert_decided(row: Record, names: Names) -> str:
    decision = say(f"decision.{row.amount}", otherwise=str(row.amount))
    return say("fact.alert_decided", desk=_desk(row, names), decision=decision, truth=_truth(row))


def _truth(row: Record) -> str:
    return say("fact.truly_prohibited" if row.extra else "fact.truly_lawful")


def _broadcast(row: Record, names: Names) -> str:
    return say(
        "fact.broadcast",
        number=row.extra,
        chain=names.entity(row.subject),
        money=names.money(row.amount, row.object),
        account=names.account(row.object),
        **_who(row, names),
    )


def _included(row: Record, names: Names) -> str:
    key = "fact.included" if row.subject else "fact.included_failed"
    return say(key, number=row.extra, height=row.amount, index=row.object, **_who(row, names))


def _final(row: Record, names: Names) -> str:
    return say("fact.final", number=row.extra, confirmations=row.object, height=row.amount)


def _reorged(row: Record, names: Names) -> str:
    return say("fact.reorged", depth=row.object, number=row.extra, height=row.amount)


def _receipt(row: Record, names: Names) -> str:
    return say("fact.receipt", order=row.amount, **_who(row, names))


def _conflicted(row: Record, names: Names) -> str:
    return say("fact.conflicted", number=row.extra, **_who(row, names))


#: Kind -> its sentence. Moves, postings and items have none: the story tells them elsewhere.
SENTENCES: Mapping[int, Callable[[Record, Names], str]] = {
    Kind.CHOSE_RAIL: _chose_rail,
    Kind.RESERVED: _reserved,
    Kind.HOLD_POSTED: _hold_posted,
    Kind.HOLD_VOIDED: _hold_released,
    Kind.HOLD_EXPIRED: _hold_released,
    Kind.QUOTED: _quoted,
    Kind.CONVERTED: _converted,
    Kind.AUTHORISED: _authorised,
    Kind.CONSUMED: _consumed,
    Kind.REFUSED: _refused,
    Kind.QUOTA_USED: _quota_used,
    Kind.DESK_ENTERED: _desk_entered,
    Kind.DESK_STARTED: _desk_started,
    Kind.DESK_FINISHED: _desk_finished,
    Kind.SCREENED: _screened,
    Kind.ALERT_DECIDED: _alert_decided,
    Kind.BROADCAST: _broadcast,
    Kind.INCLUDED: _included,
    Kind.FINAL: _final,
    Kind.REORGED: _reorged,
    Kind.RECEIPT: _receipt,
    Kind.CONFLICTED: _conflicted,
}
