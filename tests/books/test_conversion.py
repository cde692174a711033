"""Conversions: what is paid is mid value, spread and rounding, to the last minor unit."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sandbox.books import Conversion
from sandbox.books.conversion import PRICE_SCALE
from sandbox.money import Asset

MIDS = st.integers(1, 10**13)
MARGINS = st.integers(0, 10**12)
UNITS = st.integers(1, 10**14)


@given(UNITS, MIDS, MARGINS)
def test_buying_an_exact_amount_rounds_the_price_up(units: int, mid: int, margin: int) -> None:
    price = mid + margin
    got = Conversion.of_sold(Asset.USDT, Asset.RUB, units, price_e8=price, mid_e8=mid)
    exact = Fraction(units * price, PRICE_SCALE)
    assert got.units_sold == units
    assert 0 <= got.units_paid - exact < 1
    check_parts(got, mid)


@given(UNITS, MIDS, MARGINS)
def test_paying_an_exact_amount_rounds_what_is_bought_down(units: int, mid: int, margin: int) -> None:
    price = mid + margin
    assume(units * PRICE_SCALE >= price)
    got = Conversion.of_paid(Asset.CNY, Asset.BTC, units, price_e8=price, mid_e8=mid)
    exact = Fraction(units * PRICE_SCALE, price)
    assert got.units_paid == units
    assert 0 <= exact - got.units_sold < 1
    check_parts(got, mid)


def check_parts(got: Conversion, mid: int) -> None:
    assert got.units_paid == got.mid_units + got.spread_units + got.rounding_units
    assert got.rounding_units in (0, 1)
    assert got.spread_units >= 0
    mid_value = Fraction(got.units_sold * mid, PRICE_SCALE)
    assert 0 <= mid_value - got.mid_units < 1
    assert 0 <= got.units_paid - mid_value - got.spread_units < 1


def test_an_example_in_full() -> None:
    """1,000.003 USDT at 93.00 roubles with a mid price of 92.1234: all in kopecks."""
    got = Conversion.of_sold(Asset.USDT, Asset.RUB, 1_000_003_000, price_e8=930_000, mid_e8=921_234)
    assert (got.units_paid, got.mid_units, got.spread_units, got.rounding_units) == (
        9_300_028,
        9_212_367,
        87_660,
        1,
    )


@pytest.mark.parametrize(
    ("units", "price", "mid"), [(0, 100, 100), (-5, 100, 100), (10**6, 10**6, 2 * 10**8), (5, 100, 0)]
)
def test_conversions_of_nothing_or_below_mid_are_refused(units: int, price: int, mid: int) -> None:
    with pytest.raises(ValueError, match="nothing or below"):
        Conversion.of_sold(Asset.USDT, Asset.RUB, units, price_e8=price, mid_e8=mid)


def test_odd_conversions_are_refused() -> None:
    with pytest.raises(ValueError, match="itself"):
        Conversion.of_sold(Asset.RUB, Asset.RUB, 5, price_e8=10**8, mid_e8=10**8)
    with pytest.raises(ValueError, match="positive"):
        Conversion.of_paid(Asset.USDT, Asset.RUB, 5, price_e8=0, mid_e8=1)
    with pytest.raises(ValueError, match="nothing"):
        Conversion.of_paid(Asset.BTC, Asset.RUB, 1, price_e8=10**9, mid_e8=10**9)
