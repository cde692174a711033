"""The report as one file in a real browser: no network, few pages on paper, fit for everybody."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.report.study import RunResult, run
from sandbox.report.wording import speaking
from sandbox.report.words import LANGUAGES
from tests.page.browser.looking import look

pytestmark = pytest.mark.browser

_MOST_BYTES = 6_000_000
_MOST_PAGES = 12


@pytest.fixture(scope="module")
def finished() -> RunResult:
    """A whole run of the classroom."""
    return run("classroom", seed=7)


@pytest.fixture(params=LANGUAGES)
def written(request: pytest.FixtureRequest, finished: RunResult, tmp_path: Path) -> Iterator[Path]:
    """Its report in each language."""
    with speaking(request.param):
        yield finished.report(tmp_path / "report.html")


def test_the_report_opens_offline_and_prints(chromium: Any, written: Path) -> None:
    assert written.stat().st_size <= _MOST_BYTES
    context = chromium.new_context(viewport={"width": 1200, "height": 900}, offline=True)
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(written.as_uri())
    page.wait_for_selector(".js-plotly-plot .main-svg")
    assert page.locator(".js-plotly-plot").count() == 10
    page.set_viewport_size({"width": 360, "height": 800})
    page.reload()
    page.wait_for_selector(".js-plotly-plot .main-svg")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) <= _MOST_PAGES
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert said == []
    context.close()


@pytest.mark.parametrize("width", [1200, 360])
def test_the_report_is_fit_for_everybody(chromium: Any, written: Path, width: int) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 900})
    page.goto(written.as_uri())
    page.wait_for_selector(".js-plotly-plot .main-svg")
    look(page)
    page.close()
