"""What a journal record says, as a sentence: one small function a kind, in an explicit table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from sandbox.clock import Clock
from sandbox.journal.kinds import Kind
from sandbox.lifecycle import Reason
from sandbox.money import Asset, format_units
from sandbox.report.runfolder import RunFolder
from sandbox.report.wording import millions, rail_label, say, span


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
        return f"{found.owner} ({found.role.replace('_', ' ')})" if found else f"account {number}"

    def money(self, units: int, account: int) -> str:
        """An amount in the account's asset."""
        found = self.accounts.get(account)
        return format_units(units, found.asset) if found else f"{units} minor units"

    def when(self, second: int) -> str:
        """Local date and time, to the second."""
        return self.clock.text(second).replace("T", " ")[:19]


def _chain_name(run: RunFolder, chain: Any) -> str:
    if chain is None or chain == "":
        return ""
    return chain if isinstance(chain, str) else run.entity(int(chain))


def _chose_rail(row: Record, names: Names) -> str:
    chosen = rail_label(names.entity(row.object))
    count = (row.amount & 0xFFFF_FFFF).bit_count()
    return f"{names.entity(row.actor)} chooses {chosen}; rails open to this order: {count}"


def _reserved(row: Record, names: Names) -> str:
    return (
        f"{names.money(row.amount, row.subject)} reserved on {names.account(row.subject)}, hold {row.extra}"
    )


def _hold_posted(row: Record, names: Names) -> str:
    return (
        f"hold {row.extra} delivered: {names.money(row.amount, row.subject)} of {names.account(row.subject)}"
    )


def _hold_released(row: Record, names: Names) -> str:
    how = "ran out" if row.kind == Kind.HOLD_EXPIRED else "released"
    money, account = names.money(row.amount, row.subject), names.account(row.subject)
    return f"hold {row.extra} {how}: {money} free again on {account}"


def _quoted(row: Record, names: Names) -> str:
    sold, paid = Asset(row.subject), Asset(row.object)
    price = Fraction(row.amount, 10**8) * sold.scale / paid.scale
    return (
        f"{names.entity(row.actor)} quotes 1 {sold.name} at {float(price):,.6f} {paid.name},"
        f" valid until {names.when(row.extra)}"
    )


def _converted(row: Record, names: Names) -> str:
    sold, paid = Asset(row.subject), Asset(row.object)
    received, price = format_units(row.amount, sold), format_units(row.extra, paid)
    return f"{names.entity(row.actor)} sells {received} for {price} before fees"


def _authorised(row: Record, names: Names) -> str:
    return (
        f"{names.entity(row.actor)} authorises the order on {rail_label(names.entity(row.object))};"
        f" fingerprint {row.amount:016x}, valid until {names.when(row.extra)}"
    )


def _consumed(row: Record, names: Names) -> str:
    return (
        f"{names.entity(row.actor)} computes fingerprint {row.amount:016x} again and uses the authorisation"
        f" up (valid until {names.when(row.extra)})"
    )


def _refused(row: Record, names: Names) -> str:
    reason = Reason(row.reason)
    return f"{names.entity(row.actor)} refuses: {reason.text} ({reason.meaning})"


def _quota_used(row: Record, names: Names) -> str:
    limit = "no limit" if row.extra < 0 else f"a limit of {millions(row.extra)}"
    of_firm = f" of {names.entity(row.subject)}" if row.subject >= 0 else ""
    of_goods = f" in {names.entity(row.object).removeprefix('category/')}" if row.object >= 0 else ""
    return f"the month's volume{of_firm}{of_goods} is {millions(row.amount)} after this order, under {limit}"


def _desk_entered(row: Record, names: Names) -> str:
    return f"joins {_desk(row, names)}, {row.extra} waiting before it"


def _desk_started(row: Record, names: Names) -> str:
    return (
        f"{_desk(row, names)} takes it up after a wait of {span(row.extra)};"
        f" the work is {span(row.amount)} of desk time"
    )


def _desk_finished(row: Record, names: Names) -> str:
    return f"{_desk(row, names)} is done, {span(row.extra)} after it began"


def _desk(row: Record, names: Names) -> str:
    name = names.entity(row.actor)
    return f"the {say(name, otherwise=name)}"


def _screened(row: Record, names: Names) -> str:
    result = "an alert" if row.amount else "nothing found"
    return f"{names.entity(row.actor)} screens: {result}{_truth(row)}"


def _alert_decided(row: Record, names: Names) -> str:
    decision = {0: "cleared", 1: "confirmed", 2: "escalated"}.get(row.amount, f"decision {row.amount}")
    return f"{_desk(row, names)} decides the alert: {decision}{_truth(row)}"


def _truth(row: Record) -> str:
    truly = "is" if row.extra else "is not"
    return f" (known to the laboratory only: the payment {truly} of a prohibited class)"


def _broadcast(row: Record, names: Names) -> str:
    return (
        f"{names.entity(row.actor)} broadcasts transaction {row.extra} on {names.entity(row.subject)}:"
        f" {names.money(row.amount, row.object)} to {names.account(row.object)}"
    )


def _included(row: Record, names: Names) -> str:
    result = "" if row.subject else ", where it failed"
    block = f"block {row.amount} of {names.entity(row.actor)}, index {row.object}"
    return f"transaction {row.extra} is in {block}{result}"


def _final(row: Record, names: Names) -> str:
    return f"transaction {row.extra} is final after {row.object} confirmations (block {row.amount})"


def _reorged(row: Record, names: Names) -> str:
    return f"a reorganisation of depth {row.object} drops transaction {row.extra} from block {row.amount}"


def _receipt(row: Record, names: Names) -> str:
    return f"{names.entity(row.actor)} gives its receipt: order {row.amount} on the platform"


def _conflicted(row: Record, names: Names) -> str:
    chain = names.entity(row.actor)
    return f"transaction {row.extra} conflicts with {chain}: it can never be included"


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
