"""A class in the middle of its work, and every page that it sees."""

from collections.abc import Callable
from typing import Any

from sandbox.page.classroom.book import Book
from tests.page.browser.views import View
from tests.page.processes import Served

CODE = "RUBLE7"
LESSON = "/class/lessons/06-why-refused"
#: How many quarters each team has played.
_PLAYED = {"Beginners": 0, "One quarter": 1, "Halfway": 4, "All eight": 8}
#: Milliseconds that a quarter, or the worlds of a lesson, may take on a busy machine.
_PATIENCE = 240_000


def join(page: Any, team: str) -> None:
    """Take a seat in a team."""
    page.goto("/class")
    page.locator("#code").fill(CODE)
    page.locator("#team").fill(team)
    page.locator("form.joining button").click()
    page.locator(".cards").wait_for()


def teacher_link(served: Served) -> str:
    """The link that was printed for the teacher."""
    book = Book(served.folder, 1)
    link = f"/class/teacher/key/{book.teacher}"
    book.close()
    return link


def play_quarter(page: Any) -> None:
    """Decide as a bold regulator would, and wait for what the quarter brought."""
    page.goto("/class/game")
    page.locator("#admit").fill("3")
    for rail in page.locator("input[name^=rail-]").all():
        rail.check()
    with page.expect_navigation():
        page.locator("form.levers button").click()
    # The page looks for itself how the run stands, and comes anew when it is over.
    page.locator("#live").wait_for(state="detached", timeout=_PATIENCE)
    page.wait_for_load_state()


def run_lesson(page: Any, address: str) -> None:
    """Have the worlds of a lesson run, and wait for them."""
    page.goto(address)
    asking = page.locator("form[action$='/run']")
    if asking.count():
        with page.expect_navigation():
            asking.locator("button").click()
    for _ in range(_PATIENCE // 1_000):
        page.goto(address)
        if asking.count() == 0:
            return
        page.wait_for_timeout(1_000)
    raise AssertionError(address)


def furnish(page: Any) -> None:
    """Teams at different points of the game, where they are not there yet; a lesson that is run and half answered."""
    for team, quarters in _PLAYED.items():
        join(page, team)
        for quarter in range(1, quarters + 1):
            page.goto("/class/game")
            if page.locator(f"form.levers input[name=quarter][value='{quarter}']").count():
                play_quarter(page)
    join(page, "Halfway")
    run_lesson(page, LESSON)
    page.locator("input[type=radio]").first.check()
    for field in page.locator("form.tasks input[inputmode]").all():
        field.fill("3")
    page.locator("form.tasks button").click()
    page.locator("[id^=mark-]").first.wait_for()


def class_views(served: Served) -> dict[str, View]:
    """Every kind of page of a class that was furnished."""

    def seated(team: str) -> Callable[[Any], None]:
        return lambda page: join(page, team)

    def taught(page: Any) -> None:
        page.goto(teacher_link(served))
        page.locator("h1").wait_for()

    def wrong_code(page: Any) -> None:
        page.locator("#code").fill("NO")
        page.locator("#team").fill("Late")
        page.locator("form.joining button").click()
        page.get_by_role("alert").wait_for()

    def frozen(page: Any) -> None:
        taught(page)
        page.locator("button[name=frozen]").click()
        page.locator("button[name=frozen][value='0']").wait_for()

    def thaw(page: Any) -> None:
        page.locator("button[name=frozen]").click()
        page.locator("button[name=frozen][value='1']").wait_for()

    return {
        "class-join": View("/class"),
        "class-join-wrong": View("/class", act=wrong_code),
        "class-room": View("/class", before=seated("Halfway")),
        "class-game-1": View("/class/game", before=seated("Beginners")),
        "class-game-2": View("/class/game", before=seated("One quarter")),
        "class-game-5": View("/class/game", before=seated("Halfway")),
        "class-game-over": View("/class/game", before=seated("All eight")),
        "class-lessons": View("/class/lessons", before=seated("Halfway")),
        "class-lesson": View("/class/lessons/04-common-random-numbers", before=seated("Halfway")),
        "class-lesson-answered": View(LESSON, before=seated("Halfway"), act=_open_details),
        "class-teacher": View("/class/teacher", before=taught),
        "class-teacher-stopped": View("/class/teacher", before=frozen),
        "class-teacher-again": View("/class/teacher", act=thaw),
    }


def _open_details(page: Any) -> None:
    for each in page.locator("summary").all():
        each.click()
