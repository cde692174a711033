"""Payment agents: a black box with a fee, a time and a way to fail.

The fee in percent is ``base + per_pressure_squared * P^2`` with an even spread around it; the time in business
days is log-normal with mean ``base + per_pressure * P``.
"""

from collections.abc import Callable
from math import exp
from typing import Literal

from sandbox.clock import Hours
from sandbox.journal.kinds import QuickKind as Kind
from sandbox.journal.kinds import QuickPurpose as Purpose
from sandbox.lifecycle import QuickState as State
from sandbox.lifecycle import Reason
from sandbox.market import Market, PressureIndex
from sandbox.market.prices import paid_units
from sandbox.money import Asset
from sandbox.payments import Lost, NotSettled, Outcome, Payment, Process, Quote, Settled
from sandbox.rail import Ground
from sandbox.spec import Spec

#: What an agent does with the money it was given.
Fate = Literal["delivers", "fails", "loses"]

#: Probability of failing beyond which the expected time is not prolonged further (it would have no end).
_FAILS_AT_MOST = 0.99


class AgentSpec(Spec):
    """Payment agents: nothing to choose; their behaviour is in the parameters ``agent.*``."""


class AgentRail:
    """The importer pays an agent in roubles; the agent pays the supplier from its own means abroad."""

    name = "agent"
    needs_authorisation = False
    needs_profile = False
    proof = "none"

    def __init__(
        self,
        ground: Ground,
        market: Market,
        pressure: PressureIndex,
        hours: Hours,
        client_account: Callable[[Payment], int],
        beneficiary_account: Callable[[Payment], int],
    ) -> None:
        self.entity = ground.journal.entity("rail/agent")
        books = ground.books
        self._ground = ground
        self._market = market
        self._pressure = pressure
        self._hours = hours
        self._client = client_account
        self._beneficiary = beneficiary_account
        self.agent = ground.journal.entity("agent/1")
        self._transit = books.open(self.name, Asset.RUB, "in_transit")
        self._cash = books.open("agent/1", Asset.RUB, "cash")
        self._income = books.open("agent/1", Asset.RUB, "fee_income")
        self._abroad = {
            asset: books.open("agent/1", asset, "outside", overdraft=True) for asset in (Asset.USD, Asset.CNY)
        }
        streams = ground.streams
        self.added_points = 0.0
        """Percentage points of the value that a rule has added to the fee."""
        self._fee_luck = streams.indexed("agent/fee")
        self._time = streams.indexed("agent/time")
        self._fate = streams.indexed("agent/fate")

    def accepts(self, payment: Payment) -> bool:
        """An agent pays into any account."""
        return True

    def fee_share(self, country: str = "") -> float:
        """Mean fee at today's pressure, as a share of the value; dearer on the way to Turkey."""
        fee = self._ground.table("agent.agent_fee_pct")
        level = self._pressure.level
        factor = self._ground.number("agent.turkey_fee_factor") if country == "TR" else 1.0
        market = factor * (fee["base"] + fee["per_pressure_squared"] * level * level)
        return max(0.0, market + self.added_points) / 100.0

    def quote(self, payment: Payment) -> Quote:
        """Mean fee; mean time until an agent delivers, if the next is asked when one fails; failing and losing."""
        days, failing = self._ground.table("agent.agent_days_mean"), self._failing()
        # An agent that fails takes as long as one that delivers, and hands its fee back.
        seconds = (days["base"] + days["per_pressure"] * self._pressure.level) * 86_400 * 7 / 5
        return Quote(
            self.fee_share(payment.country),
            seconds / (1.0 - min(failing, _FAILS_AT_MOST)),
            failing + self._ground.number("agent.agent_fraud_loss"),
        )

    def _failing(self) -> float:
        fail = self._ground.table("agent.agent_fail")
        return fail["base"] + fail["per_pressure"] * self._pressure.level

    def _value(self, payment: Payment) -> int:
        return paid_units(
            payment.payout_units, self._market.cross(payment.currency, Asset.RUB, self._ground.now)
        )

    def fee(self, payment: Payment, value: int) -> int:
        """What this attempt's agent takes, at least one minor unit of what the value is told in."""
        spread = self._ground.table("agent.agent_fee_pct").get("spread", 0.0)
        around = 1.0 + spread * (2.0 * self._fee_luck.uniform(payment.draw) - 1.0)
        return max(1, round(value * self.fee_share(payment.country) * around))

    def entrusted(
        self, payment: Payment, payer: int, transit: int, cash: int, units: int
    ) -> Process[Outcome | None]:
        """Held money in this attempt's agent's hands until it is done: how that ended, or None if it now delivers.

        ``transit`` and ``cash`` (the agent's own) hold the asset of the ``payer``'s account.
        """
        ground, move, books, number = self._ground, self._ground.move, self._ground.books, payment.number
        # The agent earns its fee by delivering: until then all of it is the payer's money in transit.
        books.post_hold(payment.hold, self.agent, [(payer, transit, units, Purpose.PRINCIPAL)])
        payment.hold = -1
        move(payment, State.IN_FLIGHT, self.agent)
        yield ground.until(self._delivery(payment))
        fate = self._fate_of(payment)
        if fate == "loses":
            books.transfer(number, self.agent, transit, cash, units, Purpose.LOSS)
            return Lost(Reason.ELR_AGENT_LOSS)
        if fate == "fails":
            move(payment, State.RETURNING, self.agent, Reason.ELR_AGENT_FAILED)
            books.transfer(number, self.agent, transit, payer, units, Purpose.RETURN)
            move(payment, State.RETURNED, self.agent, Reason.ELR_AGENT_FAILED)
            return NotSettled(Reason.ELR_AGENT_FAILED)
        return None

    def _delivery(self, payment: Payment) -> int:
        """The second at which this attempt's agent is done, well or badly, if it begins now."""
        days = self._ground.table("agent.agent_days_mean")
        sigma = days.get("sigma", 0.6)
        mean = days["base"] + days["per_pressure"] * self._pressure.level
        wait = self._time.lognormal(payment.draw, mean * exp(-sigma * sigma / 2), sigma)
        hours = self._ground.number("agent.agent_day_hours")
        return self._hours.finish(self._ground.now, max(1, int(wait * hours * 3_600)))

    def _fate_of(self, payment: Payment) -> Fate:
        """What becomes of this attempt, at the pressure of now."""
        draw, fraud = self._fate.uniform(payment.draw), self._ground.number("agent.agent_fraud_loss")
        if draw < fraud:
            return "loses"
        return "fails" if draw < fraud + self._failing() else "delivers"

    def reserve_units(self, payment: Payment) -> int:
        """Kopecks: the value at the official rate and the agent's fee."""
        value = self._value(payment)
        return value + self.fee(payment, value)

    def settle(self, payment: Payment) -> Process[Outcome]:
        """Hand the roubles over and wait."""
        ground, move, number = self._ground, self._ground.move, payment.number
        client = self._client(payment)
        move(payment, State.RELEASE, self.agent)
        value = self._value(payment)
        fee = self.fee(payment, value)
        ended = yield from self.entrusted(payment, client, self._transit, self._cash, value + fee)
        if ended is not None:
            return ended
        ground.journal.record(Kind.ITEMISED, number, self.agent, Asset.RUB, -1, fee, 0, Purpose.AGENT_FEE)
        ground.books.post(
            number,
            self.agent,
            [
                (self._transit, self._cash, value, Purpose.PRINCIPAL),
                (self._transit, self._income, fee, Purpose.AGENT_FEE),
                (
                    self._abroad[payment.currency],
                    self._beneficiary(payment),
                    payment.payout_units,
                    Purpose.PROCEEDS,
                ),
            ],
        )
        move(payment, State.SETTLED, self.entity)
        move(payment, State.CREDITED, self.entity)
        return Settled()
