"""The JSON Schema of scenario files for editors: it accepts whatever loading accepts.

A scenario that extends another may leave out, at any depth of its maps, what its parent says. So every definition in
which something is required stands twice: as it is, for a file on its own, and without its requirements, for a file
that extends. Lists replace those of the parent, so their items stay whole.
"""

from typing import Any

from sandbox.phrasebook import Phrasebook
from sandbox.scenario.schema import Scenario
from sandbox.scenario.wording import book
from sandbox.speech import LANGUAGES

_Schema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_DEFS = "#/$defs/"
_WHOLE = "Scenario"
_PARTIAL = "Partial"
_EXTENDS = {
    "description": "A scenario file beside this one; this one says only what differs from it.",
    "minLength": 1,
    "title": "Extends",
    "type": "string",
}


def editor_schema(language: str = "en") -> _Schema:
    """The schema of a scenario file, whole or a part of one that extends another, its descriptions in a language."""
    schema = _editor_schema()
    return schema if language == LANGUAGES[0] else _Schema(_described(schema, book(language)))


def _described(schema: Any, spoken: Phrasebook) -> Any:
    """A schema with each description as the book has it."""
    if isinstance(schema, list):
        return [_described(each, spoken) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: spoken.told(value)
        if key == "description" and isinstance(value, str)
        else _described(value, spoken)
        for key, value in schema.items()
    }


def _editor_schema() -> _Schema:
    whole = Scenario.model_json_schema(by_alias=True, mode="validation")
    defs: dict[str, _Schema] = whole.pop("$defs")
    loosened = _loosened(defs)
    part: _Schema = _partial(whole, loosened)
    part["properties"] = {"extends": _EXTENDS, **part["properties"]}
    partials = {name + _PARTIAL: _partial(defs[name], loosened) for name in defs if name in loosened}
    extending = {"required": ["extends"]}
    return {
        "$schema": _DIALECT,
        **part,
        "anyOf": [extending, {"$ref": _DEFS + _WHOLE}],
        "$defs": {_WHOLE: whole, **defs, **partials},
    }


def _loosened(defs: dict[str, _Schema]) -> set[str]:
    """Definitions that require something themselves or in a map below."""
    loosened = {name for name, schema in defs.items() if "required" in schema}
    while True:
        above = {name for name, schema in defs.items() if _partial(schema, loosened) != schema} - loosened
        if not above:
            return loosened
        loosened |= above


def _partial(schema: Any, loosened: set[str]) -> Any:
    """A schema without its requirements; it refers to the partial form of the definitions named."""
    if isinstance(schema, list):
        return [_partial(each, loosened) for each in schema]
    if not isinstance(schema, dict):
        return schema
    part: _Schema = {}
    for key, value in schema.items():
        if key == "required" or key == "discriminator":
            continue
        if key == "$ref":
            name = value.removeprefix(_DEFS)
            part[key] = value + _PARTIAL if name in loosened else value
        elif key in ("items", "enum", "const", "default"):
            part[key] = value
        elif key in ("properties", "patternProperties"):
            part[key] = {name: _partial(inner, loosened) for name, inner in value.items()}
        else:
            # Without its kind an event fits several kinds.
            part["anyOf" if key == "oneOf" else key] = _partial(value, loosened)
    return part
