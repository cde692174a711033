"""Names of teams: what people may call themselves, and how a name goes into a table for spreadsheets."""

import unicodedata

LONGEST = 30
#: First characters from which a spreadsheet would make a formula or a command.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
#: Categories of characters that show nothing of their own or change how others are shown.
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
#: Letters may carry this many marks each; more would pile up over the lines around them.
_MOST_MARKS = 3


class BadName(Exception):
    """A name that nobody can have; its argument is the key of the words that say why."""


def team_name(given: str) -> str:
    """A name as it is kept: composed, single-spaced. Raises BadName."""
    name = " ".join(unicodedata.normalize("NFC", given).split())
    if not name or len(name) > LONGEST:
        raise BadName("class_name_length")
    if any(unicodedata.category(character) in _INVISIBLE for character in name):
        raise BadName("class_name_invisible")
    marks = 0
    for character in name:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > _MOST_MARKS:
            raise BadName("class_name_invisible")
    return name


def alike(name: str) -> str:
    """Equal for names that people would take for one."""
    return unicodedata.normalize("NFKC", name).casefold()


def cell(value: object) -> str:
    """A value for CSV: a text that a spreadsheet would execute is quoted by an apostrophe, as numbers never are."""
    if isinstance(value, float):
        return f"{value:.2f}"
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text
