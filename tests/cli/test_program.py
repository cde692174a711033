"""What the terminal says to type next can be typed."""

import os
import sys
from pathlib import Path

import pytest

from sandbox.cli.printing import program


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """A program as ``pip`` leaves it in an environment."""
    path = tmp_path / "bin" / "sandbox"
    path.parent.mkdir()
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_a_program_outside_the_searched_folders_is_named_as_it_was_typed(
    script: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [str(script), "run"])
    monkeypatch.setenv("PATH", os.devnull)
    assert program() == str(script)
    monkeypatch.setenv("PATH", str(script.parent))
    assert program() == "sandbox"


def test_a_module_is_named_by_its_command(script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [str(script.parent / "__main__.py")])
    assert program() == "sandbox"
