"""What every worker process does first: bound itself, keep its output for the protocol, die with its server.

A worker talks to the server in lines of JSON: orders come on standard input, answers go to what was standard output
when it started. Whatever a library prints goes to standard error, which is a log. When standard input ends, the
server is gone, however it went, and the worker goes too.
"""

import json
import os
import resource
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any, TextIO

#: After being told to stop a worker may take this long to close its files.
_GRACE_SECONDS = 1.0


def bound(*, address_bytes: int, file_bytes: int) -> None:
    """Limit this process for good: address space, length of a file, no core dumps."""
    for kind, most in (
        (resource.RLIMIT_AS, address_bytes),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (allowed, allowed))
    # A file that grows too long must be an error that can be told, not the end of the process.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def answers() -> TextIO:
    """The way back to the server; from now on nothing else writes there."""
    own = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return own


def tell(out: TextIO, document: dict[str, Any]) -> None:
    """One line to the server; if it is gone there is nobody left to work for."""
    try:
        out.write(json.dumps(document) + "\n")
        out.flush()
    except OSError:
        os._exit(1)


def orders() -> Iterator[dict[str, Any]]:
    """Orders of the server, one a line, until it closes the way."""
    for line in sys.stdin:
        yield json.loads(line)


def stop_when_told() -> None:
    """Interrupt the main thread as Ctrl-C would when the server says anything more, or is gone."""
    threading.Thread(target=_wait_for_the_end, daemon=True).start()


def _wait_for_the_end() -> None:
    sys.stdin.readline()
    os.kill(os.getpid(), signal.SIGINT)
    # Work that does not listen is cut off: what it has not finished counts for nothing anyway.
    threading.Event().wait(_GRACE_SECONDS)
    os._exit(1)
