"""Scribes, and the small world that one of them wrote."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.metrics import RunFacts
from tests.metrics.scribe import Scribe
from tests.metrics.thirteen_payments import FACTS, write_small_world


@pytest.fixture
def scribe() -> Scribe:
    """An empty scribe."""
    return Scribe()


@pytest.fixture(scope="session")
def new_scribe() -> Callable[[], Scribe]:
    """Makes empty scribes, for tests that need several."""
    return Scribe


@pytest.fixture(scope="session")
def facts() -> RunFacts:
    """Facts of the small world."""
    return FACTS


@pytest.fixture(scope="session")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run folder of thirteen payments over all rails and endings."""
    return write_small_world(tmp_path_factory.mktemp("run"))
