"""Where a command may be started: places that take no folder, closed pipes, poor terminals. No bug, no traceback."""

import io
import os
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Command


@pytest.mark.parametrize(
    "place", ["/proc/nowhere", "x" * 5_000, os.fsdecode(b"runs-\xff"), "tiny.yaml/runs", "/dev/null"]
)
def test_a_place_that_takes_no_folder(sandbox: Command, tiny: Path, place: str) -> None:
    said = sandbox("run", tiny, "--out", place)
    assert said.code == 8
    assert said.err.startswith("error: ") and "bug" not in said.err
    assert os.listdir() == ["tiny.yaml"]


def test_a_scenario_by_standard_input(sandbox: Command, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = tiny.read_bytes().replace(b"importers: 20", b"importer: 20")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    said = sandbox("run", "-")
    assert said.code == 3
    assert "did you mean 'importers'?" in said.err


def test_no_standard_input_at_all(sandbox: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    said = sandbox("run", "-")
    assert said.code == 3
    assert "error[unreadable_file]" in said.err and "bug" not in said.err


def test_nobody_listens(monkeypatch: pytest.MonkeyPatch, sandbox: Command, tiny: Path) -> None:
    """Without stdout and stderr the exit code is still that of the command."""
    from sandbox.cli import main

    tiny.write_text("a: 1\n")
    for arguments, code in ((["list", "scenarios"], 0), (["run", str(tiny)], 3)):
        monkeypatch.setattr(sys, "stdout", None)
        monkeypatch.setattr(sys, "stderr", None)
        with pytest.raises(SystemExit) as stop:
            main(arguments)
        assert stop.value.code == code


def test_a_poor_terminal(sandbox: Command, shared_run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty columns, no colour, ASCII alone, and a language that needs more."""
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setenv("NO_COLOR", "1")
    from sandbox.cli import main

    for language in ("en", "ru"):
        written = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
        with pytest.raises(SystemExit) as stop:
            main(["explain", str(shared_run), "P-00000", "--lang", language])
        assert stop.value.code == 0
        sys.stdout.flush()
        assert b"\x1b" not in written.getvalue() and b"P-00000" in written.getvalue()
