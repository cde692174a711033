"""Banks that grow careful: where warnings come from, and which orders a careful bank declines.

Warnings reach a bank as a self-exciting process: its yearly rate is ``per_pressure * P`` plus
``per_missed_restricted`` for each payment of a prohibited class that the bank let through, fading with the half-life
of caution. Whether a bank declines an order depends on its appetite and its caution and on nothing that stands in the
order: an order declined may lawfully go another way, unlike one stopped for compliance.
"""

from collections.abc import Mapping, Sequence
from math import exp

from sandbox.clock import DAY
from sandbox.market import PressureIndex
from sandbox.market.caution import Caution
from sandbox.payments import Payment
from sandbox.rail import Ground

#: Banks that have luck of their own on one day; no scenario has more.
_BANKS_AT_MOST = 100


def draw_appetites(ground: Ground, banks: int) -> list[float]:
    """Appetite for risk of each bank, between 0 and 1, around its mean ``bank.risk_appetite``."""
    from scipy.special import betaincinv  # imported late, as everywhere: it costs a tenth of a second

    mean, concentration = (
        ground.number("bank.risk_appetite"),
        ground.number("bank.risk_appetite_concentration"),
    )
    luck = ground.streams.named("bank/appetite").uniforms(banks)
    return [float(betaincinv(concentration * mean, concentration * (1 - mean), u)) for u in luck]


class Derisking:
    """The banks' refusals and the warnings behind them."""

    def __init__(
        self, ground: Ground, pressure: PressureIndex, caution: Caution, appetites: Sequence[float]
    ) -> None:
        self._ground = ground
        self._pressure = pressure
        self._caution = caution
        self._appetite = tuple(appetites)
        self._missed = [0.0] * len(appetites)
        self._missed_at = [0] * len(appetites)
        self._warned = ground.streams.indexed("bank/warnings")
        self._declined = ground.streams.indexed("bank/declines")
        self._base: Mapping[str, float] | None = None
        self._calm: dict[int, float] = {}
        """What the parameters in force make of each bank that no caution moves."""

    def warn(self, bank: int) -> None:
        """A warning that does not come by chance."""
        self._caution.warn(bank)

    def refusal_probability(self, bank: int) -> float:
        """Probability that the bank declines an order on the regime's rails now."""
        shift, base = self._caution.shift(bank), self._ground.table("bank.refusal_logit")
        if base is not self._base:  # parameters change at midnight
            self._base = base
            self._calm.clear()
        known = self._calm.get(bank)
        if shift == 0.0 and known is not None:
            return known
        spared = self._appetite[bank] - base["mean_appetite"]
        logit = base["at_mean_appetite"] + base["per_appetite"] * spared + shift
        refused = 1.0 / (1.0 + exp(-logit)) if logit > -500.0 else 0.0
        if shift == 0.0:
            self._calm[bank] = refused
        return refused

    def declines(self, payment: Payment) -> bool:
        """Whether the originator's bank declines this attempt on a rail of the regime."""
        return self._declined.bernoulli(payment.draw, self.refusal_probability(payment.bank))

    def missed(self, bank: int) -> None:
        """A payment of a prohibited class went through this bank; those who warn banks take notice in time."""
        self._missed[bank] = self._noticed(bank) + 1.0
        self._missed_at[bank] = self._ground.now

    def warning_rate(self, bank: int) -> float:
        """Warnings a year that the bank may expect now."""
        rate = self._ground.table("bank.warning_rate")
        return rate["per_pressure"] * self._pressure.level + rate["per_missed_restricted"] * self._noticed(
            bank
        )

    def daily(self) -> None:
        """A day has passed: each bank may have been warned in it."""
        day = self._ground.now // DAY
        for bank in range(len(self._appetite)):
            probability = 1.0 - exp(-self.warning_rate(bank) / 365.0)
            if self._warned.uniform(day * _BANKS_AT_MOST + bank) < probability:
                self._caution.warn(bank)

    def _noticed(self, bank: int) -> float:
        """Payments let through, each fading with the half-life of caution."""
        if not self._missed[bank]:
            return 0.0
        days = (self._ground.now - self._missed_at[bank]) / DAY
        return float(self._missed[bank] * 0.5 ** (days / self._ground.number("bank.derisk_halflife")))
