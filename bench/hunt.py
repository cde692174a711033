"""Hunt for worlds that break a rule: random scenarios, run under the audit, measured, and run again.

``python bench/hunt.py --seconds 300 --first 1`` draws worlds batch by batch until the time is up. Each kind of
failure is made small and kept in ``--keep`` as a scenario file, and the command that replays it is printed. The exit
code is 1 if anything failed.
"""

import argparse
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from sandbox.experiment.record import Recorded
from sandbox.report.explain import tell
from sandbox.report.runfolder import RunFolder
from sandbox.testing import scenarios
from sandbox.testing.examination import examine
from sandbox.testing.fields import Document
from sandbox.testing.runs import document_text
from sandbox.testing.shrinking import shrink

#: Worlds drawn at a time.
BATCH = 20
#: Every so many-th world is also run again, measured and told, or run on the engines of reference.
TWICE_EVERY, MEASURE_EVERY, REFERENCE_EVERY = 3, 4, 12
#: Seconds that one world may take, and that making a failure small may take.
PATIENCE, SHRINKING = 60, 90


class TooLong(Exception):
    """A run does not come to its end."""


def worlds(number: int, days: int, events: int, willing: bool | None) -> list[Document]:
    """The worlds of a batch; the same number gives the same ones."""
    drawn: list[Document] = []

    @seed(number)
    @settings(
        max_examples=BATCH,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(scenarios(days=days, events=events, willing=willing))
    def draw(document: Document) -> None:
        drawn.append(document)

    draw()
    return drawn[1:]


def stories(folder: Path, recorded: Recorded) -> Iterator[str]:
    """Every payment can be explained; the waits of a story sum to its length, or it raises."""
    run = RunFolder(folder)
    for (payment,) in run.rows("select payment from payments order by payment"):
        if not tell(run, int(payment)).steps:
            yield f"story: payment {payment} has no steps"


def judged(document: Document, run_seed: int, **how: Any) -> str:
    """What is wrong with a world, a run without end included."""

    def stop(*_: object) -> None:
        raise TooLong(f"still running after {PATIENCE} s")

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(PATIENCE)
    try:
        return examine(document, run_seed, **how)
    finally:
        signal.alarm(0)


def signature(complaint: str) -> str:
    """What two failures of one kind have in common: the part before the particulars."""
    parts = complaint.split(":")
    return ":".join(parts[:2]) if " in " in parts[0] else parts[0]


def report(
    document: Document, complaint: str, run_seed: int, how: dict[str, Any], keep: Path, name: str
) -> None:
    """Make a failure small, keep it, and say how to see it again."""
    until = monotonic() + SHRINKING
    wanted = signature(complaint)
    how = how | {
        "twice": wanted.startswith("determinism"),
        "reference": wanted.startswith("engines"),
        "measured": how["measured"] and not wanted.startswith(("rule", "determinism", "engines")),
    }
    small = shrink(
        document,
        lambda tried: signature(judged(tried, run_seed, **how)),
        lambda: monotonic() < until,
    )
    keep.mkdir(parents=True, exist_ok=True)
    file = keep / f"{name}.yaml"
    file.write_text(document_text(small) + "\n", encoding="utf-8")
    print(f"FAILED {name} ({wanted})\n  {judged(small, run_seed, **how) or complaint}")
    print(f"  {document_text(small)}\n  sandbox run {file} --seed {run_seed}", flush=True)


def main() -> int:
    """Hunt until the time is up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--first", type=int, default=1, help="number of the first batch")
    parser.add_argument("--days", type=int, default=45)
    parser.add_argument("--events", type=int, default=10)
    parser.add_argument("--keep", type=Path, default=Path("hunted"))
    asked = parser.parse_args()
    until, batch, done = monotonic() + asked.seconds, asked.first, 0
    seen: set[str] = set()
    while monotonic() < until:
        willing = (True, None)[batch % 2]
        for place, document in enumerate(worlds(batch, asked.days, asked.events, willing)):
            if monotonic() > until:
                break
            run_seed, done = batch * 1_000 + place, done + 1
            how: dict[str, Any] = {
                "reference": done % REFERENCE_EVERY == 0,
                "twice": done % TWICE_EVERY == 0,
                "measured": done % MEASURE_EVERY == 0,
                "looks": [stories],
            }
            complaint = judged(document, run_seed, **how)
            if complaint and signature(complaint) not in seen:
                seen.add(signature(complaint))
                report(document, complaint, run_seed, how, asked.keep, f"world-{batch}-{place}")
        batch += 1
        print(f"{done} worlds", file=sys.stderr, flush=True)
    print(f"{done} worlds, {len(seen)} kinds of failure; the next batch is {batch}")
    return 1 if seen else 0


if __name__ == "__main__":
    sys.exit(main())
