"""Where records wait, packed, until a chunk of them is full.

Writing a record is the commonest act of a run, some forty times a payment, so it is a closure: its buffer, clock
and fill are local names, which Python reads several times faster than attributes.
"""

from collections.abc import Callable, Iterable
from typing import Protocol

from sandbox.journal.kinds import Kind
from sandbox.journal.records import LAYOUT, RECORD_BYTES


class Record(Protocol):
    """Appends one record at the current second; :mod:`sandbox.journal.kinds` says what columns mean."""

    def __call__(
        self,
        kind: int,
        payment: int = -1,
        actor: int = -1,
        subject: int = -1,
        object: int = -1,
        amount: int = 0,
        extra: int = 0,
        reason: int = 0,
    ) -> None:
        """Raise struct.error, with nothing recorded, for what is no whole number or does not fit its column."""
        ...


class Entry(Protocol):
    """Appends the POSTED records of one entry at the current second."""

    def __call__(
        self, payment: int, actor: int, legs: Iterable[tuple[int, int, int, int]], number: int
    ) -> None:
        """``legs`` are debit account, credit account, minor units and purpose; ``number`` is the entry's."""
        ...


class Moved(Protocol):
    """Appends one record of kind MOVED at the current second."""

    def __call__(
        self, payment: int, actor: int, left: int, entered: int, attempt: int, rail: int, reason: int
    ) -> None:
        """A payment's step from one state to another; raises as :class:`Record` does."""
        ...


class Timekeeper(Protocol):
    """Who knows the current second: the kernel, which is asked without a call."""

    @property
    def now(self) -> int:
        """Whole seconds since the scenario's start."""
        ...


class Asked:
    """A timekeeper that calls a function."""

    __slots__ = ("_clock",)

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock

    @property
    def now(self) -> int:
        """What the function answers."""
        return self._clock()


class Buffer:
    """Room for a chunk. ``on_full`` is called when it is full and has to :attr:`take` what is there."""

    record: Record
    entry: Entry
    moved: Moved
    take: Callable[[], bytes]
    """The records that wait, oldest first; they leave the buffer."""
    waiting: Callable[[], int]
    """How many records wait."""
    stop: Callable[[Callable[[], int]], None]
    """From now on ask this clock, which raises: the journal is closed."""
    peek: Callable[[], bytes]
    """The records that wait; they stay."""

    def __init__(self, rows: int, clock: Timekeeper, on_full: Callable[[], None]) -> None:
        limit = rows * RECORD_BYTES
        buffer = bytearray(limit)
        pack_into, used, posted, step = LAYOUT.pack_into, 0, int(Kind.POSTED), int(Kind.MOVED)

        def record(
            kind: int,
            payment: int = -1,
            actor: int = -1,
            subject: int = -1,
            object: int = -1,
            amount: int = 0,
            extra: int = 0,
            reason: int = 0,
        ) -> None:
            nonlocal used
            pack_into(buffer, used, clock.now, kind, reason, payment, actor, subject, object, amount, extra)
            used += RECORD_BYTES
            if used == limit:
                on_full()

        def moved(
            payment: int, actor: int, left: int, entered: int, attempt: int, rail: int, reason: int
        ) -> None:
            nonlocal used
            pack_into(buffer, used, clock.now, step, reason, payment, actor, left, entered, attempt, rail)
            used += RECORD_BYTES
            if used == limit:
                on_full()

        def entry(payment: int, actor: int, legs: Iterable[tuple[int, int, int, int]], number: int) -> None:
            nonlocal used
            now = clock.now
            for debit, credit, amount, purpose in legs:
                pack_into(buffer, used, now, posted, purpose, payment, actor, debit, credit, amount, number)
                used += RECORD_BYTES
                if used == limit:
                    on_full()

        def take() -> bytes:
            nonlocal used
            data, used = peek(), 0
            return data

        def peek() -> bytes:
            return bytes(memoryview(buffer)[:used])

        def waiting() -> int:
            return used // RECORD_BYTES

        def stop(closed: Callable[[], int]) -> None:
            nonlocal clock
            clock = Asked(closed)

        self.record, self.entry, self.moved = record, entry, moved
        self.take, self.peek, self.waiting, self.stop = take, peek, waiting, stop
