"""Executors: order, failures, dead workers and what cannot travel."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from sandbox.experiment import Arm, Design, Outcome, execute

DESIGN = Design((Arm("good", 1.0), Arm("broken", 2.0)), 2, seed=5)


def test_outcomes_stand_in_the_order_of_the_tasks_with_their_failures() -> None:
    from arithmetic_runs import sometimes_failing

    heard: list[tuple[int, int]] = []

    def progress(outcome: Outcome, done: int, total: int) -> None:
        heard.append((done, total))

    serial = execute(DESIGN.tasks(), sometimes_failing, progress=progress)
    spawned = execute(DESIGN.tasks(), sometimes_failing, jobs=2)
    assert heard == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert (
        [outcome.task for outcome in serial] == list(DESIGN.tasks()) == [outcome.task for outcome in spawned]
    )
    assert [outcome.failed for outcome in serial] == [False, False, False, True]
    assert [outcome.rows for outcome in serial] == [outcome.rows for outcome in spawned]
    assert "the wires crossed" in spawned[3].failure


def test_a_dead_worker_is_a_failed_outcome() -> None:
    from arithmetic_runs import dying

    outcomes = execute(DESIGN.tasks()[:1], dying, executor="processes")
    assert outcomes[0].failed and "BrokenProcessPool" in outcomes[0].failure


def test_what_cannot_travel_is_refused_before_anything_runs() -> None:
    with pytest.raises(TypeError, match="must be picklable"):
        execute(DESIGN.tasks(), lambda arm, replication, seed: [], jobs=2)


def test_an_interrupt_does_not_wait_for_long_replications() -> None:
    def interrupt(outcome: Outcome, done: int, total: int) -> None:
        raise KeyboardInterrupt

    from arithmetic_runs import one_quick_one_endless

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        execute(DESIGN.tasks()[:2], one_quick_one_endless, jobs=2, progress=interrupt)
    assert time.monotonic() - began < 30


def test_an_interrupt_in_a_replication_is_not_a_failed_outcome() -> None:
    def run(arm: Arm, replication: int, seed: int) -> Sequence[Mapping[str, Any]]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        execute(DESIGN.tasks(), run)


def test_dask_without_its_extra_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from arithmetic_runs import shifted

    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(RuntimeError, match=r"elr-sandbox\[cluster\]"):
        execute(DESIGN.tasks(), shifted, executor="dask")


def test_no_jobs_do_no_work() -> None:
    with pytest.raises(ValueError, match="at least one job"):
        execute(DESIGN.tasks(), lambda *_: [], jobs=0)
