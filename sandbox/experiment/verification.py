"""Whether a run folder still is what was written: sums of files, the scenario's hash, the journal's digest."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from sandbox.experiment.folder import MANIFEST, read_manifest, sum_of
from sandbox.journal.reader import JournalDamaged, JournalReader


def mismatches(folder: Path) -> list[str]:
    """One line a file that is missing or not what its manifest says, runs within the folder included.

    Raises OSError if the folder has no manifest that can be read.
    """
    found = list(_of_files(folder))
    for inner in sorted(path.parent for path in folder.rglob(MANIFEST)):
        if inner != folder:
            found += _of_files(inner)
    return found


def _of_files(folder: Path) -> Iterator[str]:
    try:
        manifest = read_manifest(folder)
    except ValueError as fault:
        yield f"{folder / MANIFEST}: {fault}"
        return
    stated = manifest.get("files", {})
    wrong = set()
    for name, sums in sorted(stated.items()):
        path = folder / name
        if not path.is_file():
            wrong.add(name)
            yield f"{path}: is missing"
        elif sum_of(path) != sums:
            wrong.add(name)
            yield f"{path}: its SHA-256 is not the manifest's"
    if manifest.get("status") in ("running", "failed"):
        yield f"{folder}: the run has not ended (status {manifest['status']}); its files have no sums"
    if "canonical.json" in stated and "canonical.json" not in wrong:
        yield from _of_scenario(folder, str(manifest.get("scenario", {}).get("hash")))
    if "journal.parquet" in stated and not wrong & _JOURNAL:
        yield from _of_journal(folder, str(manifest.get("journal_digest")))
    for replication in manifest.get("replications", ()):
        yield from _of_replication(folder, replication)


_JOURNAL = {f"{name}.parquet" for name in ("journal", "entities", "accounts", "payments", "codes")}


def _of_scenario(folder: Path, stated: str) -> Iterator[str]:
    if sha256((folder / "canonical.json").read_bytes()).hexdigest() != stated:
        yield f"{folder / 'canonical.json'}: is not the scenario whose hash the manifest states"


def _of_journal(folder: Path, stated: str) -> Iterator[str]:
    try:
        with JournalReader(folder) as reader:
            if reader.digest != stated:
                yield f"{folder / 'journal.parquet'}: its digest is not the manifest's"
    except JournalDamaged as fault:
        yield f"{folder / 'journal.parquet'}: {fault}"


def _of_replication(folder: Path, stated: dict[str, object]) -> Iterator[str]:
    """A replication's own manifest must tell the digest that the experiment's manifest tells."""
    inner = folder / str(stated.get("folder"))
    try:
        found = read_manifest(inner).get("journal_digest")
    except (OSError, ValueError):
        yield f"{inner / MANIFEST}: is missing or cannot be read"
        return
    if found != stated.get("journal_digest"):
        yield f"{inner / MANIFEST}: its journal digest is not the experiment's"
