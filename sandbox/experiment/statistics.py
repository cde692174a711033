"""What replications can say about a difference: paired t intervals, and what pairing gained.

The half-width of independent replications stands beside the paired one, so that a reader sees whether the
common random numbers helped; the gain depends on the model and is reported, never assumed.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import stdtrit

#: Gaps that differ by less than this share of the values differ by rounding only.
_ROUNDING = 1e-13


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """The mean of replications with its t interval."""

    value: float
    half_width: float | None
    """None with a single replication: it says nothing about its own error"""
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Alternative minus baseline over paired replications."""

    value: float
    half_width: float | None
    """half the paired t interval; None with a single pair"""
    unpaired_half_width: float | None
    """half the Welch interval that independent replications would have given"""
    correlation: float | None
    """between the arms over replications; None where an arm does not vary or there are under 3 pairs"""
    variance_reduction: float | None
    """variance of an independent difference / variance of the paired one; None where the latter is 0"""
    n: int
    level: float

    @property
    def low(self) -> float | None:
        """Lower end of the paired interval."""
        return None if self.half_width is None else self.value - self.half_width

    @property
    def high(self) -> float | None:
        """Upper end of the paired interval."""
        return None if self.half_width is None else self.value + self.half_width

    @property
    def detectable(self) -> bool:
        """Whether the interval lies off zero; a single pair detects nothing."""
        return self.half_width is not None and abs(self.value) > self.half_width

    def words(self, unit: str) -> str:
        """The difference in one phrase, with what the replications do not show said plainly."""
        if self.half_width is None:
            return f"{self.value:+.4g} {unit} in one replication: no interval"
        if self.value == 0 and self.half_width == 0:
            return f"identical in all {self.n} replications"
        if not self.detectable:
            return (
                f"no detectable difference ({self.value:+.4g} ± {self.half_width:.3g} {unit}, n = {self.n})"
            )
        way = "higher" if self.value > 0 else "lower"
        return f"{way} by {abs(self.value):.4g} ± {self.half_width:.3g} {unit} (n = {self.n})"

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "half_width": self.half_width,
            "unpaired_half_width": self.unpaired_half_width,
            "correlation": self.correlation,
            "variance_reduction": self.variance_reduction,
            "detectable": self.detectable,
            "level": self.level,
            "n": self.n,
        }


def mean_of(values: Sequence[float], level: float = 0.95) -> Mean:
    """Mean and t half-width of independent replications. Raises ValueError without any."""
    sample = np.asarray(values, dtype=np.float64)
    if sample.size == 0:
        raise ValueError("no replication has a value")
    if sample.size == 1:
        return Mean(value=float(sample[0]), half_width=None, n=1)
    half = _t(level, sample.size - 1) * _deviation(sample) / math.sqrt(sample.size)
    return Mean(value=float(sample.mean()), half_width=half, n=int(sample.size))


def paired_difference(
    baseline: Sequence[float], alternative: Sequence[float], level: float = 0.95
) -> Difference:
    """Difference of two arms, replication by replication.

    Raises ValueError if the arms have different numbers of replications or none.
    """
    before = np.asarray(baseline, dtype=np.float64)
    after = np.asarray(alternative, dtype=np.float64)
    if before.size != after.size or before.size == 0:
        raise ValueError(f"{before.size} and {after.size} replications make no pairs")
    gaps = after - before
    n = int(gaps.size)
    if n == 1:
        return Difference(
            value=float(gaps[0]),
            half_width=None,
            unpaired_half_width=None,
            correlation=None,
            variance_reduction=None,
            n=1,
            level=level,
        )
    spread, spread_before, spread_after = _deviation(gaps), _deviation(before), _deviation(after)
    if spread <= _ROUNDING * max(np.abs(before).max(), np.abs(after).max()):
        spread = 0.0
    independent = spread_before**2 + spread_after**2
    correlation = None
    if n >= 3 and spread_before > 0 and spread_after > 0:
        correlation = float(np.clip(np.corrcoef(before, after)[0, 1], -1.0, 1.0))
    return Difference(
        value=float(gaps.mean()),
        half_width=_t(level, n - 1) * spread / math.sqrt(n),
        unpaired_half_width=_welch_half_width(spread_before, spread_after, n, level),
        correlation=correlation,
        variance_reduction=independent / spread**2 if spread > 0 else None,
        n=n,
        level=level,
    )


def _deviation(sample: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """Standard deviation (divisor n - 1); exactly 0 for equal values, whatever their rounding."""
    return 0.0 if sample.min() == sample.max() else float(sample.std(ddof=1))


def _t(level: float, freedom: float) -> float:
    """Two-sided quantile of Student's t."""
    return float(stdtrit(freedom, 0.5 + level / 2))


def _welch_half_width(before: float, after: float, n: int, level: float) -> float:
    """Half-width for independent samples of ``n`` each with these standard deviations."""
    total = (before**2 + after**2) / n
    if total == 0:
        return 0.0
    freedom = total**2 / ((before**4 + after**4) / (n * n * (n - 1)))
    return _t(level, freedom) * math.sqrt(total)
