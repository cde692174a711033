"""Escrow: what is locked for an order moves once, to the supplier when the goods are released, or back."""

import numpy as np

from sandbox.audit.facts import Directory
from sandbox.audit.rows import Rows, merged
from sandbox.audit.violation import Findings
from sandbox.goods import GoodsState
from sandbox.journal.kinds import Kind, Purpose

_RELEASED = int(GoodsState.RELEASED)


class Escrow:
    """D6. An order's locked units are followed one by one: there are few."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._locked: dict[int, tuple[int, int]] = {}
        """Order -> units locked and the account that gave them."""
        self._released: set[int] = set()
        """Orders that have locked something and whose goods were released since."""

    def chunk(self, rows: Rows, findings: Findings) -> None:
        """Follow what enters and leaves the escrow's account."""
        escrow = self._directory.entity("escrow")
        if escrow < 0:
            return
        posted = rows.of(Kind.POSTED)
        owner = self._directory.owner
        enters = owner.at(rows.object[posted]) == escrow
        leaves = owner.at(rows.subject[posted]) == escrow
        goods = rows.of(Kind.GOODS)
        goods = goods[rows.object[goods] == _RELEASED]
        entering = set(posted[enters].tolist())
        for position in merged(posted[enters | leaves], goods).tolist():
            order = int(rows.payment[position])
            if rows.kind[position] == int(Kind.GOODS):
                if order in self._locked:
                    self._released.add(order)
            elif position in entering:
                self._enter(rows, position, order, findings)
            else:
                self._leave(rows, position, order, findings)

    def finish(self, findings: Findings) -> None:
        """What is still locked belongs to orders in flight: another rule's matter."""

    def _enter(self, rows: Rows, position: int, order: int, findings: Findings) -> None:
        if order < 0 or order in self._locked:
            self._note(position, findings, "one lock of an order at a time", "another")
        self._locked[order] = int(rows.amount[position]), int(rows.subject[position])

    def _leave(self, rows: Rows, position: int, order: int, findings: Findings) -> None:
        units, giver = self._locked.pop(order, (0, -1))
        amount, to, purpose = (int(column[position]) for column in (rows.amount, rows.object, rows.reason))
        if amount != units:
            self._note(position, findings, f"{units} minor units leave the escrow at once", str(amount))
        roles = (self._directory.role_code("wallet"), self._directory.role_code("beneficiary"))
        supplier = int(self._directory.role.at(np.array([to]))[0]) in roles
        if purpose == int(Purpose.RETURN):
            fits = to == giver
        else:
            fits = purpose == int(Purpose.PRINCIPAL) and supplier and order in self._released
        if not fits:
            self._note(
                position,
                findings,
                "locked units go to the supplier of released goods, or back to who locked them",
                f"to {self._directory.account_name(to)}",
            )
        self._released.discard(order)

    @staticmethod
    def _note(position: int, findings: Findings, asked: str, found: str) -> None:
        at = np.array([position], dtype=np.int64)
        findings.where("D6", np.array([True]), at, lambda i: asked, lambda i: found)
