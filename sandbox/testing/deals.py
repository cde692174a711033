"""Payments that settle in tokens of a :class:`TokenWorld`, step by step.

The steps are those of the USDT rail, each a call of its own, so that a test may put anything between them.
"""

from dataclasses import dataclass
from typing import Final

from sandbox.books import Conversion, InsufficientFunds
from sandbox.chains.evm.producer import Inclusion
from sandbox.journal import Kind, Purpose
from sandbox.lifecycle import Reason, State
from sandbox.money import Asset
from sandbox.payments import Payment, Process
from sandbox.testing.token_world import TokenWorld

#: The desks an order has passed before it is reserved for, in their order.
_BEFORE_FUNDS: Final = (
    State.CREATED,
    State.VALIDATED,
    State.AUTHORISATION,
    State.PROFILE,
    State.SCREENING,
    State.FUNDS,
)


@dataclass(slots=True, eq=False)
class Deal:
    """A payment that settles in tokens, and what is reserved for it."""

    payment: Payment
    importer: int
    supplier: int
    units: int
    """Token units that the supplier shall get."""
    reserved: int = 0
    """Kopecks held for it."""
    dealer: int = -1
    conversion: Conversion | None = None
    price_e8: int = 0
    valid_until: int = -1
    inventory_hold: int = -1


class Deals:
    """All deals of a world. A step answers whether it was possible; where not, the deal has failed."""

    def __init__(self, world: TokenWorld) -> None:
        self.world = world
        self.all: list[Deal] = []
        self._journal, self._ground, self._books = world.journal, world.ground, world.books
        self._rail = world.journal.entity("rail/usdt")

    def at(self, state: State, reserved: bool = True) -> list[Deal]:
        """Deals whose payment stands in a state, with roubles reserved or without."""
        return [
            deal for deal in self.all if deal.payment.state == state and (deal.payment.hold >= 0) == reserved
        ]

    def create(self, importer: int, supplier: int, units: int) -> Deal:
        """An order that has passed every desk and waits for funds."""
        payment = Payment(
            number=len(self.all),
            created=self.world.now,
            importer=importer,
            supplier=supplier,
            bank=0,
            country="CN",
            category="civil",
            prepaid=True,
            currency=Asset.USD,
            invoice_cents=-(-units // 10_000),
            payout_units=-(-units // 10_000),
            due=-1,
            prohibited=False,
            rail=self._rail,
            attempt=1,
        )
        firm = self._journal.entity(f"importer/{importer + 1}")
        seller = self._journal.entity(f"supplier/{supplier + 1}")
        self._journal.record(Kind.CREATED, payment.number, firm, seller, -1, payment.invoice_cents, -1)
        for state in _BEFORE_FUNDS:
            self._ground.move(payment, state, firm)
        deal = Deal(payment, importer, supplier, units)
        self.all.append(deal)
        return deal

    def reserve(self, deal: Deal, kopecks: int) -> bool:
        """Hold the importer's roubles; False if it has not that much."""
        payment = deal.payment
        try:
            payment.hold = self._books.reserve(payment.number, self.world.clients[deal.importer], kopecks)
        except InsufficientFunds:
            return False
        deal.reserved = kopecks
        return True

    def quote(self, deal: Deal, dealer: int, mid_e8: int, margin_e8: int, valid: int) -> bool:
        """A dealer's price, binding for ``valid`` seconds, and its tokens held; False ends the deal.

        It ends if the dealer lacks the tokens or the roubles held do not pay for them.
        """
        payment, books = deal.payment, self._books
        deal.dealer, deal.price_e8 = dealer, mid_e8 + margin_e8
        me = self._journal.entity(f"dealer/{dealer + 1}")
        self._ground.move(payment, State.CONVERSION, me)
        deal.conversion = Conversion.of_sold(
            Asset.USDT, Asset.RUB, deal.units, price_e8=deal.price_e8, mid_e8=mid_e8
        )
        deal.valid_until = self.world.now + valid
        books.quote(
            payment.number,
            me,
            sold=Asset.USDT,
            paid=Asset.RUB,
            price_e8=deal.price_e8,
            valid_until=deal.valid_until,
        )
        try:
            deal.inventory_hold = books.reserve(payment.number, self.world.inventory[dealer], deal.units)
        except InsufficientFunds:
            self.call_off(deal, Reason.ELR_LPINV)
            return False
        if deal.conversion.units_paid > deal.reserved:
            self.call_off(deal, Reason.AM04)
            return False
        return True

    def broadcast(self, deal: Deal) -> bool:
        """Release and hand the transfer to the chain; False if the quote has run out, which ends the deal."""
        payment = deal.payment
        if self.world.now > deal.valid_until:
            self.call_off(deal, Reason.ELR_QUOTE_EXPIRED)
            return False
        world = self.world
        dealer = self._journal.entity(f"dealer/{deal.dealer + 1}")
        self._ground.move(payment, State.RELEASE, self._rail)
        inclusion = world.ledger.send(
            payment.number,
            dealer,
            world.inventory[deal.dealer],
            world.wallets[deal.supplier],
            deal.units,
            lambda ok: self._book(deal, dealer, ok),
        )
        self._ground.move(payment, State.IN_FLIGHT, self._rail)
        world.env.process(self._settle(payment, inclusion))
        return True

    def call_off(self, deal: Deal, reason: Reason = Reason.CUST, expire: bool = False) -> None:
        """Release what is reserved, by voiding the holds or letting them expire; the order fails."""
        self._release(deal, expire)
        self._ground.move(deal.payment, State.REJECTED, self._rail, reason)
        self._ground.move(deal.payment, State.FAILED, self._rail, reason)

    def _release(self, deal: Deal, expire: bool = False) -> None:
        payment = deal.payment
        for hold in (deal.inventory_hold, payment.hold):
            if hold >= 0:
                self._books.expire(hold) if expire else self._books.void(hold)
        deal.inventory_hold = payment.hold = -1

    def _settle(self, payment: Payment, inclusion: Inclusion) -> Process[None]:
        ground, ledger = self._ground, self.world.ledger
        receipt = yield inclusion
        if not receipt.ok:
            ground.move(payment, State.TECHNICAL_FAILURE, ledger.entity, Reason.ED05)
            ground.move(payment, State.FAILED, ledger.entity, Reason.ED05)
            return
        yield self.world.env.timeout(ledger.producer.final_delay)
        blocks = ledger.producer.finality_blocks
        self._journal.record(
            Kind.FINAL, payment.number, ledger.entity, -1, blocks, receipt.height, receipt.number
        )
        ground.move(payment, State.SETTLED, self._rail)
        ground.move(payment, State.CREDITED, self._rail)

    def _book(self, deal: Deal, dealer: int, ok: bool) -> None:
        """In the block: both legs and the dealer's margin, or nothing but the release of what was held."""
        payment, conversion = deal.payment, deal.conversion
        assert conversion is not None
        self._release(deal)
        if not ok:
            return
        if self.world.now > deal.valid_until:
            # On its way when the quote ran out: the dealer stands by its price.
            self._books.quote(
                payment.number,
                dealer,
                sold=Asset.USDT,
                paid=Asset.RUB,
                price_e8=deal.price_e8,
                valid_until=self.world.now,
            )
        if conversion.spread_units:
            self._journal.record(
                Kind.ITEMISED,
                payment.number,
                dealer,
                Asset.RUB,
                -1,
                conversion.spread_units,
                0,
                Purpose.SPREAD,
            )
        self._books.convert(
            payment.number,
            dealer,
            conversion,
            deliver=(self.world.inventory[deal.dealer], self.world.wallets[deal.supplier]),
            pay=(self.world.clients[deal.importer], self.world.cash[deal.dealer]),
            spread_to=self.world.margin[deal.dealer],
            rounding_to=self.world.rounding,
        )
