"""What a firm makes of its own attempts: renewal arithmetic, bounds, and the way back to the quote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.payments import Quote
from sandbox.policies.experience import Experience

QUOTE = Quote(cost_share=0.02, seconds=86_400.0, failure=0.3)

#: Seconds of an attempt, and whether it arrived.
attempts = st.lists(st.tuples(st.integers(0, 10**7), st.booleans()), max_size=40)
weights = st.floats(0.05, 0.5)


def lived(history: list[tuple[int, bool]], alpha: float) -> Experience:
    """A belief after these attempts."""
    experience = Experience(QUOTE.failure)
    for seconds, arrived in history:
        if arrived:
            experience.settled(seconds, QUOTE.seconds, alpha)
        else:
            experience.failed(seconds, alpha)
    return experience


@given(attempts, weights)
def test_beliefs_stay_within_what_was_seen(history: list[tuple[int, bool]], alpha: float) -> None:
    read = lived(history, alpha).corrected(QUOTE)
    assert 0.0 <= read.failure <= 1.0 and read.cost_share == QUOTE.cost_share
    assert 0.0 <= read.seconds <= max(QUOTE.seconds, sum(seconds for seconds, _ in history)) * (1 + 1e-9)


@given(attempts, weights)
def test_without_an_arrival_the_time_is_the_quoted_one(history: list[tuple[int, bool]], alpha: float) -> None:
    failures = [(seconds, False) for seconds, _ in history]
    experience = lived(failures, alpha)
    assert experience.corrected(QUOTE).seconds == QUOTE.seconds
    assert experience.spent == sum(seconds for seconds, _ in history)


@given(attempts, weights, st.integers(1, 10**6))
def test_a_slower_arrival_never_makes_a_rail_look_faster(
    history: list[tuple[int, bool]], alpha: float, more: int
) -> None:
    slower = [(seconds + more, arrived) for seconds, arrived in history]
    assert lived(slower, alpha).late >= lived(history, alpha).late


def test_an_arrival_has_cost_the_failures_before_it() -> None:
    """Twenty days lost and ten on the way are thirty for one arrival, as the quote counts them."""
    day = 86_400
    after = lived([(20 * day, False), (10 * day, True)], 0.5)
    assert after.late == pytest.approx(0.5 * 29 * day)
    assert after.spent == 0
    assert lived([(20 * day, True), (10 * day, True)], 0.5).late == pytest.approx((0.25 * 19 + 0.5 * 9) * day)
