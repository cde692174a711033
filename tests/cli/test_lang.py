"""``--lang ru``: what people read is Russian, what programs read does not change."""

import json
from pathlib import Path

from tests.cli.conftest import Command


def test_the_story_and_the_report_speak_russian(sandbox: Command, shared_run: Path, tmp_path: Path) -> None:
    told = sandbox("explain", shared_run, "1", "--lang", "ru")
    assert told.code == 0 and "Платёж P-00001" in told.out and "Payment P-" not in told.out
    out = tmp_path / "ru.html"
    assert sandbox("report", shared_run, "--lang", "ru", "-o", out).code == 0
    assert '<html lang="ru">' in out.read_text(encoding="utf-8")


def test_documents_for_programs_are_the_same_in_any_language(sandbox: Command, shared_run: Path) -> None:
    said = [sandbox("explain", shared_run, "1", "--json", "--lang", lang).out for lang in ("en", "ru")]
    assert said[0] == said[1]
    assert json.loads(said[0])["payment"] == "P-00001"


def test_a_run_ends_with_a_russian_table(sandbox: Command, tiny: Path) -> None:
    said = sandbox("run", tiny, "--lang", "ru", "--no-report")
    assert said.code == 0
    assert "все каналы" in said.out and "отпечаток журнала" in said.out and "\ufffd" not in said.out
