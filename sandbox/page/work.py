"""The worker of one job: ``python -m sandbox.page.work``. It runs, measures, and writes what the page will show.

The order names folders and numbers only; the scenario's text lies in the job's folder and is read here, never in
the server.
"""

import os
import shutil
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from sandbox.page.child import answers, bound, orders, stop_when_told, tell

#: Shortest time between two reports of progress.
_PROGRESS_SECONDS = 0.2


@dataclass(slots=True)
class Teller:
    """Tells the server how far the job has come, not too often."""

    out: TextIO
    _last: float = 0.0

    def progress(self, done: int, of: int, count: int) -> None:
        """So much of so much is done; ``count`` is what the visitor counts by: payments, or replications."""
        now = time.monotonic()
        if now - self._last >= _PROGRESS_SECONDS or done == of:
            self._last = now
            tell(self.out, {"progress": {"done": done, "of": of, "count": count}})


def main() -> None:
    """Do the one job that the server orders; its end is the last line."""
    out = answers()
    order = next(orders())
    bound(address_bytes=order["address_bytes"], file_bytes=order["file_bytes"])
    # Whoever reads a page goes before whoever waits for a run.
    os.nice(3)
    os.chdir(order["directory"])
    stop_when_told()
    try:
        state, message = _do(order, Teller(out))
    except KeyboardInterrupt:
        state, message = "cancelled", ""
    except MemoryError:
        state, message = "failed", "memory"
    except BaseException as error:  # engines written in Rust raise outside of Exception when they panic
        traceback.print_exc(file=sys.stderr)
        state, message = "failed", "disk" if isinstance(error, OSError) else "program"
    tell(out, {"end": state, "message": message})


def _do(order: dict[str, Any], teller: Teller) -> tuple[str, str]:
    # Loaded only now, under the limits.
    from sandbox.page import making
    from sandbox.page.jobs import Kind
    from sandbox.page.papers import write_paper
    from sandbox.page.shelf import Paper
    from sandbox.world import Engines

    engines = Engines(**order["engines"])
    folder = Path(order["folder"])
    if order["kind"] == "run":
        arm = order["arms"][0]
        if not making.is_complete(folder):
            shutil.rmtree(folder, ignore_errors=True)
            violation = making.run(arm, folder, order["seed"], engines, teller.progress)
            if violation:
                return "invalid", violation
        write_paper(Paper.RESULT, order["language"], Kind.RUN, folder, order["arms"])
        return "complete", ""
    if not making.is_complete(folder):
        shutil.rmtree(folder, ignore_errors=True)
        failures = making.compare(
            order["arms"], folder, order["seed"], order["replications"], engines, teller.progress
        )
        if failures:
            return "failed", failures
    write_paper(Paper.RESULT, order["language"], Kind.COMPARISON, folder, order["arms"])
    return "complete", ""


if __name__ == "__main__":
    main()
