"""Careful banks: refusals by appetite and caution, warnings by pressure and by what went through."""

from collections.abc import Callable
from itertools import pairwise
from statistics import fmean

import pytest

from sandbox.actors.derisking import Derisking, draw_appetites
from sandbox.clock import DAY
from sandbox.market import PressureIndex
from sandbox.market.caution import Caution
from sandbox.rail import Ground


def careful(base: Ground, level: float, *appetites: float) -> tuple[Derisking, Caution]:
    """Banks of these appetites under a pressure."""
    caution = Caution(base, [base.journal.entity(f"bank/{n}") for n in range(1, len(appetites) + 1)])
    return Derisking(base, PressureIndex(base.journal, level), caution, appetites), caution


def test_refusals_without_and_with_a_fresh_warning(ground: Callable[..., Ground]) -> None:
    banks, caution = careful(ground(), 0.0, 0.67, 0.4, 0.9)
    before = [banks.refusal_probability(bank) for bank in range(3)]
    assert before == pytest.approx([0.018, 0.085, 0.0045], abs=1e-3)
    caution.warn(0)
    assert banks.refusal_probability(0) == pytest.approx(0.119, abs=1e-3)
    assert all(banks.refusal_probability(bank) > before[bank] for bank in (1, 2))


@pytest.mark.parametrize(("mean", "refusals"), [(0.4, 0.085), (0.67, 0.018), (0.9, 0.0045)])
def test_a_country_of_bolder_banks_refuses_less(
    ground: Callable[..., Ground], mean: float, refusals: float
) -> None:
    """The mean is a lever of its own: banks as careful as it says, not as careful as each other."""
    banks, _ = careful(ground(bank__risk_appetite=mean), 0.0, mean)
    assert banks.refusal_probability(0) == pytest.approx(refusals, abs=1e-3)


def test_appetites_have_the_mean_they_are_given(ground: Callable[..., Ground]) -> None:
    drawn = draw_appetites(ground(), 4_000)
    assert fmean(drawn) == pytest.approx(0.67, abs=0.01)  # sd .18: three standard errors
    assert 0.0 < min(drawn) < max(drawn) < 1.0


def test_the_rate_of_warnings_adds_pressure_and_what_went_through(ground: Callable[..., Ground]) -> None:
    base = ground()
    banks, _ = careful(base, 0.8, 0.67, 0.67)
    assert banks.warning_rate(0) == pytest.approx(0.24)
    banks.missed(0)
    banks.missed(0)
    assert banks.warning_rate(0) == pytest.approx(1.24) and banks.warning_rate(1) == pytest.approx(0.24)
    base.env.run(until=60 * DAY)
    assert banks.warning_rate(0) == pytest.approx(0.74)


def warned_days(base: Ground, level: float, missed: bool) -> set[tuple[int, int]]:
    """(day, bank) of the warnings of eight years."""
    found: set[tuple[int, int]] = set()
    banks, caution = careful(base, level, *[0.67] * 10)
    caution.warn = lambda bank: found.add((base.now // DAY, bank))  # type: ignore[method-assign]
    if missed:
        banks.missed(1)
    for day in range(1, 2_921):
        base.env.run(until=day * DAY)
        banks.daily()
    return found


def test_more_pressure_only_adds_warnings(ground: Callable[..., Ground]) -> None:
    """The same luck: each warning of a calmer world is one of a harder world too."""
    by_level = [warned_days(ground(), level, missed=False) for level in (0.0, 0.5, 1.0)]
    assert all(calm <= hard for calm, hard in pairwise(by_level))
    assert by_level[0] == set()
    # .3 a year for each of ten banks: 24 expected in eight years, three standard errors are 15.
    assert len(by_level[1]) < len(by_level[2]) and 9 <= len(by_level[2]) <= 39
    assert by_level[2] <= warned_days(ground(), 1.0, missed=True)
