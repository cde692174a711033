"""A refusal for compliance is the end: nobody tries again, on that rail or another."""

import numpy as np

from sandbox.audit.cells import Cells
from sandbox.audit.groups import Groups
from sandbox.audit.rows import Rows
from sandbox.audit.violation import Findings
from sandbox.journal.kinds import Kind
from sandbox.lifecycle import RETRY_CLASSES, Reason, State


def _of_class(classes: frozenset[str]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    marked = np.zeros(max(Reason) + 1, np.bool_)
    for reason in Reason:
        marked[reason] = reason.klass in classes
    return marked


_COMPLIANCE = _of_class(frozenset({"compliance"}))
_MAY_RETRY = _of_class(RETRY_CLASSES)


def _reason_name(code: int) -> str:
    return Reason(code).text or "no reason"


class Retries:
    """G3: no new attempt and no new rail after a reason of the class compliance."""

    def __init__(self) -> None:
        self._reason = Cells(np.int8)
        """Last reason given for a move of the order."""
        self._stopped = Cells(np.int8)

    def chunk(self, rows: Rows, findings: Findings) -> None:
        """Check what follows each reason."""
        at = rows.of(Kind.MOVED, Kind.REFUSED, Kind.CHOSE_RAIL)
        chose = rows.is_kind(at, Kind.CHOSE_RAIL)
        again = rows.is_kind(at, Kind.MOVED) & (rows.object[at] == int(State.RETRY))
        at = at[(chose | again | (rows.reason[at] != 0)) & (rows.payment[at] >= 0)]
        if not len(at):
            return
        groups = Groups(rows.payment[at])
        place = groups.take(at)
        kind, reason = rows.kind[place], rows.reason[place]
        reason = np.where(kind == int(Kind.CHOSE_RAIL), 0, reason)
        moved = kind == int(Kind.MOVED)
        last = groups.latest(moved & (reason != 0), reason, self._reason)
        stops = _COMPLIANCE[reason].astype(np.int64)
        stopped = groups.running(stops, self._stopped) > 0
        retry = moved & (rows.object[place] == int(State.RETRY))
        findings.where(
            "G3",
            (retry | (kind == int(Kind.CHOSE_RAIL))) & stopped,
            place,
            lambda i: "no new attempt after a compliance reason",
            lambda i: "a retry" if retry[i] else "a new choice of rail",
        )
        findings.where(
            "G3",
            retry & ~_MAY_RETRY[last],
            place,
            lambda i: f"a retry only after a reason of the classes {', '.join(sorted(RETRY_CLASSES))}",
            lambda i: f"a retry after {_reason_name(int(last[i]))}",
        )
        groups.leave(self._reason, last)
        groups.leave(self._stopped, stopped.astype(np.int64))

    def finish(self, findings: Findings) -> None:
        """Nothing more at the end."""
