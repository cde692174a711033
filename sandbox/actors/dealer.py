"""Dealers: they sell USDT and bitcoin for roubles out of an inventory that has to be replenished.

A quote is ``mid * (1 + half-spread + skew + impact)``: the skew grows as the seller's inventory falls short of its
target, and the impact follows the square-root law ``Y * sigma_day * sqrt(Q / ADV)`` with the volatility and the
turnover of the present market regime.
An order that no inventory or day's capacity covers waits; inventory comes back from the exchange after a
log-normal delay, by a transfer on the chain.
"""

from collections import deque
from collections.abc import Callable
from math import sqrt
from typing import NamedTuple

import simpy

from sandbox.market import Market
from sandbox.market.conditions import Conditions, Tide
from sandbox.market.liquidity import Dealer, Offer
from sandbox.money import Asset
from sandbox.payments import Process
from sandbox.rail import Ground

_DAYS_A_YEAR = 365
_RUB, _USDT = Asset.RUB, Asset.USDT

#: Delivers units from the exchange to a dealer's wallet over the chain; ends when they have arrived.
Restock = Callable[[Dealer, Asset, int], Process[bool]]


class _Terms(NamedTuple):
    """What the parameters make of an order's price on one day."""

    until: int
    """First second of the next day."""
    with_spread: float
    """1 + half-spread."""
    turnover: float
    """US dollars a day in the market."""
    exponent: float
    scale: float
    """``Y * sigma_day``."""
    skew: float
    """Share of the price that an empty inventory adds."""
    target: int
    """Minor units a dealer wants to hold."""
    capacity: int
    """US cents a dealer sells in a day."""
    conditions: Conditions
    """The market regime they belong to."""
    tide: Tide
    """The week's common shock."""


class Dealers:
    """The dealers' common book of business."""

    def __init__(self, ground: Ground, market: Market, dealers: list[Dealer], restock: Restock) -> None:
        self._ground = ground
        self._market = market
        self.dealers = dealers
        self._restock = restock
        self._waiting: dict[Asset, deque[tuple[int, simpy.Event]]] = {}
        self.is_frozen: Callable[[int], bool] = lambda account: False
        """Whether the issuer has frozen an inventory: what a dealer cannot send it does not sell."""
        self.brought_only: set[Asset] = set()
        """Assets that dealers cannot order at the exchange: others bring them."""
        self._terms_of: dict[Asset, _Terms] = {}
        self._held: dict[int, dict[int, None]] = {}
        """Inventory account -> its open reservations, oldest first."""
        self._inventories: dict[Asset, list[int]] = {}
        self._asked: tuple[int, int | None, int, _Terms] | None = None
        self._quoted = (0, 0)
        self._delay = {
            dealer.index: ground.streams.named(f"{dealer.name}/restock-hours") for dealer in dealers
        }
        ground.env.process(self._daily())

    # -- prices -----------------------------------------------------------------------------------

    def price(self, asset: Asset, cents: int) -> tuple[int, int]:
        """Quoted and mid price in roubles for an order worth ``cents`` US cents."""
        inventories = self._inventories.get(asset)
        if inventories is None:
            inventories = self._inventories[asset] = [dealer.inventory[asset] for dealer in self.dealers]
        free = self._ground.books.most_available(inventories) if inventories else None
        return self._price(asset, cents, free)

    def _price(
        self, asset: Asset, cents: int, free: int | None, terms: _Terms | None = None
    ) -> tuple[int, int]:
        """Quoted and mid price of a dealer that has ``free`` units to sell (None: as many as it wants)."""
        terms = terms or self._terms(asset)
        mid = self._market.cross(asset, _RUB, self._ground.now)
        # An order is priced when its rail is chosen, when money is reserved and when it is offered, often all
        # in one second: the same question has the same answer.
        question = (cents, free, mid, terms)
        if question != self._asked:
            short = 0.0 if free is None or free >= terms.target else 1.0 - max(0, free) / terms.target
            share = terms.with_spread + terms.skew * short + _impact(terms, cents)
            self._asked, self._quoted = question, (max(mid, round(mid * share)), mid)
        return self._quoted

    def bid(self, asset: Asset, cents: int) -> tuple[int, int]:
        """Quoted and mid price of a kopeck in minor units of the asset, for who sells an order's worth of it.

        The half-spread and the impact are those of a purchase; an inventory that is short adds nothing.
        """
        mid, terms = self._market.cross(_RUB, asset, self._ground.now), self._terms(asset)
        return max(mid, round(mid * (terms.with_spread + _impact(terms, cents)))), mid

    def taker(self, asset: Asset) -> Dealer | None:
        """The dealer that is shortest of an asset and can be sent some; None while all inventories are frozen."""
        free = [d for d in self.dealers if asset is not _USDT or not self.is_frozen(d.inventory[asset])]
        available = self._ground.books.available
        return min(free, key=lambda dealer: available(dealer.inventory[asset]), default=None)

    def impact(self, asset: Asset, cents: int) -> float:
        """Square-root price impact of an order, as a share of the price."""
        return _impact(self._terms(asset), cents)

    def _terms(self, asset: Asset) -> "_Terms":
        """The day's terms, worked out once a day."""
        terms, market = self._terms_of.get(asset), self._market
        if (
            terms is not None
            and self._ground.now < terms.until
            and terms.conditions is market.conditions
            and terms.tide is market.tide
        ):
            return terms
        return self._work_out(asset)

    def _work_out(self, asset: Asset) -> "_Terms":
        number, conditions, tide = self._ground.number, self._market.conditions, self._market.tide
        factor = self._market.volatility_factor(asset)
        sigma_day = number(_VOLATILITY[asset]) * factor / sqrt(_DAYS_A_YEAR)
        terms = self._terms_of[asset] = _Terms(
            until=(self._ground.now // 86_400 + 1) * 86_400,
            with_spread=1.0 + number(_SPREAD[asset]) * conditions.spread * tide.spread / 100.0,
            turnover=number("liquidity.adv_usdt_rub_usd") * conditions.volume * tide.volume,
            exponent=number("liquidity.impact_exponent"),
            scale=number("liquidity.impact_Y") * sigma_day,
            skew=number("liquidity.inventory_skew_pct") / 100.0,
            target=self.target(asset),
            capacity=int(number("liquidity.lp_daily_capacity_usd")) * 100,
            conditions=conditions,
            tide=tide,
        )
        return terms

    def offer(self, asset: Asset, units: int, cents: int) -> Offer | None:
        """The best dealer that can deliver now, or None: the order waits."""
        available, terms = self._ground.books.available, self._terms(asset)
        capacity = terms.capacity
        today = self._ground.now // 86_400
        best, most = None, -1
        for dealer in self.dealers:
            account = dealer.inventory[asset]
            free = available(account)
            if free > most and free >= units:
                day, sold = dealer.sold_today
                # An order above a whole day's capacity takes a whole day of its own.
                if day == today and sold and sold + cents > capacity:
                    continue
                if asset is _USDT and self.is_frozen(account):
                    continue
                best, most = dealer, free
        if best is None:
            return None
        price, mid = self._price(asset, cents, most, terms)
        return Offer(best, price, mid)

    # -- inventory --------------------------------------------------------------------------------

    def reserve(self, payment: int, dealer: Dealer, asset: Asset, units: int, cents: int) -> int:
        """Hold inventory for an order, count it against the day, and order more if stocks run low."""
        today = self._ground.now // 86_400
        used = dealer.sold_today[1] if dealer.sold_today[0] == today else 0
        dealer.sold_today = (today, used + cents)
        return self.hold(payment, dealer.inventory[asset], units)

    def hold(self, payment: int, account: int, units: int) -> int:
        """Reserve part of an inventory."""
        held = self._ground.books.reserve(payment, account, units)
        open_holds = self._held.get(account)
        if open_holds is None:
            open_holds = self._held[account] = {}
        open_holds[held] = None
        return held

    def free(self, account: int, hold: int) -> None:
        """End a reservation; nothing happens if it has given way already."""
        open_holds = self._held.get(account)
        if open_holds and hold in open_holds:
            del open_holds[hold]
            self._ground.books.void(hold)

    def make_room(self, account: int, units: int) -> None:
        """The chain takes units from an inventory whatever is reserved: the newest reservations give way.

        That happens when a reorganisation undoes a delivery to the dealer. What was promised stays promised: its
        transfer has been broadcast, and the chain alone decides whether its coins exist.
        """
        books, open_holds = self._ground.books, self._held.get(account)
        while open_holds and books.available(account) < units:
            books.void(open_holds.popitem()[0])

    def wait(self, asset: Asset, units: int) -> simpy.Event:
        """An event that succeeds when inventory or a new day's capacity may cover the order."""
        event = self._ground.env.event()
        self._waiting.setdefault(asset, deque()).append((units, event))
        for dealer in self.dealers:
            self.look_at_stock(dealer, asset, units)
        return event

    def arrived(self, asset: Asset) -> None:
        """Someone has brought the dealers more of an asset."""
        self._wake(asset)

    def look_at_stock(self, dealer: Dealer, asset: Asset, at_least: int = 0) -> None:
        """Order from the exchange when less than half of the target is left."""
        if asset in dealer.restocking or asset in self.brought_only:
            return
        target = self._terms(asset).target
        if target < at_least:
            target = at_least
        least = target // 2
        if self._ground.books.available(dealer.inventory[asset]) < (at_least if least < at_least else least):
            dealer.restocking.add(asset)
            self._ground.env.process(self._replenish(dealer, asset, target))

    def target(self, asset: Asset) -> int:
        """Minor units of an asset a dealer wants to hold: days of its daily capacity."""
        number = self._ground.number
        usd = number("liquidity.lp_inventory_days") * number("liquidity.lp_daily_capacity_usd")
        return int(usd / self._market.usd(asset, self._ground.now) * asset.scale)

    def _replenish(self, dealer: Dealer, asset: Asset, target: int) -> Process[None]:
        hours = self._ground.table("liquidity.lp_replenish_hours")
        wait = self._delay[dealer.index].lognormal(hours["median"], hours["sigma"])
        yield self._ground.env.timeout(max(1, int(wait * 3_600)))
        missing = target - self._ground.books.available(dealer.inventory[asset])
        if missing > 0:
            yield from self._restock(dealer, asset, missing)
        dealer.restocking.discard(asset)
        self._wake(asset)

    def _wake(self, asset: Asset) -> None:
        """Let those who wait try again, in order, as far as the inventory reaches."""
        waiting = self._waiting.get(asset)
        if not waiting:
            return
        books = self._ground.books
        free = sum(books.available(dealer.inventory[asset]) for dealer in self.dealers)
        while waiting and (waiting[0][0] <= free):
            units, event = waiting.popleft()
            free -= units
            event.succeed()
        if waiting:
            for dealer in self.dealers:
                self.look_at_stock(dealer, asset, waiting[0][0])

    def _daily(self) -> Process[None]:
        """At midnight a new day's capacity opens."""
        while True:
            yield self._ground.until((self._ground.now // 86_400 + 1) * 86_400)
            for asset in tuple(self._waiting):
                self._wake(asset)


def _impact(terms: _Terms, cents: int) -> float:
    root: float = (cents / 100.0 / terms.turnover) ** terms.exponent
    return terms.scale * root


_SPREAD = {Asset.USDT: "liquidity.onramp_pct_usdt", Asset.BTC: "liquidity.onramp_pct_btc"}
_VOLATILITY = {Asset.USDT: "fx.usdrub_vol", Asset.BTC: "btc.btc_total_vol"}

__all__ = ["Dealers"]
