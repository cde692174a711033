"""Designs put points where they promise, and estimators find the influences of functions that are known."""

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.experiment.designs import Point, points_of
from sandbox.experiment.factors import BadFactor, Factor, number_level, parse_lever, uncertainties
from sandbox.experiment.sensitivity import influences
from sandbox.scenario.library import parameters_folder
from sandbox.scenario.parameters import ParameterLibrary


def ranged(count: int, low: float = 0.0, high: float = 1.0) -> list[Factor]:
    """Factors x0, x1 … over one range."""
    return [Factor(f"x{i}", (number_level(f"x{i}", low, False),), f"x{i}", low, high) for i in range(count)]


def outputs(points: list[Point], function: Callable[..., float]) -> np.ndarray:
    """What a function of the factors' numbers gives at each point."""
    return np.array([function(*(level.number for level in point.levels if level)) for point in points])


@given(st.integers(1, 40), st.integers(1, 6), st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_a_latin_hypercube_has_one_point_in_each_stretch(n: int, k: int, seed: int) -> None:
    points = points_of("lhs", ranged(k), n, seed)
    for factor in range(k):
        stretches = sorted(int(point.levels[factor].number * n) for point in points)
        assert stretches == list(range(n))
    assert points == points_of("lhs", ranged(k), n, seed)


@given(st.integers(1, 5), st.integers(1, 8), st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_a_morris_walk_moves_each_factor_once_by_one_step(k: int, walks: int, seed: int) -> None:
    points = points_of("morris", ranged(k), walks, seed)
    assert len(points) == walks * (k + 1)
    for start in range(0, len(points), k + 1):
        walk = [[level.number for level in point.levels if level] for point in points[start : start + k + 1]]
        moves = [np.subtract(after, before) for before, after in pairwise(walk)]
        assert all(np.count_nonzero(np.abs(move) > 1e-6) == 1 for move in moves)
        assert np.allclose(np.abs(sum(moves)), 2 / 3, atol=1e-6)
        assert all(0 <= place <= 1 for places in walk for place in places if place is not None)


def test_a_full_design_has_every_combination() -> None:
    factors = [parse_lever("a=1:3"), parse_lever("b=x,y")]
    points = points_of("full", factors, 0, 1)
    assert [point.sets for point in points] == [(f"a={a}", f"b={b}") for a in "123" for b in "xy"]


def test_a_tornado_moves_one_factor_at_a_time() -> None:
    points = points_of("tornado", ranged(2, 1.0, 5.0), 0, 1)
    assert [point.sets for point in points] == [(), ("x0=1.0",), ("x0=5.0",), ("x1=1.0",), ("x1=5.0",)]


def test_sobol_indices_of_the_ishigami_function() -> None:
    """Its indices are known exactly; a defect of the estimator shows."""
    factors = ranged(3, -math.pi, math.pi)
    points = points_of("sobol", factors, 1024, 1)
    values = outputs(points, lambda x, y, z: math.sin(x) + 7 * math.sin(y) ** 2 + 0.1 * z**4 * math.sin(x))
    found = {each.factor: each for each in influences("sobol", factors, points, values, 1)}
    for name, first, total in (("x0", 0.3139, 0.5576), ("x1", 0.4424, 0.4424), ("x2", 0.0, 0.2437)):
        assert found[name].value == pytest.approx(total, abs=0.03)
        assert found[name].more["first"] == pytest.approx(first, abs=0.03)
        assert found[name].low <= found[name].value <= found[name].high
    wrong = {each.factor: each for each in influences("sobol", factors, points, values[::-1].copy(), 1)}
    assert any(abs(wrong[name].value - found[name].value) > 0.1 for name in found)


def test_elementary_effects_of_a_linear_function_are_its_slopes() -> None:
    factors = ranged(3)
    points = points_of("morris", factors, 6, 3)
    values = outputs(points, lambda x, y, z: 4 * x - 2 * y)
    found = {each.factor: each for each in influences("morris", factors, points, values, 3)}
    assert found["x0"].value == pytest.approx(4) and found["x0"].more["mu"] == pytest.approx(4)
    assert found["x1"].value == pytest.approx(2) and found["x1"].more["mu"] == pytest.approx(-2)
    assert found["x2"].value == pytest.approx(0, abs=1e-9)
    assert found["x0"].more["sigma"] == pytest.approx(0, abs=1e-6)


def test_swings_and_rank_correlations_have_the_right_order_and_sign() -> None:
    factors = ranged(2)
    points = points_of("tornado", factors, 0, 1)
    swings = influences("tornado", factors, points, np.array([0.0, -1.0, 1.0, 3.0, -3.0]), 1)
    assert [(each.factor, each.value) for each in swings] == [("x1", 6.0), ("x0", 2.0)]
    points = points_of("lhs", factors, 40, 1)
    found = {e.factor: e for e in influences("lhs", factors, points, outputs(points, lambda x, y: -x), 1)}
    assert found["x0"].value == pytest.approx(-1) and abs(found["x1"].value) < 0.5


def test_missing_values_leave_the_rest_to_be_told() -> None:
    factors = ranged(2)
    points = points_of("morris", factors, 4, 1)
    values = outputs(points, lambda x, y: x + y)
    values[0] = np.nan
    assert all(each.value == pytest.approx(1) for each in influences("morris", factors, points, values, 1))


@pytest.mark.parametrize("text", ["a", "a=", "=1", "a=5:2", "a=1:2:1", "a=1:x", "a=1,1", "a=1,,2"])
def test_a_lever_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(BadFactor):
        parse_lever(text)


def test_levers_are_whole_numbers_ranges_or_words() -> None:
    assert [level.label for level in parse_lever("p.q=2:5").levels] == ["2", "3", "4", "5"]
    assert [level.number for level in parse_lever("p=0.1:0.5:5").levels] == [0.1, 0.2, 0.3, 0.4, 0.5]
    assert parse_lever("p=turnover,lottery").at(0.99).sets == ("p=lottery",)
    assert parse_lever("p=2:5").at(1.0).label == "5" and parse_lever("p=2:5").at(0.0).label == "2"


def test_all_uncertainties_are_ranged_numbers_that_runs_read() -> None:
    library = ParameterLibrary.load(parameters_folder())
    found = list(uncertainties(library, ["all"]))
    assert len(found) > 30 and all(factor.low < factor.high for factor in found)
    assert [factor.name for factor in uncertainties(library, ["aml.aml_specificity"])] == [
        "aml.aml_specificity"
    ]
    with pytest.raises(BadFactor, match="no range"):
        list(uncertainties(library, ["usdt.freeze_latency_min"]))


def test_a_number_with_a_field_of_its_own_is_varied_there() -> None:
    library = ParameterLibrary.load(parameters_folder())
    [banks] = uncertainties(library, ["bank.n_elr_banks"])
    assert [level.sets for level in banks.levels] == [("policy.banks=2",), ("policy.banks=12",)]
    assert "bank.n_elr_banks" not in {factor.name for factor in uncertainties(library, ["all"])}
    with pytest.raises(BadFactor, match=r"clock\.horizon"):
        list(uncertainties(library, ["run.horizon_days"]))


def test_too_many_points_and_no_factor_are_refused() -> None:
    with pytest.raises(ValueError, match="nothing to vary"):
        points_of("full", [], 1, 1)
    with pytest.raises(ValueError, match="too many"):
        points_of("lhs", ranged(1), 200_000, 1)
    with pytest.raises(ValueError, match="power of two"):
        points_of("sobol", ranged(1), 12, 1)
