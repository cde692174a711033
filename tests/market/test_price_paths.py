"""Price paths: volatility, tails and fairness of the jump diffusion; crosses and their rounding."""

from math import exp, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.journal import Journal
from sandbox.journal.kinds import Kind
from sandbox.market import Market
from sandbox.market.paths import Law, Shocks
from sandbox.market.prices import PRICE_SCALE, merton_path, paid_units, sold_units
from sandbox.money import Asset
from sandbox.randomness import Streams

DAYS = 150_000


@pytest.fixture(scope="module")
def daily() -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Daily log returns of bitcoin over a few centuries."""
    path = merton_path(Streams(5).named("path"), 1.0, DAYS, 1 / 365, 0.39, 24.0, 0.05)
    returns: np.ndarray[tuple[int], np.dtype[np.float64]] = np.diff(np.log(path))
    return returns


def test_total_volatility(daily: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    assert daily.std() * sqrt(365) == pytest.approx(0.4605, rel=0.02)


def test_tails_are_fatter_than_normal(daily: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    """Kurtosis 3 + 3 lambda s^4 dt / v^4 a day."""
    expected = 3 + 3 * 24 / 365 * 0.05**4 / (0.4605**2 / 365) ** 2
    moment = float(((daily - daily.mean()) ** 4).mean() / daily.var() ** 2)
    assert expected == pytest.approx(6.65, abs=0.01)
    assert moment == pytest.approx(expected, rel=0.1)


@pytest.mark.parametrize("mean", [-0.02, 0.02])
def test_jumps_may_have_a_mean(mean: float) -> None:
    """Of 24 jumps a year; the drift takes it out again, so that the expected price stays today's."""
    plain, leaning = Law(0.39, 24.0, 0.05), Law(0.39, 24.0, 0.05, mean)
    shocks = Shocks(Streams(5).named("path"), 40_000, 1 / 365)
    apart = shocks.moves(leaning) - shocks.moves(plain)
    drift = (24.0 * mean + 0.5 * 24.0 * mean**2) / 365
    assert sorted(set(np.round(apart, 12))) == pytest.approx(sorted([-drift, mean - drift]))
    assert np.exp(shocks.moves(leaning)).mean() == pytest.approx(1.0, abs=0.0005)
    assert leaning.volatility == pytest.approx(sqrt(0.39**2 + 24 * (0.05**2 + mean**2)))
    assert leaning.scaled(1.0, 2.0).jump_mean == 2 * mean


def test_the_expected_price_is_todays() -> None:
    """A martingale: no policy gains from the drift of a price."""
    streams = Streams(9)
    ends = [
        merton_path(streams.named(f"path/{number}"), 100.0, 30, 1 / 365, 0.39, 24.0, 0.05)[-1]
        for number in range(4_000)
    ]
    # A month's standard deviation is 13%: the mean of 4,000 is known to .2 of 100.
    assert np.mean(ends) == pytest.approx(100.0, abs=0.65)


def test_without_chance_the_price_stands() -> None:
    assert merton_path(Streams(1).named("x"), 7.0, 5, 1 / 365, 0.0, 0.0, 0.0) == pytest.approx([7.0] * 6)


def test_known_crosses() -> None:
    market = Market([90.0], [7.2], [60_000.0])
    assert market.cross(Asset.USD, Asset.RUB, 0) == 90 * PRICE_SCALE
    assert market.cross(Asset.CNY, Asset.RUB, 0) == round(90 / 7.2 * PRICE_SCALE)
    # A millionth of a token in kopecks, a satoshi in kopecks.
    assert market.cross(Asset.USDT, Asset.RUB, 0) == round(90 * 100 / 10**6 * PRICE_SCALE)
    assert market.cross(Asset.BTC, Asset.RUB, 0) == round(60_000 * 90 * 100 / 10**8 * PRICE_SCALE)
    assert market.cross(Asset.DRUB, Asset.RUB, 0) == PRICE_SCALE


def test_prices_change_with_their_day_and_hour() -> None:
    market = Market([90.0, 99.0], [7.0, 7.0], [50_000.0, 51_000.0])
    assert market.cross(Asset.USD, Asset.RUB, 86_399) == 90 * PRICE_SCALE
    assert market.cross(Asset.USD, Asset.RUB, 86_400) == 99 * PRICE_SCALE
    assert market.usd(Asset.BTC, 3_599) == 50_000 and market.usd(Asset.BTC, 3_600) == 51_000
    assert market.usd(Asset.BTC, 10**9) == 51_000, "the last price stands"


def test_an_asset_without_a_path_has_no_price() -> None:
    with pytest.raises(ValueError, match="TRY"):
        Market([90.0], [7.2], [1.0]).usd(Asset.TRY, 0)


@given(st.integers(1, 10**12), st.integers(1, 10**12))
def test_selling_enough_brings_enough_and_no_unit_more(wanted: int, price: int) -> None:
    sold = sold_units(wanted, price)
    assert paid_units(sold, price) >= wanted
    assert sold == 1 or paid_units(sold - 1, price) < wanted


def test_the_days_prices_stand_in_the_journal() -> None:
    journal = Journal(lambda: 0)
    Market([90.0], [7.2], [60_000.0]).write_daily(journal, 0)
    rows = journal.array()
    assert set(rows["kind"].tolist()) == {int(Kind.PRICE)}
    prices = {(row["subject"], row["object"]): int(row["amount"]) for row in rows}
    assert prices[Asset.USD, Asset.RUB] == 90 * PRICE_SCALE
    assert prices[Asset.BTC, Asset.USD] == 60_000 * PRICE_SCALE


def test_a_lognormal_mean_is_not_its_median() -> None:
    """Guards the drift term: without it the mean would be above today's price."""
    assert exp(0.4605**2 / 2) > 1.1
