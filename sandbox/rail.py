"""The ground that actors and rails share, and the protocols everyone speaks.

Nothing here knows a particular rail, actor or policy. A rail promises two things: :meth:`Rail.quote`,
which is pure, and :meth:`Rail.settle`, which takes simulated time and ends only when the payment is final,
returned, frozen for good or abandoned.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING, Protocol

import simpy

from sandbox.books import Books
from sandbox.clock import Clock
from sandbox.journal import Journal
from sandbox.lifecycle import ALLOWED, IllegalTransition, Reason, State
from sandbox.money import Asset
from sandbox.payments import Outcome, Payment, Process, Quote
from sandbox.randomness import Streams


class Numbers(Protocol):
    """Dated parameters with source and confidence; every look-up is noted for the report."""

    def number(self, name: str, on: date) -> float:
        """The value in force on a day."""
        ...

    def table(self, name: str, on: date) -> Mapping[str, float]:
        """The named numbers in force on a day."""
        ...


@dataclass(slots=True)
class Ground:
    """Clock, chance, journal, books and parameters of one run."""

    env: simpy.Environment
    clock: Clock
    journal: Journal
    books: Books
    streams: Streams
    numbers: Numbers
    _today: date | None = None
    _until: int = -1
    _values: dict[str, float] = field(default_factory=dict)
    _tables: dict[str, Mapping[str, float]] = field(default_factory=dict)

    if TYPE_CHECKING:

        @property
        def now(self) -> int:
            """Whole seconds since the scenario's start."""
            ...
    else:
        # Asked for dozens of times a payment, so read without a Python frame.
        now = property(attrgetter("env.now"), doc="Whole seconds since the scenario's start.")

    @property
    def today(self) -> date:
        """Today's date in Moscow."""
        if self.env.now >= self._until:
            self._turn_day()
        assert self._today is not None
        return self._today

    def number(self, name: str) -> float:
        """The parameter's value today (parameters change at midnight, so a day's values are kept)."""
        if self.env.now < self._until:
            known = self._values.get(name)
            if known is not None:
                return known
        value = self.numbers.number(name, self.today)
        self._values[name] = value
        return value

    def table(self, name: str) -> Mapping[str, float]:
        """The parameter's named numbers today."""
        if self.env.now >= self._until:
            self._turn_day()
        table = self._tables.get(name)
        if table is None:
            table = self._tables[name] = self.numbers.table(name, self.today)
        return table

    def _turn_day(self) -> None:
        now = self.now
        self._today = self.clock.date(now)
        self._until = (now // 86_400 + 1) * 86_400
        self._values.clear()
        self._tables.clear()

    def move(self, payment: Payment, to: State, actor: int, reason: Reason = Reason.NONE) -> None:
        """Take a payment to its next state, if the life cycle has that way, and write it down."""
        left = payment.state
        if not ALLOWED[left][to]:
            raise IllegalTransition(
                f"{payment.name}: no way from {State(left).name if left else 'nothing'} to {to.name}"
            )
        payment.state = to
        self.journal.moved(payment.number, actor, left, to, payment.attempt, payment.rail, reason)

    def until(self, second: int) -> simpy.Event:
        """An event at that second (now, if it has passed)."""
        return self.env.timeout(max(0, second - int(self.env.now)))


class Rail(Protocol):
    """A way of moving one settlement asset with finality."""

    name: str
    entity: int
    needs_authorisation: bool
    """Whether it belongs to the regime: admission, authorisation, caps."""
    needs_profile: bool
    """Whether its payments pass the due-diligence desk."""
    proof: str
    """What proves a settlement: the ``chain``, the operator's ``receipt``, or ``none`` but the banks' word."""

    def accepts(self, payment: Payment) -> bool:
        """Whether the beneficiary takes this rail (agreed at contract time)."""
        ...

    def quote(self, payment: Payment) -> Quote:
        """Price, time and risk as known now; pure."""
        ...

    def reserve_units(self, payment: Payment) -> int:
        """Kopecks to reserve on the originator's account before anything else, fees included."""
        ...

    def settle(self, payment: Payment) -> Process[Outcome]:
        """From the originator's reserved funds to an ending of this attempt."""
        ...


class Releaser(Protocol):
    """Who lets an authorised order go: the regulator's last word."""

    def consume(self, payment: Payment, actor: int) -> Reason:
        """Use the authorisation up; NONE, or why it no longer holds."""
        ...


def turned_down(refusal: Reason) -> State:
    """Where a refusal at release takes an order: a compliance reason stops the obligation for good."""
    return State.COMPLIANCE_STOP if refusal.klass == "compliance" else State.REJECTED


class Issuer(Protocol):
    """The stablecoin's issuer, as a rail meets it. Nobody can see a freeze that is still pending."""

    entity: int
    paused_until: int
    """Second until which all transfers are paused (0: they are not)."""

    def is_frozen(self, account: int) -> bool:
        """Whether the chain says the account's address is frozen."""
        ...

    def verdict(self, account: int) -> simpy.Event:
        """An event that succeeds with True when the freeze is lifted, with False when the units are destroyed."""
        ...


class Buyer(Protocol):
    """Who pays an exporter, as the rails towards it meet them."""

    def currency(self, payment: Payment) -> Asset:
        """What it pays in."""
        ...

    def account(self, payment: Payment) -> int:
        """Its bank account in that currency."""
        ...

    def exporter_account(self, payment: Payment) -> int:
        """The exporter's rouble account."""
        ...


class PayOut(Protocol):
    """The exchange that turns a supplier's deposit into its currency."""

    entity: int

    def pay(self, payment: Payment, fee_units: int) -> None:
        """Credit the beneficiary with what it is owed and book the exchange's fee (minor units of its currency)."""
        ...

    def take_back(self, payment: Payment) -> None:
        """A deposit vanished after it was paid out: book the compensation."""
        ...
