"""The goods beside the payments: their own ways, shipment after the money, due dates, and exports refused."""

import numpy as np

from sandbox.audit.cells import Cells
from sandbox.audit.facts import Directory
from sandbox.audit.groups import Groups
from sandbox.audit.orders import Orders
from sandbox.audit.rows import Rows, marks
from sandbox.audit.violation import Bools, Findings, Ints
from sandbox.goods import CREDIT_FIRST, GOODS_TRANSITIONS, NOT_YET, GoodsState, Terms
from sandbox.journal.kinds import Kind
from sandbox.lifecycle import State

_NEVER = 2**62
_DAY = 86_400
_SHIPPED, _DELIVERED = int(GoodsState.SHIPPED), int(GoodsState.DELIVERED)
_REFUSED = int(GoodsState.EXPORT_REFUSED)
_CREDIT_FIRST = marks(CREDIT_FIRST)
_CREDITED, _PROFILE = int(State.CREDITED), int(State.PROFILE)


def _table() -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """The table of the goods read for itself, not through the actor that moves them."""
    legal = np.zeros((64, 64), np.bool_)
    legal[NOT_YET, GoodsState.ORDERED] = True
    for left, followers in GOODS_TRANSITIONS.items():
        for to in followers:
            legal[left, to] = True
    return legal


_LEGAL = _table()


def _name(code: int) -> str:
    return GoodsState(code).name if code else "nothing"


class Goods:
    """D1, D2, D3 and D4. Goods are named by the order that opens their contract."""

    def __init__(self, directory: Directory, orders: Orders) -> None:
        self._directory = directory
        self._terms_of_run = directory.terms
        self._orders = orders
        self._state = Cells(np.int8)
        self._terms = Cells(np.int8)
        self._due = Cells(np.int64, -1)
        self._delivered = Cells(np.int64, _NEVER)
        """Row at which the contract's goods were delivered."""
        self._refused = Cells(np.int64, _NEVER)
        """Row at which their export was refused."""
        self._contract = Cells(np.int64, -1)
        """Contract of each order, -1 where the world has no goods."""
        self._invoice = Cells()
        self._due_at_order = Cells(np.int64, -1)
        self._credited = Cells(np.int64, _NEVER)
        """Row at which an order was first credited."""
        self._credited_at = Cells(np.int64, -1)
        self._locked = Cells(np.int64, _NEVER)
        """Row at which an order's price was first locked in the escrow."""
        self._penalty = Cells(np.int64, -1)
        self._any = False

    def chunk(self, rows: Rows, findings: Findings) -> None:
        """Check goods, due dates and what they mean to the orders."""
        moves = rows.of(Kind.GOODS)
        created = rows.of(Kind.CREATED)
        self._any |= bool(len(moves)) or bool((rows.object[created] >= 0).any())
        if not self._any:
            return
        self._note_orders(rows, created)
        self._note_credits(rows)
        if len(moves):
            self._ways(rows, moves, findings)
            self._money_first(rows, moves, findings)
            self._deliveries(rows, moves, findings)
        self._due_dates(rows, created, findings)
        self._penalties(rows, rows.of(Kind.PENALTY), findings)
        self._stopped(rows, findings)

    def finish(self, findings: Findings) -> None:
        """Whoever was credited late owes the penalty of its contract."""
        if not self._any or self._terms_of_run.penalty_per_day is None:
            return
        orders = np.flatnonzero(self._contract.data >= 0)
        orders = orders[self._credited_at.at(orders) >= 0]
        late = self._credited_at.at(orders) - self._due_when_credited(orders)
        owed = np.where(self._owes(orders) & (late > 0), self._cents(orders, late), 0)
        missing = orders[(owed > 0) & (self._penalty.at(orders) < 0)]
        if len(missing):
            findings.at_end("D3", "a penalty for every late credit", "none of a late order", int(missing[0]))

    # -- what is remembered ----------------------------------------------------------------------------

    def _note_orders(self, rows: Rows, created: Ints) -> None:
        orders = rows.payment[created]
        self._contract.put(orders, rows.object[created])
        self._invoice.put(orders, rows.amount[created])
        self._due_at_order.put(orders, rows.extra[created])

    def _note_credits(self, rows: Rows) -> None:
        moved = rows.of(Kind.MOVED)
        at = moved[rows.object[moved] == _CREDITED]
        first = at[self._credited.at(rows.payment[at]) == _NEVER][::-1]
        self._credited.put(rows.payment[first], rows.first + first)
        self._credited_at.put(rows.payment[first], rows.time[first])
        escrow = self._directory.entity("escrow")
        if escrow >= 0:
            posted = rows.of(Kind.POSTED)
            posted = posted[(rows.payment[posted] >= 0)]
            posted = posted[self._directory.owner.at(rows.object[posted]) == escrow]
            fresh = posted[self._locked.at(rows.payment[posted]) == _NEVER][::-1]
            self._locked.put(rows.payment[fresh], rows.first + fresh)

    # -- the goods themselves --------------------------------------------------------------------------

    def _ways(self, rows: Rows, moves: Ints, findings: Findings) -> None:
        groups = Groups(rows.payment[moves])
        place = groups.take(moves)
        left, to = rows.subject[place], rows.object[place]
        stands = groups.previous(to, self._state)
        # What was under way when the run began stands where it stands.
        opening = (stands == NOT_YET) & (left == NOT_YET) & (rows.time[place] == 0)
        findings.where(
            "D1",
            ~opening & ((left != stands) | ~_LEGAL[left, to]),
            place,
            lambda i: f"a way of the goods from {_name(int(stands[i]))}, where they stand",
            lambda i: f"from {_name(int(left[i]))} to {_name(int(to[i]))}",
        )
        groups.leave(self._state, to)
        self._terms.put(rows.payment[moves], rows.reason[moves])
        refused = moves[rows.object[moves] == _REFUSED]
        self._refused.put(rows.payment[refused], rows.first + refused)

    def _money_first(self, rows: Rows, moves: Ints, findings: Findings) -> None:
        asks = (rows.object[moves] == _SHIPPED) & _CREDIT_FIRST[rows.reason[moves]]
        at = moves[asks]
        paid = np.minimum(self._credited.at(rows.payment[at]), self._locked.at(rows.payment[at]))
        findings.where(
            "D2",
            paid > rows.first + at,
            at,
            lambda i: "prepaid goods shipped after the supplier is credited or the price is in escrow",
            lambda i: "shipped before",
        )

    def _deliveries(self, rows: Rows, moves: Ints, findings: Findings) -> None:
        due, agreed = rows.extra[moves], rows.amount[moves]
        delivered = rows.object[moves] == _DELIVERED
        none = ~delivered | (rows.reason[moves] == int(Terms.PREPAY))
        asked = np.where(none, -1, rows.time[moves] + agreed)
        # Goods delivered before the run fell due by as much earlier.
        early = delivered & ~none & (rows.subject[moves] == NOT_YET)
        findings.where(
            "D3",
            np.where(early, due > asked, due != asked),
            moves,
            lambda i: f"payment due at second {asked[i]}, as agreed from delivery (-1: not yet)",
            lambda i: f"second {due[i]}",
        )
        at = moves[delivered]
        self._due.put(rows.payment[at], rows.extra[at])
        self._delivered.put(rows.payment[at], rows.first + at)

    # -- what they mean to the orders ------------------------------------------------------------------

    def _due_dates(self, rows: Rows, created: Ints, findings: Findings) -> None:
        at = created[(rows.object[created] >= 0) & (rows.extra[created] >= 0)]
        contract = rows.object[at]
        known = self._delivered.at(contract) < rows.first + at
        own = contract == rows.payment[at]
        due = self._due.at(contract)
        wrong = ~known | np.where(own, rows.extra[at] != due, rows.extra[at] < due)
        findings.where(
            "D3",
            wrong & ~self._before_the_run(contract),
            at,
            lambda i: f"a due date from the goods' delivery, second {due[i]}",
            lambda i: f"second {rows.extra[at[i]]}",
        )

    def _before_the_run(self, contract: Ints) -> Bools:
        """Whether nothing was ever written of these goods: their life was over before second 0."""
        unseen: Bools = self._state.at(contract) == NOT_YET
        return unseen

    def _penalties(self, rows: Rows, at: Ints, findings: Findings) -> None:
        if not len(at) or self._terms_of_run.penalty_per_day is None:
            return
        orders = rows.payment[at]
        late = rows.time[at] - self._due_when_credited(orders)
        owed = np.where(self._owes(orders) & (late > 0), self._cents(orders, np.maximum(late, 0)), 0)
        now = self._credited_at.at(orders) == rows.time[at]
        findings.where(
            "D3",
            (rows.amount[at] != owed) | (rows.extra[at] != late) | ~now,
            at,
            lambda i: f"a penalty of {owed[i]} US cents for {late[i]} seconds past due, at the credit",
            lambda i: f"{rows.amount[at[i]]} US cents for {rows.extra[at[i]]} seconds",
        )
        twice = self._penalty.at(orders) >= 0
        findings.where("D3", twice, at, lambda i: "one penalty of an order", lambda i: "another")
        self._penalty.put(orders, rows.amount[at])

    def _due_when_credited(self, orders: Ints) -> Ints:
        """The due second that an order had at its credit, -1 for none."""
        contract = np.maximum(self._contract.at(orders), 0)
        delivered = self._delivered.at(contract) < self._credited.at(orders)
        due = self._due_at_order.at(orders)
        return np.where(due >= 0, due, np.where(delivered, self._due.at(contract), -1))

    def _owes(self, orders: Ints) -> Bools:
        """Whether an order is paid after delivery and has a due date."""
        contract = self._contract.at(orders)
        prepaid = (contract == orders) & _CREDIT_FIRST[self._terms.at(np.maximum(contract, 0))]
        owes: Bools = (contract >= 0) & ~prepaid & (self._due_when_credited(orders) >= 0)
        return owes

    def _cents(self, orders: Ints, late: Ints) -> Ints:
        daily, cap = self._terms_of_run.penalty_per_day, self._terms_of_run.penalty_cap
        assert daily is not None and cap is not None
        share = np.minimum(cap, daily * np.maximum(late, 0) / _DAY)
        return (self._invoice.at(orders) * share).astype(np.int64)

    def _stopped(self, rows: Rows, findings: Findings) -> None:
        """Goods that may not leave are not paid for, whatever the rail."""
        moved = rows.of(Kind.MOVED)
        at = moved[rows.object[moved] == _PROFILE]
        contract = self._contract.at(rows.payment[at])
        at, contract = at[contract >= 0], contract[contract >= 0]
        findings.where(
            "D4",
            self._refused.at(contract) < rows.first + at,
            at,
            lambda i: "no authorised payment for goods whose export was refused",
            lambda i: "one that goes on to the bank's desk",
        )
