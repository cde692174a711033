"""Correspondent banking: fast and cheap without pressure, slow and often returned with it.

Time to the beneficiary is the three-part log-normal mixture fitted to published tracking data plus
``per_pressure * P`` days with a log-normal factor of mean 1. A payment is returned with probability
``1 / (1 + exp(-(a + b P + shift for restricted goods)))`` and then hangs at the foreign bank for weeks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp

import simpy

from sandbox.books import Conversion
from sandbox.clock import DAY, HOUR, Hours
from sandbox.journal.kinds import QuickKind as Kind
from sandbox.journal.kinds import QuickPurpose as Purpose
from sandbox.lifecycle import QuickState as State
from sandbox.lifecycle import Reason
from sandbox.market import Market, PressureIndex
from sandbox.market.prices import paid_units
from sandbox.money import Asset
from sandbox.payments import NotSettled, Outcome, Payment, Process, Quote, Settled
from sandbox.policies.quota_line import QuotaLine
from sandbox.rail import Ground
from sandbox.spec import Spec

#: Return probability beyond which no further returns are counted into a quote (it would have no end).
_RETURNED_AT_MOST = 0.99


#: From this stretch of stress on, a payment on its way is being asked about by a foreign bank.
_ASKED_FROM = DAY


def _no_shift(bank: int) -> float:
    return 0.0


class CorrespondentSpec(Spec):
    """Correspondent banking: nothing to choose; its behaviour is in the parameters ``correspondent.*``."""


@dataclass(slots=True)
class BankSide:
    """The originator bank's accounts and journal entity for one payment."""

    entity: int
    cash: int
    fees: int
    nostro: dict[Asset, int]


class CorrespondentRail:
    """Settlement through a chain of correspondent banks, in the beneficiary's currency."""

    name = "correspondent"
    needs_authorisation = False
    needs_profile = False
    proof = "none"

    def __init__(
        self,
        ground: Ground,
        market: Market,
        pressure: PressureIndex,
        hours: Hours,
        bank_of: Callable[[int], BankSide],
        client_account: Callable[[Payment], int],
        beneficiary_account: Callable[[Payment], int],
        bring_in: Callable[[Payment, int, int], None],
        rounding: int,
    ) -> None:
        self.entity = ground.journal.entity("rail/correspondent")
        self._ground = ground
        self._market = market
        self._pressure = pressure
        self._hours = hours
        self._bank_of = bank_of
        self._client = client_account
        self._beneficiary = beneficiary_account
        self._bring_in = bring_in
        self._rounding = rounding
        self._transit = {
            asset: ground.books.open(self.name, asset, "in_transit") for asset in (Asset.USD, Asset.CNY)
        }
        streams = ground.streams
        self._returned = streams.indexed("correspondent/returned")
        self._part = streams.indexed("correspondent/speed-part")
        self._speed = streams.indexed("correspondent/speed")
        self._stress = streams.indexed("correspondent/stress")
        self._stuck_kind = streams.indexed("correspondent/stuck-kind")
        self._stuck = streams.indexed("correspondent/stuck")
        self.shift_abroad: Callable[[int], float] = _no_shift
        """What a bank's caution adds to the log odds of a return of its payments."""
        self._line: QuotaLine[tuple[int, Asset], tuple[int, simpy.Event]] = QuotaLine()
        """Orders that wait for cover, by bank and currency."""
        self.wanted: dict[tuple[int, Asset], int] = {}
        """(bank, currency) -> largest order that has waited for cover since nobody did."""

    def topped_up(self) -> None:
        """The nostros have been filled: those whose orders they cover go on, in order of arrival."""
        books, left = self._ground.books, dict[tuple[int, Asset], int]()

        def room(key: tuple[int, Asset]) -> int:
            if key not in left:
                left[key] = books.available(self._bank_of(key[0]).nostro[key[1]])
            return left[key]

        def use(key: tuple[int, Asset], entry: tuple[int, simpy.Event]) -> None:
            left[key] = room(key) - entry[0]

        for _, turn in self._line.admit(room, use):
            turn.succeed()
        self.wanted = {key: most for key, most in self.wanted.items() if self._line.waiting(key)}

    def accepts(self, payment: Payment) -> bool:
        """Every beneficiary has a bank account."""
        return True

    def return_probability(self, payment: Payment) -> float:
        """Probability that a foreign bank sends the payment back, at today's pressure and of a bank so warned."""
        number = self._ground.number
        logit = number("correspondent.p_return_a") + number("correspondent.p_return_b") * self._pressure.level
        if payment.category == "dual_use_restricted":
            logit += number("correspondent.p_return_dualuse_shift")
        logit += self.shift_abroad(payment.bank)
        return 1.0 / (1.0 + exp(-logit))

    def comes_back(self, payment: Payment) -> bool:
        """Whether a foreign bank sends this attempt back."""
        return self._returned.bernoulli(payment.draw, self.return_probability(payment))

    def quote(self, payment: Payment) -> Quote:
        """Price and time until the money is there, what comes back on the way counted in.

        With return probability p an order that is sent again each time it comes back is sent ``1 / (1 - p)`` times
        on average. Every sending costs fee and margin; each of the ``p / (1 - p)`` returns costs the loss on
        converting back and the weeks for which the money hangs abroad.
        """
        number = self._ground.number
        returned = self.return_probability(payment)
        share = min(returned, _RETURNED_AT_MOST)
        returns = share / (1.0 - share)
        sending = number("correspondent.corr_fee_pct") + self._margin(payment) * 100.0
        percent = sending * (1.0 + returns) + returns * number("correspondent.return_fx_loss_pct")
        return Quote(percent / 100.0, (self.days_to_arrive() + returns * self.days_stuck()) * DAY, returned)

    def days_to_arrive(self) -> float:
        """Mean days to the beneficiary at today's pressure."""
        days = self._ground.table("correspondent.corr_days_mean")
        return days["base"] + days["per_pressure"] * self._pressure.level

    def days_stuck(self) -> float:
        """Mean days from sending a payment that is returned to having the money back."""
        stuck = self._ground.table("correspondent.return_stuck_days")
        long = stuck["median"] * exp(stuck["sigma"] ** 2 / 2)
        short = stuck["else_median"] * exp(stuck["else_sigma"] ** 2 / 2)
        return stuck["probability"] * long + (1.0 - stuck["probability"]) * short

    def reserve_units(self, payment: Payment) -> int:
        """Kopecks for the currency at the bank's price and its fee, with what one price tick may add."""
        conversion = self._conversion(payment)
        return conversion.units_paid + self._fee(conversion.mid_units)

    def settle(self, payment: Payment) -> Process[Outcome]:
        """Cover, cut-off, the way through the correspondents, and credit or return."""
        ground, move = self._ground, self._ground.move
        bank = self._bank_of(payment.bank)
        nostro = bank.nostro[payment.currency]
        while ground.books.available(nostro) < payment.payout_units:
            move(payment, State.FUNDS_WAIT, bank.entity, Reason.AM04)
            key = (payment.bank, payment.currency)
            self.wanted[key] = max(self.wanted.get(key, 0), payment.payout_units)
            turn = ground.env.event()
            self._line.join(key, payment.payout_units, (payment.payout_units, turn))
            yield turn
            move(payment, State.FUNDS, bank.entity)
        move(payment, State.RELEASE, bank.entity)
        if not self._hours.is_open(ground.now):
            move(payment, State.CUTOFF_WAIT, bank.entity, Reason.TM01)
            yield ground.until(self._hours.next_open(ground.now))
            move(payment, State.RELEASE, bank.entity)
            if ground.books.available(nostro) < payment.payout_units:
                move(payment, State.REJECTED, bank.entity, Reason.AM04)
                return NotSettled(Reason.AM04)
        self._debit(payment, bank)
        move(payment, State.IN_FLIGHT, bank.entity)
        if self.comes_back(payment):
            return (yield from self._return(payment, bank))
        yield from self.arrival(payment)
        beneficiary = self._beneficiary(payment)
        ground.books.transfer(
            payment.number,
            bank.entity,
            self._transit[payment.currency],
            beneficiary,
            payment.payout_units,
            Purpose.PROCEEDS,
        )
        move(payment, State.SETTLED, self.entity)
        move(payment, State.CREDITED, self.entity)
        return Settled()

    def _margin(self, payment: Payment) -> float:
        """Share of the price above the mid rate: the bank's margin, and for yuan what they cost more onshore."""
        margin = self._ground.number("correspondent.fx_margin_pct") / 100.0
        if payment.currency is Asset.CNY:
            margin += self._ground.number("fx.cny_onshore_premium")
        return margin

    def _conversion(self, payment: Payment) -> Conversion:
        mid = self._market.cross(payment.currency, Asset.RUB, self._ground.now)
        price = mid + round(mid * self._margin(payment))
        return Conversion.of_sold(
            payment.currency, Asset.RUB, payment.payout_units, price_e8=price, mid_e8=mid
        )

    def _fee(self, mid_units: int) -> int:
        """The bank's charge in kopecks, at least one."""
        return max(1, round(mid_units * self._ground.number("correspondent.corr_fee_pct") / 100.0))

    def _debit(self, payment: Payment, bank: BankSide) -> None:
        """Take the roubles, hand the currency to the correspondents: one linked conversion, and the fee."""
        books, now = self._ground.books, self._ground.now
        client = self._client(payment)
        conversion = self._conversion(payment)
        fee = self._fee(conversion.mid_units)
        mid = self._market.cross(payment.currency, Asset.RUB, now)
        price = mid + round(mid * self._margin(payment))
        books.void(payment.hold)  # the price may have moved overnight: take what is due now
        payment.hold = -1
        short = conversion.units_paid + fee - books.available(client)
        if short > 0:
            self._bring_in(payment, client, short)
        books.quote(
            payment.number,
            bank.entity,
            sold=payment.currency,
            paid=Asset.RUB,
            price_e8=price,
            valid_until=now,
        )
        record = self._ground.journal.record
        record(Kind.ITEMISED, payment.number, bank.entity, Asset.RUB, -1, fee, 0, Purpose.BANK_FEE)
        if conversion.spread_units:
            record(
                Kind.ITEMISED,
                payment.number,
                bank.entity,
                Asset.RUB,
                -1,
                conversion.spread_units,
                0,
                Purpose.SPREAD,
            )
        books.convert(
            payment.number,
            bank.entity,
            conversion,
            deliver=(bank.nostro[payment.currency], self._transit[payment.currency]),
            pay=(client, bank.cash),
            spread_to=bank.fees,
            rounding_to=self._rounding,
        )
        books.transfer(payment.number, bank.entity, client, bank.fees, fee, Purpose.BANK_FEE)

    def arrival(self, payment: Payment) -> Process[None]:
        """The way through the foreign banks, with their questions, until the money is there."""
        ground, (on_the_way, asked) = self._ground, self.journey(payment)
        yield ground.env.timeout(on_the_way)
        if asked:
            ground.move(payment, State.HELD, self.entity, Reason.G003)
            yield ground.env.timeout(asked)

    def return_home(self, payment: Payment) -> Process[None]:
        """The way to the foreign bank that asks for documents and keeps the money, and back, for no stated reason."""
        ground, (there, kept, home) = self._ground, self._astray(payment)
        yield ground.env.timeout(there)
        ground.move(payment, State.HELD, self.entity, Reason.G003)
        yield ground.env.timeout(kept)
        ground.move(payment, State.RETURNING, self.entity, Reason.MS03)
        yield ground.env.timeout(home)

    def journey(self, payment: Payment) -> tuple[int, int]:
        """Seconds on the way to the beneficiary, and seconds that foreign banks then keep it with questions."""
        mix = self._ground.table("correspondent.corr_speed_unstressed")
        part = 1 + self._part.index(payment.draw, (mix["weight_1"], mix["weight_2"], mix["weight_3"]))
        calm = self._speed.lognormal(payment.draw, exp(mix[f"mu_{part}"]), mix[f"sd_{part}"]) * HOUR
        days = self._ground.table("correspondent.corr_days_mean")
        sigma = days.get("sigma", 0.9)
        luck = self._stress.lognormal(payment.draw, exp(-sigma * sigma / 2), sigma)
        stress = days["per_pressure"] * self._pressure.level * luck * DAY
        total = max(1, round(calm + stress))
        asked = round(stress) if stress >= _ASKED_FROM else 0
        return total - asked, asked

    def _transit_seconds(self, payment: Payment) -> int:
        return sum(self.journey(payment))

    def _astray(self, payment: Payment) -> tuple[int, int, int]:
        """Seconds of a payment that comes back: on the way there, at the foreign bank, on the way home."""
        stuck = self._ground.table("correspondent.return_stuck_days")
        if self._stuck_kind.bernoulli(payment.draw, stuck["probability"]):
            days = self._stuck.lognormal(payment.draw, stuck["median"], stuck["sigma"])
        else:
            days = self._stuck.lognormal(payment.draw, stuck["else_median"], stuck["else_sigma"])
        # Half of the time at most on the way there, a day at most on the way back; the foreign bank has the rest.
        total = max(8, round(days * DAY))
        there, home = min(self._transit_seconds(payment), total // 2), min(DAY, total // 8)
        return there, total - there - home, home

    def _return(self, payment: Payment, bank: BankSide) -> Process[Outcome]:
        """The money goes and comes back, the bank converts it and the client bears the loss."""
        ground, books = self._ground, self._ground.books
        yield from self.return_home(payment)
        units = payment.payout_units
        back = paid_units(units, self._market.cross(payment.currency, Asset.RUB, ground.now))
        loss = round(back * ground.number("correspondent.return_fx_loss_pct") / 100.0)
        client = self._client(payment)
        number = payment.number
        ground.journal.record(Kind.ITEMISED, number, bank.entity, Asset.RUB, -1, loss, 0, Purpose.RETURN_LOSS)
        books.post(
            number,
            bank.entity,
            [
                (self._transit[payment.currency], bank.nostro[payment.currency], units, Purpose.RETURN),
                (bank.cash, client, back, Purpose.RETURN),
                (client, bank.fees, loss, Purpose.RETURN_LOSS),
            ],
        )
        ground.move(payment, State.RETURNED, bank.entity, Reason.MS03)
        return NotSettled(Reason.MS03)


__all__ = ["BankSide", "CorrespondentRail", "CorrespondentSpec"]
