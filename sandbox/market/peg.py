"""The stablecoin's peg: it breaks by a jump and comes back exponentially.

The deviation from one dollar is the sum over the breaks so far of ``size * 2^(-age / half-life)``.
"""

from typing import NamedTuple

from sandbox.randomness import Stream

_HOUR, _YEAR = 3_600, 365 * 86_400

#: A deviation below this is none: it is far less than any spread.
_NOTHING = 1e-6

#: The token is never worth less than this: a price has to stay a price.
_LEAST = 0.01


class Break(NamedTuple):
    """One break of the peg."""

    second: int
    size: float
    """Share of the dollar that the token loses at once."""
    halflife: int
    """Seconds until half of it has come back."""


class Peg:
    """Dollars for one token, hour by hour."""

    def __init__(self, breaks: list[Break] | None = None) -> None:
        self.breaks = sorted(breaks or [])

    def add(self, new: Break) -> None:
        """The peg breaks (once more)."""
        self.breaks = sorted([*self.breaks, new])

    def deviation(self, second: int) -> float:
        """What the token lacks to a dollar: at the second of a break, then as at the last full hour."""
        hour = second // _HOUR * _HOUR
        lost = 0.0
        for broken in self.breaks:
            if broken.second > second:
                break
            lost += broken.size * 2.0 ** (-max(0, hour - broken.second) / broken.halflife)
        return min(1.0 - _LEAST, lost) if lost > _NOTHING else 0.0

    def usd(self, second: int) -> float:
        """Dollars for one token."""
        return 1.0 - self.deviation(second) if self.breaks else 1.0


def random_breaks(
    stream: Stream, horizon: int, rate: float, size: float, halflife_hours: float
) -> list[Break]:
    """Breaks at ``rate`` a year with exponential sizes of this mean, until the horizon."""
    breaks: list[Break] = []
    second = 0.0
    while rate > 0:
        second += stream.exponential(_YEAR / rate)
        drawn = stream.exponential(size)
        if second >= horizon:
            break
        breaks.append(Break(int(second), drawn, max(1, round(halflife_hours * _HOUR))))
    return breaks
