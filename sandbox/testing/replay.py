"""A second reading of a journal, row by row, in plain Python: what a state machine compares its world with.

It shares no code with the books or the auditor. Where a row breaks a rule it raises AssertionError, and the message
begins with the rule's id.
"""

from collections import Counter
from typing import Any

from sandbox.journal import Journal, Kind, Purpose
from sandbox.lifecycle import FIRST, TRANSITIONS, State

_RESOLVED = (Kind.HOLD_POSTED, Kind.HOLD_VOIDED, Kind.HOLD_EXPIRED)


class Replay:
    """Balances, holds, freezes and states as the rows say."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._read = 0
        self._last_entry = 0
        self.balances = Counter[int]()
        """Account -> minor units."""
        self.open_holds: dict[int, tuple[int, int, int]] = {}
        """Hold -> (account, minor units, payment or -1)."""
        self.ended_holds: set[int] = set()
        self.frozen: set[int] = set()
        """Accounts the issuer has frozen."""
        self.states: dict[int, int] = {}
        """Payment -> state."""

    def held(self, account: int) -> int:
        """Minor units in the open holds of an account."""
        return sum(units for owner, units, _ in self.open_holds.values() if owner == account)

    def read_on(self) -> None:
        """Take in the rows that are new. Raises AssertionError at the first that breaks a rule."""
        rows = self._journal.array()[self._read :].tolist()
        for _, kind, reason, payment, _, subject, object_, amount, extra in rows:
            self._read += 1
            if kind == Kind.POSTED:
                self._posted(reason, subject, object_, amount, extra)
            elif kind == Kind.RESERVED:
                assert extra not in self.open_holds, f"V5: hold {extra} was opened twice"
                self.open_holds[extra] = (subject, amount, payment)
            elif kind in _RESOLVED:
                self._resolved(subject, amount, extra, whole=kind != Kind.HOLD_POSTED)
            elif kind == Kind.MOVED:
                self._moved(payment, subject, object_)
            elif kind == Kind.FROZEN:
                self.frozen.add(subject)
            elif kind == Kind.UNFROZEN:
                self.frozen.discard(subject)

    def _posted(self, reason: int, debit: int, credit: int, amount: int, entry: int) -> None:
        accounts: Any = self._journal.accounts
        assert amount > 0, f"V3: an amount of {amount} was posted"
        assert debit != credit, f"V2: account {debit} paid itself"
        assert accounts[debit][2] == accounts[credit][2], f"V2: entry {entry} is between two assets"
        assert entry in (self._last_entry, self._last_entry + 1), f"V2: entry {entry} is out of order"
        assert debit not in self.frozen or reason == Purpose.DESTROY, (
            f"A3: {amount} left account {debit}, which is frozen"
        )
        self._last_entry = entry
        self.balances[debit] -= amount
        self.balances[credit] += amount

    def _resolved(self, account: int, amount: int, hold: int, whole: bool) -> None:
        assert hold not in self.ended_holds, f"V5: hold {hold} was resolved twice"
        assert hold in self.open_holds, f"V5: hold {hold} was never opened"
        owner, units, _ = self.open_holds.pop(hold)
        self.ended_holds.add(hold)
        fits = amount == units if whole else 0 < amount <= units
        assert owner == account and fits, f"V5: hold {hold} of {units} was resolved with {amount}"

    def _moved(self, payment: int, left: int, entered: int) -> None:
        stood = self.states.get(payment, 0)
        assert left == stood, f"L2: payment {payment} left state {left}, but stood in {stood}"
        lawful = TRANSITIONS[State(left)] if left else FIRST
        assert entered in lawful, f"L2: payment {payment} went from state {left} to {entered}"
        self.states[payment] = entered
