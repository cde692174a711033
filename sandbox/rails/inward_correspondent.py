"""Correspondent banking towards an exporter: its buyer's bank sends the currency, its own bank turns it into roubles.

The way is that of a payment abroad, walked from the other end: the same times, questions and returns under the
same pressure. The exporter's bank names its rate when the buyer orders the payment and stands by it on arrival; the
buyer bears margin and fee, so that the exporter is credited with what it is owed. Money that comes back is the
buyer's own currency and loses nothing on the way.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sandbox.books import Conversion
from sandbox.clock import DAY, Hours
from sandbox.journal.kinds import QuickKind as Kind
from sandbox.journal.kinds import QuickPurpose as Purpose
from sandbox.lifecycle import QuickState as State
from sandbox.lifecycle import Reason
from sandbox.market import Market
from sandbox.money import Asset
from sandbox.payments import NotSettled, Outcome, Payment, Process, Quote, Settled
from sandbox.rail import Buyer, Ground

_RUB = Asset.RUB

#: Return probability beyond which no further returns are counted into a quote (it would have no end).
_RETURNED_AT_MOST = 0.99


class Correspondents(Protocol):
    """How foreign banks treat a payment, whichever way it goes."""

    entity: int

    def return_probability(self, payment: Payment) -> float:
        """Probability that a foreign bank sends it back."""
        ...

    def days_to_arrive(self) -> float:
        """Mean days until it arrives."""
        ...

    def days_stuck(self) -> float:
        """Mean days until a payment that is returned is back."""
        ...

    def comes_back(self, payment: Payment) -> bool:
        """Whether a foreign bank returns this attempt."""
        ...

    def arrival(self, payment: Payment) -> Process[None]:
        """The way through the foreign banks, with their questions, until the money is there."""
        ...

    def return_home(self, payment: Payment) -> Process[None]:
        """The way to the foreign bank that keeps the money, and back."""
        ...


@dataclass(slots=True, frozen=True)
class Receiver:
    """The exporter's bank: its journal entity and accounts."""

    entity: int
    cash: int
    """Own roubles."""
    fees: int
    """Fee income in roubles."""
    nostro: dict[Asset, int]
    income: dict[Asset, int]
    """Margins on conversions, by currency."""


class InwardCorrespondentRail:
    """Settlement of an export through correspondent banks, in roubles out of the buyer's currency."""

    name = "correspondent"
    needs_authorisation = False
    needs_profile = False
    proof = "none"

    def __init__(
        self,
        ground: Ground,
        market: Market,
        correspondents: Correspondents,
        payer: Buyer,
        bank_of: Callable[[Payment], Receiver],
        hours_abroad: Hours,
        transit: dict[Asset, int],
        rounding: dict[Asset, int],
    ) -> None:
        self.entity = correspondents.entity
        self._ground = ground
        self._market = market
        self._correspondents = correspondents
        self._payer = payer
        self._bank_of = bank_of
        self._hours = hours_abroad
        self._transit = transit
        self._rounding = rounding

    def accepts(self, payment: Payment) -> bool:
        """Every exporter has a bank account."""
        return True

    def quote(self, payment: Payment) -> Quote:
        """Price and time until the money is there, what comes back on the way counted in."""
        correspondents, number = self._correspondents, self._ground.number
        returned = correspondents.return_probability(payment)
        share = min(returned, _RETURNED_AT_MOST)
        returns = share / (1.0 - share)
        percent = number("correspondent.corr_fee_pct") + number("correspondent.fx_margin_pct")
        days = correspondents.days_to_arrive() + returns * correspondents.days_stuck()
        return Quote(percent / 100.0, days * DAY, returned)

    def reserve_units(self, payment: Payment) -> int:
        """Minor units of the buyer's currency that bring what is owed and the bank's fee."""
        return self._conversion(payment)[0].units_paid

    def _fee(self, payment: Payment) -> int:
        """The bank's charge in kopecks, at least one."""
        percent = self._ground.number("correspondent.corr_fee_pct")
        return max(1, round(payment.payout_units * percent / 100.0))

    def _conversion(self, payment: Payment) -> tuple[Conversion, int, int]:
        """The roubles for what is owed and the fee, at today's price; that price, and the fee."""
        currency, fee = self._payer.currency(payment), self._fee(payment)
        mid = self._market.cross(_RUB, currency, self._ground.now)
        price = mid + round(mid * self._ground.number("correspondent.fx_margin_pct") / 100.0)
        units = payment.payout_units + fee
        return Conversion.of_sold(_RUB, currency, units, price_e8=price, mid_e8=mid), price, fee

    def settle(self, payment: Payment) -> Process[Outcome]:
        """The buyer's bank sends, foreign banks pass on, ask or return, and the exporter's bank converts."""
        ground, move, number = self._ground, self._ground.move, payment.number
        bank, currency = self._bank_of(payment), self._payer.currency(payment)
        transit, account = self._transit[currency], self._payer.account(payment)
        move(payment, State.RELEASE, bank.entity)
        # What the buyer sends is what it has reserved, at the rate the exporter's bank named then.
        conversion, price, fee = self._conversion(payment)
        if not self._hours.is_open(ground.now):
            move(payment, State.CUTOFF_WAIT, self.entity, Reason.TM01)
            yield ground.until(self._hours.next_open(ground.now))
            move(payment, State.RELEASE, bank.entity)
        units = conversion.units_paid
        ground.books.post_hold(payment.hold, self.entity, [(account, transit, units, Purpose.PRINCIPAL)])
        payment.hold = -1
        move(payment, State.IN_FLIGHT, bank.entity)
        if self._correspondents.comes_back(payment):
            yield from self._correspondents.return_home(payment)
            ground.books.transfer(number, self.entity, transit, account, units, Purpose.RETURN)
            move(payment, State.RETURNED, bank.entity, Reason.MS03)
            return NotSettled(Reason.MS03)
        yield from self._correspondents.arrival(payment)
        self._credit(payment, bank, conversion, price, fee)
        move(payment, State.SETTLED, self.entity)
        move(payment, State.CREDITED, bank.entity)
        return Settled()

    def _credit(self, payment: Payment, bank: Receiver, conversion: Conversion, price: int, fee: int) -> None:
        """The currency has arrived: the bank keeps it, and credits the exporter with its roubles."""
        books, record, number = self._ground.books, self._ground.journal.record, payment.number
        currency, exporter = conversion.paid, self._payer.exporter_account(payment)
        books.quote(
            number, bank.entity, sold=_RUB, paid=currency, price_e8=price, valid_until=self._ground.now
        )
        record(Kind.ITEMISED, number, bank.entity, _RUB, -1, fee, 0, Purpose.BANK_FEE)
        spread = conversion.spread_units
        if spread:
            record(Kind.ITEMISED, number, bank.entity, currency, -1, spread, 0, Purpose.SPREAD)
        roubles = self._transit[_RUB]
        books.convert(
            number,
            bank.entity,
            conversion,
            deliver=(bank.cash, roubles),
            pay=(self._transit[currency], bank.nostro[currency]),
            spread_to=bank.income[currency],
            rounding_to=self._rounding[currency],
        )
        books.post(
            number,
            bank.entity,
            [
                (roubles, exporter, payment.payout_units, Purpose.PROCEEDS),
                (roubles, bank.fees, fee, Purpose.BANK_FEE),
            ],
        )


__all__ = ["InwardCorrespondentRail", "Receiver"]
