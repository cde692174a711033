"""When the next event of a rate that changes on known days comes: exact, and blind to changes after it."""

from collections.abc import Sequence

#: (second from which it holds, events a year), ascending; the first holds before its second too.
DatedRate = Sequence[tuple[int, float]]

_YEAR = 365 * 86_400


def arrival(now: int, needed: float, rates: DatedRate) -> int | None:
    """The second at which a unit exponential draw is used up, counted from ``now``; None: never.

    A rate of r events a year uses up r of the draw in a year. What is changed after the answer does not move it, so
    that a run whose later rates are not decided yet begins like the run in which they are.
    """
    for place, (since, rate) in enumerate(rates):
        until = rates[place + 1][0] if place + 1 < len(rates) else None
        if until is not None and until <= now:
            continue
        begins = now if place == 0 else max(now, since)
        ends = begins + needed * _YEAR / rate if rate > 0 else None
        if ends is not None and (until is None or ends < until):
            return max(now + 1, int(ends))
        if until is None:
            return None
        needed -= (until - begins) * rate / _YEAR
    return None
