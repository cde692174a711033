"""Sentences that the sandbox words in English, said in another language where a person reads them.

Whoever finds a fault words it, in English, at the place that knows what is wrong; journal, documents and tests see that
text and no other. A phrasebook turns it for a reader: it holds each sentence with names in braces for what varies, and
the other language's sentence with the same names. So no part below has to know that there are readers of two languages.

In the other language's sentence a name may say how its value is told:

* ``{what:told}``: turned by the same book, for a value that is itself words (``a whole number``);
* ``{names:list}``: several values with commas, each turned where the book has it, and how many were left out;
* ``{kinds:either}``: the same for values joined by commas and "or";
* ``{share:number}``: a number as the language writes it (``1 234,5``);
* ``{day:day}``: a day of the calendar (``02.09.2024``);
* ``{n:строка|строки|строк}``: the word that goes with a number, in the language's plural forms.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Final

#: Longest text that is looked up: what is longer is no sentence of ours.
MOST_CHARACTERS: Final = 4_000

_NAME: Final = re.compile(r"\{(\w+)\}")
_ASKED: Final = re.compile(r"\{(\w+)(?::([^}]*))?\}")
_MORE: Final = re.compile(r"(.*) and (\d+) more", re.DOTALL)
_NUMBER: Final = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?")
#: As Russian writes numbers: a comma before decimals, a thin space between thousands.
_RUSSIAN_NUMBER: Final = str.maketrans({",": "\u202f", ".": ","})


class Phrasebook:
    """English sentences with names in braces, and what each is in another language."""

    def __init__(self, phrases: Mapping[str, str]) -> None:
        plain = {english: other for english, other in phrases.items() if not _NAME.search(english)}
        patterns = [each for each in phrases.items() if each[0] not in plain]
        # Of two sentences that fit, the one that says more of the text itself is meant.
        patterns.sort(key=lambda pair: (-len(_NAME.sub("", pair[0])), pair[0]))
        self._plain = plain
        self._patterns = [(_pattern(english), other) for english, other in patterns]
        self._told = lru_cache(maxsize=512)(self._look_up)

    def knows(self, text: str) -> bool:
        """Whether there is a sentence for the text."""
        return self._told(text[:MOST_CHARACTERS]) is not None

    def told(self, text: str) -> str:
        """The text in the book's language; as it stands where the book has no such sentence."""
        found = self._told(text) if len(text) <= MOST_CHARACTERS else None
        return text if found is None else found

    def _look_up(self, text: str) -> str | None:
        if text in self._plain:
            return self._plain[text]
        for pattern, other in self._patterns:
            found = pattern.fullmatch(text)
            if found is not None:
                return self._filled(other, found.groupdict())
        return None

    def _filled(self, other: str, values: Mapping[str, str]) -> str:
        def value(name: re.Match[str]) -> str:
            return self._as_asked(values[name[1]], name[2] or "") if name[1] in values else name[0]

        return _ASKED.sub(value, other)

    def _as_asked(self, value: str, how: str) -> str:
        """A value as the sentence asks for it."""
        if how == "told":
            return self.told(value)
        if how == "list":
            return self._listed(value)
        if how == "either":
            return " или ".join(", ".join(map(self.told, part.split(", "))) for part in value.split(" or "))
        if how == "number":
            return local_number(value)
        if how == "day":
            return local_day(value)
        return plural(value, how.split("|")) if "|" in how else value

    def _listed(self, text: str) -> str:
        found = _MORE.fullmatch(text)
        names, more = (found[1], f" и ещё {found[2]}") if found else (text, "")
        return ", ".join(self.told(name) for name in names.split(", ")) + more


def names_in(sentence: str) -> set[str]:
    """The names in braces of a sentence."""
    return {found[1] for found in _ASKED.finditer(sentence)}


def flat(sections: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The sentences of all sections of a book's file."""
    return {english: other for phrases in sections.values() for english, other in phrases.items()}


def local_number(text: str) -> str:
    """A number as Russian writes it; any other text as it stands."""
    return text.translate(_RUSSIAN_NUMBER) if _NUMBER.fullmatch(text) else text


def local_day(text: str) -> str:
    """A day, or a day and time, as Russian writes it; any other text as it stands."""
    head, clock = text[:10], text[10:]
    try:
        return date.fromisoformat(head).strftime("%d.%m.%Y") + clock.replace("T", " ")
    except ValueError:
        return text


def plural(number: str, forms: Iterable[str]) -> str:
    """The form of a Russian noun after a number: one, few (2 to 4), many."""
    one, few, many = forms
    whole = number.replace(",", "").replace("\u202f", "")
    if not whole.isdecimal():
        return few  # a fraction governs the genitive singular, which our nouns share with two to four
    last, tens = int(whole) % 10, int(whole) % 100
    if last == 1 and tens != 11:
        return one
    return few if 2 <= last <= 4 and not 12 <= tens <= 14 else many


def _pattern(english: str) -> re.Pattern[str]:
    """The sentence as a pattern with a group for each name; a name that stands twice must be the same."""
    parts, at, seen = [], 0, set[str]()
    for name in _NAME.finditer(english):
        parts.append(re.escape(english[at : name.start()]))
        parts.append(f"(?P={name[1]})" if name[1] in seen else f"(?P<{name[1]}>.*?)")
        seen.add(name[1])
        at = name.end()
    parts.append(re.escape(english[at:]))
    return re.compile("".join(parts), re.DOTALL)
