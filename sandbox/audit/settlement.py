"""Credit: the beneficiary is paid exactly once, by exactly the orders that settled, with proof of it."""

import numpy as np

from sandbox.audit.cells import Cells
from sandbox.audit.facts import Directory
from sandbox.audit.groups import Groups
from sandbox.audit.orders import is_terminal, state_name
from sandbox.audit.rows import Rows, marks
from sandbox.audit.violation import Bools, Findings, Ints
from sandbox.journal.kinds import Kind, Purpose
from sandbox.lifecycle import TERMINALS, State

_PAYS = marks((Purpose.PROCEEDS, Purpose.PRINCIPAL, Purpose.FX_LEG))
_TAKES_BACK = marks((Purpose.REORG, Purpose.RETURN))
_RELEASE, _CUTOFF = int(State.RELEASE), int(State.CUTOFF_WAIT)
_SETTLED, _CREDITED = int(State.SETTLED), int(State.CREDITED)
_LOOKED_AT = marks((State.RELEASE, State.SETTLED, *TERMINALS))


class Settlement:
    """L5. A beneficiary is paid by a posting of value to its account, or its wallet of an asset it keeps."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._paid = Cells(np.int8)
        """Payments of the order to its beneficiary, less those taken back."""
        self._released = Cells(np.int64, -1)
        self._final = Cells(np.int64, -1)
        self._undone = Cells(np.int64, -1)
        self._receipt = Cells(np.int64, -1)

    def chunk(self, rows: Rows, findings: Findings) -> None:
        """Check credits, settlements and their proofs."""
        change = self._payments_made(rows)
        at = self._rows(rows, change)
        if not len(at):
            return
        groups = Groups(rows.payment[at])
        place = groups.take(at)
        paid = groups.running(change[place], self._paid)
        findings.where(
            "L5",
            (paid < 0) | (paid > 1),
            place,
            lambda i: "a beneficiary paid once",
            lambda i: f"{paid[i]} payments to it",
        )
        moved = rows.kind[place] == int(Kind.MOVED)
        state = np.where(moved, rows.object[place], 0)
        owed = (state == _CREDITED).astype(np.int64)
        findings.where(
            "L5",
            is_terminal(state) & (paid != owed),
            place,
            lambda i: (
                f"{owed[i]} payments to the beneficiary of an order that is {state_name(int(state[i]))}"
            ),
            lambda i: f"{paid[i]}",
        )
        groups.leave(self._paid, paid)
        self._proofs(rows, groups, place, state, findings)

    def finish(self, findings: Findings) -> None:
        """Nothing more at the end."""

    def _payments_made(self, rows: Rows) -> Ints:
        """+1 for a posting that pays a beneficiary, -1 for one that takes it back, by position."""
        posted = rows.of(Kind.POSTED)
        purpose, ours = rows.reason[posted], rows.payment[posted] >= 0
        change = np.zeros(len(rows), np.int64)
        pays = ours & _PAYS[purpose] & self._is_beneficiary(rows.object[posted])
        takes = ours & _TAKES_BACK[purpose] & self._is_beneficiary(rows.subject[posted])
        change[posted] = pays.astype(np.int64) - takes.astype(np.int64)
        return change

    def _is_beneficiary(self, accounts: Ints) -> Bools:
        directory = self._directory
        role, asset = directory.role.at(accounts), directory.asset.at(accounts)
        kept = np.zeros(len(accounts), np.bool_)
        for code in directory.terms.kept_assets:
            kept |= asset == int(code)
        kept &= role == directory.role_code("wallet")
        result: Bools = (role == directory.role_code("beneficiary")) | kept
        return result

    def _rows(self, rows: Rows, change: Ints) -> Ints:
        moved = rows.of(Kind.MOVED)
        moved = moved[_LOOKED_AT[rows.object[moved]]]
        proofs = rows.of(Kind.FINAL, Kind.REORGED, Kind.RECEIPT)
        proofs = proofs[rows.payment[proofs] >= 0]
        return np.sort(np.concatenate((moved, proofs, np.flatnonzero(change))))

    def _proofs(self, rows: Rows, groups: Groups, place: Ints, state: Ints, findings: Findings) -> None:
        """Since the order was last released: finality that stands, or the operator's receipt."""
        kind, seq = rows.kind[place], rows.first + place
        released = (state == _RELEASE) & (rows.subject[place] != _CUTOFF)
        last = {}
        for cells, mask in (
            (self._released, released),
            (self._final, kind == int(Kind.FINAL)),
            (self._undone, kind == int(Kind.REORGED)),
            (self._receipt, kind == int(Kind.RECEIPT)),
        ):
            last[id(cells)] = values = groups.latest(mask, seq, cells)
            groups.leave(cells, values)
        since = last[id(self._released)]
        final, receipt = last[id(self._final)], last[id(self._receipt)]
        settles = (state == _SETTLED) | (state == _CREDITED)
        rail = rows.extra[place]
        on_chain = self._directory.among(rail, self._directory.terms.chain_rails)
        by_receipt = self._directory.among(rail, self._directory.terms.receipt_rails)
        unproven = on_chain & ((final <= since) | (final <= last[id(self._undone)]))
        findings.where(
            "L5",
            settles & unproven,
            place,
            lambda i: f"finality on the chain before an order is {state_name(int(state[i]))}",
            lambda i: "none that stands since its release",
        )
        findings.where(
            "L5",
            settles & by_receipt & (receipt <= since),
            place,
            lambda i: f"the operator's receipt before an order is {state_name(int(state[i]))}",
            lambda i: "none since its release",
        )
