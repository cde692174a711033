"""Run folders on disk: claimed once, never overwritten, described by a manifest that is always true.

A folder is claimed by ``mkdir``, which one process alone can win. Its manifest says ``running`` until the run
has ended; a folder that still says so when nobody runs it belongs to a run that was cut off.
"""

import errno
import hashlib
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

#: Where run folders go unless the user says otherwise.
RUNS = Path("runs")

MANIFEST = "manifest.json"
MANIFEST_SCHEMA = "sandbox.manifest/1"

#: The link beside the run folders that names the newest of them.
LATEST = "latest"

#: The lock that a store of replications leaves behind.
_LOCK = "lock"

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")
_CHUNK_BYTES = 1 << 20
#: A folder of results with more runs of one name than this is somebody's mistake.
_MOST_RUNS = 100_000


def claim(parent: Path, name: str) -> Path:
    """Make and give the folder ``<name>-<nnn>`` with the next free number; raises OSError if it cannot."""
    if not _is_text(parent):
        raise OSError(errno.EILSEQ, os.strerror(errno.EILSEQ), str(parent))
    parent.mkdir(parents=True, exist_ok=True)
    safe = _NOT_IN_NAMES.sub("-", name).strip(".-")[:120] or "run"
    taken = [path.name.removeprefix(f"{safe}-") for path in parent.glob(f"{safe}-*")]
    number = max((int(each) for each in taken if each.isascii() and each.isdigit()), default=0)
    for _ in range(_MOST_RUNS):
        number += 1
        folder = parent / f"{safe}-{number:03d}"
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder
    raise OSError(f"{parent} has no free number for {safe}")


def _is_text(path: Path) -> bool:
    """Whether a path is UTF-8: what is made of others cannot be written into any document."""
    try:
        os.fspath(path).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def point_latest(folder: Path) -> None:
    """Make ``latest`` beside the folder point at it; where links are not to be had, nothing is lost."""
    beside = folder.with_name(f".{folder.name}.latest")
    link = folder.with_name(LATEST)
    try:
        if link.exists() and not link.is_symlink():
            return
        beside.symlink_to(folder.name)
        os.replace(beside, link)
    except OSError:
        beside.unlink(missing_ok=True)


def write_json(path: Path, document: Any) -> None:
    """Write a document beside its place, then put it there: never half a file."""
    write_text(
        path, json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
    )


def write_text(path: Path, text: str) -> None:
    """Write a text beside its place, flush it to the disk, then put it there."""
    beside = path.with_name(path.name + ".part")
    with beside.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


def sums_of(folder: Path) -> dict[str, dict[str, Any]]:
    """SHA-256 and size of every file, by relative name, sorted; neither manifests nor runs within this folder."""
    runs = {path.parent for path in folder.rglob(MANIFEST)} - {folder}
    names = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file()
        and path.name not in (MANIFEST, _LOCK)
        and path.suffix not in (".part", ".tmp")
        and runs.isdisjoint(path.parents)
    )
    return {name: sum_of(folder / name) for name in names}


def sum_of(path: Path) -> dict[str, Any]:
    """SHA-256 and size of one file."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
    return {"sha256": digest.hexdigest(), "bytes": size}


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a folder. Raises OSError if there is none, ValueError if it is not one."""
    document = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    if not isinstance(document, dict) or not isinstance(document.get("files", {}), dict):
        raise ValueError(f"{folder / MANIFEST} is not a manifest")
    return document


def seal(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write the manifest with the sums of all files as they are now."""
    write_json(folder / MANIFEST, {**manifest, "files": sums_of(folder)})


def add_file(folder: Path, name: str) -> None:
    """Enter a file that was made after the run, such as its report, into the manifest."""
    manifest = read_manifest(folder)
    files = {**manifest.get("files", {}), name: sum_of(folder / name)}
    write_json(folder / MANIFEST, {**manifest, "files": dict(sorted(files.items()))})
