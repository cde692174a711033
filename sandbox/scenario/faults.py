"""What can be wrong with a scenario, said in one line with file, line and column.

Errors are values: every reader of a file adds its faults to a list, and all of them are shown at once,
sorted by place. Text that came from the file is escaped and cut before it is echoed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

#: Longest piece of a file that a message repeats.
ECHO_CHARACTERS: Final = 80
#: More faults than this are counted, not listed.
MOST_FAULTS: Final = 200


class Mark(NamedTuple):
    """A place in a file; lines and columns count from 1, as editors show them."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What a semantic check says about a value: the key path is turned into a place by the loader."""

    path: tuple[str | int, ...]
    """Keys and list positions from the top of the scenario to the value."""
    code: str
    """Descriptive snake-case code, e.g. `out_of_range`."""
    message: str
    """What is wrong, with what was found and what is allowed."""
    hint: str = ""
    """What to do about it; empty when there is nothing to add."""
    severity: str = "error"
    """`error` refuses the scenario, `warning` is only shown."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault at one place of one file."""

    mark: Mark
    """Where the offending value or key was written (the parent's file, if it stands there)."""
    code: str
    """Descriptive snake-case code, stable for scripts."""
    path: str
    """Key path in dots; empty when the fault is the file's own."""
    message: str
    """What was found and what is allowed."""
    hint: str = ""
    """A suggestion, such as `did you mean 'reviewers'?`."""
    severity: str = "error"
    """`error` or `warning`."""

    @property
    def file(self) -> str:
        """File as it is shown to the user."""
        return self.mark.file

    @property
    def line(self) -> int:
        """Line, from 1."""
        return self.mark.line

    @property
    def column(self) -> int:
        """Column in characters, from 1."""
        return self.mark.column

    def __str__(self) -> str:
        """The line a user reads: `file:line:col: error[code] key.path: what; hint`."""
        place = f"{self.mark.file}:{self.mark.line}:{self.mark.column}"
        subject = f" {self.path}" if self.path else ""
        hint = f"; {self.hint}" if self.hint else ""
        return f"{place}: {self.severity}[{self.code}]{subject}: {self.message}{hint}"


class ScenarioInvalid(Exception):
    """A scenario that cannot be used; carries every fault found (exit code 3)."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(bounded(faults))
        """The faults by file, line and column; beyond 200 they are only counted."""
        super().__init__("\n".join(str(fault) for fault in self.faults))


def bounded(faults: Iterable[Fault]) -> list[Fault]:
    """Faults in order; those beyond the most that anybody reads are counted in a last one."""
    ordered = in_order(faults)
    if len(ordered) <= MOST_FAULTS:
        return ordered
    more = f"at least {len(ordered) - MOST_FAULTS} more faults are not listed"
    return [*ordered[:MOST_FAULTS], Fault(ordered[MOST_FAULTS - 1].mark, "too_many_faults", "", more)]


def in_order(faults: Iterable[Fault]) -> list[Fault]:
    """Faults by file, line, column, code and path; exact repetitions once."""
    return sorted(set(faults), key=lambda fault: (fault.mark, fault.code, fault.path, fault.message))


def echo(value: object) -> str:
    """A value as a message may repeat it: text in quotes, escaped and cut at 80 characters."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{escape(value)}'"
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, Sequence):
        return "a list"
    return escape(str(value))


def escape(text: str) -> str:
    """Text without control, direction or zero-width characters, at most 80 characters long."""
    cut = text[:ECHO_CHARACTERS]
    shown = "".join(character if character.isprintable() else _code_point(character) for character in cut)
    return shown + ("…" if len(text) > ECHO_CHARACTERS else "")


def _code_point(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def listed(names: Iterable[str], most: int = 12) -> str:
    """Names joined by commas; a long list ends with how many were left out."""
    shown = [escape(name) for name in names]
    if len(shown) <= most:
        return ", ".join(shown)
    return ", ".join(shown[:most]) + f" and {len(shown) - most} more"
