"""Balances folded from the postings alone: never below what is held, equal to the chain at every block."""

from array import array
from collections.abc import Iterable
from itertools import repeat

import numpy as np

from sandbox.audit.cells import Cells
from sandbox.audit.facts import Directory, asset_name
from sandbox.audit.groups import Groups
from sandbox.audit.holds import Holds
from sandbox.audit.rows import Rows
from sandbox.audit.violation import Findings, Ints
from sandbox.journal.kinds import Kind


class Readings:
    """Raw readings of a chain's addresses, kept until the rows before them have been folded."""

    def __init__(self) -> None:
        self._row = array("q")
        self._account = array("q")
        self._units = array("q")
        self._height = array("q")

    def add(self, row: int, height: int, readings: Iterable[tuple[int, int]]) -> None:
        """``(account, units)`` as the chain says after a block, when the journal had ``row`` rows."""
        pairs = list(readings)
        if not pairs:
            return
        accounts, units = zip(*pairs, strict=True)
        self._units.extend(units)
        self._account.extend(accounts)
        self._row.extend(repeat(row, len(pairs)))
        self._height.extend(repeat(height, len(pairs)))

    def up_to(self, row: int) -> tuple[Ints, Ints, Ints, Ints]:
        """Row, account, units and height of the readings taken at ``row`` rows or before; they leave."""
        rows = np.array(self._row, dtype=np.int64)
        count = int(np.searchsorted(rows, row, side="right"))
        columns = (rows[:count], *(np.array(c[:count], dtype=np.int64) for c in self._rest))
        for column in (self._row, *self._rest):
            del column[:count]
        return columns[0], columns[1], columns[2], columns[3]

    @property
    def _rest(self) -> tuple["array[int]", "array[int]", "array[int]"]:
        return self._account, self._units, self._height


class Balances:
    """V4 and C4 (and V1 at the end of a chunk): what every account holds after every row."""

    def __init__(self, directory: Directory, holds: Holds) -> None:
        self._directory = directory
        self._holds = holds
        self.readings = Readings()
        self.posted = Cells()
        """Received minus given, by account."""
        self.held = Cells()
        """Reserved by open holds, by account."""

    def chunk(self, rows: Rows, findings: Findings) -> None:
        """Fold the chunk's postings and holds; check every row and every reading on the way."""
        accounts, position, posted, held = self._changes(rows)
        groups = Groups(accounts)
        position = groups.take(position)
        balance = groups.running(groups.take(posted), self.posted)
        reserved = groups.running(groups.take(held), self.held)
        wrong = (balance < reserved) & (self._directory.overdraft.at(groups.keys) == 0)
        findings.where(
            "V4",
            wrong,
            position,
            lambda i: f"at least 0 available on {self._directory.account_name(int(groups.keys[i]))}",
            lambda i: f"{int(balance[i]) - int(reserved[i])} (balance {balance[i]}, held {reserved[i]})",
        )
        self._same_as_chain(rows, groups.keys, position, balance, findings)
        groups.leave(self.posted, balance)
        groups.leave(self.held, reserved)

    def settle_readings(self, row: int, findings: Findings) -> None:
        """Compare the readings taken after the last row."""
        _, asked, units, height = self.readings.up_to(row)
        books = self.posted.at(asked)
        wrong = np.flatnonzero(books != units)
        if len(wrong):
            i = int(wrong[0])
            findings.at_end("C4", *self._difference(asked[i], books[i], units[i], height[i]))

    def _difference(self, account: int, books: int, units: int, height: int) -> tuple[str, str]:
        name = self._directory.account_name(int(account))
        return f"{books} on {name} as in the books", f"{units} on the chain after block {height}"

    def finish(self, findings: Findings) -> None:
        """Each asset's balances sum to nothing, its issuer's and the outside world's included."""
        accounts = self._directory.accounts
        self.posted.reach(accounts)
        assets = self._directory.asset.data[:accounts]
        for asset in np.unique(assets):
            # Python integers: the sum of many balances may leave 64 bits on its way.
            total = sum(self.posted.data[:accounts][assets == asset].tolist())
            if total:
                findings.at_end(
                    "V1", f"all balances in {asset_name(int(asset))} sum to 0", f"{total} minor units"
                )

    def _changes(self, rows: Rows) -> tuple[Ints, Ints, Ints, Ints]:
        """Account, row, change of balance and change of the held part, in order of rows, giver first."""
        holds = self._holds.at
        at = rows.of(Kind.POSTED, Kind.RESERVED, Kind.HOLD_POSTED, Kind.HOLD_VOIDED, Kind.HOLD_EXPIRED)
        is_posted = rows.is_kind(at, Kind.POSTED)
        amount = np.where(is_posted, rows.amount[at], 0)
        held = np.zeros(len(rows), np.int64)
        held[holds] = self._holds.changes
        keep = np.ones(2 * len(at), np.bool_)
        keep[1::2] = is_posted
        both = np.empty((4, 2 * len(at)), np.int64)
        both[:, ::2] = rows.subject[at], at, -amount, held[at]
        both[:, 1::2] = rows.object[at], at, amount, np.zeros(len(at), np.int64)
        accounts, position, change, holding = both[:, keep]
        return accounts, position, change, holding

    def _same_as_chain(
        self, rows: Rows, account: Ints, position: Ints, balance: Ints, findings: Findings
    ) -> None:
        row, asked, units, height = self.readings.up_to(rows.first + len(rows))
        if not len(row):
            return
        at = np.maximum(row - rows.first, 0)
        shift = len(rows).bit_length()
        index = np.searchsorted((account << shift) | position, (asked << shift) | at) - 1
        books = self.posted.at(asked)
        if len(account):
            found = (index >= 0) & (account[np.maximum(index, 0)] == asked)
            books = np.where(found, balance[np.maximum(index, 0)], books)
        findings.where(
            "C4",
            books != units,
            np.clip(at - 1, 0, len(rows) - 1),
            lambda i: self._difference(asked[i], books[i], units[i], height[i])[0],
            lambda i: self._difference(asked[i], books[i], units[i], height[i])[1],
        )
