"""Desks: who comes is served once, in order, by no more officers than there are."""

import numpy as np

from sandbox.audit.cells import Cells
from sandbox.audit.facts import Directory
from sandbox.audit.groups import Groups
from sandbox.audit.rows import Rows
from sandbox.audit.violation import Bools, Findings, Ints
from sandbox.journal.kinds import Kind

_ENTERED, _STARTED, _FINISHED, _OPENED = (
    int(kind) for kind in (Kind.DESK_ENTERED, Kind.DESK_STARTED, Kind.DESK_FINISHED, Kind.DESK_OPENED)
)
_SERVICE = (Kind.DESK_ENTERED, Kind.DESK_STARTED, Kind.DESK_FINISHED)
_CLOSED = -2
#: Keys of firms' applications lie above those of orders.
_FIRMS = 1 << 31


class Desks:
    """T5. A ticket is an order (or a firm that applies) at one desk."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._waiting = Cells()
        self._busy = Cells()
        self._servers = Cells(np.int64, _CLOSED)
        self._arrival = Cells(np.int64, -(2**62))
        """Second of arrival of the last one served, by desk."""
        nothing = np.empty(0, np.int64)
        self._tickets = (nothing, nothing, nothing)
        """Open tickets: desk and who, last kind, its second."""

    def chunk(self, rows: Rows, findings: Findings) -> None:
        """Check the chunk's services by desk and by ticket."""
        at = rows.of(*_SERVICE, Kind.DESK_OPENED)
        if not len(at):
            return
        self._by_desk(rows, at, findings)
        self._by_ticket(rows, rows.of(*_SERVICE), findings)

    def finish(self, findings: Findings) -> None:
        """Who still waits at the horizon is no violation."""

    def _by_desk(self, rows: Rows, at: Ints, findings: Findings) -> None:
        groups = Groups(rows.actor[at])
        place = groups.take(at)
        kind = rows.kind[place]
        enters, starts, ends = kind == _ENTERED, kind == _STARTED, kind == _FINISHED
        waiting = groups.running(enters.astype(np.int64) - starts, self._waiting)
        busy = groups.running(starts.astype(np.int64) - ends, self._busy)
        servers = groups.latest(kind == _OPENED, rows.amount[place], self._servers)
        name = self._directory.name
        findings.where(
            "T5",
            (waiting < 0) | (busy < 0),
            place,
            lambda i: (
                f"no more started at {name(int(groups.keys[i]))} than entered, no more finished than started"
            ),
            lambda i: f"{waiting[i]} waiting, {busy[i]} in service",
        )
        findings.where(
            "T5",
            starts & (servers != -1) & (busy > servers),
            place,
            lambda i: f"at most {max(0, int(servers[i]))} in service at {name(int(groups.keys[i]))}",
            lambda i: f"{busy[i]}",
        )
        said = rows.extra[place]
        findings.where(
            "T5",
            enters & ((said < 0) | (said > waiting - 1)),
            place,
            lambda i: f"0 to {waiting[i] - 1} waiting before it",
            lambda i: f"{said[i]}",
        )
        self._in_order(rows, groups, place, starts, findings)
        for cells, values in ((self._waiting, waiting), (self._busy, busy), (self._servers, servers)):
            groups.leave(cells, values)

    def _in_order(self, rows: Rows, groups: Groups, place: Ints, starts: Bools, findings: Findings) -> None:
        """First come, first served, at desks that serve so."""
        arrival = rows.time[place] - rows.extra[place]
        served = groups.latest(starts, arrival, self._arrival)
        before = groups.previous(served, self._arrival)
        by_priority = self._directory.among(groups.keys, self._directory.terms.priority_desks)
        findings.where(
            "T5",
            starts & ~by_priority & (arrival < before),
            place,
            lambda i: (
                f"the next at {self._directory.name(int(groups.keys[i]))} came at second {before[i]} or later"
            ),
            lambda i: f"came at second {arrival[i]}",
        )
        groups.leave(self._arrival, served)

    def _by_ticket(self, rows: Rows, at: Ints, findings: Findings) -> None:
        if not len(at):
            return
        who = np.where(rows.payment[at] >= 0, rows.payment[at], _FIRMS + np.maximum(rows.subject[at], 0))
        columns = ((rows.actor[at] << 32) | who, rows.kind[at], rows.time[at])
        kept = len(self._tickets[0])
        key, kind, time = (
            np.concatenate((old, new)) for old, new in zip(self._tickets, columns, strict=True)
        )
        groups = Groups(key)
        kind, time = groups.take(kind), groups.take(time)
        place = groups.take(np.concatenate((np.zeros(kept, np.int64), at)))
        new = groups.order >= kept
        stage, since = groups.previous(kind, 0), groups.previous(time, 0)
        asked = np.where(kind == _STARTED, _ENTERED, _STARTED)
        later = new & (kind != _ENTERED)
        findings.where(
            "T5",
            later & (stage != asked),
            place,
            lambda i: f"{Kind(int(asked[i])).name} before {Kind(int(kind[i])).name}",
            lambda i: Kind(int(stage[i])).name if stage[i] else "nothing",
        )
        said = rows.extra[place]
        findings.where(
            "T5",
            later & (stage == asked) & (said != time - since),
            place,
            lambda i: f"{int(time[i]) - int(since[i])} seconds since {Kind(int(asked[i])).name}",
            lambda i: f"{said[i]}",
        )
        keep = groups.tails & (kind != _FINISHED)
        self._tickets = (groups.keys[keep], kind[keep], time[keep])
