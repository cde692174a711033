"""Where two journals part: the first record that is not the same in both, and what stands round it."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, zip_longest

from sandbox.clock import Clock
from sandbox.journal.export import json_lines
from sandbox.journal.reader import JournalReader

#: An account is known by owner, role and asset; its number is only its place among the accounts of this run.
_NUMBER = re.compile(r'\{"account": \d+, ')


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first difference between two journals, in decoded records (lines of the JSON export)."""

    record: int
    """Number of the first record that differs; all before it are the same in both."""
    before: tuple[str, ...]
    """The last records that both have, oldest first."""
    one: tuple[str, ...]
    """From that record on, in the first journal; empty if it ends there."""
    other: tuple[str, ...]
    """The same in the second."""


def divergence(
    one: JournalReader, other: JournalReader, clocks: tuple[Clock, Clock], context: int = 3
) -> Divergence | None:
    """The first difference, with up to ``context`` records before it and from it on; None where there is none.

    What is compared is what records mean, not their codes: in two worlds of unlike make-up the same firm may
    have another number, and that alone is no difference.
    """
    lines = _unnumbered(json_lines(one, clocks[0])), _unnumbered(json_lines(other, clocks[1]))
    before: deque[str] = deque(maxlen=context)
    for record, (left, right) in enumerate(zip_longest(*lines)):
        if left != right:
            return Divergence(
                record, tuple(before), _from(left, lines[0], context), _from(right, lines[1], context)
            )
        before.append(left)
    return None


def _unnumbered(lines: Iterator[str]) -> Iterator[str]:
    return (_NUMBER.sub("{", line) for line in lines)


def _from(first: str | None, rest: Iterator[str], context: int) -> tuple[str, ...]:
    """The record that differs and those after it, ``context`` in all."""
    return () if first is None else (first, *islice(rest, max(context - 1, 0)))
