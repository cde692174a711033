"""Prices: a dealer's impact on the market, the paths of bitcoin, and what a firm makes of prices."""

from collections.abc import Sequence
from math import exp, log, sqrt

import numpy as np
from scipy.optimize import brentq

from sandbox.actors.dealer import Dealers
from sandbox.market.prices import merton_path
from sandbox.money import Asset
from sandbox.payments import Quote
from sandbox.policies.rail_choice import Tastes, inclusive_value, pick, shares, utility
from sandbox.rail import Ground
from sandbox.randomness import Streams
from sandbox.validation.direct import constant_market
from sandbox.validation.laboratory import laboratory
from sandbox.validation.reading import Effort, Reading, counted, fixed, normal_share, repeated

_HOURS_A_YEAR = 8_760
_TURNOVER_USD = 120_000_000
#: Parts of a sample whose spread tells the error of the whole.
_PARTS = 20

#: Yearly volatility without jumps, jumps a year, spread of a jump: the constrained fit to daily closes.
DIFFUSION, JUMPS, JUMP = 0.39, 24.0, 0.05


def _dealers(ground: Ground) -> Dealers:
    def nothing(*_: object) -> object:
        raise AssertionError("nobody orders inventory here")

    return Dealers(ground, constant_market(), [], nothing)  # type: ignore[arg-type]  # never called


def impact(effort: Effort) -> Sequence[Reading]:
    """V08: the square-root law, asked of the dealers and read off their quotes."""
    ground = laboratory(
        {
            "btc.btc_total_vol": 0.47,
            "liquidity.impact_Y": 1.0,
            "liquidity.adv_usdt_rub_usd": _TURNOVER_USD,
            "liquidity.onramp_pct_btc": 1.0,
        }
    )
    dealers = _dealers(ground)
    sigma_day = 0.47 / sqrt(365)
    readings = []
    for percent, published in ((1, "24.60"), (4, "49.20")):
        cents = _TURNOVER_USD * percent
        by_law = sigma_day * sqrt(percent / 100) * 1e4
        got = dealers.impact(Asset.BTC, cents) * 1e4
        readings.append(fixed(f"impact of {percent}% of a day's volume, bp", by_law, got, 0.005, published))
        price, mid = dealers.price(Asset.BTC, cents)
        quoted = (price / mid - 1.0) * 1e4 - 100.0
        readings.append(
            fixed(f"the same in a quote, spread of 100 bp taken off, {percent}%", by_law, quoted, 0.01)
        )
    sizes = np.array([10.0**power for power in range(4, 9)])
    impacts = [dealers.impact(Asset.BTC, int(size) * 100) for size in sizes]
    slope = float(np.polyfit(np.log(sizes), np.log(impacts), 1)[0])
    readings.append(fixed("slope of log impact over log size, four decades", 0.5, slope, 0.005))
    return readings


def _var99_one_hour(diffusion: float, jump: float) -> float:
    """Loss over an hour that one hour in a hundred exceeds, as a share of the price; the path's own law."""
    dt = 1.0 / _HOURS_A_YEAR
    drift = -0.5 * (diffusion**2 + JUMPS * jump**2) * dt
    calm, jumped = diffusion * sqrt(dt), sqrt(diffusion**2 * dt + jump**2)

    def below(move: float) -> float:
        far = move - drift
        return (1 - JUMPS * dt) * normal_share(far / calm) + JUMPS * dt * normal_share(far / jumped) - 0.01

    return 1.0 - exp(float(brentq(below, -0.5, 0.0)))


def jump_diffusion(effort: Effort) -> Sequence[Reading]:
    """V13: volatility, tails and one-hour losses of the price path that a world draws."""
    streams = Streams(13)
    paths, hours = effort.times(40), 24 * 1_200
    dt = 1.0 / _HOURS_A_YEAR
    moves = [
        np.diff(np.log(merton_path(streams.named(f"path/{n}"), 1.0, hours, dt, DIFFUSION, JUMPS, JUMP)))
        for n in range(paths)
    ]
    total = sqrt(DIFFUSION**2 + JUMPS * JUMP**2)
    vols = [float(part.std()) * sqrt(_HOURS_A_YEAR) for part in np.array_split(np.concatenate(moves), _PARTS)]
    daily = np.concatenate([move.reshape(-1, 24).sum(axis=1) for move in moves])
    parts = np.array_split(daily, _PARTS)
    spread = total**2 / 365
    # About a known variance, so that the fourth moment has no bias in small parts.
    tails = [float((part**4).mean()) / spread**2 - 3.0 for part in parts]
    excess = 3.0 * JUMPS / 365 * JUMP**4 / spread**2
    readings = [
        repeated(
            "volatility a year", total, vols, paths * hours, widest=effort.widest(0.015), published="0.4605"
        ),
        repeated(
            "excess kurtosis of daily returns",
            excess,
            tails,
            len(daily),
            widest=effort.widest(2.2),
            published="3.65",
        ),
    ]
    doubled = [
        np.diff(
            np.log(merton_path(streams.named(f"double/{n}"), 1.0, hours, dt, 2 * DIFFUSION, JUMPS, 2 * JUMP))
        )
        for n in range(paths // 2)
    ]
    for name, factor, sample, published in (
        ("as fitted", 1, moves, "0.984"),
        ("volatility doubled", 2, doubled, "1.961"),
    ):
        loss = _var99_one_hour(factor * DIFFUSION, factor * JUMP)
        hourly = np.concatenate(sample)
        worse = int((hourly < log(1.0 - loss)).sum())
        what = f"hours that lose more than {loss * 100:.3f}%, {name}"
        readings.append(counted(what, 0.01, worse, len(hourly), widest=effort.widest(0.001)))
        readings.append(
            fixed(f"that loss by formula, percent, {name}", float(published), loss * 100, 0.02 * factor)
        )
    return readings


def choice(effort: Effort) -> Sequence[Reading]:
    """V16: shares of a logit over rails one percentage point apart, and draws that follow them."""
    tastes = Tastes(beta_cost=1.0, beta_fail=1.0, habit=0.0, kappa_prepaid=0.0, kappa_open=0.0)

    def utilities(*percent: float) -> list[float]:
        return [utility(tastes, Quote(cost / 100, 0.0, 0.0), 0.0, True, False) for cost in percent]

    two, three = shares(utilities(1.0, 2.0)), shares(utilities(1.0, 1.0, 1.0))
    gain = inclusive_value(utilities(1.0, 1.0, 1.0), 1.0) - inclusive_value(utilities(1.0, 1.0), 1.0)
    draws = [pick(utilities(1.0, 2.0), (number + 0.5) / 1_000) for number in range(1_000)]
    return [
        fixed("share of the cheaper of two rails", 1 / (1 + exp(-1.0)), two[0], 1e-9, "0.7311"),
        fixed("share of each of three equal rails", 1 / 3, three[2], 1e-9, "0.333"),
        fixed("worth of a third equal rail, points (logsum)", log(1.5), gain, 1e-9, "0.4055"),
        fixed("share of draws that fall on the cheaper", two[0], draws.count(0) / 1_000, 0.001),
    ]
