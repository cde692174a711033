"""A dealer whose stock runs low: when its order is placed, how long it takes, and who waits for it."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.actors.dealer import Dealers
from sandbox.journal.kinds import Purpose
from sandbox.market import Market
from sandbox.market.liquidity import Dealer
from sandbox.money import Asset
from sandbox.rail import Ground

HOUR = 3_600
HOURS = 6.0


class Supply:
    """One dealer, an exchange that delivers on the spot once it is asked, and when it was asked for how much."""

    def __init__(self, base: Ground, stock_share: float) -> None:
        books = base.books
        self.source = books.open("exchange", Asset.BTC, "outside", overdraft=True)
        self.inventory = books.open("dealer/1", Asset.BTC, "inventory")
        self.asked: list[tuple[int, int]] = []
        dealer = Dealer(0, "dealer/1", base.journal.entity("dealer/1"), -1, -1, {Asset.BTC: self.inventory})

        def restock(one: Dealer, asset: Asset, units: int) -> Any:
            self.asked.append((base.now, units))
            books.transfer(-1, one.entity, self.source, self.inventory, units, Purpose.FUNDING)
            return True
            yield  # a process, although it waits for nothing

        self.dealers = Dealers(base, Market([90.0], [7.2], [60_000.0]), [dealer], restock)
        self.target = self.dealers.target(Asset.BTC)
        stock = int(self.target * stock_share)
        books.transfer(-1, dealer.entity, self.source, self.inventory, stock, Purpose.FUNDING)
        self.dealer = dealer


@pytest.fixture
def base(ground: Callable[..., Ground]) -> Ground:
    """A delay that is always the median."""
    return ground(liquidity__lp_replenish_hours={"median": HOURS, "sigma": 1e-12})


@pytest.mark.parametrize(("share", "asked"), [(0.6, False), (0.4, True)])
def test_less_than_half_of_the_target_is_ordered_once(base: Ground, share: float, asked: bool) -> None:
    """Up to the target, after six hours; a second look meanwhile orders nothing more."""
    supply = Supply(base, share)
    for _ in range(2):
        supply.dealers.look_at_stock(supply.dealer, Asset.BTC)
    base.env.run(until=int(HOURS * HOUR) - 2)
    assert not supply.asked
    base.env.run(until=int(HOURS * HOUR) + 2)
    assert len(supply.asked) == asked
    if asked:
        ((second, units),) = supply.asked
        assert second == pytest.approx(HOURS * HOUR, abs=1)
        assert units == supply.target - int(supply.target * share)


def test_who_waits_goes_on_when_the_stock_is_there_and_in_turn(base: Ground) -> None:
    """Two that fit and one that does not: the third stands until more has been brought."""
    supply = Supply(base, 0.1)
    third = supply.target // 3
    turns = [supply.dealers.wait(Asset.BTC, units) for units in (third, third, supply.target)]
    base.env.run(until=int(HOURS * HOUR) - 2)
    assert not any(turn.triggered for turn in turns)
    base.env.run(until=int(HOURS * HOUR) + 2)
    assert [turn.triggered for turn in turns] == [True, True, False]
