"""The process that writes papers of finished jobs: ``python -m sandbox.page.paper_work``. It stays warm between them.

Each order names a job's folder and the paper; the answer says whether it lies there now. Charts are drawn and scenarios
read here, under limits, never in the server.
"""

import os
import sys
import traceback
from pathlib import Path
from typing import Any

from sandbox.page.child import answers, bound, orders, tell


def main() -> None:
    """Write papers until the server is gone."""
    out = answers()
    every = orders()
    first = next(every)
    bound(address_bytes=first["address_bytes"], file_bytes=first["file_bytes"])
    # Whoever reads a page goes before whoever waits for a report.
    os.nice(1)
    for order in every:
        tell(out, {"end": _end(order)})
        # A folder that may be removed is no place to stay.
        os.chdir("/")


def _end(order: dict[str, Any]) -> str:
    """How it went: "complete", "damaged" where the files are not those that were written, else what was wanting."""
    from sandbox.page.jobs import Kind
    from sandbox.page.papers import write_paper
    from sandbox.page.shelf import Paper
    from sandbox.report.runfolder import RunUnreadable
    from sandbox.scenario.faults import ScenarioInvalid

    try:
        os.chdir(order["directory"])
        folder = Path(order["folder"])
        write_paper(Paper(order["paper"]), order["language"], Kind(order["kind"]), folder, order["arms"])
    except (RunUnreadable, ScenarioInvalid, OSError, ValueError, KeyError):
        traceback.print_exc(file=sys.stderr)
        return "damaged"
    except MemoryError:
        return "memory"
    except (
        Exception
    ):  # a bug of ours: it stands in the log, and the next paper is not kept from being written
        traceback.print_exc(file=sys.stderr)
        return "program"
    return "complete"


if __name__ == "__main__":
    main()
