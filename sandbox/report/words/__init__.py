"""The words of reports, page and terminal: one folder of TOML a language, the same keys in each.

``labels`` names things, ``sentences`` holds all that is said with values in braces, ``rules`` and ``metrics``
say what they say; ``terms``, ``definitions`` and ``authors`` translate what other parts of the sandbox and
authors of shipped scenarios word in English, and have no English of their own.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from sandbox.speech import LANGUAGES as LANGUAGES

#: The files of a language; those of the second kind have no English: the parts they speak of do.
FILES = ("labels", "sentences", "rules", "metrics", "studies")
TRANSLATIONS = ("terms", "definitions", "authors")


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Every text of a language by its key, such as ``rail.usdt``. Raises KeyError for an unknown language."""
    if language not in LANGUAGES:
        raise KeyError(language)
    names = FILES if language == LANGUAGES[0] else FILES + TRANSLATIONS
    texts: dict[str, str] = {}
    for name in names:
        file = resources.files("sandbox.report.words").joinpath(language, f"{name}.toml")
        texts.update(_flat(tomllib.loads(file.read_text(encoding="utf-8"))))
    return MappingProxyType(texts)


def _flat(table: Mapping[str, Any], lead: str = "") -> Iterator[tuple[str, str]]:
    """``{"rail": {"usdt": "USDT"}}`` as ``rail.usdt`` and its text."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{lead}{key}.")
        else:
            yield f"{lead}{key}", str(value)
