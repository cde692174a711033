"""A comparison's rows as a report reads them: every difference names its baseline.

The document is what ``sandbox.experiment`` writes; a difference is alternative minus baseline, paired by
replication, with a 95% interval.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.report.wording import measured, rail_label


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One metric of one alternative against the baseline."""

    metric: str
    by: tuple[tuple[str, str], ...]
    unit: str
    alternative: str
    baseline: str
    baseline_value: float | None
    """Mean over replications in the baseline."""
    alternative_value: float | None
    difference: float | None
    """Mean of the paired differences; None if either arm has no value."""
    low: float | None
    high: float | None
    """Ends of the 95% interval of the difference; None with fewer than two pairs."""
    n: int
    """Pairs of replications."""
    reason: str = ""

    @property
    def detectable(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)

    @property
    def title(self) -> str:
        """The metric with its breakdown: ``settlement time p50, USDT``."""
        parts = [rail_label(value) if key == "rail" else value for key, value in self.by]
        return ", ".join([self.metric.replace("_", " "), *parts])

    @property
    def words(self) -> str:
        """The difference as a clause that names the baseline."""
        if self.difference is None:
            return self.reason or "no value in one of the arms"
        if self.low is None or self.high is None:
            return f"{self.change} against {self.baseline}; one replication gives no interval"
        if not self.detectable:
            return (
                f"no detectable difference from {self.baseline} (95% interval {self.interval}, n = {self.n})"
            )
        way = "higher" if self.difference > 0 else "lower"
        size = measured(abs(self.difference), self.unit)
        return f"{size} {way} than {self.baseline} (95% interval {self.interval}, n = {self.n})"

    @property
    def change(self) -> str:
        """The mean difference with its sign."""
        return measured(self.difference, self.unit, signed=True)

    @property
    def interval(self) -> str:
        """The 95% interval in the metric's unit."""
        if self.low is None or self.high is None:
            return "–"
        return (
            f"{measured(self.low, self.unit, signed=True)} to {measured(self.high, self.unit, signed=True)}"
        )


def differences(comparison: Mapping[str, Any]) -> list[Difference]:
    """The rows of a comparison document, in their order."""
    rows: Sequence[Mapping[str, Any]] = comparison["rows"]
    baseline = str(comparison["baseline"])
    return [_difference(row, baseline) for row in rows]


def _difference(row: Mapping[str, Any], baseline: str) -> Difference:
    by = row.get("by") or {}
    return Difference(
        metric=str(row["metric"]),
        by=tuple(sorted((str(key), str(value)) for key, value in by.items())),
        unit=str(row.get("unit") or ""),
        alternative=str(row["alternative"]),
        baseline=baseline,
        baseline_value=row.get("baseline_mean"),
        alternative_value=row.get("alternative_mean"),
        difference=row.get("difference"),
        low=row.get("low"),
        high=row.get("high"),
        n=int(row.get("n") or 0),
        reason=str(row.get("reason") or ""),
    )
