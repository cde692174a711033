"""Scenario documents with one mistake in them: each must be refused, and at the right place."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from hypothesis import strategies as st

from sandbox.testing.fields import Document

Path = tuple[str, ...]

#: Maps whose keys are names or languages.
_FREE: frozenset[Path] = frozenset({("timeline",), ("title",), ("question",)})

#: Maps whose keys are names, wherever they stand; a schedule's are days.
_NAMED = frozenset({"parameters", "quotas", "category_monthly_caps"})

#: Texts that may stand nowhere in a scenario, with the code of the fault.
_PROHIBITED = {
    "see https://example.org/rpc": "network_url",
    "0x00000000000000000000000000000000000000a1": "real_address",
    "0x" + "ab" * 32: "secret",
}


class Broken(NamedTuple):
    """A document with one mistake."""

    document: Document
    path: Path
    """Keys that lead to the mistake."""
    code: str
    """Code of the fault that names it."""


@st.composite
def broken(draw: st.DrawFn, scenario: Document | st.SearchStrategy[Document]) -> Broken:
    """A valid document with exactly one edit that makes it invalid.

    The edits: a key nobody knows, a key with a letter too many, a required key left out, a value of another kind, a
    number out of its range, a day that is in no calendar, no rail at all, an address or a URL. The document given
    is left as it is.
    """
    document = deepcopy(draw(scenario) if isinstance(scenario, st.SearchStrategy) else scenario)
    return draw(st.sampled_from(_EDITS))(draw, document)


def _unknown_key(draw: st.DrawFn, document: Document) -> Broken:
    path = draw(st.sampled_from([path for path in _maps(document) if path not in _FREE]))
    key = draw(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8).map(lambda text: f"zz_{text}"))
    _at(document, path)[key] = 1
    return Broken(document, (*path, key), "unknown_key")


def _misspelt_key(draw: st.DrawFn, document: Document) -> Broken:
    """A letter twice: the key is unknown, and what it said falls back to its default or is missing."""
    places = [path for path in _keys(document) if path[0] not in ("timeline", "rails")]
    path = draw(st.sampled_from([path for path in places if path != ("schema",)]))
    parent, key = _at(document, path[:-1]), path[-1]
    position = draw(st.integers(0, len(key) - 1))
    wrong = key[:position] + key[position] + key[position:]
    parent[wrong] = parent.pop(key)
    return Broken(document, (*path[:-1], wrong), "unknown_key")


def _missing_key(draw: st.DrawFn, document: Document) -> Broken:
    key = draw(st.sampled_from(["schema", "title", "question", "rails"]))
    del document[key]
    return Broken(document, (key,), "missing_key")


def _wrong_kind(draw: st.DrawFn, document: Document) -> Broken:
    path = draw(st.sampled_from([path for path in _keys(document) if _is_number(_at(document, path))]))
    _at(document, path[:-1])[path[-1]] = draw(st.sampled_from([[], [1], "many"]))
    return Broken(document, path, "schema_version" if path == ("schema",) else "wrong_type")


def _out_of_range(draw: st.DrawFn, document: Document) -> Broken:
    place = st.sampled_from(
        [
            ("population", "importers", 0),
            ("population", "payments_per_business_day", 0),
            ("policy", "banks", 101),
            ("policy", "banks", -1),
        ]
    )
    group, key, value = draw(place)
    document[group][key] = value
    return Broken(document, (group, key), "out_of_range")


def _no_such_day(draw: st.DrawFn, document: Document) -> Broken:
    document["clock"]["start"] = draw(st.sampled_from(["2025-02-29", "2025-13-01", "2025-1-1", "01.03.2025"]))
    return Broken(document, ("clock", "start"), "bad_date")


def _no_rail(draw: st.DrawFn, document: Document) -> Broken:
    document["rails"] = {}
    return Broken(document, ("rails",), "invalid_value")


def _prohibited(draw: st.DrawFn, document: Document) -> Broken:
    text, code = draw(st.sampled_from(sorted(_PROHIBITED.items())))
    key = draw(st.sampled_from(["title", "question"]))
    document[key]["en"] = text
    return Broken(document, (key, "en"), code)


_EDITS = (
    _missing_key,
    _no_rail,
    _unknown_key,
    _misspelt_key,
    _wrong_kind,
    _out_of_range,
    _no_such_day,
    _prohibited,
)


def _at(document: Document, path: Path) -> Any:
    found: Any = document
    for key in path:
        found = found[key]
    return found


def _maps(document: Mapping[str, Any], path: Path = ()) -> Iterator[Path]:
    """Every map whose keys the format fixes."""
    yield path
    for key, value in document.items():
        if isinstance(value, Mapping) and key not in _NAMED and "values" not in value:
            yield from _maps(value, (*path, key))


def _keys(document: Mapping[str, Any]) -> Iterator[Path]:
    for path in _maps(document):
        if path not in _FREE:
            yield from ((*path, key) for key in _at(dict(document), path))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
