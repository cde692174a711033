"""The run folder written by hand, for reports to be made of."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.report.run_folder import write_run


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seven payments, written once."""
    return write_run(tmp_path_factory.mktemp("runs") / "classroom")


@pytest.fixture
def build_run(tmp_path: Path) -> Callable[..., Path]:
    """Writes a run folder of one's own."""

    def build(name: str = "run", **changes: Any) -> Path:
        return write_run(tmp_path / name, **changes)

    return build
