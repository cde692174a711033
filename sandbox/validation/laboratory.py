"""Ground for a component alone: clock, journal, books, chance and parameters, and nobody in the world."""

from collections.abc import Mapping
from datetime import date
from functools import cache, partial
from operator import attrgetter
from pathlib import Path

from sandbox.books import Books
from sandbox.clock import Clock
from sandbox.journal import Journal
from sandbox.rail import Ground
from sandbox.randomness import Streams
from sandbox.scenario.library import parameters_folder
from sandbox.scenario.parameters import ParameterLibrary
from sandbox.simulation.kernel import Kernel

#: Later than anything that a check waits for.
END = 1 << 48

_START = date(2024, 6, 3)


@cache
def shipped_parameters() -> ParameterLibrary:
    """The parameter library as it comes with the sandbox."""
    return ParameterLibrary.load(parameters_folder())


def laboratory(
    values: Mapping[str, object] | None = None,
    *,
    seed: int = 1,
    start: date = _START,
    directory: Path | None = None,
) -> Ground:
    """Ground at second 0. ``values`` replaces parameters; ``directory`` keeps the journal as files."""
    kernel = Kernel()
    journal = Journal(partial(attrgetter("now"), kernel), directory)
    numbers = shipped_parameters().with_overrides(values or {})
    return Ground(kernel, Clock(start), journal, Books(journal), Streams(seed), numbers)


def run_out(ground: Ground) -> None:
    """Let everything happen that has been begun, until nothing is left to happen."""
    assert isinstance(ground.env, Kernel)
    ground.env.run_to(END)
