"""What the loader says, in the language of whoever reads it: English as the fault was worded, Russian by the book."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any

from sandbox.phrasebook import Phrasebook, flat
from sandbox.scenario.entries import Entry
from sandbox.scenario.faults import Fault
from sandbox.speech import LANGUAGES

#: The files of a book: what is wrong, and what each key means.
FILES = ("faults", "schema")


@cache
def book(language: str) -> Phrasebook:
    """Sentences of the loader in a language; an empty book for English, in which they are worded."""
    return Phrasebook(flat(sections(language)))


@cache
def sections(language: str) -> Mapping[str, Mapping[str, str]]:
    """The book as its files have it: sentences by the code of the fault, or by what they are about."""
    found: dict[str, dict[str, str]] = {}
    for name in FILES if language != LANGUAGES[0] else ():
        found |= _read(name, language)
    return found


def worded(fault: Fault, language: str) -> Fault:
    """The fault with message and hint as the reader speaks; place, code and key path are the same in all languages."""
    spoken = book(language)
    return replace(fault, message=spoken.told(fault.message), hint=spoken.told(fault.hint))


def line(fault: Fault, language: str) -> str:
    """The line a user reads: ``file:line:col: error[code] key.path: what; hint``, or ``ошибка[code]``."""
    severity = book(language).told(fault.severity)
    return str(replace(worded(fault, language), severity=severity))


def title_of(name: str, entry: Entry, language: str) -> str:
    """What a parameter is called: by its file, else by the book, else in English."""
    own: dict[Any, str] = {**entry.title}
    return own.get(language) or titles(language).get(name) or entry.title["en"]


@cache
def titles(language: str) -> Mapping[str, str]:
    """Titles of the library's parameters by name; none for English, in which the library itself has them."""
    return _read("parameters", language).get("title", {}) if language != LANGUAGES[0] else {}


def _read(name: str, language: str) -> dict[str, dict[str, str]]:
    file = resources.files("sandbox.scenario.words").joinpath(f"{name}.{language}.toml")
    found: dict[str, dict[str, str]] = tomllib.loads(file.read_text(encoding="utf-8"))
    return found
