"""What the replications show about each kind of claim: an effect, its interval, and evidence for and against.

Every claim comes down to one number a replication, the same luck in every cell. ``held`` is the p-value of the test
whose success bears the claim out, ``fallen`` that of the test whose success refutes it; both are small only where the
replications leave little doubt.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from sandbox.experiment.cells import Table
from sandbox.experiment.claims import (
    Analytic,
    Bound,
    Dominance,
    Elasticity,
    Equivalence,
    Interaction,
    Monotone,
    NonMonotone,
    Ratio,
    StochasticOrder,
)
from sandbox.experiment.inference import FEWEST_BLOCKS, LEVEL, Evidence, MeanOf, Resampled
from sandbox.experiment.orders import quantile_gaps

#: Two one-sided tests at 5% are one 90% interval.
_TOST = 0.90

_T = "t over replications"
_PAIRED = "paired t over replications"
_BOOTSTRAP = "bootstrap of whole replications"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One claim and what the table says of it."""

    what: str
    """What the effect is, in words."""
    test: str
    effect: float | None
    low: float | None
    high: float | None
    level: float
    n: int
    held: float
    fallen: float
    claimed: str
    remark: str = ""


def finding_of(claim: Any, table: Table) -> Finding:
    """The finding about a claim of any kind; what is beyond arithmetic is no value."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return _KINDS[claim.check](claim, table)


def _found(
    evidence: Evidence | None,
    *,
    what: str,
    test: str,
    held: float,
    fallen: float,
    claimed: str,
    level: float = LEVEL,
    remark: str = "",
) -> Finding:
    if evidence is None or not math.isfinite(evidence.effect):
        return Finding(
            what=what, test=test, effect=None, low=None, high=None, level=level, n=0,
            held=1.0, fallen=1.0, claimed=claimed, remark=remark or "too few payments: no replication has a value",
        )  # fmt: skip
    low, high = evidence.interval(level)
    return Finding(
        what=what, test=test, effect=evidence.effect, low=_finite(low), high=_finite(high), level=level,
        n=evidence.n, held=min(1.0, held), fallen=min(1.0, fallen), claimed=claimed, remark=remark,
    )  # fmt: skip


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _between(evidence: Evidence | None, least: float | None, most: float | None) -> tuple[float, float]:
    """Two-sided p-values of lying between two borders, and of lying outside them."""
    if evidence is None:
        return 1.0, 1.0
    inside, outside = [], []
    if least is not None:
        inside.append(evidence.above(least, at_it=True))
        outside.append(evidence.below(least))
    if most is not None:
        inside.append(evidence.below(most, at_it=True))
        outside.append(evidence.above(most))
    return 2 * max(inside), 2 * min(outside)


def _limits(least: float | None, most: float | None) -> str:
    if least is None:
        return f"at most {most:g}"
    return f"at least {least:g}" if most is None else f"{least:g} to {most:g}"


def _elasticity(claim: Elasticity, table: Table) -> Finding:
    levels = [level for level in table.factors[claim.factor].levels if level.number is not None]
    sizes = np.log([level.number or math.nan for level in levels])
    cells = [{**claim.where, claim.factor: level.label} for level in levels]
    rows = np.log([table.values(claim.metric, claim.by, cell) for cell in cells])
    rows = np.where(np.isfinite(rows), rows, math.nan)
    centred = sizes - sizes.mean()
    slope = MeanOf.of((centred[:, None] * rows).sum(axis=0) / (centred**2).sum())
    held, fallen = _between(slope, claim.min, claim.max)
    return _found(
        slope, what=f"slope of log {claim.metric} on log {claim.factor}", test=_T,
        held=held, fallen=fallen, claimed=_limits(claim.min, claim.max),
    )  # fmt: skip


def _monotone(claim: Monotone, table: Table) -> Finding:
    sign = 1 if claim.direction == "increasing" else -1
    labels = table.labels(claim.factor)
    rows = table.cells(claim.metric, claim.by, claim.where, claim.factor)
    # Bonferroni over the steps: any one of them could be called out by chance.
    steps = max(1, len(rows) - 1)
    against, worst = [], 1.0
    for at, (before, after) in enumerate(pairwise(rows)):
        step = MeanOf.of(after - before)
        p = 1.0 if step is None else 2 * steps * (step.below(0) if sign == 1 else step.above(0))
        worst = min(worst, p)
        if p <= 1 - LEVEL:
            against.append(f"{labels[at]} to {labels[at + 1]}")
    whole = MeanOf.of(rows[-1] - rows[0])
    held = 1.0 if whole is None else 2 * (whole.above(0) if sign == 1 else whole.below(0))
    if len(rows) < 2:
        held = worst = 1.0
    return _found(
        whole, what=f"{claim.metric} at {claim.factor} {labels[-1]} less that at {labels[0]}", test=_PAIRED,
        held=held, fallen=worst, claimed=claim.direction,
        remark=f"against the claim: {', '.join(against)}" if against else "",
    )  # fmt: skip


def _non_monotone(claim: NonMonotone, table: Table) -> Finding:
    sign = 1 if claim.shape == "peak" else -1
    labels = table.labels(claim.factor)
    rows = [sign * row for row in table.cells(claim.metric, claim.by, claim.where, claim.factor)]
    means = [MeanOf.of(sign * row) for row in rows]
    told = ", ".join(
        f"{label}: {'no value' if mean is None else format(mean.effect, '.4g')}"
        for label, mean in zip(labels, means, strict=True)
    )
    test = "paired t against both ends"
    inner = rows[1:-1]
    if not inner:
        remark = "no level between the ends was run"
        return _found(None, what=claim.shape, test=test, held=1, fallen=1, claimed=claim.shape, remark=remark)
    best: tuple[float, Evidence | None, str] = (-math.inf, None, "")
    held, fallen = 1.0, 0.0
    for label, row in zip(labels[1:-1], inner, strict=True):
        sides = [MeanOf.of(row - rows[0]), MeanOf.of(row - rows[-1])]
        ups = [1.0 if side is None else side.above(0) for side in sides]
        downs = [1.0 if side is None else side.below(0) for side in sides]
        held = min(held, 2 * len(inner) * max(ups))
        fallen = max(fallen, 2 * len(inner) * min(downs))
        smaller = min(
            (side for side in sides if side is not None), key=lambda side: side.effect, default=None
        )
        if smaller is not None and smaller.effect > best[0]:
            best = (smaller.effect, smaller, label)
    over = "above" if sign == 1 else "below"
    return _found(
        best[1], what=f"{claim.metric} at {claim.factor} {best[2]} {over} the nearer end", test=test,
        held=held, fallen=fallen, claimed=f"a {claim.shape} between the ends", remark=told,
    )  # fmt: skip


def _ratio(claim: Ratio, table: Table) -> Finding:
    of = table.values(claim.metric, claim.by, {**claim.where, **claim.of})
    to = table.values(
        claim.metric, claim.by if claim.to_by is None else claim.to_by, {**claim.where, **claim.to}
    )
    evidence: Evidence | None
    test, remark = _PAIRED, ""
    if claim.interval == "bootstrap":
        evidence = Resampled.of((of, to), lambda a, b: float(np.mean(a) / np.mean(b)))
        test, remark = _BOOTSTRAP, _too_few(evidence)
    else:
        evidence = MeanOf.of(np.where(to != 0, of / to, math.nan))
    held, fallen = _between(evidence, claim.min, claim.max)
    return _found(
        evidence, what=f"ratio of {claim.metric}", test=test, held=held, fallen=fallen,
        claimed=_limits(claim.min, claim.max), remark=remark,
    )  # fmt: skip


def _too_few(evidence: Evidence | None) -> str:
    if evidence is None or evidence.n >= FEWEST_BLOCKS:
        return ""
    return f"a bootstrap needs at least {FEWEST_BLOCKS} replications"


def _bound(claim: Bound, table: Table) -> Finding:
    evidence = MeanOf.of(table.values(claim.metric, claim.by, claim.where))
    held, fallen = _between(evidence, claim.min, claim.max)
    return _found(
        evidence, what=claim.metric, test=_T, held=held, fallen=fallen, claimed=_limits(claim.min, claim.max)
    )


def _equivalence(claim: Equivalence, table: Table) -> Finding:
    of, to = (table.values(claim.metric, claim.by, {**claim.where, **cell}) for cell in (claim.of, claim.to))
    good = np.isfinite(of) & np.isfinite(to)
    size = abs(float(np.mean(to[good]))) if good.any() else 0.0
    gap = None if size == 0 else MeanOf.of((of - to) / size)
    return _within(
        gap, claim.bound, f"difference of {claim.metric} as a share of the second cell", paired=True
    )


def _within(gap: Evidence | None, bound: float, what: str, *, paired: bool) -> Finding:
    """Two one-sided tests: each at 5%, so that the interval is one of 90%."""
    held = 1.0 if gap is None else max(gap.above(-bound), gap.below(bound))
    fallen = 1.0 if gap is None else min(gap.below(-bound), gap.above(bound))
    test = f"two one-sided {'paired ' if paired else ''}t tests"
    return _found(
        gap, what=what, test=test, held=held, fallen=fallen, claimed=f"within ± {bound:g}", level=_TOST
    )


def _analytic(claim: Analytic, table: Table) -> Finding:
    expected = claim.expected
    got = table.values(claim.metric, claim.by, claim.where)
    if claim.with_service:
        got = got - claim.mean
    gap = MeanOf.of(got / expected - 1.0)
    return _within(
        gap, claim.bound, f"{claim.metric} over the formula's {expected:.4g}, less one", paired=False
    )


def _dominance(claim: Dominance, table: Table) -> Finding:
    metrics = (claim.metric, *claim.also)
    held, fallen, told = 0.0, 1.0, []
    first: Evidence | None = None
    for metric in metrics:
        of, to = (table.values(metric, claim.by, {**claim.where, **cell}) for cell in (claim.of, claim.to))
        gap: Evidence | None
        if claim.interval == "bootstrap":
            gap = Resampled.of((of, to), lambda a, b: float(np.mean(a) - np.mean(b)))
        else:
            gap = MeanOf.of(of - to)
        held = max(held, 1.0 if gap is None else 2 * gap.below(0))
        fallen = min(fallen, 1.0 if gap is None else 2 * len(metrics) * gap.above(0))
        if metric == claim.metric:
            first = gap
        else:
            told.append(f"{metric} differs by {'no value' if gap is None else format(gap.effect, '.4g')}")
    bootstrap = claim.interval == "bootstrap"
    remarks = [*told, _too_few(first) if bootstrap else ""]
    return _found(
        first, what=f"difference of {claim.metric}", test=_BOOTSTRAP if bootstrap else _PAIRED,
        held=held, fallen=fallen, claimed="lower" + (" in every metric named" if claim.also else ""),
        remark="; ".join(filter(None, remarks)),
    )  # fmt: skip


def _stochastic_order(claim: StochasticOrder, table: Table) -> Finding:
    of, to = (table.values(claim.metric, claim.by, {**claim.where, **cell}) for cell in (claim.of, claim.to))
    gaps = quantile_gaps(of, to, sorted(claim.quantiles))
    middle = min(gaps, key=lambda q: abs(q - 0.5), default=0.5)
    # Below at every quantile: the worst of them decides. Above at any one: it may be called out by chance.
    held = 2 * max((gap.below(0) for gap in gaps.values()), default=1.0)
    fallen = 2 * len(gaps) * min((gap.above(0) for gap in gaps.values()), default=1.0)
    told = (
        "; ".join(f"at {q:.0%} {gaps[q].effect:.4g}" for q in (min(gaps), max(gaps)) if q != middle)
        if gaps
        else ""
    )
    left = len(claim.quantiles) - len(gaps)
    remarks = [
        told,
        f"too few replications to tell {left} of {len(claim.quantiles)} quantiles" if left else "",
    ]
    return _found(
        gaps.get(middle), what=f"gap of {claim.metric} at its {middle:.0%} quantile", test=_BOOTSTRAP, held=held,
        fallen=fallen, claimed="lower at every quantile", remark="; ".join(filter(None, remarks)),
    )  # fmt: skip


def _interaction(claim: Interaction, table: Table) -> Finding:
    first, last = table.labels(claim.factor)[0], table.labels(claim.factor)[-1]
    ends = table.labels(claim.moderator)[0], table.labels(claim.moderator)[-1]
    effects = [
        table.values(claim.metric, claim.by, {**claim.where, claim.moderator: label, claim.factor: last})
        - table.values(claim.metric, claim.by, {**claim.where, claim.moderator: label, claim.factor: first})
        for label in ends
    ]
    gap = MeanOf.of(effects[1] - effects[0])
    up, down = (1.0, 1.0) if gap is None else (2 * gap.above(0), 2 * gap.below(0))
    held, fallen = (up, down) if claim.sign == "larger" else (down, up)
    what = f"effect of {claim.factor} on {claim.metric} at {claim.moderator} {ends[1]} less that at {ends[0]}"
    return _found(gap, what=what, test=_PAIRED, held=held, fallen=fallen, claimed=claim.sign)


_KINDS: Mapping[str, Callable[[Any, Table], Finding]] = {
    "elasticity": _elasticity,
    "monotone": _monotone,
    "non_monotone": _non_monotone,
    "ratio": _ratio,
    "bound": _bound,
    "equivalence": _equivalence,
    "analytic": _analytic,
    "dominance": _dominance,
    "stochastic_order": _stochastic_order,
    "interaction": _interaction,
}
