"""What replications say of a number: an interval, and how likely it would be on the other side of a border.

Replications are the unit of chance: the payments of one run share prices, queues and freezes, the runs share nothing
but what was decided before. Two ways are offered. Student's t for the mean of one number a replication; and a bootstrap
that draws whole replications with all their cells (a block bootstrap whose block is a run) for tails and ratios of
means, whose spread no normal law describes. With fewer than eight replications a bootstrap has nothing to draw from,
and detects nothing.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import stdtr, stdtrit

from sandbox.experiment.cells import Values
from sandbox.randomness import Streams

#: Two-sided level of the intervals that are printed.
LEVEL = 0.95

#: A block bootstrap needs so many blocks.
FEWEST_BLOCKS = 8

_RESAMPLES = 4_000
#: Spread below this share of the size is rounding.
_ROUNDING = 1e-13


class Evidence(Protocol):
    """A number estimated from replications."""

    @property
    def effect(self) -> float:
        """The estimate."""
        ...

    @property
    def n(self) -> int:
        """Replications it rests on."""
        ...

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """Two-sided interval; infinite where the replications say nothing."""
        ...

    def above(self, border: float, *, at_it: bool = False) -> float:
        """One-sided p-value of the number lying above a border: small where it surely does.

        ``at_it``: without any spread the border itself counts as above.
        """
        ...

    def below(self, border: float, *, at_it: bool = False) -> float:
        """The same of lying below."""
        ...


@dataclass(frozen=True, slots=True)
class MeanOf:
    """The mean of one number a replication, by Student's t."""

    values: tuple[float, ...]

    @classmethod
    def of(cls, values: Values) -> "MeanOf | None":
        """The finite ones of them; None where there is none."""
        good = tuple(float(value) for value in values if math.isfinite(value))
        return cls(good) if good else None

    @property
    def effect(self) -> float:
        """The mean."""
        with np.errstate(over="ignore", invalid="ignore"):
            return float(np.mean(self.values))

    @property
    def n(self) -> int:
        """Replications with a value."""
        return len(self.values)

    def _error(self) -> float:
        """Standard error; not finite where the values are too large to be squared."""
        with np.errstate(over="ignore", invalid="ignore"):
            spread = float(np.std(self.values, ddof=1))
        if spread <= _ROUNDING * max(map(abs, self.values)):
            return 0.0
        return spread / math.sqrt(self.n)

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """The t interval."""
        error = self._error() if self.n > 1 else math.inf
        if not math.isfinite(error):
            return -math.inf, math.inf
        half = float(stdtrit(self.n - 1, 0.5 + level / 2)) * error
        return self.effect - half, self.effect + half

    def above(self, border: float, *, at_it: bool = False) -> float:
        """One-sided t test."""
        return self._p(self.effect - border, at_it)

    def below(self, border: float, *, at_it: bool = False) -> float:
        """One-sided t test."""
        return self._p(border - self.effect, at_it)

    def _p(self, gap: float, at_it: bool) -> float:
        if self.n < 2 or math.isnan(gap):
            return 1.0
        error = self._error()
        if error == 0:
            return 0.0 if gap > 0 or (at_it and gap == 0) else 1.0
        if not math.isfinite(error):
            return 1.0
        return float(stdtr(self.n - 1, -gap / error))


@dataclass(frozen=True, slots=True)
class Resampled:
    """A statistic of several cells, by drawing whole replications with replacement."""

    effect: float
    n: int
    drawn: tuple[float, ...]
    """The statistic in each resample, ascending; empty where there are too few replications."""
    lost: int = 0
    """Resamples without a finite statistic, such as a ratio to nothing: they count for neither side."""

    @classmethod
    def of(cls, cells: Sequence[Values], statistic: Callable[..., float]) -> "Resampled | None":
        """``statistic`` takes the cells' values; a replication without a value in one of them is left out."""
        rows = np.array(cells)
        rows = rows[:, np.isfinite(rows).all(axis=0)]
        n = int(rows.shape[1])
        if n == 0:
            return None
        with np.errstate(invalid="ignore", divide="ignore"):
            effect = statistic(*rows)
            if n < FEWEST_BLOCKS:
                return cls(effect, n, ())
            uniforms = Streams(1, 0).named("experiment/bootstrap").uniforms(_RESAMPLES * n)
            picks = (uniforms * n).astype(np.int64).reshape(_RESAMPLES, n)
            drawn = [statistic(*rows[:, pick]) for pick in picks]
        finite = tuple(sorted(value for value in drawn if math.isfinite(value)))
        return cls(effect, n, finite, len(drawn) - len(finite))

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """The percentile interval; a lost resample may lie beyond either end."""
        all_drawn = len(self.drawn) + self.lost
        tail = (1 - level) / 2 * (all_drawn - 1)
        if not self.drawn or self.lost > tail:
            return -math.inf, math.inf
        low = np.quantile(self.drawn, (tail - self.lost) / (len(self.drawn) - 1))
        high = np.quantile(self.drawn, 1 - (tail - self.lost) / (len(self.drawn) - 1))
        return float(low), float(high)

    def above(self, border: float, *, at_it: bool = False) -> float:
        """Share of resamples that are not above the border."""
        return self._p([value < border or (value == border and not at_it) for value in self.drawn])

    def below(self, border: float, *, at_it: bool = False) -> float:
        """Share of resamples that are not below the border."""
        return self._p([value > border or (value == border and not at_it) for value in self.drawn])

    def _p(self, misses: Sequence[bool]) -> float:
        # One is added to both sides: no finite number of resamples shows that a probability is zero.
        return (1 + sum(misses) + self.lost) / (1 + len(misses) + self.lost) if misses else 1.0


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values adjusted for being looked at together (Holm 1979)."""
    adjusted = [1.0] * len(p_values)
    largest = 0.0
    for rank, at in enumerate(sorted(range(len(p_values)), key=lambda place: p_values[place])):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[at]))
        adjusted[at] = largest
    return adjusted
