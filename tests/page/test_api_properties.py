"""Whatever is sent to the API, it answers with a status that its description names, and never with a 5xx."""

import json
from typing import Any
from urllib.parse import quote, unquote

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from sandbox.page.openapi import document
from tests.page.asgi import Browser

OPERATIONS = [
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


def _values(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Mostly what a schema allows, now and then anything."""
    if "anyOf" in schema:
        return st.one_of([_values(each) for each in schema["anyOf"]])
    if "enum" in schema:
        good: st.SearchStrategy[Any] = st.sampled_from(schema["enum"])
    elif schema.get("type") == "integer":
        good = st.integers(schema.get("minimum", -5), schema.get("maximum", 10**6))
    elif schema.get("type") == "array":
        good = st.lists(_values(_followed(schema["items"])), max_size=3)
    elif schema.get("type") == "object":
        fields = {name: _values(_followed(each)) for name, each in schema.get("properties", {}).items()}
        good = st.fixed_dictionaries({}, optional=fields)
    else:
        good = st.sampled_from(["classroom", "a: 1", "extends: classroom.yaml\nx: 1\n"]) | st.text(
            max_size=40
        )
    return good | _anything


def _followed(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    found: dict[str, Any] = document()["components"]["schemas"][schema["$ref"].split("/")[-1]]
    return found


@pytest.fixture(scope="module", params=OPERATIONS, ids=lambda each: f"{each[0]} {each[1]}")
def operation(request: pytest.FixtureRequest) -> Any:
    """Every operation that the description names."""
    return request.param


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(data=st.data())
def test_every_operation_answers_as_described(server: Any, operation: Any, data: st.DataObject) -> None:
    method, path, described = operation
    script = Browser(server, keeps_cookies=False)
    for parameter in described["parameters"]:
        if parameter["in"] == "path":
            value = data.draw(_hostile | st.text(min_size=1, max_size=12))
            path = path.replace(
                f"{{{parameter['name']}}}", quote(value.encode("utf-8", "surrogatepass"), safe="")
            )
    query = "&".join(
        f"{each['name']}={quote(str(value).encode('utf-8', 'surrogatepass'), safe='')}"
        for each in described["parameters"]
        if each["in"] == "query" and (value := data.draw(_values(each["schema"]) | _hostile)) is not None
    )
    body = b""
    if "requestBody" in described:
        schema = _followed(described["requestBody"]["content"]["application/json"]["schema"])
        body = json.dumps(data.draw(_values(schema))).encode()
    # The client hands the path on decoded, as a server does.
    address = unquote(path, errors="replace") + (f"?{query}" if query else "")
    answer = script.ask(method, address, body, content_type="application/json")
    assert str(answer.status) in described["responses"] or answer.status == 404, answer.text
    assert answer.status < 500
    assert answer.header("content-type").startswith("application/json") or "/api/" not in path
    for job in script.get("/api/runs?limit=200").json["runs"]:
        if not job["ended"]:
            script.post_json(f"/api/runs/{job['id']}/cancel", {})


def test_the_description_names_every_route_once() -> None:
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(names) == len(set(names)) > 20


def test_a_seeded_defect_is_seen(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """An endpoint that breaks does answer 5xx: the property above can fail."""
    monkeypatch.setattr("sandbox.page.api.shipped_scenarios", lambda: 1 // 0)
    assert browser.get("/api/scenarios").status == 500
