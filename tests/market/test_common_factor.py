"""The common factor: weekly shocks correlate as declared, and move pressure, turnover and spreads together."""

import numpy as np
import pytest

from sandbox.market import Market, PressureIndex
from sandbox.market.common_factor import CommonFactor
from sandbox.simulation.kernel import Kernel
from sandbox.validation.laboratory import laboratory


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9])
def test_any_two_shocks_correlate_by_rho(rho: float) -> None:
    ground = laboratory({"pressure.shock_correlation": rho})
    factor = CommonFactor(ground, Market([90.0], [7.2], [1.0]), PressureIndex(ground.journal, 0.5))
    weeks = np.array([factor.draw() for _ in range(20_000)])
    assert weeks.std(axis=0) == pytest.approx(np.ones(3), abs=0.02)
    assert np.corrcoef(weeks.T)[np.triu_indices(3, 1)] == pytest.approx(np.full(3, rho), abs=0.03)


def test_a_week_moves_all_three_until_the_next() -> None:
    ground = laboratory({"pressure.shock_correlation": 1.0})
    market, pressure = Market([90.0], [7.2], [1.0]), PressureIndex(ground.journal, 0.5)
    CommonFactor(ground, market, pressure)
    assert isinstance(ground.env, Kernel)
    seen = []
    for week in range(6):
        ground.env.run_to(week * 7 * 86_400 + 1)
        seen.append((pressure.level, market.tide.volume, market.tide.spread))
    for level, volume, spread in seen:
        # With rho 1 there is one shock: .05 on the index, .3 on the logarithms of the others.
        assert np.log(spread) == pytest.approx((level - 0.5) / 0.05 * 0.3)
        assert volume * spread == pytest.approx(1.0)
    assert len({level for level, _, _ in seen}) == 6
    pressure.move_to(0.9)
    assert pressure.level == pytest.approx(min(1.0, 0.9 + seen[-1][0] - 0.5))


def test_the_index_stays_between_none_and_one() -> None:
    ground = laboratory({})
    pressure = PressureIndex(ground.journal, 0.95)
    pressure.shift(0.2)
    assert pressure.level == 1.0
    pressure.shift(-2.0)
    assert pressure.level == 0.0
    pressure.shift(0.0)
    assert pressure.level == 0.95
