"""Schemathesis and the API, a little of it: ``python bench/api_schemathesis.py`` walks ten thousand requests long."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.page.settings import Limits
from tests.page.asgi import Browser, Server
from tests.page.walking import known_things, stop_everything

pytestmark = pytest.mark.api


@pytest.fixture(scope="module")
def walked(started: Callable[..., Server], finished: tuple[Path, str]) -> Any:
    """Walks over one operation, or over all, of a server with a finished run."""
    from tests.page.conforming import operations_of, walk

    limits = Limits(submits_a_minute=100_000, completions_a_minute=100_000)
    server = started(finished[0], limits=limits)
    script = Browser(server, keeps_cookies=False)
    there = known_things(script, finished[1])
    # One thing of each kind, so that all parts of a path fit each other.
    known = {name: [values[-1]] for name, values in there.items()} | {"address": there["address"][:1]}
    known |= {"first": [finished[1]], "second": [finished[1]]}

    def over(*labels: str) -> dict[str, Any]:
        chosen = [each for each in operations_of(server) if not labels or each.label in labels]
        return {each.label: walk(each, known, 8, 7, lambda: stop_everything(script)) for each in chosen}

    return over


def test_every_operation_does_what_the_description_says(walked: Any) -> None:
    found = walked()
    assert len(found) > 20
    assert [fault for each in found.values() for fault in each.faults] == []
    # Whatever is asked of the run that is there is done: the walk does not only knock at closed doors.
    reads = [label for label in found if label.startswith("GET") and "comparisons" not in label]
    assert [label for label in reads if not found[label].answers[200]] == []


def test_an_answer_of_another_shape_is_seen(walked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The property above can fail: an endpoint that forgets a field, and one that breaks."""
    from sandbox.page.reception import Reception

    whole = Reception.view
    monkeypatch.setattr(Reception, "view", lambda self, job: {**whole(self, job), "seed": "one"})
    faults = walked("GET /api/runs/{id}")["GET /api/runs/{id}"].faults
    assert faults and "JsonSchemaError" in faults[0]
    monkeypatch.setattr("sandbox.page.api.scenarios.shipped_scenarios", lambda: 1 // 0)
    faults = walked("GET /api/scenarios")["GET /api/scenarios"].faults
    assert any("ServerError" in fault for fault in faults)


def test_a_misfit_that_is_accepted_is_seen(walked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that reads any query at all does not conform."""
    from sandbox.page.asked import PageQuery

    monkeypatch.setattr("sandbox.page.api.jobs.query_model", lambda request, model: PageQuery())
    faults = walked("GET /api/runs")["GET /api/runs"].faults
    assert any("AcceptedNegativeData" in fault for fault in faults)
