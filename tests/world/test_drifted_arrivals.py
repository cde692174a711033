"""Drifting block arrivals: faster than the target, faster still at a period's end, and neutral without growth."""

from collections.abc import Callable
from math import exp

import numpy as np
import pytest

from sandbox.simulation.kernel import Kernel
from sandbox.validation.laboratory import laboratory
from sandbox.world.arrivals import DriftedArrivals

PERIOD = 2_016 * 600


def at(second: int, growth: float) -> DriftedArrivals:
    """Arrivals as they are at a second."""
    ground = laboratory({"btc.hashrate_growth": growth})
    assert isinstance(ground.env, Kernel)
    ground.env.run_to(second)
    return DriftedArrivals(ground, ground.streams.named("blocks"))


def test_without_growth_nothing_drifts() -> None:
    assert at(777, 0.0).factor(600.0) == 1.0


def test_the_mean_falls_with_growth_and_starts_anew_with_each_period() -> None:
    growth = 0.5 * PERIOD / (365 * 86_400)
    begin, end, anew = (at(second, 0.5).factor(600.0) for second in (0, PERIOD - 1, PERIOD))
    assert begin == anew == pytest.approx((exp(growth) - 1) / growth / exp(growth))
    assert end == pytest.approx(begin / exp(growth), rel=1e-5)
    # To first order half a period's growth at the beginning, one and a half at the end.
    assert 1 - begin == pytest.approx(growth / 2, rel=0.05) and 1 - end == pytest.approx(
        1.5 * growth, rel=0.05
    )


@pytest.mark.parametrize(("growth", "tell"), [(0.5, lambda mean, error: mean < 600 - 3 * error)])
def test_blocks_come_faster_than_difficulty_aims_at(
    growth: float, tell: Callable[[float, float], bool]
) -> None:
    arrivals = at(PERIOD // 2, growth)
    times = [arrivals.exponential(600.0) for _ in range(60_000)]
    mean, error = float(np.mean(times)), float(np.std(times) / len(times) ** 0.5)
    assert tell(mean, error)
    assert mean == pytest.approx(600 * arrivals.factor(600.0), abs=4 * error)
