"""The adapter to a Dask cluster, against a stand-in that has the three calls it uses."""

import sys
from concurrent.futures import Future, as_completed
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from sandbox.experiment import Arm, Design, execute

DESIGN = Design((Arm("good", 1.0), Arm("broken", 2.0)), 2, seed=5)


class InlineClient:
    """Runs a task when it is submitted; ``lost`` names replications whose worker dies."""

    made: ClassVar[list["InlineClient"]] = []

    def __init__(self, lost: frozenset[int] = frozenset(), **options: Any) -> None:
        self.lost, self.options, self.closed = lost, options, False
        InlineClient.made.append(self)

    def submit(self, function: Any, run: Any, task: Any, pure: bool) -> "Future[Any]":
        future: Future[Any] = Future()
        if task.replication in self.lost:
            future.set_exception(ConnectionError("worker lost"))
        else:
            future.set_result(function(run, task))
        return future

    def close(self) -> None:
        self.closed = True


@pytest.fixture(autouse=True)
def _distributed(monkeypatch: pytest.MonkeyPatch) -> None:
    InlineClient.made.clear()
    monkeypatch.setitem(
        sys.modules, "distributed", SimpleNamespace(Client=InlineClient, as_completed=as_completed)
    )


def test_a_cluster_of_its_own_gives_what_serial_gives_and_is_closed() -> None:
    from arithmetic_runs import sometimes_failing

    serial = execute(DESIGN.tasks(), sometimes_failing)
    spread = execute(DESIGN.tasks(), sometimes_failing, executor="dask", jobs=2)
    assert [(o.task, o.rows, o.failed) for o in spread] == [(o.task, o.rows, o.failed) for o in serial]
    (client,) = InlineClient.made
    assert client.closed and client.options["n_workers"] == 2
    assert client.options["dashboard_address"] is None  # nothing listens for visitors


def test_a_given_client_stays_open_and_its_lost_work_is_a_failed_outcome() -> None:
    from arithmetic_runs import shifted

    client = InlineClient(lost=frozenset({1}))
    outcomes = execute(DESIGN.tasks(), shifted, executor="dask", client=client)
    assert [outcome.failed for outcome in outcomes] == [False, False, True, True]
    assert "worker lost" in outcomes[2].failure and not client.closed
