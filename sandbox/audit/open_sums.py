"""Sums per order that must come to nothing: only those that have not are kept."""

from dataclasses import dataclass

import numpy as np

from sandbox.audit.groups import Groups
from sandbox.audit.violation import Bools, Ints

#: Sums of one order are told apart by a code below this.
CODES = 4096


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A sum that is not nothing at the row that asks for it."""

    position: int
    payment: int
    code: int
    units: int


class OpenSums:
    """Running sums by order and code, between chunks only those that differ from zero."""

    def __init__(self) -> None:
        self.keys: Ints = np.empty(0, np.int64)
        """order * CODES + code, ascending."""
        self.units: Ints = np.empty(0, np.int64)

    def fold(self, position: Ints, keys: Ints, units: Ints, asked: Ints, payments: Ints) -> Unsettled | None:
        """Add a chunk's rows; the earliest of the ``asked`` rows at which its order has an open sum.

        ``position`` and ``asked`` are ascending rows of the chunk, ``payments`` the orders that are asked
        about. Only what was added before the row that asks is looked at.
        """
        if not len(keys) and not len(self.keys):
            return None
        groups = Groups(np.concatenate((self.keys, keys)))
        sums = groups.running(groups.take(np.concatenate((self.units, units))), 0)
        begins = groups.take(np.concatenate((np.full(len(self.keys), -1), position)))
        ends = np.append(begins[1:], 0)
        ends[groups.tails] = np.iinfo(np.int64).max
        worst = self._earliest(groups.keys, sums, begins, ends, asked, payments)
        keep = groups.tails & (sums != 0)
        self.keys, self.units = groups.keys[keep], sums[keep]
        return worst

    def forget(self, ended: Bools) -> None:
        """Drop the sums that ``ended`` marks."""
        self.keys, self.units = self.keys[~ended], self.units[~ended]

    @property
    def payments(self) -> Ints:
        """The order of each open sum."""
        result: Ints = self.keys // CODES
        return result

    @staticmethod
    def _earliest(
        keys: Ints, sums: Ints, begins: Ints, ends: Ints, asked: Ints, payments: Ints
    ) -> Unsettled | None:
        """A sum that differs from zero is in force from its row to the next of its key."""
        open_at = np.flatnonzero(sums)
        if not len(open_at) or not len(asked):
            return None
        order = np.lexsort((asked, payments))
        queries, whose = asked[order], payments[order]
        owner = keys[open_at] // CODES
        low = np.searchsorted(whose, owner)
        high = np.searchsorted(whose, owner, side="right")
        found: Unsettled | None = None
        for step in range(int((high - low).max(initial=0))):
            index = np.minimum(low + step, len(queries) - 1)
            row = queries[index]
            hit = (low + step < high) & (begins[open_at] < row) & (row <= ends[open_at])
            if hit.any():
                first = np.flatnonzero(hit)[row[hit].argmin()]
                if found is None or int(row[first]) < found.position:
                    which = open_at[first]
                    found = Unsettled(
                        int(row[first]), int(owner[first]), int(keys[which] % CODES), int(sums[which])
                    )
        return found
