"""Run the replications of a design: one after another, in spawned processes, or on a Dask cluster.

The answer is in the order of the tasks whatever finishes first. A replication that fails is an outcome with
its traceback and never takes the others with it. Only picklable specs travel; a worker builds its own world.
"""

import traceback
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import closing
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.reduction import ForkingPickler
from typing import Any, Literal

from sandbox.experiment.design import Arm, Task

#: One metric's value as plain data: at least name, by, value, unit, n, reason (see metrics.Measured.to_dict).
Row = Mapping[str, Any]

#: Simulates one replication of an arm: run(arm, replication, seed) gives its measured rows.
Run = Callable[[Arm, int, int], Sequence[Row]]

#: Called after each replication in this process: the outcome, how many are done, how many there are.
Progress = Callable[["Outcome", int, int], None]

Executor = Literal["serial", "processes", "dask"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one replication: its rows, or the traceback of its failure."""

    task: Task
    rows: tuple[Row, ...] = ()
    failure: str = ""

    @property
    def failed(self) -> bool:
        """Whether there are no rows to use."""
        return bool(self.failure)


def replicate(run: Run, task: Task) -> Outcome:
    """One replication; an exception becomes a failed outcome (a keyboard interrupt does not)."""
    try:
        return Outcome(task, rows=tuple(run(task.arm, task.replication, task.seed)))
    except Exception:
        return Outcome(task, failure=traceback.format_exc())


def execute(
    tasks: Sequence[Task],
    run: Run,
    *,
    jobs: int = 1,
    executor: Executor | None = None,
    progress: Progress | None = None,
    client: Any = None,
) -> list[Outcome]:
    """Outcomes of all tasks in their order.

    ``executor`` defaults to serial for one job and to processes for more; ``dask`` uses ``client`` or makes a
    local cluster of ``jobs`` workers. Raises TypeError if the run or a spec cannot travel to a process.
    """
    chosen = executor or ("serial" if jobs == 1 else "processes")
    if jobs < 1:
        raise ValueError(f"at least one job is needed, not {jobs}")
    if chosen != "serial":
        _check_can_travel(run, tasks)
    outcomes: dict[tuple[str, int], Outcome] = {}
    with closing(_stream(chosen, tasks, run, jobs, client)) as stream:
        for outcome in stream:
            outcomes[outcome.task.key] = outcome
            if progress is not None:
                progress(outcome, len(outcomes), len(tasks))
    return [outcomes[task.key] for task in tasks]


def _check_can_travel(run: Run, tasks: Iterable[Task]) -> None:
    try:
        ForkingPickler.dumps((run, list(tasks)))
    except Exception as error:
        raise TypeError(
            f"the run and the arms' specs must be picklable to leave this process: {error}; "
            "use functions of a module and plain data"
        ) from None


def _stream(
    executor: Executor, tasks: Sequence[Task], run: Run, jobs: int, client: Any
) -> Generator[Outcome, None, None]:
    if executor == "serial":
        return (replicate(run, task) for task in tasks)
    return _processes(tasks, run, jobs) if executor == "processes" else _dask(tasks, run, jobs, client)


def _processes(tasks: Sequence[Task], run: Run, jobs: int) -> Generator[Outcome, None, None]:
    """Spawned workers; what a dead worker held becomes failed outcomes."""
    pool = ProcessPoolExecutor(max_workers=min(jobs, len(tasks) or 1), mp_context=get_context("spawn"))
    finished = False
    try:
        futures = {pool.submit(replicate, run, task): task for task in tasks}
        for future in as_completed(futures):
            yield _outcome_of(future, futures[future])
        finished = True
    finally:
        if not finished:
            _end_workers(pool)
        pool.shutdown(wait=True, cancel_futures=True)


def _end_workers(pool: ProcessPoolExecutor) -> None:
    """After an interrupt nobody waits for replications that may still take minutes."""
    # Before 3.14 the pool names its workers only in a private attribute.
    for worker in list((getattr(pool, "_processes", None) or {}).values()):
        worker.terminate()


def _outcome_of(future: "Future[Outcome]", task: Task) -> Outcome:
    error = future.exception()
    if error is None:
        return future.result()
    return Outcome(task, failure="".join(traceback.format_exception(error)))


def _dask(tasks: Sequence[Task], run: Run, jobs: int, client: Any) -> Generator[Outcome, None, None]:
    """The same on ``distributed`` (the optional extra ``cluster``)."""
    try:
        import distributed
    except ImportError:
        raise RuntimeError("executor dask needs the extra: pip install 'elr-sandbox[cluster]'") from None
    own = client is None
    cluster = (
        distributed.Client(n_workers=jobs, threads_per_worker=1, dashboard_address=None) if own else client
    )
    try:
        futures = {cluster.submit(replicate, run, task, pure=False): task for task in tasks}
        for future in distributed.as_completed(futures):
            error = future.exception()
            yield future.result() if error is None else Outcome(futures[future], failure=repr(error))
    finally:
        if own:
            cluster.close()
