"""A queue in front of servers that work office hours: one desk, one kernel event a service.

SimPy's own Resource costs several kernel events a customer and its priority queue re-sorts at every put;
a Station keeps a deque or a heap and schedules each service's end itself.
"""

from collections import deque
from heapq import heappop, heappush
from typing import Literal, Protocol

from simpy import Environment, Event
from simpy.events import NORMAL

from sandbox.clock import ALWAYS, Hours


class Observer(Protocol):
    """Told of everything that happens at a station, in order."""

    def entered(self, key: int, waiting: int) -> None:
        """``key`` came; ``waiting`` others were waiting before it."""

    def started(self, key: int, work_seconds: int, waited: int) -> None:
        """Service of ``key`` began after ``waited`` seconds and needs ``work_seconds`` of open desk."""

    def finished(self, key: int, elapsed: int) -> None:
        """Service of ``key`` ended ``elapsed`` seconds on the clock after it began."""


class _Unobserved:
    def entered(self, key: int, waiting: int) -> None:
        pass

    def started(self, key: int, work_seconds: int, waited: int) -> None:
        pass

    def finished(self, key: int, elapsed: int) -> None:
        pass


class Ticket:
    """One customer's place: in the queue, then at a server, then gone."""

    __slots__ = ("_station", "cancelled", "done", "entered", "key", "priority", "started", "work_seconds")

    def __init__(self, station: "Station", key: int, work_seconds: int, priority: int, entered: int) -> None:
        self._station = station
        self.key = key
        self.work_seconds = work_seconds
        self.priority = priority
        self.entered = entered
        self.started = -1
        self.cancelled = False
        self.done: Event = Event(station.env)
        """Succeeds with the seconds waited when service ends; never, if the ticket is cancelled."""

    def _served(self, event: Event) -> None:
        self._station._finish(self)


class Station:
    """``servers`` alike serving one queue, first come first served or by priority (lowest number first).

    A service begins when a server is free and the desk is open; it takes ``work_seconds`` of open desk, so
    it pauses overnight. ``servers=None`` means as many as come.
    """

    def __init__(
        self,
        env: Environment,
        servers: int | None,
        hours: Hours = ALWAYS,
        discipline: Literal["fifo", "priority"] = "fifo",
        observer: Observer | None = None,
    ) -> None:
        self.env = env
        self.hours = hours
        self.busy = 0
        """Services in progress; above ``servers`` only while removed servers finish."""
        self._observer = observer or _Unobserved()
        self._limit = _limit(servers)
        self._line: _Fifo | _ByPriority = _ByPriority() if discipline == "priority" else _Fifo()
        self._wakes_at = -1

    @property
    def servers(self) -> int | None:
        """Servers at work, None for unlimited."""
        return None if self._limit == _UNLIMITED else self._limit

    @property
    def waiting(self) -> int:
        """Customers in the queue, those in service not counted."""
        return self._line.size

    @property
    def is_free(self) -> bool:
        """Whether whoever comes now is served at once."""
        return not self._line.size and self.busy < self._limit and self.hours.is_open(int(self.env.now))

    def serve(self, key: int, work_seconds: int, priority: int = 0) -> Ticket:
        """Join the queue. The ticket's ``done`` succeeds with the seconds waited when service ends.

        Work of zero seconds at a free server is over when this returns: ``done`` has already been processed.
        """
        if work_seconds < 0:
            raise ValueError(f"service takes no negative time: {work_seconds}")
        now = int(self.env.now)
        ticket = Ticket(self, key, work_seconds, priority, now)
        waiting = self._line.size
        self._observer.entered(key, waiting)
        if waiting == 0 and self.busy < self._limit and self.hours.is_open(now):
            self._start(ticket, now)
        else:
            self._line.put(ticket)
            self._begin_services()
        return ticket

    def cancel(self, ticket: Ticket) -> bool:
        """Leave the queue; False if service had already begun (it then runs to its end) or had been left."""
        if ticket.started >= 0 or ticket.cancelled:
            return False
        ticket.cancelled = True
        self._line.leave()
        return True

    def set_servers(self, servers: int | None) -> None:
        """Change the number of servers; services in progress end as planned."""
        self._limit = _limit(servers)
        self._begin_services()

    def _begin_services(self) -> None:
        """Start as many services as servers and hours allow, or wake up when the desk opens."""
        line = self._line
        if line.size == 0 or self.busy >= self._limit:
            return
        now = int(self.env.now)
        if not self.hours.is_open(now):
            self._wake_at(self.hours.next_open(now), now)
            return
        while line.size and self.busy < self._limit:
            self._start(line.take(), now)

    def _start(self, ticket: Ticket, now: int) -> None:
        ticket.started = now
        waited = now - ticket.entered
        self._observer.started(ticket.key, ticket.work_seconds, waited)
        elapsed = self.hours.finish(now, ticket.work_seconds) - now
        done = ticket.done
        done._ok, done._value = True, waited
        if elapsed == 0 and waited == 0 and not done.callbacks:
            # SimPy's own mark of a processed event, which its annotation leaves out: whoever yields it goes on.
            done.callbacks = None  # type: ignore[assignment]  # SimPy's mark
            self._observer.finished(ticket.key, 0)
            return
        self.busy += 1
        if done.callbacks is not None:
            done.callbacks.insert(0, ticket._served)
        # What simpy.Timeout does: an event with its value set, put on the agenda for later.
        self.env.schedule(done, NORMAL, elapsed)

    def _finish(self, ticket: Ticket) -> None:
        self.busy -= 1
        now = int(self.env.now)
        self._observer.finished(ticket.key, now - ticket.started)
        if self._line.size:
            self._begin_services()

    def _wake_at(self, second: int, now: int) -> None:
        if self._wakes_at == second:
            return
        self._wakes_at = second
        alarm = self.env.timeout(second - now)
        assert alarm.callbacks is not None
        alarm.callbacks.append(lambda _: self._begin_services())


_UNLIMITED = 1 << 62


def _limit(servers: int | None) -> int:
    if servers is None:
        return _UNLIMITED
    if servers < 0:
        raise ValueError(f"a station has no negative number of servers: {servers}")
    return servers


class _Fifo:
    """Tickets in order of arrival; one that was cancelled is dropped when it comes up."""

    def __init__(self) -> None:
        self.size = 0
        self._tickets: deque[Ticket] = deque()

    def put(self, ticket: Ticket) -> None:
        self._tickets.append(ticket)
        self.size += 1

    def take(self) -> Ticket:
        self.size -= 1
        while (ticket := self._tickets.popleft()).cancelled:
            pass
        return ticket

    def leave(self) -> None:
        self.size -= 1
        if len(self._tickets) > 2 * self.size + 64:
            self._tickets = deque(t for t in self._tickets if not t.cancelled)


class _ByPriority:
    """Tickets by priority, then by order of arrival; cancelled ones are dropped when they come up."""

    def __init__(self) -> None:
        self.size = 0
        self._arrivals = 0
        self._heap: list[tuple[int, int, Ticket]] = []

    def put(self, ticket: Ticket) -> None:
        self._arrivals += 1
        heappush(self._heap, (ticket.priority, self._arrivals, ticket))
        self.size += 1

    def take(self) -> Ticket:
        self.size -= 1
        while (ticket := heappop(self._heap)[2]).cancelled:
            pass
        return ticket

    def leave(self) -> None:
        self.size -= 1
        if len(self._heap) > 2 * self.size + 64:
            # Sorted is a valid heap, and the arrival number keeps the order total.
            self._heap = sorted(item for item in self._heap if not item[2].cancelled)
