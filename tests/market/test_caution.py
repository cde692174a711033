"""A bank's caution: what warnings add, what peers take over, how it wears off."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.clock import DAY
from sandbox.journal.kinds import Kind
from sandbox.market.caution import Caution
from sandbox.rail import Ground
from sandbox.validation.laboratory import laboratory


def of_four(ground: Ground) -> Caution:
    """Four banks that nobody has warned."""
    return Caution(ground, [ground.journal.entity(f"bank/{number}") for number in range(1, 5)])


def test_a_warning_halves_in_sixty_days_and_peers_take_a_fifth(ground: Callable[..., Ground]) -> None:
    base = ground()
    caution = of_four(base)
    caution.warn(1)
    assert [caution.level(bank) for bank in range(4)] == [0.2, 1.0, 0.2, 0.2]
    assert caution.shift(1) == 2.0 and caution.shift_abroad(1) == 0.5
    base.env.run(until=60 * DAY)
    assert caution.level(1) == pytest.approx(0.5)
    caution.warn(1)
    assert caution.level(1) == pytest.approx(1.5) and caution.level(0) == pytest.approx(0.3)
    base.journal.flush()
    rows = base.journal.array()
    told = rows[rows["kind"] == int(Kind.WARNED)]
    assert told["amount"].tolist() == [1_000_000, 1_500_000]
    assert [base.journal.entities[bank] for bank in told["subject"]] == ["bank/2", "bank/2"]


@given(
    st.lists(st.tuples(st.integers(0, 200 * DAY), st.integers(0, 3)), max_size=8), st.integers(0, 300 * DAY)
)
def test_caution_is_the_faded_sum_of_all_warnings(warnings: list[tuple[int, int]], later: int) -> None:
    """Whatever the order: each warning weighs one for its bank, a fifth for the others, and fades alone."""
    base = laboratory()
    caution = of_four(base)
    times = sorted(warnings)
    for second, bank in times:
        if second > base.now:
            base.env.run(until=second)
        caution.warn(bank)
    end = max([second for second, _ in times], default=0) + later
    if end > base.now:
        base.env.run(until=end)
    for bank in range(4):
        expected = sum(
            (1.0 if warned == bank else 0.2) * 0.5 ** ((end - second) / DAY / 60) for second, warned in times
        )
        assert caution.level(bank) == pytest.approx(expected, rel=1e-9, abs=1e-12)
