"""Several replications in one folder: their manifest, their means, and the marks after an interrupt."""

import json
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

from sandbox.experiment.design import Design
from sandbox.experiment.executor import Outcome
from sandbox.experiment.folder import (
    MANIFEST,
    MANIFEST_SCHEMA,
    read_manifest,
    seal,
    sum_of,
    write_json,
    write_text,
)
from sandbox.experiment.replications import replication_folder
from sandbox.experiment.statistics import mean_of

#: Traceback of a run that failed, in its folder.
ERROR_LOG = "error.log"

SCHEMA = "sandbox.experiment-manifest/1"


def open_gathering(folder: Path, kind: str, design: Design) -> None:
    """Say in the folder what is being run there."""
    write_json(folder / MANIFEST, {**_described(kind, design), "status": "running", "files": {}})


def gather(
    folder: Path, kind: str, design: Design, outcomes: Sequence[Outcome], documents: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Write the experiment's documents and its manifest, and a log for each failure; one row a replication.

    A row holds arm, replication, folder (below this one), status, journal_digest and endings.
    """
    for name, document in documents.items():
        write_json(folder / name, document)
    for outcome in outcomes:
        if outcome.failed:
            write_text(log_of(outcome), outcome.failure)
    runs = [_row(folder, outcome) for outcome in outcomes]
    status = "complete" if all(run["status"] == "complete" for run in runs) else "partial"
    seal(folder, {**_described(kind, design), "status": status, "replications": runs})
    return runs


def log_of(outcome: Outcome) -> Path:
    """Where the traceback of a failed replication is kept."""
    inner = replication_folder(outcome.task.arm.spec.folder, outcome.task.replication)
    inner.mkdir(parents=True, exist_ok=True)
    return inner / ERROR_LOG


def gathered_digest(runs: Sequence[Mapping[str, Any]]) -> str:
    """One digest for all replications: that of their journal digests, in order."""
    digest = blake2b(digest_size=32)
    for run in runs:
        digest.update(f"{run['arm']}/{run['replication']}={run['journal_digest']}\n".encode())
    return digest.hexdigest()


def means_of(outcomes: Sequence[Outcome], level: float = 0.95) -> list[dict[str, Any]]:
    """Each metric and group over the replications that have it: mean, half-width of its t interval, how many."""
    groups: dict[tuple[str, tuple[tuple[str, str], ...]], list[Mapping[str, Any]]] = {}
    for outcome in outcomes:
        for row in outcome.rows:
            groups.setdefault((row["name"], tuple(sorted(row["by"].items()))), []).append(row)
    return [_mean_row(rows, level) for rows in groups.values()]


def settle_interrupted(folder: Path) -> int:
    """Mark every run that was cut off, and the experiment itself; give how many runs are complete."""
    complete = 0
    for inner in sorted(folder.rglob("rep-*")):
        if inner.is_dir() and not (inner / MANIFEST).exists():
            # Cut off before its first word: without a mark nobody could tell what lies here.
            write_json(inner / MANIFEST, {"schema": MANIFEST_SCHEMA, "status": "interrupted", "files": {}})
    for path in sorted(folder.rglob(MANIFEST)):
        try:
            manifest = read_manifest(path.parent)
        except (OSError, ValueError):
            continue
        if manifest.get("status") == "running":
            write_json(path, {**manifest, "status": "interrupted"})
        elif manifest.get("status") == "complete":
            complete += 1
    return complete


def same_gathering(folder: Path, kind: str, design: Design) -> bool:
    """Whether the folder holds replications of this very design."""
    try:
        manifest = read_manifest(folder)
    except (OSError, ValueError):
        return False
    asked = _described(kind, design)
    return all(manifest.get(key) == asked[key] for key in asked)


def finished_in(design: Design) -> dict[tuple[str, int], Outcome]:
    """Replications whose folders are complete and unchanged, with the rows they measured."""
    found = {}
    for task in design.tasks():
        inner = replication_folder(task.arm.spec.folder, task.replication)
        try:
            manifest = read_manifest(inner)
            whole = manifest.get("status") == "complete" and all(
                sum_of(inner / name) == sums for name, sums in manifest["files"].items()
            )
            rows = (
                json.loads((inner / "metrics.json").read_text(encoding="utf-8"))["metrics"] if whole else None
            )
        except (OSError, ValueError, KeyError):
            continue
        if rows is not None:
            found[task.key] = Outcome(task, rows=tuple(rows))
    return found


def _described(kind: str, design: Design) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "kind": kind,
        "seed": design.seed,
        "reps": design.replications,
        "arms": [
            {
                "name": arm.name,
                "file": arm.spec.origin.file,
                "sets": list(arm.spec.origin.sets),
                "hash": arm.spec.hash,
            }
            for arm in design.arms
        ],
    }


def _row(folder: Path, outcome: Outcome) -> dict[str, Any]:
    inner = replication_folder(outcome.task.arm.spec.folder, outcome.task.replication)
    try:
        manifest = read_manifest(inner)
    except (OSError, ValueError):
        manifest = {}
    return {
        "arm": outcome.task.arm.name,
        "replication": outcome.task.replication,
        "folder": inner.relative_to(folder).as_posix(),
        "status": manifest.get("status", "failed"),
        "journal_digest": manifest.get("journal_digest"),
        "endings": manifest.get("endings", {}),
    }


def _mean_row(rows: Sequence[Mapping[str, Any]], level: float) -> dict[str, Any]:
    first = rows[0]
    values = [float(row["value"]) for row in rows if row["value"] is not None]
    kept = {key: first.get(key) for key in ("name", "family", "by", "unit", "direction")}
    if not values:
        return {**kept, "value": None, "half_width": None, "n": 0, "reason": first["reason"]}
    mean = mean_of(values, level)
    return {**kept, "value": mean.value, "half_width": mean.half_width, "n": mean.n, "reason": None}
