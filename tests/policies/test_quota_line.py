"""The line before a cap: the same as asking everyone in turn, without asking everyone."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sandbox.policies.quota_line import QuotaLine

ROUNDS = st.lists(
    st.tuples(
        st.lists(st.tuples(st.integers(0, 2), st.integers(1, 50)), max_size=12),
        st.integers(0, 120),
        st.dictionaries(st.integers(0, 2), st.integers(0, 60)),
    ),
    max_size=8,
)


class Room:
    """What is left of a total and of some groups' own limits."""

    def __init__(self, total: int, own: dict[int, int]) -> None:
        self.total, self.own = total, dict(own)

    def of(self, group: int) -> int:
        return min(self.total, self.own.get(group, self.total))

    def use(self, group: int, what: tuple[int, int]) -> None:
        self.total -= what[1]
        if group in self.own:
            self.own[group] -= what[1]


@given(ROUNDS)
def test_the_line_lets_go_whom_asking_everyone_in_turn_lets_go(
    rounds: list[tuple[list[tuple[int, int]], int, dict[int, int]]],
) -> None:
    line: QuotaLine[int, tuple[int, int]] = QuotaLine()
    plain: list[tuple[int, int, int]] = []
    number = 0
    for joining, total, own in rounds:
        for group, amount in joining:
            number += 1
            line.join(group, amount, (number, amount))
            plain.append((number, group, amount))
        room = Room(total, own)
        got = [what[0] for what in line.admit(room.of, room.use)]
        room, expected = Room(total, own), []
        for one, group, amount in plain:
            if amount <= room.of(group):
                room.use(group, (one, amount))
                expected.append(one)
        assert got == expected
        plain = [entry for entry in plain if entry[0] not in expected]
        assert len(line) == len(plain)


def _calls(work: Callable[[], object]) -> int:
    """Calls of functions, Python's own included, that a piece of work makes."""
    count = 0

    def seen(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def _drain(waiting: int) -> int:
    """Calls made to let a line go, twenty orders a month."""
    line: QuotaLine[int, tuple[int, int]] = QuotaLine()
    for number in range(waiting):
        line.join(number % 10, 1 + number % 7, (number, 1 + number % 7))

    def months() -> None:
        while len(line):
            room = Room(80, {})
            for _ in line.admit(room.of, room.use):
                pass

    return _calls(months)


def test_draining_takes_steps_in_proportion_to_the_line() -> None:
    """Each month lets a few go; whoever asks everybody every month makes sixteen times the calls here."""
    short, long = _drain(500), _drain(2_000)
    assert long < 4.8 * short
