"""Money: conversions lose nothing unnamed, and text is matched before it is computed with."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.money import MAX_UNITS, Asset, Rate, Rounding, format_units, parse_units, rounded

ASSETS = st.sampled_from(list(Asset))
PRICES = st.fractions(min_value=Fraction(1, 10**6), max_value=10**9, max_denominator=10**6)
UNITS = st.integers(0, 10**15)


def test_decimals_are_those_of_the_assets() -> None:
    places = {"RUB": 2, "USD": 2, "CNY": 2, "TRY": 2, "AED": 2, "USDT": 6, "BTC": 8, "DRUB": 2, "DFA": 2}
    assert {asset.name: asset.decimals for asset in Asset} == places
    assert all(asset.scale == 10**asset.decimals for asset in Asset)


def test_codes_of_assets_are_frozen_in_the_journal() -> None:
    assert [(a.name, int(a)) for a in Asset] == [
        ("RUB", 1),
        ("USD", 2),
        ("CNY", 3),
        ("TRY", 4),
        ("AED", 5),
        ("USDT", 6),
        ("BTC", 7),
        ("DRUB", 8),
        ("DFA", 9),
    ]


@given(ASSETS, ASSETS, PRICES, UNITS, st.sampled_from(list(Rounding)))
def test_what_is_paid_and_the_remainder_make_the_exact_value(
    base: Asset, quote: Asset, price: Fraction, units: int, rounding: Rounding
) -> None:
    rate = Rate.of(base, quote, price)
    paid, remainder = rate.convert(units, rounding)
    assert type(paid) is int
    assert paid + remainder == units * rate.per_unit
    assert abs(remainder) < 1
    if rounding is Rounding.DOWN:
        assert remainder >= 0
    if rounding is Rounding.UP:
        assert remainder <= 0


@given(st.fractions(-100, 100, max_denominator=50))
def test_directions_of_rounding(exact: Fraction) -> None:
    down, up, even = (rounded(exact, r) for r in (Rounding.DOWN, Rounding.UP, Rounding.HALF_EVEN))
    assert abs(down) <= abs(exact) <= abs(up)
    assert {down, up} >= {even} and abs(even - exact) <= Fraction(1, 2)
    if abs(even - exact) == Fraction(1, 2):
        assert even % 2 == 0


@given(ASSETS, ASSETS, ASSETS, PRICES, PRICES)
def test_rates_invert_and_cross_exactly(a: Asset, b: Asset, c: Asset, p: Fraction, q: Fraction) -> None:
    first, second = Rate.of(a, b, p), Rate.of(b, c, q)
    assert first.inverse().inverse() == first
    assert first.cross(second).per_unit == first.per_unit * second.per_unit
    assert first.cross(first.inverse()).per_unit == 1


def test_a_price_is_kept_to_ten_places_and_is_positive() -> None:
    assert Rate.of(Asset.USDT, Asset.RUB, 92.5).price == Fraction(185, 2)
    assert Rate.of(Asset.BTC, Asset.USD, Decimal("60000.01")).price == Fraction(6000001, 100)
    for bad in (0, -1, Fraction(1, 10**11)):
        with pytest.raises(ValueError, match="positive"):
            Rate.of(Asset.USD, Asset.RUB, bad)
    with pytest.raises(ValueError, match="does not meet"):
        Rate.of(Asset.USD, Asset.RUB, 90).cross(Rate.of(Asset.CNY, Asset.RUB, 12))


@given(ASSETS, st.integers(0, MAX_UNITS))
def test_text_of_an_amount_reads_back(asset: Asset, units: int) -> None:
    text = format_units(units, asset).removesuffix(f" {asset.name}").replace(",", "")
    assert parse_units(text, asset) == units


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-1",
        "+1",
        "01",
        "1.",
        ".5",
        "1e3",
        "1e1000000",
        "1_000",
        "1,000",
        " 1",
        "1 ",
        "1\n",
        "0x10",
        "٣",
        "NaN",
        "inf",
        "1.001",
        "9" * 19,
        "999999999999999999",
    ],
)
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_units(text, Asset.RUB)


def test_amounts_as_people_write_them() -> None:
    assert parse_units("1000.50", Asset.CNY) == 100_050
    assert parse_units("1000.500000", Asset.CNY) == 100_050
    assert parse_units("0.00000001", Asset.BTC) == 1
    assert format_units(-123_450, Asset.CNY) == "-1,234.50 CNY"
