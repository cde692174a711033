"""Staying with what is good enough: the rule's cases, and what holds for any utilities."""

from hypothesis import given
from hypothesis import strategies as st

from sandbox.policies.satisficing import settle_for

utilities = st.lists(st.floats(-50, 50), min_size=1, max_size=6)
draws = st.floats(0, 1, exclude_min=True, exclude_max=True)


def test_a_content_firm_stays_although_another_is_better() -> None:
    assert settle_for([-2.0, -1.0, -9.0], -3.0, 0, 0.9) == 0


def test_a_firm_that_is_not_content_takes_by_lot_among_those_that_do() -> None:
    taken = [settle_for([-2.0, -9.0, -1.0], -3.0, 1, (n + 0.5) / 100) for n in range(100)]
    assert {place: taken.count(place) for place in (0, 1, 2)} == {0: 50, 1: 0, 2: 50}


@given(utilities, st.floats(-60, 60), draws)
def test_what_is_taken_does_whenever_anything_does(values: list[float], enough: float, draw: float) -> None:
    for last in range(-1, len(values)):
        taken = settle_for(values, enough, last, draw)
        assert values[taken] >= enough or max(values) < enough
        assert values[taken] >= enough or values[taken] == max(values)
