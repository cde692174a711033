"""What a run leaves for the audit, kept in memory: rows, static tables and what the chains said."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sandbox.audit import Auditor, ChainTerms, Owed, Terms
from sandbox.journal import Kind
from sandbox.money import Asset

K_EVM, K_BTC, EVM_SECONDS = 3, 2, 12
#: What one digital-ruble order may move and one wallet may hold: more than any history here makes.
OPERATION_LIMIT, HOLDING_LIMIT = 10**10, 10**12
TERMS = Terms(
    registered_from=3_000_000_00,
    exports=True,
    chains={
        "chain/evm": ChainTerms(confirmations=K_EVM, block_seconds=EVM_SECONDS),
        "chain/bitcoin": ChainTerms(confirmations=K_BTC),
    },
    operation_limit=OPERATION_LIMIT,
    holding_limit=HOLDING_LIMIT,
)


@dataclass
class History:
    """What a run leaves: rows, static tables and what the chains said."""

    records: np.ndarray[Any, Any]
    entities: list[str]
    accounts: list[Any]
    readings: list[tuple[str, int, int, list[tuple[int, int]]]]
    owed: Owed = field(default_factory=Owed.nothing)

    def audit(self, chunk_rows: int = 64, complete: bool = True, terms: Terms = TERMS) -> Auditor:
        """Feed the history to a fresh auditor in chunks."""
        auditor = Auditor(lambda: self.entities, lambda: self.accounts, terms, lambda: self.owed)
        for chain, height, rows, readings in self.readings:
            auditor.block_closed(chain, height, rows, readings)
        for first in range(0, len(self.records), chunk_rows):
            auditor.chunk(self.records[first : first + chunk_rows], first)
        auditor.finish(complete)
        return auditor

    def find(self, kind: Kind, nth: int = 0, **columns: int) -> int:
        """Row of the nth record of a kind with these columns."""
        mask = self.records["kind"] == int(kind)
        for name, value in columns.items():
            mask = mask & (self.records[name] == int(value))
        return int(np.flatnonzero(mask)[nth])

    def account(self, owner: str, role: str, asset: Asset) -> int:
        """Number of an account."""
        entity = self.entities.index(owner)
        return next(row[0] for row in self.accounts if row[1:4] == (entity, int(asset), role))

    def changed(self, row: int, **columns: int) -> "History":
        """A copy with other values in one row."""
        records = self.records.copy()
        for name, value in columns.items():
            records[name][row] = int(value)
        return History(records, self.entities, self.accounts, self.readings, self.owed)

    def without(self, *rows: int) -> "History":
        """A copy without these rows."""
        return self._spliced({row: [] for row in rows})

    def with_row(self, before: int, like: int, **columns: int) -> "History":
        """A copy with one more row before another, like a third with other values."""
        new = self.records[like].copy()
        new["time"] = self.records["time"][min(before, len(self.records) - 1)]
        for name, value in columns.items():
            new[name] = int(value)
        return self._spliced({before: [new, self.records[before]]})

    def _spliced(self, instead: dict[int, list[Any]]) -> "History":
        """Rows replaced by none or several; the readings and the horizon's count follow."""
        rows: list[Any] = []
        moved = []
        for row, record in enumerate(self.records):
            rows += instead.get(row, [record])
            moved.append(len(rows))
        records = np.array([r.item() for r in rows], dtype=self.records.dtype)
        records["extra"][records["kind"] == int(Kind.HORIZON)] = len(records) - 1
        readings = [(c, h, moved[at - 1], list(units)) for c, h, at, units in self.readings]
        return History(records, self.entities, self.accounts, readings, self.owed)
