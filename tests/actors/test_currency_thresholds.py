"""From which value on a contract is registered: three million roubles of imports, ten million of exports."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.actors.currency_control import CurrencyControl
from sandbox.clock import ALWAYS
from sandbox.journal.kinds import Kind
from sandbox.market import Market
from sandbox.population import Population
from sandbox.rail import Ground


def registered(base: Ground, roubles: int, export: bool) -> bool:
    """Whether an order of so many roubles, a hundred to the dollar, has its contract registered."""
    firm: Any = SimpleNamespace(entity=1)
    partner: Any = SimpleNamespace(entity=2)
    market = Market([100.0], [7.2], [60_000.0])
    control = CurrencyControl(base, market, Population([firm], [partner]), ALWAYS)
    order: Any = SimpleNamespace(number=0, importer=0, supplier=0, export=export, invoice_cents=roubles)
    base.env.process(control.register(order, 3))
    base.env.run(until=30 * 86_400)
    return bool((base.journal.array()["kind"] == int(Kind.REGISTERED)).any())


@pytest.mark.parametrize(
    ("roubles", "export", "asked"),
    [
        (3_000_000, False, False),
        (3_000_100, False, True),
        (3_000_100, True, False),
        (10_000_000, True, False),
        (10_000_100, True, True),
    ],
)
def test_each_direction_has_its_threshold(
    ground: Callable[..., Ground], roubles: int, export: bool, asked: bool
) -> None:
    base = ground(
        currency_control__contract_registration_import_rub=3_000_000,
        currency_control__contract_registration_export_rub=10_000_000,
    )
    assert registered(base, roubles, export) == asked
