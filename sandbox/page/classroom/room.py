"""Who is who in the room, on one request."""

from sandbox.page.api.call import Call
from sandbox.page.classroom.book import Book, NameTaken, RoomFull, Team
from sandbox.page.classroom.names import BadName, alike, team_name
from sandbox.page.refusals import Refusal


def book_of(call: Call) -> Book:
    """The class book. Refusal 404 where there is no classroom."""
    if call.reception.book is None:
        raise Refusal(404, "no_page", "there is nothing here")
    return call.reception.book


def team_of(call: Call) -> Team | None:
    """The visitor's team, if it has one."""
    return book_of(call).team_of(call.session.owner)


def own_team(call: Call) -> Team:
    """The visitor's team. Refusal 403 for who is in none."""
    team = team_of(call)
    if team is None:
        raise Refusal(403, "no_team", "join a team first")
    return team


def is_teacher(call: Call) -> bool:
    """Whether the visitor came by the teacher's link."""
    return book_of(call).is_teacher(call.session.owner)


def let_teacher_in(call: Call) -> None:
    """Refusal 404 for everybody else: the teacher's pages are not there for them."""
    if not is_teacher(call):
        raise Refusal(404, "no_page", "there is nothing here")


def refuse_if_frozen(call: Call) -> None:
    """Refusal 409 while the teacher has stopped all teams."""
    if book_of(call).frozen:
        raise Refusal(409, "frozen", "the teacher has stopped all teams")


def joined(book: Book, given: str) -> Team:
    """The team of that name, founded if there is none. Refusal 422 for a name nobody can have, 409 if all are taken."""
    try:
        name = team_name(given)
        same = next((team for team in book.teams() if alike(team.name) == alike(name)), None)
        return same or book.found(name)
    except BadName as bad:
        raise Refusal(422, str(bad).removeprefix("class_"), "this name cannot be used") from None
    except RoomFull:
        raise Refusal(409, "room_full", "there are as many teams as the teacher allowed") from None
    except NameTaken:
        raise Refusal(409, "name_taken", "another team is called so") from None
