"""Prices of a run: drawn as paths at the start, looked up afterwards, changed by dated events only.

A quoted price is an integer: minor units paid, times 10**8, for one minor unit sold.
"""

from sandbox.journal import Journal
from sandbox.journal.kinds import Kind
from sandbox.market.conditions import CALM, ORDINARY, Conditions, Motion, Tide, made_anew
from sandbox.market.paths import merton_path
from sandbox.market.peg import Break, Peg
from sandbox.money import Asset

#: Scale of a quoted price.
PRICE_SCALE = 10**8

_DAY, _HOUR = 86_400, 3_600
_USD, _USDT = Asset.USD, Asset.USDT


class Market:
    """Official daily rates, an hourly bitcoin price and the stablecoin's peg, all against the dollar."""

    def __init__(
        self,
        rub: list[float],
        cny: list[float],
        btc: list[float],
        peg: Peg | None = None,
        motion: Motion | None = None,
    ) -> None:
        self._rub, self._cny, self._btc = rub, cny, btc
        self.peg = peg or Peg()
        self._motion = motion
        self.conditions = ORDINARY
        """What dated events have made of the ordinary market."""
        self.tide: Tide = CALM
        """This week's common shock, where a scenario has one."""
        self._crosses: dict[tuple[Asset, Asset], int] = {}
        self._hour = -1

    def usd(self, asset: Asset, second: int) -> float:
        """Dollars for one whole unit of an asset."""
        if asset is _USD:
            return 1.0
        if asset is _USDT:
            return self.peg.usd(second) if self.peg.breaks else 1.0
        if asset is Asset.BTC:
            return self._btc[min(second // _HOUR, len(self._btc) - 1)]
        day = min(second // _DAY, len(self._rub) - 1)
        if asset in (Asset.RUB, Asset.DRUB, Asset.DFA):
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

    # -- dated events ---------------------------------------------------------------------------------

    def change(self, conditions: Conditions, second: int) -> None:
        """A regime replaces the last one: prices until now stay, later ones have the same luck at its scale."""
        before, self.conditions = self.conditions, conditions
        if self._motion is not None:
            # A path whose law is the same is left alone, to the last bit: arms of an experiment share it.
            if self._motion.bitcoin_differs(before, conditions):
                hour = min(second // _HOUR, len(self._btc) - 1)
                made_anew(self._btc, hour, self._motion.btc_moves(conditions))
            if self._motion.rouble_differs(before, conditions):
                day = min(second // _DAY, len(self._rub) - 1)
                made_anew(self._rub, day, self._motion.rub_moves(conditions))
        self._hour = -1

    def jump_bitcoin(self, share: float, second: int) -> None:
        """Bitcoin's price changes by a share at once (-.35: it loses 35%)."""
        for place in range(min(second // _HOUR, len(self._btc) - 1), len(self._btc)):
            self._btc[place] *= 1.0 + share
        self._hour = -1

    def break_peg(self, size: float, halflife: int, second: int) -> None:
        """The stablecoin loses a share of its worth, half of which comes back every ``halflife`` seconds."""
        self.peg.add(Break(second, size, halflife))
        self._hour = -1

    def look_again(self) -> None:
        """A price has moved within its hour: forget what was looked up."""
        self._hour = -1

    def volatility_factor(self, asset: Asset) -> float:
        """An asset's volatility in the present regime as a multiple of its ordinary one."""
        if asset is not Asset.BTC:
            return 1.0
        if self._motion is None:
            return self.conditions.btc_volatility
        return self._motion.volatility_factor(self.conditions)

    # -- the journal ----------------------------------------------------------------------------------

    def write_daily(self, journal: Journal, second: int) -> None:
        """The day's prices as journal rows."""
        self.write(journal, second, Asset.USD, Asset.RUB)
        self.write(journal, second, Asset.USD, Asset.CNY)
        self.write(journal, second, Asset.BTC, Asset.USD)
        self.write(journal, second, Asset.USDT, Asset.USD)

    def write(self, journal: Journal, second: int, base: Asset, quote: Asset) -> None:
        """One price as a journal row."""
        price = self.usd(base, second) / self.usd(quote, second)
        journal.record(Kind.PRICE, subject=base, object=quote, amount=round(price * PRICE_SCALE))


def paid_units(sold_units: int, price: int) -> int:
    """Minor units paid for ``sold_units`` at a quoted price, rounded down."""
    return sold_units * price // PRICE_SCALE


def sold_units(paid: int, price: int) -> int:
    """Smallest number of minor units that brings at least ``paid`` at a quoted price."""
    return -(-paid * PRICE_SCALE // price)


__all__ = [
    "PRICE_SCALE",
    "Market",
    "merton_path",
    "paid_units",
    "sold_units",
]
