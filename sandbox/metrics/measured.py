"""What a metric is and what measuring it gives: a value with its unit, its sample and its definition.

A metric is a question asked of the journal in SQL (see :mod:`sandbox.metrics.staging` for the tables it may
ask). The text of the question is part of the metric, so that a report can print it and a sceptic can run it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

#: Which way is better for the economy the metric speaks of; "" where policy has to weigh it.
Direction = Literal["lower", "higher", ""]

#: One answer row: the group it speaks of, the value (None: undefined there) and the number of observations.
Answer = tuple[Mapping[str, str], int | float | None, int]

#: Turns the rows of a metric's SQL into answers, where SQL alone cannot (competing risks).
Estimator = Callable[[Sequence[tuple[Any, ...]]], Iterable[Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One published number: name, unit, formula, standard and the SQL that answers it."""

    name: str
    family: str
    """speed, cost, reliability, throughput, queueing, concentration, compliance, supervision, liquidity"""
    unit: str
    definition: str
    """the formula in words, exact enough to recompute it"""
    sql: str
    """columns ``value`` and ``n``; every other column is a group (NULL: the whole cohort)"""
    empty: str
    """why the value is undefined when its denominator is zero"""
    standard: str = ""
    """the outside convention it follows or adapts"""
    direction: Direction = ""
    needs: str = ""
    """the optional field of RunFacts without which it cannot be told"""
    estimator: Estimator | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One metric's value for one group of one run."""

    metric: Metric
    by: Mapping[str, str] = field(default_factory=dict)
    """the group, such as ``{"rail": "usdt"}``; empty for the whole cohort"""
    value: int | float | None
    """finite, or None with a reason"""
    n: int
    """observations behind the value (payments unless the definition says otherwise)"""
    reason: str = ""
    """why there is no value"""

    def __post_init__(self) -> None:
        if (self.value is None) != bool(self.reason):
            raise ValueError(f"{self.metric.name}: a missing value needs a reason, and only a missing value")

    @property
    def name(self) -> str:
        """The metric's name."""
        return self.metric.name

    @property
    def unit(self) -> str:
        """The unit of ``value``."""
        return self.metric.unit

    def to_dict(self) -> dict[str, Any]:
        """Plain data as it stands in ``metrics.json``: the value beside its definition and its SQL."""
        metric = self.metric
        return {
            "name": metric.name,
            "family": metric.family,
            "by": dict(self.by),
            "value": self.value,
            "unit": metric.unit,
            "n": self.n,
            "reason": self.reason or None,
            "definition": metric.definition,
            "standard": metric.standard,
            "direction": metric.direction,
            "sql": metric.sql,
        }
