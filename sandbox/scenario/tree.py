"""A document as a tree whose every node remembers where it was written: the loader's source map."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sandbox.scenario.faults import Mark, escape
from sandbox.scenario.scalars import resolve


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A single value as text, before it is read as a number or a truth value."""

    text: str
    plain: bool
    """Written without quotes: only then may it be a number, a truth value or null."""
    mark: Mark


@dataclass(frozen=True, slots=True)
class ListNode:
    """A list."""

    items: list["Node"]
    mark: Mark


@dataclass(frozen=True, slots=True)
class MapNode:
    """A map from text to nodes, in the order written."""

    entries: dict[str, "Entry"]
    mark: Mark


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a map with its value."""

    key_mark: Mark
    value: "Node"


Node: TypeAlias = ScalarNode | ListNode | MapNode
Step: TypeAlias = str | int
Path: TypeAlias = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """What a location of the schema is in the document."""

    node: Node
    key_mark: Mark
    """Where the key that leads to the node stands; the node's own place at the top and in lists."""
    path: Path
    """The steps that exist in the document."""
    missing: tuple[Step, ...]
    """Steps of the location that are not there: names of union members, or keys left out."""


def locate(root: Node, location: Sequence[Step]) -> Place:
    """Follow a location into the document, passing over steps that name a union member.

    Pydantic puts such names between keys; a missing key is the last step and has no node either.
    """
    node, key_mark = root, root.mark
    path: list[Step] = []
    missing: list[Step] = []
    for step in location:
        if isinstance(node, MapNode) and str(step) in node.entries:
            entry = node.entries[str(step)]
            node, key_mark = entry.value, entry.key_mark
        elif isinstance(node, ListNode) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            key_mark = node.mark
        else:
            missing.append(step)
            continue
        path.append(step)
    return Place(node, key_mark, tuple(path), tuple(missing))


def walk(root: Node) -> Iterator[tuple[Path, Mark, Node]]:
    """Every node with its path and the place of its key, top first."""
    waiting: list[tuple[Path, Mark, Node]] = [((), root.mark, root)]
    while waiting:
        path, key_mark, node = waiting.pop()
        yield path, key_mark, node
        if isinstance(node, MapNode):
            waiting.extend(((*path, key), e.key_mark, e.value) for key, e in node.entries.items())
        elif isinstance(node, ListNode):
            waiting.extend(((*path, place), item.mark, item) for place, item in enumerate(node.items))


def plain(node: Node) -> object:
    """The document's values without their places; a value that cannot be read stands as its text."""
    if isinstance(node, MapNode):
        return {_sound(key): plain(entry.value) for key, entry in node.entries.items()}
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    reading = resolve(node.text, node.plain)
    value = node.text if reading.problem else reading.value
    return _sound(value) if isinstance(value, str) else value


def _sound(text: str) -> str:
    """Text that can be encoded: an escape may have written half of a character (a fault of its own)."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def found(node: Node) -> str:
    """What stands in the file, for a message: text in quotes, a number as it was written."""
    if not isinstance(node, ScalarNode):
        return "a list" if isinstance(node, ListNode) else "a map"
    value = resolve(node.text, node.plain).value
    if value is None:
        return "null"
    return f"'{escape(node.text)}'" if isinstance(value, str) else escape(node.text)


def merge(parent: Node, child: Node) -> Node:
    """The child over the parent: maps join key by key, anything else of the child replaces."""
    if not (isinstance(parent, MapNode) and isinstance(child, MapNode)):
        return child
    entries = dict(parent.entries)
    for key, entry in child.entries.items():
        below = entries.get(key)
        value = merge(below.value, entry.value) if below else entry.value
        entries[key] = Entry(entry.key_mark, value)
    return MapNode(entries, child.mark)
