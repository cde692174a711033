"""Money: whole minor units of an asset, exact rates, and rounding that is named.

No float ever holds money. A rate is an exact fraction of minor units; what a division leaves over is
returned beside the result so that the books can post it to a rounding account.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, IntEnum
from fractions import Fraction


class Asset(IntEnum):
    """A settlement asset or currency; codes stand in the journal, so they are never renumbered."""

    RUB = 1
    USD = 2
    CNY = 3
    TRY = 4
    AED = 5
    USDT = 6
    BTC = 7
    DRUB = 8
    DFA = 9

    @property
    def decimals(self) -> int:
        """Decimal places of the minor unit."""
        return _DECIMALS[self]

    @property
    def scale(self) -> int:
        """Minor units in one whole unit."""
        return _SCALE[self]


_DECIMALS = {
    Asset.RUB: 2,
    Asset.USD: 2,
    Asset.CNY: 2,
    Asset.TRY: 2,
    Asset.AED: 2,
    Asset.USDT: 6,
    Asset.BTC: 8,
    Asset.DRUB: 2,
    Asset.DFA: 2,
}
_SCALE: dict[Asset, int] = {asset: 10**places for asset, places in _DECIMALS.items()}

#: Largest amount a journal column holds.
MAX_UNITS = 2**63 - 1

_AMOUNT = re.compile(r"^(0|[1-9]\d{0,17})(\.\d{1,8})?\Z", re.ASCII)


class Rounding(Enum):
    """How a conversion treats the part of a minor unit that cannot be paid."""

    DOWN = "down"  #: towards zero: the payer keeps nothing extra, the remainder is the rounding account's
    HALF_EVEN = "half_even"  #: nearest, ties to even: for reporting, never for a transfer
    UP = "up"  #: away from zero: the seller is never short


@dataclass(frozen=True, slots=True)
class Rate:
    """Price of one minor unit of ``base`` in minor units of ``quote``, as an exact fraction."""

    base: Asset
    quote: Asset
    per_unit: Fraction

    @classmethod
    def of(cls, base: Asset, quote: Asset, price: float | int | Decimal | Fraction) -> "Rate":
        """The rate at which one whole ``base`` costs ``price`` whole ``quote``, kept to 10 decimal places.

        Raises ValueError if the price is not positive after that rounding.
        """
        exact = Fraction(round(Fraction(price) * 10**10), 10**10)
        if exact <= 0:
            raise ValueError(f"a price must be positive, not {price}")
        return cls(base, quote, exact * quote.scale / base.scale)

    @property
    def price(self) -> Fraction:
        """Whole quote units for one whole base unit."""
        return self.per_unit * self.base.scale / self.quote.scale

    def inverse(self) -> "Rate":
        """The same price seen from the other side, exactly."""
        return Rate(self.quote, self.base, 1 / self.per_unit)

    def cross(self, other: "Rate") -> "Rate":
        """``self`` then ``other``: base of the one in quote of the other, exactly."""
        if self.quote is not other.base:
            raise ValueError(f"{self.quote.name} does not meet {other.base.name}")
        return Rate(self.base, other.quote, self.per_unit * other.per_unit)

    def convert(self, units: int, rounding: Rounding = Rounding.DOWN) -> tuple[int, Fraction]:
        """Minor units of ``quote`` for ``units`` of ``base``, and the remainder (exact minus paid)."""
        exact = units * self.per_unit
        whole = rounded(exact, rounding)
        return whole, exact - whole


def rounded(exact: Fraction, rounding: Rounding) -> int:
    """A whole number of minor units from an exact fraction."""
    if rounding is Rounding.HALF_EVEN:
        return round(exact)
    floor = exact.numerator // exact.denominator
    if rounding is Rounding.UP and exact != floor:
        return floor + 1 if exact > 0 else floor
    if rounding is Rounding.DOWN and exact < 0 and exact != floor:
        return floor + 1
    return floor


def parse_units(text: str, asset: Asset) -> int:
    """Minor units of an amount written as plain decimal digits ("1000.50").

    The text is matched before any conversion: an exponent in nine bytes can ask for minutes of work.
    Raises ValueError naming what is wrong.
    """
    if not _AMOUNT.match(text):
        raise ValueError(f"an amount is plain digits with at most {asset.decimals} decimals")
    whole, _, part = text.partition(".")
    if len(part.rstrip("0")) > asset.decimals:
        raise ValueError(f"{asset.name} has {asset.decimals} decimals")
    units = int(whole) * asset.scale + int(part.ljust(asset.decimals, "0")[: asset.decimals] or "0")
    if units > MAX_UNITS:
        raise ValueError(f"an amount is at most {MAX_UNITS} minor units")
    return units


def format_units(units: int, asset: Asset) -> str:
    """The amount in whole units with all its decimals and thousands set off by commas: ``1,234.50 CNY``."""
    sign = "-" if units < 0 else ""
    whole, part = divmod(abs(units), asset.scale)
    return f"{sign}{whole:,}.{part:0{asset.decimals}d} {asset.name}"
