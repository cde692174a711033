"""What an unquoted value means, and which ones mean nothing here."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.scenario.scalars import Reading, looks_like_number, looks_not_finite, resolve


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("no", "no"),
        ("Yes", "Yes"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("", None),
        ("~", None),
        ("null", None),
        ("0", 0),
        ("-7", -7),
        ("+7", 7),
        ("999999999999999999", 999999999999999999),
        (".46", 0.46),
        ("-0.5", -0.5),
        ("5.", 5.0),
        ("2024-06-03", "2024-06-03"),
        ("820d", "820d"),
        ("1,000.50", "1,000.50"),
        ("1.2.3", "1.2.3"),
        ("+", "+"),
        ("-", "-"),
        (".", "."),
        ("1e", "1e"),
    ],
)
def test_plain_values(text: str, value: object) -> None:
    reading = resolve(text, True)
    assert reading == Reading(value)  # type: ignore[arg-type]
    assert type(reading.value) is type(value)


@pytest.mark.parametrize(
    "text",
    ["1e3", "1E-3", ".5e2", "1_000", "0x10", "0o10", "0b11", "010", "-08", "00.5", "1:30", "12:30:00",
     "9" * 19, "9" * 5_000, "0." + "1" * 400, "1_0.5", "1.5e1000000"],
)  # fmt: skip
def test_traps_are_refused_and_no_number_is_made(text: str) -> None:
    reading = resolve(text, True)
    assert (reading.value, reading.problem) == (None, "number_format")
    assert reading.advice


@pytest.mark.parametrize("text", [".nan", ".NaN", ".inf", "-.inf", "+.INF"])
def test_numbers_are_finite(text: str) -> None:
    assert resolve(text, True).problem == "not_finite"


@given(st.text())
def test_quoted_text_is_always_that_text(text: str) -> None:
    assert resolve(text, False) == Reading(text)


@given(st.text(max_size=60))
def test_a_plain_value_is_read_or_refused_never_changed(text: str) -> None:
    reading = resolve(text, True)
    if isinstance(reading.value, str):
        assert reading.value == text


@given(st.integers(-(10**18) + 1, 10**18 - 1))
def test_whole_numbers_of_eighteen_digits_are_exact(number: int) -> None:
    assert resolve(str(number), True).value == number


@pytest.mark.parametrize("text", ["1,000.50", "1 000", "1.000,50", "١٢٣", "１２", "1e3", "1'000"])
def test_foreign_ways_to_write_numbers_are_recognised(text: str) -> None:
    assert looks_like_number(text)


@pytest.mark.parametrize("text", ["ten", "10d", "2024-06-03", "", "v1"])
def test_other_text_is_not_taken_for_a_number(text: str) -> None:
    assert not looks_like_number(text)


def test_words_for_infinity() -> None:
    assert all(looks_not_finite(text) for text in ("NaN", "inf", "-Infinity", ".nan"))
    assert not looks_not_finite("information")
