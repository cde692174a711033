"""Intervals and p-values: against closed forms, their own coverage, and p-values adjusted together."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_1samp

from sandbox.experiment.inference import FEWEST_BLOCKS, MeanOf, Resampled, holm

SAMPLE = np.array([1.0, 2.0, 4.0, 7.0])


def mean_of(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> MeanOf:
    found = MeanOf.of(values)
    assert found is not None
    return found


def test_the_t_test_is_the_textbooks() -> None:
    found = mean_of(SAMPLE)
    assert found.above(1.0) == pytest.approx(ttest_1samp(SAMPLE, 1.0, alternative="greater").pvalue)
    assert found.below(5.0) == pytest.approx(ttest_1samp(SAMPLE, 5.0, alternative="less").pvalue)
    assert found.interval() == pytest.approx(ttest_1samp(SAMPLE, 0.0).confidence_interval(0.95))


def test_one_replication_or_no_value_says_nothing() -> None:
    assert MeanOf.of(np.array([math.nan])) is None
    alone = mean_of(np.array([3.0]))
    assert alone.interval() == (-math.inf, math.inf) and alone.above(0) == alone.below(9) == 1.0


def test_without_spread_the_border_itself_counts_only_where_it_is_claimed() -> None:
    found = mean_of(np.array([2.0, 2.0, 2.0]))
    assert found.above(2.0) == 1.0 and found.above(2.0, at_it=True) == 0.0 and found.above(1.9) == 0.0


def test_too_few_blocks_detect_nothing_and_enough_do() -> None:
    few = Resampled.of([np.full(FEWEST_BLOCKS - 1, 4.0)], lambda a: float(a.mean()))
    assert few is not None and few.above(0) == 1.0 and few.interval() == (-math.inf, math.inf)
    enough = Resampled.of([np.arange(1.0, 13.0)], lambda a: float(a.mean()))
    assert enough is not None and enough.above(3) < 0.01 and enough.below(3) > 0.99
    low, high = enough.interval()
    assert low < 6.5 == enough.effect < high


def test_cells_are_redrawn_together() -> None:
    """Two cells with the same luck: their ratio has no spread, however much each of them has."""
    luck = np.exp(np.random.default_rng(5).normal(size=20))
    ratio = Resampled.of([3 * luck, luck], lambda a, b: float(a.mean() / b.mean()))
    assert ratio is not None and ratio.interval() == pytest.approx((3.0, 3.0))
    apart = Resampled.of([3 * luck, luck[::-1]], lambda a, b: float(a.mean() / b.mean()))
    assert apart is not None and apart.interval()[1] - apart.interval()[0] > 0.5


def test_the_bootstrap_covers_about_as_often_as_it_says() -> None:
    chance = np.random.default_rng(11)
    hits = 0
    for _ in range(60):
        found = Resampled.of([chance.exponential(size=40)], lambda a: float(a.mean()))
        assert found is not None
        low, high = found.interval()
        hits += low <= 1.0 <= high
    assert hits >= 49  # 95% would be 57; a percentile interval of 40 skewed values covers a little less


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_keeps_the_order_and_only_raises(ps: list[float]) -> None:
    adjusted = holm(ps)
    assert all(p <= a <= 1 for p, a in zip(ps, adjusted, strict=True))
    order = sorted(range(len(ps)), key=lambda at: ps[at])
    assert [adjusted[at] for at in order] == sorted(adjusted)
