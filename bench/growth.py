"""How CPU and memory grow with the number of payments: an exponent, a slope, and the peak at the largest size.

Longer horizons at the same density, each in a fresh process. The exponent is the slope of the line through
log(CPU) over log(payments); 1 is proportional growth. What creating a world costs is in the smallest run as in
the largest, so an exponent a little below 1 is a fixed cost and no virtue.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path

from rounds import BENCH, USDT_ONLY, Result, best_of, ours

ELR = BENCH.parent / "scenarios" / "elr-2024.yaml"

#: Horizons that give about 5,000 to 100,000 payments.
SIZES: dict[str, tuple[Path, Sequence[Sequence[str]]]] = {
    "bench scenario": (
        USDT_ONLY,
        [[f"clock.horizon={hours}h"] for hours in (3, 12, 48)],
    ),
    "elr-2024": (
        ELR,
        [[f"clock.horizon={days}d", "clock.warm_up=10d", "clock.cool_down=10d"] for days in (75, 400, 1_480)],
    ),
}


@dataclass(frozen=True, slots=True)
class Growth:
    """How one scenario grows."""

    name: str
    runs: tuple[Result, ...]
    exponent: float
    bytes_a_payment: float
    """Peak memory of the largest run less that of the smallest, by payment between them."""


def growth(rounds: int = 1) -> list[Growth]:
    """Every scenario at every size."""
    found = []
    for name, (scenario, sizes) in SIZES.items():
        contenders = {f"{name} {sets[0]}": ours(scenario, sets=sets) for sets in sizes}
        runs = tuple(best_of(contenders, rounds).values())
        small, large = runs[0], runs[-1]
        more = float(large.document["rss_mb"]) - float(small.document["rss_mb"])
        found.append(Growth(name, runs, exponent(runs), more * 2**20 / (large.payments - small.payments)))
    return found


def exponent(runs: Sequence[Result]) -> float:
    """Least-squares slope of log(CPU) over log(payments)."""
    points = [(log(run.payments), log(run.cpu_seconds)) for run in runs]
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    across = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / across


if __name__ == "__main__":
    for row in growth():
        print(f"{row.name}: CPU exponent {row.exponent:.2f}, {row.bytes_a_payment:.0f} bytes a payment")
        for run in row.runs:
            print(f"  {run.payments} payments: {run.cpu_seconds:.1f} s, {run.document['rss_mb']:.0f} MB")
