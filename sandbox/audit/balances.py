"""Balances folded from the postings alone: never below what is held, equal to the chain at every block."""

from array import array
from collections.abc import Iterable
from itertools import repeat

import numpy as np

from sandbox.audit.cells import Cells
from sandbox.audit.facts import Directory, asset_name
from sandbox.audit.holds import Holds
from sandbox.audit.rows import Rows
from sandbox.audit.violation import Bools, Findings, Ints
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
        before = len(self._account)
        for account, units in readings:
            self._account.append(account)
            self._units.append(units)
        count = len(self._account) - before
        self._row.extend(repeat(row, count))
        self._height.extend(repeat(height, count))

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
        events, shift = self._events(rows)
        account = events >> shift
        position = (events >> 1) & ((1 << (shift - 1)) - 1)
        posted, held = self._effects(rows, position, (events & 1).astype(np.bool_))
        heads = np.empty(len(events), np.bool_)
        heads[:1] = True
        np.not_equal(account[1:], account[:-1], out=heads[1:])
        first = np.flatnonzero(heads)
        sizes = np.diff(np.append(first, len(events)))
        owners = account[first]
        balance = _running(posted, first, sizes, self.posted.at(owners))
        reserved = _running(held, first, sizes, self.held.at(owners))
        available = balance - reserved
        self._never_negative(account, position, available, balance, findings)
        self._same_as_chain(rows, events, shift, account, balance, findings)
        last = first + sizes - 1
        self.posted.put(owners, balance[last])
        self.held.put(owners, reserved[last])

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

    def _events(self, rows: Rows) -> tuple[Ints, int]:
        """Account, position and side of each change in one sortable number, sorted; bits of the last two."""
        at, holds = rows.of(Kind.POSTED), self._holds.at
        shift = len(rows).bit_length() + 1
        place, hold_place = at << 1, holds << 1
        events = np.concatenate(
            (
                (rows.subject[at] << shift) | place,
                (rows.object[at] << shift) | place | 1,
                (rows.subject[holds] << shift) | hold_place,
            )
        )
        events.sort()
        return events, shift

    def _effects(self, rows: Rows, position: Ints, credits: Bools) -> tuple[Ints, Ints]:
        """What each change does to the balance and to the held part."""
        amount = np.where(rows.kind == int(Kind.POSTED), rows.amount, 0)[position]
        held = np.zeros(len(rows), np.int64)
        held[self._holds.at] = self._holds.changes
        return np.where(credits, amount, -amount), held[position]

    def _never_negative(
        self, account: Ints, position: Ints, available: Ints, balance: Ints, findings: Findings
    ) -> None:
        wrong = (available < 0) & (self._directory.overdraft.at(account) == 0)
        findings.where(
            "V4",
            wrong,
            position,
            lambda i: f"at least 0 available on {self._directory.account_name(int(account[i]))}",
            lambda i: f"{available[i]} (balance {balance[i]}, held {balance[i] - available[i]})",
        )

    def _same_as_chain(
        self, rows: Rows, events: Ints, shift: int, account: Ints, balance: Ints, findings: Findings
    ) -> None:
        row, asked, units, height = self.readings.up_to(rows.first + len(rows))
        if not len(row):
            return
        position = np.maximum(row - rows.first, 0)
        index = np.searchsorted(events, (asked << shift) | (position << 1)) - 1
        books = self.posted.at(asked)
        if len(events):
            found = (index >= 0) & (account[np.maximum(index, 0)] == asked)
            books = np.where(found, balance[np.maximum(index, 0)], books)
        findings.where(
            "C4",
            books != units,
            np.clip(position - 1, 0, len(rows) - 1),
            lambda i: self._difference(asked[i], books[i], units[i], height[i])[0],
            lambda i: self._difference(asked[i], books[i], units[i], height[i])[1],
        )


def _running(changes: Ints, first: Ints, sizes: Ints, carried: Ints) -> Ints:
    """Sum of the changes of an account up to and with each, on top of what was carried."""
    sums = np.cumsum(changes)
    base = carried.copy()
    base[1:] -= sums[first[1:] - 1]
    running: Ints = sums + np.repeat(base, sizes)
    return running
