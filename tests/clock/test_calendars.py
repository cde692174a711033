"""Official calendars: counts of working days and days that are easily got wrong."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from sandbox.clock import CHINA, RUSSIA, Calendar
from sandbox.spec import FIRST_YEAR, LAST_YEAR


def working_days(calendar: Calendar, year: int) -> int:
    first = date(year, 1, 1)
    days = (date(year + 1, 1, 1) - first).days
    return sum(calendar.is_business_day(first + timedelta(days=n)) for n in range(days))


@pytest.mark.parametrize(
    ("year", "days"), [(2022, 247), (2023, 247), (2024, 248), (2025, 247), (2026, 247), (2027, 247)]
)
def test_russian_production_calendar_has_the_announced_working_days(year: int, days: int) -> None:
    assert working_days(RUSSIA, year) == days


@pytest.mark.parametrize(("year", "days"), [(2022, 249), (2023, 249), (2024, 251), (2025, 248), (2026, 248)])
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
    assert [year.year for year in calendar.years] == list(range(FIRST_YEAR, LAST_YEAR + 2))
    for year in calendar.years:
        assert len(year.source) > 30
        if year.year <= 2026:
            assert year.confidence == "high"
    assert calendar.years[-1].confidence == "low"


@pytest.mark.parametrize("calendar", [RUSSIA, CHINA])
@pytest.mark.parametrize("day", [date(2021, 12, 31), date(2030, 1, 1)])
def test_a_date_outside_the_calendar_is_refused(calendar: Calendar, day: date) -> None:
    with pytest.raises(ValueError, match="2022-2029"):
        calendar.is_business_day(day)


#: What published packages say of the same years; ``published.py`` writes it.
PUBLISHED = (Path(__file__).parent / "published_calendars.txt").read_text(encoding="utf-8").splitlines()

#: Where a package differs: it leaves out what the rule of the year (no act is out yet) makes of a coincidence.
#: Unity Day on the weekend's 4 November moves to Monday; the Mid-Autumn Festival on National Day's third day adds one.
DIFFERENT = {("Russia", 2028): {"11-06"}, ("Russia", 2029): {"11-05"}, ("China", 2028): {"10-05"}}


@pytest.mark.parametrize("line", PUBLISHED, ids=lambda line: line.split("|")[0].strip())
def test_published_tables_agree_on_every_day(line: str) -> None:
    what, closed, worked = (part.split() for part in line.split("|"))
    calendar = {"Russia": RUSSIA, "China": CHINA}[what[0]]
    year = int(what[1])
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
    differ = {
        f"{day:%m-%d}"
        for day in days
        if calendar.is_business_day(day)
        != (f"{day:%m-%d}" in worked if day.weekday() >= 5 else f"{day:%m-%d}" not in closed)
    }
    assert differ == DIFFERENT.get((calendar.name, year), set())


def test_every_year_is_compared_and_china_twice_where_an_act_is_out() -> None:
    years = [tuple(line.split()[:2]) for line in PUBLISHED]
    for year in range(FIRST_YEAR, LAST_YEAR + 2):
        assert years.count(("Russia", str(year))) == 1
        assert years.count(("China", str(year))) == (2 if year <= 2026 else 1)
