"""The pages of a team: joining, the game, and what each quarter brought."""

from collections.abc import Mapping
from typing import Any

from sandbox.classroom.game.decisions import CAPS, NUMBER_LEVERS, RAILS, Decision
from sandbox.classroom.game.objectives import MOST, OBJECTIVES
from sandbox.classroom.game.quarters import LAST
from sandbox.page.api.call import Call
from sandbox.page.bodies import as_model
from sandbox.page.classroom.play import Play, Standing
from sandbox.page.classroom.room import book_of, is_teacher, joined, own_team, refuse_if_frozen, team_of
from sandbox.page.pages.outcomes import Elsewhere, Outcome, Shown, own_form
from sandbox.page.refusals import Refusal
from sandbox.page.sessions import COOKIE

_RAIL = "rail-"
SECTION = "class"


async def room(call: Call) -> Outcome:
    """Join a team; or, in one, what there is to do."""
    return _room(call)


def _room(call: Call, refusal: Refusal | None = None, given: str = "") -> Shown:
    book = book_of(call)
    values = {
        "team": team_of(call),
        "teacher": is_teacher(call),
        "frozen": book.frozen,
        "teams": book.teams() if call.session.joined else [],
        "refusal": refusal,
        "given": given,
    }
    return Shown("class_room.html.j2", values, refusal.status if refusal else 200, section=SECTION)


async def join(call: Call) -> Outcome:
    """The room code and a team's name; who has the code gets a session that nobody could have fixed beforehand."""
    form, book = await own_form(call), book_of(call)
    try:
        call.reception.guess(call.request, form.get("code", "").strip())
        refuse_if_frozen(call)
        team = joined(book, form.get("team", ""))
    except Refusal as refusal:
        return _room(call, refusal, form.get("team", ""))
    sessions = call.reception.sessions
    session = sessions.fresh(joined=True)
    if is_teacher(call):
        book.appoint(session.owner)
    book.join(session.owner, team)
    return Elsewhere("/class", {COOKIE: sessions.cookie(session)})


async def game(call: Call) -> Outcome:
    """The quarter to decide, or the one that runs; the quarters that are over."""
    team = own_team(call)
    return _game(call, await Play(call.reception, book_of(call)).standing(team))


def _game(call: Call, standing: Standing, refusal: Refusal | None = None) -> Shown:
    last = standing.quarters[-1].decision if standing.quarters else Decision()
    values: dict[str, Any] = {
        "standing": standing,
        "frozen": book_of(call).frozen,
        "refusal": refusal,
        "levers": NUMBER_LEVERS,
        "caps": CAPS,
        "rails": RAILS,
        "chosen": last.model_dump(),
        "objectives": OBJECTIVES,
        "most": MOST,
        "last": LAST,
        "job": call.reception.view(standing.running) if standing.running else None,
    }
    return Shown("class_game.html.j2", values, refusal.status if refusal else 200, section=SECTION)


async def decide(call: Call) -> Outcome:
    """A quarter's decision."""
    form = await own_form(call)
    team, play = own_team(call), Play(call.reception, book_of(call))
    try:
        refuse_if_frozen(call)
        call.reception.count_submit(call.owner)
        decision = as_model(Decision, _decision(form))
        await play.decide(team, _whole(form.get("quarter", "")), decision)
    except Refusal as refusal:
        return _game(call, await play.standing(team), refusal)
    return Elsewhere("/class/game")


def _decision(form: Mapping[str, str]) -> dict[str, Any]:
    """The form's fields as the decision's own; what is no number stays what it is and is refused there."""
    numbers = {lever.name: _number(form.get(lever.name, "")) for lever in NUMBER_LEVERS}
    rails = [rail for rail in RAILS if f"{_RAIL}{rail}" in form]
    return {**numbers, "cap_millions": _number(form.get("cap_millions", "")), "rails": rails}


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 else text


def _whole(text: str) -> int:
    number = _number(text)
    return number if isinstance(number, int) else 0
