"""``sandbox serve``: the page on this machine, or in a room."""

import secrets
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from sandbox.cli.engines import choose
from sandbox.cli.exits import Exit, Stop, complain
from sandbox.cli.reading import single_run

#: Letters and digits that nobody confuses on a blackboard.
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_CODE_LENGTH = 6
#: Shortest room code that a teacher may choose: shorter ones are guessed.
_SHORTEST_CODE = 4
_CODE_FILE = "room-code"
#: Runs that one team may have waiting or running.
_CLASS_WAITING = 3


def serve_page(
    *,
    run: Path | None,
    port: int,
    folder: Path,
    workers: int,
    lan: bool,
    room: str,
    language: Literal["en", "ru"],
    teams: int = 0,
) -> Exit:
    """Listen until told to stop; says on stderr where. A ``run`` of the command line is put on the shelf before."""
    if find_spec("starlette") is None or find_spec("uvicorn") is None:
        raise Stop(Exit.USAGE, "error: the page needs the extra: pip install 'elr-sandbox[web]'")
    if room and not lan and not teams:
        raise Stop(
            Exit.USAGE,
            "error: --room is for --lan or --classroom: on this machine alone nobody is asked for a code",
        )
    if room and (len(room) < _SHORTEST_CODE or not room.isascii() or not room.isalnum()):
        raise Stop(Exit.USAGE, f"error: a room code is at least {_SHORTEST_CODE} letters or digits")
    from sandbox.page.server import serve
    from sandbox.page.settings import Limits, Settings

    shown = f"runs/{_adopted(folder, run)}" if run else ""
    code = room or (room_code(folder) if teams else _new_code())
    settings = Settings(
        folder=folder,
        port=port,
        lan=lan,
        room=code if lan or teams else "",
        teams=teams,
        limits=Limits(waiting_each=_CLASS_WAITING) if teams else Limits(),
        language=language,
        workers=workers,
        evm=choose("evm", None),
        bitcoin=choose("bitcoin", None),
    )
    if teams:
        _tell_teacher(folder, port, lan, code, teams)
    elif lan:
        complain(f"open http://<address of this machine>:{port}/ in the room; the room code is {code}")
    else:
        complain(f"open http://127.0.0.1:{port}/{shown} (Ctrl-C ends it)")
    serve(settings)
    return Exit.DONE


def _adopted(folder: Path, run: Path) -> str:
    """The job that shows the run. Raises Stop where there is nothing to show."""
    from sandbox.page.adopting import NotAdopted, adopt

    try:
        return adopt(folder, single_run(run))
    except NotAdopted as refusal:
        raise Stop(Exit.USAGE, f"error: {run}: {refusal}") from None


def _tell_teacher(folder: Path, port: int, lan: bool, code: str, teams: int) -> None:
    """What goes on the blackboard, and the link that does not."""
    from sandbox.page.classroom.book import Book

    book = Book(folder, teams)
    here = f"http://127.0.0.1:{port}/class"
    complain(f"students: http://<address of this machine>:{port}/class" if lan else f"students: {here}")
    complain(f"room code: {code}")
    complain(f"teacher, on this machine: {here}/teacher/key/{book.teacher} (keep this link to yourself)")
    book.close()


def room_code(folder: Path) -> str:
    """The code of this folder's class: made once, so that it still stands on the blackboard after a restart."""
    path = folder / _CODE_FILE
    folder.mkdir(parents=True, exist_ok=True)
    if not path.is_file():
        path.write_text(_new_code(), encoding="ascii")
    return path.read_text(encoding="ascii").strip()


def _new_code() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH))
