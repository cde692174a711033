"""Regimes, tails and correlation of the paths: what is declared is found in samples, and the past stays as it was."""

from collections.abc import Callable
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.market import Market
from sandbox.market.conditions import ORDINARY, Conditions, Motion
from sandbox.market.paths import Law, Shocks, follow
from sandbox.market.peg import Break, Peg, random_breaks
from sandbox.money import Asset
from sandbox.randomness import Streams

HOUR, DAY, YEAR = 3_600, 86_400, 365 * 86_400
RUB, BTC = Law(0.106, 12.0, 0.0226), Law(0.39, 24.0, 0.05)


def motion(
    days: int, correlation: float = 0.0, tail: str = "merton", df: float = 2.98, seed: int = 4
) -> Motion:
    """Roubles and bitcoin with the library's laws."""
    streams = Streams(seed)
    rub = Shocks(streams.named("rub"), days, 1 / 365)
    btc = Shocks(streams.named("btc"), days * 24, 1 / 8_760, 24)
    return Motion((rub, RUB), (btc, BTC), correlation, tail, df)  # type: ignore[arg-type]  # a literal from a table


def market(days: int, **law: object) -> Market:
    """Prices that move."""
    moving = motion(days, **law)  # type: ignore[arg-type]  # passed on by name
    return Market(
        follow(90.0, moving.rub_moves(ORDINARY)),
        [7.2],
        follow(60_000.0, moving.btc_moves(ORDINARY)),
        motion=moving,
    )


def hourly(seen: Market, first: int, last: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Hourly log moves of bitcoin between two hours."""
    prices = [seen.usd(Asset.BTC, hour * HOUR) for hour in range(first, last + 1)]
    moves: np.ndarray[tuple[int], np.dtype[np.float64]] = np.diff(np.log(prices))
    return moves


@pytest.mark.parametrize("tail", ["merton", "student_t"])
@pytest.mark.parametrize("wanted", [0.0, 0.3, -0.5])
def test_correlation_is_recovered(tail: str, wanted: float) -> None:
    """Of daily returns, although jumps and drawn variances are each path's own; with thinner tails for a sharp test."""
    df = 2.98 if tail == "merton" else 8.0
    moving = motion(40_000, wanted, tail, df)
    btc = moving.btc_moves(ORDINARY).reshape(-1, 24).sum(axis=1)
    found = np.corrcoef(btc, moving.rub_moves(ORDINARY))[0, 1]
    assert found == pytest.approx(wanted, abs=0.03)


def test_students_days_have_their_tails_and_volatility() -> None:
    days = motion(60_000, tail="student_t", df=6.0).btc_moves(ORDINARY).reshape(-1, 24).sum(axis=1)
    assert days.std() * sqrt(365) == pytest.approx(BTC.volatility, rel=0.02)
    # Student's t with 6 degrees of freedom, standardised: an excess kurtosis of 6 / (df - 4) = 3, and a known tail.
    scale = days.std() * sqrt(4 / 6)
    assert (np.abs(days - days.mean()) > 3.7074 * scale).mean() == pytest.approx(0.01, rel=0.15)


def test_a_regime_doubles_what_comes_and_leaves_what_was() -> None:
    calm, stirred = market(400), market(400)
    half = 200 * 24
    stirred.change(Conditions(btc_volatility=2.0, btc_jumps=2.0), half * HOUR)
    assert (hourly(stirred, 0, half) == hourly(calm, 0, half)).all()
    before, after = hourly(calm, half, 9_000), hourly(stirred, half, 9_000)
    assert after.std() / before.std() == pytest.approx(2.0, rel=1e-3)
    # The same luck at twice the scale: hour by hour, up to the drift.
    assert np.corrcoef(before, after)[0, 1] > 0.999_99
    assert stirred.volatility_factor(Asset.BTC) == pytest.approx(2.0)
    assert [stirred.usd(Asset.RUB, day * DAY) for day in range(400)] == [
        calm.usd(Asset.RUB, day * DAY) for day in range(400)
    ], "the rouble's path is shared to the last bit"


def test_an_ordinary_regime_changes_nothing() -> None:
    calm, touched = market(60), market(60)
    touched.change(Conditions(volume=0.4, spread=2.0), 10 * DAY)
    assert (hourly(calm, 0, 1_400) == hourly(touched, 0, 1_400)).all()


def test_bitcoin_jumps_at_its_second_and_stays_there() -> None:
    calm, hit = market(10), market(10)
    hit.jump_bitcoin(-0.35, 5 * DAY + 1_000)
    ratio = [hit.usd(Asset.BTC, hour * HOUR) / calm.usd(Asset.BTC, hour * HOUR) for hour in range(240)]
    assert ratio[:120] == [1.0] * 120
    assert ratio[120:] == pytest.approx([0.65] * 120)


def test_a_crossed_price_follows_a_jump_within_its_hour() -> None:
    held = Market([90.0], [7.2], [60_000.0])
    before = held.cross(Asset.BTC, Asset.RUB, 100)
    held.jump_bitcoin(-0.5, 100)
    assert held.cross(Asset.BTC, Asset.RUB, 100) == pytest.approx(before / 2, abs=1)


@given(size=st.floats(0.001, 0.5), halflife=st.integers(HOUR, 40 * DAY), second=st.integers(0, 10**6))
def test_half_of_a_break_is_back_after_its_halflife(size: float, halflife: int, second: int) -> None:
    peg = Peg([Break(second, size, halflife)])
    assert peg.deviation(second - 1) == 0.0 and peg.deviation(second) == pytest.approx(size)
    # Prices move on the hour: the age counts to the last full one.
    then = second + halflife
    age = max(0, then // HOUR * HOUR - second)
    assert peg.deviation(then) == pytest.approx(size * 2.0 ** (-age / halflife))
    assert size / 2 <= peg.deviation(then) <= size / 2 * 2.0 ** (HOUR / halflife) * (1 + 1e-12)
    assert peg.usd(then + 60 * halflife) == 1.0


@settings(max_examples=50)
@given(
    st.lists(st.builds(Break, st.integers(0, 10**6), st.floats(0, 0.9), st.integers(1, 10**6)), max_size=5),
    st.integers(0, 2 * 10**6),
)
def test_a_token_is_worth_something_and_never_more_than_a_dollar(breaks: list[Break], second: int) -> None:
    assert 0.009 < Peg(breaks).usd(second) <= 1.0


def test_breaks_come_at_their_rate_and_size() -> None:
    breaks = random_breaks(Streams(2).named("x"), 4_000 * YEAR, 0.5, 0.01, 6.0)
    assert len(breaks) == pytest.approx(2_000, abs=3 * sqrt(2_000))
    assert np.mean([each.size for each in breaks]) == pytest.approx(0.01, rel=0.07)
    assert {each.halflife for each in breaks} == {6 * HOUR}
    assert not random_breaks(Streams(2).named("x"), YEAR, 0.0, 0.01, 6.0)
    # A longer run has the same beginning.
    assert breaks[:9] == random_breaks(Streams(2).named("x"), 4_000 * YEAR, 0.5, 0.01, 6.0)[:9]
    short = random_breaks(Streams(2).named("x"), 40 * YEAR, 0.5, 0.01, 6.0)
    assert short == breaks[: len(short)]


@pytest.mark.parametrize("spoil", [lambda law: law._replace(sigma=0.3), lambda law: law._replace(rate=0.0)])
def test_the_volatility_test_can_fail(spoil: Callable[[Law], Law]) -> None:
    """A path with another diffusion or without jumps is told from the declared one."""
    shocks = Shocks(Streams(1).named("x"), 100_000, 1 / 365)
    assert shocks.moves(BTC).std() * sqrt(365) == pytest.approx(BTC.volatility, rel=0.02)
    assert shocks.moves(spoil(BTC)).std() * sqrt(365) != pytest.approx(BTC.volatility, rel=0.02)
