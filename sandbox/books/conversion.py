"""The arithmetic of a conversion: mid value, spread and rounding, in whole minor units that add up."""

from typing import NamedTuple

from sandbox.money import Asset

#: Quoted prices are minor units paid for 10**8 minor units sold, as in journal records QUOTED.
PRICE_SCALE = 10**8


def cost_of(units_sold: int, price_e8: int, mid_e8: int) -> tuple[int, int]:
    """Minor units paid for exactly ``units_sold`` at the quoted price, and what they are worth at the mid price."""
    return -(-units_sold * price_e8 // PRICE_SCALE), units_sold * mid_e8 // PRICE_SCALE


class Conversion(NamedTuple):
    """A provider sells ``units_sold`` of one asset to a client who pays ``units_paid`` of another.

    ``units_paid = mid_units + spread_units + rounding_units``: the value at the mid price, the provider's
    margin and the rounding account's 0 or 1.
    """

    sold: Asset
    """Asset the client receives."""
    paid: Asset
    """Asset the client gives."""
    units_sold: int
    """Minor units received by the client."""
    units_paid: int
    """Minor units given by the client, before fees."""
    mid_units: int
    """Whole part of the value of what is sold at the mid price."""
    spread_units: int
    """The provider's margin over the exact mid value, in whole units."""
    rounding_units: int
    """What the two whole parts leave: 0 or 1."""

    @classmethod
    def of_sold(
        cls, sold: Asset, paid: Asset, units_sold: int, *, price_e8: int, mid_e8: int
    ) -> "Conversion":
        """The client wants exactly ``units_sold`` and pays the quoted price, rounded up."""
        return cls._at_mid(sold, paid, units_sold, -(-units_sold * price_e8 // PRICE_SCALE), mid_e8)

    @classmethod
    def of_paid(
        cls, sold: Asset, paid: Asset, units_paid: int, *, price_e8: int, mid_e8: int
    ) -> "Conversion":
        """The client gives exactly ``units_paid`` and gets what the quoted price buys, rounded down."""
        if price_e8 <= 0:
            raise ValueError(f"a price must be positive, not {price_e8}")
        return cls._at_mid(sold, paid, units_paid * PRICE_SCALE // price_e8, units_paid, mid_e8)

    @classmethod
    def _at_mid(cls, sold: Asset, paid: Asset, units_sold: int, units_paid: int, mid_e8: int) -> "Conversion":
        if sold is paid:
            raise ValueError(f"a conversion is between two assets, not {sold.name} and itself")
        worth_e8 = units_sold * mid_e8
        mid_units = worth_e8 // PRICE_SCALE
        spread_units = (units_paid * PRICE_SCALE - worth_e8) // PRICE_SCALE
        if mid_e8 <= 0 or units_sold <= 0 or spread_units < 0:
            raise ValueError(
                f"{units_sold} {sold.name} for {units_paid} {paid.name} minor units is nothing or below "
                f"the mid price {mid_e8}e-8"
            )
        rounding_units = units_paid - mid_units - spread_units
        return cls(sold, paid, units_sold, units_paid, mid_units, spread_units, rounding_units)
