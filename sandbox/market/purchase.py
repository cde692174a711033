"""Buying a chain asset for a client: quote, inventory, and the linked booking of both legs.

The client's roubles and the dealer's inventory are reserved first; the conversion is booked in the instant in
which the chain includes the dealer's transfer, so that either both legs exist or neither does.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.books import Conversion, cost_of
from sandbox.clock import DAY, MINUTE
from sandbox.journal.kinds import QuickKind as Kind
from sandbox.journal.kinds import QuickPurpose as Purpose
from sandbox.lifecycle import QuickState as State
from sandbox.lifecycle import Reason
from sandbox.market.breaker import Breaker
from sandbox.market.liquidity import Dealer, Liquidity
from sandbox.money import Asset
from sandbox.payments import NotSettled, Payment, Process
from sandbox.rail import Ground

_RUB = Asset.RUB


@dataclass(slots=True)
class Deal:
    """A purchase agreed with a dealer, not yet delivered."""

    payment: int
    dealer: Dealer
    price: int
    mid: int
    units: int
    inventory: int
    """The dealer's account of the asset."""
    inventory_hold: int
    valid_until: int


class Purchases:
    """Purchases of one chain asset on behalf of the banks' clients."""

    def __init__(
        self,
        ground: Ground,
        liquidity: Liquidity,
        asset: Asset,
        client_account: Callable[[Payment], int],
        fee_account: Callable[[Payment], tuple[int, int]],
        bring_in: Callable[[Payment, int, int], None],
        rounding: int,
        breaker: Breaker | None = None,
    ) -> None:
        self._ground = ground
        self._liquidity = liquidity
        self._asset = asset
        self._client = client_account
        self._bank = fee_account
        self._bring_in = bring_in
        self._rounding = rounding
        self._breaker = breaker
        self._last_price = (-1, -1, -1), 0, 0
        """Order, its value and the second of the last price told, and that price: it stands for the second."""

    def cost_units(self, payment: Payment, units: int, network_fee: int) -> int:
        """Kopecks to reserve: the asset at today's quoted price, the bank's fee and the chain's."""
        asked_for, price, mid = self._last_price
        if asked_for != (payment.number, payment.invoice_cents, self._ground.now):
            price, mid = self._liquidity.price(self._asset, payment.invoice_cents)
        units_paid, mid_units = cost_of(units, price, mid)
        share = self._ground.number("bank.bank_fee_elr_pct")
        return units_paid + max(1, round(mid_units * share / 100.0)) + network_fee

    def cost_share(self, payment: Payment) -> float:
        """Spread, impact and the bank's fee as a share of the value."""
        price, mid = self._liquidity.price(self._asset, payment.invoice_cents)
        self._last_price = (payment.number, payment.invoice_cents, self._ground.now), price, mid
        return price / mid - 1.0 + self._ground.number("bank.bank_fee_elr_pct") / 100.0

    def strike(self, payment: Payment, units: int, chain_fee: int = 0) -> Process[Deal | NotSettled]:
        """Find a dealer, waiting for inventory if need be; its quote and the reserved inventory.

        Ends in a technical failure where the market stays halted for longer than orders wait for it.
        ``chain_fee`` is what the dealer needs besides, where the chain takes its fee in the asset itself.
        """
        ground, asset, liquidity = self._ground, self._asset, self._liquidity
        needed = units + chain_fee
        asked, valid = ground.now, ground.number("liquidity.quote_valid_min") * MINUTE
        while True:
            if self._breaker is not None and self._breaker.is_open:
                resumed = yield from self._market_resumes(payment, self._breaker)
                if not resumed:
                    return NotSettled(Reason.ELR_DEPEG)
                ground.move(payment, State.CONVERSION, self._bank(payment)[0], self._ran_out(asked, valid))
            offer = liquidity.offer(asset, needed, payment.invoice_cents)
            if offer is not None:
                break
            ground.move(payment, State.DEALER_WAIT, self._bank(payment)[0], Reason.ELR_LPINV)
            yield liquidity.wait(asset, needed)
            ground.move(payment, State.CONVERSION, self._bank(payment)[0], self._ran_out(asked, valid))
        dealer = offer.dealer
        valid_until = ground.now + DAY
        ground.books.quote(
            payment.number,
            dealer.entity,
            sold=asset,
            paid=_RUB,
            price_e8=offer.price,
            valid_until=valid_until,
        )
        hold = liquidity.reserve(payment.number, dealer, asset, needed, payment.invoice_cents)
        account = dealer.inventory[asset]
        return Deal(payment.number, dealer, offer.price, offer.mid, units, account, hold, valid_until)

    def _market_resumes(self, payment: Payment, breaker: Breaker) -> Process[bool]:
        """Wait for dealers to quote again; False when the attempt was given up instead."""
        ground, bank = self._ground, self._bank(payment)[0]
        ground.move(payment, State.MARKET_WAIT, bank, Reason.ELR_DEPEG)
        end = ground.env.timeout(breaker.patience())
        while breaker.is_open and not end.processed:
            yield ground.env.any_of([breaker.resumed, end])
        if breaker.is_open:
            ground.move(payment, State.TECHNICAL_FAILURE, bank, Reason.ELR_DEPEG)
            return False
        return True

    def _ran_out(self, asked: int, valid: float) -> Reason:
        """Whether the price at which the client's funds were reserved has run out by now: a new one is due."""
        return Reason.ELR_QUOTE_EXPIRED if self._ground.now - asked > valid else Reason.NONE

    def book(self, payment: Payment, deal: Deal, wallet: int, network_fee: int) -> None:
        """The chain has delivered: both legs, the dealer's margin and the charges, in this instant."""
        ground, books, dealer = self._ground, self._ground.books, deal.dealer
        number, now = payment.number, ground.now
        if now > deal.valid_until:
            # The transfer was on its way when the quote ran out: the dealer stands by its price.
            books.quote(
                number, dealer.entity, sold=self._asset, paid=_RUB, price_e8=deal.price, valid_until=now
            )
        conversion = Conversion.of_sold(self._asset, _RUB, deal.units, price_e8=deal.price, mid_e8=deal.mid)
        bank, fees = self._bank(payment)
        fee = max(1, round(conversion.mid_units * ground.number("bank.bank_fee_elr_pct") / 100.0))
        client = self._client(payment)
        self.give_way(deal)
        if payment.hold >= 0:
            books.void(payment.hold)
            payment.hold = -1
        short = conversion.units_paid + fee + network_fee - books.available(client)
        if short > 0:
            self._bring_in(payment, client, short)
        record = ground.journal.record
        record(Kind.ITEMISED, number, bank, _RUB, -1, fee, 0, Purpose.BANK_FEE)
        record(Kind.ITEMISED, number, dealer.entity, _RUB, -1, network_fee, 0, Purpose.NETWORK_FEE)
        if conversion.spread_units:
            record(Kind.ITEMISED, number, dealer.entity, _RUB, -1, conversion.spread_units, 0, Purpose.SPREAD)
        books.convert(
            number,
            dealer.entity,
            conversion,
            deliver=(deal.inventory, wallet),
            pay=(client, dealer.cash),
            spread_to=dealer.margin,
            rounding_to=self._rounding,
        )
        books.post(
            number,
            bank,
            [
                (client, fees, fee, Purpose.BANK_FEE),
                (client, dealer.cash, network_fee, Purpose.NETWORK_FEE),
            ],
        )
        self._liquidity.look_at_stock(dealer, self._asset)

    def unwind(self, deal: Deal) -> None:
        """Nothing stands in the books of it: the inventory is free again."""
        self._liquidity.free(deal.inventory, deal.inventory_hold)

    def give_way(self, deal: Deal) -> None:
        """The chain takes the units now: end the reservation, and any that is newer than the coins there are."""
        self._liquidity.free(deal.inventory, deal.inventory_hold)
        self._liquidity.make_room(deal.inventory, deal.units)

    def hold_again(self, deal: Deal) -> None:
        """A reorganisation took the delivery back: as far as they are there, the units stay reserved for it."""
        units = min(deal.units, self._ground.books.available(deal.inventory))
        if units > 0:
            deal.inventory_hold = self._liquidity.hold(deal.payment, deal.inventory, units)
