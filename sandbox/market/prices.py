"""Prices: jump diffusions drawn once at the start, looked up for the rest of the run.

Each path is ``ln S(t+dt) = ln S(t) - (v^2/2) dt + sigma sqrt(dt) Z + sum of N(0, s_J) jumps`` with jumps at rate
lambda (Merton 1976, zero mean jump) and v the total volatility, so that the expected price is today's.
A quoted price is an integer: minor units paid, times 10**8, for one minor unit sold.
"""

import math

import numpy as np

from sandbox.journal import Journal
from sandbox.journal.kinds import Kind
from sandbox.money import Asset
from sandbox.randomness import Stream

#: Scale of a quoted price.
PRICE_SCALE = 10**8

_DAY, _HOUR, _YEAR = 86_400, 3_600, 365 * 86_400


def merton_path(
    stream: Stream, start: float, steps: int, dt_years: float, sigma: float, rate: float, jump_sd: float
) -> list[float]:
    """A path of ``steps`` + 1 prices; sigma, rate and jump_sd in yearly units (see the module's equation)."""
    variance = sigma * sigma + rate * jump_sd * jump_sd
    logs = [math.log(start)]
    for _ in range(steps):
        move = -0.5 * variance * dt_years + sigma * math.sqrt(dt_years) * stream.normal(0.0, 1.0)
        if stream.uniform() < rate * dt_years:
            move += stream.normal(0.0, jump_sd)
        logs.append(logs[-1] + move)
    return [float(value) for value in np.exp(np.array(logs))]


class Market:
    """Official daily rates and an hourly bitcoin price, all against the dollar."""

    def __init__(
        self,
        rub: list[float],
        cny: list[float],
        btc: list[float],
        usdt_peg: float = 1.0,
    ) -> None:
        self._rub, self._cny, self._btc = rub, cny, btc
        self.peg = usdt_peg
        self._crosses: dict[tuple[Asset, Asset], int] = {}
        self._hour = -1

    def usd(self, asset: Asset, second: int) -> float:
        """Dollars for one whole unit of an asset."""
        if asset is Asset.USD:
            return 1.0
        if asset is Asset.USDT:
            return self.peg
        if asset is Asset.BTC:
            return self._btc[min(second // _HOUR, len(self._btc) - 1)]
        day = min(second // _DAY, len(self._rub) - 1)
        if asset in (Asset.RUB, Asset.DRUB):
            return 1.0 / self._rub[day]
        if asset is Asset.CNY:
            return 1.0 / self._cny[day]
        raise ValueError(f"no price path for {asset.name}")

    def cross(self, sold: Asset, paid: Asset, second: int) -> int:
        """Mid price: minor units of ``paid`` x 10**8 for one minor unit of ``sold``; at least 1."""
        hour = second // _HOUR
        if hour != self._hour:
            self._crosses.clear()
            self._hour = hour
        price = self._crosses.get((sold, paid))
        if price is None:
            whole = self.usd(sold, second) / self.usd(paid, second)
            price = max(1, round(whole * paid.scale / sold.scale * PRICE_SCALE))
            self._crosses[sold, paid] = price
        return price

    def usd_rate_by_day(self, asset: Asset) -> list[float]:
        """Whole units of a currency for one dollar, day by day."""
        return {Asset.RUB: self._rub, Asset.CNY: self._cny}[asset]

    def forget(self) -> None:
        """A price was moved by hand (a depeg): look it up anew."""
        self._hour = -1

    def write_daily(self, journal: Journal, second: int) -> None:
        """The day's prices as journal rows."""
        for base, quote in (
            (Asset.USD, Asset.RUB),
            (Asset.USD, Asset.CNY),
            (Asset.BTC, Asset.USD),
            (Asset.USDT, Asset.USD),
        ):
            price = self.usd(base, second) / self.usd(quote, second)
            journal.record(Kind.PRICE, subject=base, object=quote, amount=round(price * PRICE_SCALE))


def paid_units(sold_units: int, price: int) -> int:
    """Minor units paid for ``sold_units`` at a quoted price, rounded down."""
    return sold_units * price // PRICE_SCALE


def sold_units(paid: int, price: int) -> int:
    """Smallest number of minor units that brings at least ``paid`` at a quoted price."""
    return -(-paid * PRICE_SCALE // price)


def year_fraction(seconds: int) -> float:
    """Seconds as a share of a 365-day year."""
    return seconds / _YEAR
