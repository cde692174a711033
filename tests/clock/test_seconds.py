"""Seconds and dates: Moscow time without clock changes."""

from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from sandbox.clock import DAY, Clock

MOSCOW = timezone(timedelta(hours=3))
STARTS = st.dates(date(2022, 1, 1), date(2028, 12, 31))


@given(STARTS, st.integers(-(10**8), 10**8))
def test_agrees_with_the_standard_library(start: date, second: int) -> None:
    clock = Clock(start)
    moment = datetime(start.year, start.month, start.day, tzinfo=MOSCOW) + timedelta(seconds=second)
    assert clock.date(second) == moment.date()
    assert clock.text(second) == moment.isoformat()
    assert clock.unix(second) == int(moment.astimezone(UTC).timestamp())


@given(STARTS, STARTS, st.integers(0, 23), st.integers(0, 59))
def test_a_time_of_day_comes_back(start: date, day: date, hour: int, minute: int) -> None:
    clock = Clock(start)
    second = clock.second(day, hour, minute)
    assert clock.date(second) == day
    assert second % DAY == hour * 3600 + minute * 60
    assert clock.text(second)[11:16] == f"{hour:02d}:{minute:02d}"


def test_leap_day_and_new_year() -> None:
    clock = Clock(date(2024, 2, 28))
    assert clock.date(DAY) == date(2024, 2, 29)
    assert Clock(date(2024, 12, 31)).text(DAY) == "2025-01-01T00:00:00+03:00"
    assert Clock(date(1970, 1, 1)).unix(0) == -3 * 3600
