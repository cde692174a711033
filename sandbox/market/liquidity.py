"""Who sells chain assets: the nouns of a dealer's business and what a rail may ask of it."""

from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import simpy

from sandbox.money import Asset


@dataclass(slots=True, eq=False)
class Dealer:
    """One liquidity provider and its accounts."""

    index: int
    name: str
    entity: int
    cash: int
    """Own roubles."""
    margin: int
    """Income from spreads, in roubles."""
    inventory: dict[Asset, int]
    """Book account of each chain asset's wallet."""
    sold_today: tuple[int, int] = (-1, 0)
    """(day, US cents) sold."""
    restocking: set[Asset] = field(default_factory=set)


class Offer(NamedTuple):
    """A dealer's quote for an amount of a chain asset."""

    dealer: Dealer
    price: int
    """Kopecks x 10**8 for one minor unit sold."""
    mid: int


class Liquidity(Protocol):
    """What a rail asks of the dealers."""

    def price(self, asset: Asset, cents: int) -> tuple[int, int]:
        """Quoted and mid price in roubles for an order worth ``cents`` US cents."""
        ...

    def offer(self, asset: Asset, units: int, cents: int) -> Offer | None:
        """The best dealer that can deliver now, or None: the order waits."""
        ...

    def reserve(self, payment: int, dealer: Dealer, asset: Asset, units: int, cents: int) -> int:
        """Hold inventory for an order."""
        ...

    def hold(self, payment: int, account: int, units: int) -> int:
        """Reserve part of an inventory once more (a transfer waits for its block anew)."""
        ...

    def free(self, account: int, hold: int) -> None:
        """End a reservation; nothing happens if it has given way already."""
        ...

    def make_room(self, account: int, units: int) -> None:
        """The chain takes units from an inventory: reservations that stand in the way are given up."""
        ...

    def wait(self, asset: Asset, units: int) -> simpy.Event:
        """An event that succeeds when inventory or a new day's capacity may cover the order."""
        ...

    def look_at_stock(self, dealer: Dealer, asset: Asset, at_least: int = 0) -> None:
        """Order more from the exchange if little is left."""
        ...
