"""``sandbox lesson``: its commands and their options. Bodies live in :mod:`sandbox.cli.teaching`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from sandbox.cli.exits import Exit, ending

app = typer.Typer(help="Lessons that check themselves: list, start, check.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="LESSON", help="Name or number, such as 03 or 03-peg-break.")]
Language = Annotated[Literal["en", "ru"], typer.Option("--lang", help="Language of the lesson.")]
Parent = Annotated[Path, typer.Option("--out", help="Folder in which the lesson's own folder lies.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]


@app.command("list")
@ending
def list_(lang: Language = "en", as_json: Json = False) -> Exit | None:
    """List the lessons."""
    from sandbox.cli.teaching import print_lessons

    return print_lessons(lang, as_json)


@app.command()
@ending
def start(name: Name, lang: Language = "en", out: Parent = Path("lessons")) -> Exit | None:
    """Write a lesson's text and scenarios, run its worlds, and leave a file for the answers."""
    from sandbox.cli.teaching import start_lesson

    return start_lesson(name, lang, out)


@app.command()
@ending
def check(
    name: Name, lang: Language = "en", out: Parent = Path("lessons"), as_json: Json = False
) -> Exit | None:
    """Hold the answers against the runs' own numbers; a wrong one gets a hint."""
    from sandbox.cli.teaching import check_lesson

    return check_lesson(name, lang, out, as_json)
