"""Strangers' transactions as virtual weight: they compete for block space without being built.

Per block, a histogram says how much weight is offered at each feerate. A transaction of ours fits if the
weight that pays at least as much leaves it room. The same weight is offered for every block, so that blocks
which nobody waits for can be left out without changing the others.
"""

from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate


class BackgroundTraffic:
    """Weight offered per block at each feerate, and a factor on all feerates while fees spike."""

    def __init__(self, levels: Iterable[tuple[float, int]], spike: float = 1) -> None:
        """``levels`` are (feerate in satoshi a virtual byte, weight units a block), in any order.

        Raises ValueError for a negative feerate or weight, or a spike that is not positive.
        """
        self.levels = tuple(sorted(levels))
        if spike <= 0 or any(feerate < 0 or weight < 0 for feerate, weight in self.levels):
            raise ValueError("feerates and weights are not negative, and a spike is positive")
        self.spike = spike
        self._feerates = [feerate * spike for feerate, _ in self.levels]
        # Weight at this level and all above it; behind the last level nothing.
        falling = list(accumulate(weight for _, weight in reversed(self.levels)))
        self._at_least = [*reversed(falling), 0]

    def __call__(self, feerate_sat_vb: float) -> int:
        """Weight units a block that pay at least ``feerate_sat_vb``."""
        return self._at_least[bisect_left(self._feerates, feerate_sat_vb)]

    def spiking(self, factor: float) -> "BackgroundTraffic":
        """The same traffic with its ordinary feerates times ``factor``."""
        return BackgroundTraffic(self.levels, factor)
