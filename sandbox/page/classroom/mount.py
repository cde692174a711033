"""The classroom's addresses: there where a classroom was asked for, and nowhere else."""

from sandbox.page.classroom import desk, school, teacher
from sandbox.page.pages.outcomes import Handler
from sandbox.page.reception import Reception

#: Method, path, handler; and whether it may be seen before the room code is given.
_PAGES: tuple[tuple[str, str, Handler, bool], ...] = (
    ("GET", "/class", desk.room, True),
    ("POST", "/class/join", desk.join, True),
    ("GET", "/class/game", desk.game, False),
    ("POST", "/class/game", desk.decide, False),
    ("GET", "/class/lessons", school.listing, False),
    ("GET", "/class/lessons/{name}", school.lesson, False),
    ("POST", "/class/lessons/{name}/run", school.run, False),
    ("POST", "/class/lessons/{name}", school.answer, False),
    ("GET", "/class/teacher", teacher.overview, False),
    ("POST", "/class/teacher", teacher.freeze, False),
    ("GET", "/class/teacher/league.csv", teacher.export, False),
    ("GET", "/class/teacher/key/{key}", teacher.enter, True),
)


def pages_of(reception: Reception) -> tuple[tuple[str, str, Handler, bool], ...]:
    """The classroom's pages, if this server has one."""
    return _PAGES if reception.book is not None else ()
