"""Strategies of single values: amounts, prices, rates, days, moments, payment orders.

All shrink towards the smallest lawful value: one minor unit, an earlier day, the first party.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import get_args

from hypothesis import strategies as st

from sandbox.books.conversion import PRICE_SCALE
from sandbox.disruptions.export_rule import ExportRule
from sandbox.money import MAX_UNITS, Asset, Rate
from sandbox.payments import Payment
from sandbox.scenario.schema import Category

#: Whole units that an ordinary draw stays below; large enough for any payment of the model.
ORDINARY = 10_000_000

#: Days whose business days the calendars know, with room for a run and its waiting times behind them.
FIRST_DAY, LAST_DAY = date(2024, 1, 1), date(2027, 12, 31)

_COUNTRIES = get_args(ExportRule.model_fields["country"].annotation)
_CATEGORIES = get_args(Category)


def amounts(asset: Asset, most: int = MAX_UNITS) -> st.SearchStrategy[int]:
    """Amounts of an asset in minor units: from 1 to ``most``, the bounds of the unit and of the books among them.

    Small ones, whole units, one unit off a whole one, and anything up to ``most``. Raises ValueError if ``most``
    is below 1.
    """
    if most < 1:
        raise ValueError(f"an amount is at least 1 minor unit, not up to {most}")
    edges = [
        units for units in (1, asset.scale - 1, asset.scale, asset.scale + 1, most - 1, most) if units > 0
    ]
    return st.one_of(
        st.integers(1, min(most, 100)),
        st.sampled_from([units for units in edges if units <= most]),
        st.integers(1, min(most, ORDINARY * asset.scale)),
        st.integers(1, most),
    )


def prices_e8(most: int = 10**12) -> st.SearchStrategy[int]:
    """Prices as the journal keeps them: minor units paid x 10**8 for one minor unit sold.

    Many divide nothing evenly, so that rounding is met.
    """
    return st.one_of(
        st.integers(1, most), st.just(PRICE_SCALE), st.sampled_from([1, PRICE_SCALE // 3, PRICE_SCALE + 1])
    ).filter(lambda price: price <= most)


@st.composite
def asset_rates(draw: st.DrawFn, base: Asset | None = None, quote: Asset | None = None) -> Rate:
    """Exact rates between two assets, from 0.0001 to 10 million whole quote units for a whole base unit."""
    assets = st.sampled_from(list(Asset))
    base = draw(assets) if base is None else base
    quote = draw(assets.filter(lambda asset: asset is not base)) if quote is None else quote
    price = draw(st.decimals(Decimal("0.0001"), 10_000_000, places=4, allow_nan=False, allow_infinity=False))
    return Rate.of(base, quote, price)


def days(first: date = FIRST_DAY, last: date = LAST_DAY) -> st.SearchStrategy[date]:
    """Days that the calendars know, weekends and holidays included."""
    return st.dates(first, last)


@lru_cache(maxsize=64)
def _seconds_below(seconds: int) -> st.SearchStrategy[int]:
    """Midnights, whole minutes, and any second."""
    return st.one_of(
        st.integers(0, (seconds - 1) // 86_400).map(lambda day: day * 86_400),
        st.integers(0, (seconds - 1) // 60).map(lambda minute: minute * 60),
        st.integers(0, seconds - 1),
    )


@st.composite
def moments(draw: st.DrawFn, start: date = FIRST_DAY, seconds: int = 86_400) -> str:
    """Moments of Moscow time as a scenario writes them, less than ``seconds`` after midnight of ``start``.

    Whole days, whole minutes and odd seconds; the form is the shortest that says it.
    """
    after = draw(_seconds_below(seconds))
    moment = datetime(start.year, start.month, start.day) + timedelta(seconds=after)  # noqa: DTZ001 - Moscow time
    if after % 86_400 == 0:
        return moment.date().isoformat()
    return moment.isoformat(timespec="minutes" if after % 60 == 0 else "seconds")


@st.composite
def orders(
    draw: st.DrawFn, importers: int = 5, suppliers: int = 5, banks: int = 2, numbers: int = 1_000
) -> Payment:
    """Payment orders before their first state: any parties, goods, terms and sums; nothing has happened to them.

    The payout is the invoice itself in dollars, or 6.0 to 9.0 times as many fen in yuan.
    """
    invoice = draw(amounts(Asset.USD, ORDINARY * 100))
    created = draw(st.integers(0, 30 * 86_400))
    prepaid = draw(st.booleans())
    currency = draw(st.sampled_from([Asset.USD, Asset.CNY]))
    tenths = 10 if currency is Asset.USD else draw(st.integers(60, 90))
    return Payment(
        number=draw(st.integers(0, numbers - 1)),
        created=created,
        importer=draw(st.integers(0, importers - 1)),
        supplier=draw(st.integers(0, suppliers - 1)),
        bank=draw(st.integers(0, banks - 1)),
        country=draw(st.sampled_from(_COUNTRIES)),
        category=draw(st.sampled_from(_CATEGORIES)),
        prepaid=prepaid,
        currency=currency,
        invoice_cents=invoice,
        payout_units=max(1, invoice * tenths // 10),
        due=-1 if prepaid else created + draw(st.integers(1, 90 * 86_400)),
        prohibited=draw(st.booleans()),
        export_refused=draw(st.booleans()),
    )
