"""``sandbox parameters``: one number in full, groups, and who reads it."""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import sandbox as package
from sandbox.durations import parse_duration
from sandbox.rails import PROMISES, RailSpecs
from sandbox.scenario.library import parameters_folder, shipped
from sandbox.scenario.load import load
from sandbox.scenario.parameters import ParameterLibrary
from sandbox.scenario.readers import EVENTS, FIELDS, in_runs, readers
from sandbox.scenario.schema import Scenario
from sandbox.simulation import simulate

Command = Callable[..., Any]


def document(said: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(said.out)["parameters"]
    return rows


def test_one_parameter_in_full(sandbox: Command) -> None:
    said = sandbox("parameters", "usdt.freeze_hazard")
    assert said.code == 0
    for word in ("0.02", "1/address/year", "S17", "0.0005 to 0.3", "actors.issuer"):
        assert word in said.out
    assert document(sandbox("parameters", "usdt.freeze_hazard", "--json"))[0]["low"] == 0.0005


def test_a_group_and_all(sandbox: Command) -> None:
    group = document(sandbox("parameters", "aml", "--json"))
    assert group and all(row["name"].startswith("aml.") for row in group)
    every = document(sandbox("parameters", "--json"))
    assert [row["name"] for row in every] == ParameterLibrary.load(parameters_folder()).names()
    unused = document(sandbox("parameters", "--unused", "--json"))
    assert [row for row in every if row["unused"]] == unused


def test_the_table_and_the_list_agree(sandbox: Command) -> None:
    listed = {row["name"]: row for row in json.loads(sandbox("list", "parameters", "--json").out)["rows"]}
    for row in document(sandbox("parameters", "--json")):
        assert listed[row["name"]].items() <= row.items()


def test_an_unknown_name_gets_the_nearest(sandbox: Command) -> None:
    said = sandbox("parameters", "usdt.freeze_hasard")
    assert said.code == 2 and "usdt.freeze_hazard" in said.err
    assert "usdt.freeze_hazard" in sandbox("parameters", "freeze_hazard").err


def test_whatever_a_run_looks_up_has_a_reader(tmp_path: Path) -> None:
    """A reader found in the source text is checked against what a real run asks the library for."""
    sets = ("clock.horizon=22d", "clock.warm_up=1d", "clock.cool_down=1d")
    run = simulate(load("classroom", sets=sets), seed=1, directory=tmp_path, chain_tables=False)
    names = {each.name for each in run.used}
    assert len(names) > 40
    assert {name for name, modules in readers(names).items() if not in_runs(modules)} == set()


def test_a_name_that_no_module_mentions_has_no_reader() -> None:
    assert readers(["usdt.nobody_" + "reads_this"]) == {"usdt.nobody_reads_this": ()}


def test_no_number_is_idle_but_what_is_marked_as_context(sandbox: Command) -> None:
    """Every number moves some run, or says of itself that it only explains others."""
    rows = document(sandbox("parameters", "--json"))
    assert [row["name"] for row in rows if row["unused"] and not row["context"]] == []
    assert [row["name"] for row in rows if row["context"] and not row["unused"]] == []
    said = sandbox("parameters", "fx.import_rub_share")
    assert "context only" in said.out and "rouble invoices" in " ".join(said.out.lower().split())


def test_a_number_that_nobody_reads_would_be_noticed(
    sandbox: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.cli.parameters.readers", lambda names: dict.fromkeys(names, ()))
    idle = {
        row["name"] for row in document(sandbox("parameters", "--unused", "--json")) if not row["context"]
    }
    assert "aml.prevalence" in idle and "bank.kyc_servers" not in idle


def test_a_list_of_what_metrics_rest_on_is_no_reader() -> None:
    assert in_runs(readers(["usdt.finality_blocks"])["usdt.finality_blocks"]) == []


def _event_values(scenario: Scenario, path: str) -> list[Any]:
    kind, _, field = path.partition(".")
    return [getattr(event, field) for event in scenario.timeline.values() if event.kind == kind]


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_a_timeline_says_what_the_library_says_of_its_events(name: str) -> None:
    """A number of the library stands in a shipped timeline; what it leaves open is no default of the base."""
    library = ParameterLibrary.load(parameters_folder())
    value = next(dated.value for dated in library.entry(name).values.values() if dated)
    if value is None:
        assert _event_values(load("elr-2024").scenario, EVENTS[name]) == []
        return
    said = [one for path in shipped() for one in _event_values(load(path).scenario, EVENTS[name])]
    days = [one.date().isoformat() for one in said if hasattr(one, "date")]
    assert value in (days or said)


def test_the_long_horizon_is_the_one_of_late_events() -> None:
    library = ParameterLibrary.load(parameters_folder())
    days = library.number("run.long_horizon_days", date(2024, 6, 3))
    assert load("permanence").scenario.clock.horizon == days * 86_400


def test_the_rails_whose_orders_need_a_profile_are_those_named() -> None:
    library = ParameterLibrary.load(parameters_folder())
    named = library.text("bank.kyc_desk_scope", date(2024, 6, 3)).split()
    needing = [name for name in PROMISES if RailSpecs.model_validate({name: {}}).needs_profile]
    assert named == needing


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_a_fields_default_is_the_librarys_value(name: str) -> None:
    """The library keeps the source of a default that the schema holds: the two must say the same."""
    library = ParameterLibrary.load(parameters_folder())
    dumped: Any = Scenario.model_validate(
        {
            "schema": 1,
            "title": {"en": "x"},
            "question": {"en": "x"},
            "rails": {"correspondent": {}, "usdt": {}, "btc": {}},
        }
    ).model_dump(mode="json")
    for step in FIELDS[name].split("."):
        dumped = dumped[step]
    value = next(dated.value for dated in library.entry(name).values.values() if dated)
    if name.startswith("run.") and name.endswith("_days"):
        dumped = parse_duration(dumped) / 86_400
    assert dumped == value


def test_the_package_reads_no_parameter_that_is_not_there() -> None:
    """Every text passed to a look-up is a name of the library."""
    names = set(ParameterLibrary.load(parameters_folder()).names())
    folder = Path(package.__file__).parent
    asked = {
        name
        for path in folder.rglob("*.py")
        for name in re.findall(
            r'\b(?:number|table|dated|optional_number)\("([a-z_0-9]+\.[A-Za-z_0-9]+)"', path.read_text()
        )
    }
    assert len(asked) > 60 and asked <= names
