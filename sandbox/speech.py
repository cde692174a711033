"""The language spoken now: chosen for what runs inside a block (one task or thread, never the process)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

#: Languages there are; the first is that of the journal, the manifest and every JSON document.
LANGUAGES: Final = ("en", "ru")

_LANGUAGE: ContextVar[str] = ContextVar("language", default=LANGUAGES[0])


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak this language inside the block. Raises KeyError for one that nobody here speaks."""
    if language not in LANGUAGES:
        raise KeyError(language)
    before = _LANGUAGE.set(language)
    try:
        yield
    finally:
        _LANGUAGE.reset(before)


def language() -> str:
    """The language spoken now: ``en`` or ``ru``."""
    return _LANGUAGE.get()
