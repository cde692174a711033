"""The page's words: one catalogue a language, the same keys in each."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

from sandbox.page.words.sentences import book, told_fault
from sandbox.speech import LANGUAGES as LANGUAGES

#: Where a visitor's choice is kept.
COOKIE = "sandbox_language"


@cache
def catalogue(language: str) -> dict[str, str]:
    """All words of one language, by key: those of the page, and those of the classroom."""
    words: dict[str, str] = {}
    for name in (f"{language}.toml", f"classroom.{language}.toml"):
        text = resources.files("sandbox.page.words").joinpath(name).read_text(encoding="utf-8")
        words |= tomllib.loads(text)
    return words


class Words:
    """The words of one language, for a template."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalogue = catalogue(language)

    def __call__(self, key: str, **values: Any) -> str:
        """A text with its braces filled in. Raises KeyError for a key the catalogue does not have."""
        text = self._catalogue[key]
        return text.format(**values) if values else text

    def told(self, text: str) -> str:
        """A sentence of the server or of the loader, which words it in English."""
        return book(self.language).told(text)

    def faults(self, faults: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """What is wrong with a scenario, as the checker found it."""
        return [told_fault(each, self.language) for each in faults]

    def of(self, texts: dict[str, str]) -> str:
        """What a scenario's author wrote, in this language or in any there is."""
        return texts.get(self.language) or next(iter(texts.values()), "")


def chosen(cookie: str | None, accepted: str, otherwise: str) -> str:
    """The visitor's language: as chosen before, else as the browser asks, else the server's."""
    if cookie in LANGUAGES:
        return str(cookie)
    for part in accepted.split(","):
        name = part.partition(";")[0].strip().lower()[:2]
        if name in LANGUAGES:
            return name
    return otherwise


def language_of(cookies: Mapping[str, str], accepted: str, otherwise: str) -> str:
    """The same from a request's cookies and its Accept-Language."""
    return chosen(cookies.get(COOKIE), accepted, otherwise)
