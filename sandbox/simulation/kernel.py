"""SimPy's environment with its inner loop written out: the same events in the same order, at less cost each.

Journal, books and desks ask for the time dozens of times a payment, and SimPy steps through one method call an
event; here neither costs a Python frame of its own.
"""

from heapq import heappop
from operator import attrgetter
from typing import TYPE_CHECKING

import simpy


class Kernel(simpy.Environment):
    """The kernel of a run; its clock counts whole seconds from 0."""

    if TYPE_CHECKING:

        @property
        def now(self) -> int:
            """The current second."""
            ...
    else:
        now = property(attrgetter("_now"), doc="The current second.")

    def __init__(self) -> None:
        super().__init__(initial_time=0)

    def run_to(self, second: int) -> None:
        """Process every event before ``second``, as ``run(until=second)`` does; later ones stay on the agenda."""
        agenda = self._queue
        while agenda and agenda[0][0] < second:
            self._now, _, _, event = heappop(agenda)
            callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]  # SimPy's mark of the past
            for callback in callbacks:
                callback(event)
            if not event._ok and not hasattr(event, "_defused"):
                raise event._value
        self._now = second
