"""USDT towards an exporter: its buyer's tokens go to a dealer's wallet, and the dealer's roubles to the exporter.

The buyer gets tokens from its exchange, which charges for them and for the chain; the dealer names its rate before
the transfer and stands by it. In the block that holds the transfer the dealer pays roubles in, which lie in transit
until the transfer is final; then the exporter's bank credits what is owed, in its hours, and keeps its fee. All
charges are the buyer's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import simpy

from sandbox.books import Conversion
from sandbox.clock import DAY, HOUR, Hours
from sandbox.journal.kinds import QuickKind as Kind
from sandbox.journal.kinds import QuickPurpose as Purpose
from sandbox.lifecycle import QuickState as State
from sandbox.lifecycle import Reason
from sandbox.market import Market
from sandbox.market.breaker import Breaker
from sandbox.market.liquidity import Dealer
from sandbox.market.prices import paid_units
from sandbox.mirror import EvmLedger
from sandbox.money import Asset
from sandbox.payments import NotSettled, Outcome, Payment, Process, Quote, Settled
from sandbox.rail import Buyer, Ground, Issuer, Releaser, turned_down

_RUB, _USD, _USDT = Asset.RUB, Asset.USD, Asset.USDT


class Takers(Protocol):
    """The dealers, as they buy tokens."""

    def bid(self, asset: Asset, cents: int) -> tuple[int, int]:
        """Quoted and mid price of a kopeck in minor units of the asset."""
        ...

    def taker(self, asset: Asset) -> Dealer | None:
        """Who takes the tokens; None while nobody can be sent any."""
        ...

    def arrived(self, asset: Asset) -> None:
        """A dealer has more of the asset: those who wait for it may go on."""
        ...


class Payer(Buyer, Protocol):
    """The buyer, as one who gets its tokens from an exchange of its own."""

    def entity(self, payment: Payment) -> int:
        """Its journal entity."""
        ...

    def bring_in(self, payment: Payment, wanted: int) -> None:
        """Pay in what its account is short of."""
        ...


@dataclass(slots=True, frozen=True)
class TokenShop:
    """Where buyers get tokens: their exchange's entity, its tokens and its accounts by currency."""

    entity: int
    hot: int
    cash: dict[Asset, int]
    income: dict[Asset, int]


@dataclass(slots=True)
class Sale:
    """Tokens agreed to be sold to a dealer for the order's roubles."""

    dealer: Dealer
    conversion: Conversion
    price: int
    valid_until: int
    fee: int
    """The bank's, in kopecks."""
    hold: int = -1
    """Of the tokens in the buyer's wallet."""


class InwardUsdtRail:
    """Settlement of an export in a stablecoin on an EVM chain."""

    name = "usdt"
    needs_authorisation = True
    needs_profile = True
    proof = "chain"

    def __init__(
        self,
        ground: Ground,
        market: Market,
        ledger: EvmLedger,
        entity: int,
        dealers: Takers,
        shop: TokenShop,
        breaker: Breaker | None,
        releaser: Releaser,
        issuer: Issuer,
        payer: Payer,
        accepts: Callable[[Payment], bool],
        wallet: Callable[[Payment], int],
        bank_of: Callable[[Payment], tuple[int, int]],
        hours: Hours,
    ) -> None:
        self.entity = entity
        self._ground = ground
        self._market = market
        self._ledger = ledger
        self._dealers = dealers
        self._shop = shop
        self._breaker = breaker
        self._releaser = releaser
        self._issuer = issuer
        self._payer = payer
        self._accepts = accepts
        self._wallet = wallet
        self._bank = bank_of
        self._hours = hours
        self._transit = ground.books.open("usdt", _RUB, "in_transit")

    def accepts(self, payment: Payment) -> bool:
        """By the buyer's country and the pressure on it, as for a supplier."""
        return self._accepts(payment)

    def quote(self, payment: Payment) -> Quote:
        """Dealer, bank, the buyer's exchange and the chain; seconds to finality."""
        number = self._ground.number
        price, mid = self._dealers.bid(_USDT, payment.invoice_cents)
        share = price / mid - 1.0 + number("bank.bank_fee_elr_pct") / 100.0
        share += number("liquidity.offramp_pct_usdt") / 100.0
        share += number("usdt.usdt_fee_usd") * 100.0 / payment.invoice_cents
        return Quote(share, float(self._ledger.producer.final_delay), 0.0)

    def reserve_units(self, payment: Payment) -> int:
        """Minor units of the buyer's currency for the tokens, its exchange and the chain."""
        conversion, _, _ = self._conversion(payment)
        return sum(self._price_of(payment, conversion.units_paid))

    def _conversion(self, payment: Payment) -> tuple[Conversion, int, int]:
        """The roubles for what is owed and the bank's fee, at the dealers' price of now; that price, the fee."""
        percent = self._ground.number("bank.bank_fee_elr_pct")
        fee = max(1, round(payment.payout_units * percent / 100.0))
        price, mid = self._dealers.bid(_USDT, payment.invoice_cents)
        units = payment.payout_units + fee
        return Conversion.of_sold(_RUB, _USDT, units, price_e8=price, mid_e8=mid), price, fee

    def _price_of(self, payment: Payment, units: int) -> tuple[int, int, int]:
        """What so many tokens cost the buyer at its exchange: their value, the exchange's fee, the chain's."""
        currency, now = self._payer.currency(payment), self._ground.now
        value = max(1, paid_units(units, self._market.cross(_USDT, currency, now)))
        fee = max(1, round(value * self._ground.number("liquidity.offramp_pct_usdt") / 100.0))
        cents = round(self._ground.number("usdt.usdt_fee_usd") * 100)
        return value, fee, max(1, paid_units(cents, self._market.cross(_USD, currency, now)))

    def settle(self, payment: Payment) -> Process[Outcome]:
        """The dealer's rate, the buyer's tokens, release, the chain, finality, and the exporter's bank."""
        ground, move = self._ground, self._ground.move
        bank, fees = self._bank(payment)
        move(payment, State.CONVERSION, bank)
        sale = yield from self._strike(payment, bank)
        if isinstance(sale, NotSettled):
            return sale
        move(payment, State.RELEASE, bank)
        refusal = self._releaser.consume(payment, bank)
        if refusal:
            ground.books.void(sale.hold)
            move(payment, turned_down(refusal), bank, refusal)
            return NotSettled(refusal)
        inclusion = self._broadcast(payment, sale)
        move(payment, State.IN_FLIGHT, bank)
        receipt = yield inclusion
        if not receipt.ok:
            move(payment, State.TECHNICAL_FAILURE, self._ledger.entity, Reason.ED05)
            return NotSettled(Reason.ED05)
        yield from self._ledger.until_final(payment.number, receipt)
        move(payment, State.SETTLED, self.entity)
        move(payment, State.OFFRAMP, bank)
        yield ground.until(self._hours.next_open(ground.now))
        ground.books.post(
            payment.number,
            bank,
            [
                (
                    self._transit,
                    self._payer.exporter_account(payment),
                    payment.payout_units,
                    Purpose.PROCEEDS,
                ),
                (self._transit, fees, sale.fee, Purpose.BANK_FEE),
            ],
        )
        move(payment, State.CREDITED, bank)
        return Settled()

    # -- before the release ----------------------------------------------------------------------------

    def _strike(self, payment: Payment, bank: int) -> Process[Sale | NotSettled]:
        """A dealer's rate, and tokens for it in the buyer's wallet."""
        ground, move = self._ground, self._ground.move
        while (until := self._stopped_until()) > ground.now or self._market_halted():
            reason = Reason.ELR_ISSUER_PAUSE if until > ground.now else Reason.ELR_DEPEG
            move(payment, State.MARKET_WAIT, bank, reason)
            if not (yield from self._resumes(until)):
                move(payment, State.TECHNICAL_FAILURE, bank, reason)
                return NotSettled(reason)
            move(payment, State.CONVERSION, bank)
        wallet, dealer = self._wallet(payment), self._dealers.taker(_USDT)
        if dealer is None or self._issuer.is_frozen(wallet):
            move(payment, State.TECHNICAL_FAILURE, bank, Reason.ELR_ISSUER_FREEZE)
            return NotSettled(Reason.ELR_ISSUER_FREEZE)
        conversion, price, fee = self._conversion(payment)
        sale = Sale(dealer, conversion, price, ground.now + DAY, fee)
        ground.books.quote(
            payment.number, dealer.entity, sold=_RUB, paid=_USDT, price_e8=price, valid_until=sale.valid_until
        )
        if not (yield from self._get_tokens(payment, sale, wallet, bank)):
            move(payment, State.TECHNICAL_FAILURE, self._ledger.entity, Reason.ED05)
            return NotSettled(Reason.ED05)
        return sale

    def _stopped_until(self) -> int:
        return self._issuer.paused_until

    def _market_halted(self) -> bool:
        return self._breaker is not None and self._breaker.is_open

    def _resumes(self, paused_until: int) -> Process[bool]:
        """Wait for the issuer, or for dealers to quote again; False when the attempt was given up instead."""
        ground, breaker = self._ground, self._breaker
        if paused_until > ground.now:
            yield ground.until(paused_until)
            return True
        assert breaker is not None
        end = ground.env.timeout(breaker.patience())
        while breaker.is_open and not end.processed:
            yield ground.env.any_of([breaker.resumed, end])
        return not breaker.is_open

    def _get_tokens(self, payment: Payment, sale: Sale, wallet: int, bank: int) -> Process[bool]:
        """Hold the sale's tokens in the buyer's wallet; its exchange sends what is missing there."""
        ground, books, units = self._ground, self._ground.books, sale.conversion.units_paid
        own = min(units, books.available(wallet))
        sale.hold = books.reserve(payment.number, wallet, own) if own else -1
        if own == units:
            return True
        missing, shop = units - own, self._shop
        while books.available(shop.hot) < missing:
            ground.move(payment, State.DEALER_WAIT, bank, Reason.ELR_LPINV)
            yield ground.env.timeout(HOUR)
            ground.move(payment, State.CONVERSION, bank)
        promised = books.reserve(-1, shop.hot, missing)

        def booked(ok: bool) -> None:
            books.void(promised)
            if sale.hold >= 0:
                books.void(sale.hold)
                sale.hold = -1
            if ok:
                self._buy(payment, missing)
                books.transfer(-1, shop.entity, shop.hot, wallet, missing, Purpose.FUNDING)
                sale.hold = books.reserve(payment.number, wallet, units)

        receipt = yield self._ledger.send(-1, shop.entity, shop.hot, wallet, missing, booked)
        return bool(receipt.ok)

    def _buy(self, payment: Payment, units: int) -> None:
        """The buyer pays its exchange for the tokens that have just arrived."""
        books, record, shop = self._ground.books, self._ground.journal.record, self._shop
        currency, account = self._payer.currency(payment), self._payer.account(payment)
        value, fee, network = self._price_of(payment, units)
        if payment.hold >= 0:
            books.void(payment.hold)
            payment.hold = -1
        self._payer.bring_in(payment, value + fee + network)
        for purpose, charge in ((Purpose.OFFRAMP_FEE, fee), (Purpose.NETWORK_FEE, network)):
            record(Kind.ITEMISED, payment.number, shop.entity, currency, -1, charge, 0, purpose)
        books.post(
            payment.number,
            shop.entity,
            [
                (account, shop.cash[currency], value, Purpose.FUNDING),
                (account, shop.income[currency], fee, Purpose.OFFRAMP_FEE),
                (account, shop.income[currency], network, Purpose.NETWORK_FEE),
            ],
        )

    # -- the transfer ----------------------------------------------------------------------------------

    def _broadcast(self, payment: Payment, sale: Sale) -> simpy.Event:
        wallet, inventory = self._wallet(payment), sale.dealer.inventory[_USDT]
        buyer = self._payer.entity(payment)

        def booked(ok: bool) -> None:
            self._ground.books.void(sale.hold)
            if ok:
                self._convert(payment, sale, wallet, inventory)

        units = sale.conversion.units_paid
        return self._ledger.send(payment.number, buyer, wallet, inventory, units, booked)

    def _convert(self, payment: Payment, sale: Sale, wallet: int, inventory: int) -> None:
        """The dealer has the tokens and pays its roubles in, in the same entry."""
        books, number, dealer = self._ground.books, payment.number, sale.dealer
        now, conversion = self._ground.now, sale.conversion
        if now > sale.valid_until:
            # The transfer was on its way when the quote ran out: the dealer stands by its price.
            books.quote(number, dealer.entity, sold=_RUB, paid=_USDT, price_e8=sale.price, valid_until=now)
        record, spread = self._ground.journal.record, conversion.spread_units
        bank, _ = self._bank(payment)
        record(Kind.ITEMISED, number, bank, _RUB, -1, sale.fee, 0, Purpose.BANK_FEE)
        if spread:
            record(Kind.ITEMISED, number, dealer.entity, _USDT, -1, spread, 0, Purpose.SPREAD)
        books.convert(
            number,
            dealer.entity,
            conversion,
            deliver=(dealer.cash, self._transit),
            pay=(wallet, inventory),
            spread_to=inventory,
            rounding_to=inventory,
        )
        self._dealers.arrived(_USDT)


__all__ = ["InwardUsdtRail", "TokenShop"]
