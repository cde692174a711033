"""Transactions: included once at a time, final only when buried as deep as the rail promised."""

import numpy as np

from sandbox.audit.blocks import Blocks
from sandbox.audit.cells import Cells
from sandbox.audit.facts import ChainTerms, Directory
from sandbox.audit.groups import Groups
from sandbox.audit.rows import Rows
from sandbox.audit.violation import Findings, Ints
from sandbox.journal.kinds import Kind

_KINDS = (Kind.BROADCAST, Kind.INCLUDED, Kind.FINAL, Kind.REORGED, Kind.CONFLICTED)
_INCLUDED, _FINAL, _REORGED, _CONFLICTED = (
    int(kind) for kind in (Kind.INCLUDED, Kind.FINAL, Kind.REORGED, Kind.CONFLICTED)
)
_BROADCAST = int(Kind.BROADCAST)

#: What may stand before a row of each kind; 0: nothing but broadcasts.
_BEFORE = {
    _INCLUDED: (0, _REORGED),
    _FINAL: (_INCLUDED,),
    _REORGED: (_INCLUDED, _FINAL),
    _CONFLICTED: (0, _REORGED),
    _BROADCAST: (0, _INCLUDED, _REORGED, _CONFLICTED, _FINAL),
}
_FITS = np.zeros((64, 64), np.bool_)
for _code, _allowed_before in _BEFORE.items():
    _FITS[_code, _allowed_before] = True


class Finality:
    """C1, C2 and C5, for every transaction number of every chain."""

    def __init__(self, directory: Directory, blocks: Blocks) -> None:
        self._directory = directory
        self._blocks = blocks
        self._chains = {name: index for index, name in enumerate(directory.terms.chains)}
        self._last = Cells(np.int8)
        """Last of INCLUDED, FINAL, REORGED and CONFLICTED of the transaction."""
        self._height = Cells()
        self._time = Cells()
        self._seq = Cells()
        self._success = Cells(np.int8)

    def chunk(self, rows: Rows, findings: Findings) -> None:
        """Check the chunk's transactions."""
        at = rows.of(*_KINDS)
        if not len(at):
            return
        chain = np.where(rows.is_kind(at, Kind.BROADCAST), rows.subject[at], rows.actor[at])
        ids = {self._directory.entity(name): index for name, index in self._chains.items()}
        known = self._directory.among(chain, frozenset(self._chains))
        findings.where(
            "C1",
            ~known,
            at,
            lambda i: "a chain whose finality the scenario states",
            lambda i: self._directory.name(int(chain[i])),
        )
        at, chain = at[known], chain[known]
        index = np.zeros(len(at), np.int64)
        for entity, number in ids.items():
            index[chain == entity] = number
        groups = Groups(rows.extra[at] * len(self._chains) + index)
        self._check(rows, groups, groups.take(at), groups.take(chain), findings)

    def finish(self, findings: Findings) -> None:
        """Nothing more at the end."""

    def _check(self, rows: Rows, groups: Groups, place: Ints, chain: Ints, findings: Findings) -> None:
        kind = rows.kind[place]
        counts = kind != _BROADCAST
        last = groups.latest(counts, kind, self._last)
        before = groups.previous(last, self._last)
        fits = _FITS[kind, before]
        for rule, about_final in (("C5", False), ("C1", True)):
            findings.where(
                rule,
                ~fits & ((kind == _FINAL) == about_final),
                place,
                lambda i: _allowed(int(kind[i])),
                lambda i: f"transaction {rows.extra[place[i]]} {_state(int(before[i]))}",
            )
        included = kind == _INCLUDED
        height = groups.latest(included, rows.amount[place], self._height)
        time = groups.latest(included, rows.time[place], self._time)
        seq = groups.latest(included, rows.first + place, self._seq)
        success = groups.latest(included, rows.subject[place], self._success)
        again = ((kind == _FINAL) | (kind == _REORGED)) & ((before == _INCLUDED) | (before == _FINAL))
        findings.where(
            "C5",
            again & (rows.amount[place] != height),
            place,
            lambda i: f"transaction {rows.extra[place[i]]} in block {height[i]}, where it was included",
            lambda i: f"block {rows.amount[place[i]]}",
        )
        finals = np.flatnonzero((kind == _FINAL) & (before == _INCLUDED))
        findings.where(
            "C1",
            success[finals] != 1,
            place[finals],
            lambda i: "a transfer that succeeded",
            lambda i: "a reverted one called final",
        )
        for name, terms in self._directory.terms.chains.items():
            entity = self._directory.entity(name)
            mine = finals[chain[finals] == entity]
            if len(mine):
                self._deep_enough(rows, place[mine], height[mine], time[mine], entity, terms, findings)
                self._still_there(rows, place[mine], height[mine], seq[mine], entity, findings)
        for cells, values in (
            (self._last, last),
            (self._height, height),
            (self._time, time),
            (self._seq, seq),
            (self._success, success),
        ):
            groups.leave(cells, values)

    def _deep_enough(
        self,
        rows: Rows,
        place: Ints,
        height: Ints,
        time: Ints,
        entity: int,
        terms: ChainTerms,
        findings: Findings,
    ) -> None:
        """C1: as many blocks as promised were waited for, and had been made."""
        k = terms.confirmations
        waited = rows.object[place]
        findings.where(
            "C1", waited < k, place, lambda i: f"{k} confirmations waited for", lambda i: f"{waited[i]}"
        )
        reached = self._blocks.tip(entity, place) - height + 1
        deep = reached >= k
        if terms.block_seconds is not None:
            passed = rows.time[place] - time
            deep |= passed >= k * terms.block_seconds
        interval = terms.block_seconds
        findings.where(
            "C1",
            ~deep,
            place,
            lambda i: f"finality {k} blocks deep" + (f" or {k * interval} seconds after" if interval else ""),
            lambda i: f"{reached[i]} blocks, {rows.time[place[i]] - time[i]} seconds after inclusion",
        )

    def _still_there(
        self, rows: Rows, place: Ints, height: Ints, seq: Ints, entity: int, findings: Findings
    ) -> None:
        """C2: no block was disconnected between a transaction's inclusion in it and its finality."""
        for row, common in self._blocks.reorgs.get(entity, ()):
            gone = (seq < row) & (row < rows.first + place) & (height > common)
            findings.where(
                "C2",
                gone,
                place,
                lambda i: f"no finality in block {height[i]}, which was disconnected",
                lambda i: "a transaction called final in it",
            )


def _state(before: int) -> str:
    return "not in any block" if before == 0 else f"already {Kind(before).name}"


def _allowed(kind: int) -> str:
    words = " or ".join("not in any block" if code == 0 else Kind(code).name for code in _BEFORE[kind])
    return f"{Kind(kind).name} only of a transaction that is {words}"
