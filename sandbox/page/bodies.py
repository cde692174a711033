"""What a request brings: JSON and forms, read strictly and within bounds."""

import json
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from sandbox.page.refusals import Refusal

M = TypeVar("M", bound=BaseModel)

_MOST_FIELDS = 50


async def json_body(request: Request, model: type[M], depth: int) -> M:
    """The JSON body as a model. Refusal 400 for what is no JSON, 415 for another type, 422 for other content."""
    if _media_type(request) != "application/json":
        raise Refusal(415, "media_type", "send the body as application/json")
    return as_model(model, _parsed(await request.body(), depth))


async def form_body(request: Request) -> dict[str, str]:
    """The fields of a form. Refusal 400 for a damaged one, 415 for another type (files are never taken)."""
    if _media_type(request) != "application/x-www-form-urlencoded":
        raise Refusal(415, "media_type", "send the form as application/x-www-form-urlencoded")
    try:
        text = (await request.body()).decode("utf-8")
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:
        raise Refusal(400, "bad_form", "the form cannot be read") from None
    fields: dict[str, str] = {}
    for name, value in pairs:
        if name in fields:
            raise Refusal(400, "bad_form", "a field stands twice in the form")
        fields[name] = value
    return fields


def query_model(request: Request, model: type[M]) -> M:
    """The query's parameters as a model. Refusal 422 for unknown, repeated or unusable ones."""
    pairs = request.query_params.multi_items()
    if len({name for name, _ in pairs}) != len(pairs):
        raise Refusal(422, "bad_query", "a parameter stands twice in the query")
    return as_model(model, dict(pairs), strict=False)


def as_model(model: type[M], document: Any, *, strict: bool = True) -> M:
    """A document as a model, its faults told in one sentence without echoing what was sent."""
    try:
        return model.model_validate(document, strict=strict)
    except ValidationError as problem:
        first = problem.errors(include_input=False, include_url=False, include_context=False)[0]
        known = [str(part) for part in first["loc"] if isinstance(part, int) or part in _names(model)]
        where = ".".join(known) or "body"
        raise Refusal(422, "bad_request", f"{where}: {first['msg'].lower()}") from None


def _names(model: type[BaseModel]) -> set[str]:
    """Field names of a model and of the models in it."""
    names = set(model.model_fields)
    for part in model.model_json_schema().get("$defs", {}).values():
        names |= set(part.get("properties", {}))
    return names


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _parsed(data: bytes, depth: int) -> Any:
    """Strict JSON: UTF-8, no NaN, no key twice, not too deep."""
    try:
        text = data.decode("utf-8")
        if _depth(text) > depth:
            raise Refusal(400, "too_deep", f"the body is nested deeper than {depth}")
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_unique, parse_int=_whole)
    except (ValueError, RecursionError):
        raise Refusal(400, "bad_json", "the body is not JSON of the strict kind") from None


def _depth(text: str) -> int:
    """Deepest nesting of brackets outside strings, found before a parser recurses into it."""
    deepest = level = 0
    inside = escaped = False
    for character in text:
        if inside:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                inside = False
        elif character == '"':
            inside = True
        elif character in "[{":
            level += 1
            deepest = max(deepest, level)
        elif character in "]}":
            level -= 1
    return deepest


def _whole(text: str) -> int:
    if len(text) > 20:
        raise ValueError("a number of more digits than any field takes")
    return int(text)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found
