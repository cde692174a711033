"""The pressure index P(t): a published judgement series between 0 and 1, changed by dated events only."""

from sandbox.journal import Journal
from sandbox.journal.kinds import Kind


class PressureIndex:
    """How hard secondary sanctions press on foreign banks now (0: none, 1: August 2024)."""

    __slots__ = ("_journal", "_named", "_shift", "level")

    def __init__(self, journal: Journal, level: float) -> None:
        self._journal = journal
        self._named, self._shift = level, 0.0
        self.level = level
        self._write()

    def shift(self, by: float) -> None:
        """A common shock moves the index away from the level that dated events gave it, within 0 and 1."""
        self._shift = by
        self.move_to(self._named)

    def move_to(self, level: float) -> None:
        """A dated event changes the index."""
        self._named = level
        self.level = min(1.0, max(0.0, level + self._shift)) if self._shift else level
        self._write()

    def _write(self) -> None:
        self._journal.record(Kind.PRESSURE, amount=round(self.level * 10**6))
