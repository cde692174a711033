"""The strategies know every kind of event and every field of a scenario: a new one cannot be forgotten."""

from datetime import date
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from sandbox.disruptions import Disruption
from sandbox.disruptions.permanence import Gates
from sandbox.policies.oversight import Oversight
from sandbox.rails import REGIME_RAILS, RailSpecs
from sandbox.scenario.schema import (
    Agencies,
    Market,
    OrderApproval,
    Participants,
    Policy,
    Population,
    Scenario,
)
from sandbox.testing import fields as known
from sandbox.testing import load_document, scenarios
from sandbox.testing.documents import overrides
from sandbox.testing.events import EVENT_KINDS, GATES, tables
from sandbox.testing.fields import RAILS, DayAfter, Table, dated
from sandbox.testing.levers import (
    AGENCIES,
    MARKET,
    ORDER_APPROVAL,
    PARTICIPANTS,
    POLICY,
    POPULATION,
    RAIL_TABLES,
    SUPERVISION,
)

#: What a generated document never says: a label of the catalogue, a comparison, a hypothesis, an announcement, a file.
UNSAID = {"covers", "compare_to", "expect", "announced", "parameters_files"}

EVENTS: dict[str, type[BaseModel]] = {
    get_args(event.model_fields["kind"].annotation)[0]: event for event in get_args(get_args(Disruption)[0])
}


def _forms(annotation: Any) -> tuple[Any, ...]:
    """The members of a union, an annotation's own type otherwise."""
    if get_origin(annotation) is Annotated:
        return _forms(get_args(annotation)[0])
    if get_origin(annotation) in (UnionType, Union):
        return tuple(form for member in get_args(annotation) for form in _forms(member))
    return (annotation,)


RAIL_SPECS: dict[str, type[BaseModel]] = {
    name: next(form for form in _forms(field.annotation) if form is not type(None))
    for name, field in RailSpecs.model_fields.items()
}
TABLES: list[tuple[type[BaseModel], Table]] = [
    (Population, POPULATION),
    (Market, MARKET),
    (Policy, POLICY),
    (Participants, PARTICIPANTS),
    (Agencies, AGENCIES),
    (Oversight, SUPERVISION),
    (OrderApproval, ORDER_APPROVAL),
    (Gates, GATES),
    *((RAIL_SPECS[rail], table) for rail, table in RAIL_TABLES.items()),
]


def test_every_kind_of_event_is_drawn() -> None:
    assert set(EVENT_KINDS) == set(EVENTS)


@pytest.mark.parametrize("kind", sorted(EVENTS))
def test_every_field_of_an_event_is_drawn(kind: str) -> None:
    assert tables(86_400)[kind].names == set(EVENTS[kind].model_fields) - {"kind", "at"}


@pytest.mark.parametrize(("model", "table"), TABLES, ids=lambda one: getattr(one, "__name__", ""))
def test_every_field_of_a_group_is_drawn(model: type[BaseModel], table: Table) -> None:
    assert table.names == set(model.model_fields)


def test_every_rail_and_every_part_of_a_scenario_is_drawn() -> None:
    assert set(RAILS) == set(RailSpecs.model_fields) == set(RAIL_TABLES)
    assert set(known.REGIME_RAILS) == set(REGIME_RAILS)
    said: set[str] = set()
    find(
        scenarios(),
        lambda document: bool(said.update(document)) or {"timeline", "parameters"} <= said,
        settings=settings(database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)),
    )
    assert said | UNSAID == {field.alias or name for name, field in Scenario.model_fields.items()}


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.fixed_dictionaries(overrides()))
def test_overrides_are_within_what_the_library_allows(drawn: dict[str, float]) -> None:
    assert len(drawn) > 80
    document = {
        "schema": 1,
        "title": {"en": "Many overrides"},
        "question": {"en": "Do they load?"},
        "rails": {rail: {} for rail in RAILS},
        "parameters": drawn,
    }
    assert len(load_document(document).scenario.parameters) == len(drawn)


def test_a_day_after_the_start_becomes_a_date_wherever_it_stands() -> None:
    said = {"opens": DayAfter(1), "values": {DayAfter(-1): [DayAfter(0), 3]}}
    assert dated(said, date(2025, 3, 1)) == {
        "opens": "2025-03-02",
        "values": {"2025-02-28": ["2025-03-01", 3]},
    }
