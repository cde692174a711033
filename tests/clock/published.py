"""Write ``published_calendars.txt``: the working days that published packages give, to compare with ours.

Run by hand, in an environment of its own, when a year's act appears::

    pip install holidays chinesecalendar
    python tests/clock/published.py > tests/clock/published_calendars.txt

A line is a country, a year, the package that was asked, the weekdays it closes, and the weekend days on which it has
people work. The packages are the work of others who read the same acts; the project does not depend on them.
"""

from collections.abc import Callable
from datetime import date, timedelta
from importlib.metadata import version

import chinese_calendar
import holidays

YEARS = range(2022, 2030)


def line(country: str, year: int, package: str, works: Callable[[date], bool]) -> str:
    """One line of the file."""
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
    closed = [f"{day:%m-%d}" for day in days if day.weekday() < 5 and not works(day)]
    worked = [f"{day:%m-%d}" for day in days if day.weekday() >= 5 and works(day)]
    return (
        f"{country} {year} {package}=={version(package)} | {' '.join(closed)} | {' '.join(worked)}".rstrip()
    )


for year in YEARS:
    for country, code in (("Russia", "RU"), ("China", "CN")):
        table = holidays.country_holidays(code, years=year)
        print(line(country, year, "holidays", table.is_working_day))
    if year <= 2026:
        print(line("China", year, "chinesecalendar", chinese_calendar.is_workday))
