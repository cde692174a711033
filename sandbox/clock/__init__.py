"""The clock of a run: whole seconds from the start of a scenario, dates, official calendars, desk hours."""

from sandbox.clock.calendars import CHINA, RUSSIA, Calendar, CalendarYear
from sandbox.clock.hours import ALWAYS, AlwaysOpen, DeskHours, Hours
from sandbox.clock.seconds import DAY, HOUR, MINUTE, MOSCOW_OFFSET_HOURS, Clock

__all__ = [
    "ALWAYS",
    "CHINA",
    "DAY",
    "HOUR",
    "MINUTE",
    "MOSCOW_OFFSET_HOURS",
    "RUSSIA",
    "AlwaysOpen",
    "Calendar",
    "CalendarYear",
    "Clock",
    "DeskHours",
    "Hours",
]
