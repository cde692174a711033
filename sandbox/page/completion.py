"""What may be written where the cursor stands: keys, enumerations and units, as the scenario's JSON Schema has them.

Names that the schema cannot list come from where they live: shipped scenarios, metrics, the library's parameters.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sandbox.durations import format_duration
from sandbox.page.cursor import ITEM, Standing, standing
from sandbox.report.wording import unit_label
from sandbox.scenario.wording import book, title_of
from sandbox.speech import language

_Schema = dict[str, Any]

SCHEMA = "sandbox.completion/1"
_MOST = 60
_DURATION = re.compile(r"^\d+[dhms]$", re.ASCII)
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


def complete(text: str, line: int, column: int) -> dict[str, Any]:
    """Options for the word at the cursor, and what is expected there (``hint``); line from 1, column from 0.

    An option's ``text`` takes the place of the ``typed`` letters before the cursor.
    """
    found = standing(text, line, column)
    if found is None:
        return {"schema": SCHEMA, "path": "", "hint": "", "typed": 0, "options": []}
    options: list[dict[str, str]] = []
    hint = ""
    if found.at in ("key", "either"):
        options += _keys(found)
    if found.at in ("value", "either"):
        nodes = _value_nodes(found)
        options += _values(found, nodes)
        hint = _hint(nodes)
    shown = _matching(options, found.word)
    steps = [*found.path, *([found.key] if found.key else [])]
    return {
        "schema": SCHEMA,
        "path": ".".join(step for step in steps if step != ITEM),
        "hint": hint,
        "typed": len(found.word),
        "options": shown[:_MOST],
    }


def told(text: str) -> str:
    """A word of the completion in the language spoken."""
    return book(language()).told(text)


def _matching(options: Iterable[dict[str, str]], word: str) -> list[dict[str, str]]:
    """Those that begin with the word, then those that contain it; a word that is complete offers nothing."""
    sought = word.strip("\"'").casefold()
    begin: list[dict[str, str]] = []
    contain: list[dict[str, str]] = []
    for option in options:
        label = option["label"].casefold()
        if label == sought and option["text"].strip() == word.strip():
            continue
        (begin if label.startswith(sought) else contain).append(option)
    return begin + [each for each in contain if sought in each["label"].casefold()]


# -- keys ----------------------------------------------------------------------------------------------


def _keys(found: Standing) -> list[dict[str, str]]:
    """Keys of the map at the cursor that do not stand in it yet."""
    level = found.levels[-1]
    taken = level.seen.keys() - {found.word}
    offered: dict[str, str] = {}
    for node in _fitting(_nodes(found), level.seen):
        for key, inner in node.get("properties", {}).items():
            offered.setdefault(key, _detail([inner]))
        for key in _named(node):
            offered.setdefault(key, "")
    if found.path == ("parameters",):
        offered.update(_parameters(language()))
    return [
        {"text": f"{key}: ", "label": key, "detail": detail}
        for key, detail in offered.items()
        if key not in taken
    ]


def _named(node: _Schema) -> list[str]:
    """Keys that a map with names of its own admits."""
    names = node.get("propertyNames", {})
    return list(names.get("enum", [])) if isinstance(names, dict) else []


# -- values --------------------------------------------------------------------------------------------


def _value_nodes(found: Standing) -> list[_Schema]:
    level = found.levels[-1]
    nodes = list(_fitting(_nodes(found), level.seen)) if not level.is_list else _nodes(found)
    if found.at == "either":
        return nodes
    return list(_below(nodes, ITEM if level.is_list else found.key))


def _values(found: Standing, nodes: Sequence[_Schema]) -> list[dict[str, str]]:
    """What the schema lists for a value: choices, yes and no, none, the usual value, examples with their unit."""
    offered: dict[str, str] = {}
    named = _kinds(found)
    for node in nodes:
        for choice in [*node.get("enum", []), *([node["const"]] if "const" in node else [])]:
            offered.setdefault(_written(choice), named.get(str(choice), ""))
        if node.get("type") == "boolean":
            offered |= {"true": "", "false": ""}
        if node.get("type") == "null":
            offered.setdefault("null", "")
        offered |= _examples(node, found.word)
        if "default" in node and (usual := _usual(node)) is not None:
            offered[usual] = told("the usual value")
    key = found.key or (found.levels[-1].step if found.levels[-1].is_list else "")
    offered |= _outside(found.path, key)
    return [{"text": text, "label": text, "detail": detail} for text, detail in offered.items()]


def _examples(node: _Schema, word: str) -> dict[str, str]:
    """The schema's examples; behind a number that wants a unit of time, the units."""
    examples = [str(each) for each in node.get("examples", [])]
    if word.isdecimal() and examples and _DURATION.match(examples[0]):
        return {f"{word}{letter}": told(name) for letter, name in _UNITS.items()}
    return {_written(each): told("for example") for each in examples}


def _outside(path: tuple[str, ...], key: str) -> dict[str, str]:
    """Names that are known elsewhere."""
    if not path and key in ("extends", "compare_to"):
        from sandbox.scenario.library import shipped

        return {each.name: told("shipped") for each in shipped()}
    if key == "metric":
        from sandbox.metrics import BY_NAME

        return {name: unit_label(metric.unit) for name, metric in sorted(BY_NAME.items())}
    return _parameters(language()) if key == "announced" else {}


def _usual(node: _Schema) -> str | None:
    """The default as one would write it; None where it is a map or a list."""
    default = node["default"]
    if isinstance(default, dict | list):
        return None
    examples = [str(each) for each in node.get("examples", [])]
    if isinstance(default, int) and examples and node.get("type") == "string":
        # A length of time stands in seconds, an amount in hundredths.
        if _DURATION.match(examples[0]):
            return format_duration(default)
        return json.dumps(f"{default / 100:g}")
    return _written(default)


def _written(value: Any) -> str:
    """A value as YAML: amounts are quoted, plain words are not."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    text = str(value)
    return json.dumps(text) if isinstance(value, str) and re.fullmatch(r"[\d.]+|", text) else text


# -- words ---------------------------------------------------------------------------------------------


def _hint(nodes: Sequence[_Schema]) -> str:
    """What is expected of a value: meaning, type, bounds, the usual value."""
    described = next((node["description"] for node in nodes if node.get("description")), "")
    parts = [described, *dict.fromkeys(kind for node in nodes if (kind := _kind(node)))]
    usual = next((usual for node in nodes if "default" in node and (usual := _usual(node)) is not None), None)
    if usual is not None:
        parts.append(told(f"usually {usual}"))
    return "; ".join(part for part in parts if part)


def _kind(node: _Schema) -> str:
    """Type and bounds in words."""
    kind = node.get("type", "")
    examples = [str(each) for each in node.get("examples", [])]
    if kind == "string" and examples and _DURATION.match(examples[0]):
        return told("a length of time: a whole number and d, h, m or s")
    if kind == "string" and examples:
        return told("an amount in quoted digits")
    if kind == "string" and node.get("format") == "date":
        return told("a day, as in 2024-09-01")
    named = {
        "integer": "a whole number", "number": "a number", "array": "a list", "object": "a map",
        "boolean": "true or false",
    }  # fmt: skip
    if kind == "string" and not ({"enum", "const"} & node.keys()):
        return told("text")
    low, high = node.get("minimum", node.get("exclusiveMinimum")), node.get("maximum")
    bounds = [f"at least {low:g}"] if isinstance(low, int | float) else []
    bounds += [f"at most {high:g}"] if isinstance(high, int | float) else []
    return " ".join(part for part in (told(named.get(str(kind), "")), told(" and ".join(bounds))) if part)


def _detail(nodes: Sequence[_Schema]) -> str:
    expanded = [each for node in nodes for each in _expanded(node)]
    return next((str(each["description"]) for each in [*nodes, *expanded] if each.get("description")), "")


def _kinds(found: Standing) -> dict[str, str]:
    """What each choice of a key makes of its map, where that decides: the kinds of events."""
    return {
        str(node["properties"][found.key]["const"]): str(node.get("description", "")).partition("\n\n")[0]
        for node in _nodes(found)
        if "const" in node.get("properties", {}).get(found.key, {})
    }


# -- the schema ----------------------------------------------------------------------------------------


def _nodes(found: Standing) -> list[_Schema]:
    """The schemas of the map or list at the cursor."""
    nodes: list[_Schema] = [_schema()]
    for above, level in zip(found.levels, found.levels[1:], strict=False):
        fitting = nodes if above.is_list else list(_fitting(nodes, above.seen))
        nodes = list(_below(fitting, level.step))
    return nodes


def _below(nodes: Iterable[_Schema], step: str) -> Iterator[_Schema]:
    """Schemas of what stands under a key, or in a list; what the place itself says goes with each of them."""
    for node in nodes:
        inner = node.get("items") if step == ITEM else _property(node, step)
        if isinstance(inner, dict):
            yield from _expanded(inner)


def _property(node: _Schema, key: str) -> Any:
    if key in node.get("properties", {}):
        return node["properties"][key]
    for pattern, inner in node.get("patternProperties", {}).items():
        if re.search(pattern, key):
            return inner
    return node.get("additionalProperties")


def _expanded(node: _Schema) -> Iterator[_Schema]:
    """A schema as its alternatives, each without references."""
    if "$ref" in node:
        for each in _expanded(_schema()["$defs"][node["$ref"].rsplit("/", 1)[-1]]):
            yield {**each, **{key: value for key, value in node.items() if key != "$ref"}}
        return
    alternatives = node.get("anyOf") or node.get("oneOf")
    if not alternatives or "properties" in node:
        yield node
        return
    shared = {key: value for key, value in node.items() if key in ("description", "default")}
    for alternative in alternatives:
        for each in _expanded(alternative):
            yield {**shared, **each} if "description" in each else {**each, **shared}


def _fitting(nodes: Iterable[_Schema], seen: Mapping[str, str]) -> Iterator[_Schema]:
    """The alternatives that what stands in the map already allows, such as events of the kind that it names."""
    every = list(nodes)
    fitting = [node for node in every if all(_allows(node, key, value) for key, value in seen.items())]
    yield from fitting or every


def _allows(node: _Schema, key: str, value: str) -> bool:
    inner = node.get("properties", {}).get(key, {})
    return "const" not in inner or not value or str(inner["const"]) == value


def _schema() -> _Schema:
    return _schema_in(language())


@cache
def _schema_in(spoken: str) -> _Schema:
    from sandbox.scenario.editor import editor_schema

    return editor_schema(spoken)


@cache
def _parameters(spoken: str) -> dict[str, str]:
    """Every parameter of the library with its unit and title."""
    from sandbox.scenario.library import parameters_folder
    from sandbox.scenario.parameters import ParameterLibrary

    library = ParameterLibrary.load(parameters_folder())
    entries = {name: library.entry(name) for name in library.names()}
    return {
        name: f"{unit_label(entry.unit)}: {title_of(name, entry, spoken)}" for name, entry in entries.items()
    }
