"""What the hunt is made of: it finds what is wrong with a world, and makes a failing document small."""

from copy import deepcopy
from typing import Any

import pytest

from sandbox.metrics import BY_NAME
from sandbox.testing import examination, willing_scenario
from sandbox.testing.examination import examine, odd_metrics
from sandbox.testing.fields import Document
from sandbox.testing.shrinking import shrink


def small() -> Document:
    document = willing_scenario("digital_ruble")
    document["clock"]["horizon"] = "3d"
    return document


def row(**said: Any) -> dict[str, Any]:
    return {"name": "a", "by": {}, "value": 0.5, "unit": "share", "n": 1, "reason": None} | said


def test_a_sound_world_has_nothing_wrong() -> None:
    assert examine(small(), 1) == ""


def test_what_the_simulator_raises_is_named_with_its_place() -> None:
    document = small()
    document["rails"] = {}
    assert examine(document, 1).startswith("ScenarioInvalid in ")


def test_an_odd_metric_is_found_where_runs_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination, "_SHARES", frozenset({BY_NAME["payments"].unit}))
    assert examine(small(), 1).startswith("metric payments: ")
    assert examine(small(), 1, measured=False) == ""


@pytest.mark.parametrize(
    ("odd", "words"),
    [
        ({"value": 1.0000001}, "share of"),
        ({"value": -0.1}, "share of"),
        ({"value": -1, "unit": "h"}, "is -1 h"),
        ({"n": -1}, "observations"),
        ({"value": None}, "neither value nor reason"),
    ],
)
def test_values_that_no_run_can_have_are_told(odd: dict[str, Any], words: str) -> None:
    assert words in next(odd_metrics([row(**odd)]))


def test_a_metric_told_twice_is_told_and_a_sound_one_is_not() -> None:
    assert list(odd_metrics([row()])) == []
    assert list(odd_metrics([row(), row()])) == ["metric a: {} told 2 times"]
    assert list(odd_metrics([row(name="sme_gap", value=-1.0)])) == []


def test_shrinking_leaves_only_what_fails() -> None:
    document = small()
    document["timeline"]["more"] = {"at": "2025-03-04", "kind": "pressure", "level": 0.5}
    before = deepcopy(document)

    def verdict(tried: Document) -> str:
        return "hot" if tried.get("timeline", {}).get("more", {}).get("kind") == "pressure" else ""

    assert shrink(document, verdict, lambda: True) == {"timeline": {"more": {"kind": "pressure"}}}
    assert document == before


def test_shrinking_brings_numbers_down_and_stops_when_told() -> None:
    document = {"population": {"importers": 90, "rails": [1, 2]}, "clock": {"horizon": "40d"}}

    def verdict(tried: Document) -> str:
        enough = tried.get("population", {}).get("importers", 0) >= 7
        return "many" if enough and int(tried.get("clock", {}).get("horizon", "0d")[:-1]) >= 3 else ""

    assert shrink(document, verdict, lambda: True) == {
        "population": {"importers": 7},
        "clock": {"horizon": "3d"},
    }
    assert shrink(document, verdict, lambda: False) == document
