"""When a desk works: open intervals in seconds, found by bisection.

An interval is open at its first second and closed at its last: work that ends exactly at closing time ends
that day.
"""

from bisect import bisect_right
from datetime import date
from typing import Protocol

from sandbox.clock.calendars import Calendar
from sandbox.clock.seconds import DAY, HOUR, MOSCOW_OFFSET_HOURS, Clock


class Hours(Protocol):
    """What a queue and an actor ask of a timetable; all answers are whole seconds."""

    def is_open(self, second: int) -> bool:
        """Whether the desk works at ``second``."""

    def next_open(self, second: int) -> int:
        """The first second >= ``second`` at which the desk works."""

    def finish(self, start: int, working_seconds: int) -> int:
        """The first second by which ``working_seconds`` have been worked since ``start``."""

    def working_seconds(self, start: int, end: int) -> int:
        """Seconds of open desk in [start, end)."""

    def business_days_after(self, second: int, days: int) -> int:
        """The same time of day ``days`` business days later."""

    def is_business_day(self, day: date) -> bool:
        """Whether the desk opens on ``day``."""


class AlwaysOpen:
    """A timetable without nights, weekends or holidays."""

    def is_open(self, second: int) -> bool:
        """True."""
        return True

    def next_open(self, second: int) -> int:
        """``second`` itself."""
        return second

    def finish(self, start: int, working_seconds: int) -> int:
        """``start`` plus the work."""
        return start + working_seconds

    def working_seconds(self, start: int, end: int) -> int:
        """The whole interval."""
        return end - start

    def business_days_after(self, second: int, days: int) -> int:
        """``days`` calendar days later: every day is a business day."""
        return second + days * DAY

    def is_business_day(self, day: date) -> bool:
        """True."""
        return True


ALWAYS = AlwaysOpen()
"""The timetable that never closes."""


class DeskHours:
    """Office hours on the business days of a calendar, in the desk's own time zone.

    ``horizon_days`` sets how far the intervals are laid out at first; a later question lays out more, up to
    the end of the calendar, after which ValueError is raised.
    """

    def __init__(
        self,
        clock: Clock,
        calendar: Calendar,
        opens_hour: int,
        closes_hour: int,
        utc_offset_hours: int = MOSCOW_OFFSET_HOURS,
        horizon_days: int = 400,
    ) -> None:
        if not 0 <= opens_hour < closes_hour <= 24:
            raise ValueError(f"a desk opens before it closes within one day, not {opens_hour}-{closes_hour}")
        self._calendar = calendar
        self._length = (closes_hour - opens_hour) * HOUR
        self._first = clock.start.toordinal()
        self._shift = (MOSCOW_OFFSET_HOURS - utc_offset_hours) * HOUR
        self._opens = opens_hour * HOUR
        # At second 0 the desk's local day is yesterday if the desk lies west of Moscow.
        self._laid_out = self._local_day(0)
        self._days: list[int] = []
        self._starts: list[int] = []
        self._lay_out(max(1, horizon_days))

    def is_open(self, second: int) -> bool:
        """Whether the desk works at ``second``."""
        i = self._interval_before(second)
        return i >= 0 and second < self._starts[i] + self._length

    def next_open(self, second: int) -> int:
        """The first second >= ``second`` at which the desk works."""
        i = self._interval_before(second)
        if i >= 0 and second < self._starts[i] + self._length:
            return second
        return self._starts[i + 1]

    def finish(self, start: int, working_seconds: int) -> int:
        """The first second by which ``working_seconds`` have been worked since ``start``; 0 ends at once."""
        if working_seconds <= 0:
            return start
        days, rest = divmod(self._worked_before(start) + working_seconds, self._length)
        if rest == 0:
            days, rest = days - 1, self._length
        while days >= len(self._starts):
            self._lay_out(len(self._days))
        return self._starts[days] + rest

    def working_seconds(self, start: int, end: int) -> int:
        """Seconds of open desk in [start, end)."""
        return self._worked_before(end) - self._worked_before(start)

    def business_days_after(self, second: int, days: int) -> int:
        """The same time of day on the ``days``-th business day after the desk's local day of ``second``.

        0 gives ``second`` itself, even on a day off.
        """
        if days <= 0:
            return second
        today = self._local_day(second)
        i = bisect_right(self._days, today) + days - 1
        while i >= len(self._days):
            self._lay_out(max(days, len(self._days)))
            i = bisect_right(self._days, today) + days - 1
        return second + (self._days[i] - today) * DAY

    def is_business_day(self, day: date) -> bool:
        """Whether the desk opens on ``day``."""
        return self._calendar.is_business_day(day)

    def _local_day(self, second: int) -> int:
        return (second - self._shift) // DAY

    def _interval_before(self, second: int) -> int:
        """Index of the last interval that starts at or before ``second`` (-1: none), with one known after."""
        while second >= self._starts[-1]:
            self._lay_out(len(self._days))
        return bisect_right(self._starts, second) - 1

    def _worked_before(self, second: int) -> int:
        i = self._interval_before(second)
        return 0 if i < 0 else i * self._length + min(second - self._starts[i], self._length)

    def _lay_out(self, business_days: int) -> None:
        """Append at least one and about ``business_days`` intervals, stopping at the calendar's last day."""
        last = date(self._calendar.years[-1].year, 12, 31).toordinal() - self._first
        wanted = len(self._days) + business_days
        if self._laid_out > last:
            year = self._calendar.years[-1].year
            raise ValueError(f"the calendar of {self._calendar.name} ends with {year}")
        while len(self._days) < wanted and self._laid_out <= last:
            day = self._laid_out
            if self._calendar.is_business_day(date.fromordinal(self._first + day)):
                self._days.append(day)
                self._starts.append(day * DAY + self._opens + self._shift)
            self._laid_out += 1
