"""One generated world looked at from all sides: what is wrong with its run, in one line, or nothing."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sandbox.experiment.record import Origin, Recorded, record
from sandbox.scenario.load import Loaded
from sandbox.scenario.schema import Scenario
from sandbox.simulation.run import Run, simulate
from sandbox.testing.fields import Document
from sandbox.testing.runs import load_document
from sandbox.world import Engines

#: The engines of everyday, and those of reference.
FAST, REFERENCE = Engines(), Engines(evm="eth-tester", bitcoin="python")

#: Units whose values lie between 0 and 1, and those that are never below 0.
_SHARES = frozenset({"share", "probability"})
_LENGTHS = frozenset(
    {"h", "days", "business days", "payments", "attempts", "firms", "alerts", "applications"}
)

#: Metrics that are one share less another.
_DIFFERENCES = frozenset({"sme_gap"})

#: Looks at a run folder after its own checks; gives complaints.
Look = Callable[[Path, Recorded], Iterator[str]]


def examine(
    document: Document,
    seed: int,
    *,
    measured: bool = True,
    twice: bool = True,
    reference: bool = False,
    looks: Sequence[Look] = (),
) -> str:
    """The first thing that is wrong with a world, or "": its kind, a colon, and the particulars.

    The world is run with the audit on, kept in a folder and ``measured`` and shown to ``looks``, run again
    (``twice``), and on the engines of reference as well (``reference``). What the simulator raises is a complaint;
    KeyboardInterrupt is not.
    """
    try:
        loaded = load_document(document)
        run = simulate(loaded, seed=seed, engines=FAST, chain_tables=False)
        if run.violation is not None:
            return f"rule {run.audit}: {run.violation}"
        if twice and simulate(loaded, seed=seed, engines=FAST, chain_tables=False).digest != run.digest:
            return "determinism: a second run has another digest"
        if reference and simulate(loaded, seed=seed, engines=REFERENCE).digest != run.digest:
            return "engines: the engines of reference give another digest"
        if not measured:
            return ""
        with TemporaryDirectory(prefix="sandbox-hunt-") as place:
            return next(_complaints(loaded, seed, run, looks, Path(place)), "")
    except Exception as error:
        return f"{type(error).__name__} in {_where(error)}: {error}"


def _complaints(
    loaded: Loaded[Scenario], seed: int, run: Run, looks: Sequence[Look], folder: Path
) -> Iterator[str]:
    """What is wrong with the folder that a run leaves."""
    recorded = record(loaded, Origin("hunted", "scenario.json"), folder, seed=seed, engines=FAST)
    if recorded.run.digest != run.digest:
        yield "determinism: a run kept in a folder has another digest"
    yield from odd_metrics(recorded.metrics)
    counted = sum(recorded.endings.values())
    if counted != run.payments:
        yield f"endings: {counted} payments ended or are under way, {run.payments} were created"
    for look in looks:
        yield from look(folder, recorded)


def odd_metrics(metrics: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Values that no run can have: a share beyond 0 and 1, a negative length, one row told twice."""
    seen: Counter[str] = Counter()
    for row in metrics:
        value = row["value"]
        seen[f"{row['name']}: {row['by']}"] += 1
        if row["n"] < 0:
            yield f"metric {row['name']}: {row['by']} counts {row['n']} observations"
        if value is None:
            if not row["reason"]:
                yield f"metric {row['name']}: {row['by']} has neither value nor reason"
            continue
        least = -1 if row["name"] in _DIFFERENCES else 0
        if row["unit"] in _SHARES and not least <= value <= 1:
            yield f"metric {row['name']}: {row['by']} is a share of {value}"
        if row["unit"] in _LENGTHS and value < 0:
            yield f"metric {row['name']}: {row['by']} is {value} {row['unit']}"
    yield from (f"metric {row} told {times} times" for row, times in seen.items() if times > 1)


def _where(error: BaseException) -> str:
    """The innermost function of the traceback, as ``file:function``."""
    trace = error.__traceback__
    place = "?"
    while trace is not None:
        code = trace.tb_frame.f_code
        if "sandbox" in code.co_filename:
            place = f"{Path(code.co_filename).name}:{code.co_name}"
        trace = trace.tb_next
    return place
