"""Ctrl-C while a world runs: taken note of, and obeyed at the next order or day.

An exception raised wherever the signal happens to arrive can be lost: the bitcoin engine calls back into Python from
C++, and what is raised there is printed and forgotten. A second Ctrl-C is raised at once, for a run that hangs.
"""

import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Self


class Stopping:
    """While it is entered, SIGINT asks to stop; :meth:`obey` raises KeyboardInterrupt once it was asked."""

    def __init__(self) -> None:
        self.asked = False
        self._before: Any = None

    def __enter__(self) -> Self:
        # Another thread can take no signals, and whoever has a handler of its own keeps it (workers ignore Ctrl-C).
        main = threading.current_thread() is threading.main_thread()
        if main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self._before = signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            self._before = None

    def obey(self) -> None:
        """Raise KeyboardInterrupt if it was asked for."""
        if self.asked:
            raise KeyboardInterrupt

    def _ask(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
