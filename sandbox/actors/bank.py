"""Authorised banks, and the whole story of one payment.

:meth:`Office.story` is the one function that takes a payment from the order to its end. It reads top to
bottom; each step is a state of the life cycle. The rail only takes over between funds and the beneficiary.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import simpy

from sandbox.clock import DAY
from sandbox.desk import Desk
from sandbox.journal.kinds import QuickKind as Kind
from sandbox.journal.kinds import QuickPurpose as Purpose
from sandbox.lifecycle import QuickState as State
from sandbox.lifecycle import Reason, may_retry
from sandbox.money import Asset
from sandbox.payments import ATTEMPTS, Lost, NotSettled, Outcome, Payment, Process, Settled
from sandbox.population import Importer, Population, lognormal_from_mean
from sandbox.rail import Ground, Rail

#: Names of the module: an enumeration's members are slow to find.
_GO_ON, _OVER_THE_CAP = Reason.NONE, Reason.SL16


@dataclass(slots=True)
class Permits:
    """What the law allows now; dated events change it."""

    rails: frozenset[int] = frozenset()
    """Entities of the rails that are lawful for new orders."""


class Choosers(Protocol):
    """The importers, as their banks meet them."""

    def choose(self, payment: Payment, open_rails: frozenset[int]) -> Rail | None:
        """The rail of this attempt, or None when no lawful rail is left."""
        ...

    def learn(self, payment: Payment, rail: Rail, reason: Reason) -> None:
        """How the attempt went."""
        ...


class Authority(Protocol):
    """The regulator, as the banks meet it."""

    entity: int

    def objection(self, payment: Payment) -> Reason:
        """What stands against an order before its volume is looked at: admission and rail."""
        ...

    def authorise(self, payment: Payment) -> Reason:
        """NONE (authorised), SL16 (over the cap) or the reason of a refusal."""
        ...

    def confirmed_alert(self, payment: Payment) -> None:
        """Analysts confirmed an alert on an order on a rail of the regime."""
        ...

    @property
    def waits_for_quota(self) -> bool:
        """Whether an order over the cap waits for the next month."""
        ...

    def quota_turn(self, payment: Payment) -> simpy.Event:
        """An event that succeeds in the first second of the month that has room for the order."""
        ...

    def fits_at_all(self, payment: Payment) -> bool:
        """Whether an empty month would hold the order."""
        ...


class Careful(Protocol):
    """How careful the banks are, and what makes them so."""

    def declines(self, payment: Payment) -> bool:
        """Whether the originator's bank declines this attempt on a rail of the regime."""
        ...

    def missed(self, bank: int) -> None:
        """A payment of a prohibited class went through this bank."""
        ...


class Authorities(Protocol):
    """The regimes there are."""

    def responsible(self, payment: Payment) -> Authority:
        """The one an order belongs to."""
        ...


class Payers(Protocol):
    """The buyers abroad, who pay an exporter's orders."""

    def reserve(self, payment: Payment, wanted: int) -> int:
        """Hold so many minor units of the buyer's currency on its account; the hold."""
        ...


class Screener(Protocol):
    """Automatic screening and the analysts behind it."""

    desk: Desk

    def alerts(self, payment: Payment, bank: int) -> bool:
        """The automatic check."""
        ...

    def decide(self, payment: Payment) -> Process[bool]:
        """From alert to answer: True lets the payment go on."""
        ...


class Control(Protocol):
    """Currency control: registration of contracts, and documents."""

    def register(self, payment: Payment, bank: int) -> Process[None]:
        """Wait until the order's contract is registered, if its value asks for that."""
        ...

    def documents(self, payment: Payment, bank: int) -> Process[None]:
        """Ask for documents once, where the value asks for them and they are not there."""
        ...


@dataclass(slots=True, eq=False)
class Bank:
    """An authorised bank: its journal entity and its own accounts."""

    index: int
    name: str
    entity: int
    cash: int
    """Own roubles."""
    fees: int
    """Fee income in roubles."""
    nostro: dict[Asset, int]
    """Accounts at correspondents by currency."""


def open_bank(ground: Ground, index: int) -> Bank:
    """A bank with empty accounts."""
    name = f"bank/{index + 1}"
    books = ground.books
    return Bank(
        index=index,
        name=name,
        entity=ground.journal.entity(name),
        cash=books.open(name, Asset.RUB, "cash", overdraft=True),
        fees=books.open(name, Asset.RUB, "fee_income"),
        nostro={asset: books.open(name, asset, "nostro") for asset in (Asset.USD, Asset.CNY)},
    )


class Office:
    """The banks' common procedure for a payment order."""

    def __init__(
        self,
        ground: Ground,
        population: Population,
        banks: list[Bank],
        importers: Choosers,
        regulator: Authorities | None,
        profile_desk: Desk | None,
        order_desk: tuple[Desk, float, float] | None,
        screening: Screener | None,
        careful: Careful,
        permits: Permits,
        outside_rub: int,
        control: Control | None = None,
    ) -> None:
        self._control = control
        self.buyers: Payers | None = None
        """Who pays for the exporters' orders (None: nobody exports)."""
        self._ground = ground
        self._population = population
        self._banks = banks
        self._importers = importers
        self._regulator = regulator
        self._profile_desk = profile_desk
        self._order_desk = order_desk
        self._screening = screening
        self._careful = careful
        self._permits = permits
        self._outside = outside_rub
        self.taken_up_again: dict[int, Payment] = {}
        """Payments under way once more after their ending was undone."""
        streams = ground.streams
        self._profile_time = streams.indexed("bank/profile-hours")
        self._profile_hours: Mapping[str, float] | None = None
        self._profile_law: tuple[float, float] | None = None
        self._order_time = streams.indexed("regulator/order-hours")

    def story(self, payment: Payment) -> Process[None]:
        """One payment from the order to its end, attempt by attempt."""
        move, me = self._ground.move, self._banks[payment.bank].entity
        payment.attempt = 1
        move(payment, State.CREATED, me)
        if payment.contract_void:
            move(payment, State.CANCELLED, self._population.importers[payment.importer].entity, Reason.CUST)
            return
        while True:
            outcome = yield from self._attempt(payment)
            if self._ended(payment, outcome):
                return
            move(payment, State.RETRY, self._population.importers[payment.importer].entity)
            payment.attempt += 1

    def resume(self, payment: Payment, undone: Process[Outcome]) -> Process[None]:
        """Go on after an ending was undone (a reorganisation deeper than the confirmations waited for).

        ``undone`` is the rest of the attempt that had ended.
        """
        self.taken_up_again[payment.number] = payment
        outcome = yield from undone
        while not self._ended(payment, outcome):
            self._ground.move(payment, State.RETRY, self._population.importers[payment.importer].entity)
            payment.attempt += 1
            outcome = yield from self._attempt(payment)
        del self.taken_up_again[payment.number]

    def _attempt(self, payment: Payment) -> Process[Outcome]:
        """One attempt on one rail."""
        ground, bank = self._ground, self._banks[payment.bank]
        move, me = ground.move, bank.entity
        rail = self._importers.choose(payment, self._permits.rails)
        move(payment, State.VALIDATED, me)
        if rail is None:
            return self._reject(payment, Reason.ELR_NO_RAIL, me)
        if self._control is not None:
            yield from self._control.register(payment, me)
        refusal = self._authorised_at_once(payment, rail, me)
        if refusal is None:
            refusal = yield from self._authorisation(payment, me)
        if refusal:
            return self._finish(payment, rail, NotSettled(refusal))
        move(payment, State.PROFILE, me)
        if rail.needs_profile and self._profile_desk is not None:
            # A bank knows its own customers; the regime's payments go through its due-diligence desk.
            yield self._profile_desk.payment(payment.number, self._profile_seconds(payment))
        if rail.needs_authorisation and self._careful.declines(payment):
            return self._finish(payment, rail, self._reject(payment, Reason.AG01, me))
        if self._control is not None:
            yield from self._control.documents(payment, me)
            if payment.state == State.DOCUMENTS:
                return self._finish(payment, rail, NotSettled(self._barred(payment, me)))
        move(payment, State.SCREENING, me)
        if self._screening is not None and self._screening.alerts(payment, me):
            raised_at = ground.now
            cleared = yield from self._screening.decide(payment)
            payment.set_aside += ground.now - raised_at
            if payment.state == State.SUSPENDED and not cleared:
                return NotSettled(Reason.AM07)
            if not cleared:
                move(payment, State.COMPLIANCE_STOP, self._screening.desk.entity, Reason.RR04)
                if rail.needs_authorisation and self._regulator is not None:
                    self._regulator.responsible(payment).confirmed_alert(payment)
                return NotSettled(Reason.RR04)
        move(payment, State.FUNDS, me)
        self._reserve(payment, rail)
        outcome = yield from rail.settle(payment)
        return self._finish(payment, rail, outcome)

    def _authorised_at_once(self, payment: Payment, rail: Rail, me: int) -> Reason | None:
        """What is known without waiting: NONE to go on, a refusal (already written), None if it takes time."""
        self._ground.move(payment, State.AUTHORISATION, me)
        if payment.export_refused:
            return self._barred(payment, me)
        if not rail.needs_authorisation:
            return _GO_ON
        assert self._regulator is not None, "a regime rail without a regulator"
        if self._order_desk is None:
            regime = self._regulator.responsible(payment)
            reason = regime.authorise(payment)
            if not reason:
                return reason
            if reason is not _OVER_THE_CAP:
                return self._decided(payment, regime, reason)
        return None

    def _authorisation(self, payment: Payment, me: int) -> Process[Reason]:
        """The order desk and the cap's line: NONE to go on, else the reason of the refusal (already written)."""
        ground, move, regulator = self._ground, self._ground.move, self._regulator
        assert regulator is not None, "a regime rail without a regulator"
        regime = regulator.responsible(payment)
        if self._order_desk is not None and not regime.objection(payment):
            desk, mean, cv = self._order_desk
            move(payment, State.ORDER_DESK, desk.entity)
            median, sigma = lognormal_from_mean(mean, cv)
            hours = self._order_time.lognormal(payment.draw, median, sigma)
            yield desk.payment(payment.number, int(hours * 3_600))
            if payment.export_refused:
                return self._barred(payment, me)
        while (reason := regime.authorise(payment)) is _OVER_THE_CAP:
            if not regime.waits_for_quota or not regime.fits_at_all(payment):
                break
            move(payment, State.QUOTA_WAIT, regime.entity, Reason.SL16)
            valid = int(ground.number("goods.contract_valid_days") * DAY)
            turn, until = regime.quota_turn(payment), ground.until(payment.created + valid)
            yield ground.env.any_of([turn, until])
            if not turn.triggered:
                firm = self._population.importers[payment.importer]
                move(payment, State.CANCELLED, firm.entity, Reason.CUST)
                return Reason.CUST
            move(payment, State.AUTHORISATION, regime.entity)
            if payment.export_refused:
                return self._barred(payment, me)
        return self._decided(payment, regime, reason)

    def _decided(self, payment: Payment, regime: Authority, reason: Reason) -> Reason:
        """Write a refusal down, if it is one."""
        if reason:
            self._ground.journal.record(Kind.REFUSED, payment.number, regime.entity, reason=reason)
            self._reject(payment, reason, regime.entity)
        return reason

    def _barred(self, payment: Payment, me: int) -> Reason:
        """Goods that may not leave their country are not paid for, on any rail and in any later attempt."""
        self._ground.journal.record(Kind.REFUSED, payment.number, me, reason=Reason.RR04)
        self._ground.move(payment, State.COMPLIANCE_STOP, me, Reason.RR04)
        return Reason.RR04

    def _profile_seconds(self, payment: Payment) -> int:
        hours = self._ground.table("bank.kyc_hours")
        if hours is not self._profile_hours:  # the table of a day is one object
            self._profile_hours = hours
            self._profile_law = lognormal_from_mean(hours["mean"], hours["cv"]) if hours["mean"] > 0 else None
        if self._profile_law is None:
            return 0
        return int(self._profile_time.lognormal(payment.draw, *self._profile_law) * 3_600)

    def _reserve(self, payment: Payment, rail: Rail) -> None:
        """Hold what the rail will need; the firm brings the roubles in from its sales when its account is short."""
        books, firm = self._ground.books, self._population.importers[payment.importer]
        wanted = rail.reserve_units(payment)
        if payment.export:
            assert self.buyers is not None, "an export in a world without buyers"
            payment.hold = self.buyers.reserve(payment, wanted)
            return
        account = self._client_account(firm)
        short = wanted - books.available(account)
        if short > 0:
            books.transfer(payment.number, firm.entity, self._outside, account, short, Purpose.FUNDING)
        payment.hold = books.reserve(payment.number, account, wanted)

    def _client_account(self, firm: Importer) -> int:
        if firm.account < 0:
            firm.account = self._ground.books.open(f"importer/{firm.index + 1}", Asset.RUB, "client")
        return firm.account

    # -- endings ----------------------------------------------------------------------------------------

    def _reject(self, payment: Payment, reason: Reason, actor: int) -> NotSettled:
        self._ground.move(payment, State.REJECTED, actor, reason)
        return NotSettled(reason)

    def _finish(self, payment: Payment, rail: Rail, outcome: Outcome) -> Outcome:
        """Release what is still held, and let the firm learn."""
        if payment.hold >= 0:
            self._ground.books.void(payment.hold)
            payment.hold = -1
        match outcome:
            case Settled():
                self._importers.learn(payment, rail, _GO_ON)
                if payment.prohibited:
                    self._careful.missed(payment.bank)
            case NotSettled(reason) | Lost(reason):
                payment.failures.append((rail.entity, reason))
                self._importers.learn(payment, rail, reason)
        return outcome

    def _ended(self, payment: Payment, outcome: Outcome) -> bool:
        """Write the ending if there is one; False when a lawful further attempt follows."""
        ground, me = self._ground, self._banks[payment.bank].entity
        match outcome:
            case Settled():
                return True
            case Lost(reason):
                ground.move(payment, State.LOST, me, reason)
                return True
            case NotSettled(reason):
                if payment.state == State.CANCELLED:
                    return True
                if payment.state in (State.COMPLIANCE_STOP, State.SUSPENDED):
                    ground.move(payment, State.STOPPED, me, reason)
                    return True
                limit = min(ATTEMPTS, int(ground.number("choice.max_attempts")))
                if not may_retry(reason) or reason is Reason.ELR_NO_RAIL:
                    ground.move(payment, State.FAILED, me, reason)
                    return True
                if payment.attempt >= limit:
                    # Why this attempt failed stands on the move before.
                    ground.move(payment, State.FAILED, me, Reason.ELR_ATTEMPTS)
                    return True
                return False
