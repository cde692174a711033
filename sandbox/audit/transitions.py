"""The life cycle: every order goes the table's ways, one at a time, to one end."""

import numpy as np

from sandbox.audit.groups import Groups
from sandbox.audit.orders import Orders, is_terminal, state_name
from sandbox.audit.rows import Rows
from sandbox.audit.violation import Findings
from sandbox.journal.kinds import Kind
from sandbox.lifecycle import FIRST, NOT_YET, TRANSITIONS, State


def _table() -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """The life cycle's table read for itself, not through the function that the actors ask."""
    legal = np.zeros((64, 64), np.bool_)
    for first in FIRST:
        legal[NOT_YET, first] = True
    for left, followers in TRANSITIONS.items():
        for to in followers:
            legal[left, to] = True
    return legal


_LEGAL = _table()
_IN_FLIGHT = int(State.IN_FLIGHT)


class Transitions:
    """L1 and L2, and at the end the census of all orders."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._created = 0
        self._censored = 0
        self._horizon: tuple[int, int] | None = None
        self._rows = 0

    def chunk(self, rows: Rows, findings: Findings) -> None:
        """Check the creations, moves and censorings of a chunk."""
        self._rows = rows.first + len(rows)
        self._creations(rows, findings)
        self._moves(rows, findings)
        self._censorings(rows, findings)
        horizon = rows.of(Kind.HORIZON)
        if len(horizon):
            self._at_horizon(rows, int(horizon[0]), findings)

    def _creations(self, rows: Rows, findings: Findings) -> None:
        at = rows.of(Kind.CREATED)
        if not len(at):
            return
        groups = Groups(rows.payment[at])
        place = groups.take(at)
        before = groups.previous(rows.time[place], self._orders.created)
        findings.where(
            "L1",
            before >= 0,
            place,
            lambda i: "an order created once",
            lambda i: f"again, after second {before[i]}",
        )
        groups.leave(self._orders.created, rows.time[place])
        groups.leave(self._orders.importer, rows.actor[place])
        groups.leave(self._orders.cents, rows.amount[place])
        self._created += len(at)

    def _moves(self, rows: Rows, findings: Findings) -> None:
        at = rows.of(Kind.MOVED)
        if not len(at):
            return
        groups = Groups(rows.payment[at])
        place = groups.take(at)
        left, to = rows.subject[place], rows.object[place]
        stands = groups.previous(to, self._orders.state)
        ended = is_terminal(stands) & ~_LEGAL[stands, to]
        findings.where(
            "L1",
            ended,
            place,
            lambda i: f"nothing more after {state_name(int(stands[i]))}",
            lambda i: f"a move to {state_name(int(to[i]))}",
        )
        findings.where(
            "L2",
            (left != stands) & ~ended,
            place,
            lambda i: f"a move from {state_name(int(stands[i]))}, where the order stands",
            lambda i: f"from {state_name(int(left[i]))} to {state_name(int(to[i]))}",
        )
        findings.where(
            "L2",
            ~_LEGAL[left, to],
            place,
            lambda i: f"a way of the life cycle from {state_name(int(left[i]))}",
            lambda i: f"a move to {state_name(int(to[i]))}",
        )
        findings.where(
            "L2",
            (to == _IN_FLIGHT) & (rows.extra[place] < 0),
            place,
            lambda i: "an order in flight on a rail",
            lambda i: "no rail",
        )
        groups.leave(self._orders.state, to)

    def _censorings(self, rows: Rows, findings: Findings) -> None:
        """After the moves: an order is censored where it stands at the horizon."""
        at = rows.of(Kind.CENSORED)
        if not len(at):
            return
        payment = rows.payment[at]
        stands = self._orders.state.at(payment)
        findings.where(
            "L1",
            (rows.subject[at] != stands) | is_terminal(stands) | (stands == NOT_YET),
            at,
            lambda i: f"an order in flight censored where it stands, in {state_name(int(stands[i]))}",
            lambda i: state_name(int(rows.subject[at[i]])),
        )
        age = rows.time[at] - self._orders.created.at(payment)
        findings.where(
            "L1",
            rows.amount[at] != age,
            at,
            lambda i: f"{age[i]} seconds since its creation",
            lambda i: f"{rows.amount[at[i]]}",
        )
        unique, counts = np.unique(payment, return_counts=True)
        twice = np.isin(payment, unique[counts > 1])
        findings.where("L1", twice, at, lambda i: "an order censored once", lambda i: "twice")
        self._censored += len(at)

    def _at_horizon(self, rows: Rows, position: int, findings: Findings) -> None:
        self._horizon = int(rows.amount[position]), int(rows.extra[position])
        asked = np.array([position], dtype=np.int64)
        said, before = self._horizon
        row = rows.first + position
        findings.where(
            "L1",
            np.array([said != self._created]),
            asked,
            lambda i: f"{self._created} orders created",
            lambda i: f"{said} said at the horizon",
        )
        findings.where(
            "T1",
            np.array([before != row]),
            asked,
            lambda i: f"{row} records before the horizon",
            lambda i: f"{before} said at the horizon",
        )

    def finish(self, findings: Findings) -> None:
        """Every order that was created has ended or was in flight at the horizon."""
        if self._horizon is None:
            findings.at_end("L1", "a record of the horizon", "none")
            return
        state = self._orders.state.data
        terminals = int(is_terminal(state.astype(np.int64)).sum())
        moved = int((state != NOT_YET).sum())
        if self._created != terminals + self._censored or moved != self._created:
            findings.at_end(
                "L1",
                f"{self._created} orders created = ended + in flight at the horizon",
                f"{terminals} ended + {self._censored} in flight, {moved} ever moved",
            )
