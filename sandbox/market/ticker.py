"""The journal's record of prices between two midnights: what moves by the hour is written by the hour."""

from collections.abc import Generator
from typing import Any

import simpy

from sandbox.market.prices import Market
from sandbox.money import Asset
from sandbox.rail import Ground

_HOUR = 3_600


def tick(ground: Ground, market: Market, bitcoin: bool) -> Generator[simpy.Event, Any, None]:
    """Write bitcoin's price (where a rail uses it) and that of a token off its peg at every full hour.

    At midnight the daily round writes all prices, so that hour is left to it.
    """
    journal = ground.journal
    was_off = False
    while True:
        yield ground.env.timeout(_HOUR)
        now = ground.now
        if now % 86_400 == 0:
            continue
        if bitcoin:
            market.write(journal, now, Asset.BTC, Asset.USD)
        is_off = market.peg.deviation(now) > 0
        if is_off or was_off:
            market.write(journal, now, Asset.USDT, Asset.USD)
        was_off = is_off
