"""``sandbox test``: what scenarios expect, held to runs; the verdicts on the terminal, as JSON and as JUnit."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

Command = Callable[..., Any]

EXPECTING = """expect:
  - {metric: payments, min: 1}
  - {metric: payments, max: 0, by: {rail: correspondent}}
  - {metric: payments, min: 1, by: {rail: dfa}}
"""


def expecting(tiny: Path, name: str, text: str = EXPECTING) -> Path:
    path = tiny.with_name(name)
    path.write_text(tiny.read_text(encoding="utf-8") + text, encoding="utf-8")
    return path


def test_each_expectation_is_told_and_one_that_fails_decides(
    sandbox: Command, tiny: Path, tmp_path: Path
) -> None:
    expecting(tiny, "hopes.yaml")
    said = sandbox("test", tmp_path, "--junit", "verdicts.xml")
    assert said.code == 4 and said.err == ""
    first, second, third, *_ = said.out.splitlines()
    assert first.startswith("hopes: holds: payments is at least 1")
    assert second.startswith("hopes: does not hold: payments, rail correspondent is at most 0")
    assert third.startswith("hopes: does not hold: payments, rail dfa") and "no such group" in third
    assert "1 of 3" in said.out and "expect nothing" in said.out
    suite = ElementTree.parse("verdicts.xml").getroot().find("testsuite")
    assert suite is not None and (suite.get("tests"), suite.get("failures")) == ("3", "2")
    failed = [case.get("name") for case in suite if case.find("failure") is not None]
    assert failed == ["payments, rail correspondent <= 0", "payments, rail dfa >= 1"]


def test_the_mean_of_replications_is_judged(sandbox: Command, tiny: Path) -> None:
    hopes = expecting(tiny, "hopes.yaml", "expect: [{metric: payments, min: 1}]\n")
    said = sandbox("test", hopes, "--reps", 2, "--seed", 3, "--json")
    assert said.code == 0
    [each] = json.loads(said.out)["scenarios"]
    [verdict] = each["expectations"]
    folders = Path(json.loads(said.out)["run_folder"]).glob("hopes/rep-*/metrics.json")
    values = [
        row["value"]
        for path in folders
        for row in json.loads(path.read_text(encoding="utf-8"))["metrics"]
        if row["name"] == "payments" and not row["by"]
    ]
    assert len(values) == 2 and verdict["value"] == sum(values) / 2


def test_only_the_files_asked_for_are_run(sandbox: Command, tiny: Path, tmp_path: Path) -> None:
    for name in ("one.yaml", "another.yaml"):
        expecting(tiny, name, "expect: [{metric: payments, min: 1}]\n")
    said = sandbox("test", tmp_path, "-k", "ano", "--json")
    assert [each["name"] for each in json.loads(said.out)["scenarios"]] == ["another"]


def test_files_that_expect_nothing_are_no_success(sandbox: Command, tiny: Path) -> None:
    said = sandbox("test", tiny)
    assert said.code == 2 and "none of the 1 files expects anything" in said.err


def test_a_fault_is_told_before_anything_runs(sandbox: Command, tiny: Path, tmp_path: Path) -> None:
    expecting(tiny, "a.yaml", "expect: [{metric: payments, min: 1}]\n")
    expecting(tiny, "b.yaml", "expect: [{metric: paiments, min: 1}]\n")
    said = sandbox("test", tmp_path)
    assert said.code == 3 and "b.yaml:8:" in said.err and "payments" in said.err
    assert not Path("runs").exists()
