"""A comparison's rows as a report reads them: every difference names its baseline.

The document is what ``sandbox.experiment`` writes (``sandbox.comparison/1``); a difference is alternative
minus baseline, paired by replication, with its interval.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from sandbox.report.wording import changed, metric_title, percent, say, translated


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One metric and group of one alternative against the baseline."""

    metric: str
    family: str
    by: tuple[tuple[str, str], ...]
    unit: str
    alternative: str
    baseline: str
    baseline_value: float | None
    """Mean over replications in the baseline; None if it has no value there."""
    alternative_value: float | None
    difference: float | None
    """Mean of the paired differences; None if no pair has both values."""
    low: float | None
    high: float | None
    """Ends of the interval of the difference; None with a single pair."""
    n: int
    """Pairs of replications."""
    level: float
    """Confidence level of the interval, 0.95 unless asked otherwise."""
    variance_reduction: float | None
    """Variance of an unpaired difference over that of the paired one: what common random numbers gained."""
    reason: str
    """Why there is no difference, if there is none."""

    @property
    def detectable(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)

    @property
    def has_value(self) -> bool:
        """Whether any arm has a value."""
        return self.baseline_value is not None or self.alternative_value is not None

    @property
    def title(self) -> str:
        """The metric with its breakdown: ``settlement time p50, USDT``."""
        return metric_title(self.metric, self.by)

    @property
    def words(self) -> str:
        """The difference as a clause that names the baseline."""
        if self.difference is None:
            return self.why_none
        if self.low is None or self.high is None:
            return say("difference.single", change=self.change, baseline=self.baseline)
        if self.difference == 0 and self.low == self.high:
            return say("difference.same", baseline=self.baseline, n=self.n)
        values = {"level": percent(self.level, digits=0), "interval": self.interval, "n": str(self.n)}
        if not self.detectable:
            return say("difference.none", baseline=self.baseline, **values)
        way = "difference.higher" if self.difference > 0 else "difference.lower"
        change = changed(abs(self.difference), self.unit, signed=False)
        return say(way, change=change, baseline=self.baseline, **values)

    @property
    def why_none(self) -> str:
        """Why there is no difference: the document says ``no difference: ARM: WHY``."""
        parts = self.reason.split(": ", 2)
        if len(parts) < 3:
            return self.reason
        return say("difference.missing", arm=parts[1], why=translated("empty", parts[2]))

    @property
    def verdict(self) -> str:
        """The same in a word or two, for a table that shows the numbers."""
        if self.difference is None and (self.baseline_value is None) != (self.alternative_value is None):
            arm = self.baseline if self.alternative_value is None else self.alternative
            return say("verdict.only", arm=arm)
        if self.difference is None:
            return self.why_none
        if self.low is None:
            return say("verdict.single")
        if self.difference == 0 and self.low == self.high:
            return say("verdict.same")
        if not self.detectable:
            return say("verdict.none")
        return say("verdict.higher" if self.difference > 0 else "verdict.lower")

    @property
    def change(self) -> str:
        """The mean difference with its sign."""
        return changed(self.difference, self.unit)

    @property
    def interval(self) -> str:
        """The interval in the metric's unit."""
        if self.low is None or self.high is None:
            return "–"
        return say(
            "difference.interval", low=changed(self.low, self.unit), high=changed(self.high, self.unit)
        )


def differences(comparison: Mapping[str, Any]) -> list[Difference]:
    """The differences of a comparison document, in its order, one for each alternative of each row."""
    return [each for row in comparison["rows"] for each in _of_row(row, float(comparison.get("level", 0.95)))]


def typical_variance_reduction(found: Sequence[Difference]) -> float | None:
    """The median of what common random numbers gained over the given differences."""
    gains = [each.variance_reduction for each in found if each.variance_reduction is not None]
    return median(gains) if gains else None


def _of_row(row: Mapping[str, Any], level: float) -> Iterator[Difference]:
    by = tuple(sorted((str(key), str(value)) for key, value in row["by"].items()))
    for delta in row["deltas"]:
        paired = delta["difference"] or {}
        yield Difference(
            metric=str(row["name"]),
            family=str(row["family"]),
            by=by,
            unit=str(row["unit"]),
            alternative=str(delta["alternative"]),
            baseline=str(row["baseline"]),
            baseline_value=_value(row["baseline_mean"]),
            alternative_value=_value(delta["mean"]),
            difference=paired.get("value"),
            low=paired.get("low"),
            high=paired.get("high"),
            n=int(paired.get("n", 0)),
            level=level,
            variance_reduction=paired.get("variance_reduction"),
            reason="" if paired else str(delta["words"]),
        )


def _value(mean: Mapping[str, Any] | None) -> float | None:
    return None if mean is None else float(mean["value"])
