"""What a day of delay weighs when a firm chooses: goods that wait, or a penalty, and the interest of the day."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.actors.importer import Importers
from sandbox.journal.kinds import Kind
from sandbox.payments import Quote
from sandbox.population import Importer, Population
from sandbox.rail import Ground

DAY = 86_400


def worth(base: Ground, days: float, prepaid: bool) -> float:
    """What the choice between one rail and nothing is worth, in points: less the cost of one point and the delay."""
    firm = Importer(0, 0, 1.0, "civil", 0, (0,))
    rail: Any = SimpleNamespace(
        name="correspondent",
        entity=0,
        needs_authorisation=False,
        accepts=lambda payment: True,
        quote=lambda payment: Quote(0.01, days * DAY, 0.0),
    )
    order: Any = SimpleNamespace(
        importer=0, number=0, draw=0, attempt=1, failures=(), export=False, prepaid=prepaid
    )
    chosen = Importers(base, Population([firm], []), (rail,)).choose(order, frozenset({0}))
    assert chosen is rail
    rows = base.journal.array()
    (row,) = rows[rows["kind"] == int(Kind.CHOSE_RAIL)]
    return float(row["subject"]) / 10_000


@pytest.mark.parametrize("rate", [0.0, 16.0, 21.0])
@pytest.mark.parametrize("days", [0.0, 10.0])
def test_a_day_weighs_what_it_costs_and_the_interest(
    ground: Callable[..., Ground], rate: float, days: float
) -> None:
    """Prepaid: .30 of 1% of the goods a day; on open account: .10% of penalty; both with the key rate of the year."""
    values = {
        "macro__key_rate": rate,
        "choice__delay_passthrough": 0.3,
        "choice__time_value_goods": 1.0,
        "population__late_penalty_per_day": 0.1,
    }
    for prepaid, daily in ((True, 0.3), (False, 0.1)):
        expected = -(1.0 + (daily + rate / 365) * days)
        assert worth(ground(**values), days, prepaid) == pytest.approx(expected, abs=2e-4)
