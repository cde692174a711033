"""Fees: what an order was told it pays is what its postings charged."""

import numpy as np

from sandbox.audit.entries import purpose_name
from sandbox.audit.facts import Directory, asset_name
from sandbox.audit.open_sums import OpenSums
from sandbox.audit.orders import Orders, is_terminal
from sandbox.audit.rows import Rows, marks
from sandbox.audit.violation import Bools, Findings, Ints
from sandbox.journal.kinds import Kind, Purpose
from sandbox.lifecycle import State

CHARGES = frozenset(
    {
        Purpose.SPREAD,
        Purpose.BANK_FEE,
        Purpose.NETWORK_FEE,
        Purpose.AGENT_FEE,
        Purpose.PLATFORM_FEE,
        Purpose.CORRESPONDENT_FEE,
        Purpose.OFFRAMP_FEE,
    }
)
_IS_CHARGE = marks(CHARGES)


class Fees:
    """V7. A reorganisation turns the transfer back, not the charges: they stay as itemised."""

    def __init__(self, directory: Directory, orders: Orders) -> None:
        self._directory = directory
        self._orders = orders
        self._sums = OpenSums()

    def chunk(self, rows: Rows, findings: Findings) -> None:
        """Set charges posted against charges itemised; they must meet where an order is credited."""
        at = rows.of(Kind.ITEMISED, Kind.POSTED)
        at = at[_IS_CHARGE[rows.reason[at]] & (rows.payment[at] >= 0)]
        itemised = rows.is_kind(at, Kind.ITEMISED)
        asset = np.where(itemised, rows.subject[at], self._asset_posted(rows, at, itemised))
        keys = (rows.payment[at] << 12) | (rows.reason[at] << 6) | (asset & 63)
        units = np.where(itemised, rows.amount[at], -rows.amount[at])
        moved = rows.of(Kind.MOVED)
        credited = moved[rows.object[moved] == int(State.CREDITED)]
        worst = self._sums.fold(at, keys, units, credited, rows.payment[credited])
        if worst is not None:
            code, difference = worst.code, worst.units
            asked = np.array([worst.position], dtype=np.int64)
            findings.where(
                "V7",
                np.ones(1, np.bool_),
                asked,
                lambda i: f"{purpose_name(code >> 6)} in {asset_name(code & 63)} as itemised",
                lambda i: _difference(difference),
            )
        self._forget_failures()

    def finish(self, findings: Findings) -> None:
        """Nor was anything charged or promised after an order was credited."""
        left = np.flatnonzero(self._orders.state.at(self._sums.payments) == int(State.CREDITED))
        if len(left):
            code = int(self._sums.keys[left[0]] % 4096)
            findings.at_end(
                "V7",
                f"{purpose_name(code >> 6)} in {asset_name(code & 63)} as itemised",
                _difference(int(self._sums.units[left[0]])),
                int(self._sums.payments[left[0]]),
            )

    def _asset_posted(self, rows: Rows, at: Ints, itemised: Bools) -> Ints:
        return self._directory.asset.at(np.where(itemised, 0, rows.subject[at]))

    def _forget_failures(self) -> None:
        state = self._orders.state.at(self._sums.payments)
        self._sums.forget(is_terminal(state) & (state != int(State.CREDITED)))


def _difference(units: int) -> str:
    """How far the postings are from the receipt."""
    return f"{abs(units)} minor units {'less' if units > 0 else 'more'} posted than itemised"
