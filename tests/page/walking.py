"""A walk over the API by its own description: for every operation, requests that mostly fit it and sometimes do not."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

import hypothesis.strategies as st

from sandbox.page.openapi import document
from tests.page.asgi import Answer, Browser

#: Method, path and description of every operation.
OPERATIONS: Sequence[tuple[str, str, dict[str, Any]]] = [
    (method.upper(), path, operation)
    for path, methods in document()["paths"].items()
    for method, operation in methods.items()
]

_scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
_anything = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_hostile = st.sampled_from(
    ["", "..", "\0", "'", "1 or 1=1", "%", "-1", "9" * 30, "\ud800", "é", "P-00001", "evm", "RLO\u202e"]
)
_texts = st.sampled_from(
    ["classroom", "a: 1", "extends: classroom.yaml\nx: 1\n", "policy: {", "é", "P-00003", "supplier/"]
)
_numbers = st.integers(0, 400).map(str)


@dataclass(frozen=True)
class Case:
    """One request."""

    method: str
    path: str
    address: str
    body: bytes

    def sent_by(self, script: Browser) -> Answer:
        """The answer to it."""
        return script.ask(self.method, self.address, self.body, content_type="application/json")


@st.composite
def cases(
    draw: st.DrawFn, operation: tuple[str, str, dict[str, Any]], known: Mapping[str, Sequence[str]]
) -> Case:
    """A request for this operation; ``known`` has values of path parameters that exist."""
    method, path, described = operation
    # Where everything must fit at once, most requests would fail at the first part that does not.
    fits = draw(st.sampled_from([True, True, True, False]))
    filled = path
    for parameter in described["parameters"]:
        if parameter["in"] == "path":
            name = parameter["name"]
            there = st.sampled_from(known[name]) if name in known else _numbers
            value = draw(there if fits else there | _numbers | _hostile | st.text(min_size=1, max_size=12))
            filled = filled.replace(f"{{{name}}}", quote(value.encode("utf-8", "surrogatepass"), safe=""))
    query = "&".join(
        f"{each['name']}={quote(str(value).encode('utf-8', 'surrogatepass'), safe='')}"
        for each in described["parameters"]
        if each["in"] == "query" and (value := draw(_asked(each, known, fits))) is not None
    )
    body = b""
    if "requestBody" in described:
        schema = _followed(described["requestBody"]["content"]["application/json"]["schema"])
        body = json.dumps(draw(_values(schema, fits))).encode()
    # The client hands the path on decoded, as a server does.
    address = unquote(filled, errors="replace") + (f"?{query}" if query else "")
    return Case(method, path, address, body)


def fault_of(case: Case, answer: Answer, described: dict[str, Any]) -> str:
    """What is wrong with an answer; "" for one that the description allows."""
    if answer.status >= 500:
        return f"{case.method} {case.address}: {answer.status}"
    if str(answer.status) not in described["responses"] and answer.status != 404:
        return f"{case.method} {case.address}: {answer.status} is not described"
    if "/api/" in case.address and not answer.header("content-type").startswith("application/json"):
        return f"{case.method} {case.address}: no JSON"
    return ""


def _asked(
    parameter: dict[str, Any], known: Mapping[str, Sequence[str]], fits: bool
) -> st.SearchStrategy[Any]:
    """Values of a query's parameter, and its absence."""
    if not fits:
        return st.none() | _values(parameter["schema"], fits) | _hostile
    if parameter["name"] in ("first", "second"):
        return st.sampled_from(known["id"])
    if parameter["name"] == "rail":
        return st.sampled_from(["", "usdt", "btc", "nowhere"])
    return st.none() | _values(parameter["schema"], fits)


def _values(schema: dict[str, Any], fits: bool) -> st.SearchStrategy[Any]:
    """What a schema allows, and where it need not fit anything."""
    if "anyOf" in schema:
        return st.one_of([_values(each, fits) for each in schema["anyOf"]])
    if "enum" in schema:
        good: st.SearchStrategy[Any] = st.sampled_from(schema["enum"])
    elif schema.get("type") == "integer":
        good = st.integers(schema.get("minimum", -5), min(schema.get("maximum", 10**6), 10**6))
    elif schema.get("type") == "array":
        good = st.lists(
            _values(_followed(schema["items"]), fits), min_size=schema.get("minItems", 0), max_size=3
        )
    elif schema.get("type") == "object":
        fields = {name: _values(_followed(each), fits) for name, each in schema.get("properties", {}).items()}
        required = {name: fields[name] for name in schema.get("required", [])}
        optional = {name: each for name, each in fields.items() if name not in required}
        good = st.fixed_dictionaries(required, optional=optional)
    else:
        pattern = str(schema.get("pattern", ""))
        good = st.sampled_from(["classroom", "no-elr"]) if "A-Z" in pattern else _texts | st.text(max_size=40)
    return good if fits else good | _anything


def _followed(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    found: dict[str, Any] = document()["components"]["schemas"][schema["$ref"].split("/")[-1]]
    return found


def known_things(script: Browser, run: str) -> dict[str, list[str]]:
    """Path parameters that lead somewhere in a finished run."""
    base = f"/api/runs/{run}"
    accounts = script.get(f"{base}/chains/evm/balances").json["accounts"]
    blocks = script.get(f"{base}/chains/evm/blocks").json["blocks"]
    return {
        "id": [run],
        "name": ["classroom", "elr-2024"],
        "chain": ["bitcoin", "digital_ruble", "evm"],
        "payment": ["P-00000", "5", "P-00017"],
        "address": [each["address"] for each in accounts[:4]],
        "height": ["0", "205", *(str(each["height"]) for each in blocks[:3])],
        "number": ["0", "1", "3"],
    }


def stop_everything(script: Browser) -> None:
    """Cancel whatever the walk has started."""
    for kind in ("runs", "comparisons"):
        for job in script.get(f"/api/{kind}?limit=200").json[kind]:
            if not job["ended"]:
                script.post_json(f"/api/{kind}/{job['id']}/cancel", {})
