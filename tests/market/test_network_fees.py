"""Bitcoin's fee: an ordinary median, and now and then a day on which many times as much is asked."""

from collections.abc import Callable

import pytest
import simpy

from sandbox.market.network_fees import NetworkFees
from sandbox.rail import Ground

DAY = 86_400
FEE = {"median": 2.0, "sigma": 0.9, "jump": 20.0, "jump_rate_per_day": 0.02}


def factors(ground: Ground, days: int) -> list[float]:
    """The factor of each day's fee."""
    fees = NetworkFees(ground, days * DAY)
    found = []
    for day in range(days):
        ground.env.run(until=day * DAY + 1)
        assert fees.median() == pytest.approx(FEE["median"] * fees.factor())
        found.append(fees.factor())
    return found


@pytest.mark.parametrize(("rate", "fewest", "most"), [(0.02, 35, 85), (0.0, 0, 0), (1.0, 3_000, 3_000)])
def test_spikes_come_at_their_rate_and_last_a_day(
    ground: Callable[..., Ground], rate: float, fewest: int, most: int
) -> None:
    """Of 3,000 days some sixty, within three standard deviations; none and all at the ends of the range."""
    base = ground(btc__btc_fee_usd={**FEE, "jump_rate_per_day": rate})
    assert isinstance(base.env, simpy.Environment)
    found = factors(base, 3_000)
    assert set(found) <= {1.0, FEE["jump"]}
    assert fewest <= found.count(FEE["jump"]) <= most
