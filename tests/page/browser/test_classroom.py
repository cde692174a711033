"""A class in a real browser: a student plays three quarters and learns; the teacher stops all and exports."""

import csv
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.page.classroom.book import Book
from tests.page.browser.test_journeys import look
from tests.page.processes import Served

pytestmark = pytest.mark.browser

CODE = "RUBLE7"
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A class as a teacher starts it."""
    server = Served(tmp_path_factory.mktemp("class"), "--classroom", "--room", CODE, "--teams", "10")
    yield server
    server.end(signal.SIGTERM)


def join(page: Any, team: str) -> None:
    page.goto("/class")
    page.get_by_label("Room code").fill(CODE)
    page.get_by_label("Name of the team").fill(team)
    page.get_by_role("button", name="Join").click()
    page.get_by_text("Your team").wait_for()


def teacher_link(served: Served) -> str:
    book = Book(served.folder, 1)
    link = f"/class/teacher/key/{book.teacher}"
    book.close()
    return link


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


@pytest.mark.parametrize(
    ("width", "locale"), [(1200, "en-GB"), (1200, "ru-RU"), (360, "en-GB"), (360, "ru-RU")]
)
def test_every_view_of_the_class_is_fit_for_everybody(
    visit: Callable[..., Any], served: Served, width: int, locale: str, pytestconfig: pytest.Config
) -> None:
    """Each is looked at by axe, and photographed for people to look at, beside pytest's cache."""
    assert pytestconfig.cache is not None
    folder = Path(pytestconfig.cache.mkdir("class-pictures"))
    page = visit("/class", width=width, locale=locale, reduced_motion="reduce")
    look(page)
    page.screenshot(path=folder / f"join-{width}-{locale[:2]}.png", full_page=True)
    page.locator("#code").fill(CODE)
    page.locator("#team").fill("Keyboard")
    page.locator("form.joining button").click()
    page.goto(teacher_link(served))
    page.locator("h1").wait_for()
    page.goto("/class")
    page.locator("#code").fill(CODE)
    page.locator("#team").fill("Keyboard")
    page.locator("form.joining button").click()
    for name, address in (
        ("room", "/class"),
        ("game", "/class/game"),
        ("lessons", "/class/lessons"),
        ("lesson", "/class/lessons/06-why-refused"),
        ("lesson-4", "/class/lessons/04-common-random-numbers"),
        ("teacher", "/class/teacher"),
    ):
        page.goto(address)
        look(page)
        page.screenshot(path=folder / f"{name}-{width}-{locale[:2]}.png", full_page=True)
