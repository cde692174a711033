"""The API described for machines (OpenAPI 3.1), made from the same table that the routes are made from."""

import re
from functools import cache
from typing import Any

from pydantic import BaseModel

from sandbox import __version__
from sandbox.page.api.call import Endpoint
from sandbox.page.api.orders import KEY_HEADER
from sandbox.page.api.shapes import SHAPES
from sandbox.page.api.table import ENDPOINTS

_SCHEMAS = "#/components/schemas/{model}"
_REFUSAL: dict[str, Any] = {
    "type": "object",
    "required": ["schema", "code", "message"],
    "properties": {
        "schema": {"const": "sandbox.refusal/1"},
        "code": {"type": "string"},
        "message": {"type": "string"},
        "faults": {"type": "array", "items": {"type": "object"}},
    },
}
#: What a part of a path may look like; whatever looks otherwise is not found.
_PARTS: dict[str, dict[str, str]] = {
    "id": {"pattern": "^[0-9a-f]{32}$"},
    "name": {"pattern": "^[A-Za-z0-9_-]{1,80}$"},
    "payment": {"pattern": "^(P-)?[0-9]{1,9}$"},
    "chain": {"pattern": "^[a-z_]{1,40}$"},
    "height": {"pattern": "^[0-9]{1,12}$"},
    "number": {"pattern": "^[0-9]{1,12}$"},
}
#: Statuses of refusals that any endpoint may give; none is of the server's own making.
REFUSALS = (400, 403, 404, 405, 408, 409, 413, 415, 421, 422, 429)


@cache
def document() -> dict[str, Any]:
    """The whole description."""
    schemas: dict[str, Any] = {"Refusal": _REFUSAL, **SHAPES}
    paths: dict[str, Any] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "ELR sandbox", "version": __version__},
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _operation(endpoint: Endpoint, schemas: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": endpoint.summary,
        "operationId": f"{endpoint.method.lower()}{re.sub(r'[^a-z]+', '_', endpoint.path)}",
        "parameters": [*_path_parameters(endpoint.path), *_query_parameters(endpoint)],
        "responses": _responses(endpoint),
    }
    if endpoint.body is not None:
        required = endpoint.body.__name__ != "Nothing"
        content = {"application/json": {"schema": _schema(endpoint.body, schemas)}}
        operation["requestBody"] = {"required": required, "content": content}
    if 202 in endpoint.answers:
        text = {"type": "string", "pattern": "^[!-~]{1,200}$"}
        operation["parameters"].append(
            {"name": KEY_HEADER, "in": "header", "required": False, "schema": text}
        )
    return operation


def _path_parameters(path: str) -> list[dict[str, Any]]:
    names = re.findall(r"\{(\w+)\}", path)
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", **_PARTS.get(name, {})}}
        for name in names
    ]


def _query_parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    if endpoint.query is None:
        return []
    schema = endpoint.query.model_json_schema()
    required = schema.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": each}
        for name, each in schema["properties"].items()
    ]


def _responses(endpoint: Endpoint) -> dict[str, Any]:
    shape = {"$ref": _SCHEMAS.format(model=endpoint.shape)}
    done = {"description": "done", "content": {"application/json": {"schema": shape}}}
    reference = {"$ref": _SCHEMAS.format(model="Refusal")}
    refused = {"description": "refused", "content": {"application/json": {"schema": reference}}}
    return {str(status): done for status in endpoint.answers} | {str(status): refused for status in REFUSALS}


def _schema(model: type[BaseModel], schemas: dict[str, Any]) -> dict[str, Any]:
    """A reference to the model's schema, which is put among the components with what it needs."""
    whole = model.model_json_schema(ref_template=_SCHEMAS)
    schemas.update(whole.pop("$defs", {}))
    schemas[model.__name__] = whole
    return {"$ref": _SCHEMAS.format(model=model.__name__)}
