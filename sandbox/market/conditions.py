"""The regime a market is in: what a dated event may multiply, and the paths made anew from its date on."""

import math
from dataclasses import dataclass

import numpy as np

from sandbox.market.paths import Floats, Law, Shocks, Tail

_DAY, _HOUR = 86_400, 3_600


@dataclass(frozen=True, slots=True)
class Conditions:
    """Factors of a market regime; 1 (or None) is the ordinary state."""

    btc_volatility: float = 1.0
    """Of bitcoin's volatility without jumps."""
    btc_jumps: float = 1.0
    """Of the spread of bitcoin's jumps."""
    volume: float = 1.0
    """Of the market's daily volume."""
    spread: float = 1.0
    """Of the dealers' half-spread."""
    correlation: float | None = None
    """Of the daily returns of bitcoin and of the dollar in roubles; None: the parameter's."""


ORDINARY = Conditions()


@dataclass(frozen=True, slots=True)
class Tide:
    """What a week's common shock makes of turnover and spreads, whatever the regime."""

    volume: float = 1.0
    spread: float = 1.0


CALM = Tide()


class Motion:
    """The luck of roubles and bitcoin, and the laws that turn it into prices."""

    def __init__(
        self,
        rub: tuple[Shocks, Law],
        btc: tuple[Shocks, Law],
        correlation: float,
        tail: Tail = "merton",
        df: float = 3.0,
    ) -> None:
        self._rub, self._rub_law = rub
        self._btc, self._btc_law = btc
        self._correlation = correlation
        self._tail, self._df = tail, df

    def btc_moves(self, conditions: Conditions) -> Floats:
        """Hourly log moves of bitcoin in dollars."""
        law = self._law(conditions)
        if self._tail == "student_t":
            return self._btc.t_moves(law.volatility, self._df)
        return self._btc.moves(law)

    def rub_moves(self, conditions: Conditions) -> Floats:
        """Daily log moves of the dollar in roubles."""
        normals = self._with_bitcoin(self._share(conditions))
        if self._tail == "student_t":
            return self._rub.t_moves(self._rub_law.volatility, self._df, normals)
        return self._rub.moves(self._rub_law, normals)

    def volatility_factor(self, conditions: Conditions) -> float:
        """Bitcoin's volatility, jumps included, as a multiple of the ordinary one."""
        ordinary = self._btc_law.volatility
        return self._law(conditions).volatility / ordinary if ordinary > 0 else 1.0

    def bitcoin_differs(self, before: Conditions, after: Conditions) -> bool:
        """Whether bitcoin moves otherwise in one regime than in the other."""
        return self._law(before) != self._law(after)

    def rouble_differs(self, before: Conditions, after: Conditions) -> bool:
        """Whether the rouble does."""
        return self._share(before) != self._share(after)

    def _law(self, conditions: Conditions) -> Law:
        return self._btc_law.scaled(conditions.btc_volatility, conditions.btc_jumps)

    def _share(self, conditions: Conditions) -> float:
        """Correlation the normals need so that the returns have theirs: jumps and drawn variances dilute it."""
        of_returns = self._correlation if conditions.correlation is None else conditions.correlation
        if of_returns == 0.0:
            return 0.0
        rub, btc = self._rub_law, self._law(conditions)
        if self._tail == "student_t":
            half = self._df / 2.0
            root = math.sqrt(self._df - 2.0) * math.gamma(half - 0.5) / (math.sqrt(2.0) * math.gamma(half))
            needed = of_returns / root**2
        elif rub.sigma > 0 and btc.sigma > 0:
            needed = of_returns * rub.volatility * btc.volatility / (rub.sigma * btc.sigma)
        else:
            needed = 0.0
        return max(-1.0, min(1.0, needed))

    def _with_bitcoin(self, share: float) -> Floats:
        own = self._rub.diffusion
        if share == 0.0:
            return own
        theirs = self._btc.a_day()
        days = min(len(own), len(theirs))
        mixed = own.copy()
        mixed[:days] = share * theirs[:days] + math.sqrt(1.0 - share * share) * own[:days]
        return mixed


def made_anew(path: list[float], at: int, moves: Floats) -> None:
    """The path keeps its prices up to place ``at`` and follows ``moves`` from there."""
    rest = np.exp(math.log(path[at]) + moves[at : len(path) - 1].cumsum())
    path[at + 1 :] = [float(value) for value in rest]
