"""Official non-working days of Russia and China, year by year, each with its source.

A business day is a Monday to Friday that no act closes, or a weekend day that an act makes a working day.
A date outside the years listed is refused rather than guessed. The last year is there for desks that look beyond a
run's end, which itself lies in an earlier year.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

_ARTICLE_112 = (
    "not announced: the Labour Code's holidays (art. 112); one outside January that falls on a weekend moves "
    "to the next working day, the January weekend days that the government may move are left where they are"
)
_STATUTORY_13 = (
    "not announced: the 13 statutory days of the State Council regulation as amended in November 2024; those "
    "on a weekend are made up on the next working days; no bridges and no working weekends are guessed"
)


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """One year of an official calendar."""

    year: int
    """The year."""
    closed: str
    """Weekdays on which business rests, ``MM-DD`` or ``MM-DD..MM-DD``, separated by blanks."""
    worked: str
    """Weekend days that are working days, in the same form."""
    source: str
    """The act or notice, or the rule applied where none was published."""
    confidence: str
    """``high``: the act is known and another's table of it agrees on every day; ``medium``: the days are those that
    another's table gives from the act; ``low``: a rule in place of an act. ``tests/clock/published.py`` compares."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The business days of one country."""

    name: str
    """The country."""
    years: tuple[CalendarYear, ...]
    """Consecutive years, oldest first."""
    _closed: frozenset[int] = field(init=False, repr=False, compare=False)
    _worked: frozenset[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        closed = frozenset(o for y in self.years for o in _ordinals(y.year, y.closed))
        worked = frozenset(o for y in self.years for o in _ordinals(y.year, y.worked))
        object.__setattr__(self, "_closed", closed)
        object.__setattr__(self, "_worked", worked)

    def is_business_day(self, day: date) -> bool:
        """Whether offices work on ``day``. Raises ValueError outside the years the calendar holds."""
        first, last = self.years[0].year, self.years[-1].year
        if not first <= day.year <= last:
            raise ValueError(f"the calendar of {self.name} holds {first}-{last}, not {day.isoformat()}")
        ordinal = day.toordinal()
        if day.weekday() < 5:
            return ordinal not in self._closed
        return ordinal in self._worked


def _ordinals(year: int, days: str) -> list[int]:
    found: list[int] = []
    for part in days.split():
        first, _, last = part.partition("..")
        start = date.fromisoformat(f"{year}-{first}")
        end = date.fromisoformat(f"{year}-{last or first}")
        while start <= end:
            found.append(start.toordinal())
            start += timedelta(days=1)
    return found


RUSSIA = Calendar(
    "Russia",
    (
        CalendarYear(
            2022,
            "01-03..01-07 02-23 03-07..03-08 05-02..05-03 05-09..05-10 06-13 11-04",
            "03-05",
            "Government resolution 1564 of 16.09.2021 on moving days off in 2022",
            "high",
        ),
        CalendarYear(
            2023,
            "01-02..01-06 02-23..02-24 03-08 05-01 05-08..05-09 06-12 11-06",
            "",
            "Government resolution 1505 of 29.08.2022 on moving days off in 2023",
            "high",
        ),
        CalendarYear(
            2024,
            "01-01..01-05 01-08 02-23 03-08 04-29..05-01 05-09..05-10 06-12 11-04 12-30..12-31",
            "04-27 11-02 12-28",
            "Government resolution 1314 of 10.08.2023 on moving days off in 2024",
            "high",
        ),
        CalendarYear(
            2025,
            "01-01..01-03 01-06..01-08 05-01..05-02 05-08..05-09 06-12..06-13 11-03..11-04 12-31",
            "11-01",
            "Government resolution 1335 of 04.10.2024 on moving days off in 2025",
            "high",
        ),
        CalendarYear(
            2026,
            "01-01..01-02 01-05..01-09 02-23 03-09 05-01 05-11 06-12 11-04 12-31",
            "",
            "Government resolution 1466 of 24.09.2025 on moving days off in 2026",
            "high",
        ),
        CalendarYear(
            2027,
            "01-01 01-04..01-08 02-22..02-23 03-08 05-03 05-10 06-14 11-04..11-05 12-31",
            "02-20",
            "Government resolution on moving days off in 2027, as the package holidays 0.109 gives it",
            "medium",
        ),
        CalendarYear(
            2028,
            "01-03..01-07 02-23 03-08 05-01 05-09 06-12 11-06",
            "",
            _ARTICLE_112,
            "low",
        ),
        CalendarYear(
            2029,
            "01-01..01-05 01-08 02-23 03-08 05-01 05-09 06-12 11-05",
            "",
            _ARTICLE_112,
            "low",
        ),
    ),
)
"""Russia's production calendar (five-day week)."""

CHINA = Calendar(
    "China",
    (
        CalendarYear(
            2022,
            "01-03 01-31..02-04 04-04..04-05 05-02..05-04 06-03 09-12 10-03..10-07",
            "01-29..01-30 04-02 04-24 05-07 10-08..10-09",
            "State Council General Office notice on holidays in 2022 (25.10.2021)",
            "high",
        ),
        CalendarYear(
            2023,
            "01-02 01-23..01-27 04-05 05-01..05-03 06-22..06-23 09-29 10-02..10-06",
            "01-28..01-29 04-23 05-06 06-25 10-07..10-08",
            "State Council General Office notice on holidays in 2023 (08.12.2022)",
            "high",
        ),
        CalendarYear(
            2024,
            "01-01 02-12..02-16 04-04..04-05 05-01..05-03 06-10 09-16..09-17 10-01..10-04 10-07",
            "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
            "State Council General Office notice on holidays in 2024 (25.10.2023)",
            "high",
        ),
        CalendarYear(
            2025,
            "01-01 01-28..01-31 02-03..02-04 04-04 05-01..05-02 05-05 06-02 10-01..10-03 10-06..10-08",
            "01-26 02-08 04-27 09-28 10-11",
            "State Council General Office notice on holidays in 2025 (12.11.2024)",
            "high",
        ),
        CalendarYear(
            2026,
            "01-01..01-02 02-16..02-20 02-23 04-06 05-01 05-04..05-05 06-19 09-25 10-01..10-02 10-05..10-07",
            "01-04 02-14 02-28 05-09 09-20 10-10",
            "State Council General Office notice on holidays in 2026 (04.11.2025)",
            "high",
        ),
        CalendarYear(
            2027,
            "01-01 02-05 02-08..02-10 04-05 05-03..05-04 06-09 09-15 10-01 10-04..10-05",
            "",
            _STATUTORY_13,
            "low",
        ),
        CalendarYear(
            2028,
            "01-03 01-25..01-28 04-04 05-01..05-02 05-29 10-02..10-05",
            "",
            _STATUTORY_13,
            "low",
        ),
        CalendarYear(
            2029,
            "01-01 02-12..02-15 04-04 05-01..05-02 06-18 09-24 10-01..10-03",
            "",
            _STATUTORY_13,
            "low",
        ),
    ),
)
"""Mainland China's office days, working weekends included."""
