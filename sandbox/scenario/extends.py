"""`extends`: a scenario says only what differs from its parent.

Maps join key by key, lists and single values replace. A parent stands in the same folder tree as the
scenario that was asked for, or is a shipped scenario named by its file name.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from sandbox.scenario.faults import Fault, ScenarioInvalid, echo, escape
from sandbox.scenario.library import find_shipped, shipped
from sandbox.scenario.nearest import did_you_mean
from sandbox.scenario.reading import Document, read_document
from sandbox.scenario.tree import MapNode, Node, ScalarNode, found, merge

MOST_PARENTS: Final = 16
#: All files of a chain together, so that sixteen large parents stay within the time of one.
MOST_CHAIN_BYTES: Final = 512 * 1024


@dataclass(frozen=True, slots=True)
class Chain:
    """A scenario with its parents, joined."""

    root: Node
    """The joined tree, without the `extends` keys; each node keeps the place where it was written."""
    files: tuple[tuple[str, str], ...]
    """File as shown and SHA-256 of its bytes, the scenario first."""
    faults: list[Fault]
    """What is wrong in any of the files short of unreadable."""


def read_chain(path: Path, file: str) -> Chain:
    """Read a scenario and all its parents; raises ScenarioInvalid where a file cannot be read at all."""
    top = _real(path).parent
    documents: list[Document] = []
    seen: list[Path] = []
    size = 0
    place: ScalarNode | None = None
    while True:
        document = _read(path, file, documents)
        documents.append(document)
        seen.append(_real(path))
        size += len(document.data)
        place = _parent_of(document)
        if place is None:
            break
        refuse = _refuser(place, documents)
        found = _find(place.text, path, file, top)
        if found is None:
            raise refuse("no_file", f"there is no scenario {echo(place.text)} here", _near(place.text, path))
        path, file = found
        if _real(path) in seen:
            raise refuse("extends_cycle", f"the scenarios extend each other: {_chain(documents, file)}")
        if len(documents) > MOST_PARENTS or size > MOST_CHAIN_BYTES:
            raise refuse(
                "extends_too_deep", f"more than {MOST_PARENTS} parents or {MOST_CHAIN_BYTES // 1024} kB"
            )
    return _joined(documents)


def _read(path: Path, file: str, documents: list[Document]) -> Document:
    """One file of the chain; when it is unreadable, the faults of those already read are kept too."""
    try:
        return read_document(path, file)
    except ScenarioInvalid as stop:
        earlier = [fault for document in documents for fault in document.faults]
        raise ScenarioInvalid([*stop.faults, *earlier]) from None


def _parent_of(document: Document) -> ScalarNode | None:
    """The value of `extends`, if the document has one; a wrong kind of value is a fault."""
    if not isinstance(document.root, MapNode):
        message = f"a scenario is a map of keys (got {found(document.root)})"
        raise ScenarioInvalid([Fault(document.root.mark, "wrong_type", "", message), *document.faults])
    entry = document.root.entries.get("extends")
    if entry is None or (isinstance(entry.value, ScalarNode) and entry.value.text == "null"):
        return None
    if isinstance(entry.value, ScalarNode) and entry.value.text:
        return entry.value
    message = "needs the name of one scenario file"
    raise ScenarioInvalid([Fault(entry.value.mark, "wrong_type", "extends", message), *document.faults])


def _find(name: str, child: Path, child_file: str, top: Path) -> tuple[Path, str] | None:
    """The parent beside the child and inside the folder tree, or a shipped scenario of that name."""
    if len(name) > 255 or "\0" in name:
        return None
    near = child.parent / name
    try:
        inside = _real(near).is_relative_to(top) or _real(near).is_relative_to(_real(child).parent)
        if inside and near.is_file() and not Path(name).is_absolute():
            return near, os.path.normpath(os.path.join(os.path.dirname(child_file), name))
    except OSError:
        return None
    path = find_shipped(name)
    return (path, shown(path)) if path else None


def _real(path: Path) -> Path:
    """The path without links; a loop of links stays as it is, where `Path.resolve` would raise."""
    return Path(os.path.realpath(path))


def shown(path: Path) -> str:
    """A path as messages show it: relative to the working folder when it lies below it."""
    try:
        return str(_real(path).relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def _near(name: str, child: Path) -> str:
    try:
        here = [path.name for path in child.parent.glob("*.yaml")]
    except OSError:
        here = []
    known = {*here, *(path.name for path in shipped())}
    return (
        did_you_mean(name, sorted(known)) or "a parent lies in the same folder tree or is a shipped scenario"
    )


def _refuser(place: ScalarNode, documents: list[Document]) -> Callable[..., ScenarioInvalid]:
    earlier = [fault for document in documents for fault in document.faults]

    def refuse(code: str, message: str, hint: str = "") -> ScenarioInvalid:
        return ScenarioInvalid([Fault(place.mark, code, "extends", message, hint), *earlier])

    return refuse


def _chain(documents: list[Document], again: str) -> str:
    return " -> ".join(escape(file) for file in [*(document.file for document in documents), again])


def _joined(documents: list[Document]) -> Chain:
    root: Node = MapNode({}, documents[0].root.mark)
    for document in reversed(documents):
        assert isinstance(document.root, MapNode)
        entries = {key: entry for key, entry in document.root.entries.items() if key != "extends"}
        root = merge(root, MapNode(entries, document.root.mark))
    files = tuple((document.file, sha256(document.data).hexdigest()) for document in documents)
    return Chain(root, files, [fault for document in documents for fault in document.faults])
