"""One transfer an order: whatever the chains do, an order's value stands on them at most once."""

import numpy as np

from sandbox.audit.cells import Cells
from sandbox.audit.facts import Directory
from sandbox.audit.groups import Groups
from sandbox.audit.rows import Rows
from sandbox.audit.violation import Findings, Ints
from sandbox.journal.kinds import Kind


class Transfers:
    """L4. A transfer is effective from the block that holds it until a reorganisation takes that block away.

    Only what was broadcast for the order counts: issuing digital rubles to its payer, say, is no transfer of it.
    """

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._chains = {name: index for index, name in enumerate(directory.terms.chains)}
        self._broadcast = Cells(np.int8)
        """Whether the transaction was broadcast for an order."""
        self._succeeded = Cells(np.int8)
        self._effective = Cells(np.int8)
        """Effective transfers of the order."""

    def chunk(self, rows: Rows, findings: Findings) -> None:
        """Count the effective transfers of each order."""
        at = rows.of(Kind.BROADCAST, Kind.INCLUDED, Kind.REORGED)
        at = at[rows.payment[at] >= 0]
        if not len(at):
            return
        place, change = self._changes(rows, at)
        place, change = place[change != 0], change[change != 0]
        order = np.argsort(place, kind="stable")
        place, change = place[order], change[order]
        groups = Groups(rows.payment[place])
        place = groups.take(place)
        effective = groups.running(groups.take(change), self._effective)
        findings.where(
            "L4",
            effective > 1,
            place,
            lambda i: "one effective transfer of an order on a chain",
            lambda i: f"transaction {rows.extra[place[i]]}, the {effective[i]}. of them",
        )
        groups.leave(self._effective, effective)

    def finish(self, findings: Findings) -> None:
        """Nothing more at the end."""

    def _changes(self, rows: Rows, at: Ints) -> tuple[Ints, Ints]:
        """Positions, and by how much each changes the number of its order's effective transfers."""
        offered = rows.is_kind(at, Kind.BROADCAST)
        chain = np.where(offered, rows.subject[at], rows.actor[at])
        index = np.zeros(len(at), np.int64)
        for name, number in self._chains.items():
            index[chain == self._directory.entity(name)] = number
        groups = Groups(rows.extra[at] * max(1, len(self._chains)) + index)
        place = groups.take(at)
        kind = rows.kind[place]
        included = kind == int(Kind.INCLUDED)
        broadcast = groups.latest(kind == int(Kind.BROADCAST), np.ones(len(place), np.int64), self._broadcast)
        succeeded = groups.latest(included, rows.subject[place], self._succeeded)
        groups.leave(self._broadcast, broadcast)
        groups.leave(self._succeeded, succeeded)
        counts = (broadcast == 1) & (succeeded == 1)
        return place, np.where(counts, included.astype(np.int64) - (kind == int(Kind.REORGED)), 0)
