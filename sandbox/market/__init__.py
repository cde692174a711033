"""Price paths of a run: roubles and yuan for a dollar day by day, dollars for a bitcoin hour by hour."""

from sandbox.market.pressure import PressureIndex
from sandbox.market.prices import Market

__all__ = ["Market", "PressureIndex"]
