"""The goods of every contract: made, shipped, held at the border, cleared, delivered, beside their payment.

Coupled to the payments in few places: prepaid goods leave only after the credit; what is on open account falls due
some weeks after delivery; goods that may not leave the country are not paid for, or the supplier sends the money
back. No choice of rail changes what a border decides.
"""

from array import array
from collections.abc import Callable, Mapping

import simpy

from sandbox.clock import DAY
from sandbox.goods import (
    CREDIT_FIRST,
    GOODS_TRANSITIONS,
    NOT_YET,
    ExportBar,
    GoodsState,
    IllegalGoodsMove,
    Terms,
)
from sandbox.journal.kinds import QuickKind as Kind
from sandbox.lifecycle import State
from sandbox.payments import Payment, Process
from sandbox.population import Orders, Population
from sandbox.rail import Ground
from sandbox.trade import Contracts

_G = GoodsState


class Goods:
    """The goods of one contract and how far they have come."""

    __slots__ = (
        "arrived",
        "behind",
        "due",
        "funded",
        "left",
        "number",
        "opened",
        "orders",
        "paid",
        "state",
        "terms",
    )

    def __init__(self, number: int, terms: Terms, behind: int) -> None:
        self.number = number
        self.terms = terms
        self.state = NOT_YET
        self.left = NOT_YET
        self.behind = behind
        """Seconds of its life that lie before the run and still have to be caught up with, unwritten."""
        self.opened = False
        """Its first row stands in the journal."""
        self.due = -1
        """Second at which payment falls due, once delivered."""
        self.orders: list[Payment] = []
        """Its payment orders so far."""
        self.paid: list[Payment] = []
        """Its payments that have been credited."""
        self.funded: simpy.Event | bool | None = None
        """Whether the money that shipment waits for is there; an event while the goods wait for it."""
        self.arrived: list[simpy.Event] = []
        """Who waits for the goods' release: told True, or False when they will never be released."""


class Shipments:
    """All goods of a run."""

    def __init__(
        self,
        ground: Ground,
        population: Population,
        orders: Orders,
        contracts: Contracts,
        rules: Mapping[tuple[str, str], ExportBar],
        refund: Callable[[Payment], None],
    ) -> None:
        self._ground = ground
        self._firms = population.importers
        self._suppliers = population.suppliers
        self._orders = orders
        self._contracts = contracts
        self._spans = contracts.spans
        self._rules = rules
        self._refund = refund
        self._customs = ground.journal.entity("customs")
        self.under_way: dict[int, Goods] = {}
        """Contract -> its goods, from their beginning until their life is over."""
        self._over: bytearray = bytearray(len(orders))
        """Last state of goods whose life is over (0: it is not); of them only this and the due second are kept."""
        self._over_due: array[int] = array("q", bytes(8 * len(orders)))
        self._daily = ground.number("population.late_penalty_per_day") / 100.0
        self._cap = ground.number("population.late_penalty_cap")
        self._lead = int(ground.number("goods.payment_lead_days") * DAY)

    # -- what the payments tell ------------------------------------------------------------------------

    def start(self) -> None:
        """Set the goods on open account going, each at its second; those begun before the run are caught up."""
        self._ground.env.process(self._open_accounts())

    def ordered(self, payment: Payment) -> None:
        """An order comes into being: its goods begin with it, or say what has become of them."""
        contract = int(self._contracts.contract[payment.number])
        goods = self._find(contract) or self._begin(payment.number, 0)
        goods.orders.append(payment)
        payment.contract = contract
        payment.export_refused = goods.state == _G.EXPORT_REFUSED
        payment.contract_void = goods.state == _G.ABANDONED
        payment.due = -1
        if goods.state == _G.DELIVERED and not payment.prepaid:
            # A balance is invoiced with its order; what is on open account fell due by the contract.
            invoiced = payment.created + self._lead if goods.number != payment.number else 0
            payment.due = max(goods.due, invoiced)

    def ended(self, payment: Payment) -> None:
        """An order has ended: credited or not is what its goods wait for."""
        goods = self._of(int(self._contracts.contract[payment.number]))
        credited = payment.state == State.CREDITED
        if credited:
            if not self._over[goods.number]:
                goods.paid.append(payment)
            self._penalty(payment, goods)
            if goods.state == _G.EXPORT_REFUSED:
                self._refund(payment)
        if goods.terms in CREDIT_FIRST and goods.number == payment.number:
            self._fund(goods, credited)

    def escrowed(self, payment: Payment) -> simpy.Event:
        """The price lies in escrow: the goods may leave. The event tells whether they were released."""
        goods = self._of(payment.number)
        arrived = self._ground.env.event()
        if goods.state in (_G.EXPORT_REFUSED, _G.ABANDONED):
            arrived.succeed(False)
        else:
            goods.arrived.append(arrived)
            self._fund(goods, True)
        return arrived

    def _fund(self, goods: Goods, there: bool) -> None:
        waiting = goods.funded
        if isinstance(waiting, simpy.Event) and not waiting.triggered:
            waiting.succeed(there)
        if not isinstance(waiting, bool):
            goods.funded = there

    def _penalty(self, payment: Payment, goods: Goods) -> None:
        """What the contract charges for being late: so much a day past due, up to its cap."""
        if payment.due < 0 and not payment.prepaid and goods.state == _G.DELIVERED:
            payment.due = goods.due
        due = payment.due
        late = self._ground.now - due
        if due < 0 or late <= 0:
            return
        cents = int(payment.invoice_cents * min(self._cap, self._daily * late / DAY))
        if cents:
            importer, supplier = self._firms[payment.importer], self._suppliers[payment.supplier]
            self._ground.journal.record(
                Kind.PENALTY, payment.number, importer.entity, supplier.entity, -1, cents, late
            )

    # -- the life of the goods -------------------------------------------------------------------------

    def _open_accounts(self) -> Process[None]:
        begins, terms = self._contracts.begins, self._contracts.terms
        rows = [int(row) for row in ((terms == Terms.OPEN_ACCOUNT) & ~self._orders.inward).nonzero()[0]]
        for number in sorted(rows, key=lambda row: (int(begins[row]), row)):
            second = int(begins[number])
            if second > self._ground.now:
                yield self._ground.until(second)
            self._begin(number, max(0, -second))

    def _begin(self, number: int, behind: int) -> Goods:
        goods = self.under_way[number] = Goods(number, Terms(int(self._contracts.terms[number])), behind)
        self._ground.env.process(self._life(goods))
        # An order looks at its goods in the second in which they begin: the first step is taken at once.
        self._order(goods)
        return goods

    def _order(self, goods: Goods) -> None:
        importer = self._firms[int(self._orders.importer[goods.number])].entity
        self._move(goods, _G.ORDERED, importer)
        bar = self._bar(goods.number)
        if bar is not None and bar.basis == "end_use" and self._hit(goods.number, bar):
            self._refuse(goods)

    def _life(self, goods: Goods) -> Process[None]:
        """From the contract to delivery."""
        number, spans = goods.number, self._spans
        supplier = self._suppliers[int(self._orders.supplier[number])].entity
        if goods.state == _G.EXPORT_REFUSED:
            return
        self._move(goods, _G.IN_PRODUCTION, supplier)
        yield from self._pass(goods, int(spans.production[number]))
        self._move(goods, _G.READY, supplier)
        if goods.terms in CREDIT_FIRST and not (yield from self._money(goods)):
            self._move(goods, _G.ABANDONED, supplier)
            self._put_away(goods)
            return
        self._move(goods, _G.SHIPPED, supplier)
        yield from self._pass(goods, int(spans.to_border[number]))
        self._move(goods, _G.AT_BORDER, self._customs)
        if not (yield from self._may_leave(goods)):
            self._refuse(goods)
            return
        self._move(goods, _G.CUSTOMS, self._customs)
        yield from self._pass(goods, int(spans.customs[number]))
        self._move(goods, _G.RELEASED, self._customs)
        self._tell(goods, True)
        yield from self._pass(goods, int(spans.from_border[number]))
        self._deliver(goods, supplier)

    def _money(self, goods: Goods) -> Process[bool]:
        """Whether the money that shipment waits for has come."""
        if goods.funded is None:
            goods.funded = self._ground.env.event()
            came: bool = yield goods.funded
            goods.funded = came
            return came
        return bool(goods.funded)

    def _may_leave(self, goods: Goods) -> Process[bool]:
        """Export control: by the rule of the day at the border, after a licence's time where one is asked for."""
        bar = self._bar(goods.number)
        if bar is None:
            return True
        if bar.basis == "licence":
            self._move(goods, _G.EXPORT_LICENCE_HOLD, self._customs)
            yield from self._pass(goods, int(self._spans.licence[goods.number]))
        return not self._hit(goods.number, bar)

    def _bar(self, number: int) -> ExportBar | None:
        if not self._rules:
            return None
        supplier = self._suppliers[int(self._orders.supplier[number])]
        return self._rules.get((supplier.country, supplier.category))

    def _hit(self, number: int, bar: ExportBar) -> bool:
        return float(self._orders.export[number]) < bar.bite

    def _refuse(self, goods: Goods) -> None:
        """The goods may not leave: whoever has paid gets its money back, whoever has not need not pay."""
        goods.behind = 0
        self._move(goods, _G.EXPORT_REFUSED, self._customs)
        self._tell(goods, False)
        for payment in goods.orders:
            # Those still under way learn of it when they are next authorised: after a return, or out of a queue.
            payment.export_refused = True
        for payment in goods.paid:
            self._refund(payment)
        self._put_away(goods)

    def _deliver(self, goods: Goods, supplier: int) -> None:
        agreed = int(self._contracts.days_to_pay[goods.number])
        # Of goods delivered before the run the rest of "behind" is how long ago that was.
        goods.due = -1 if goods.terms is Terms.PREPAY else self._ground.now - goods.behind + agreed
        goods.behind = 0
        self._move(goods, _G.DELIVERED, supplier)
        self._put_away(goods)

    def _put_away(self, goods: Goods) -> None:
        """Its life is over: its state and its due second are all that orders still ask for."""
        self._over[goods.number] = goods.state
        self._over_due[goods.number] = goods.due
        goods.paid.clear()
        goods.orders.clear()
        del self.under_way[goods.number]

    def _find(self, contract: int) -> Goods | None:
        """The goods of a contract, made anew where their life is over; None before they have begun."""
        goods = self.under_way.get(contract)
        if goods is None and self._over[contract]:
            goods = Goods(contract, Terms(int(self._contracts.terms[contract])), 0)
            goods.state, goods.due, goods.opened = self._over[contract], self._over_due[contract], True
        return goods

    def _of(self, contract: int) -> Goods:
        """The goods of a contract that have begun."""
        goods = self._find(contract)
        assert goods is not None, f"no goods of contract {contract}"
        return goods

    def _tell(self, goods: Goods, released: bool) -> None:
        for waiting in goods.arrived:
            waiting.succeed(released)
        goods.arrived.clear()

    def _pass(self, goods: Goods, seconds: int) -> Process[None]:
        """Time passes; what lies before the run is caught up with at once."""
        caught_up = min(goods.behind, seconds)
        goods.behind -= caught_up
        if seconds > caught_up:
            if not goods.opened:
                self._write(goods, self._customs)
            yield self._ground.env.timeout(seconds - caught_up)

    def _move(self, goods: Goods, to: GoodsState, actor: int) -> None:
        """Take goods to their next state, if their life has that way, and write it down.

        Of goods that began before the run only where they stand at second 0 is written: their first row comes
        from no state.
        """
        left, goods.left = goods.state, goods.state
        if to not in (GOODS_TRANSITIONS[GoodsState(left)] if left else (_G.ORDERED,)):
            raise IllegalGoodsMove(f"goods of order {goods.number}: no way from {left} to {to.name}")
        goods.state = to
        if not goods.behind:
            self._write(goods, actor)

    def _write(self, goods: Goods, actor: int) -> None:
        agreed = int(self._contracts.days_to_pay[goods.number])
        left = goods.left if goods.opened else 0
        self._ground.journal.record(
            Kind.GOODS, goods.number, actor, left, goods.state, agreed, goods.due, goods.terms
        )
        goods.opened = True
