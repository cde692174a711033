"""Refunds: what was paid for goods whose export was refused goes back, once, and in full."""

import numpy as np

from sandbox.audit.cells import Cells
from sandbox.audit.facts import Directory
from sandbox.audit.rows import Rows, merged
from sandbox.audit.violation import Findings, Ints
from sandbox.goods import GoodsState
from sandbox.journal.kinds import Kind, Purpose
from sandbox.lifecycle import State

_OWED, _ARRIVED = 1, 2
_REFUSED = int(GoodsState.EXPORT_REFUSED)
_CREDITED = int(State.CREDITED)


class Refunds:
    """D5. A credited order of refused goods owes a refund, whichever of the two came first."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._contract = Cells(np.int64, -1)
        self._refused = Cells(np.int8)
        self._credited = Cells(np.int8)
        self._stage = Cells(np.int8)
        self._owed = Cells()
        self._to_payer = Cells()
        """Minor units returned to the order's payer since the refund is owed."""
        self._from_payee = Cells()
        """Minor units that left its beneficiary as a return."""
        self._any = False

    def chunk(self, rows: Rows, findings: Findings) -> None:
        """Follow the refunds of a chunk."""
        created = rows.of(Kind.CREATED)
        self._contract.put(rows.payment[created], rows.object[created])
        goods = rows.of(Kind.GOODS)
        self._refused.put(rows.payment[goods[rows.object[goods] == _REFUSED]], 1)
        moved = rows.of(Kind.MOVED)
        self._credited.put(rows.payment[moved[rows.object[moved] == _CREDITED]], 1)
        at = rows.of(Kind.REFUND)
        self._any |= bool(len(at))
        if self._any:
            self._follow(rows, at, findings)

    def finish(self, findings: Findings) -> None:
        """Whoever was credited for refused goods owes the money or has sent it."""
        orders = np.flatnonzero(self._contract.data >= 0)
        barred = (self._refused.at(self._contract.at(orders)) == 1) & (self._credited.at(orders) == 1)
        silent = orders[barred & (self._stage.at(orders) == 0)]
        if len(silent):
            findings.at_end("D5", "a refund owed for goods that were refused", "none", int(silent[0]))

    def _follow(self, rows: Rows, refunds: Ints, findings: Findings) -> None:
        """Few rows: one by one."""
        posted = rows.of(Kind.POSTED)
        posted = posted[(rows.reason[posted] == int(Purpose.RETURN)) & (rows.payment[posted] >= 0)]
        for position in merged(refunds, posted).tolist():
            order = int(rows.payment[position])
            for cells in (self._stage, self._owed, self._to_payer, self._from_payee):
                cells.reach(order)
            if rows.kind[position] == int(Kind.REFUND):
                self._refund(rows, position, order, findings)
            elif self._stage.data[order] == _OWED:
                self._returned(rows, position, order)

    def _returned(self, rows: Rows, position: int, order: int) -> None:
        role, units = self._directory.role.data, int(rows.amount[position])
        if role[rows.subject[position]] == self._directory.role_code("beneficiary"):
            self._from_payee.data[order] += units
        if role[rows.object[position]] == self._directory.role_code("client"):
            self._to_payer.data[order] += units

    def _refund(self, rows: Rows, position: int, order: int, findings: Findings) -> None:
        stage, units = int(rows.subject[position]), int(rows.amount[position])
        contract = int(self._contract.at(np.array([order]))[0])
        barred = contract >= 0 and bool(self._refused.at(np.array([contract]))[0])
        credited = bool(self._credited.at(np.array([order]))[0])
        asked = np.array([position], dtype=np.int64)
        if stage != int(self._stage.data[order]) + 1 or not barred or not credited:
            findings.where(
                "D5",
                np.array([True]),
                asked,
                lambda i: "one refund, owed and then paid back, for a credited order of refused goods",
                lambda i: "another record of a refund",
            )
        self._stage.data[order] = stage
        if stage == _OWED:
            self._owed.data[order] = units
            return
        gone, came = int(self._from_payee.data[order]), int(self._to_payer.data[order])
        kept = self._keeps_tokens(gone)
        findings.where(
            "D5",
            np.array([units != int(self._owed.data[order]) or came <= 0 or (gone != units and not kept)]),
            asked,
            lambda i: f"{units} minor units taken back from the supplier, and roubles given to the payer",
            lambda i: f"{gone} taken back and {came} given",
        )

    def _keeps_tokens(self, gone: int) -> bool:
        """A supplier that kept the token sends tokens: another asset than the one it is owed in."""
        roles = self._directory.role.data[: self._directory.accounts]
        chains = self._directory.chain.data[: self._directory.accounts]
        on_chain = (roles == self._directory.role_code("beneficiary")) & (chains >= 0)
        return gone > 0 and bool(on_chain.any())
