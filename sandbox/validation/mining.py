"""Mining: what the country's miners bring forth in a year."""

from collections.abc import Callable, Sequence
from datetime import date

from sandbox.actors.miner import Output, national_rate
from sandbox.clock import DAY
from sandbox.money import Asset
from sandbox.validation.laboratory import laboratory
from sandbox.validation.misfit import Sample
from sandbox.validation.reading import Effort, Reading, fixed

#: Reported for 2023 and 2024.
REPORTED = {2023: 54_000, 2024: 35_000}

#: Bitcoin issued a day: 144 blocks of 6.25 until the halving of 20 April 2024, of 3.125 from then on.
_BEFORE, _AFTER, _HALVING = 900, 450, date(2024, 4, 20)


def mined_in(year: int) -> tuple[float, int]:
    """Bitcoin brought forth in a year, sold day by day, and days in it."""
    ground = laboratory({"miner.share_mined_to_elr": 1.0}, start=date(year, 1, 1))
    days = (date(year + 1, 1, 1) - date(year, 1, 1)).days
    output, sold = Output(national_rate(ground)), 0
    for day in range(1, days + 1):
        sold += output.at(day * DAY)
        output.ready = 0
    return sold / Asset.BTC.scale, days


def _issued(year: int) -> int:
    first, end = date(year, 1, 1), date(year + 1, 1, 1)
    before = max(0, (min(end, _HALVING) - first).days)
    return before * _BEFORE + ((end - first).days - before) * _AFTER


def year_of_mining(effort: Effort) -> Sequence[Reading]:
    """V20: the share of 2023 in the issuance of 2024, beside what the component brings forth."""
    by_share = REPORTED[2023] / _issued(2023) * _issued(2024)
    got, days = mined_in(2024)
    uneven = Output(rate=100_000_007)
    taken = 0
    for second in range(0, 10 * DAY + 1, 7_919):
        taken += uneven.at(second)
        uneven.ready = 0
    last = 10 * DAY // 7_919 * 7_919
    return [
        fixed(f"bitcoin of {days} days of 2024", by_share, got, 0.05 * by_share, "35211"),
        fixed("the same beside the report", REPORTED[2024], got, 0.05 * REPORTED[2024], "35000"),
        fixed("satoshi of an uneven rate, taken in pieces", 100_000_007 * last // DAY, taken, 0.0),
    ]


def pattern(year: int) -> Callable[[Effort], Sample]:
    """T10: the year's bitcoin."""
    return lambda effort: Sample(mined_in(year)[0], 0.0, 0)
