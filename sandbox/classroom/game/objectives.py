"""What a quarter is worth: seven published objectives, each a straight line between two published values.

Points of an objective = weight x (value - zero_at) / (full_at - zero_at), held between 0 and the weight. Every value
is a metric of the run or a sum of decisions; none of them gets better when a payment that ought to be stopped is not
found (see the decision "What the classroom's game rewards").
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.classroom.game.decisions import Decision
from sandbox.classroom.game.quarters import days_before

_DAYS_A_YEAR = 365.0


@dataclass(frozen=True, slots=True)
class Figures:
    """What is measured and decided of one quarter."""

    quarter: int
    decision: Decision
    metrics: Mapping[str, float | None]
    """Metrics of the quarter's orders, whole cohort; of the run so far where the metric says so."""

    def metric(self, name: str) -> float | None:
        """A metric's value; None where it is undefined."""
        return self.metrics.get(name)


def _of(name: str) -> Callable[[Figures], float | None]:
    def value(figures: Figures) -> float | None:
        return figures.metric(name)

    return value


def _regime_millions(figures: Figures) -> float:
    """Millions of dollars credited over the regime's rails; none where no order took them."""
    return (figures.metric("regime_value_usd") or 0.0) / 1e6


def _staff(figures: Figures) -> float:
    return float(figures.decision.staff)


def _inspected(figures: Figures) -> float | None:
    """Inspections so far for each participant and year."""
    participants = figures.metric("regime_participants")
    inspections = figures.metric("inspections")
    if participants is None or participants < 1 or inspections is None:
        return None
    return inspections / (participants * days_before(figures.quarter + 1) / _DAYS_A_YEAR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """One published objective."""

    name: str
    metric: str
    """The metric it is made of; "" for what is decided, not measured."""
    weight: int
    zero_at: float
    full_at: float
    value: Callable[[Figures], float | None]
    percent: bool = False
    """Whether the value is a share that people read in percent."""

    def points(self, value: float | None) -> float:
        """Points of a value; none where it is undefined."""
        if value is None:
            return 0.0
        share = (value - self.zero_at) / (self.full_at - self.zero_at)
        return self.weight * min(1.0, max(0.0, share))


OBJECTIVES = (
    Objective(
        name="time",
        metric="share_le_1bd",
        weight=20,
        zero_at=0.0,
        full_at=0.4,
        value=_of("share_le_1bd"),
        percent=True,
    ),
    Objective(
        name="cost",
        metric="cost_pct_all_in",
        weight=15,
        zero_at=6.0,
        full_at=2.0,
        value=_of("cost_pct_all_in"),
    ),
    Objective(
        name="access",
        metric="access_rate",
        weight=15,
        zero_at=0.0,
        full_at=0.6,
        value=_of("access_rate"),
        percent=True,
    ),
    Objective(
        name="recall",
        metric="effective_recall_10d",
        weight=25,
        zero_at=0.0,
        full_at=0.8,
        value=_of("effective_recall_10d"),
        percent=True,
    ),
    Objective(
        name="ceiling",
        metric="regime_value_usd",
        weight=10,
        zero_at=14.0,
        full_at=6.0,
        value=_regime_millions,
    ),
    Objective(name="oversight", metric="inspections", weight=5, zero_at=0.0, full_at=2.0, value=_inspected),
    Objective(name="staff", metric="", weight=10, zero_at=24.0, full_at=5.0, value=_staff),
)
#: Metrics that the objectives are made of, and those that players see beside them.
ASKED = frozenset({each.metric for each in OBJECTIVES if each.metric} | {"regime_participants"})
#: Points of a quarter in which everything is full.
MOST = sum(each.weight for each in OBJECTIVES)


@dataclass(frozen=True, slots=True)
class Points:
    """One objective of one quarter."""

    objective: Objective
    value: float | None
    points: float


def score(figures: Figures) -> tuple[Points, ...]:
    """The quarter's points, objective by objective."""
    values = [(each, each.value(figures)) for each in OBJECTIVES]
    return tuple(Points(each, value, each.points(value)) for each, value in values)


def total(points: Iterable[Points]) -> float:
    """Sum of a quarter's points, 0 to MOST."""
    return sum(each.points for each in points)


def figures_of(quarter: int, decision: Decision, rows: Sequence[Mapping[str, Any]]) -> Figures:
    """From a run's ``metrics.json``: the whole cohort's rows, or the sum over regimes where those alone are told."""
    found: dict[str, float | None] = {}
    for row in rows:
        name = row["name"]
        if name not in ASKED:
            continue
        if not row["by"]:
            found[name] = row["value"]
        elif set(row["by"]) == {"regime"} and row["value"] is not None:
            found[name] = (found.get(name) or 0.0) + row["value"]
    return Figures(quarter, decision, found)
