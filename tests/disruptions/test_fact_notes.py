"""Every kind of event can say where sources disagree, and the report shows it."""

import re
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


#: How a note gives the reading that the scenario does not take.
OTHER_READING = re.compile(r"reading:\s+--set (\S+)")


def test_the_other_reading_of_a_corrected_claim_is_one_override_away() -> None:
    """Each override loads and makes another scenario; the digital ruble's other date is a scenario of its own."""
    shipped = load("elr-2024")
    notes = {name: event.fact_note for name, event in shipped.scenario.timeline.items()}
    given = {name: found.group(1) for name, note in notes.items() if (found := OTHER_READING.search(note))}
    assert set(given) == {
        "regime-opens-2024-09", "export-rule-2024-09", "rusky-island-2024-09", "siluanov-2024-12",
    }  # fmt: skip
    for override in given.values():
        assert load("elr-2024", sets=[override]).hash != shipped.hash
    assert "digital-ruble-2025" in load("digital-ruble").scenario.timeline["digital-ruble-opens"].fact_note
