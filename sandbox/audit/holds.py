"""Holds: money reserved is delivered, released or expired exactly once, and adds up."""

import numpy as np

from sandbox.audit.cells import Cells
from sandbox.audit.groups import Groups
from sandbox.audit.orders import Orders
from sandbox.audit.rows import Rows
from sandbox.audit.violation import Bools, Findings, Ints
from sandbox.journal.kinds import Kind

_OPEN, _RESOLVED = 1, 2


class Holds:
    """V5. Leaves in :attr:`changes` what each row of the chunk did to the held part of its account."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._state = Cells(np.int8)
        self._amount = Cells()
        self._account = Cells(np.int32)
        self._payment = Cells(np.int32)
        self.at: Ints = np.empty(0, np.int64)
        self.changes: Ints = np.empty(0, np.int64)

    def chunk(self, rows: Rows, findings: Findings) -> None:
        """Check the holds of a chunk."""
        self.at = at = rows.of(Kind.RESERVED, Kind.HOLD_POSTED, Kind.HOLD_VOIDED, Kind.HOLD_EXPIRED)
        self.changes = np.zeros(len(at), np.int64)
        if not len(at):
            return
        groups = Groups(rows.extra[at])
        place = groups.take(at)
        opens = rows.is_kind(place, Kind.RESERVED)
        state = groups.previous(np.where(opens, _OPEN, _RESOLVED), self._state)
        amount = rows.amount[place]
        held = groups.previous(amount, self._amount)
        account = groups.previous(rows.subject[place], self._account)
        payment = groups.previous(rows.payment[place], self._payment)
        findings.where(
            "V5",
            state != np.where(opens, 0, _OPEN),
            place,
            lambda i: "a hold reserved once and resolved once",
            lambda i: (
                f"hold {groups.keys[i]} {'reserved' if opens[i] else 'resolved'} "
                f"{('before it was reserved', 'again while open', 'again after its end')[state[i]]}"
            ),
        )
        self._match(rows, groups, place, ~opens, held, (account, payment), findings)
        self._delivered(rows, findings)
        findings.where(
            "V5", opens & (amount <= 0), place, lambda i: "more than 0 minor units", lambda i: str(amount[i])
        )
        self.changes[groups.order] = np.where(opens, amount, -held)
        tails = groups.tails
        keys = groups.keys[tails]
        self._state.put(keys, np.where(opens, _OPEN, _RESOLVED)[tails])
        self._amount.put(keys, amount[tails])
        self._account.put(keys, rows.subject[place][tails])
        self._payment.put(keys, rows.payment[place][tails])

    def _match(
        self,
        rows: Rows,
        groups: Groups,
        place: Ints,
        resolves: Bools,
        held: Ints,
        whose: tuple[Ints, Ints],
        findings: Findings,
    ) -> None:
        """A resolution is of the same account and order, and of the amount held (at most, if delivered)."""
        account, payment = whose
        same = (rows.subject[place] == account) & (rows.payment[place] == payment)
        findings.where(
            "V5",
            resolves & ~same,
            place,
            lambda i: f"hold {groups.keys[i]} resolved on account {account[i]} for payment {payment[i]}",
            lambda i: f"account {rows.subject[place[i]]}, payment {rows.payment[place[i]]}",
        )
        amount, posted = rows.amount[place], rows.is_kind(place, Kind.HOLD_POSTED)
        wrong = resolves & np.where(posted, (amount > held) | (amount <= 0), amount != held)
        findings.where(
            "V5",
            wrong,
            place,
            lambda i: f"{'at most' if posted[i] else 'exactly'} the {held[i]} held",
            lambda i: f"{amount[i]}",
        )

    def _delivered(self, rows: Rows, findings: Findings) -> None:
        """The legs that follow a delivery debit the held account by what was delivered."""
        at, posted = rows.of(Kind.HOLD_POSTED), rows.of(Kind.POSTED)
        if not len(at):
            return
        entry = rows.extra[posted]
        index = np.searchsorted(posted, at)
        number = np.append(entry, -1)[index]
        delivered, last = np.zeros(len(at), np.int64), at.copy()
        leg, going = np.append(posted, -1)[index], np.ones(len(at), np.bool_)
        while True:
            going &= (leg == last + 1) & (np.append(entry, -2)[index] == number)
            if not going.any():
                break
            last = np.where(going, leg, last)
            mine = going & (rows.subject[last] == rows.subject[at])
            delivered += np.where(mine, rows.amount[last], 0)
            index = np.minimum(index + 1, len(posted))
            leg = np.append(posted, -1)[index]
        amount = rows.amount[at]
        findings.where(
            "V5",
            delivered != amount,
            last,
            lambda i: f"legs that debit the held account by {amount[i]}",
            lambda i: f"{delivered[i]}",
        )

    def finish(self, findings: Findings) -> None:
        """No finished order leaves a hold behind."""
        holds = np.flatnonzero(self._state.data == _OPEN).astype(np.int64)
        payments = self._payment.data[holds].astype(np.int64)
        holds, payments = holds[payments >= 0], payments[payments >= 0]
        left = np.flatnonzero(self._orders.ended(payments))
        if len(left):
            hold, payment = int(holds[left[0]]), int(payments[left[0]])
            findings.at_end(
                "V5",
                "no open hold of an order that has ended",
                f"hold {hold} of {self._amount.data[hold]} still open",
                payment,
            )
