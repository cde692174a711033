"""Whole distributions held against each other: shifted, spread, crossing and equal ones, whose answers are known."""

from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter
from scipy.special import ndtri

from sandbox.experiment.cells import Table
from sandbox.experiment.claims import Hypothesis
from sandbox.experiment.designs import points_of
from sandbox.experiment.factors import parse_lever
from sandbox.experiment.inference import FEWEST_BLOCKS
from sandbox.experiment.judging import Judged, judge_all
from sandbox.experiment.orders import quantile_gaps
from sandbox.experiment.sweep import Plan
from sandbox.world import Engines

READ: TypeAdapter[Any] = TypeAdapter(Hypothesis)
DECILES = [q / 10 for q in range(1, 10)]
#: Losses as they come: mostly small, seldom large; the same luck in both cells.
LUCK = np.exp(np.random.default_rng(7).normal(size=60))


def judged(first: Any, second: Any, **more: Any) -> Judged:
    factor = parse_lever("x=1,2")
    points = tuple(points_of("full", [factor], 0, 1))
    plan = Plan(
        file="f", sets=(), files="", factors=(factor,), design="full", n=0, points=points,
        replications=len(first), seed=1, engines=Engines(),
    )  # fmt: skip
    records = [
        {"factor:x": label, "replication": at, "m": value}
        for label, values in (("1", first), ("2", second))
        for at, value in enumerate(values)
    ]
    claim = {
        "text": "t",
        "metric": "m",
        "check": "stochastic_order",
        "of": {"x": "1"},
        "to": {"x": "2"},
        **more,
    }
    (found,) = judge_all({"h": READ.validate_python(claim)}, Table(plan, records))
    return found


def test_what_is_shifted_down_lies_below_and_the_other_way_round_does_not() -> None:
    low, high = LUCK, LUCK + 0.5 + 0.05 * LUCK[::-1]
    assert judged(low, high).ruling == "held"
    assert judged(high, low).ruling == "not held"


def test_a_smaller_mean_is_not_enough_where_the_bad_runs_are_worse() -> None:
    """A normal law against one three times as wide whose mean is lower: the upper quantiles cross."""
    calm = ndtri((np.arange(100) + 0.5) / 100)
    wild = 3 * calm - 1.0
    assert wild.mean() < calm.mean()
    found = judged(wild, calm)
    assert found.ruling == "not held" and "at 90%" in found.numbers
    assert (
        judged(calm, wild).ruling == "not held"
    )  # the good runs of the other are better: neither lies below
    assert judged(wild, calm, quantiles=[0.1, 0.2, 0.3]).ruling == "held"


def test_equal_and_tied_distributions_cannot_be_told() -> None:
    other = np.exp(np.random.default_rng(8).normal(size=60))
    assert judged(LUCK, other).ruling == "not detectable"
    assert judged(np.zeros(40), np.zeros(40)).ruling == "not detectable"


def test_the_gaps_are_those_of_the_quantiles() -> None:
    values = np.arange(1.0, 41.0)
    gaps = quantile_gaps(values, 2 * values, DECILES)
    assert [gap.effect for gap in gaps.values()] == pytest.approx([-np.quantile(values, q) for q in DECILES])
    low, high = gaps[0.5].interval()
    assert low < gaps[0.5].effect < high < 0 and gaps[0.5].n == 40


def test_common_luck_stays_common() -> None:
    gaps = quantile_gaps(LUCK, LUCK - 1.0, [0.2, 0.8])
    assert all(gap.interval() == pytest.approx((1.0, 1.0)) for gap in gaps.values())


def test_quantiles_beyond_the_replications_are_left_out() -> None:
    few = np.arange(float(FEWEST_BLOCKS))
    assert list(quantile_gaps(few, few + 1.0, DECILES)) == [0.3, 0.4, 0.5, 0.6, 0.7]
    assert quantile_gaps(few[:-1], few[:-1], DECILES) == {} == quantile_gaps(few, few, [0.01, 0.99])
    found = judged(few, few + 1.0)
    assert found.ruling == "held" and "too few replications to tell 4 of 9 quantiles" in found.numbers
    assert judged(few[:-1], few[:-1] + 1.0).ruling == "not detectable"


def test_its_error_is_as_small_as_it_says() -> None:
    """Cells of one law: at most one in twenty may be called either way; of forty here three at the most."""
    chance = np.random.default_rng(17)
    called = [judged(*chance.normal(size=(2, 20))).ruling for _ in range(40)]
    assert sum(ruling != "not detectable" for ruling in called) <= 3
