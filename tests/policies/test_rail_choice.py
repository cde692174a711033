"""The logit over lawful rails: known answers and properties."""

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.payments import Quote
from sandbox.policies.rail_choice import Tastes, inclusive_value, pick, shares, utility

PLAIN = Tastes(beta_cost=1.0, beta_fail=1.0, habit=0.5, kappa_prepaid=0.3, kappa_open=0.1)


def rail(cost: float, days: float = 0.0) -> Quote:
    """A rail that costs so many percent and takes so long."""
    return Quote(cost_share=cost / 100, seconds=days * 86_400, failure=0.0)


def of(*costs: float) -> list[float]:
    """Utilities of rails that differ in cost only."""
    return [utility(PLAIN, rail(cost), 0.0, True, False) for cost in costs]


def test_one_point_dearer_at_beta_one() -> None:
    assert shares(of(1.0, 2.0)) == pytest.approx([0.7311, 0.2689], abs=5e-5)


def test_a_third_equal_rail() -> None:
    """It takes a third, and is worth ln 1.5 percentage points to the one who chooses (the logsum's gain)."""
    two, three = shares(of(3.0, 3.0)), shares(of(3.0, 3.0, 3.0))
    assert three == pytest.approx([1 / 3] * 3)
    assert log(two[0] / three[0]) == pytest.approx(0.4055, abs=5e-5)


@pytest.mark.parametrize(("prepaid", "kappa"), [(True, 0.3), (False, 0.1)])
def test_a_day_costs_what_it_costs(prepaid: bool, kappa: float) -> None:
    slow = utility(PLAIN, rail(1.0, days=10), 0.0, prepaid, False)
    assert slow == pytest.approx(utility(PLAIN, rail(1.0 + 10 * kappa), 0.0, prepaid, False))


def test_failing_and_habit() -> None:
    known = utility(PLAIN, rail(1.0), 0.4, True, True)
    assert known == pytest.approx(-1.0 - 0.4 + 0.5)


utilities = st.lists(st.floats(-700, 700), min_size=1, max_size=6)


@given(utilities)
def test_shares_add_up_and_follow_the_utilities(values: list[float]) -> None:
    found = shares(values)
    assert sum(found) == pytest.approx(1.0)
    for one, share in zip(values, found, strict=True):
        for other, rival in zip(values, found, strict=True):
            assert share >= rival or one <= other


@given(utilities, st.floats(0, 1, exclude_max=True))
def test_a_draw_falls_on_one_rail(values: list[float], uniform: float) -> None:
    chosen = pick(values, uniform)
    before = sum(shares(values)[:chosen])
    assert before <= uniform + 1e-9
    assert chosen == len(values) - 1 or uniform < before + shares(values)[chosen] + 1e-9


def test_draws_fall_in_proportion() -> None:
    values = of(1.0, 2.0, 4.0)
    draws = [pick(values, (number + 0.5) / 10_000) for number in range(10_000)]
    assert [draws.count(place) / 10_000 for place in range(3)] == pytest.approx(shares(values), abs=1e-3)


@given(st.lists(st.floats(0, 40), min_size=1, max_size=6), st.floats(0, 40), st.floats(0.05, 5))
def test_a_further_rail_never_lowers_the_worth_of_the_choice(
    costs: list[float], another: float, beta: float
) -> None:
    few, more = [-beta * cost for cost in costs], [-beta * cost for cost in (*costs, another)]
    assert inclusive_value(more, beta) >= inclusive_value(few, beta) >= -min(costs) - 1e-9


@given(st.lists(st.floats(0, 40), min_size=1, max_size=6), st.floats(-5, 5), st.floats(0.05, 5))
def test_a_point_on_every_rail_is_a_point_less(costs: list[float], points: float, beta: float) -> None:
    before = inclusive_value([-beta * cost for cost in costs], beta)
    after = inclusive_value([-beta * (cost + points) for cost in costs], beta)
    assert before - after == pytest.approx(points, abs=1e-8)


def test_without_a_weight_of_cost_nothing_is_told_in_points() -> None:
    assert inclusive_value([0.0, 1.0], 0.0) == 0.0
