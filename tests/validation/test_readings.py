"""What a reading accepts: agreement of component, formula and print, from a sample that is large enough."""

from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.validation.reading import (
    Effort,
    Reading,
    averaged,
    controlled,
    counted,
    fixed,
    quantile,
    repeated,
)


def reading(**change: object) -> Reading:
    """A reading that passes, with something changed."""
    given = {
        "what": "x", "expected": 5.094, "got": 5.1, "tolerance": 0.01, "allowed": "stated", "samples": 9
    }  # fmt: skip
    return Reading(**{**given, **change})  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({}, ""),
        ({"got": 5.2}, "away"),
        ({"got": 5.0}, "away"),
        ({"got": nan}, "no number"),
        ({"got": inf}, "no number"),
        ({"tolerance": nan}, "no number"),
        ({"widest": 0.009}, "too small"),
        ({"published": "5.094"}, ""),
        ({"published": "5.09"}, ""),
        ({"published": "5.11"}, "published"),
        ({"expected": 10_000 / 3, "got": 10_000 / 3, "published": "333e1"}, ""),
    ],
)
def test_a_reading_says_what_is_wrong(change: dict[str, object], fault: str) -> None:
    found = reading(**change)
    assert found.passed == (not fault)
    assert fault in found.fault


@given(st.floats(0.05, 0.95), st.integers(1_000, 100_000), st.floats(-6, 6))
def test_a_share_passes_within_three_standard_errors(share: float, trials: int, errors: float) -> None:
    error = (share * (1 - share) / trials) ** 0.5
    hits = round(trials * share + errors * error * trials)
    found = counted("share", share, hits, trials)
    if abs(errors) < 2.9 - 1 / (error * trials):
        assert found.passed
    if abs(errors) > 3.1 + 1 / (error * trials):
        assert not found.passed


def test_no_trials_and_no_values_do_not_pass() -> None:
    empty = np.array([])
    assert not counted("share", 0.5, 0, 0).passed
    assert not averaged("mean", 0.0, empty).passed
    assert not controlled("mean", 0.0, empty, ()).passed
    assert not repeated("mean", 0.0, [0.0], 1).passed
    assert not quantile("median", 0.0, 1.0, 0.5, empty).passed


def test_a_mean_off_by_ten_errors_fails() -> None:
    values = np.random.Generator(np.random.Philox(1)).normal(0.0, 1.0, 40_000)
    assert averaged("mean", 0.0, values).passed
    assert not averaged("mean", 0.05, values).passed
    assert averaged("mean", 0.05, values, slack=0.05).passed


def test_controls_take_the_luck_of_the_inputs_out() -> None:
    """Values that are inputs plus a little noise: the error left is the noise's alone."""
    chance = np.random.Generator(np.random.Philox(2))
    inputs = chance.normal(1.0, 1.0, 40_000)
    values = 3.0 * inputs + chance.normal(0.0, 0.1, 40_000)
    plain, better = averaged("mean", 3.0, values), controlled("mean", 3.0, values, [(inputs, 1.0)])
    assert plain.passed and better.passed
    assert better.tolerance < plain.tolerance / 10
    assert not controlled("mean", 3.01, values, [(inputs, 1.0)]).passed


def test_more_effort_asks_for_more() -> None:
    quick, full = Effort(1.0), Effort(9.0)
    assert full.of(1_000) == 9 * quick.of(1_000)
    assert full.widest(0.3) == pytest.approx(quick.widest(0.3) / 3)


def test_a_number_without_chance_is_held_to_its_tolerance() -> None:
    assert fixed("x", 1.0, 1.0 + 9e-10, 1e-9).passed
    assert not fixed("x", 1.0, 1.0 + 2e-9, 1e-9).passed
