"""The circuit breaker: while the stablecoin trades too far from its peg, dealers strike no conversion in it."""

from collections.abc import Generator
from typing import Any

import simpy

from sandbox.journal.kinds import Kind
from sandbox.market.prices import Market
from sandbox.money import Asset
from sandbox.rail import Ground

_HOUR = 3_600


class Breaker:
    """Opens when the peg is off by more than ``liquidity.breaker_depeg`` and closes when it no longer is.

    It looks when the peg breaks and then every full hour, as the price itself moves by the hour.
    """

    def __init__(self, ground: Ground, market: Market) -> None:
        self._ground = ground
        self._market = market
        self._entity = ground.journal.entity("breaker")
        self.is_open = False
        self.resumed = ground.env.event()
        """Succeeds, and is replaced, each time the breaker closes."""
        for known in market.peg.breaks:
            ground.env.process(self._at(known.second))

    def patience(self) -> int:
        """Seconds an order waits for the market before its attempt is given up."""
        return max(1, round(self._ground.number("liquidity.breaker_patience_h") * _HOUR))

    def look(self) -> None:
        """The peg has just broken: write its price, and open if it is off too far."""
        ground = self._ground
        self._market.write(ground.journal, ground.now, Asset.USDT, Asset.USD)
        if not self.is_open and self._too_far():
            self.is_open = True
            self._write()
            ground.env.process(self._until_calm())

    def _at(self, second: int) -> Generator[simpy.Event, Any, None]:
        yield self._ground.until(second)
        self._market.look_again()
        self.look()

    def _until_calm(self) -> Generator[simpy.Event, Any, None]:
        ground = self._ground
        while self._too_far():
            yield ground.until((ground.now // _HOUR + 1) * _HOUR)
        self.is_open = False
        self._write()
        waiting, self.resumed = self.resumed, ground.env.event()
        waiting.succeed()

    def _too_far(self) -> bool:
        return self._market.peg.deviation(self._ground.now) > self._ground.number("liquidity.breaker_depeg")

    def _write(self) -> None:
        off = self._market.peg.deviation(self._ground.now)
        self._ground.journal.record(
            Kind.MARKET_HALT,
            actor=self._entity,
            subject=Asset.USDT,
            amount=int(self.is_open),
            extra=round(off * 10**6),
        )
