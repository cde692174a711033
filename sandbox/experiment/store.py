"""An experiment on disk: one durable file a replication, a manifest line for each, and a lock.

A file is written beside its place, flushed to the disk, renamed, and only then named in ``manifest.jsonl``
with its SHA-256. After a power cut a replication is therefore whole or absent; opening the folder again
goes on with what is whole.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from sandbox.experiment.design import Design, Task
from sandbox.experiment.executor import Outcome

_SCHEMA = "sandbox.experiment/1"
_MANIFEST = "manifest.jsonl"


class StoreBusy(RuntimeError):
    """Another process works in this folder."""


class OtherExperiment(ValueError):
    """The folder holds the replications of a different design."""


class ExperimentStore:
    """The folder of one experiment, locked while it is open. Raises StoreBusy, OtherExperiment."""

    def __init__(self, directory: Path, design: Design, identity: Mapping[str, Any] | None = None) -> None:
        """``identity``: what else must be the same to go on, such as scenario hashes (plain data)."""
        self.directory = directory
        self._design = design
        directory.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(directory / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise StoreBusy(f"{directory} is in use by another process") from None
        try:
            self._claim(identity or {})
        except BaseException:
            self.close()
            raise

    def _claim(self, identity: Mapping[str, Any]) -> None:
        described = {
            "schema": _SCHEMA,
            "seed": self._design.seed,
            "arms": [arm.name for arm in self._design.arms],
            "identity": dict(identity),
        }
        path = self.directory / "design.json"
        if not path.exists():
            _write_durably(path, _canonical(described))
            return
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            raise OtherExperiment(f"{path} is damaged; choose another folder") from None
        if found != described:
            raise OtherExperiment(f"{self.directory} holds another experiment: {found} is not {described}")

    def save(self, outcome: Outcome) -> Path:
        """Keep one outcome, failed ones too; when this returns it survives a power cut."""
        path = self.directory / self._file_name(outcome.task)
        payload = {
            "arm": outcome.task.arm.name,
            "replication": outcome.task.replication,
            "seed": outcome.task.seed,
            "failure": outcome.failure or None,
            "rows": [dict(row) for row in outcome.rows],
        }
        data = _canonical(payload)
        _write_durably(path, data)
        line = {"file": path.name, "sha256": hashlib.sha256(data).hexdigest(), "failed": outcome.failed}
        _append_durably(self.directory / _MANIFEST, _canonical(line))
        return path

    def finished(self) -> dict[tuple[str, int], Outcome]:
        """Replications that are on disk, whole and successful, by arm and number; failed ones run again."""
        listed = {line["file"]: line for line in self._lines()}
        outcomes = {}
        for task in self._design.tasks():
            line = listed.get(self._file_name(task))
            if line is None or line["failed"]:
                continue
            path = self.directory / line["file"]
            data = path.read_bytes() if path.is_file() else b""
            if hashlib.sha256(data).hexdigest() == line["sha256"]:
                outcomes[task.key] = Outcome(task, rows=tuple(json.loads(data)["rows"]))
        return outcomes

    def pending(self) -> Sequence[Task]:
        """Tasks of the design that still have to run."""
        done = self.finished()
        return [task for task in self._design.tasks() if task.key not in done]

    def _lines(self) -> list[dict[str, Any]]:
        """Whole lines of the manifest, the last of a file counting last; a torn line is no line."""
        path = self.directory / _MANIFEST
        lines = []
        for text in path.read_bytes().split(b"\n") if path.is_file() else ():
            try:
                line = json.loads(text)
            except ValueError:
                continue
            if isinstance(line, dict) and {"file", "sha256", "failed"} <= line.keys():
                lines.append(line)
        return lines

    def _file_name(self, task: Task) -> str:
        place = [arm.name for arm in self._design.arms].index(task.arm.name)
        return f"arm-{place:02d}-rep-{task.replication:04d}.json"

    def close(self) -> None:
        """Release the folder."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def __enter__(self) -> "ExperimentStore":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _canonical(payload: Mapping[str, Any]) -> bytes:
    text = json.dumps(payload, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return (text + "\n").encode("utf-8")


def _write_durably(path: Path, data: bytes) -> None:
    """Write beside, flush, rename, flush the folder: the old file or the whole new one, never a part."""
    beside = path.with_name(path.name + ".tmp")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    _flush_folder(path.parent)


def _append_durably(path: Path, line: bytes) -> None:
    """Add a line; a torn line before it is closed first, so that it cannot swallow this one."""
    with path.open("ab+") as file:
        if file.tell() > 0:
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
    _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
