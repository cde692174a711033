"""SimPy's environment with its inner loop written out: the same events in the same order, at less cost each.

Journal, books and desks ask for the time dozens of times a payment, SimPy steps through one method call an event,
and its processes put two events of their own on the agenda; here none of that is paid for.
"""

from collections.abc import Callable, Generator
from heapq import heappop, heappush
from typing import Any

import simpy
from simpy.events import NORMAL, Timeout

_NEW = Timeout.__new__


class Kernel(simpy.Environment):
    """The kernel of a run; its clock counts whole seconds from 0."""

    now: int = 0  # a plain attribute in place of SimPy's property: read without a call
    """The current second."""

    def __init__(self) -> None:
        super().__init__(initial_time=0)

    def timeout(self, delay: float = 0, value: Any | None = None) -> Timeout:
        """An event that comes after ``delay`` seconds: what SimPy's ``Timeout(env, delay, value)`` makes."""
        if delay < 0:
            raise ValueError(f"Negative delay {delay}")
        event = _NEW(Timeout)
        event.env, event.callbacks, event._value, event._ok, event._delay = self, [], value, True, delay
        heappush(self._queue, (self._now + delay, NORMAL, next(self._eid), event))
        return event

    def step(self) -> None:
        """Process the next event, as SimPy's own ``run`` asks for it."""
        if self._queue:
            self.now = int(self._queue[0][0])
        super().step()

    def run_to(self, second: int) -> None:
        """Process every event before ``second``, as ``run(until=second)`` does; later ones stay on the agenda."""
        agenda = self._queue
        while agenda and agenda[0][0] < second:
            self._now, _, _, event = heappop(agenda)
            self.now = self._now  # type: ignore[assignment]  # whole seconds: nobody waits for a part of one
            callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]  # SimPy's mark of the past
            for callback in callbacks:
                callback(event)
            if not event._ok and not hasattr(event, "_defused"):
                raise event._value
        self._now = self.now = second


class _Begin:
    """What wakes an errand for the first time."""

    _ok, _value = True, None


_BEGIN = _Begin()


class Errand:
    """A process that nobody waits for or interrupts: it begins at once, and its end is no event.

    What it raises leaves the callback of the event it waited for, and so ends the run.
    """

    __slots__ = ("_done", "_steps", "_wake")

    def __init__(self, steps: Generator[Any, Any, object], done: Callable[[], object] | None = None) -> None:
        """``done`` is called when it has come to its end."""
        self._steps = steps
        self._done = done
        self._wake = self._go_on
        self._go_on(_BEGIN)

    def _go_on(self, event: Any) -> None:
        """The event it waited for has come: go on to the next one that has not come yet."""
        try:
            while True:
                if event._ok:
                    event = self._steps.send(event._value)
                else:
                    event.defused = True
                    event = self._steps.throw(event._value)
                if event.callbacks is not None:
                    event.callbacks.append(self._wake)
                    break
        except StopIteration:
            del self._wake  # it refers to itself: left alone, only the collector of cycles would find it
        else:
            return
        if self._done is not None:
            self._done()
