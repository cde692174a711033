"""What a run states once: names of entities, accounts, attributes of payments, names of codes."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from sandbox.journal.tables import as_column

Account = tuple[int, int, int, str, bool, int, str]

_ACCOUNT_COLUMNS: dict[str, pa.DataType] = {
    "account": pa.int64(),
    "owner": pa.int64(),
    "asset": pa.int64(),
    "role": pa.string(),
    "may_overdraw": pa.bool_(),
    "chain": pa.int64(),
    "address": pa.string(),
}


class Statics:
    """The static tables of a journal while a run fills them."""

    def __init__(self, codes: Mapping[str, Mapping[int, str]]) -> None:
        self.entities: list[str] = []
        """Names, by id."""
        self._ids: dict[str, int] = {}
        self.accounts: list[Account] = []
        self._payments: dict[str, list[pa.Array]] = {}
        self._described = 0
        self._codes = codes

    def entity(self, name: str) -> int:
        """The id of a name, by first use."""
        number = self._ids.setdefault(name, len(self.entities))
        if number == len(self.entities):
            self.entities.append(name)
        return number

    def account(self, account: Account) -> None:
        """Add the next account. Raises ValueError for a number out of order."""
        if account[0] != len(self.accounts):
            raise ValueError(f"account {account[0]} is not the next: {len(self.accounts)} are described")
        self.accounts.append(account)

    def describe_payments(
        self, columns: Mapping[str, Sequence[Any] | np.ndarray[Any, Any] | pa.Array]
    ) -> None:
        """Add rows to the table of payments. Raises ValueError for other columns or uneven lengths."""
        arrays = {name: as_column(values) for name, values in columns.items()}
        rows = len(next(iter(arrays.values()))) if arrays else 0
        if not rows:
            return
        if any(len(values) != rows for values in arrays.values()):
            raise ValueError("columns of payments differ in length")
        if "payment" not in arrays:
            arrays = {"payment": as_column(np.arange(self._described, self._described + rows)), **arrays}
        if self._payments and {n: c[0].type for n, c in self._payments.items()} != _types(arrays):
            raise ValueError(f"payments have the columns {list(self._payments)}, not {list(arrays)}")
        for name, values in arrays.items():
            self._payments.setdefault(name, []).append(values)
        self._described += rows

    def table(self, name: str) -> pa.Table:
        """One static table by name."""
        if name == "entities":
            return pa.table(
                {
                    "id": pa.array(range(len(self.entities)), pa.int64()),
                    "name": pa.array(self.entities, pa.string()),
                }
            )
        if name == "accounts":
            return pa.table(
                {
                    column: pa.array([account[i] for account in self.accounts], kind)
                    for i, (column, kind) in enumerate(_ACCOUNT_COLUMNS.items())
                }
            )
        if name == "payments":
            chunks: dict[str, Any] = {n: pa.chunked_array(c) for n, c in self._payments.items()}
            return pa.table(chunks or {"payment": pa.array([], pa.int64())})
        if name == "codes":
            return self._code_table()
        raise KeyError(name)

    def _code_table(self) -> pa.Table:
        rows = [(s, code, text) for s, names in self._codes.items() for code, text in names.items()]
        return pa.table(
            {
                "space": pa.array([row[0] for row in rows], pa.string()),
                "code": pa.array([int(row[1]) for row in rows], pa.int64()),
                "name": pa.array([row[2] for row in rows], pa.string()),
            }
        )


def _types(arrays: Mapping[str, pa.Array]) -> dict[str, pa.DataType]:
    return {name: values.type for name, values in arrays.items()}
