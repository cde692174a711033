"""From text to a tree of places: the parser's events, guarded one by one.

The parser's own loader is not used: events are counted while they come, so that depth, size, aliases and
tags are refused before anything is built, and nothing recursive ever runs on hostile text.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import Path as FilePath
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from sandbox.scenario.faults import Fault, Mark, ScenarioInvalid, escape
from sandbox.scenario.forbidden import prohibited, prohibited_entry
from sandbox.scenario.guard import decode, read_bytes, refuse
from sandbox.scenario.scalars import resolve
from sandbox.scenario.tree import Entry, ListNode, MapNode, Node, Path, ScalarNode, walk

MOST_DEPTH: Final = 32
MOST_NODES: Final = 12_000
MOST_SCALAR_BYTES: Final = 8 * 1024
#: After so many bad values the rest of a file is not looked through.
MOST_VALUE_FAULTS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Document:
    """One file as read: its tree, its faults so far, and its bytes for the hash."""

    file: str
    root: Node
    data: bytes
    faults: list[Fault]


def read_document(path: FilePath, file: str, *, allow_urls: bool = False) -> Document:
    """Read one file; faults that leave a readable tree are listed, others raise ScenarioInvalid."""
    data = read_bytes(path, file)
    return parse_document(data, file, allow_urls=allow_urls)


def parse_document(data: bytes, file: str, *, allow_urls: bool = False) -> Document:
    """The same for bytes already in hand. `allow_urls` is for lists of sources only."""
    document = _parsed(data, file, allow_urls)
    return Document(document.file, document.root, document.data, list(document.faults))


@lru_cache(maxsize=16)
def _parsed(data: bytes, file: str, allow_urls: bool) -> Document:
    """Kept by the bytes: a worker of a sweep reads the same scenario for each of its replications."""
    text = decode(data, file)
    try:
        root, faults = compose(text, file)
    except ScenarioInvalid as stop:
        raise ScenarioInvalid(
            [*stop.faults, *islice(_comment_faults(text, file, allow_urls), MOST_VALUE_FAULTS)]
        ) from None
    faults.extend(islice(value_faults(root, allow_urls), MOST_VALUE_FAULTS))
    known = {(fault.line, fault.code) for fault in faults}
    faults.extend(f for f in _comment_faults(text, file, allow_urls) if (f.line, f.code) not in known)
    return Document(file, root, data, faults)


def compose(text: str, file: str) -> tuple[Node, list[Fault]]:
    """The tree of a one-document text and its doubled keys.

    Raises ScenarioInvalid for bad syntax, two documents, aliases, tags, directives, too deep, too many.
    """
    builder = _Builder(file)
    for event in _events(text, file):
        builder.take(event)
    if builder.root is None:
        raise refuse(file, "empty", "the file holds no document")
    return builder.root, builder.faults


def _events(text: str, file: str) -> Iterator[Any]:
    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        code = "bad_version" if "version" in str(problem.problem) else "syntax"
        message = escape(str(problem.problem or problem.context))
        raise refuse(file, code, f"not valid YAML: {message}", line=line, column=column) from None
    except ScenarioInvalid:
        raise
    except Exception as problem:  # the scanner answers some garbage with its own ValueError, IndexError, ...
        reason = type(problem).__name__
        raise refuse(file, "syntax", f"not valid YAML: the parser gives up ({reason})") from None


@dataclass(slots=True)
class _Open:
    """A list or a map that is being filled."""

    node: MapNode | ListNode
    path: Path
    key: str | None = None
    key_mark: Mark | None = None
    awaits_value: bool = False
    doubled: bool = False
    """The key stood before: its value is read past."""


@dataclass(slots=True)
class _Builder:
    """Puts events together to a tree without recursion."""

    file: str
    root: Node | None = None
    faults: list[Fault] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    nodes: int = 0

    def take(self, event: Any) -> None:
        """Use one event of the parser."""
        kind = type(event).__name__
        if kind in ("StreamStartEvent", "StreamEndEvent", "DocumentEndEvent"):
            return
        mark = Mark(self.file, event.start_mark.line + 1, event.start_mark.column + 1)
        if kind == "DocumentStartEvent":
            self._document(event, mark)
            return
        if kind in ("MappingEndEvent", "SequenceEndEvent"):
            self.stack.pop()
            return
        self._guard(event, kind, mark)
        if kind == "ScalarEvent":
            self._scalar(event, mark)
        else:
            node: MapNode | ListNode = (
                MapNode({}, mark) if kind == "MappingStartEvent" else ListNode([], mark)
            )
            self._add(node, mark)

    def _document(self, event: Any, mark: Mark) -> None:
        if self.root is not None:
            raise self._refuse(mark, "many_documents", "a file holds one document; this is a second one")
        if event.version or event.tags:
            raise self._refuse(mark, "directive", "directives (%YAML, %TAG) are not read", "leave them out")

    def _guard(self, event: Any, kind: str, mark: Mark) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise self._refuse(mark, "too_many_nodes", f"more than {MOST_NODES} values")
        if kind == "AliasEvent" or getattr(event, "anchor", None):
            raise self._refuse(
                mark, "alias", "anchors (&) and aliases (*) are not read", "use extends to share values"
            )
        if getattr(event, "tag", None):
            raise self._refuse(mark, "tag", "tags (!) are not read")
        if kind != "ScalarEvent" and len(self.stack) >= MOST_DEPTH:
            raise self._refuse(mark, "too_deep", f"nested more than {MOST_DEPTH} deep")

    def _scalar(self, event: Any, mark: Mark) -> None:
        text = event.value
        if len(text) > MOST_SCALAR_BYTES:
            raise self._refuse(mark, "text_too_long", f"a text of more than {MOST_SCALAR_BYTES} characters")
        above = self.stack[-1] if self.stack else None
        if above and isinstance(above.node, MapNode) and not above.awaits_value:
            self._key(above, event, mark)
        else:
            self._add(ScalarNode(text, event.style in (None, ""), mark), mark)

    def _key(self, above: _Open, event: Any, mark: Mark) -> None:
        key = event.value
        assert isinstance(above.node, MapNode)
        if key == "<<" and event.style in (None, ""):
            raise self._refuse(
                mark, "merge_key", "merge keys (<<) are not read", "use extends to share values"
            )
        if not key.strip():
            raise self._refuse(mark, "bad_key", "a key must be text")
        above.doubled = key in above.node.entries
        if above.doubled:
            first = above.node.entries[key].key_mark
            path = path_text((*above.path, key))
            self.faults.append(
                Fault(mark, "duplicate_key", path, f"this key stands twice (first on line {first.line})")
            )
        above.key, above.key_mark, above.awaits_value = key, mark, True

    def _add(self, node: Node, mark: Mark) -> None:
        path: Path = ()
        if not self.stack:
            self.root = node
        else:
            above = self.stack[-1]
            if isinstance(above.node, ListNode):
                path = (*above.path, len(above.node.items))
                above.node.items.append(node)
            elif not above.awaits_value:
                raise self._refuse(mark, "bad_key", "a key must be text, not a list or a map")
            else:
                assert above.key is not None and above.key_mark is not None
                path = (*above.path, above.key)
                above.awaits_value = False
                if not above.doubled:
                    above.node.entries[above.key] = Entry(above.key_mark, node)
        if not isinstance(node, ScalarNode):
            self.stack.append(_Open(node, path))

    def _refuse(self, mark: Mark, code: str, message: str, hint: str = "") -> ScenarioInvalid:
        path = path_text(self._here())
        return ScenarioInvalid([Fault(mark, code, path, message, hint), *self.faults])

    def _here(self) -> Path:
        if not self.stack:
            return ()
        above = self.stack[-1]
        return (*above.path, above.key) if above.awaits_value and above.key else above.path


def value_faults(root: Node, allow_urls: bool) -> Iterator[Fault]:
    """Numbers that cannot be read, hidden characters, and what may stand nowhere, in the whole tree."""
    for path, key_mark, node in walk(root):
        key = path[-1] if path and isinstance(path[-1], str) else ""
        if key:
            yield from _text_faults(key, key_mark, path, allow_urls)
        if isinstance(node, ScalarNode):
            found = list(_text_faults(node.text, node.mark, path, allow_urls))
            named = prohibited_entry(key, node.text) if key and not found else None
            if named:
                found.append(Fault(node.mark, named[0], path_text(path), named[1]))
            yield from found or _number_faults(node, path)


def _number_faults(node: ScalarNode, path: Path) -> Iterator[Fault]:
    reading = resolve(node.text, node.plain)
    if reading.problem:
        message = f"cannot be read as a number (got {escape(node.text)})"
        hint = (
            f"{reading.advice}, or put text in quotes"
            if reading.problem == "number_format"
            else reading.advice
        )
        yield Fault(node.mark, reading.problem, path_text(path), message, hint)


def _text_faults(text: str, mark: Mark, path: Path, allow_urls: bool) -> Iterator[Fault]:
    found = prohibited(text)
    if found and not (allow_urls and found.code == "network_url"):
        yield Fault(mark, found.code, path_text(path), found.message)
    elif not text.isascii() or not text.isprintable():
        hidden = next((c for c in text if not c.isprintable() and c not in "\n\t\u00a0\u202f"), None)
        if hidden:
            shown = escape(hidden)
            yield Fault(mark, "bad_text", path_text(path), f"holds an invisible character ({shown})")


def _comment_faults(text: str, file: str, allow_urls: bool) -> Iterator[Fault]:
    """Comments are looked through as well: a key in a comment has leaked all the same."""
    for row, line in enumerate(text.splitlines(), start=1):
        start = line.find("#")
        found = prohibited(line[start:]) if start >= 0 else None
        if found and not (allow_urls and found.code == "network_url"):
            yield Fault(Mark(file, row, start + found.start + 1), found.code, "", found.message)


def path_text(path: Path) -> str:
    """A key path in dots, escaped; a key that looks like a secret is not repeated."""
    steps = (str(step) for step in path)
    return ".".join("…" if len(step) > 20 and prohibited(step) else escape(step) for step in steps)
