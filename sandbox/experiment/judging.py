"""Whether the replications bear a hypothesis out: held, not held, or not detectable, with the numbers.

Every claim becomes a number in each replication, the same luck in every cell, and the mean's t interval over the
replications is held against what was claimed. An interval that lies across the border detects nothing.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np

from sandbox.experiment.factors import Factor
from sandbox.experiment.protocol import (
    Bound,
    Cell,
    Dominance,
    Elasticity,
    Equivalence,
    Hypothesis,
    Interaction,
    Monotone,
    NonMonotone,
    Ratio,
)
from sandbox.experiment.statistics import Mean, mean_of
from sandbox.experiment.sweep import Plan, Record, column_of

Ruling = Literal["held", "not held", "not detectable"]

_LEVEL = 0.95
#: Two one-sided tests at 5% are one 90% interval.
_TOST = 0.90


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One hypothesis and what became of it."""

    name: str
    text: str
    check: str
    ruling: Ruling
    numbers: str
    """What was found, in words with intervals."""

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


class Table:
    """The values of a finished experiment, asked by cell and replication."""

    def __init__(self, plan: Plan, records: Sequence[Record]) -> None:
        self.factors: Mapping[str, Factor] = {factor.name: factor for factor in plan.factors}
        self._plan = plan
        self._records = records

    def values(self, metric: str, by: Mapping[str, str], cell: Cell) -> np.ndarray[Any, np.dtype[np.float64]]:
        """The metric in each replication, averaged over all points of the cell; NaN where one has no value."""
        column = column_of(metric, by)
        found: list[list[float]] = [[] for _ in range(self._plan.replications)]
        for record in self._records:
            if all(record[f"factor:{factor}"] == label for factor, label in cell.items()):
                value = record.get(column)
                found[record["replication"]].append(math.nan if value is None else float(value))
        return np.array([np.mean(each) if each else math.nan for each in found])

    def labels(self, factor: str) -> list[str]:
        """Names of a factor's levels, in order."""
        return [level.label for level in self.factors[factor].levels]


def judge_all(hypotheses: Mapping[str, Hypothesis], table: Table) -> list[Judged]:
    """Every hypothesis, in the order of the file."""
    return [_judge(name, claim, table) for name, claim in hypotheses.items()]


def _judge(name: str, claim: Hypothesis, table: Table) -> Judged:
    missing = _missing(claim, table)
    if missing:
        ruling: Ruling = "not detectable"
        numbers = missing
    else:
        ruling, numbers = _JUDGES[claim.check](claim, table)
    return Judged(name=name, text=claim.text, check=claim.check, ruling=ruling, numbers=numbers)


def _missing(claim: Hypothesis, table: Table) -> str:
    """Why a claim cannot be looked at in a reduced table: a level it speaks of was left out."""
    for cell in (claim.where, getattr(claim, "of", {}), getattr(claim, "to", {})):
        for factor, label in cell.items():
            if label not in table.labels(factor):
                return f"{factor} = {label} was not run"
    return ""


def _interval(values: Any, level: float = _LEVEL) -> tuple[Mean | None, float, float]:
    good = [float(value) for value in values if math.isfinite(value)]
    if not good:
        return None, -math.inf, math.inf
    mean = mean_of(good, level)
    half = math.inf if mean.half_width is None else mean.half_width
    return mean, mean.value - half, mean.value + half


def _words(mean: Mean | None) -> str:
    if mean is None:
        return "no value"
    half = "no interval" if mean.half_width is None else f"± {mean.half_width:.3g}"
    return f"{mean.value:.4g} {half} (n = {mean.n})"


def within(low: float, high: float, least: float | None, most: float | None) -> Ruling:
    """Whether an interval lies inside what was claimed, outside of it, or across its border."""
    bottom, top = (-math.inf if least is None else least), (math.inf if most is None else most)
    if low >= bottom and high <= top and math.isfinite(low) and math.isfinite(high):
        return "held"
    return "not held" if high < bottom or low > top else "not detectable"


def _limits(least: float | None, most: float | None) -> str:
    if least is None:
        return f"claimed at most {most:g}"
    return f"claimed at least {least:g}" if most is None else f"claimed {least:g} to {most:g}"


def _elasticity(claim: Elasticity, table: Table) -> tuple[Ruling, str]:
    levels = [level for level in table.factors[claim.factor].levels if level.number is not None]
    sizes = np.log([level.number or math.nan for level in levels])
    with np.errstate(invalid="ignore", divide="ignore"):
        rows = np.log(
            [
                table.values(claim.metric, claim.by, {**claim.where, claim.factor: level.label})
                for level in levels
            ]
        )
    rows = np.where(np.isfinite(rows), rows, math.nan)
    centred = sizes - sizes.mean()
    slopes = (centred[:, None] * rows).sum(axis=0) / (centred**2).sum()
    mean, low, high = _interval(slopes)
    return within(
        low, high, claim.min, claim.max
    ), f"elasticity {_words(mean)}; {_limits(claim.min, claim.max)}"


def _monotone(claim: Monotone, table: Table) -> tuple[Ruling, str]:
    sign = 1 if claim.direction == "increasing" else -1
    labels = table.labels(claim.factor)
    rows = [table.values(claim.metric, claim.by, {**claim.where, claim.factor: label}) for label in labels]
    # Bonferroni over the steps: any one of them could be called out by chance.
    level = 1 - (1 - _LEVEL) / max(1, len(rows) - 1)
    against = []
    for at, (before, after) in enumerate(pairwise(rows)):
        mean, _, high = _interval(sign * (after - before), level)
        if mean is not None and high < 0:
            against.append(f"{labels[at]} to {labels[at + 1]}")
    whole, low, _ = _interval(sign * (rows[-1] - rows[0]))
    told = f"from {labels[0]} to {labels[-1]} {claim.direction} by {_words(whole)}"
    if against:
        return "not held", f"{told}; against the claim: {', '.join(against)}"
    return ("held" if low > 0 else "not detectable"), told


def _non_monotone(claim: NonMonotone, table: Table) -> tuple[Ruling, str]:
    sign = 1 if claim.shape == "peak" else -1
    labels = table.labels(claim.factor)
    rows = [
        sign * table.values(claim.metric, claim.by, {**claim.where, claim.factor: label}) for label in labels
    ]
    told = ", ".join(
        f"{label}: {_words(_interval(sign * row)[0])}" for label, row in zip(labels, rows, strict=True)
    )
    inner = rows[1:-1]
    if not inner:
        return "not detectable", f"no level between the ends was run; {told}"
    level = 1 - (1 - _LEVEL) / len(inner)
    rises = [(_interval(row - rows[0], level), _interval(row - rows[-1], level)) for row in inner]
    if any(first[1] > 0 and last[1] > 0 for first, last in rises):
        return "held", told
    if all(first[2] < 0 or last[2] < 0 for first, last in rises):
        return "not held", told
    return "not detectable", told


def _ratio(claim: Ratio, table: Table) -> tuple[Ruling, str]:
    of = table.values(claim.metric, claim.by, {**claim.where, **claim.of})
    to = table.values(
        claim.metric, claim.by if claim.to_by is None else claim.to_by, {**claim.where, **claim.to}
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        ratios = np.where(to != 0, of / to, math.nan)
    mean, low, high = _interval(ratios)
    return within(low, high, claim.min, claim.max), f"ratio {_words(mean)}; {_limits(claim.min, claim.max)}"


def _bound(claim: Bound, table: Table) -> tuple[Ruling, str]:
    mean, low, high = _interval(table.values(claim.metric, claim.by, claim.where))
    return within(low, high, claim.min, claim.max), f"{_words(mean)}; {_limits(claim.min, claim.max)}"


def _equivalence(claim: Equivalence, table: Table) -> tuple[Ruling, str]:
    of, to = (table.values(claim.metric, claim.by, {**claim.where, **cell}) for cell in (claim.of, claim.to))
    good = np.isfinite(of) & np.isfinite(to)
    size = abs(float(np.mean(to[good]))) if good.any() else 0.0
    if size == 0:
        return "not detectable", "the second cell has no value to measure a share of"
    mean, low, high = _interval((of - to) / size, _TOST)
    told = f"difference {_words(mean)} of the second (90%); claimed within ± {claim.bound:g}"
    return within(low, high, -claim.bound, claim.bound), told


def _dominance(claim: Dominance, table: Table) -> tuple[Ruling, str]:
    told, rulings = [], []
    for metric in (claim.metric, *claim.also):
        of, to = (table.values(metric, claim.by, {**claim.where, **cell}) for cell in (claim.of, claim.to))
        mean, low, high = _interval(of - to)
        told.append(f"{metric} differs by {_words(mean)}")
        rulings.append("held" if high < 0 else "not held" if low > 0 else "not detectable")
    if "not held" in rulings:
        return "not held", "; ".join(told)
    return ("not detectable" if "not detectable" in rulings else "held"), "; ".join(told)


def _interaction(claim: Interaction, table: Table) -> tuple[Ruling, str]:
    first, last = table.labels(claim.factor)[0], table.labels(claim.factor)[-1]
    effects = [
        table.values(claim.metric, claim.by, {**claim.where, claim.moderator: label, claim.factor: last})
        - table.values(claim.metric, claim.by, {**claim.where, claim.moderator: label, claim.factor: first})
        for label in (table.labels(claim.moderator)[0], table.labels(claim.moderator)[-1])
    ]
    sign = 1 if claim.sign == "larger" else -1
    mean, low, high = _interval(effects[1] - effects[0])
    ends = (low, high) if sign == 1 else (-high, -low)
    ruling: Ruling = "held" if ends[0] > 0 else "not held" if ends[1] < 0 else "not detectable"
    return ruling, f"the effect differs by {_words(mean)}; claimed {claim.sign}"


_JUDGES: Mapping[str, Callable[[Any, Table], tuple[Ruling, str]]] = {
    "elasticity": _elasticity,
    "monotone": _monotone,
    "non_monotone": _non_monotone,
    "ratio": _ratio,
    "bound": _bound,
    "equivalence": _equivalence,
    "dominance": _dominance,
    "interaction": _interaction,
}
