"""Credit: the beneficiary is paid exactly once, by exactly the orders that settled, with proof of it."""

import numpy as np

from sandbox.audit.blocks import Blocks
from sandbox.audit.cells import Cells
from sandbox.audit.facts import Directory
from sandbox.audit.groups import Groups
from sandbox.audit.orders import is_terminal, state_name
from sandbox.audit.rows import Rows, marks, merged
from sandbox.audit.violation import Bools, Findings, Ints
from sandbox.journal.kinds import Kind, Purpose
from sandbox.lifecycle import TERMINALS, State

_PAYS = marks((Purpose.PROCEEDS, Purpose.PRINCIPAL, Purpose.FX_LEG))
_TAKES_BACK = marks((Purpose.REORG, Purpose.RETURN))
_RELEASE, _CUTOFF = int(State.RELEASE), int(State.CUTOFF_WAIT)
_REORGED = int(State.REORGED)
_SETTLED, _CREDITED = int(State.SETTLED), int(State.CREDITED)
_LOOKED_AT = marks((State.RELEASE, State.SETTLED, State.REORGED, *TERMINALS))


class Settlement:
    """L5. A beneficiary is paid by a posting of value to its account, or its wallet of an asset it keeps."""

    def __init__(self, directory: Directory, blocks: Blocks) -> None:
        self._directory = directory
        self._blocks = blocks
        self._paid = Cells(np.int8)
        """Payments of the order to its beneficiary, less those taken back."""
        self._since = Cells(np.int64, -1)
        """Row from which on a proof counts."""
        self._final = Cells(np.int64, -1)
        self._undone = Cells(np.int64, -1)
        self._receipt = Cells(np.int64, -1)
        self._included = Cells(np.int64, -1)
        self._height = Cells()
        self._chain = Cells(np.int32, -1)

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
        proofs = rows.of(Kind.INCLUDED, Kind.FINAL, Kind.REORGED, Kind.RECEIPT)
        proofs = proofs[rows.payment[proofs] >= 0]
        return merged(moved, proofs, np.flatnonzero(change))

    def _proofs(self, rows: Rows, groups: Groups, place: Ints, state: Ints, findings: Findings) -> None:
        """Since the order was last released, or lost its finality: finality that stands, or a receipt."""
        kind, seq = rows.kind[place], rows.first + place
        released = (state == _RELEASE) & (rows.subject[place] != _CUTOFF)
        since = self._last(groups, self._since, released | (state == _REORGED), seq)
        final = self._last(groups, self._final, kind == int(Kind.FINAL), seq)
        receipt = self._last(groups, self._receipt, kind == int(Kind.RECEIPT), seq)
        undone = self._last(groups, self._undone, kind == int(Kind.REORGED), seq)
        included = kind == int(Kind.INCLUDED)
        again = self._last(groups, self._included, included, seq)
        height = self._last(groups, self._height, included, rows.amount[place])
        chain = self._last(groups, self._chain, included, rows.actor[place])
        settles = (state == _SETTLED) | (state == _CREDITED)
        terms, rail = self._directory.terms, rows.extra[place]
        proven = final > since
        lost = np.flatnonzero(settles & proven & (undone > final))
        proven[lost] = (again[lost] > undone[lost]) & self._buried(place[lost], chain[lost], height[lost])
        findings.where(
            "L5",
            settles & ~proven & self._directory.among(rail, terms.chain_rails),
            place,
            lambda i: f"finality on the chain before an order is {state_name(int(state[i]))}",
            lambda i: "none that stands since its release",
        )
        findings.where(
            "L5",
            settles & (receipt <= since) & self._directory.among(rail, terms.receipt_rails),
            place,
            lambda i: f"the operator's receipt before an order is {state_name(int(state[i]))}",
            lambda i: "none since its release",
        )

    @staticmethod
    def _last(groups: Groups, cells: Cells, mask: Bools, values: Ints) -> Ints:
        """The value at the last marked row of the order so far, carried on to the next chunk."""
        last = groups.latest(mask, values, cells)
        groups.leave(cells, last)
        return last

    def _buried(self, positions: Ints, chain: Ints, height: Ints) -> Bools:
        """Whether a block is as deep as its chain's finality asks for.

        A reorganisation may take back a final transfer and hold it again so deep that it never stops being final.
        """
        deep = np.zeros(len(positions), np.bool_)
        for name, terms in self._directory.terms.chains.items():
            entity = self._directory.entity(name)
            here = chain == entity
            tip = self._blocks.tip(entity, positions[here])
            deep[here] = tip - height[here] + 1 >= terms.confirmations
        return deep
