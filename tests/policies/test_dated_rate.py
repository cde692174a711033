"""Rates that change on known days: exact hazards, and blindness to what comes later."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.policies.dated_rate import arrival

_YEAR = 365 * 86_400

rates = st.lists(
    st.tuples(st.integers(-_YEAR, 3 * _YEAR), st.sampled_from([0.0, 0.5, 2.0, 12.0])),
    min_size=1,
    max_size=5,
    unique_by=lambda pair: pair[0],
).map(sorted)


def used_up(now: int, until: int, dated: list[tuple[int, float]]) -> float:
    """The integral of the rate from ``now`` to ``until``, in steps from change to change."""
    changes = sorted({now, until, *(since for since, _ in dated if now < since < until)})
    total = 0.0
    for begins, ends in itertools.pairwise(changes):
        rate = next((rate for since, rate in reversed(dated) if since <= begins), dated[0][1])
        total += (ends - begins) * rate / _YEAR
    return total


@given(st.integers(0, 2 * _YEAR), st.floats(0.001, 20), rates)
def test_the_hazard_up_to_the_event_is_what_was_drawn(
    now: int, needed: float, dated: list[tuple[int, float]]
) -> None:
    second = arrival(now, needed, dated)
    if second is None:
        assert dated[-1][1] == 0 and used_up(now, now + 10 * _YEAR, dated) <= needed + 1e-6
        return
    assert second > now
    # A second is all that whole seconds may be wrong by, and the first second after now is never passed over.
    assert used_up(now, second + 1, dated) >= needed - 1e-6
    assert second == now + 1 or used_up(now, second, dated) <= needed + 1e-6


@given(st.integers(0, _YEAR), st.floats(0.001, 5), rates, st.sampled_from([0.0, 1.0, 30.0]))
def test_what_is_decided_later_does_not_move_what_came_before(
    now: int, needed: float, dated: list[tuple[int, float]], later: float
) -> None:
    change = max(now, dated[-1][0]) + 100 * 86_400
    one, other = arrival(now, needed, dated), arrival(now, needed, [*dated, (change, later)])
    if one is not None and one < change:
        assert other == one
    else:
        assert other is None or other >= change


@pytest.mark.parametrize(
    ("dated", "expected"), [([(0, 1.0)], _YEAR), ([(0, 0.0)], None), ([(0, 0.0), (100, 1.0)], 100 + _YEAR)]
)
def test_known_answers(dated: list[tuple[int, float]], expected: int | None) -> None:
    found = arrival(0, 1.0, dated)
    assert found == expected or (found is not None and math.isclose(found, expected or 0, abs_tol=1))
