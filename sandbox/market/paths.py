"""Random price paths: chance is drawn once and kept, prices are made from it with the volatilities in force.

A step moves a log price by ``sigma sqrt(dt) Z - drift`` and, in the jump diffusion of Merton (1976), by a normal
jump at rate lambda. The alternative has no jumps: the variance of each day is drawn, so that a day's return
has Student's t distribution (a normal variance mixture). Either way the expected price is today's. Because chance
is kept apart from volatility, a change of regime leaves the past as it was and gives later days the same luck at
another scale.
"""

import math
from statistics import NormalDist
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sandbox.randomness import Stream

Floats = NDArray[np.float64]
Tail = Literal["merton", "student_t"]


class Law(NamedTuple):
    """What moves a price, in yearly units."""

    sigma: float
    """Volatility without jumps."""
    rate: float = 0.0
    """Jumps a year."""
    jump_sd: float = 0.0
    """Spread of a jump's logarithm."""
    jump_mean: float = 0.0
    """Mean of a jump's logarithm."""

    @property
    def volatility(self) -> float:
        """Volatility with jumps."""
        return math.sqrt(self.sigma**2 + self.rate * (self.jump_sd**2 + self.jump_mean**2))

    def scaled(self, volatility: float, jumps: float) -> "Law":
        """The law with its diffusion and the size of its jumps multiplied."""
        return Law(self.sigma * volatility, self.rate, self.jump_sd * jumps, self.jump_mean * jumps)


class Shocks:
    """The luck of one path: three standard normals a step, whatever is made of them."""

    def __init__(self, stream: Stream, steps: int, dt_years: float, steps_a_day: int = 1) -> None:
        drawn = stream.normals(3 * steps).reshape(steps, 3)
        self.diffusion: Floats = drawn[:, 0].copy()
        self._when: Floats = drawn[:, 1].copy()
        self._size: Floats = drawn[:, 2].copy()
        self.dt = dt_years
        self.steps_a_day = steps_a_day

    def __len__(self) -> int:
        return len(self.diffusion)

    def moves(self, law: Law, diffusion: Floats | None = None) -> Floats:
        """Log moves of a jump diffusion; ``diffusion`` may stand in for the path's own normals."""
        normals = self.diffusion if diffusion is None else diffusion
        drift = (0.5 * law.volatility**2 + law.rate * law.jump_mean) * self.dt
        moves: Floats = law.sigma * math.sqrt(self.dt) * normals - drift
        chance = law.rate * self.dt
        if chance > 0 and (law.jump_sd > 0 or law.jump_mean):
            falls = self._when < (NormalDist().inv_cdf(chance) if chance < 1 else math.inf)
            moves = moves + np.where(falls, law.jump_mean + law.jump_sd * self._size, 0.0)
        return moves

    def t_moves(self, volatility: float, df: float, diffusion: Floats | None = None) -> Floats:
        """Log moves whose days are Student's t with ``df`` > 2 degrees of freedom and this yearly volatility."""
        from scipy.special import gammaincinv, ndtr  # imported late, as in sandbox.randomness

        normals = self.diffusion if diffusion is None else diffusion
        first = self._when[:: self.steps_a_day]
        # A day's variance is (df - 2) / chi-square: its mean is 1.
        mixing = np.repeat((df - 2.0) / (2.0 * gammaincinv(df / 2.0, ndtr(first))), self.steps_a_day)
        variance = volatility**2 * self.dt * mixing[: len(self)]
        moves: Floats = np.sqrt(variance) * normals - 0.5 * variance
        return moves

    def a_day(self) -> Floats:
        """One standard normal a day, made of the day's normals: what a daily path can be correlated with."""
        days = len(self) // self.steps_a_day
        whole = self.diffusion[: days * self.steps_a_day].reshape(days, self.steps_a_day)
        summed: Floats = whole.sum(axis=1) / math.sqrt(self.steps_a_day)
        return summed


def follow(start: float, moves: Floats) -> list[float]:
    """Prices from log moves: the start and one price a move."""
    logs = np.concatenate(([math.log(start)], moves)).cumsum()
    return [float(value) for value in np.exp(logs)]


def merton_path(
    stream: Stream, start: float, steps: int, dt_years: float, sigma: float, rate: float, jump_sd: float
) -> list[float]:
    """A path of ``steps`` + 1 prices; sigma, rate and jump_sd in yearly units (see the module's text)."""
    return follow(start, Shocks(stream, steps, dt_years).moves(Law(sigma, rate, jump_sd)))
