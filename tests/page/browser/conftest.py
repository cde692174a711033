"""A real server in a process of its own, and the system's Chromium looking at it."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.page.browser.class_views import CODE
from tests.page.browser.views import SHORTER, finished_comparison, finished_run
from tests.page.processes import Served

#: Where systems keep their Chromium; CHROMIUM names another.
_NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The browser, without a window."""
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    assert path, "no Chromium here; Debian: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The page as a user starts it."""
    server = Served(tmp_path_factory.mktemp("browser"))
    yield server
    server.end(signal.SIGTERM)


@pytest.fixture(scope="session")
def class_served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A class as a teacher starts it."""
    server = Served(tmp_path_factory.mktemp("class"), "--classroom", "--room", CODE, "--teams", "10")
    yield server
    server.end(signal.SIGTERM)


@pytest.fixture(scope="session")
def run(served: Served) -> str:
    """The address of a finished run."""
    return finished_run(served)


@pytest.fixture(scope="session")
def other_run(served: Served, run: str) -> str:
    """The address of another, of the same world a day shorter."""
    return finished_run(served, SHORTER)


@pytest.fixture(scope="session")
def comparison(served: Served, other_run: str) -> str:
    """The address of a finished comparison of the two."""
    return finished_comparison(served)


@pytest.fixture
def visit(chromium: Any, served: Served) -> Iterator[Callable[..., Any]]:
    """Opens pages; anything they would fetch from elsewhere, and any error in them, fails the test."""
    contexts: list[Any] = []
    wrong: list[str] = []

    def requested(request: Any) -> None:
        if not request.url.startswith((served.address, "data:", "blob:")):
            wrong.append(request.url)

    def said(line: Any) -> None:
        # That an answer was 4xx is what some journeys are about.
        if line.type == "error" and "status of 4" not in line.text:
            wrong.append(line.text)

    def open_page(address: str = "/", *, width: int = 1200, locale: str = "en-GB", **more: Any) -> Any:
        context = chromium.new_context(
            base_url=served.address, viewport={"width": width, "height": 900}, locale=locale, **more
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", requested)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", said)
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []
