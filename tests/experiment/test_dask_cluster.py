"""The adapter on a real Dask scheduler and its workers, inside this process: nothing listens on a port."""

import distributed

from sandbox.experiment import Arm, Design, execute

DESIGN = Design((Arm("good", 1.0), Arm("broken", 2.0)), 3, seed=5)


def test_a_real_cluster_gives_what_serial_gives() -> None:
    from arithmetic_runs import sometimes_failing

    serial = execute(DESIGN.tasks(), sometimes_failing)
    told: list[tuple[int, int]] = []
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        spread = execute(
            DESIGN.tasks(),
            sometimes_failing,
            executor="dask",
            client=client,
            progress=lambda _, done, of: told.append((done, of)),
        )
        again = execute(DESIGN.tasks(), sometimes_failing, executor="dask", client=client)
        assert client.status == "running", "a given client stays open"
    assert [(o.task, o.rows, o.failed) for o in spread] == [(o.task, o.rows, o.failed) for o in serial]
    assert [outcome.task.key for outcome in again if outcome.failed] == [("broken", 1)]
    assert "the wires crossed" in next(outcome.failure for outcome in again if outcome.failed)
    assert told == [(done, 6) for done in range(1, 7)]
