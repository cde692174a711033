"""Published patterns beside the model's own output: how implausible is the model, in standard deviations.

History matching: the misfit is the distance from the published figure over its standard deviation, the spread
of the figure and the error of the model's sample together; below three the model cannot be ruled out. A range
or a stated margin counts as an even law over it, so its standard deviation is its half-width over root three. These
are findings about the calibration, not about the engine: they are reported, and no exit code hangs on them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import Any, NamedTuple

from sandbox.validation.reading import Effort

#: From this misfit on the model is ruled out as an account of the figure.
RULED_OUT = 3.0


class Sample(NamedTuple):
    """What the model gave: the number, its standard error, observations behind it (0: no chance)."""

    value: float
    error: float
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A published figure, and where in the model its counterpart is read."""

    id: str
    what: str
    published: str
    centre: float
    sd: float
    source: str
    """What of the model gives the number."""
    measure: Callable[[Effort], Sample]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A pattern and what the model gave."""

    pattern: Pattern
    sample: Sample

    @property
    def misfit(self) -> float:
        """Distance in standard deviations."""
        spread = sqrt(self.pattern.sd**2 + self.sample.error**2)
        return abs(self.sample.value - self.pattern.centre) / spread

    @property
    def plausible(self) -> bool:
        """Whether the model is not ruled out; a number that could not be had rules it out."""
        return self.misfit < RULED_OUT

    def to_dict(self) -> dict[str, Any]:
        """Plain data for a document."""
        pattern, finite = self.pattern, self.misfit == self.misfit
        return {
            "id": pattern.id,
            "what": pattern.what,
            "published": pattern.published,
            "centre": pattern.centre,
            "sd": pattern.sd,
            "source": pattern.source,
            "got": self.sample.value if finite else None,
            "error": self.sample.error if finite else None,
            "samples": self.sample.size,
            "misfit": round(self.misfit, 3) if finite else None,
            "plausible": self.plausible,
        }


def share(hits: int, trials: int) -> Sample:
    """A share of trials with its standard error; no number if nothing was tried."""
    if trials == 0:
        return Sample(float("nan"), float("nan"), 0)
    part = hits / trials
    return Sample(part, sqrt(max(part * (1 - part), 1e-9) / trials), trials)
