"""Which factor matters for a metric: elementary effects, Sobol indices, rank correlations, swings.

Formulas: Morris (1991) with mu* of Campolongo et al. (2007); first-order indices after Saltelli et al. (2010) and
total ones after Jansen (1999), their intervals by bootstrap over the base samples; Spearman's rank correlation.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sandbox.experiment.designs import MORRIS_STEP, Point
from sandbox.experiment.factors import Factor
from sandbox.randomness import Streams

Values = NDArray[np.float64]

_RESAMPLES = 500
#: Variance below this share of the squared mean is rounding.
_ROUNDING = 1e-24


@dataclass(frozen=True, slots=True, kw_only=True)
class Influence:
    """What one factor does to one metric, as far as the design can tell; None: it cannot."""

    factor: str
    measure: str
    """``swing``, ``mu_star``, ``total`` or ``rank_correlation``: by which factors are ordered."""
    value: float | None
    low: float | None = None
    high: float | None = None
    more: dict[str, float | None]

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def influences(
    design: str, factors: Sequence[Factor], points: Sequence[Point], values: Values, seed: int
) -> list[Influence]:
    """The influence of each factor on one metric, the largest first; points without a value are NaN."""
    if design == "tornado":
        found = _swings(factors, values)
    elif design == "morris":
        found = _elementary(factors, points, values)
    elif design == "sobol":
        found = _indices(factors, values, seed)
    else:
        found = _correlations(factors, points, values)
    return sorted(found, key=lambda each: (each.value is None, -abs(each.value or 0.0), each.factor))


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _swings(factors: Sequence[Factor], values: Values) -> list[Influence]:
    base = _number(values[0])
    found = []
    for place, factor in enumerate(factors):
        low, high = values[1 + 2 * place], values[2 + 2 * place]
        more = {"at_low": _number(low), "base": base, "at_high": _number(high)}
        found.append(
            Influence(factor=factor.name, measure="swing", value=_number(abs(high - low)), more=more)
        )
    return found


def _elementary(factors: Sequence[Factor], points: Sequence[Point], values: Values) -> list[Influence]:
    effects: list[list[float]] = [[] for _ in factors]
    for before, after, point in zip(values[:-1], values[1:], points[1:], strict=True):
        way, _, moved = point.role.partition(" ")
        if way == "start":
            continue
        effect = (after - before) / (MORRIS_STEP if way == "up" else -MORRIS_STEP)
        if np.isfinite(effect):
            effects[int(moved)].append(float(effect))
    found = []
    for factor, each in zip(factors, effects, strict=True):
        star = float(np.mean(np.abs(each))) if each else None
        more = {
            "mu": float(np.mean(each)) if each else None,
            "sigma": float(np.std(each, ddof=1)) if len(each) > 1 else None,
        }
        found.append(Influence(factor=factor.name, measure="mu_star", value=star, more=more))
    return found


def _indices(factors: Sequence[Factor], values: Values, seed: int) -> list[Influence]:
    k = len(factors)
    rows = values.reshape(-1, k + 2)
    rows = rows[np.isfinite(rows).all(axis=1)]
    if len(rows) < 2 or float(np.var(rows[:, :2])) <= _ROUNDING * float(np.mean(rows[:, :2])) ** 2:
        return [
            Influence(factor=factor.name, measure="total", value=None, more={"first": None})
            for factor in factors
        ]
    first, total = _saltelli(rows)
    draws = Streams(seed, 0).named("sweep/bootstrap").uniforms(_RESAMPLES * len(rows))
    picks = (draws * len(rows)).astype(np.int64).reshape(_RESAMPLES, len(rows))
    samples = [_saltelli(rows[pick]) for pick in picks]
    ends_first = np.nanquantile([each[0] for each in samples], (0.025, 0.975), axis=0)
    ends_total = np.nanquantile([each[1] for each in samples], (0.025, 0.975), axis=0)
    return [
        Influence(
            factor=factor.name,
            measure="total",
            value=_number(total[at]),
            low=_number(ends_total[0, at]),
            high=_number(ends_total[1, at]),
            more={
                "first": _number(first[at]),
                "first_low": _number(ends_first[0, at]),
                "first_high": _number(ends_first[1, at]),
            },
        )
        for at, factor in enumerate(factors)
    ]


def _saltelli(rows: Values) -> tuple[Values, Values]:
    a, b, mixed = rows[:, 0], rows[:, 1], rows[:, 2:]
    variance = np.var(np.concatenate([a, b]))
    if variance == 0:
        empty = np.full(mixed.shape[1], np.nan)
        return empty, empty
    # Centred, because the first-order estimator loses its digits on a large mean.
    b = b - np.mean(rows[:, :2])
    first = np.mean(b[:, None] * (mixed - a[:, None]), axis=0) / variance
    total = np.mean((a[:, None] - mixed) ** 2, axis=0) / 2 / variance
    return first, total


def _correlations(factors: Sequence[Factor], points: Sequence[Point], values: Values) -> list[Influence]:
    """Spearman's rho; levels without a number count in their order of mention."""
    from scipy.stats import spearmanr

    found = []
    for place, factor in enumerate(factors):
        order = {level.label: float(at) for at, level in enumerate(factor.levels)}
        places = np.array([_place(point, place, order) for point in points])
        good = np.isfinite(values)
        rho = None
        if good.sum() > 2 and np.ptp(values[good]) > 0 and np.ptp(places[good]) > 0:
            rho = _number(spearmanr(places[good], values[good]).statistic)
        found.append(Influence(factor=factor.name, measure="rank_correlation", value=rho, more={}))
    return found


def _place(point: Point, factor: int, order: dict[str, float]) -> float:
    level = point.levels[factor]
    if level is None:
        return float("nan")
    return level.number if level.number is not None else order[level.label]
