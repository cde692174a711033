"""Whole simulated seconds and the dates they fall on."""

import datetime
from dataclasses import dataclass, field

MINUTE = 60
HOUR = 3_600
DAY = 86_400

#: Moscow time is UTC+3 all year since 26 October 2014 (Federal Law 248-FZ of 21.07.2014): no clock changes.
MOSCOW_OFFSET_HOURS = 3

_UNIX_EPOCH = datetime.date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Clock:
    """Turns seconds since the scenario's start (00:00 Moscow time of ``start``) into dates and back."""

    start: datetime.date
    """The day whose midnight in Moscow is second 0."""
    _first: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_first", self.start.toordinal())

    def date(self, second: int) -> datetime.date:
        """The Moscow date on which ``second`` falls."""
        return datetime.date.fromordinal(self._first + second // DAY)

    def second(self, day: datetime.date, hour: int = 0, minute: int = 0) -> int:
        """The second at which ``day`` reaches ``hour:minute`` Moscow time; negative before the start."""
        return (day.toordinal() - self._first) * DAY + hour * HOUR + minute * MINUTE

    def text(self, second: int) -> str:
        """ISO 8601 local time with its offset: ``2024-09-01T00:00:00+03:00``."""
        hour, rest = divmod(second % DAY, HOUR)
        minute, left = divmod(rest, MINUTE)
        day = self.date(second).isoformat()
        return f"{day}T{hour:02d}:{minute:02d}:{left:02d}+{MOSCOW_OFFSET_HOURS:02d}:00"

    def unix(self, second: int) -> int:
        """Seconds since 1970-01-01T00:00:00Z, as block headers count them."""
        return (self._first - _UNIX_EPOCH) * DAY - MOSCOW_OFFSET_HOURS * HOUR + second
