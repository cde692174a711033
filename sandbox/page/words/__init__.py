"""The page's words: one catalogue a language, the same keys in each."""

import tomllib
from functools import cache
from importlib import resources
from typing import Any

#: Languages there are; the first stands in where another has no text of a scenario's author.
LANGUAGES = ("en", "ru")


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
