"""A supplier whose goods may not leave sends a prepayment back, over the rail on which it came.

The supplier takes its time to send it (``goods.refund_days``); then banks and agents take what the rail says a
payment takes, and tokens a block. Nothing is booked before it arrives, and then all of it in one entry: the
beneficiary's credit goes back, and the importer's account gets the roubles of that day's rate, less the loss on
converting them where a bank does it. Rails without a way back of their own use the banks'.
"""

from collections.abc import Callable
from typing import Protocol

from sandbox.books.ledger import Leg
from sandbox.clock import DAY
from sandbox.journal.kinds import QuickKind as Kind
from sandbox.journal.kinds import QuickPurpose as Purpose
from sandbox.market import Market
from sandbox.market.prices import paid_units
from sandbox.money import Asset
from sandbox.payments import Payment, Process
from sandbox.population import Population
from sandbox.rail import Ground, Rail

#: What a REFUND record says: the supplier owes it, or it has arrived.
OWED, PAID_BACK = 1, 2


class BankAccounts(Protocol):
    """The originator's bank, as a refund meets it."""

    entity: int
    cash: int
    fees: int
    nostro: dict[Asset, int]


class WayBack(Protocol):
    """How units of a chain asset get back to a dealer, who hands out the roubles."""

    def send(self, payment: Payment, roubles: int, client: int) -> Process[bool]:
        """Send them and book both sides when the chain has done so; False if it cannot be done today."""
        ...


class Refunds:
    """Every refund of a run, once for each credited payment whose goods were refused."""

    def __init__(
        self,
        ground: Ground,
        market: Market,
        population: Population,
        rails: dict[str, Rail],
        bank: Callable[[Payment], BankAccounts],
        client_account: Callable[[Payment], int],
        beneficiary_account: Callable[[Payment], int],
        ways_back: dict[str, WayBack],
    ) -> None:
        self._ground = ground
        self._market = market
        self._suppliers = population.suppliers
        self._rails = {rail.entity: rail for rail in rails.values()}
        self._bank = bank
        self._client = client_account
        self._beneficiary = beneficiary_account
        self._ways_back = ways_back
        self._delay = ground.streams.indexed("supplier/refund")

    def owe(self, payment: Payment) -> None:
        """A supplier learns that it has been paid for goods that may not leave."""
        self._write(payment, OWED, 0)
        self._ground.env.process(self._send_back(payment, self._ground.now))

    def _send_back(self, payment: Payment, since: int) -> Process[None]:
        ground = self._ground
        law = ground.table("goods.refund_days")
        days = self._delay.lognormal(payment.number, law["median"], law["sigma"])
        yield ground.env.timeout(max(1, int(days * DAY)))
        rail = self._rails[payment.rail]
        way = self._ways_back.get(rail.name)
        client = self._client(payment)
        if way is None:
            yield ground.env.timeout(max(1, int(rail.quote(payment).seconds)))
            # Who was paid into a wallet, or has had to give it back itself, owes until its bank account covers it.
            account = self._beneficiary(payment)
            while ground.books.available(account) < payment.payout_units:
                yield ground.env.timeout(DAY)
            self._book_by_bank(payment, client)
        else:
            while not (yield from way.send(payment, self._roubles(payment), client)):
                yield ground.env.timeout(DAY)
        self._write(payment, PAID_BACK, ground.now - since)

    def _roubles(self, payment: Payment) -> int:
        """Kopecks at the official rate of the day."""
        rate = self._market.cross(payment.currency, Asset.RUB, self._ground.now)
        return max(1, paid_units(payment.payout_units, rate))

    def _book_by_bank(self, payment: Payment, client: int) -> None:
        ground, bank = self._ground, self._bank(payment)
        back = self._roubles(payment)
        loss = round(back * ground.number("correspondent.return_fx_loss_pct") / 100.0)
        legs: list[Leg] = [
            (
                self._beneficiary(payment),
                bank.nostro[payment.currency],
                payment.payout_units,
                Purpose.RETURN,
            ),
            (bank.cash, client, back, Purpose.RETURN),
        ]
        if loss:
            ground.journal.record(
                Kind.ITEMISED, payment.number, bank.entity, Asset.RUB, -1, loss, 0, Purpose.RETURN_LOSS
            )
            legs.append((client, bank.fees, loss, Purpose.RETURN_LOSS))
        ground.books.post(payment.number, bank.entity, legs)

    def _write(self, payment: Payment, stage: int, seconds: int) -> None:
        supplier = self._suppliers[payment.supplier].entity
        self._ground.journal.record(
            Kind.REFUND, payment.number, supplier, stage, payment.rail, payment.payout_units, seconds
        )


__all__ = ["OWED", "PAID_BACK", "Refunds", "WayBack"]
