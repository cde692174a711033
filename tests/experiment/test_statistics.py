"""Known answers of the paired interval, and its coverage."""

import math

import numpy as np
import pytest
from scipy import stats

from sandbox.experiment import mean_of, paired_difference
from sandbox.experiment.statistics import Difference


def test_hand_worked_pairs() -> None:
    # gaps 1, 2, 3: mean 2, deviation 1, t(.975; 2) = 4.302653
    found = paired_difference([10.0, 20.0, 30.0], [11.0, 22.0, 33.0])
    assert found.value == 2.0
    assert found.half_width == pytest.approx(4.302653 / math.sqrt(3), rel=1e-6)
    assert found.correlation == pytest.approx(1.0)
    assert found.variance_reduction == pytest.approx(100 + 121)
    assert (found.low, found.high) == (found.value - found.half_width, found.value + found.half_width)


def test_agrees_with_scipy() -> None:
    rng = np.random.default_rng(5)
    before = rng.normal(10, 2, 12)
    after = before + rng.normal(0.5, 1, 12)
    paired = stats.ttest_rel(after, before).confidence_interval(0.95)
    welch = stats.ttest_ind(after, before, equal_var=False).confidence_interval(0.95)
    found = paired_difference(list(before), list(after))
    assert (found.low, found.high) == pytest.approx(tuple(paired))
    assert 2 * found.unpaired_half_width == pytest.approx(welch.high - welch.low)
    single = stats.t.interval(0.95, 11, before.mean(), stats.sem(before))
    assert mean_of(list(before)).half_width == pytest.approx((single[1] - single[0]) / 2)


def test_coverage_of_the_interval() -> None:
    rng = np.random.default_rng(20240901)
    luck = rng.normal(0, 3, (2_000, 5))
    before, after = luck + rng.normal(0, 1, luck.shape), luck + rng.normal(0.7, 1, luck.shape)
    caught = 0
    for one, other in zip(before.tolist(), after.tolist(), strict=True):
        found = paired_difference(one, other)
        caught += abs(found.value - 0.7) <= found.half_width
    assert 0.93 <= caught / 2_000 <= 0.97


def test_pairing_narrows_a_common_luck_and_says_by_how_much() -> None:
    rng = np.random.default_rng(7)
    luck = rng.normal(0, 5, 30)
    paired = paired_difference(list(luck), list(luck + 1 + rng.normal(0, 0.1, 30)))
    strangers = paired_difference(list(luck), list(rng.normal(1, 5, 30)))
    assert paired.half_width < 0.05 * paired.unpaired_half_width
    assert paired.variance_reduction > 1_000 and paired.correlation > 0.99
    assert 0.3 < strangers.variance_reduction < 3


def test_words_never_claim_what_is_not_shown() -> None:
    assert paired_difference([1, 2, 3], [2, 1, 3]).words("h").startswith("no detectable difference")
    assert paired_difference([1, 2, 3], [1, 2, 3]).words("h") == "identical in all 3 replications"
    assert paired_difference([1.0], [5.0]).words("h") == "+4 h in one replication: no interval"
    assert not paired_difference([1.0], [5.0]).detectable
    assert paired_difference([1, 2, 3.5], [11, 12, 13]).words("h").startswith("higher by")
    assert paired_difference([11, 12, 13], [1, 2, 3.5]).words("h").startswith("lower by")


def test_a_constant_shift_has_no_spread_to_reduce() -> None:
    found = paired_difference([0.1, 0.2, 0.3], [0.4, 0.5, 0.6])
    assert found.half_width == 0.0 and found.variance_reduction is None and found.detectable


@pytest.mark.parametrize(("before", "after"), [([], []), ([1.0], [1.0, 2.0])])
def test_unpaired_replications_are_refused(before: list[float], after: list[float]) -> None:
    with pytest.raises(ValueError, match="no pairs"):
        paired_difference(before, after)


def test_no_correlation_from_arms_that_do_not_vary() -> None:
    found: Difference = paired_difference([1.0, 1.0, 1.0], [1.0, 2.0, 3.0])
    assert found.correlation is None and found.variance_reduction == pytest.approx(1.0)
