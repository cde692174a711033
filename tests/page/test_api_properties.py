"""Whatever is sent to the API, it answers with a status that its description names, and never with a 5xx.

The same walk, ten thousand requests long, is ``python bench/api_walk.py``.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from sandbox.page.settings import Limits
from tests.page.asgi import Browser, Server
from tests.page.walking import OPERATIONS, cases, fault_of, known_things, stop_everything


@pytest.fixture(scope="module")
def walker(
    started: Callable[..., Server], finished: tuple[Path, str]
) -> tuple[Browser, dict[str, list[str]]]:
    """A script that keeps no cookies, before a server with one finished run, and what there is to find in it."""
    limits = Limits(submits_a_minute=100_000, completions_a_minute=100_000)
    script = Browser(started(finished[0], limits=limits), keeps_cookies=False)
    return script, known_things(script, finished[1])


@pytest.fixture(scope="module", params=OPERATIONS, ids=lambda each: f"{each[0]} {each[1]}")
def operation(request: pytest.FixtureRequest) -> Any:
    """Every operation that the description names."""
    return request.param


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(data=st.data())
def test_every_operation_answers_as_described(
    walker: tuple[Browser, dict[str, list[str]]], operation: Any, data: st.DataObject
) -> None:
    script, known = walker
    case = data.draw(cases(operation, known))
    assert fault_of(case, case.sent_by(script), operation[2]) == ""
    if operation[0] == "POST":
        stop_everything(script)


def test_the_walk_gets_somewhere(walker: tuple[Browser, dict[str, list[str]]]) -> None:
    """Requests that fit are answered with 200: the walk does not only knock at closed doors."""
    script, known = walker
    for method, path, described in OPERATIONS:
        if method == "GET" and "comparisons" not in path and "{name}" not in path:
            address = path
            for name, values in known.items():
                address = address.replace(f"{{{name}}}", values[-1])
            query = "?" + "&".join(f"{name}={known['id'][0]}" for name in ("first", "second"))
            answer = script.get(address + (query if path == "/api/beside" else ""))
            assert answer.status == 200, (address, answer.text)
            assert "200" in described["responses"]


def test_the_description_names_every_route_once() -> None:
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(names) == len(set(names)) > 20


def test_a_seeded_defect_is_seen(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """An endpoint that breaks does answer 5xx: the property above can fail."""
    monkeypatch.setattr("sandbox.page.api.scenarios.shipped_scenarios", lambda: 1 // 0)
    assert browser.get("/api/scenarios").status == 500
