"""A class in a real browser: a student plays three quarters and learns; the teacher stops all and exports."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.page.browser.class_views import join, teacher_link
from tests.page.browser.looking import look
from tests.page.processes import Served

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def served(class_served: Served) -> Served:
    """The class's page in the place of the other."""
    return class_served


def test_a_student_plays_three_quarters(visit: Callable[..., Any], served: Served) -> None:
    """With the keyboard alone, once in the room."""
    page = visit("/class")
    join(page, "Keyboard")
    page.get_by_role("link", name="Play").press("Enter")
    for quarter in (1, 2, 3):
        page.get_by_role("heading", level=1, name=f"Quarter {quarter} of 8").wait_for()
        firms = page.get_by_label("Firms asked to join")
        firms.focus()
        for _ in range(3):
            firms.press("ArrowUp")
        assert firms.input_value() == "3"
        page.get_by_label("bitcoin").focus()
        if not page.get_by_label("bitcoin").is_checked():
            page.keyboard.press("Space")
        page.get_by_role("button", name=f"Play quarter {quarter}").press("Enter")
        page.get_by_role("heading", name=f"What quarter {quarter} brought").wait_for(timeout=180_000)
    look(page)
    assert page.get_by_role("row", name="Detection").first.is_visible()
    assert "Quarters so far" in page.content()
    page.get_by_role("link", name="Look inside quarter 3").press("Enter")
    page.get_by_role("heading", name="The answer").wait_for()


def test_a_teacher_freezes_and_exports(visit: Callable[..., Any], served: Served, tmp_path: Path) -> None:
    student, desk = visit("/class"), visit("/class")
    join(student, HOSTILE)
    desk.goto(teacher_link(served))
    desk.get_by_role("heading", name="Teacher's desk").wait_for()
    assert HOSTILE in desk.get_by_role("row", name=HOSTILE).first.inner_text()
    assert desk.locator("main img").count() == 0
    look(desk)
    desk.get_by_role("button", name="Stop all teams").press("Enter")
    desk.get_by_text("The teacher has stopped all teams for now.").wait_for()
    student.goto("/class/game")
    assert student.get_by_role("button", name="Play quarter 1").is_disabled()
    look(student)
    with desk.expect_download() as waiting:
        desk.get_by_role("link", name="Export as CSV").click()
    path = tmp_path / "league.csv"
    waiting.value.save_as(path)
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert HOSTILE in {row["team"] for row in rows}
    desk.get_by_role("button", name="Let all teams go on").press("Enter")
    desk.get_by_role("button", name="Stop all teams").wait_for()
    student.reload()
    assert student.get_by_role("button", name="Play quarter 1").is_enabled()


def test_a_lesson_is_read_run_and_answered(visit: Callable[..., Any], served: Served) -> None:
    page = visit("/class")
    join(page, "Learners")
    page.goto("/class/lessons/06-why-refused")
    page.get_by_role("button", name="Run the worlds").click()
    until = 60
    while page.get_by_text("How payments moved").count() == 0 and until:
        page.wait_for_timeout(1_500)
        page.reload()
        until -= 1
    page.get_by_text("How payments moved").click()
    page.get_by_label("No: a compliance stop is the end on every rail").check()
    page.get_by_label("How many payments were stopped for compliance").fill("100000")
    page.get_by_role("button", name="Check the answers").click()
    page.get_by_text("Right.", exact=True).wait_for()
    assert page.get_by_text("Not right yet.").count() == 1
    look(page)
