"""A run played back in a real browser: play, pause, step, scrub, share; by keyboard; without motion."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.page.browser.looking import look
from tests.page.processes import Served

pytestmark = pytest.mark.browser


def _open(visit: Callable[..., Any], run: str, query: str = "", **more: Any) -> Any:
    page = visit(f"{run}/playback{query}", **more)
    page.locator("#playback[data-ready=yes]").wait_for()
    return page


def _second(page: Any) -> int:
    found = re.search(r"at=(\d+)", page.url)
    assert found is not None
    return int(found[1])


def _until(page: Any, holds: Callable[[], bool]) -> None:
    """Wait for something to hold; the page's own policy forbids what Playwright would evaluate in it."""
    for _ in range(100):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError(page.url)


def test_play_back_and_scrub(visit: Callable[..., Any], served: Served, run: str) -> None:
    page = _open(visit, run, "?at=30000&speed=21600")
    look(page)
    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Pause").wait_for()
    page.wait_for_timeout(600)
    page.get_by_role("button", name="Pause").click()
    reached = _second(page)
    assert reached > 30_000
    page.get_by_role("button", name="Step on").click()
    page.get_by_text("Moved.").wait_for()
    assert _second(page) > reached
    page.get_by_role("button", name="Step back").click()
    _until(page, lambda: _second(page) <= reached)
    page.get_by_label("Time of the run").fill(str(4 * 86_400))
    _until(page, lambda: _second(page) == 345_600)
    told = page.locator("[data-count=CREDITED]").last.inner_text()
    shared = page.get_by_role("link", name="Link to this moment").get_attribute("href")
    again = _open(visit, run, "?" + shared.partition("?")[2])
    assert again.locator("[data-count=CREDITED]").last.inner_text() == told != "0"
    page.get_by_role("button", name="Back to the start").click()
    page.get_by_text("Back at the start.").wait_for()
    assert page.locator("[data-count=CREDITED]").last.inner_text() == "0"
    page.get_by_role("link", name=re.compile("A freeze")).click()
    page.get_by_text("Here:").wait_for()
    look(page)


def test_the_numbers_are_the_journals_wherever_one_jumps(
    visit: Callable[..., Any], served: Served, run: str
) -> None:
    """Forth and back: what the script counts is what the server counts at that second."""
    page = _open(visit, run)
    bare = visit(f"{run}/playback", java_script_enabled=False)
    cells = "cells => cells.map(cell => [cell.dataset.count, cell.textContent.replace(/[^0-9]/g, '')])"
    for second in (86_400, 400_000, 250_000, 518_400, 200_001):
        page.evaluate(
            "at => { const scrub = document.getElementById('scrub'); scrub.step = 1; scrub.value = at;"
            " scrub.dispatchEvent(new Event('change')); }",
            second,
        )
        page.wait_for_url(f"**/playback?at={second}&*")
        bare.goto(f"{run}/playback?at={second}")
        assert page.locator("td[data-count]").evaluate_all(cells) == bare.locator(
            "td[data-count]"
        ).evaluate_all(cells)


def test_it_is_played_by_keyboard_and_without_motion(visit: Callable[..., Any], run: str) -> None:
    page = _open(visit, run, "?at=120000&speed=3600", reduced_motion="reduce", locale="ru-RU", width=360)
    look(page)
    page.get_by_role("button", name="Пуск").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Пауза").wait_for()
    # Time goes in steps of one second's worth; between them nothing moves.
    _until(page, lambda: int(page.locator("#scrub").input_value()) >= 123_600)
    page.keyboard.press("Space")
    page.get_by_role("button", name="Пуск").wait_for()
    assert (_second(page) - 120_000) % 3_600 == 0
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "forward"
    page.keyboard.press("Enter")
    page.get_by_text("Переход.").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.getElementById('speed').value") == "21600"
    page.get_by_label("Время прогона").focus()
    page.keyboard.press("End")
    _until(page, lambda: _second(page) == 518_400)
    look(page)
