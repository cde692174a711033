"""A line of orders that wait for room, under a cap or on an account: nobody is looked at who does not fit anyway.

Asking each waiting order every month whether it fits now costs the length of the line every time. Here each group
of orders that meet the same caps keeps the smallest amount of every stretch of its line, so that the first order
that fits is found in steps that grow with the logarithm of the line.
"""

from collections.abc import Callable, Hashable, Iterator
from heapq import heapify, heappop, heappush
from typing import Generic, TypeVar

T = TypeVar("T")
G = TypeVar("G", bound=Hashable)

_NEVER = 1 << 63


class _FirstFit(Generic[T]):
    """Amounts in order of arrival; a binary tree of least amounts finds the first that fits."""

    __slots__ = ("_entries", "_least", "_size", "waiting")

    def __init__(self) -> None:
        self.waiting = 0
        self._size = 1
        self._least = [_NEVER, _NEVER]
        self._entries: list[tuple[int, int, T]] = []

    def join(self, arrival: int, amount: int, what: T) -> None:
        """To the end of the line."""
        if len(self._entries) == self._size:
            self._rebuild()
        self._entries.append((arrival, amount, what))
        self._put(len(self._entries) - 1, amount)
        self.waiting += 1

    def first(self, room: int) -> tuple[int, int]:
        """(arrival, place) of the first entry of at most ``room``; (-1, -1) if none fits."""
        least, node = self._least, 1
        if least[1] > room:
            return -1, -1
        while node < self._size:
            node *= 2
            if least[node] > room:
                node += 1
        place = node - self._size
        return self._entries[place][0], place

    def take(self, place: int) -> T:
        """The entry at a place leaves the line."""
        self._put(place, _NEVER)
        self.waiting -= 1
        return self._entries[place][2]

    def _put(self, place: int, amount: int) -> None:
        least, node = self._least, place + self._size
        least[node] = amount
        node //= 2
        while node:
            least[node] = min(least[2 * node], least[2 * node + 1])
            node //= 2

    def _rebuild(self) -> None:
        """Forget who has left; twice the places of who is there."""
        old = self._least[self._size :]
        self._entries = [entry for entry, amount in zip(self._entries, old, strict=False) if amount < _NEVER]
        self._size = 1 << max(1, (2 * len(self._entries)).bit_length())
        least = [_NEVER] * (2 * self._size)
        least[self._size : self._size + len(self._entries)] = [entry[1] for entry in self._entries]
        for node in range(self._size - 1, 0, -1):
            least[node] = min(least[2 * node], least[2 * node + 1])
        self._least = least


class QuotaLine(Generic[G, T]):
    """Waiting orders of several groups; within what the caps hold, who came first goes first."""

    def __init__(self) -> None:
        self._groups: dict[G, _FirstFit[T]] = {}
        self._arrivals = 0

    def __len__(self) -> int:
        return sum(line.waiting for line in self._groups.values())

    def waiting(self, group: G) -> int:
        """How many of a group wait."""
        line = self._groups.get(group)
        return line.waiting if line else 0

    def join(self, group: G, amount: int, what: T) -> None:
        """Wait for room of ``amount``."""
        line = self._groups.get(group)
        if line is None:
            line = self._groups[group] = _FirstFit()
        self._arrivals += 1
        line.join(self._arrivals, amount, what)

    def admit(self, room: Callable[[G], int], use: Callable[[G, T], None]) -> Iterator[T]:
        """Let go, in order of arrival, everyone whom the room of its group holds.

        ``use`` is told of each before the next is looked for, and makes the room smaller.
        """
        order = []
        for place, (group, line) in enumerate(self._groups.items()):
            arrival, _ = line.first(room(group))
            if arrival >= 0:
                order.append((arrival, place, group))
        heapify(order)
        while order:
            arrival, place, group = heappop(order)
            line = self._groups[group]
            now, at = line.first(room(group))
            if now == arrival:
                what = line.take(at)
                use(group, what)
                yield what
                now, _ = line.first(room(group))
            if now >= 0:
                heappush(order, (now, place, group))
        self._groups = {group: line for group, line in self._groups.items() if line.waiting}
