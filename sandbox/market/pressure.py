"""The pressure index P(t): a published judgement series between 0 and 1, changed by dated events only."""

from sandbox.journal import Journal
from sandbox.journal.kinds import Kind


class PressureIndex:
    """How hard secondary sanctions press on foreign banks now (0: none, 1: August 2024)."""

    __slots__ = ("_journal", "level")

    def __init__(self, journal: Journal, level: float) -> None:
        self._journal = journal
        self.level = level
        self._write()

    def move_to(self, level: float) -> None:
        """A dated event changes the index."""
        self.level = level
        self._write()

    def _write(self) -> None:
        self._journal.record(Kind.PRESSURE, amount=round(self.level * 10**6))
