"""Lengths of time as people write them: ``820d``, ``6h``, ``90m``, ``57s``.

Months and years are refused: they have no fixed length.
"""

import re

_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_DURATION = re.compile(r"^(0|[1-9]\d{0,9})([dhms])\Z", re.ASCII)
_CALENDAR_WORDS = re.compile(r"^P|mo|month|[yY]|year|^\d+\s*M", re.ASCII)

#: A century: longer than any scenario, short enough that sums of durations fit every column.
MAX_SECONDS = 36_525 * 86_400


def parse_duration(text: str) -> int:
    """Seconds of a whole number with one unit: d(ays), h(ours), m(inutes) or s(econds).

    Raises ValueError that says what is allowed, and for months and years why they are not.
    """
    match = _DURATION.match(text)
    if match is None:
        if _CALENDAR_WORDS.search(text[:40]):
            raise ValueError("months and years have no fixed length; write days, as in 30d or 365d")
        raise ValueError("a duration is a whole number and one of d, h, m, s, as in 820d, 6h, 90m, 57s")
    seconds = int(match[1]) * _UNITS[match[2]]
    if seconds > MAX_SECONDS:
        raise ValueError(f"a duration is at most {MAX_SECONDS // _UNITS['d']}d")
    return seconds


def format_duration(seconds: int) -> str:
    """Exact text in the largest unit that divides ``seconds``; ``parse_duration`` reads it back."""
    if seconds < 0:
        raise ValueError(f"a duration is not negative: {seconds}")
    for unit, size in _UNITS.items():
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return "0s"
