"""Folders of finished runs that are open for reading: the last few stay open, and one query runs in each at a time."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sandbox.page.refusals import Refusal
from sandbox.report.facts import Names
from sandbox.report.runfolder import RunFolder, RunUnreadable
from sandbox.report.wording import language

T = TypeVar("T")

#: Folders that stay open; each holds one small database connection.
_MOST_OPEN = 12
#: Answers that are remembered over all folders; each is a page's worth of data.
_MOST_ANSWERS = 2_000


class Opened:
    """One run folder with its names, for one reader at a time."""

    def __init__(self, directory: Path) -> None:
        self.run = RunFolder(directory)
        self.names = Names.of(self.run)
        self.lock = threading.Lock()
        self.prepared: set[str] = set()
        """Temporary tables that a reading has made."""
        self.hashes: dict[str, dict[str, int]] | None = None
        """Chain -> hash -> number of a transaction, once somebody has searched."""


class OpenFolders:
    """Readings of finished runs, remembered: a run folder never changes, so an answer is always the same."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: OrderedDict[Path, Opened] = OrderedDict()
        self._answers: OrderedDict[tuple[Any, ...], Any] = OrderedDict()

    def read(self, directory: Path, reading: Callable[..., T], *asked: Any, remember: bool = True) -> T:
        """``reading(opened, *asked)`` in the language spoken; Refusal 409 for a folder whose files were changed.

        Long answers that are seldom asked for again are better not remembered.
        """
        key = (directory, reading.__module__, reading.__qualname__, language(), *asked)
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                known: T = self._answers[key]
                return known
        try:
            opened = self._opened(directory)
        except (RunUnreadable, OSError):
            raise Refusal(409, "run_damaged", "this run's files are not those that were written") from None
        with opened.lock:
            answer = reading(opened, *asked)
        if not remember:
            return answer
        with self._lock:
            self._answers[key] = answer
            if len(self._answers) > _MOST_ANSWERS:
                self._answers.popitem(last=False)
        return answer

    def _opened(self, directory: Path) -> Opened:
        with self._lock:
            if directory in self._open:
                self._open.move_to_end(directory)
                return self._open[directory]
            opened = self._open[directory] = Opened(directory)
            if len(self._open) > _MOST_OPEN:
                self._open.popitem(last=False)
            return opened
