"""Every kind of event can say where sources disagree, and the report shows it."""

from typing import get_args

import pytest

from sandbox.disruptions import Disruption
from sandbox.disruptions.event import Event
from sandbox.report.timeline import timeline_table
from sandbox.scenario.load import load

KINDS = get_args(get_args(Disruption)[0])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_carries_a_note_and_a_label(kind: type[Event]) -> None:
    assert issubclass(kind, Event)
    assert {"at", "kind", "label", "fact_note"} <= kind.model_fields.keys()


def test_the_report_shows_each_event_with_its_note() -> None:
    scenario = load("elr-2024").scenario.model_dump(mode="json", by_alias=True)
    table = timeline_table({"elr-2024": scenario})
    rows = {row[1]: row for row in table.rows}
    assert set(rows) == set(scenario["timeline"])
    assert [row[0] for row in table.rows] == sorted(row[0] for row in table.rows)
    rule = rows["export-rule-2024-09"]
    assert rule[0] == "2024-09-01" and "bite 0.7" in rule[2] and "temporary controls" in rule[4]


def test_two_arms_say_which_has_what() -> None:
    shared = {"at": "2025-01-01T00:00:00", "kind": "pressure", "level": 0.5, "label": "", "fact_note": ""}
    own = {"at": "2025-02-01T10:00:00", "kind": "pressure", "level": 0.9, "label": "x", "fact_note": "y"}
    table = timeline_table({"a": {"timeline": {"p": shared}}, "b": {"timeline": {"p": shared, "q": own}}})
    assert table.rows == (
        ("2025-01-01", "p", "pressure (level 0.5)", "–", "", "all"),
        ("2025-02-01 10:00:00", "q", "pressure (level 0.9)", "x", "y", "b"),
    )
