"""Where in the space of factors a sweep runs: all combinations, Latin hypercube, Sobol, Morris, one at a time.

Every design is a function of factors, size and seed alone, so that a sweep that was cut off goes on with the same
points. Places lie between 0 and 1 in each factor; the factor makes a level of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sandbox.experiment.factors import Factor, Level
from sandbox.randomness import Streams

DesignName = Literal["full", "lhs", "sobol", "morris", "tornado"]

#: Levels of a Morris grid, and its step: half the grid and a little more, as usual.
_GRID = 4
MORRIS_STEP = _GRID / (2 * (_GRID - 1))

#: More points than this are a mistake of the command line.
MOST_POINTS = 100_000


@dataclass(frozen=True, slots=True)
class Point:
    """One combination of levels; None: the factor stays as the scenario has it."""

    levels: tuple[Level | None, ...]
    role: str = ""
    """Its part in the design: ``A``, ``B``, ``AB3``, ``step 2 of 5 in factor 1``, ``low of 2``; empty if none."""

    @property
    def sets(self) -> tuple[str, ...]:
        """The overrides that make it."""
        return tuple(text for level in self.levels if level is not None for text in level.sets)


def points_of(name: DesignName, factors: Sequence[Factor], n: int, seed: int) -> list[Point]:
    """The points of a design; ``n`` is the number of points (lhs), base samples (sobol) or trajectories (morris).

    Raises ValueError where they would be too many, or a Sobol base is no power of two.
    """
    if not factors:
        raise ValueError("nothing to vary: give --levers or --uncertainties")
    expected = _count(name, factors, n)
    if expected > MOST_POINTS:
        raise ValueError(f"{expected:,} points are too many (at most {MOST_POINTS:,})")
    if name == "full":
        return [Point(levels) for levels in product(*(factor.levels for factor in factors))]
    if name == "tornado":
        return _tornado(factors)
    if name == "lhs":
        return [Point(_levels(factors, row)) for row in _hypercube(n, len(factors), seed)]
    return _sobol(factors, n) if name == "sobol" else _morris(factors, n, seed)


def _count(name: DesignName, factors: Sequence[Factor], n: int) -> int:
    k = len(factors)
    if name == "full":
        return int(np.prod([float(len(factor.levels)) for factor in factors]))
    return {"tornado": 2 * k + 1, "lhs": n, "sobol": n * (k + 2), "morris": n * (k + 1)}[name]


def _levels(factors: Sequence[Factor], row: NDArray[np.float64]) -> tuple[Level, ...]:
    return tuple(factor.at(float(place)) for factor, place in zip(factors, row, strict=True))


def _tornado(factors: Sequence[Factor]) -> list[Point]:
    """The scenario as it is, then each factor at its two ends with the others as they are."""
    untouched: tuple[Level | None, ...] = (None,) * len(factors)
    points = [Point(untouched, "base")]
    for place, factor in enumerate(factors):
        for end, role in ((0.0, "low"), (1.0, "high")):
            levels = (*untouched[:place], factor.at(end), *untouched[place + 1 :])
            points.append(Point(levels, f"{role} of {place}"))
    return points


def _hypercube(n: int, k: int, seed: int) -> NDArray[np.float64]:
    """n points of which each factor's n equal stretches hold one."""
    places = np.empty((n, k))
    for factor in range(k):
        order = np.argsort(Streams(seed, 0).named(f"sweep/order/{factor}").uniforms(n), kind="stable")
        places[:, factor] = (order + Streams(seed, 0).named(f"sweep/place/{factor}").uniforms(n)) / n
    return places


def _sobol(factors: Sequence[Factor], n: int) -> list[Point]:
    """Saltelli's scheme: A, B, and A with one column of B at a time, from a Sobol sequence."""
    from scipy.stats import qmc

    if n < 2 or n & (n - 1):
        raise ValueError(f"a Sobol design needs a power of two as --n, not {n}")
    k = len(factors)
    sequence = qmc.Sobol(2 * k, scramble=False)
    sequence.fast_forward(n)
    rows = sequence.random(n)
    a, b = rows[:, :k], rows[:, k:]
    points = []
    for row in range(n):
        points.append(Point(_levels(factors, a[row]), "A"))
        points.append(Point(_levels(factors, b[row]), "B"))
        for factor in range(k):
            mixed = a[row].copy()
            mixed[factor] = b[row, factor]
            points.append(Point(_levels(factors, mixed), f"AB{factor}"))
    return points


def _morris(factors: Sequence[Factor], trajectories: int, seed: int) -> list[Point]:
    """Random walks over a grid that move each factor once, in a random order."""
    k = len(factors)
    chance = Streams(seed, 0).named("sweep/morris")
    points = []
    for _ in range(trajectories):
        starts = np.floor(chance.uniforms(k) * (_GRID // 2)) / (_GRID - 1)
        place, upward = starts.copy(), chance.uniforms(k) < 0.5
        place[~upward] += MORRIS_STEP
        points.append(Point(_levels(factors, place), "start"))
        for factor in np.argsort(chance.uniforms(k), kind="stable").tolist():
            place[factor] += MORRIS_STEP if upward[factor] else -MORRIS_STEP
            points.append(Point(_levels(factors, place), f"{'up' if upward[factor] else 'down'} {factor}"))
    return points
