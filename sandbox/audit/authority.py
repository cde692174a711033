"""Authority: no order leaves on a rail of the regime without a fitting authorisation, used once."""

import numpy as np

from sandbox.audit.cells import Cells
from sandbox.audit.facts import Directory
from sandbox.audit.groups import Groups
from sandbox.audit.orders import Orders
from sandbox.audit.rows import Rows, merged
from sandbox.audit.violation import Findings, Ints
from sandbox.journal.kinds import Kind
from sandbox.lifecycle import State

_RELEASE, _IN_FLIGHT, _CUTOFF = int(State.RELEASE), int(State.IN_FLIGHT), int(State.CUTOFF_WAIT)


class Authority:
    """A1."""

    def __init__(self, directory: Directory, orders: Orders) -> None:
        self._directory = directory
        self._orders = orders
        self._given = Cells(np.int64, -1)
        """Row of the order's last authorisation."""
        self._hash = Cells()
        self._expires = Cells()
        self._rail = Cells(np.int32, -1)
        self._used = Cells(np.int64, -1)
        """Row at which an authorisation of the order was last used up."""
        self._released = Cells(np.int64, -1)

    def chunk(self, rows: Rows, findings: Findings) -> None:
        """Check authorisations and their use."""
        moved = rows.of(Kind.MOVED)
        flies = (rows.object[moved] == _IN_FLIGHT) & (rows.subject[moved] == _RELEASE)
        releases = (rows.object[moved] == _RELEASE) & (rows.subject[moved] != _CUTOFF)
        consents = rows.of(Kind.AUTHORISED, Kind.CONSUMED)
        at = merged(moved[flies | releases], consents)
        if len(at):
            groups = Groups(rows.payment[at])
            self._consent(rows, groups, groups.take(at), findings)

    def finish(self, findings: Findings) -> None:
        """Nothing more at the end."""

    def _consent(self, rows: Rows, groups: Groups, place: Ints, findings: Findings) -> None:
        kind, seq = rows.kind[place], rows.first + place
        gives, uses = kind == int(Kind.AUTHORISED), kind == int(Kind.CONSUMED)
        given = groups.latest(gives, seq, self._given)
        digest = groups.latest(gives, rows.amount[place], self._hash)
        expires = groups.latest(gives, rows.extra[place], self._expires)
        rail = groups.latest(gives, rows.object[place], self._rail)
        used = groups.latest(uses, seq, self._used)
        used_before = groups.previous(used, self._used)
        findings.where(
            "A1",
            uses & ((given < 0) | (used_before > given)),
            place,
            lambda i: "an authorisation not used before",
            lambda i: "none" if given[i] < 0 else f"one used at row {used_before[i]}",
        )
        fits = (digest == rows.amount[place]) & (rail == rows.object[place]) & (expires == rows.extra[place])
        findings.where(
            "A1",
            uses & (given >= 0) & ~fits,
            place,
            lambda i: (
                f"order {digest[i]} on {self._directory.name(int(rail[i]))} until second {expires[i]}, "
                "as authorised"
            ),
            lambda i: (
                f"order {rows.amount[place[i]]} on {self._directory.name(int(rows.object[place[i]]))} "
                f"until second {rows.extra[place[i]]}"
            ),
        )
        findings.where(
            "A1",
            uses & (given >= 0) & (rows.time[place] > expires),
            place,
            lambda i: f"release until second {expires[i]}, when the authorisation expires",
            lambda i: f"second {rows.time[place[i]]}",
        )
        moved = kind == int(Kind.MOVED)
        released = groups.latest(moved & (rows.object[place] == _RELEASE), seq, self._released)
        self._in_flight(rows, place, moved, used, released, rail, findings)
        for cells, values in (
            (self._given, given),
            (self._hash, digest),
            (self._expires, expires),
            (self._rail, rail),
            (self._used, used),
            (self._released, released),
        ):
            groups.leave(cells, values)

    def _in_flight(
        self,
        rows: Rows,
        place: Ints,
        moved: np.ndarray[tuple[int], np.dtype[np.bool_]],
        used: Ints,
        released: Ints,
        rail: Ints,
        findings: Findings,
    ) -> None:
        regime = self._directory.among(rows.extra[place], self._directory.terms.authorised_rails)
        flies = moved & (rows.object[place] == _IN_FLIGHT) & regime
        findings.where(
            "A1",
            flies & ((used < released) | (used < 0)),
            place,
            lambda i: (
                f"an authorisation used up to leave on {self._directory.name(int(rows.extra[place[i]]))}"
            ),
            lambda i: "none since it came to its release",
        )
        findings.where(
            "A1",
            flies & (used >= 0) & (rail != rows.extra[place]),
            place,
            lambda i: f"the authorised {self._directory.name(int(rail[i]))}",
            lambda i: self._directory.name(int(rows.extra[place[i]])),
        )
