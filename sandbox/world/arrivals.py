"""Block arrivals that drift: computing power grows all the time, difficulty follows in steps.

Published studies of the chain (Bowden and others) find that blocks do not come as a homogeneous Poisson process.
The one departure modelled here is the growth of computing power between two adjustments of difficulty: each period
begins a little fast, because its difficulty was set from the period before, and ends faster. Measurement errors of
block times, changes of growth itself and the network's delay are left out.
"""

from math import exp

from sandbox.rail import Ground
from sandbox.randomness import Stream

_YEAR = 365 * 86_400


class DriftedArrivals:
    """Times between blocks with a mean that falls within each difficulty period."""

    def __init__(self, ground: Ground, stream: Stream) -> None:
        self._ground = ground
        self._stream = stream

    def exponential(self, mean: float, /) -> float:
        """The time to the next block; ``mean`` is what difficulty aims at."""
        return self._stream.exponential(mean * self.factor(mean))

    def factor(self, mean: float) -> float:
        """The present mean as a share of ``mean``.

        With growth g a period, difficulty fits the mean power of the period before: ``(e^g - 1) / g`` of that at its
        beginning; a share x into this period the power is ``e^(g (1 + x))`` of it.
        """
        number = self._ground.number
        length = number("btc.difficulty_period_blocks") * mean
        growth = number("btc.hashrate_growth") * length / _YEAR
        if growth == 0:
            return 1.0
        share = self._ground.now % length / length
        return (exp(growth) - 1.0) / growth / exp(growth * (1.0 + share))
