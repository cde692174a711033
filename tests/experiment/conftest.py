"""Lets tests, and the processes they spawn, import the arithmetic runs beside them."""

import sys
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _runs_are_importable(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = str(Path(__file__).parent)
    monkeypatch.setenv("PYTHONPATH", folder)
    monkeypatch.syspath_prepend(folder)
    assert folder in sys.path
