"""Rows that can be read at all: known kinds, numbers in range, seconds that do not run backwards.

Nothing else of the auditor looks at a row that fails here, so that its arrays can trust their indices.
"""

import numpy as np

from sandbox.audit.facts import Directory
from sandbox.audit.rows import Rows, marks
from sandbox.audit.violation import Findings, Ints
from sandbox.goods import GoodsState, Terms
from sandbox.journal.kinds import Kind, Purpose
from sandbox.lifecycle import Reason, State

#: No order, hold or transaction number is higher than this many times the rows so far, plus a million.
_ROWS_TIMES = 4
_SLACK = 1_000_000

_KNOWN_KINDS = marks(Kind)
_KNOWN_GOODS = marks((0, *GoodsState))
_KNOWN_STATES = marks((0, *State))
_HIGHEST_REASON = max(Reason)
_HIGHEST_PURPOSE = max(Purpose)

_OF_A_PAYMENT = (
    Kind.CREATED,
    Kind.MOVED,
    Kind.CHOSE_RAIL,
    Kind.ITEMISED,
    Kind.AUTHORISED,
    Kind.CONSUMED,
    Kind.CENSORED,
    Kind.RECEIPT,
    Kind.GOODS,
    Kind.PENALTY,
    Kind.REFUND,
    Kind.REGISTERED,
)
_TRANSACTIONS = (Kind.BROADCAST, Kind.INCLUDED, Kind.FINAL, Kind.REORGED, Kind.CONFLICTED)
_HOLDS = (Kind.RESERVED, Kind.HOLD_POSTED, Kind.HOLD_VOIDED, Kind.HOLD_EXPIRED)
_ON_ACCOUNT = (*_HOLDS, Kind.FROZEN, Kind.UNFROZEN, Kind.WALLET_OPENED, Kind.POSTED)
_OF_A_DESK = (Kind.DESK_ENTERED, Kind.DESK_STARTED, Kind.DESK_FINISHED, Kind.DESK_OPENED)
_ENTITIES = (
    (Kind.CREATED, "actor"),
    (Kind.ADMITTED, "subject"),
    (Kind.REVOKED, "subject"),
    (Kind.WARNED, "subject"),
    (Kind.WALLET_OPENED, "object"),
)


class Shape:
    """M3 and T1: the journal has the form that its kinds promise, in the order of time."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._time = 0
        self._next = 0
        self._ended = False

    def chunk(self, rows: Rows, findings: Findings) -> None:
        """Check form and order."""
        self._order(rows, findings)
        kinds = rows.records["kind"]
        known = _KNOWN_KINDS[kinds]
        if not known.all():
            every = np.arange(len(rows), dtype=np.int64)
            findings.where("M3", ~known, every, lambda i: "a known kind", lambda i: f"kind {kinds[i]}")
        self._numbers(rows, findings)
        self._codes(rows, findings)
        self._after_the_end(rows, findings)

    def finish(self, findings: Findings) -> None:
        """Nothing more at the end."""

    def _order(self, rows: Rows, findings: Findings) -> None:
        first, asked = rows.first, self._next
        start = np.zeros(1, np.int64)
        findings.where(
            "T1", np.array([first != asked]), start, lambda i: f"row {asked}", lambda i: f"row {first}"
        )
        self._next = first + len(rows)
        back = np.empty(len(rows), np.bool_)
        back[0] = rows.time[0] < self._time
        np.less(rows.time[1:], rows.time[:-1], out=back[1:])
        if back.any():
            every = np.arange(len(rows), dtype=np.int64)
            before = np.concatenate(([self._time], rows.time[:-1]))
            findings.where(
                "T1",
                back,
                every,
                lambda i: f"second {before[i]} or later",
                lambda i: f"second {rows.time[i]}",
            )
        self._time = int(rows.time[-1])

    def _after_the_end(self, rows: Rows, findings: Findings) -> None:
        end = rows.of(Kind.HORIZON)
        if not len(end) and not self._ended:
            return
        every = np.arange(len(rows), dtype=np.int64)
        after = np.full(len(rows), True) if self._ended else every > end[0]
        findings.where(
            "T1",
            after,
            every,
            lambda i: "nothing after the horizon",
            lambda i: Kind(int(rows.kind[i])).name,
        )
        self._ended = True

    def _numbers(self, rows: Rows, findings: Findings) -> None:
        highest = _SLACK + _ROWS_TIMES * self._next
        accounts = self._directory.accounts

        def within(what: str, at: Ints | None, values: Ints, low: int, high: int) -> None:
            if not len(values) or (values.min() >= low and values.max() < high):
                return
            at = np.arange(len(rows), dtype=np.int64) if at is None else at
            findings.where(
                "M3",
                (values < low) | (values >= high),
                at,
                lambda i: f"{what} within its range",
                lambda i: str(values[i]),
            )

        within("an order number", None, rows.payment, -1, highest)
        of_payment = rows.of(*_OF_A_PAYMENT)
        within("an order number", of_payment, rows.payment[of_payment], 0, highest)
        at = rows.of(*_TRANSACTIONS)
        within("a transaction number", at, rows.extra[at], 0, highest)
        at = rows.of(*_HOLDS)
        within("a hold number", at, rows.extra[at], 1, highest)
        at = rows.of(*_ON_ACCOUNT)
        within("an account", at, rows.subject[at], 0, accounts)
        at = rows.of(Kind.POSTED)
        within("an account", at, rows.object[at], 0, accounts)
        at = rows.of(*_OF_A_DESK)
        names = len(self._directory.names)
        within("a desk", at, rows.actor[at], 0, names)
        for kind, column in _ENTITIES:
            at = rows.of(kind)
            within("an entity", at, rows.records[column][at].astype(np.int64), -1, names)

    def _codes(self, rows: Rows, findings: Findings) -> None:
        at = rows.of(Kind.MOVED, Kind.REFUSED)
        self._up_to("a reason", at, rows.reason[at], _HIGHEST_REASON, findings)
        at = rows.of(Kind.POSTED, Kind.ITEMISED)
        self._up_to("a purpose", at, rows.reason[at], _HIGHEST_PURPOSE, findings)
        at = rows.of(Kind.MOVED)
        for values in (rows.subject[at], rows.object[at]):
            self._state(at, values, findings)
        self._state_of_censored(rows, findings)
        self._goods(rows, findings)

    def _goods(self, rows: Rows, findings: Findings) -> None:
        at = rows.of(Kind.GOODS)
        for values in (rows.subject[at], rows.object[at]):
            wrong = (values < 0) | (values >= 64) | ~_KNOWN_GOODS[np.clip(values, 0, 63)]
            findings.where("M3", wrong, at, lambda i: "a state of the goods", lambda i: "another code")
        self._up_to("terms", at, rows.reason[at], max(Terms), findings)
        created = rows.of(Kind.CREATED)
        contract = rows.object[created]
        findings.where(
            "M3",
            (contract < -1) | (contract > rows.payment[created]),
            created,
            lambda i: "a contract opened by this order or one before",
            lambda i: str(contract[i]),
        )

    def _up_to(self, what: str, at: Ints, values: Ints, highest: int, findings: Findings) -> None:
        findings.where(
            "M3", values > highest, at, lambda i: f"{what} up to {highest}", lambda i: str(values[i])
        )

    def _state(self, at: Ints, values: Ints, findings: Findings) -> None:
        wrong = (values < 0) | (values >= 64) | ~_KNOWN_STATES[np.clip(values, 0, 63)]
        findings.where("M3", wrong, at, lambda i: "a state of the life cycle", lambda i: f"code {values[i]}")

    def _state_of_censored(self, rows: Rows, findings: Findings) -> None:
        at = rows.of(Kind.CENSORED)
        self._state(at, rows.subject[at], findings)
