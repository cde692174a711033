"""A failing document made small: whatever can be left out or halved while it fails in the same way."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from sandbox.testing.fields import Document

#: Says how a document fails: a word, or "" if it does not.
Verdict = Callable[[Document], str]


def shrink(document: Document, verdict: Verdict, goes_on: Callable[[], bool]) -> Document:
    """A smaller document with the same verdict; tries as long as ``goes_on`` says so.

    Greedy: timeline events and optional keys are left out, numbers are brought down. A document that does not load
    has another verdict, so that it is never the answer.
    """
    wanted, best = verdict(document), document
    better = True
    while better and goes_on():
        better = False
        for smaller in _smaller(best):
            if not goes_on():
                break
            if verdict(smaller) == wanted:
                best, better = smaller, True
                break
    return best


def _smaller(document: Document) -> Iterator[Document]:
    """Documents one step smaller, bold steps first."""
    for path in sorted(_paths(document), key=len):
        yield _without(document, path)
    for path in _paths(document):
        value = _at(document, path)
        for less in _less(value):
            smaller = deepcopy(document)
            _at(smaller, path[:-1])[path[-1]] = less
            yield smaller


def _paths(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key)
            yield from _paths(inner, (*path, key))


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def _without(document: Document, path: tuple[str, ...]) -> Document:
    smaller = deepcopy(document)
    del _at(smaller, path[:-1])[path[-1]]
    return smaller


def _less(value: object) -> Iterator[object]:
    """Simpler values of the same kind: 1 or half of a number or of whole days, a list's first entry."""
    if isinstance(value, bool):
        return
    if isinstance(value, int):
        yield from (less for less in (1, value // 2, value - 1) if 0 < less < value)
    elif isinstance(value, str) and value[:-1].isdigit() and value[-1] == "d":
        days = int(value[:-1])
        yield from (f"{less}d" for less in (1, days // 2, days - 1) if 0 < less < days)
    elif isinstance(value, list) and len(value) > 1:
        yield value[:1]
