"""Exports: the roubles that reach an exporter are those for which its buyer's money was sold, and no others."""

import numpy as np

from sandbox.audit.cells import Cells
from sandbox.audit.facts import Directory, Owed
from sandbox.audit.fees import CHARGES
from sandbox.audit.groups import Groups
from sandbox.audit.rows import Rows, marks
from sandbox.audit.violation import Findings
from sandbox.journal.kinds import Kind, Purpose
from sandbox.lifecycle import State
from sandbox.money import Asset

_RUB, _CREDITED = int(Asset.RUB), int(State.CREDITED)
_GOES_OUT = marks((*CHARGES, Purpose.PROCEEDS, Purpose.PRINCIPAL))


class Exports:
    """V11. A conversion's own legs are the business of V8, the amount owed that of V6."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._owed = Owed.nothing()
        self._left = Cells()
        """Kopecks bought with an order's money and not yet credited or charged."""

    def chunk(self, rows: Rows, findings: Findings) -> None:
        """At its credit an export has nothing left of what was bought, and has spent no more."""
        if not self._directory.terms.exports:
            return
        at = rows.of(Kind.CONVERTED, Kind.POSTED, Kind.MOVED)
        at = at[rows.payment[at] >= 0]
        if len(at) and int(rows.payment[at].max()) >= len(self._owed.exports):
            self._owed = self._directory.owed()
        at = at[self._owed.exported(rows.payment[at])]
        if not len(at):
            return
        groups = Groups(rows.payment[at])
        place = groups.take(at)
        bought = rows.is_kind(place, Kind.CONVERTED) & (rows.subject[place] == _RUB)
        posted = rows.is_kind(place, Kind.POSTED)
        account = np.where(posted, rows.subject[place], 0)
        spent = posted & (self._directory.asset.at(account) == _RUB)
        spent &= _GOES_OUT[np.where(posted, rows.reason[place], 0)]
        change = np.where(bought, rows.amount[place], 0) - np.where(spent, rows.amount[place], 0)
        left = groups.running(change, self._left)
        credited = rows.is_kind(place, Kind.MOVED) & (rows.object[place] == _CREDITED)
        findings.where(
            "V11",
            credited & (left != 0),
            place,
            lambda i: "roubles credited and charged as many as the buyer's money was sold for",
            lambda i: f"{abs(left[i])} kopecks {'fewer' if left[i] > 0 else 'more'}",
        )
        groups.leave(self._left, left)

    def finish(self, findings: Findings) -> None:
        """Nothing more at the end."""


__all__ = ["Exports"]
