"""What a known-answer check says: the number that theory gives, the number that the component gave, how far apart.

A tolerance is statistical: it follows from the spread of the sample that was drawn. A sample too small to
tell right from wrong must not pass for that reason, so each reading states the widest tolerance that still
says something; beyond it the reading fails.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite, sqrt
from statistics import NormalDist, fmean, stdev

import numpy as np
from numpy.typing import NDArray

#: Where the spread is estimated from batches of the same sample: the interval (Student's t) that holds 999 of 1,000.
INTERVAL = 0.999
#: Standard errors allowed where theory gives the spread.
KNOWN_ERRORS = 3.0

_BATCHES = 20
_CONTROLLED_BATCHES = 40

Numbers = NDArray[np.float64] | NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One number of a check."""

    what: str
    """The quantity, with its unit."""
    expected: float
    """By formula; where there is none, the published figure."""
    got: float
    tolerance: float
    """Largest distance from ``expected`` that passes."""
    allowed: str
    """Where the tolerance comes from."""
    samples: int
    """Observations behind ``got`` (0: a deterministic component)."""
    published: str = ""
    """The figure as it was published beforehand; the formula must agree to its last digit."""
    widest: float = inf
    """A tolerance above this says too little: the reading fails."""

    @property
    def passed(self) -> bool:
        """Whether component, formula and published figure agree, and the sample was large enough to say so."""
        return not self.fault

    @property
    def fault(self) -> str:
        """Why it does not pass; empty if it does."""
        if not isfinite(self.got) or not isfinite(self.tolerance):
            return "the component gave no number"
        if abs(self.got - self.expected) > self.tolerance:
            return f"{abs(self.got - self.expected):.3g} away, {self.tolerance:.3g} allowed"
        if self.tolerance > self.widest:
            return f"the sample is too small: a tolerance of {self.tolerance:.3g} says too little"
        if self.published and abs(self.expected - float(self.published)) > _last_digit(self.published):
            return f"the formula gives {self.expected:.6g}, not the published {self.published}"
        return ""


def _last_digit(figure: str) -> float:
    """One unit in the last place of a printed number."""
    mantissa, _, exponent = figure.lower().partition("e")
    places = len(mantissa.partition(".")[2])
    return float(10.0 ** (int(exponent or 0) - places) * (1 + 1e-9))


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is drawn: 1 is the quick scorecard; samples grow with it, tolerances shrink with its root."""

    scale: float = 1.0

    def of(self, samples: int) -> int:
        """Observations to draw where the quick scorecard draws ``samples``."""
        return max(4 * _BATCHES, round(samples * self.scale))

    def times(self, count: int) -> int:
        """Independent repetitions where the quick scorecard makes ``count``."""
        return max(4, round(count * self.scale))

    def widest(self, quick: float) -> float:
        """The widest tolerance that still says something, from that of the quick scorecard."""
        return quick / sqrt(self.scale)


def fixed(what: str, expected: float, got: float, tolerance: float, published: str = "") -> Reading:
    """A number that chance has no part in."""
    return Reading(
        what=what,
        expected=expected,
        got=got,
        tolerance=tolerance,
        allowed=f"{tolerance:.3g}, no chance in it",
        samples=0,
        published=published,
    )


def counted(
    what: str, expected: float, hits: int, trials: int, *, widest: float = inf, published: str = ""
) -> Reading:
    """A share of independent trials, allowed three standard errors of the expected share."""
    if trials == 0:
        hits, trials = 0, -1
    error = sqrt(expected * (1.0 - expected) / abs(trials))
    return Reading(
        what=what,
        expected=expected,
        got=hits / trials if trials > 0 else float("nan"),
        tolerance=KNOWN_ERRORS * error,
        allowed=f"{KNOWN_ERRORS:g} standard errors",
        samples=max(trials, 0),
        published=published,
        widest=widest,
    )


def averaged(
    what: str,
    expected: float,
    values: Numbers,
    *,
    widest: float = inf,
    published: str = "",
    slack: float = 0.0,
) -> Reading:
    """A mean of a correlated sequence: its error is that of the means of twenty consecutive batches.

    ``slack`` is added to the tolerance where the expected figure is itself known to so much only.
    """
    if len(values) < _BATCHES:
        return _no_sample(what, expected, len(values), published, widest)
    means = [float(part.mean()) for part in np.array_split(values, _BATCHES)]
    return repeated(what, expected, means, len(values), widest=widest, published=published, slack=slack)


def controlled(
    what: str,
    expected: float,
    values: Numbers,
    controls: Sequence[tuple[Numbers, float]],
    *,
    widest: float = inf,
    published: str = "",
) -> Reading:
    """A mean like :func:`averaged`, less what the luck of its inputs explains (control variates).

    ``controls`` are the inputs that belong to the values, each with the mean it was drawn with: what batches
    of values owe to batches of inputs is found by regression and taken out, so that fewer values say more.
    """
    if len(values) < 2 * _CONTROLLED_BATCHES:
        return _no_sample(what, expected, len(values), published, widest)
    means = np.array([part.mean() for part in np.array_split(values, _CONTROLLED_BATCHES)])
    luck = [
        [part.mean() - mean for part in np.array_split(column, _CONTROLLED_BATCHES)]
        for column, mean in controls
    ]
    design = np.column_stack((np.ones(_CONTROLLED_BATCHES), *luck))
    found = np.linalg.lstsq(design, means, rcond=None)[0]
    free = _CONTROLLED_BATCHES - design.shape[1]
    variance = float(((means - design @ found) ** 2).sum()) / free
    error = sqrt(variance * float(np.linalg.pinv(design.T @ design)[0, 0]))
    return Reading(
        what=what,
        expected=expected,
        got=float(found[0]),
        tolerance=_reach(free) * error,
        allowed=f"{INTERVAL:.1%} interval, luck of the inputs taken out",
        samples=len(values),
        published=published,
        widest=widest,
    )


def repeated(
    what: str,
    expected: float,
    estimates: Sequence[float],
    samples: int,
    *,
    widest: float = inf,
    published: str = "",
    slack: float = 0.0,
) -> Reading:
    """The mean of independent estimates; ``slack`` as in :func:`averaged`."""
    if len(estimates) < 2:
        return _no_sample(what, expected, len(estimates), published, widest)
    error = stdev(estimates) / sqrt(len(estimates))
    return Reading(
        what=what,
        expected=expected,
        got=fmean(estimates),
        tolerance=_reach(len(estimates) - 1) * error + slack,
        allowed=f"{INTERVAL:.1%} interval" + (f" + {slack:g}" if slack else ""),
        samples=samples,
        published=published,
        widest=widest,
    )


def quantile(
    what: str,
    expected: float,
    density: float,
    share: float,
    values: Numbers,
    *,
    widest: float = inf,
    published: str = "",
) -> Reading:
    """A quantile of independent values; ``density`` is the law's at that point."""
    size = max(1, len(values))
    error = sqrt(share * (1.0 - share) / size) / density
    return Reading(
        what=what,
        expected=expected,
        got=float(np.quantile(values, share)) if len(values) else float("nan"),
        tolerance=KNOWN_ERRORS * error,
        allowed=f"{KNOWN_ERRORS:g} standard errors",
        samples=len(values),
        published=published,
        widest=widest,
    )


def _reach(degrees: int) -> float:
    """Standard errors on either side that hold the interval, for a spread known with so many degrees of freedom."""
    from scipy.special import stdtrit  # imported late, as everywhere: it costs a tenth of a second

    return float(stdtrit(degrees, (1.0 + INTERVAL) / 2.0))


def normal_quantile(share: float) -> float:
    """Quantile of the standard normal law."""
    return NormalDist().inv_cdf(share)


def normal_share(value: float) -> float:
    """Distribution function of the standard normal law."""
    return NormalDist().cdf(value)


def _no_sample(what: str, expected: float, size: int, published: str, widest: float) -> Reading:
    return Reading(
        what=what,
        expected=expected,
        got=float("nan"),
        tolerance=float("nan"),
        allowed="no sample",
        samples=size,
        published=published,
        widest=widest,
    )
