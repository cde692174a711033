"""Where in a scenario's text the cursor stands: in which map, under which keys, before or after a colon.

The text is read as it is being written, so nothing here asks that it be YAML: indentation and brackets before the
cursor say where it is, and whatever makes no sense is passed over.
"""

import re
from dataclasses import dataclass, field
from typing import Literal

#: The step into an item of a list.
ITEM = "[]"
_KEY = re.compile(r"""^("[^"]*"|'[^']*'|[^\s#:{}\[\],][^#:{}\[\],]*?)\s*:(?=\s|$)""")
#: Indentation of what stands in brackets: deeper than any line.
_IN_BRACKETS = 1 << 30


@dataclass(slots=True)
class Level:
    """One map or list that is open at the cursor."""

    step: str
    """The key that leads here from the level above, or :data:`ITEM`."""
    indent: int
    is_list: bool = False
    key: str = ""
    """The key whose value is being read."""
    seen: dict[str, str] = field(default_factory=dict)
    """Keys of this map, before and after the cursor, with their values as far as these are plain words."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What surrounds the cursor."""

    levels: tuple[Level, ...]
    at: Literal["key", "value", "either"]
    word: str
    """What of the word at the cursor is written already."""
    key: str = ""
    """Whose value it is; "" for a key and for an item of a list."""

    @property
    def path(self) -> tuple[str, ...]:
        """Keys from the top to the map or list that holds the cursor."""
        return tuple(level.step for level in self.levels[1:])


def standing(text: str, line: int, column: int) -> Standing | None:
    """Where the cursor stands; line and column count from 1 and 0. None within comments and other nowhere."""
    lines = text.split("\n")
    if not 1 <= line <= len(lines):
        return None
    reader = _Reader(line, min(column, len(lines[line - 1])))
    for number, content in enumerate(lines, 1):
        reader.read(number, content)
        # What follows adds the keys below the cursor; a screen or two of them is enough.
        if number > line + 200:
            break
    return reader.found


class _Reader:
    """Reads line by line, and remembers what was open where the cursor is."""

    def __init__(self, line: int, column: int) -> None:
        self.found: Standing | None = None
        self._line, self._column = line, column
        self._levels = [Level("", 0)]
        self._word = ""

    def read(self, number: int, content: str) -> None:
        cursor = self._column if number == self._line else -1
        if self._levels[-1].indent == _IN_BRACKETS:
            self._brackets(content, 0, cursor)
            return
        start = len(content) - len(content.lstrip(" "))
        if not content.strip() or content.lstrip().startswith("#"):
            if cursor >= 0 and not content.strip():
                self._enter(cursor, is_item=False)
                self._remember("key", "")
            return
        self._block(content, start, cursor)

    def _block(self, content: str, start: int, cursor: int) -> None:
        """A line outside brackets, from its first letter on."""
        rest = content[start:]
        if rest == "-" or rest.startswith("- "):
            self._enter(start, is_item=True)
            after = start + 1 + (len(rest[1:]) - len(rest[1:].lstrip(" ")))
            self._levels.append(Level(ITEM, after))
            if content[after:]:
                self._block(content, after, cursor)
            elif cursor >= start:
                self._remember("either", "")
            return
        if rest[0] in "{[":
            self._leave(start, is_item=False)
            self._brackets(content, start, cursor)
            return
        self._enter(start, is_item=False)
        level, found = self._levels[-1], _KEY.match(rest)
        if found is None:
            if cursor >= start:
                in_item = level.step == ITEM and not level.seen
                self._remember("either" if in_item else "key", content[start:cursor])
            return
        key, value = found[1].strip("\"'"), start + found.end()
        if start <= cursor < value:
            self._remember("key", content[start:cursor])
        level.key = key
        self._value(content, value, cursor)

    def _value(self, content: str, value: int, cursor: int) -> None:
        """What stands after a key's colon."""
        level, plain = self._levels[-1], content[value:].lstrip()
        first = len(content) - len(plain)
        level.seen[level.key] = plain.partition(" #")[0].strip().strip("\"'")
        if plain.startswith(("{", "[")):
            self._brackets(content, first, cursor)
        elif cursor > value or (cursor == value and content[value:] == "" and content.endswith(" ")):
            written = content[value:cursor].lstrip()
            if " #" not in content[value:cursor]:
                self._remember("value", written, level.key)

    def _enter(self, indent: int, *, is_item: bool) -> None:
        """Leave what ended before this indentation, and enter what begins with it."""
        self._leave(indent, is_item=is_item)
        levels = self._levels
        top = levels[-1]
        if is_item and not (top.is_list and top.indent == indent):
            levels.append(Level(top.key or ITEM, indent, is_list=True))
        elif not is_item and indent > top.indent:
            levels.append(Level(ITEM if top.is_list else top.key, indent))

    def _leave(self, indent: int, *, is_item: bool) -> None:
        levels = self._levels
        while len(levels) > 1 and (
            levels[-1].indent > indent or (levels[-1].is_list and levels[-1].indent == indent and not is_item)
        ):
            levels.pop()

    def _brackets(self, content: str, start: int, cursor: int) -> None:
        """Characters within brackets, from ``start`` to the line's end."""
        quote = ""
        place = start
        while place <= len(content):
            if place == cursor and self._levels[-1].indent == _IN_BRACKETS:
                self._remember_in_brackets()
            if place == len(content):
                break
            letter = content[place]
            place += 1
            if quote:
                quote = "" if letter == quote else quote
                self._word += letter
            elif letter in "\"'" and not self._word.strip():
                quote = letter
                self._word += letter
            elif letter == "#" and (place == 1 or content[place - 2] == " "):
                return
            elif letter in "{[":
                self._open(is_list=letter == "[")
            elif letter in "}]":
                self._take()
                self._levels.pop()
                if self._levels[-1].indent != _IN_BRACKETS:
                    return
            elif letter == ",":
                self._take()
            elif letter == ":" and not self._levels[-1].is_list and content[place : place + 1] in ("", " "):
                self._levels[-1].key, self._word = self._word.strip().strip("\"'"), ""
            else:
                self._word += letter
        self._word += "\n"

    def _open(self, *, is_list: bool) -> None:
        above = self._levels[-1]
        step = ITEM if above.is_list else above.key or ITEM
        self._levels.append(Level(step, _IN_BRACKETS, is_list=is_list))
        self._word = ""

    def _take(self) -> None:
        """The value that has just ended, or the key that got none."""
        level, word = self._levels[-1], self._word.strip()
        if not level.is_list and (level.key or word):
            level.seen[level.key or word.strip("\"'")] = word.strip("\"'") if level.key else ""
        level.key, self._word = "", ""

    def _remember_in_brackets(self) -> None:
        level, word = self._levels[-1], self._word.rpartition("\n")[2].lstrip()
        if level.is_list or level.key:
            self._remember("value", word, level.key)
        else:
            self._remember("key", word)

    def _remember(self, at: Literal["key", "value", "either"], word: str, key: str = "") -> None:
        if self.found is None:
            self.found = Standing(tuple(self._levels), at, word, key)
