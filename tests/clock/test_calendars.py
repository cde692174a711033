"""Official calendars: counts of working days and days that are easily got wrong."""

from datetime import date, timedelta

import pytest

from sandbox.clock import CHINA, RUSSIA, Calendar


def working_days(calendar: Calendar, year: int) -> int:
    first = date(year, 1, 1)
    days = (date(year + 1, 1, 1) - first).days
    return sum(calendar.is_business_day(first + timedelta(days=n)) for n in range(days))


@pytest.mark.parametrize(("year", "days"), [(2024, 248), (2025, 247), (2026, 247)])
def test_russian_production_calendar_has_the_announced_working_days(year: int, days: int) -> None:
    assert working_days(RUSSIA, year) == days


@pytest.mark.parametrize(("year", "days"), [(2024, 251), (2025, 248), (2026, 248)])
def test_chinese_notices_make_these_working_days(year: int, days: int) -> None:
    # 365 or 366 days less 104 or 105 weekend days less the statutory days (11 in 2024, 13 since 2025).
    assert working_days(CHINA, year) == days


@pytest.mark.parametrize("day", ["2024-04-27", "2024-11-02", "2024-12-28", "2025-11-01"])
def test_russian_saturdays_that_are_worked(day: str) -> None:
    assert date.fromisoformat(day).weekday() == 5
    assert RUSSIA.is_business_day(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2024-12-31", "2025-05-02", "2025-06-13", "2026-03-09", "2026-01-09"])
def test_russian_days_off_moved_to_weekdays(day: str) -> None:
    assert not RUSSIA.is_business_day(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2024-09-14", "2024-09-29", "2025-01-26", "2026-02-28"])
def test_chinese_weekends_that_are_worked(day: str) -> None:
    assert date.fromisoformat(day).weekday() >= 5
    assert CHINA.is_business_day(date.fromisoformat(day))


@pytest.mark.parametrize("calendar", [RUSSIA, CHINA])
def test_lists_name_weekdays_as_closed_and_weekends_as_worked(calendar: Calendar) -> None:
    for ordinal in calendar._closed:
        assert date.fromordinal(ordinal).weekday() < 5
    for ordinal in calendar._worked:
        assert date.fromordinal(ordinal).weekday() >= 5


@pytest.mark.parametrize("calendar", [RUSSIA, CHINA])
def test_every_year_has_a_source_and_a_confidence(calendar: Calendar) -> None:
    assert [year.year for year in calendar.years] == [2024, 2025, 2026, 2027, 2028]
    for year in calendar.years:
        assert len(year.source) > 30
        assert year.confidence == ("high" if year.year <= 2026 else "low")


@pytest.mark.parametrize("calendar", [RUSSIA, CHINA])
@pytest.mark.parametrize("day", [date(2023, 12, 31), date(2029, 1, 1)])
def test_a_date_outside_the_calendar_is_refused(calendar: Calendar, day: date) -> None:
    with pytest.raises(ValueError, match="2024-2028"):
        calendar.is_business_day(day)
