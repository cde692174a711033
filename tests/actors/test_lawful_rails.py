"""Which rails an order may take at all: open, accepted, and its firm admitted, received by its bank or by an agent."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.actors.importer import Importers
from sandbox.lifecycle import Reason
from sandbox.population import Importer, Population
from sandbox.rail import Ground

NOW = 10 * 86_400
READY = {"admitted_at": 0, "regime_ready": 0, "agent_ready": 0}


def a_rail(name: str, accepts: bool = True) -> Any:
    """A rail by its name; two of them ask for an authorisation."""
    entity = ["correspondent", "agent", "usdt", "btc"].index(name)
    return SimpleNamespace(
        name=name,
        entity=entity,
        needs_authorisation=name in ("usdt", "btc"),
        accepts=lambda payment: accepts,
    )


def lawful(
    base: Ground, *, accepts: bool = True, shut: str = "", failures: Any = (), **firm: int
) -> set[str]:
    """Names of the rails that an order of one firm may take on the tenth day."""
    base.env.run(until=NOW)
    given = Importer(0, 0, 1.0, "civil", 0, (0,), **{**READY, **firm})
    rails = [a_rail("correspondent"), a_rail("agent"), a_rail("usdt", accepts), a_rail("btc")]
    importers = Importers(base, Population([given], []), rails)
    order: Any = SimpleNamespace(importer=0, failures=failures, export=False)
    return {
        rail.name for rail in importers.lawful(order, frozenset(r.entity for r in rails if r.name != shut))
    }


ALL = {"correspondent", "agent", "usdt", "btc"}


@pytest.mark.parametrize(
    ("case", "left_out"),
    [
        ({}, set()),
        ({"shut": "btc"}, {"btc"}),
        ({"accepts": False}, {"usdt"}),
        ({"admitted_at": -1}, {"usdt", "btc"}),
        ({"regime_ready": NOW + 1}, {"usdt", "btc"}),
        ({"regime_ready": NOW}, set()),
        ({"agent_ready": -1}, {"agent"}),
        ({"agent_ready": NOW + 1}, {"agent"}),
        ({"agent_ready": NOW}, set()),
        ({"failures": [(2, Reason.AG01)]}, {"usdt", "btc"}),
        ({"failures": [(2, Reason.AM04)]}, set()),
    ],
)
def test_only_lawful_accepted_and_onboarded_rails(
    ground: Callable[..., Ground], case: dict[str, Any], left_out: set[str]
) -> None:
    """A bank that has declined the order has declined it for every rail of the regime."""
    assert lawful(ground(), **case) == ALL - left_out
