"""What the auditor says when a rule is broken, and how it finds the first row that breaks one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Records = np.ndarray[Any, np.dtype[np.void]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One broken rule at one row of the journal."""

    rule: str
    """Identity of the rule, such as ``V4``; see :data:`sandbox.audit.rules.CHECKS`."""
    seq: int
    """Row of the journal that breaks it; at the end of a run, the number of rows there are."""
    time: int
    """Second of that row."""
    payment: int
    """Order the row belongs to, -1 for none."""
    expected: str
    """What the rule asks for, in words and numbers."""
    found: str
    """What stands there instead."""


class Violation(Exception):
    """A rule that must always hold does not. The run is invalid and stops.

    Takes one argument, because SimPy rebuilds exceptions from their arguments.
    """

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding)
        self.finding = finding

    @property
    def rule(self) -> str:
        """Identity of the broken rule."""
        return self.finding.rule

    @property
    def seq(self) -> int:
        """Row that breaks it."""
        return self.finding.seq

    @property
    def time(self) -> int:
        """Second of that row."""
        return self.finding.time

    @property
    def payment(self) -> int:
        """Order the row belongs to, -1 for none."""
        return self.finding.payment

    @property
    def expected(self) -> str:
        """What the rule asks for."""
        return self.finding.expected

    @property
    def found(self) -> str:
        """What stands there instead."""
        return self.finding.found

    @property
    def text(self) -> str:
        """One sentence with all of it."""
        whose = f", payment {self.payment}" if self.payment >= 0 else ""
        return (
            f"rule {self.rule} is broken at row {self.seq} (second {self.time}{whose}): "
            f"expected {self.expected}, found {self.found}"
        )

    def __str__(self) -> str:
        return self.text


#: Words about the i-th of the examined rows; asked only when that row breaks a rule.
Words = Callable[[int], str]


class Findings:
    """The earliest broken rule among those noted; the first noted wins a tie."""

    def __init__(self) -> None:
        self.position = -1
        """Position in the chunk; -1 for what only the end of the run shows."""
        self.payment = -1
        """Order it is about, where no row says it."""
        self.rule = ""
        self.expected = ""
        self.found = ""

    def where(self, rule: str, wrong: Bools, positions: Ints, expected: Words, found: Words) -> None:
        """Note the earliest of ``positions`` (rows of the chunk) at which ``wrong`` holds."""
        if not wrong.any():
            return
        which = np.flatnonzero(wrong)
        index = int(which[positions[which].argmin()])
        position = int(positions[index])
        if self.rule and self.position <= position:
            return
        self.rule, self.position = rule, position
        self.expected, self.found = expected(index), found(index)

    def at_end(self, rule: str, expected: str, found: str, payment: int = -1) -> None:
        """Note what the end of the run shows; the first noted stands."""
        if not self.rule:
            self.rule, self.expected, self.found, self.payment = rule, expected, found, payment

    def __bool__(self) -> bool:
        return bool(self.rule)
