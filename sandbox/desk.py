"""A desk: people who decide, a queue in front of them, and every step of it in the journal."""

from typing import Literal

import simpy

from sandbox.clock import Hours
from sandbox.journal.kinds import QuickKind as Kind
from sandbox.rail import Ground
from sandbox.station import Station


class Desk:
    """Some people of one institution working through a queue in office hours.

    A case is a payment (its number) or a firm (its entity): the first is served with :meth:`payment`, the
    second with :meth:`firm`. ``people`` None means that nobody ever waits. Cases are taken in order of arrival, or
    by priority (lowest number first).
    """

    def __init__(
        self,
        ground: Ground,
        name: str,
        people: int | None,
        hours: Hours,
        discipline: Literal["fifo", "priority"] = "fifo",
    ) -> None:
        self.name = name
        self.entity = ground.journal.entity(name)
        self._record = ground.journal.record
        self.station = Station(ground.env, people, hours, discipline, observer=self)
        self._people = -1 if people is None else people
        self._done = _processed(ground.env)
        self._record(Kind.DESK_OPENED, actor=self.entity, amount=self._people, extra=0)

    def payment(self, number: int, work_seconds: int) -> simpy.Event:
        """An event that succeeds when a payment's file has been dealt with."""
        if work_seconds == 0 and self.station.is_free:
            # Nobody waits and nothing takes time: what the station would report, without a ticket.
            record, me = self._record, self.entity
            record(Kind.DESK_ENTERED, number, me, -1, -1, 0, 0)
            record(Kind.DESK_STARTED, number, me, -1, -1, 0, 0)
            record(Kind.DESK_FINISHED, number, me, -1, -1, 0, 0)
            return self._done
        return self.station.serve(number, work_seconds).done

    def firm(self, entity: int, work_seconds: int, priority: int = 0) -> simpy.Event:
        """An event that succeeds when a firm's application has been dealt with."""
        return self.station.serve(-2 - entity, work_seconds, priority).done

    @property
    def people(self) -> int:
        """How many work here now (-1: as many as are needed)."""
        return self._people

    def staff(self, people: int) -> None:
        """The desk has this many people from now on; work in hand is finished."""
        self._record(Kind.DESK_OPENED, actor=self.entity, amount=people, extra=max(0, self._people))
        self._people = people
        self.station.set_servers(people)

    # -- what the station reports ----------------------------------------------------------------

    def entered(self, key: int, waiting: int) -> None:
        """A case joins the queue."""
        if key >= 0:
            self._record(Kind.DESK_ENTERED, key, self.entity, -1, -1, 0, waiting)
        else:
            self._record(Kind.DESK_ENTERED, -1, self.entity, -2 - key, -1, 0, waiting)

    def started(self, key: int, work_seconds: int, waited: int) -> None:
        """Somebody takes the case up."""
        if key >= 0:
            self._record(Kind.DESK_STARTED, key, self.entity, -1, -1, work_seconds, waited)
        else:
            self._record(Kind.DESK_STARTED, -1, self.entity, -2 - key, -1, work_seconds, waited)

    def finished(self, key: int, elapsed: int) -> None:
        """The case is decided."""
        if key >= 0:
            self._record(Kind.DESK_FINISHED, key, self.entity, -1, -1, 0, elapsed)
        else:
            self._record(Kind.DESK_FINISHED, -1, self.entity, -2 - key, -1, 0, elapsed)


def _processed(env: simpy.Environment) -> simpy.Event:
    """An event that has come already: whoever yields it goes on at once, after a wait of 0 seconds."""
    event = simpy.Event(env)
    event._ok, event._value = True, 0
    # SimPy's own mark of a processed event, which its annotation leaves out.
    event.callbacks = None  # type: ignore[assignment]  # SimPy's mark
    return event
