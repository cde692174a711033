"""Whether one cell's whole distribution over replications lies below another's: gaps of quantiles, redrawn together.

A mean, or an expected shortfall, may be lower where the bad years are worse. First-order stochastic order asks more:
each quantile of the one is below the same quantile of the other. Replications are redrawn whole, as in every bootstrap
here, so that the common luck of both cells stays common. Quantiles with fewer than two replications beyond them are
left out: no redrawing shows what lies beyond the last value.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from sandbox.experiment.cells import Values
from sandbox.experiment.inference import FEWEST_BLOCKS, Resampled
from sandbox.randomness import Streams

_RESAMPLES = 4_000
#: Replications that must lie beyond a quantile on either side.
_BEYOND = 2


def quantile_gaps(of: Values, to: Values, quantiles: Sequence[float]) -> Mapping[float, Resampled]:
    """The gap of each quantile that so many replications can tell, first cell less second; empty: none."""
    both = np.isfinite(of) & np.isfinite(to)
    of, to = of[both], to[both]
    n = int(of.size)
    told = [q for q in quantiles if round(n * min(q, 1 - q), 9) >= _BEYOND]
    if n < FEWEST_BLOCKS or not told:
        return {}
    uniforms = Streams(1, 0).named("experiment/bootstrap").uniforms(_RESAMPLES * n)
    picks = (uniforms * n).astype(np.int64).reshape(_RESAMPLES, n)
    effects = np.quantile(of, told) - np.quantile(to, told)
    drawn = np.quantile(of[picks], told, axis=1) - np.quantile(to[picks], told, axis=1)
    return {
        q: Resampled(float(effect), n, tuple(np.sort(row).tolist()))
        for q, effect, row in zip(told, effects, drawn, strict=True)
    }
