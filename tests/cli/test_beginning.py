"""``sandbox new``: what it writes loads, runs and passes its own tests; what is there is left alone."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from sandbox.scenario.library import shipped
from sandbox.scenario.load import load

Command = Callable[..., Any]


@pytest.mark.parametrize("template", [path.stem for path in shipped()])
def test_a_study_begins_with_the_world_of_any_shipped_scenario(sandbox: Command, template: str) -> None:
    said = sandbox("new", "study", "--from", template)
    assert said.code == 0 and said.err == ""
    assert sandbox("validate", "study/scenarios").code == 0
    base = load("study/scenarios/base.yaml")
    origin = load(template)
    kept = {"title", "question", "compare_to", "covers", "parameters_files", "expect"}
    assert base.scenario.model_dump(exclude=kept) == origin.scenario.model_dump(exclude=kept)
    day = origin.scenario.clock.start
    for loaded in (base, origin):
        assert loaded.parameters.table("bank.kyc_hours", day) == {"mean": 1.5, "cv": 0.9}


def test_the_alternative_moves_one_lever_and_names_its_base(sandbox: Command) -> None:
    sandbox("new", "study")
    base, other = (load(f"study/scenarios/{name}.yaml").scenario for name in ("base", "alternative"))
    assert other.policy.kyc_analysts == 2 * base.policy.kyc_analysts
    assert other.policy.model_copy(update={"kyc_analysts": base.policy.kyc_analysts}) == base.policy
    assert other.compare_to == "base.yaml"


def test_its_tests_pass(sandbox: Command) -> None:
    sandbox("new", "study", "--from", "classroom")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd="study", env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout


def test_the_commands_it_names_are_those_of_its_readme(sandbox: Command) -> None:
    said = sandbox("new", "study", "--lang", "ru")
    readme = Path("study/README.md").read_text(encoding="utf-8")
    typed = [line.strip() for line in said.out.splitlines() if line.startswith("  sandbox ")]
    assert len(typed) == 2 and all(line in readme for line in typed)
    assert "Исследование" in readme


def test_nothing_is_overwritten(sandbox: Command) -> None:
    Path("study").mkdir()
    said = sandbox("new", "study")
    assert said.code == 8 and len(said.err.splitlines()) == 1
    assert list(Path("study").iterdir()) == []


@pytest.mark.parametrize("name", ["a b", "x'{}", "\u202estudy", "a" * 61, "..", "%%name"])
def test_a_name_that_would_be_more_than_a_name_is_refused(sandbox: Command, name: str) -> None:
    said = sandbox("new", name)
    assert said.code == 2 and len(said.err.splitlines()) == 1 and "Traceback" not in said.err
    assert list(Path().glob("*/scenarios")) == []


def test_a_template_there_is_not_gets_the_nearest_name(sandbox: Command) -> None:
    said = sandbox("new", "study", "--from", "elr-2042")
    assert said.code == 2 and "elr-2024" in said.err and not Path("study").exists()


def test_the_files_are_plain_yaml_for_any_reader(sandbox: Command) -> None:
    sandbox("new", "study")
    for path in Path("study").rglob("*.yaml"):
        assert YAML(typ="safe").load(path.read_text(encoding="utf-8")), path
