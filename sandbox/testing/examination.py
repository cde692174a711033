"""One generated world looked at from all sides: what is wrong with its run, in one line, or nothing."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sandbox.experiment.record import Origin, Recorded, record
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

#: Looks at a run folder after its own checks; gives complaints.
Look = Callable[[Path, Recorded], Iterator[str]]


def examine(
    document: Document,
    seed: int,
    *,
    twice: bool = True,
    reference: bool = False,
    looks: Sequence[Look] = (),
) -> str:
    """The first thing that is wrong with a world, or "": its kind, a colon, and the particulars.

    The world is run with the audit on, measured, run again (``twice``), on the engines of reference as well
    (``reference``), and shown to ``looks``. What the simulator raises is a complaint; KeyboardInterrupt is not.
    """
    with TemporaryDirectory(prefix="sandbox-hunt-") as place:
        try:
            return next(_complaints(document, seed, twice, reference, looks, Path(place)), "")
        except Exception as error:
            return f"{type(error).__name__} in {_where(error)}: {error}"


def _complaints(
    document: Document, seed: int, twice: bool, reference: bool, looks: Sequence[Look], place: Path
) -> Iterator[str]:
    loaded, origin = load_document(document), Origin("hunted", "scenario.json")

    def recorded(name: str, engines: Engines) -> Recorded:
        folder = place / name
        folder.mkdir()
        return record(loaded, origin, folder, seed=seed, engines=engines)

    first = recorded("first", FAST)
    if first.run.violation is not None:
        yield f"rule {first.run.audit}: {first.run.violation}"
    yield from odd_metrics(first.metrics)
    counted = sum(first.endings.values())
    if counted != first.run.payments:
        yield f"endings: {counted} payments ended or are under way, {first.run.payments} were created"
    for look in looks:
        yield from look(place / "first", first)
    if twice and recorded("second", FAST).run.digest != first.run.digest:
        yield "determinism: a second run has another digest"
    if reference and recorded("reference", REFERENCE).run.digest != first.run.digest:
        yield "engines: the engines of reference give another digest"


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
        if row["unit"] in _SHARES and not 0 <= value <= 1:
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
