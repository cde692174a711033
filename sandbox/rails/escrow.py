"""Delivery versus payment: the price waits in a contract until customs has released the goods, or goes back.

The dealer's tokens are locked for the supplier under the order's number; from then on the goods may be shipped.
Their release pays the supplier; a refused export or the deadline (``goods.escrow_days``) sends the tokens back to
the dealer and the roubles, at the price paid less the charges, to the importer.
"""

from collections.abc import Callable

import simpy

from sandbox.chains.evm import Account, Contract, Receipt
from sandbox.clock import DAY
from sandbox.journal.kinds import QuickKind as Kind
from sandbox.journal.kinds import QuickPurpose as Purpose
from sandbox.lifecycle import QuickState as State
from sandbox.lifecycle import Reason
from sandbox.market.prices import paid_units
from sandbox.market.purchase import Deal, Purchases
from sandbox.mirror import EvmLedger, Movement
from sandbox.payments import NotSettled, Outcome, Payment, Process
from sandbox.rail import Ground


class Escrow:
    """The contract, its agent, and its account in the books."""

    def __init__(
        self,
        ground: Ground,
        ledger: EvmLedger,
        contract: Contract,
        agent: Account,
        account: int,
        purchases: Purchases,
        client_account: Callable[[Payment], int],
        shipped: Callable[[Payment], simpy.Event],
    ) -> None:
        self.entity = ground.journal.entity("escrow")
        self._ground = ground
        self._ledger = ledger
        self._contract = contract
        self._agent = agent
        self._account = account
        self._purchases = purchases
        self._client = client_account
        self._shipped = shipped

    def suits(self, payment: Payment) -> bool:
        """A price that the terms ask for before shipment."""
        return payment.prepaid

    def hold(
        self, payment: Payment, deal: Deal, wallet: int, network_fee: int, bank: int
    ) -> Process[Receipt | Outcome]:
        """Lock, wait for the goods, and close: the receipt that paid the supplier, or how it ended otherwise."""
        ground, move = self._ground, self._ground.move
        deadline = ground.now + int(ground.number("goods.escrow_days") * DAY)
        inclusion = self._lock(payment, deal, wallet, network_fee, deadline)
        move(payment, State.IN_FLIGHT, bank)
        receipt: Receipt = yield inclusion
        if not receipt.ok:
            move(payment, State.TECHNICAL_FAILURE, self._ledger.entity, Reason.ED05)
            return NotSettled(Reason.ED05)
        yield ground.env.timeout(self._ledger.producer.final_delay)
        released = self._shipped(payment)
        yield ground.env.any_of([released, ground.until(deadline)])
        if released.triggered and released.value:
            return (yield from self._release(payment, deal, wallet))
        move(payment, State.RETURNING, self.entity, Reason.FOCR)
        yield from self._refund(payment, deal)
        move(payment, State.RETURNED, self.entity, Reason.FOCR)
        return NotSettled(Reason.FOCR)

    def _lock(
        self, payment: Payment, deal: Deal, wallet: int, network_fee: int, deadline: int
    ) -> simpy.Event:
        ledger = self._ledger

        def booked(ok: bool) -> None:
            if ok:
                self._purchases.book(payment, deal, self._account, network_fee)
            else:
                self._purchases.unwind(deal)

        inclusion = ledger.producer.submit(
            ledger.key(deal.inventory),
            self._contract,
            "lock",
            payment.draw,
            ledger.address(wallet),
            deal.units,
            ledger.chain.genesis_time + deadline,
            tag=Movement(payment.number, (deal.inventory, self._account), booked),
        )
        self._ground.journal.record(
            Kind.BROADCAST,
            payment.number,
            deal.dealer.entity,
            ledger.entity,
            self._account,
            deal.units,
            inclusion.transaction.number,
        )
        return inclusion

    def _release(self, payment: Payment, deal: Deal, wallet: int) -> Process[Receipt | Outcome]:
        ground, books = self._ground, self._ground.books

        def booked(ok: bool) -> None:
            if ok:
                books.transfer(
                    payment.number, self.entity, self._account, wallet, deal.units, Purpose.PRINCIPAL
                )

        while True:
            receipt: Receipt = yield self._close("release", payment, deal, wallet, booked)
            if receipt.ok:
                return receipt
            # A paused token moves again one day; the goods have been released, so the price is not given back.
            yield ground.env.timeout(DAY)

    def _refund(self, payment: Payment, deal: Deal) -> Process[None]:
        books, dealer = self._ground.books, deal.dealer

        def booked(ok: bool) -> None:
            if ok:
                legs = [
                    (self._account, deal.inventory, deal.units, Purpose.RETURN),
                    (
                        dealer.cash,
                        self._client(payment),
                        max(1, paid_units(deal.units, deal.mid)),
                        Purpose.RETURN,
                    ),
                ]
                books.post(payment.number, self.entity, legs)

        while True:
            receipt: Receipt = yield self._close("refund", payment, deal, deal.inventory, booked)
            if receipt.ok:
                yield self._ground.env.timeout(self._ledger.producer.final_delay)
                return
            yield self._ground.env.timeout(DAY)

    def _close(
        self, function: str, payment: Payment, deal: Deal, to: int, booked: Callable[[bool], None]
    ) -> simpy.Event:
        """The agent's call; not broadcast for the order again: its one transfer on the chain is the lock."""
        ledger = self._ledger
        return ledger.producer.submit(
            self._agent,
            self._contract,
            function,
            payment.draw,
            ledger.address(to),
            deal.units,
            tag=Movement(payment.number, (self._account, to), booked),
        )
