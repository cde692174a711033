"""Who abroad takes the token: a share by country, less of it the nearer pressure is to its highest."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.actors.supplier import Suppliers
from sandbox.market import PressureIndex
from sandbox.money import Asset
from sandbox.population import Population, Supplier
from sandbox.rail import Ground

ACCEPTANCE = {"CN": 0.35, "TR": 0.4, "AE": 0.6}
BEND = {"loss": 0.3, "threshold": 0.8, "width": 0.2}
EACH = 1_000


def taking(base: Ground, pressure: float, country: str) -> float:
    """Share of a thousand suppliers, of evenly spread luck, that take the token."""
    crowd = [
        Supplier(n, n, country, "civil", Asset.USD, {"usdt": (n + 0.5) / EACH, "btc": 0.5, "dfa": 0.5})
        for n in range(EACH)
    ]
    suppliers = Suppliers(base, Population([], crowd), PressureIndex(base.journal, pressure))
    orders: list[Any] = [SimpleNamespace(supplier=n) for n in range(EACH)]
    return sum(suppliers.takes_usdt(order) for order in orders) / EACH


@pytest.mark.parametrize("country", ["CN", "TR", "AE", "OT"])
@pytest.mark.parametrize(("pressure", "left"), [(0.0, 1.0), (0.6, 1.0), (0.8, 1.0), (0.9, 0.85), (1.0, 0.7)])
def test_acceptance_is_by_country_and_bends_at_high_pressure(
    ground: Callable[..., Ground], country: str, pressure: float, left: float
) -> None:
    """A country that the library does not name takes the token as rarely as the most reluctant one."""
    base = ground(supplier__accept_usdt=ACCEPTANCE, supplier__accept_usdt_pressure=BEND)
    assert taking(base, pressure, country) == pytest.approx(
        ACCEPTANCE.get(country, 0.35) * left, abs=1 / EACH
    )


def test_a_dated_event_sets_the_share_whatever_the_pressure(ground: Callable[..., Ground]) -> None:
    base = ground()
    suppliers = Suppliers(
        base,
        Population([], [Supplier(0, 0, "CN", "civil", Asset.USD, {"usdt": 0.89})]),
        PressureIndex(base.journal, 1.0),
    )
    order: Any = SimpleNamespace(supplier=0)
    assert not suppliers.takes_usdt(order)
    suppliers.acceptance["usdt"] = 0.9
    assert suppliers.takes_usdt(order)
