"""Loading by path and by name, the canonical text and its hash, semantic checks."""

import io
import json
import sys
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import pytest

from sandbox.scenario import library as shipped_library
from sandbox.scenario.canonical import canonical_json
from sandbox.scenario.faults import Finding, ScenarioInvalid
from sandbox.scenario.load import check, load
from sandbox.scenario.parameters import ParameterLibrary
from sandbox.scenario.schema import Scenario

TEXT = """schema: 1
title: {en: A test}
question: {en: Does it load?}
rails: {usdt: {}, correspondent: {}}
policy: {banks: 3}
parameters: {aml.prevalence: .01}
"""


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.yaml").write_text(TEXT)
    return tmp_path / "x.yaml"


def test_the_hash_is_of_the_meaning_not_of_the_layout(path: Path) -> None:
    first = load("x.yaml")
    path.write_text("# another layout\n" + "\n".join(reversed(TEXT.splitlines())) + "\n")
    assert load("x.yaml").hash == first.hash
    path.write_text(TEXT.replace("{banks: 3}", "{banks: 3, regime: true}"))
    assert load("x.yaml").hash == first.hash
    assert first.hash == sha256(first.canonical.encode()).hexdigest()


@pytest.mark.parametrize(("old", "new"), [("banks: 3", "banks: 4"), ("prevalence: .01", "prevalence: .02")])
def test_the_hash_changes_with_each_value(path: Path, old: str, new: str) -> None:
    first = load("x.yaml").hash
    path.write_text(TEXT.replace(old, new))
    assert load("x.yaml").hash != first


def test_whole_numbers_are_written_alike() -> None:
    assert canonical_json({"b": [3.0, 0.5], "a": {"x": 3, "é": True}}) == '{"a":{"x":3,"é":true},"b":[3,0.5]}'
    with pytest.raises(ValueError, match="JSON"):
        canonical_json(float("nan"))


def test_an_installed_package_holds_the_scenarios(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped_library, "_CHECKOUT", tmp_path)
    installed = shipped_library.folder.__wrapped__()
    assert installed == Path(shipped_library.__file__).parents[1] / "_scenarios"


def test_the_canonical_text_holds_all_defaults_and_parameters(path: Path) -> None:
    document = json.loads(load("x.yaml").canonical)
    assert document["scenario"]["policy"]["banks"] == 3
    assert document["scenario"]["population"]["importers"] == 500
    assert document["parameters"]["aml.prevalence"] == {"2024-06-03": 0.01}
    assert document["parameters"]["bank.n_elr_banks"] == {"2024-06-03": 4.0}


def test_the_canonical_scenario_loads_again_to_the_same(path: Path) -> None:
    first = load("x.yaml")
    (path.parent / "again.yaml").write_text(json.dumps(json.loads(first.canonical)["scenario"]))
    assert load("again.yaml").hash == first.hash


def test_files_carry_the_hash_of_their_bytes(path: Path) -> None:
    files = dict(load("x.yaml").files)
    assert files["x.yaml"] == sha256(path.read_bytes()).hexdigest()
    assert any(name.endswith("sources.yaml") for name in files)


def test_standard_input_is_a_scenario(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(path.read_bytes())))
    assert load("-").scenario == load("x.yaml").scenario


def test_a_semantic_check_speaks_of_the_place_where_the_value_stands(path: Path) -> None:
    def few_banks(scenario: Scenario, library: ParameterLibrary) -> Iterable[Finding]:
        assert library.number("aml.prevalence", scenario.clock.start) == 0.01
        yield Finding(("policy", "banks"), "few_banks", "three banks are few", severity="warning")
        yield Finding(("clock", "start"), "early", "stands in no file", severity="warning")

    assert [str(fault) for fault in check("x.yaml", checks=[few_banks])] == [
        "x.yaml:1:1: warning[early] clock.start: stands in no file",
        "x.yaml:5:17: warning[few_banks] policy.banks: three banks are few",
    ]


def test_an_error_of_a_semantic_check_refuses_the_scenario(path: Path) -> None:
    def never(scenario: Scenario, library: ParameterLibrary) -> Iterable[Finding]:
        yield Finding(("policy",), "never", "no scenario is good enough")

    with pytest.raises(ScenarioInvalid, match=r"x\.yaml:5:1: error\[never\] policy: no scenario"):
        load("x.yaml", checks=[never])


def test_shipped_scenarios_are_found_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "classroom.yaml").write_text(TEXT)
    monkeypatch.setattr(shipped_library, "folder", lambda: tmp_path / "shop")
    monkeypatch.chdir(tmp_path)
    assert [path.name for path in shipped_library.shipped()] == ["classroom.yaml"]
    parameters = Path(__file__).parents[2] / "scenarios" / "parameters"
    for name in ("classroom", "classroom.yaml"):
        assert load(name, library=parameters).scenario.policy.banks == 3
    (fault,) = check("clasroom", library=parameters)
    assert (fault.code, fault.hint) == ("no_file", "did you mean 'classroom'?")
    (tmp_path / "child.yaml").write_text("extends: classroom.yaml\npolicy: {banks: 5}\n")
    assert load("child.yaml", library=parameters).scenario.policy.banks == 5


@pytest.mark.parametrize("path", shipped_library.shipped(), ids=lambda path: path.name)
def test_every_shipped_scenario_is_in_order(path: Path) -> None:
    assert check(path) == []
