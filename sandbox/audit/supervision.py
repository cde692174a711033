"""Supervision: who is admitted, and how an admission may end."""

import numpy as np

from sandbox.audit.cells import Cells
from sandbox.audit.facts import Directory
from sandbox.audit.groups import Groups
from sandbox.audit.memberships import Memberships
from sandbox.audit.orders import Orders
from sandbox.audit.rows import Rows
from sandbox.audit.violation import Findings, Ints
from sandbox.journal.kinds import Kind

_ADMITTED, _REVOKED, _INSPECTED, _NOTICE, _AUTHORISED = (
    int(kind) for kind in (Kind.ADMITTED, Kind.REVOKED, Kind.INSPECTED, Kind.NOTICE_GIVEN, Kind.AUTHORISED)
)
#: Breach code of a threat of laundering.
_LAUNDERING = 2


class Supervision:
    """A2 and A8, firm by firm and regime by regime."""

    def __init__(self, directory: Directory, orders: Orders) -> None:
        self._directory = directory
        self._orders = orders
        self._memberships = Memberships()
        self._admitted = Cells(np.int8)
        self._found = Cells(np.int8)
        """Breach that the last inspection of this admission found."""
        self._notice = Cells(np.int64, -1)
        """Second at which the notice given in this admission runs out."""

    def chunk(self, rows: Rows, findings: Findings) -> None:
        """Check admissions, authorisations, inspections, notices and revocations."""
        of_firms = rows.of(Kind.ADMITTED, Kind.REVOKED, Kind.INSPECTED, Kind.NOTICE_GIVEN)
        of_firms = of_firms[rows.subject[of_firms] >= 0]
        given = rows.of(Kind.AUTHORISED)
        if not len(of_firms) and not len(given):
            return
        firm = self._orders.importer.at(rows.payment[given])
        at = np.concatenate((of_firms, given[firm >= 0]))
        firms = np.concatenate((rows.subject[of_firms], firm[firm >= 0]))
        keys = self._memberships.numbers(firms, rows.actor[at])
        order = np.argsort(at, kind="stable")
        groups = Groups(keys[order])
        self._check(rows, groups, groups.take(at[order]), findings)

    def finish(self, findings: Findings) -> None:
        """Nothing more at the end."""

    def _check(self, rows: Rows, groups: Groups, place: Ints, findings: Findings) -> None:
        kind, amount, extra = rows.kind[place], rows.amount[place], rows.extra[place]
        enters, leaves = kind == _ADMITTED, kind == _REVOKED
        admitted = groups.latest(enters | leaves, enters.astype(np.int64), self._admitted)
        inspected, noticed = kind == _INSPECTED, kind == _NOTICE
        found = groups.latest(enters | inspected, np.where(inspected, amount, 0), self._found)
        notice = groups.latest(enters | noticed, np.where(noticed, extra, -1), self._notice)

        def name(i: int) -> str:
            return self._directory.name(self._memberships.firm(int(groups.keys[i])))

        findings.where(
            "A2",
            (kind == _AUTHORISED) & (admitted != 1),
            place,
            lambda i: f"{name(i)} a participant when its order is authorised",
            lambda i: "not admitted",
        )
        findings.where(
            "A8",
            leaves & (extra > 0) & (found != extra),
            place,
            lambda i: f"an inspection of {name(i)} that found breach {extra[i]}",
            lambda i: f"breach {found[i]} found" if found[i] else "none found",
        )
        early = (notice < 0) | (rows.time[place] < notice)
        findings.where(
            "A8",
            leaves & (extra == _LAUNDERING) & early,
            place,
            lambda i: f"a notice to {name(i)} that has run out",
            lambda i: "no notice" if notice[i] < 0 else f"a notice until second {notice[i]}",
        )
        length = self._directory.terms.notice_seconds
        findings.where(
            "A8",
            noticed & (extra < rows.time[place] + length),
            place,
            lambda i: f"{length} seconds of notice to {name(i)}",
            lambda i: f"{extra[i] - rows.time[place[i]]}",
        )
        for cells, values in ((self._admitted, admitted), (self._found, found), (self._notice, notice)):
            groups.leave(cells, values)
