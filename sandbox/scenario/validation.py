"""The strict model applied to a tree: pydantic's errors in the words and places of the file.

The values go through pydantic's JSON mode, so that ISO dates, tuples and enums are read from text while
nothing else is coerced.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from sandbox.scenario.faults import MOST_FAULTS, Fault, Finding, Mark, escape, listed
from sandbox.scenario.nearest import did_you_mean
from sandbox.scenario.reading import path_text
from sandbox.scenario.scalars import looks_like_number, looks_not_finite, resolve
from sandbox.scenario.shape import shape_of
from sandbox.scenario.tree import Node, Path, Place, ScalarNode, found, locate, plain

M = TypeVar("M", bound=BaseModel)

_KINDS: Final = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "text",
    "dict_type": "a map",
    "model_type": "a map",
    "model_attributes_type": "a map",
    "dataclass_type": "a map",
    "list_type": "a list",
    "tuple_type": "a list",
    "frozen_set_type": "a list",
    "set_type": "a list",
    "none_required": "null",
    "date_type": "a date like 2024-09-01",
    "datetime_type": "a moment like 2024-09-01T10:30",
    "decimal_type": "an amount in quotes",
    "is_instance_of": "another kind of value",
}
_NUMERIC: Final = frozenset({"a whole number", "a number"})
_BOUNDS: Final = {
    "greater_than": ("gt", "greater than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
    "multiple_of": ("multiple_of", "a multiple of"),
}
_LENGTHS: Final = {
    "too_short": ("min_length", "at least", "entries"),
    "too_long": ("max_length", "at most", "entries"),
    "string_too_short": ("min_length", "at least", "characters"),
    "string_too_long": ("max_length", "at most", "characters"),
}
_DATES: Final = (
    "date_parsing",
    "date_from_datetime_parsing",
    "date_from_datetime_inexact",
    "datetime_parsing",
)
_CHOICES: Final = ("literal_error", "enum", "union_tag_invalid")
_QUOTED = re.compile(r"'([^']*)'")
_NAMED_PATH = re.compile(r"([a-z_][a-z0-9_]*(?:\.[a-z0-9_-]+)*): (.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Error:
    """One error of pydantic with its place in the document."""

    kind: str
    context: dict[str, Any]
    message: str
    place: Place

    @property
    def is_mismatch(self) -> bool:
        """The value is of another kind altogether, as against a bad value of the right kind."""
        return self.kind in _KINDS


def validate(model: type[M], root: Node, tainted: Iterable[Mark] = ()) -> tuple[M | None, list[Fault]]:
    """The model made from a tree, or the faults that prevent it.

    `tainted` are places that already have a fault (an unreadable number, a secret): what pydantic says
    about those is left out.
    """
    try:
        return model.model_validate_json(json.dumps(plain(root))), []
    except ValidationError as problem:
        errors = problem.errors(include_url=False, include_input=False)
    skip = set(tainted)
    translator = _Translator(model, root)
    located = [_located(root, error) for error in errors[:MOST_FAULTS]]
    faults = [translator.fault(group) for group in _grouped(located)]
    kept = [fault for fault in faults if fault.mark not in skip]
    if len(errors) > MOST_FAULTS:
        more = f"{len(errors) - MOST_FAULTS} more faults of this kind are not listed"
        kept.append(Fault(max(fault.mark for fault in faults), "too_many_faults", "", more))
    return None, kept


def place_findings(findings: Iterable[Finding], root: Node) -> Iterator[Fault]:
    """The findings of semantic checks at the places where the values were written."""
    for finding in findings:
        place = locate(root, finding.path)
        single = isinstance(place.node, ScalarNode) and not place.missing
        mark = place.node.mark if single else place.key_mark
        yield Fault(
            mark, finding.code, path_text(finding.path), finding.message, finding.hint, finding.severity
        )


def _located(root: Node, error: Any) -> _Error:
    place = locate(root, error["loc"])
    return _Error(error["type"], error.get("ctx", {}), error["msg"], place)


def _grouped(errors: list[_Error]) -> Iterator[list[_Error]]:
    """Errors of the members of one union together, so that they make one fault.

    Where one member has the right kind of value but a bad content, only its errors count.
    """
    unions: dict[Path, list[_Error]] = {}
    for error in errors:
        if error.place.missing and error.is_mismatch:
            unions.setdefault(error.place.path, []).append(error)
    for error in errors:
        path = error.place.path
        if not (error.place.missing and error.is_mismatch):
            yield [error]
        elif unions.get(path, [None])[0] is error and not _has_better(errors, path):
            yield unions[path]


def _has_better(errors: list[_Error], path: Path) -> bool:
    """Whether another member of the union took the value's kind and found fault inside it."""
    depth = len(path)
    return any(
        (len(error.place.path) > depth and error.place.path[:depth] == path)
        or (error.place.path == path and error.place.missing and not error.is_mismatch)
        for error in errors
    )


class _Translator:
    """Turns errors into faults; holds the model's shape for the names it allows."""

    def __init__(self, model: type[BaseModel], root: Node) -> None:
        self._shape = shape_of(model)
        self._root = root

    def fault(self, group: list[_Error]) -> Fault:
        """The fault of one error, or of all members of a union that refused a value."""
        error = group[0]
        place, kind = error.place, error.kind
        if kind == "extra_forbidden":
            return self._unknown_key(place)
        if kind == "missing":
            return self._missing_key(place)
        if error.is_mismatch:
            return self._wrong_type(group)
        if kind in _CHOICES:
            return self._choice(error)
        if kind in ("value_error", "assertion_error"):
            return self._custom(error)
        return self._simple(error)

    def _unknown_key(self, place: Place) -> Fault:
        key = str(place.path[-1]) if place.path else ""
        allowed = self._shape.keys(self._root, place.path[:-1])
        hint = did_you_mean(key, allowed)
        if not hint:
            other = self._shape.elsewhere(key)
            hint = f"it belongs at {other}" if other else ""
        shown = path_text(place.path[-1:])
        message = (
            f"unknown key '{shown}' (allowed: {listed(allowed)})" if allowed else f"unknown key '{shown}'"
        )
        return Fault(place.key_mark, "unknown_key", path_text(place.path), message, hint)

    def _missing_key(self, place: Place) -> Fault:
        key = place.missing[-1] if place.missing else ""
        path = (*place.path, key)
        return Fault(place.key_mark, "missing_key", path_text(path), "a required key is missing")

    def _wrong_type(self, group: list[_Error]) -> Fault:
        place = group[0].place
        needs = list(dict.fromkeys(_KINDS[error.kind] for error in group))
        node = place.node
        text = node.text if isinstance(node, ScalarNode) else ""
        value = resolve(text, node.plain).value if isinstance(node, ScalarNode) else None
        code, hint = "wrong_type", ""
        if isinstance(value, str) and _NUMERIC & set(needs):
            if looks_not_finite(text):
                code, hint = "not_finite", "a number must be finite"
            elif looks_like_number(text):
                code, hint = "number_format", "write plain digits, a point for decimals, no quotes"
        elif isinstance(value, str) and "true or false" in needs and text.casefold() in _WORDS_FOR_TRUTH:
            hint = f"did you mean '{_WORDS_FOR_TRUTH[text.casefold()]}'?"
        elif "text" in needs and isinstance(value, bool | int | float):
            hint = "put it in quotes"
        message = f"needs {_either(needs)} (got {found(node)})"
        return Fault(self._value_mark(place, node), code, path_text(place.path), message, hint)

    def _choice(self, error: _Error) -> Fault:
        place = error.place
        expected = str(error.context.get("expected") or error.context.get("expected_tags", ""))
        allowed = _QUOTED.findall(expected) or [expected]
        node, path = place.node, place.path
        discriminator = str(error.context.get("discriminator", "")).strip("'")
        if discriminator:
            inner = locate(self._root, (*path, discriminator))
            node, path = inner.node, inner.path
        text = node.text if isinstance(node, ScalarNode) else ""
        code = "schema_version" if path == ("schema",) else "unknown_value"
        message = f"is not one of the allowed values (got {found(node)}; allowed: {listed(allowed)})"
        return Fault(
            self._value_mark(place, node), code, path_text(path), message, did_you_mean(text, allowed)
        )

    def _custom(self, error: _Error) -> Fault:
        """A rule of the model itself; a message may begin with the key path it is about."""
        message = error.message.split(", ", 1)[1] if ", " in error.message else error.message
        place = error.place
        named = _NAMED_PATH.fullmatch(message)
        if named:
            steps = named.group(1).split(".")
            inner = locate(self._root, (*place.path, *steps))
            if inner.path != place.path or steps[0] in self._shape.keys(self._root, place.path):
                return self._at(inner, "invalid_value", (*place.path, *steps), named.group(2))
        dated = self._shape.formats(self._root, place.path) & {"date", "date-time"}
        code = "bad_date" if dated and isinstance(place.node, ScalarNode) else "invalid_value"
        return self._at(place, code, place.path, message)

    def _at(self, place: Place, code: str, path: Path, message: str) -> Fault:
        mark = self._value_mark(place, place.node)
        got = f" (got {found(place.node)})" if isinstance(place.node, ScalarNode) else ""
        return Fault(mark, code, path_text(path), escape_message(message) + got)

    def _simple(self, error: _Error) -> Fault:
        kind, place, context = error.kind, error.place, error.context
        got = f"(got {found(place.node)})"
        if kind in _BOUNDS:
            name, words = _BOUNDS[kind]
            code, message = "out_of_range", f"must be {words} {context.get(name)} {got}"
        elif kind in _LENGTHS:
            name, words, things = _LENGTHS[kind]
            code, message = "wrong_length", f"needs {words} {context.get(name)} {things}"
        elif kind in _DATES:
            code, message = "bad_date", f"is not a day of the calendar, like 2024-09-01 {got}"
        elif kind == "finite_number":
            code, message = "not_finite", f"a number must be finite {got}"
        elif kind == "string_pattern_mismatch":
            code, message = "bad_name", f"must fit {context.get('pattern')} {got}"
        elif kind == "union_tag_not_found":
            name = str(context.get("discriminator", "kind")).strip("'")
            return Fault(
                place.key_mark, "missing_key", path_text((*place.path, name)), "a required key is missing"
            )
        else:
            code, message = kind, escape_message(error.message)
        is_key = "[key]" in place.missing
        mark = place.key_mark if is_key else self._value_mark(place, place.node)
        return Fault(mark, code, path_text(place.path), message)

    def _value_mark(self, place: Place, node: Node) -> Mark:
        """The value's place; a map or list is shown at its key, where the reader looks first."""
        return node.mark if isinstance(node, ScalarNode) else place.key_mark


_WORDS_FOR_TRUTH: Final = {
    **dict.fromkeys(("yes", "on", "y", "t"), "true"),
    **dict.fromkeys(("no", "off", "n", "f"), "false"),
}


def escape_message(message: str) -> str:
    """A model's own message with what it may repeat of the file made printable."""
    return "".join(c if c.isprintable() else escape(c) for c in message[:400])


def _either(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]
