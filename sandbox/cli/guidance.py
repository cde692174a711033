"""Help and usage errors in the language that a command line asks for (``--lang``): the parser's own texts are English.

English is left to the parser. For another language the texts of commands and options are turned before the parser
lays them out, and what it adds of its own (headings, defaults) afterwards.
"""

import contextlib
import io
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import typer

from sandbox.cli.exits import Exit, complain
from sandbox.cli.wording import sections, told
from sandbox.speech import LANGUAGES, language, speaking

#: What the parser raises where a command line cannot be read; its module is no part of typer's interface.
_UsageError: Any = typer.BadParameter.__mro__[1]
_HELP = ("-h", "--help")


def asked_language(arguments: Sequence[str]) -> str:
    """The last language that a command line names; the first there is where it names none that is spoken."""
    named = [value for option, value in pairwise(arguments) if option == "--lang"]
    named += [each.removeprefix("--lang=") for each in arguments if each.startswith("--lang=")]
    return named[-1] if named and named[-1] in LANGUAGES else LANGUAGES[0]


def run_in(spoken: str, app: typer.Typer, arguments: Sequence[str]) -> int:
    """Run a command line whose help and usage errors are told in a language; its exit code."""
    command: Any = typer.main.get_command(app)
    with speaking(spoken):
        _turn(command)
        said = io.StringIO()
        helping = not arguments or any(each in _HELP for each in arguments)
        try:
            with contextlib.redirect_stdout(said) if helping else contextlib.nullcontext():
                given = _without_language(arguments) if helping else list(arguments)
                code = command.main(given, prog_name="sandbox", standalone_mode=False)
        except _UsageError as error:
            return _explain(error)
        finally:
            sys.stdout.write(_turned(said.getvalue()))
    return int(code or 0)


def _without_language(arguments: Sequence[str]) -> list[str]:
    """The arguments of a request for help: the language is chosen, and groups of commands take no option for it."""
    following = {at + 1 for at, each in enumerate(arguments) if each == "--lang"}
    return [
        each
        for at, each in enumerate(arguments)
        if at not in following and each != "--lang" and not each.startswith("--lang=")
    ]


def _turn(command: Any) -> None:
    """Turn the texts of a command, of its options and of the commands below it."""
    command.help = told(command.help or "")
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = told(parameter.help)
    for below in getattr(command, "commands", {}).values():
        _turn(below)


def _turned(text: str) -> str:
    """Help with the parser's own words turned: they stand in the book in the order in which they are looked for."""
    for english, other in sections_of_parser().items():
        text = text.replace(english, other)
    return text


def sections_of_parser() -> dict[str, str]:
    """The parser's own words in the language spoken."""
    return dict(sections(language()).get("help.parser", {}))


def _explain(error: Any) -> int:
    """Say what is wrong with a command line, as the parser does."""
    if error.ctx is not None:
        complain(_turned(error.ctx.get_usage()))
        complain(_turned(f"Try '{error.ctx.command_path} -h' for help."))
    complain("")
    complain(f"error: {error.format_message()}")
    return Exit.USAGE
