"""``sandbox serve``: the page on this machine, or in a room."""

import secrets
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from sandbox.cli.engines import choose
from sandbox.cli.exits import Exit, Stop, complain

#: Letters and digits that nobody confuses on a blackboard.
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_CODE_LENGTH = 6
#: Shortest room code that a teacher may choose: shorter ones are guessed.
_SHORTEST_CODE = 4


def serve_page(
    *, port: int, folder: Path, workers: int, lan: bool, room: str, language: Literal["en", "ru"]
) -> Exit:
    """Listen until told to stop; says on stderr where."""
    if find_spec("starlette") is None or find_spec("uvicorn") is None:
        raise Stop(Exit.USAGE, "error: the page needs the extra: pip install 'elr-sandbox[web]'")
    if room and not lan:
        raise Stop(Exit.USAGE, "error: --room is for --lan: on this machine alone nobody is asked for a code")
    if room and (len(room) < _SHORTEST_CODE or not room.isascii() or not room.isalnum()):
        raise Stop(Exit.USAGE, f"error: a room code is at least {_SHORTEST_CODE} letters or digits")
    from sandbox.page.server import serve
    from sandbox.page.settings import Settings

    code = room or "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH))
    settings = Settings(
        folder=folder,
        port=port,
        lan=lan,
        room=code if lan else "",
        language=language,
        workers=workers,
        evm=choose("evm", None),
        bitcoin=choose("bitcoin", None),
    )
    if lan:
        complain(f"open http://<address of this machine>:{port}/ in the room; the room code is {code}")
    else:
        complain(f"open http://127.0.0.1:{port}/ (Ctrl-C ends it)")
    serve(settings)
    return Exit.DONE
