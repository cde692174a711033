"""A running page for tests, and one finished run in it that all of them read."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.page.settings import Limits, Settings
from tests.page.asgi import Browser, Server

#: A few days of the teaching scenario: every rail, a second or two to run.
SHORT = """\
extends: classroom.yaml
clock: {start: 2025-03-03, horizon: 6d, warm_up: 0d, cool_down: 0d}
timeline:
  officer-leaves: {at: 2025-03-04, kind: staffing, desk: orders, people: 2, label: One leaves}
  freeze: {at: 2025-03-05, kind: freeze, holder: supplier, rank: 1, label: A freeze}
  reorganisation: {at: 2025-03-06T16:45, kind: reorg, depth: 5, label: A reorganisation}
"""
#: The same for longer than any test has patience.
LONG = "extends: elr-2024.yaml\n"


@pytest.fixture(scope="session")
def short() -> str:
    """A scenario that runs in a moment."""
    return SHORT


@pytest.fixture(scope="session")
def long() -> str:
    """A scenario that runs for most of a minute."""
    return LONG


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Starts servers, and stops them and the jobs that nobody waited for when the module's tests are over."""
    running: list[Server] = []

    def start(folder: Path | None = None, **settings: Any) -> Server:
        server = Server(Settings(folder=folder or tmp_path_factory.mktemp("page"), **settings))
        running.append(server)
        return server

    yield start
    for server in running:
        server.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A page as it is started by default; tests may ask it often."""
    server = Server(Settings(folder=tmp_path_factory.mktemp("page"), limits=Limits(submits_a_minute=10_000)))
    yield server
    server.close()


@pytest.fixture
def browser(server: Server) -> Browser:
    """Somebody with a browser who has opened the page."""
    somebody = Browser(server)
    assert somebody.get("/").status == 200
    return somebody


@pytest.fixture
def script(server: Server) -> Browser:
    """A program that keeps no cookies."""
    return Browser(server, keeps_cookies=False)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A page's folder with one complete run in it, and the run's id."""
    folder = tmp_path_factory.mktemp("finished")
    server = Server(Settings(folder=folder))
    try:
        script = Browser(server, keeps_cookies=False)
        job = script.post_json("/api/runs", {"text": SHORT, "seed": 5}).json
        done = script.wait(f"/api/runs/{job['id']}")
        assert done["state"] == "complete", done
        # A run ends with its result; whatever else may be made of it is made when somebody opens it.
        assert [path.name for path in (folder / job["id"]).glob("re*")] == ["result.json"]
    finally:
        server.close()
    return folder, job["id"]
