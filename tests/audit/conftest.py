"""Legal histories for the audit, made by a tiny world."""

from collections.abc import Callable

import pytest

from tests.audit.histories import History
from tests.audit.stories import StoriedWorld, classic


@pytest.fixture(scope="session")
def history() -> History:
    """One payment of each kind, apart in time; the auditor has nothing to say."""
    return classic()


@pytest.fixture
def tiny_world() -> Callable[[], StoriedWorld]:
    """Makes worlds."""
    return StoriedWorld
