"""Volume caps: every counter is the sum of the month's orders, and none passes its limit."""

import numpy as np

from sandbox.audit.cells import Cells
from sandbox.audit.facts import Directory
from sandbox.audit.groups import Groups
from sandbox.audit.orders import Orders
from sandbox.audit.rows import Rows
from sandbox.audit.violation import Findings
from sandbox.journal.kinds import Kind


class Volumes:
    """A6: one counter for each cap (whose, of which goods) and calendar month."""

    def __init__(self, directory: Directory, orders: Orders) -> None:
        self._directory = directory
        self._orders = orders
        self._numbers: dict[tuple[int, int, int, int], int] = {}
        """(regulator, firm, category, month) -> number of the counter."""
        self._sums = Cells()

    def chunk(self, rows: Rows, findings: Findings) -> None:
        """Check limits, counters, and that a firm's own counter is of its own orders."""
        at = rows.of(Kind.QUOTA_USED)
        if not len(at):
            return
        used, limit = rows.amount[at], rows.extra[at]
        findings.where(
            "A6",
            (limit >= 0) & (used > limit),
            at,
            lambda i: f"at most {limit[i]} US cents in the period",
            lambda i: f"{used[i]}",
        )
        starts = self._directory.terms.month_starts
        known = rows.payment[at] >= 0
        if not starts or not known.all():
            return
        month = np.searchsorted(np.asarray(starts, dtype=np.int64), rows.time[at], side="right")
        whose = rows.subject[at]
        names = [
            self._numbers.setdefault(key, len(self._numbers))
            for key in zip(
                rows.actor[at].tolist(),
                whose.tolist(),
                rows.object[at].tolist(),
                month.tolist(),
                strict=True,
            )
        ]
        groups = Groups(np.asarray(names, dtype=np.int64))
        place = groups.take(at)
        sums = groups.running(self._orders.cents.at(rows.payment[place]), self._sums)
        findings.where(
            "A6",
            rows.amount[place] != sums,
            place,
            lambda i: f"{sums[i]} US cents, the month's orders added up",
            lambda i: f"{rows.amount[place[i]]}",
        )
        importer = self._orders.importer.at(rows.payment[at])
        findings.where(
            "A6",
            (whose >= 0) & (whose != importer),
            at,
            lambda i: f"the counter of {self._directory.name(int(importer[i]))}, whose order it is",
            lambda i: self._directory.name(int(whose[i])),
        )
        groups.leave(self._sums, sums)

    def finish(self, findings: Findings) -> None:
        """Nothing more at the end."""
