"""How long 100,000 waiting cases take to drain from each queue of the model, in processor seconds.

``python bench/queues.py`` prints one line a queue. What is measured is the queue and its clock alone: a station of
people (first come first served, by priority, with every second case cancelled) and the line before a volume cap.
"""

from collections.abc import Callable
from time import process_time

import simpy

from sandbox.policies.quota_line import QuotaLine
from sandbox.station import Station

WAITING = 100_000


def first_come(waiting: int) -> int:
    """A station of four people serves everyone in order; how many it served."""
    return _station(waiting, by_priority=False, cancelled=False)


def by_priority(waiting: int) -> int:
    """The same by priority."""
    return _station(waiting, by_priority=True, cancelled=False)


def half_cancelled(waiting: int) -> int:
    """Every second case leaves before it is served."""
    return _station(waiting, by_priority=False, cancelled=True)


def _station(waiting: int, *, by_priority: bool, cancelled: bool) -> int:
    env = simpy.Environment()
    station = Station(env, 4, discipline="priority" if by_priority else "fifo")
    tickets = [station.serve(number, 60, number % 7) for number in range(waiting)]
    if cancelled:
        for ticket in tickets[1::2]:
            station.cancel(ticket)
    env.run()
    return sum(ticket.started >= 0 for ticket in tickets)


def volume_cap(waiting: int) -> int:
    """Orders of a hundred firms wait before a cap that holds about a hundred of them a month."""
    line: QuotaLine[int, int] = QuotaLine()
    for number in range(waiting):
        amount = 1 + number * 7_919 % 1_000
        line.join(number % 100, amount, amount)
    gone = 0
    while len(line):
        left = [50_000]

        def room(group: int, left: list[int] = left) -> int:
            return left[0]

        def use(group: int, amount: int, left: list[int] = left) -> None:
            left[0] -= amount

        gone += sum(1 for _ in line.admit(room, use))
    return gone


QUEUES: dict[str, Callable[[int], int]] = {
    "station, first come first served": first_come,
    "station by priority": by_priority,
    "station, half of them cancelled": half_cancelled,
    "line before a volume cap": volume_cap,
}


def drained() -> list[tuple[str, int, float]]:
    """Each queue: its name, how many it served, and the processor seconds that took."""
    found = []
    for name, drain in QUEUES.items():
        before = process_time()
        served = drain(WAITING)
        found.append((name, served, process_time() - before))
    return found


def main() -> None:
    """Drain each and say how long it took."""
    for name, served, seconds in drained():
        print(f"{name:<36} {served:>8,} served {seconds:6.2f} CPU-s")


if __name__ == "__main__":
    main()
