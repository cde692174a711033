"""Aalen-Johansen: the two-hazard answer, hand-worked risk sets, and what the naive estimator gets wrong."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.metrics.incidence import aalen_johansen

_SECONDS = 86_400
_SIZE = 20_000


def _two_hazards() -> tuple[list[int], list[int]]:
    """Exponential endings, hazard .20 a day by cause 1 and .05 by cause 2, as evenly spread quantiles."""
    times = [-math.log(1 - (k + 0.5) / _SIZE) / 0.25 * _SECONDS for k in range(_SIZE)]
    return [round(time) for time in times], [2 if k % 5 == 2 else 1 for k in range(_SIZE)]


def test_two_hazards_at_ten_days() -> None:
    seconds, causes = _two_hazards()
    right = aalen_johansen(seconds, causes, cause=1, at=[10 * _SECONDS])[0]
    naive = aalen_johansen(
        seconds, [1 if cause == 1 else 0 for cause in causes], cause=1, at=[10 * _SECONDS]
    )[0]
    assert right == pytest.approx(0.8 * (1 - math.exp(-2.5)), abs=2e-3)
    assert right == pytest.approx(0.7343, abs=2e-3)
    assert naive == pytest.approx(1 - math.exp(-2), abs=2e-3)
    assert naive == pytest.approx(0.8647, abs=2e-3)


def test_hand_worked_risk_sets() -> None:
    # at 1: 1 of 5; at 2: other cause 1 of 4, one censored; at 3: 1 of 2; survival 4/5, 3/5, 3/10
    seconds, causes = [1, 2, 2, 3, 4], [1, 2, 0, 1, 0]
    assert aalen_johansen(seconds, causes, cause=1, at=[0, 1, 2, 3, 99]) == pytest.approx(
        [0, 0.2, 0.2, 0.5, 0.5]
    )
    assert aalen_johansen(seconds, causes, cause=2, at=[1, 2, 99]) == pytest.approx([0, 0.2, 0.2])


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 3)), min_size=1, max_size=60))
def test_incidences_rise_and_leave_room_for_survival(sample: list[tuple[int, int]]) -> None:
    seconds, causes = [time for time, _ in sample], [cause for _, cause in sample]
    curves = [aalen_johansen(seconds, causes, cause=cause, at=range(52)) for cause in (1, 2, 3)]
    for curve in curves:
        assert all(0 <= low <= high + 1e-12 for low, high in pairwise(curve))
    assert all(sum(at) <= 1 + 1e-9 for at in zip(*curves, strict=True))
    if 0 not in causes:
        assert [curve[-1] for curve in curves] == pytest.approx(
            [causes.count(c) / len(causes) for c in (1, 2, 3)]
        )


@pytest.mark.parametrize(("seconds", "causes"), [([], []), ([1, 2], [1]), ([-1], [1])])
def test_no_sample_is_refused(seconds: list[int], causes: list[int]) -> None:
    with pytest.raises(ValueError, match=r"sample|began"):
        aalen_johansen(seconds, causes, cause=1, at=[1])


@given(st.integers(1, 60))
def test_a_sample_of_one_cause_ends_at_one_and_no_higher(subjects: int) -> None:
    """The steps of five subjects already sum to a little more than 1."""
    incidence = aalen_johansen(range(subjects), [1] * subjects, cause=1, at=[subjects])[0]
    assert incidence == pytest.approx(1.0) and incidence <= 1.0
