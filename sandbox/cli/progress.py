"""How far a command has come, on stderr and only where someone is watching."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Called once a simulated day: seconds done, horizon, payments created.
Daily = Callable[[int, int, int], None]
#: Called after each replication: how many are done.
Counted = Callable[[int], None]

_DAY = 86_400


@contextmanager
def daily_progress(label: str) -> Iterator[Daily | None]:
    """A bar of simulated days with payments and time left; None where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        TextColumn("{task.fields[told]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(label, total=None, told="")

        def tell(second: int, horizon: int, payments: int) -> None:
            days, total = second // _DAY, horizon // _DAY
            progress.update(
                task, completed=days, total=total, told=f"day {days}/{total}, {payments} payments"
            )

        yield tell


@contextmanager
def counted_progress(label: str, total: int) -> Iterator[Counted]:
    """A bar of finished replications; silent where nobody watches."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(label, total=total)
        yield lambda done: progress.update(task, completed=done)
