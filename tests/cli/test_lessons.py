"""``sandbox lesson`` as a learner types it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sandbox.cli.app import app

run = CliRunner().invoke


def test_the_list_is_short_and_in_both_languages() -> None:
    english, russian = (run(app, ["lesson", "list", "--lang", lang]) for lang in ("en", "ru"))
    assert english.exit_code == russian.exit_code == 0
    assert len(english.output.splitlines()) == len(russian.output.splitlines()) == 6
    assert english.output != russian.output
    document = json.loads(run(app, ["lesson", "list", "--json"]).output)
    assert document["schema"] == "sandbox.lessons/1" and len(document["lessons"]) == 6


def test_a_lesson_from_start_to_a_right_answer(tmp_path: Path) -> None:
    started = run(app, ["lesson", "start", "06", "--lang", "ru", "--out", str(tmp_path)])
    assert started.exit_code == 0, started.output
    assert "Почему этому платежу отказали?" in started.output
    again = run(app, ["lesson", "start", "06", "--out", str(tmp_path)])
    assert again.exit_code == 0 and "already" in again.output
    folder = tmp_path / "06-why-refused"
    blank = run(app, ["lesson", "check", "06", "--out", str(tmp_path)])
    assert blank.exit_code == 4 and "0 of 5 right" in blank.output
    (folder / "answers.yaml").write_text("again: never\nstopped: 100000\n", encoding="utf-8")
    checked = run(app, ["lesson", "check", "6", "--out", str(tmp_path)])
    assert checked.exit_code == 4 and "1 of 5 right" in checked.output and "hint:" in checked.output
    document = json.loads(run(app, ["lesson", "check", "6", "--json", "--out", str(tmp_path)]).output)
    assert document["schema"] == "sandbox.lesson-check/1" and document["right"] == 1
    (folder / "answers.yaml").write_text("nonsense: 1\n", encoding="utf-8")
    assert run(app, ["lesson", "check", "6", "--out", str(tmp_path)]).exit_code == 3


@pytest.mark.parametrize(
    ("words", "code"), [(["start", "nine"], 2), (["check", "peg-breaks"], 2), (["check", "03"], 8), ([], 2)]
)
def test_ends(tmp_path: Path, words: list[str], code: int) -> None:
    where = ["--out", str(tmp_path)] if words else []
    assert run(app, ["lesson", *words, *where]).exit_code == code
