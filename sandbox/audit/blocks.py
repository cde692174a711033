"""Blocks: heights count up by one, and a reorganisation goes back to a block that there was."""

import numpy as np

from sandbox.audit.facts import Directory
from sandbox.audit.rows import Rows
from sandbox.audit.violation import Findings, Ints
from sandbox.journal.kinds import Kind

_NO_BLOCK = -1


class Blocks:
    """C6. Knows, for the rules of finality, how high each chain stood at any row of the chunk."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._tips: dict[int, int] = {}
        self._steps: dict[int, tuple[Ints, Ints]] = {}
        self.reorgs: dict[int, list[tuple[int, int]]] = {}
        """Chain entity -> (row, height of the last common block) of each reorganisation."""

    def chunk(self, rows: Rows, findings: Findings) -> None:
        """Check the blocks of each chain."""
        at = rows.of(Kind.BLOCK, Kind.REORG)
        self._steps = {}
        for chain in np.unique(rows.actor[at]).tolist():
            self._chain(chain, rows, at[rows.actor[at] == chain], findings)

    def finish(self, findings: Findings) -> None:
        """Nothing more at the end."""

    def tip(self, chain: int, positions: Ints) -> Ints:
        """Height of the chain's last block before each of these rows, -1 for none."""
        at, after = self._steps.get(
            chain, (np.empty(0, np.int64), np.array([self._tips.get(chain, _NO_BLOCK)]))
        )
        result: Ints = after[np.searchsorted(at, positions)]
        return result

    def _chain(self, chain: int, rows: Rows, at: Ints, findings: Findings) -> None:
        height, depth = rows.amount[at], rows.object[at]
        after = np.concatenate(([self._tips.get(chain, _NO_BLOCK)], height))
        before = after[:-1]
        is_block = rows.is_kind(at, Kind.BLOCK)
        name = self._directory.name(chain)
        findings.where(
            "C6",
            is_block & (before != _NO_BLOCK) & (height != before + 1),
            at,
            lambda i: f"block {int(before[i]) + 1} of {name}",
            lambda i: f"block {height[i]}",
        )
        findings.where(
            "C6",
            ~is_block & ((depth <= 0) | (height + depth != before)),
            at,
            lambda i: f"{name} reorganised from its height {before[i]}",
            lambda i: f"{depth[i]} blocks back to {height[i]}",
        )
        back = at[~is_block]
        for position in back.tolist():
            self.reorgs.setdefault(chain, []).append((rows.first + position, int(rows.amount[position])))
        self._steps[chain] = (at, after)
        self._tips[chain] = int(after[-1])
