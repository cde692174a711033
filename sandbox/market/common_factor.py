"""One Gaussian factor behind weekly shocks of pressure, turnover and spreads: bad weeks are bad together.

Each week has three standard normals ``sqrt(rho) F + sqrt(1 - rho) e`` with a common F, so that any two correlate by
rho. A bad week adds to the pressure index and takes a share of the turnover and adds one to the spreads. Weeks are
independent; the factor is off unless a scenario asks for it.
"""

from collections.abc import Generator
from math import exp, sqrt
from typing import Any

import simpy

from sandbox.market.conditions import Tide
from sandbox.market.pressure import PressureIndex
from sandbox.market.prices import Market
from sandbox.rail import Ground

_WEEK = 7 * 86_400


class CommonFactor:
    """Draws a week's shocks when it begins."""

    def __init__(self, ground: Ground, market: Market, pressure: PressureIndex) -> None:
        self._ground, self._market, self._pressure = ground, market, pressure
        self._luck = ground.streams.named("market/common-factor")
        ground.env.process(self._weeks())

    def draw(self) -> tuple[float, float, float]:
        """Standard normals of pressure, turnover and spreads for one week; positive is bad."""
        rho = self._ground.number("pressure.shock_correlation")
        common, *own = self._luck.normals(4).tolist()
        pressure, volume, spread = (sqrt(rho) * common + sqrt(1.0 - rho) * each for each in own)
        return pressure, volume, spread

    def _weeks(self) -> Generator[simpy.Event, Any, None]:
        number = self._ground.number
        while True:
            pressure, volume, spread = self.draw()
            self._pressure.shift(number("pressure.shock_sd") * pressure)
            self._market.tide = Tide(
                exp(-number("liquidity.volume_shock_sd") * volume),
                exp(number("liquidity.spread_shock_sd") * spread),
            )
            yield self._ground.env.timeout(_WEEK)
