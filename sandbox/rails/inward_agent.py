"""Payment agents towards an exporter: its buyer hands the currency to an agent, who pays roubles out at home.

An agent is the same black box whichever way the money goes: the same fee, the same time, the same ways to fail. It
takes the buyer's currency, names the roubles at the official rate of that day and stands by them; what it pays out
it has at home. The buyer bears the fee, so that the exporter is credited with what it is owed.
"""

from typing import Protocol

from sandbox.books import Conversion
from sandbox.journal.kinds import QuickKind as Kind
from sandbox.journal.kinds import QuickPurpose as Purpose
from sandbox.lifecycle import QuickState as State
from sandbox.market import Market
from sandbox.money import Asset
from sandbox.payments import Outcome, Payment, Process, Quote, Settled
from sandbox.rail import Buyer, Ground

_RUB = Asset.RUB


class Agents(Protocol):
    """The payment agents, whichever way a payment goes."""

    entity: int
    """Of the rail."""
    agent: int
    """Of the agent."""

    def quote(self, payment: Payment) -> Quote:
        """Fee, time and risk as known now."""
        ...

    def fee(self, payment: Payment, value: int) -> int:
        """What this attempt's agent takes of a value."""
        ...

    def entrusted(
        self, payment: Payment, payer: int, transit: int, cash: int, units: int
    ) -> Process[Outcome | None]:
        """Held money in an agent's hands until it is done: how that ended, or None if it now delivers."""
        ...


class InwardAgentRail:
    """Settlement of an export through a payment agent, in roubles for the buyer's currency."""

    name = "agent"
    needs_authorisation = False
    needs_profile = False
    proof = "none"

    def __init__(
        self,
        ground: Ground,
        market: Market,
        agents: Agents,
        payer: Buyer,
        currencies: tuple[Asset, ...],
    ) -> None:
        self.entity = agents.entity
        self._ground = ground
        self._market = market
        self._agents = agents
        self._payer = payer
        books = ground.books
        self._transit = {asset: books.open(self.name, asset, "in_transit") for asset in (_RUB, *currencies)}
        self._cash = {asset: books.open("agent/1", asset, "cash") for asset in currencies}
        self._income = {asset: books.open("agent/1", asset, "fee_income") for asset in currencies}
        self._rounding = {asset: books.open("rounding", asset, "rounding") for asset in currencies}
        self._at_home = books.open("agent/1", _RUB, "outside", overdraft=True)

    def accepts(self, payment: Payment) -> bool:
        """An agent takes money from any account."""
        return True

    def quote(self, payment: Payment) -> Quote:
        """The agents' own: they ask the same both ways."""
        return self._agents.quote(payment)

    def reserve_units(self, payment: Payment) -> int:
        """Minor units of the buyer's currency: what is owed at the official rate, and the agent's fee."""
        value = self._conversion(payment)[0].units_paid
        return value + self._agents.fee(payment, value)

    def _conversion(self, payment: Payment) -> tuple[Conversion, int]:
        """The roubles owed at the official rate of now, and that rate."""
        currency = self._payer.currency(payment)
        rate = self._market.cross(_RUB, currency, self._ground.now)
        return Conversion.of_sold(_RUB, currency, payment.payout_units, price_e8=rate, mid_e8=rate), rate

    def settle(self, payment: Payment) -> Process[Outcome]:
        """The buyer hands its money over and waits."""
        move, agent, currency = self._ground.move, self._agents.agent, self._payer.currency(payment)
        move(payment, State.RELEASE, agent)
        conversion, rate = self._conversion(payment)
        fee = self._agents.fee(payment, conversion.units_paid)
        account, units = self._payer.account(payment), conversion.units_paid + fee
        transit, cash = self._transit[currency], self._cash[currency]
        ended = yield from self._agents.entrusted(payment, account, transit, cash, units)
        if ended is not None:
            return ended
        self._deliver(payment, conversion, rate, fee)
        move(payment, State.SETTLED, self.entity)
        move(payment, State.CREDITED, self.entity)
        return Settled()

    def _deliver(self, payment: Payment, conversion: Conversion, rate: int, fee: int) -> None:
        """The agent keeps the currency, and pays the exporter out of what it has at home."""
        books, number, agent = self._ground.books, payment.number, self._agents.agent
        currency, now = conversion.paid, self._ground.now
        # The agent stands by the rate of the day on which it took the money.
        books.quote(number, agent, sold=_RUB, paid=currency, price_e8=rate, valid_until=now)
        self._ground.journal.record(Kind.ITEMISED, number, agent, currency, -1, fee, 0, Purpose.AGENT_FEE)
        books.convert(
            number,
            agent,
            conversion,
            deliver=(self._at_home, self._transit[_RUB]),
            pay=(self._transit[currency], self._cash[currency]),
            spread_to=self._cash[currency],
            rounding_to=self._rounding[currency],
        )
        books.post(
            number,
            agent,
            [
                (
                    self._transit[_RUB],
                    self._payer.exporter_account(payment),
                    payment.payout_units,
                    Purpose.PROCEEDS,
                ),
                (self._transit[currency], self._income[currency], fee, Purpose.AGENT_FEE),
            ],
        )


__all__ = ["InwardAgentRail"]
