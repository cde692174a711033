"""Bitcoin's transaction fees: a log-normal level for each payment, and days on which all fees are many times higher.

The library gives how many times (``jump``) and how often (``jump_rate_per_day``), not how long: a spike lasts for
the day it falls on.
"""

from sandbox.rail import Ground


class NetworkFees:
    """Fees of a typical payment in US dollars, day by day."""

    def __init__(self, ground: Ground, horizon: int) -> None:
        self._ground = ground
        # One uniform a day, whether fees are asked for or not: days share their luck between runs.
        self._luck = ground.streams.named("btc/fee-spikes").uniforms(horizon // 86_400 + 2).tolist()

    def median(self) -> float:
        """Today's median."""
        fee = self._ground.table("btc.btc_fee_usd")
        return fee["median"] * self.factor()

    def sigma(self) -> float:
        """Spread of the logarithm between payments."""
        return self._ground.table("btc.btc_fee_usd")["sigma"]

    def factor(self) -> float:
        """How many times the ordinary fee is asked today."""
        fee = self._ground.table("btc.btc_fee_usd")
        day = min(self._ground.now // 86_400, len(self._luck) - 1)
        return fee["jump"] if self._luck[day] < fee["jump_rate_per_day"] else 1.0
