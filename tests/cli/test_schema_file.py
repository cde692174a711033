"""The schema that editors use is the one the command prints, and it accepts what loading accepts."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from ruamel.yaml import YAML

from sandbox.cli import main
from sandbox.scenario.library import shipped
from sandbox.scenario.load import check

SHIPPED = Path(__file__).parents[2] / "scenarios" / "scenario.schema.json"
SCHEMA = json.loads(SHIPPED.read_text(encoding="utf-8"))
EDITOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker())

WHOLE = """schema: 1
title: {en: T}
question: {en: Q}
clock: {start: 2025-03-03, horizon: 60d, warm_up: 5d, cool_down: 5d}
rails: {correspondent: {}, usdt: {}}
timeline:
  one: {kind: pressure, at: 2025-03-10, level: 0.5}
  two: {kind: freeze, at: 2025-03-10T10:30, holder: dealer}
"""


def test_the_shipped_schema_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["schema"])
    assert not end.value.code
    assert SHIPPED.read_text(encoding="utf-8") == capsys.readouterr().out, (
        "run sandbox schema > scenarios/scenario.schema.json"
    )


def as_an_editor_reads(text: str) -> Any:
    """The document as YAML 1.2 has it, where a date is a text like any other."""
    yaml = YAML(typ="safe", pure=True)
    yaml.constructor.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: node.value)
    return yaml.load(text)


def refused(text: str) -> list[str]:
    return [error.json_path for error in EDITOR.iter_errors(as_an_editor_reads(text))]


def loading_refuses(folder: Path, text: str) -> bool:
    path = folder / "written.yaml"
    path.write_text(text, encoding="utf-8")
    return any(fault.severity == "error" for fault in check(str(path)))


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_an_editor_accepts_what_is_shipped(path: Path) -> None:
    assert refused(path.read_text(encoding="utf-8")) == []


def test_an_editor_accepts_a_moment_with_and_without_its_time(tmp_path: Path) -> None:
    assert refused(WHOLE) == []
    assert not loading_refuses(tmp_path, WHOLE)


@pytest.mark.parametrize(
    "text",
    [
        "extends: classroom\ntimeline: {freeze: {at: 2025-03-11}}\n",
        "extends: classroom\nrails: {usdt: null}\nclock: {horizon: 90d}\n",
        "extends: classroom\npolicy: {participants: {initial: 3}}\n",
    ],
)
def test_a_file_that_extends_says_only_what_differs(tmp_path: Path, text: str) -> None:
    assert refused(text) == []
    assert not loading_refuses(tmp_path, text)
    assert refused(text.replace("extends: classroom\n", ""))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2025-03-10,", "2025-02-30,"),
        ("2025-03-10T10:30", "2025-03-10T10:30Z"),
        ("2025-03-10,", "soon,"),
        ("kind: pressure, ", ""),
        (", level: 0.5", ""),
        ("level: 0.5", "level: high"),
        ("level: 0.5", "levle: 0.5"),
        ("kind: freeze", "kind: frost"),
        ("title: {en: T}\n", ""),
        ("horizon: 60d", "horizon: 60"),
        ("clock:", "clocks:"),
    ],
)
def test_an_editor_refuses_a_wrong_value_as_loading_does(tmp_path: Path, old: str, new: str) -> None:
    assert old in WHOLE
    text = WHOLE.replace(old, new, 1)
    assert refused(text)
    assert loading_refuses(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        "extends: classroom\ntimeline: {freeze: {at: soon}}\n",
        "extends: classroom\ntimeline: {freeze: {att: 2025-03-11}}\n",
        "extends: classroom\nexpect: [{min: 1}]\n",
        "extends: [classroom]\n",
    ],
)
def test_an_editor_refuses_a_wrong_part(tmp_path: Path, text: str) -> None:
    assert refused(text)
    assert loading_refuses(tmp_path, text)
