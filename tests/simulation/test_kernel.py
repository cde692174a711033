"""The kernel does what SimPy's own loop does, event for event."""

from collections.abc import Generator
from typing import Any

import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.simulation.kernel import Kernel

Waits = list[list[int]]


def _history(env: simpy.Environment, waits: Waits) -> list[tuple[int, int, int]]:
    """(second, process, step) of each awakening; every second step starts a process of its own."""
    seen: list[tuple[int, int, int]] = []

    def child(name: int, step: int) -> Generator[Any, Any, None]:
        seen.append((int(env.now), -name, step))
        yield env.timeout(1)
        seen.append((int(env.now), -name, step))

    def walk(name: int, steps: list[int]) -> Generator[Any, Any, None]:
        for step, wait in enumerate(steps):
            yield env.timeout(wait)
            seen.append((int(env.now), name, step))
            if step % 2:
                env.process(child(name, step))

    for name, steps in enumerate(waits):
        env.process(walk(name, steps))
    return seen


@settings(max_examples=60, deadline=None)
@given(
    waits=st.lists(st.lists(st.integers(0, 5), max_size=8), max_size=6),
    horizon=st.integers(1, 25),
)
def test_the_same_events_in_the_same_order_as_simpy(waits: Waits, horizon: int) -> None:
    ours, theirs = Kernel(), simpy.Environment()
    mine, expected = _history(ours, waits), _history(theirs, waits)
    for second in (horizon, horizon + 30):
        ours.run_to(second)
        theirs.run(until=second)
        assert mine == expected
        assert ours.now == theirs.now == second


def test_an_event_at_the_horizon_stays_on_the_agenda() -> None:
    env = Kernel()
    late = env.timeout(10)
    env.run_to(10)
    assert not late.processed
    env.run_to(11)
    assert late.processed


def test_what_a_process_raises_ends_the_run_at_its_second() -> None:
    env = Kernel()

    def fails() -> Generator[Any, Any, None]:
        yield env.timeout(3)
        raise LookupError("no such desk")

    env.process(fails())
    with pytest.raises(LookupError, match="no such desk"):
        env.run_to(100)
    assert env.now == 3


def test_a_failure_that_somebody_waits_for_is_theirs_to_handle() -> None:
    env = Kernel()
    caught: list[int] = []

    def fails() -> Generator[Any, Any, None]:
        yield env.timeout(2)
        raise LookupError("gone")

    def waits() -> Generator[Any, Any, None]:
        try:
            yield env.process(fails())
        except LookupError:
            caught.append(env.now)

    env.process(waits())
    env.run_to(5)
    assert caught == [2]
