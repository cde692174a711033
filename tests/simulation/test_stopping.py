"""Ctrl-C while a world runs is obeyed wherever the signal arrives, and nothing of it is left behind."""

import os
import signal
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.simulation import Interrupted, simulate
from sandbox.simulation.stopping import Stopping
from sandbox.testing.runs import load_document

TINY: dict[str, Any] = {
    "schema": 1,
    "title": {"en": "Tiny"},
    "question": {"en": "Does it stop?"},
    "clock": {"start": "2025-03-03", "horizon": "20d", "warm_up": "1d", "cool_down": "1d"},
    "population": {"importers": 20, "payments_per_business_day": 8.0},
    "rails": {"correspondent": {}},
}


@pytest.fixture(autouse=True)
def listening() -> Iterator[None]:
    """Ctrl-C counts, even where the tests were started in the background, whose processes are born deaf to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_the_first_is_noted_and_the_second_raised() -> None:
    with Stopping() as stopping:
        stopping.obey()
        os.kill(os.getpid(), signal.SIGINT)
        assert stopping.asked
        with pytest.raises(KeyboardInterrupt):
            stopping.obey()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
            signal.sigtimedwait([], 1)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_run_ends_at_its_next_order() -> None:
    seen: list[int] = []

    def progress(now: int, horizon: int, orders: int) -> None:
        seen.append(orders)
        if len(seen) == 5:
            # As if inside a callback of another language: what a handler raised here would be lost.
            try:
                os.kill(os.getpid(), signal.SIGINT)
            except KeyboardInterrupt:
                pytest.fail("the signal was raised where it arrived")

    with pytest.raises(Interrupted) as stop:
        simulate(load_document(TINY), seed=1, progress=progress)
    assert len(seen) == 5
    assert stop.value.run.status == "interrupted"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_another_thread_runs_without_signals() -> None:
    ended: list[str] = []
    thread = threading.Thread(target=lambda: ended.append(simulate(load_document(TINY), seed=1).status))
    thread.start()
    thread.join(60)
    assert ended == ["complete"]


def test_who_ignores_ctrl_c_keeps_ignoring_it() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Stopping() as stopping:
            os.kill(os.getpid(), signal.SIGINT)
        assert not stopping.asked
    finally:
        signal.signal(signal.SIGINT, before)
