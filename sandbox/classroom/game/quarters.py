"""The game's calendar: eight quarters from 1 January 2025."""

from datetime import date, timedelta

#: Quarters of a game.
LAST = 8
#: The regime opens on the game's first day.
START = date(2025, 1, 1)
#: Days at a quarter's end whose orders are not measured: they would not have had time to end.
UNMEASURED_DAYS = 14


def begins(quarter: int) -> date:
    """First day of a quarter (1 to LAST; LAST + 1: the day after the game)."""
    year, month = divmod((quarter - 1) * 3, 12)
    return date(START.year + year, month + 1, 1)


def days_before(quarter: int) -> int:
    """Days from the game's start to the quarter's first day."""
    return (begins(quarter) - START).days


def day_of(quarter: int, day: int) -> date:
    """The ``day``-th day of a quarter, counted from 1."""
    return begins(quarter) + timedelta(days=day - 1)
