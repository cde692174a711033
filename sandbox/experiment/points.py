"""One replication of one point of a sweep: run, audited, measured, and nothing of it kept but its numbers."""

import multiprocessing
import signal
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from sandbox.experiment.design import Arm
from sandbox.experiment.record import Origin, replay_command, write_used
from sandbox.experiment.replications import RunInvalid, ScenarioChanged
from sandbox.experiment.run_facts import facts_of
from sandbox.metrics import METRICS, compute_all
from sandbox.scenario.load import load
from sandbox.simulation import Interrupted, simulate
from sandbox.world import Engines

#: Name of the arm of a sweep's first point.
BASE_POINT = "point-00000"

#: The row that holds a replication's journal digest, beside the metrics.
DIGEST = "journal_digest"


@dataclass(frozen=True, slots=True)
class PointSpec:
    """What a worker needs to run a point: plain data that travels to a process."""

    origin: Origin
    """The scenario with the overrides of the point."""
    files: str
    """Digest of the scenario's files and the parameter library when the sweep began."""
    engines: Engines
    metrics: tuple[str, ...]
    """Metrics that are kept; all of them if empty."""
    scratch: Path
    """Where the journal lies while it is measured."""


def run_point(arm: Arm, replication: int, seed: int) -> list[dict[str, Any]]:
    """The measured rows of one replication, after a row with the digest of its journal.

    Raises ScenarioInvalid, RunInvalid, ScenarioChanged or KeyboardInterrupt.
    """
    spec: PointSpec = arm.spec
    leave_interrupts_to_the_parent()
    loaded = load(spec.origin.file, sets=spec.origin.sets)
    if digest_of(loaded.files) != spec.files:
        raise ScenarioChanged(f"{spec.origin.file} was changed while the sweep ran")
    with tempfile.TemporaryDirectory(dir=spec.scratch) as name:
        folder = Path(name)
        try:
            run = simulate(
                loaded,
                seed=seed,
                replication=replication,
                engines=spec.engines,
                directory=folder,
                chain_tables=False,
            )
        except Interrupted:
            raise KeyboardInterrupt from None
        if run.violation is not None:
            again = replay_command(spec.origin, seed, replication, spec.engines)
            raise RunInvalid(f"the audit rule {run.violation.rule} was broken; to see it again: {again}")
        # Only what is kept is measured: all metrics cost a short run as much again as the run itself.
        wanted = [metric for metric in METRICS if not spec.metrics or metric.name in spec.metrics]
        rows = [_slim(measured.to_dict()) for measured in compute_all(folder, facts_of(loaded), wanted)]
    if arm.name == BASE_POINT and replication == 0:
        # For whoever reads the sweep: what its numbers rest on, as the first point has it.
        write_used(loaded, spec.scratch.parent)
    first: dict[str, Any] = {
        "name": DIGEST,
        "by": {},
        "value": None,
        "unit": "",
        "n": 0,
        "reason": run.digest,
    }
    return [first, *rows]


def leave_interrupts_to_the_parent() -> None:
    """In a worker: Ctrl-C reaches the whole group; the parent decides, and ends its workers."""
    if multiprocessing.parent_process() is not None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def digest_of(files: Iterable[tuple[str, str]]) -> str:
    """One digest of files and their SHA-256."""
    return sha256("\n".join(f"{file} {sums}" for file, sums in files).encode()).hexdigest()


def _slim(row: dict[str, Any]) -> dict[str, Any]:
    return {
        key: row.get(key) for key in ("name", "by", "value", "unit", "n", "reason", "direction", "family")
    }
