"""Limits of the digital ruble's platform: of one order, and of what one wallet may hold."""

import numpy as np

from sandbox.audit.cells import Cells
from sandbox.audit.facts import Directory
from sandbox.audit.groups import Groups
from sandbox.audit.rows import Rows
from sandbox.audit.violation import Findings, Ints
from sandbox.journal.kinds import Kind, Purpose
from sandbox.money import Asset


class Limits:
    """A7."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._held = Cells()
        """Kopecks in each wallet."""

    def chunk(self, rows: Rows, findings: Findings) -> None:
        """Check the digital rubles moved against the limits."""
        terms = self._directory.terms
        if not terms.operation_limit and not terms.holding_limit:
            return
        posted = rows.of(Kind.POSTED)
        moved = posted[self._directory.asset.at(rows.subject[posted]) == int(Asset.DRUB)]
        amount = rows.amount[moved]
        if terms.operation_limit:
            orders = (rows.reason[moved] == int(Purpose.PRINCIPAL)) & (rows.payment[moved] >= 0)
            findings.where(
                "A7",
                orders & (amount > terms.operation_limit),
                moved,
                lambda i: f"an order of at most {terms.operation_limit} kopecks",
                lambda i: f"{amount[i]}",
            )
        if terms.holding_limit and len(moved):
            self._holdings(rows, moved, findings)

    def finish(self, findings: Findings) -> None:
        """Nothing more at the end."""

    def _holdings(self, rows: Rows, moved: Ints, findings: Findings) -> None:
        limit, amount = self._directory.terms.holding_limit, rows.amount[moved]
        account = np.concatenate((rows.object[moved], rows.subject[moved]))
        change, row = np.concatenate((amount, -amount)), np.concatenate((moved, moved))
        order = np.argsort(row, kind="stable")
        groups = Groups(account[order])
        held = groups.running(groups.take(change[order]), self._held)
        wallet = self._directory.role.at(groups.keys) == self._directory.role_code("wallet")
        findings.where(
            "A7",
            wallet & (held > limit),
            groups.take(row[order]),
            lambda i: f"at most {limit} kopecks in a wallet",
            lambda i: f"{held[i]} in {self._directory.account_name(int(groups.keys[i]))}",
        )
        groups.leave(self._held, held)
