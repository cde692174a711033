"""Durations: whole numbers with one unit of fixed length."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.durations import MAX_SECONDS, format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("820d", 70_848_000), ("6h", 21_600), ("90m", 5_400), ("57s", 57), ("0s", 0), ("0d", 0)],
)
def test_reads_each_unit(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@given(st.integers(0, 4_000_000_000).filter(lambda s: s <= MAX_SECONDS))
def test_text_reads_back(seconds: int) -> None:
    assert parse_duration(format_duration(seconds)) == seconds


@given(st.integers(1, 30_000))
def test_the_largest_unit_is_used(days: int) -> None:
    assert format_duration(days * 86_400) == f"{days}d"


@pytest.mark.parametrize("text", ["P1M", "3mo", "2 months", "1y", "2 years", "6M", "P30D"])
def test_months_and_years_are_refused_with_the_reason(text: str) -> None:
    with pytest.raises(ValueError, match="no fixed length"):
        parse_duration(text)


@pytest.mark.parametrize(
    "text",
    ["", "5", "d", "1.5h", "-1d", "+1d", "1 d", "1d ", "1d\n", "01d", "1e3s", "1:30", "1D", "٣d", "1w"],
)
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="whole number"):
        parse_duration(text)


def test_length_is_bounded() -> None:
    assert parse_duration("36525d") == MAX_SECONDS
    for text in ("36526d", "9999999999d"):
        with pytest.raises(ValueError, match="at most 36525d"):
            parse_duration(text)
    with pytest.raises(ValueError, match="negative"):
        format_duration(-1)


@given(st.text(max_size=12))
def test_any_text_gives_seconds_or_value_error(text: str) -> None:
    try:
        seconds = parse_duration(text)
    except ValueError:
        return
    assert 0 <= seconds <= MAX_SECONDS
