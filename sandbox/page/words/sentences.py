"""What the server says to people in their language: refusals, ends of jobs, and the loader's messages.

Codes, keys and data of the API are the same in every language; only sentences for people are turned.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from sandbox.phrasebook import Phrasebook, flat
from sandbox.scenario.wording import book as loader_book
from sandbox.scenario.wording import sections as loader_sections
from sandbox.speech import LANGUAGES


@cache
def book(language: str) -> Phrasebook:
    """The server's sentences and the loader's in a language."""
    if language == LANGUAGES[0]:
        return Phrasebook({})
    return Phrasebook({**flat(loader_sections(language)), **flat(sections(language))})


@cache
def sections(language: str) -> dict[str, dict[str, str]]:
    """The server's sentences by the code of the refusal."""
    file = resources.files("sandbox.page.words").joinpath(f"refusals.{language}.toml")
    found: dict[str, dict[str, str]] = tomllib.loads(file.read_text(encoding="utf-8"))
    return found


def told_fault(fault: Mapping[str, Any], language: str) -> dict[str, Any]:
    """A fault of a scenario as :mod:`sandbox.page.checking` found it, its message and hint for a reader."""
    spoken = loader_book(language)
    return {**fault, "message": spoken.told(str(fault["message"])), "hint": spoken.told(str(fault["hint"]))}


def told_check(found: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The loader's answer to a text, its faults for a reader."""
    return {**found, "faults": [told_fault(each, language) for each in found["faults"]]}
