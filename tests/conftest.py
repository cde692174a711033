"""What tests of single parts stand on: a clock, books and parameters, and nobody in the world."""

import os
from collections.abc import Callable
from datetime import date

import pytest
import simpy
from hypothesis import settings

from sandbox.books import Books
from sandbox.clock import Clock
from sandbox.journal import Journal
from sandbox.rail import Ground
from sandbox.randomness import Streams
from sandbox.scenario.library import parameters_folder
from sandbox.scenario.parameters import ParameterLibrary

# Many tests start programs of the package. Where byte code is not kept, each of them would compile all of it anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A busy machine is no fault of the code: timings are measured in bench/, never asserted. `make test` looks at the same
# histories every time, so that a change is judged by itself; `make test-random` and bench/hunt.py look at new ones.
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("random", deadline=None)
settings.load_profile("same")


@pytest.fixture(scope="session")
def library() -> ParameterLibrary:
    """The parameters as they are shipped."""
    return ParameterLibrary.load(parameters_folder())


@pytest.fixture
def ground(library: ParameterLibrary) -> Callable[..., Ground]:
    """The ground of a run at its first second; named parameters may be given other values."""

    def made(start: str = "2024-06-03", seed: int = 1, **values: object) -> Ground:
        env = simpy.Environment(initial_time=0)
        journal = Journal(lambda: int(env.now))
        numbers = library.with_overrides({name.replace("__", "."): value for name, value in values.items()})
        return Ground(env, Clock(date.fromisoformat(start)), journal, Books(journal), Streams(seed), numbers)

    return made
