"""The kernel does what SimPy's own loop does, event for event."""

from collections.abc import Generator
from typing import Any

import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.simulation.kernel import Errand, Kernel

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


# -- errands: processes that nobody waits for ------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(waits=st.lists(st.lists(st.integers(0, 5), max_size=8), max_size=6))
def test_an_errand_awakes_when_a_process_would(waits: Waits) -> None:
    ours, theirs = Kernel(), simpy.Environment()

    def walk(
        env: simpy.Environment, seen: list[tuple[int, int, int]], name: int, steps: list[int]
    ) -> Generator[Any, Any, None]:
        for step, wait in enumerate(steps):
            answer = yield env.timeout(wait, value=wait)
            assert answer == wait
            seen.append((int(env.now), name, step))

    mine: list[tuple[int, int, int]] = []
    expected: list[tuple[int, int, int]] = []
    for name, steps in enumerate(waits):
        Errand(walk(ours, mine, name, steps))
        theirs.process(walk(theirs, expected, name, steps))
    ours.run_to(60)
    theirs.run(until=60)
    assert mine == expected


def test_an_errand_begins_at_once_and_passes_what_is_over() -> None:
    env = Kernel()
    seen: list[object] = []

    def runs() -> Generator[Any, Any, None]:
        seen.append("began")
        seen.append((yield over))
        seen.append((yield env.timeout(2, value="later")))

    over = env.timeout(0, value="over")
    env.run_to(1)
    Errand(runs())
    assert seen == ["began", "over"]
    env.run_to(10)
    assert seen == ["began", "over", "later"]


def test_an_errand_meets_the_failure_it_waits_for() -> None:
    env = Kernel()
    caught: list[int] = []
    failure = env.event()

    def waits() -> Generator[Any, Any, None]:
        try:
            yield failure
        except LookupError:
            caught.append(env.now)

    def fails() -> Generator[Any, Any, None]:
        yield env.timeout(3)
        failure.fail(LookupError("gone"))

    Errand(waits())
    Errand(fails())
    env.run_to(10)
    assert caught == [3]


def test_what_an_errand_raises_ends_the_run_at_its_second() -> None:
    env = Kernel()

    def fails() -> Generator[Any, Any, None]:
        yield env.timeout(3)
        raise LookupError("no such desk")

    Errand(fails())
    with pytest.raises(LookupError, match="no such desk"):
        env.run_to(100)
    assert env.now == 3


def test_nobody_waits_for_less_than_nothing() -> None:
    with pytest.raises(ValueError, match="Negative delay"):
        Kernel().timeout(-1)
