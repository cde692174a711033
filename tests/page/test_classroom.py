"""A class by protocol: teams join by code, decide and learn; the teacher sees, stops and exports."""

import csv
import io
import re
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from sandbox.classroom.game.objectives import MOST
from sandbox.page.classroom.book import Book, NameTaken, RoomFull
from sandbox.page.settings import Limits, Settings
from tests.page.asgi import Answer, Browser, Server
from tests.page.processes import Served

CODE = "RUBLE7"
DECISION = {
    "admit": "4", "officers": "2", "order_officers": "1", "kyc_analysts": "2", "aml_analysts": "2",
    "inspections": "1", "cap_millions": "4", "rail-usdt": "on",
}  # fmt: skip
HOSTILE = [
    "<script>alert(1)</script>", "=1+1", "@SUM(A1)", "+7", "-2", "{{ 7 * 7 }}", "{% raw %}", "'; DROP TABLE teams; --",
    '" onmouseover="x', "../../etc", "שלום עולם", "Команда №1",
]  # fmt: skip
REFUSED = [
    "",
    "   ",
    "x" * 31,
    "a\x1b[31mred",
    "a\u202eb",
    "a\u200bb",
    "e" + "\u0301" * 9,
    "a\x00b",
    "\ud800",
]


def join(server: Server, team: str, code: str = CODE) -> tuple[Browser, Answer]:
    """Somebody who opens the page and gives code and team."""
    student = Browser(server)
    student.get("/class")
    return student, student.post_form("/class/join", {"code": code, "team": team}, on="/class")


def teacher(server: Server) -> Browser:
    """Who opens the teacher's link."""
    somebody = Browser(server)
    book = Book(server.settings.folder, 1)
    assert somebody.get(f"/class/teacher/key/{book.teacher}").status == 303
    book.close()
    return somebody


def decide(student: Browser, quarter: int, **changed: str) -> Answer:
    """A quarter's decision, sent as the form sends it."""
    fields = {**DECISION, "quarter": str(quarter), **changed}
    return student.post_form("/class/game", fields, on="/class/game")


@pytest.fixture(scope="module")
def school(started: Callable[..., Server]) -> Server:
    """A class with room for many teams."""
    limits = Limits(submits_a_minute=10_000, guesses_a_minute=10_000, waiting_each=3)
    return started(room=CODE, teams=40, limits=limits)


def finished(student: Browser, quarter: int) -> str:
    """The game's page when the quarter is over."""
    until = time.monotonic() + 120
    while f"Points of quarter {quarter}" not in (text := student.get("/class/game").text):
        assert time.monotonic() < until, text
        time.sleep(0.1)
    return text


def test_a_quarter_is_shared_scored_and_survives_a_restart(
    started: Callable[..., Server], tmp_path: Path
) -> None:
    """The server goes away while the quarter is being run."""
    limits = Limits(submits_a_minute=10_000, guesses_a_minute=10_000)
    server = Server(Settings(folder=tmp_path, room=CODE, teams=5, limits=limits))
    student, answer = join(server, "First")
    assert (answer.status, answer.header("location")) == (303, "/class")
    mate, _ = join(server, "first ")
    other, _ = join(server, "Second")
    assert "Quarter 1 of 8" in student.get("/class/game").text
    assert decide(student, 1).status == 303
    # A team-mate who decides the same quarter meanwhile, and a second click, change nothing.
    assert decide(mate, 1, admit="1").status == 409
    assert decide(student, 2).status == 409
    # The same decision of another team is the same run.
    assert decide(other, 1).status == 303
    assert student.get("/api/runs").json["total"] == 1
    desk = teacher(server)
    server.close()
    again = started(tmp_path, room=CODE, teams=5, limits=limits)
    for each in (student, mate, other, desk):
        each.server = again
    text = finished(student, 1)
    assert f"/ {MOST}" in text and "Quarter 2 of 8" in text
    mine, theirs = (finished(each, 1).partition("Points so far: ")[2][:5] for each in (mate, other))
    assert mine == theirs and float(mine) > 0
    assert "First" in desk.get("/class/teacher").text and "1 / 8" in desk.get("/class/teacher").text
    rows = list(csv.DictReader(io.StringIO(desk.get("/class/teacher/league.csv").text.lstrip("\ufeff"))))
    assert [row["team"] for row in rows] == ["First", "Second"]
    objectives = ("time", "cost", "access", "recall", "ceiling", "oversight", "staff")
    assert float(rows[0]["points"]) == pytest.approx(
        sum(float(rows[0][name]) for name in objectives), abs=0.05
    )
    assert (rows[0]["admit"], rows[0]["rails"]) == ("4", "usdt")


def test_a_team_has_one_line_and_one_cap_however_many_browsers_it_has(
    started: Callable[..., Server], long: str
) -> None:
    server = started(room=CODE, teams=5, limits=Limits(waiting_each=3, guesses_a_minute=1_000))
    mates = [join(server, "Crowd")[0] for _ in range(4)]
    alone, _ = join(server, "Alone")
    jobs = [
        mate.post_json("/api/runs", {"text": long, "seed": seed}) for seed, mate in enumerate(mates, start=1)
    ]
    assert [job.status for job in jobs] == [202, 202, 202, 429]
    mine = alone.post_json("/api/runs", {"text": long, "seed": 9})
    assert mine.status == 202
    # The crowd's first run is under way or next; of those that wait, the other team's comes before the crowd's last.
    looked = ((mates[0], jobs[2]), (alone, mine))
    before = [who.get(f"/api/runs/{job.json['id']}").json["before"] for who, job in looked]
    assert before[1] < before[0]
    for mate, job in [*zip(mates, jobs[:3], strict=False), (alone, mine)]:
        assert mate.post_json(f"/api/runs/{job.json['id']}/cancel", {}).status == 200


def test_the_room_code_is_asked_and_guessing_is_slow(started: Callable[..., Server]) -> None:
    server = started(room=CODE, teams=2, limits=Limits(guesses_a_minute=3))
    for _ in range(3):
        assert join(server, "Guessers", "WRONG1")[1].status == 403
    assert join(server, "Guessers", "WRONG1")[1].status == 429
    _, welcome = join(server, "Knowers")
    assert welcome.status == 303


def test_no_more_teams_than_the_teacher_allows(started: Callable[..., Server]) -> None:
    server = started(room=CODE, teams=2, limits=Limits(guesses_a_minute=1_000))
    assert [join(server, name)[1].status for name in ("A", "B", "C", "a", "B")] == [303, 303, 409, 303, 303]


def test_a_session_cannot_be_fixed_before_joining(school: Server) -> None:
    student = Browser(school)
    student.get("/class")
    before = dict(student.cookies)
    student.post_form("/class/join", {"code": CODE, "team": "Fixed"}, on="/class")
    assert student.cookies["sandbox_session"] != before["sandbox_session"]
    stale = Browser(school, cookies=before)
    assert stale.get("/class/game").status == 403


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_only_names(school: Server, name: str) -> None:
    student, answer = join(school, name)
    assert answer.status == 303, answer.text
    escaped = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;")
    escaped = escaped.replace('"', "&#34;")
    desk = teacher(school)
    for page in (student.get("/class"), student.get("/class/game"), desk.get("/class/teacher")):
        assert page.status == 200 and f"<bdi>{escaped}</bdi>" in page.text
        assert name == escaped or name not in page.text
    rows = list(csv.reader(io.StringIO(desk.get("/class/teacher/league.csv").text.lstrip("\ufeff"))))
    cells = [cell for row in rows for cell in row]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)
    assert name in cells or f"'{name}" in cells


@pytest.mark.parametrize("name", REFUSED)
def test_names_that_show_nothing_or_deceive_are_refused(school: Server, name: str) -> None:
    student = Browser(school)
    student.get("/class")
    token = student.get("/class").text.partition('name="token" value="')[2].partition('"')[0]
    body = f"token={token}&code={CODE}&team={quote(name.encode('utf-8', 'surrogatepass'))}".encode()
    answer = student.ask("POST", "/class/join", body, content_type="application/x-www-form-urlencoded")
    assert answer.status in (400, 422)
    assert student.get("/class/game").status == 403


@pytest.mark.parametrize(
    "changed",
    [
        {"admit": "9"}, {"admit": "-1"}, {"admit": ""}, {"admit": "1e3"}, {"officers": "0"}, {"cap_millions": "3"},
        {"inspections": "99999999999999999999"}, {"kyc_analysts": "٣"}, {"aml_analysts": "<b>"},
    ],
)  # fmt: skip
def test_decisions_out_of_bounds_are_refused(school: Server, changed: dict[str, str]) -> None:
    student, _ = join(school, "Bounds")
    assert decide(student, 1, **changed).status == 422
    assert "Quarter 1 of 8" in student.get("/class/game").text


def test_freezing_stops_teams_and_nobody_else_can(school: Server) -> None:
    student, _ = join(school, "Frozen")
    desk = teacher(school)
    assert student.get("/class/teacher").status == 404
    assert student.post_form("/class/teacher", {"frozen": "1"}, on="/class").status == 404
    assert student.get("/class/teacher/league.csv").status == 404
    assert desk.post_form("/class/teacher", {"frozen": "1"}, on="/class/teacher").status == 303
    try:
        assert "stopped all teams" in student.get("/class/game").text
        assert decide(student, 1).status == 409
        assert join(school, "Latecomers")[1].status == 409
        assert student.post_json("/api/runs", {"scenario": "classroom"}).status == 409
        assert (
            student.post_form("/class/lessons/06-why-refused", {"task-stopped": "1"}, on="/class/game").status
            == 409
        )
    finally:
        desk.post_form("/class/teacher", {"frozen": "0"}, on="/class/teacher")
    assert "stopped all teams" not in student.get("/class/game").text


def test_the_teachers_link_cannot_be_guessed(started: Callable[..., Server]) -> None:
    server = started(room=CODE, teams=2, limits=Limits(guesses_a_minute=4))
    guesser = Browser(server)
    answers = [guesser.get(f"/class/teacher/key/{'0' * 31}{digit}").status for digit in range(6)]
    assert answers == [404, 404, 404, 404, 429, 429]
    assert guesser.get("/class/teacher").status == 404
    for odd in ("é", "%00", "x" * 5_000):
        assert guesser.get(f"/class/teacher/key/{odd}").status in (404, 429)


def test_a_lesson_on_the_page(school: Server) -> None:
    student, _ = join(school, "Learners")
    page = "/class/lessons/06-why-refused"
    assert student.post_form(page, {"task-stopped": "1"}, on=page).status == 409
    assert student.post_form(f"{page}/run", {}, on=page).status == 303
    other, _ = join(school, "Others")
    jobs = student.get("/api/runs").json["total"]
    assert other.post_form(f"{page}/run", {}, on=page).status == 303
    assert student.get("/api/runs").json["total"] == jobs, "a class that runs the same lesson runs it once"
    job = student.get(page).text.partition('<a href="/runs/')[2][:32]
    student.wait(f"/api/runs/{job}")
    assert "COMPLIANCE_STOP" in student.get(page).text
    given = {"task-again": "never", "task-stopped": "100000", "task-nonsense": "1"}
    assert student.post_form(page, given, on=page).status == 303
    text = student.get(page).text
    assert text.count("Right.") == 1 and text.count("Not right yet.") == 1
    assert "filtered by ending" in text
    assert "1 of 5 right" in student.get("/class/lessons").text
    assert "0 of 5 right" in other.get("/class/lessons").text
    assert "1 / 5" in teacher(school).get("/class/teacher").text


def test_without_a_classroom_there_is_none(browser: Browser) -> None:
    for address in ("/class", "/class/game", "/class/lessons", "/class/teacher", "/class/teacher/key/0"):
        assert browser.get(address).status == 404
    assert 'href="/class"' not in browser.get("/").text


def test_pages_in_russian(school: Server) -> None:
    student, _ = join(school, "Русская")
    student.extra = {"accept-language": "ru"}
    for address in ("/class", "/class/game", "/class/lessons", "/class/lessons/03-peg-break"):
        page = student.get(address)
        assert page.status == 200 and '<html lang="ru">' in page.text


def test_the_book_keeps_names_apart(tmp_path: Path) -> None:
    book = Book(tmp_path, 3)
    one = book.found("Straße")
    with pytest.raises(NameTaken):
        book.found("STRASSE")
    book.found("b")
    book.found("c")
    with pytest.raises(RoomFull):
        book.found("d")
    book.join("me", one)
    assert book.decide(one, 1, {"admit": 1}, "a" * 32) and not book.decide(one, 1, {"admit": 2}, "b" * 32)
    book.close()
    again = Book(tmp_path, 3)
    assert again.team_of("me") == one and again.turns(one)[0].decision == {"admit": 1}
    assert again.teacher == Book(tmp_path, 3).teacher and again.seed == Book(tmp_path, 3).seed
    again.close()


def test_the_command_says_what_goes_on_the_blackboard(tmp_path: Path) -> None:
    """And says the same after a restart: code and link were made once."""
    said = []
    for _ in range(2):
        server = Served(tmp_path, "--classroom", "--teams", "4")
        assert server.ask("GET", "/class")[0] == 200
        server.process.terminate()
        assert server.process.stderr is not None
        said.append(re.sub(r":\d+/", ":PORT/", server.process.stderr.read().decode()))
        server.process.wait(10)
        server.process.stderr.close()
    assert said[0] == said[1]
    assert re.search(r"room code: [A-Z2-9]{6}\n", said[0])
    assert re.search(
        r"teacher, on this machine: http://127.0.0.1:PORT/class/teacher/key/[0-9a-f]{32} ", said[0]
    )


FULL = {
    "share_le_1bd": 0.4, "cost_pct_all_in": 2.0, "access_rate": 0.6, "effective_recall_10d": 0.8,
    "regime_value_usd": 1e6, "inspections": 40.0, "regime_participants": 5.0,
}  # fmt: skip


def test_a_game_that_is_over_takes_no_more_decisions(started: Callable[..., Server], tmp_path: Path) -> None:
    """And the league goes by points: a team with less, however many quarters it played, comes later."""
    book = Book(tmp_path, 5)
    poor, rich = book.found("Poor"), book.found("Rich")
    for team, quarters, figures in ((poor, 3, {**FULL, "access_rate": None}), (rich, 8, FULL)):
        for quarter in range(1, quarters + 1):
            book.decide(team, quarter, {"officers": 2}, "0" * 32)
            book.measured(team, quarter, figures)
    book.close()
    server = started(tmp_path, room=CODE, teams=5, limits=Limits(guesses_a_minute=1_000))
    student, _ = join(server, "Rich")
    text = student.get("/class/game").text
    assert "The game is over" in text and "Play quarter" not in text
    # Every objective is full but staff: six people where five cost nothing.
    assert f"Points so far: {8 * (90 + 10 * 18 / 19):.1f} of 800" in text
    assert decide(student, 9).status == decide(student, 8).status == 409
    league = teacher(server).get("/class/teacher").text
    assert league.index("1. <bdi>Rich</bdi>") < league.index("2. <bdi>Poor</bdi>")
    assert "has finished" in league and "is deciding" in league


def test_a_quarter_whose_run_did_not_end_well_is_decided_anew(
    started: Callable[..., Server], tmp_path: Path
) -> None:
    book = Book(tmp_path, 5)
    book.decide(book.found("Unlucky"), 1, {"officers": 2}, "f" * 32)
    book.close()
    server = started(tmp_path, room=CODE, teams=5, limits=Limits(guesses_a_minute=1_000))
    student, _ = join(server, "Unlucky")
    assert "Play quarter 1" in student.get("/class/game").text


def test_from_the_network_the_class_is_the_only_door(started: Callable[..., Server]) -> None:
    server = started(lan=True, room=CODE, teams=5, limits=Limits(guesses_a_minute=1_000))
    stranger = Browser(server)
    for address in ("/", "/runs", "/class/game", "/class/lessons", "/class/teacher"):
        answer = stranger.get(address)
        assert (answer.status, answer.header("location")) == (303, "/class")
    assert stranger.get("/api/runs").status == 403
    assert "Secret team" not in stranger.get("/class").text
    student, _ = join(server, "Secret team")
    assert student.get("/").status == student.get("/class/game").status == 200
    assert "Secret team" not in Browser(server).get("/class").text
    assert teacher(server).get("/class/teacher").status == 200
