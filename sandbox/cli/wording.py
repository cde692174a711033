"""What the command line says, in the language spoken: its own sentences, and those of every part below it."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from sandbox.phrasebook import Phrasebook, flat
from sandbox.scenario.wording import sections as loader_sections
from sandbox.speech import LANGUAGES, language

#: How a line begins that is an error, a note, or the last word of a command that was stopped.
_LEADS = ("error: ", "note: ", "interrupted: ")

#: The files of the command line's own book.
FILES = ("messages", "tables", "studies", "verify", "help")


@cache
def sections(spoken: str) -> Mapping[str, Mapping[str, str]]:
    """The command line's own sentences by section; none for English, which is how they are worded."""
    found: dict[str, dict[str, str]] = {}
    if spoken != LANGUAGES[0]:
        for name in FILES:
            file = resources.files("sandbox.cli.words").joinpath(f"{name}.{spoken}.toml")
            read = tomllib.loads(file.read_text(encoding="utf-8"))
            found |= {f"{name}.{section}": phrases for section, phrases in read.items()}
    return found


@cache
def book(spoken: str) -> Phrasebook:
    """Every sentence that a command may say in a language."""
    own = flat(sections(spoken))
    return Phrasebook(own if spoken == LANGUAGES[0] else {**flat(loader_sections(spoken)), **own})


def told(text: str) -> str:
    """A text of the sandbox in the language spoken; as it stands where no book has it."""
    return book(language()).told(text)


def complaint(text: str) -> str:
    """A line for stderr in the language spoken: what it begins with says how bad it is."""
    for lead in _LEADS:
        if text.startswith(lead):
            return told(lead) + told(text.removeprefix(lead))
    return told(text)
