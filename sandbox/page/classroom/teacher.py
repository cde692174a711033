"""The teacher's pages: the link that lets in, all teams at a glance, freeze, and the table to keep."""

import csv
import hmac
import io

from sandbox.classroom.game.decisions import Decision
from sandbox.classroom.game.objectives import OBJECTIVES
from sandbox.classroom.game.quarters import LAST
from sandbox.classroom.lesson import lessons
from sandbox.page.api.call import Call
from sandbox.page.classroom.desk import SECTION
from sandbox.page.classroom.names import cell
from sandbox.page.classroom.play import Play, Standing
from sandbox.page.classroom.room import book_of, let_teacher_in
from sandbox.page.pages.outcomes import Download, Elsewhere, Outcome, Shown, own_form
from sandbox.page.refusals import Refusal
from sandbox.page.sessions import COOKIE


async def enter(call: Call) -> Outcome:
    """The teacher's link. A wrong one is like any page that is not there, and may be tried some times a minute only."""
    book = book_of(call)
    given = call.path("key").encode("utf-8", "surrogatepass")
    if not hmac.compare_digest(given, book.teacher.encode()):
        address = call.request.client.host if call.request.client else ""
        if not call.reception.guesses.allows(address):
            raise Refusal(429, "too_many", "too many attempts; wait a minute", headers={"Retry-After": "60"})
        raise Refusal(404, "no_page", "there is nothing here")
    sessions = call.reception.sessions
    session = sessions.fresh(joined=True)
    book.appoint(session.owner)
    return Elsewhere("/class/teacher", {COOKIE: sessions.cookie(session)})


async def overview(call: Call) -> Outcome:
    """League, progress of lessons, freeze."""
    let_teacher_in(call)
    book = book_of(call)
    right = book.right_answers()
    values = {
        "league": await Play(call.reception, book).league(),
        "frozen": book.frozen,
        "room": call.reception.settings.room,
        "seed": book.seed,
        "last": LAST,
        "lessons": lessons(),
        "right": right,
        "waiting": len(call.reception.clerk.turns),
    }
    return Shown("class_teacher.html.j2", values, section=SECTION)


async def freeze(call: Call) -> Outcome:
    """Stop all teams, or let them go on."""
    form = await own_form(call)
    let_teacher_in(call)
    book_of(call).freeze(form.get("frozen") == "1")
    return Elsewhere("/class/teacher")


async def export(call: Call) -> Outcome:
    """The league and every decision as CSV that no spreadsheet takes for formulas."""
    let_teacher_in(call)
    league = await Play(call.reception, book_of(call)).league()
    return Download(league_csv(league).encode("utf-8-sig"), "league.csv", "text/csv; charset=utf-8")


def league_csv(league: list[Standing]) -> str:
    """One row a team and quarter: rank, team, total, quarter, its points by objective, what was decided."""
    out = io.StringIO()
    table = csv.writer(out, quoting=csv.QUOTE_ALL)
    objectives, levers = [each.name for each in OBJECTIVES], list(Decision.model_fields)
    table.writerow(["rank", "team", "total", "quarter", "points", *objectives, *levers])
    for rank, standing in enumerate(league, start=1):
        begins = [rank, standing.team.name, standing.total]
        for quarter in standing.quarters:
            decided = quarter.decision.model_dump()
            points = [each.points for each in quarter.points]
            chosen = [" ".join(decided[name]) if name == "rails" else decided[name] for name in levers]
            table.writerow(
                [cell(each) for each in (*begins, quarter.number, quarter.total, *points, *chosen)]
            )
        if not standing.quarters:
            table.writerow([cell(each) for each in (*begins, 0, 0.0)])
    return out.getvalue()
