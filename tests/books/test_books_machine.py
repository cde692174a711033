"""Books under any sequence of operations, against a plain model and against their own journal.

The invariants: V1 conservation per asset, V2 double entry, V3 whole numbers, V4 nothing below what is held,
V5 holds resolve once. Each is shown to fail on books with a seeded defect.
"""

from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from sandbox.books import Books, BooksError, InsufficientFunds, Leg
from sandbox.journal import Journal, Kind, Purpose
from sandbox.money import Asset

ASSETS = (Asset.RUB, Asset.USDT)
PER_ASSET = 4
ACCOUNTS = st.integers(0, PER_ASSET * len(ASSETS) - 1)
AMOUNTS = st.one_of(st.integers(-1, 60), st.integers(1, 10**18))


@st.composite
def likely_legs(draw: st.DrawFn) -> Leg:
    """A leg within one asset and of a size that is often there."""
    asset = draw(st.integers(0, len(ASSETS) - 1)) * PER_ASSET
    debit = draw(st.integers(0, PER_ASSET - 1))
    credit = (debit + draw(st.integers(1, PER_ASSET - 1))) % PER_ASSET
    return asset + debit, asset + credit, draw(st.integers(1, 60)), Purpose.PRINCIPAL


ANY_LEG = st.tuples(ACCOUNTS, ACCOUNTS, AMOUNTS, st.just(Purpose.PRINCIPAL))
LEGS = st.lists(st.one_of(likely_legs(), likely_legs(), likely_legs(), ANY_LEG), min_size=1, max_size=4)
RESOLUTIONS = (Kind.HOLD_POSTED, Kind.HOLD_VOIDED, Kind.HOLD_EXPIRED)


class BooksMachine(RuleBasedStateMachine):
    """Account 4n+0 of each asset may be overdrawn (issuer or outside world), the others may not."""

    books_class: ClassVar[type[Books]] = Books

    def __init__(self) -> None:
        super().__init__()
        self.journal = Journal(lambda: 0, chunk_rows=256)
        self.books = self.books_class(self.journal)
        for asset in ASSETS:
            for n in range(PER_ASSET):
                self.books.open(f"firm/{n}", asset, "account", overdraft=n == 0)
        self.balances = Counter[int]()
        self.holds: dict[int, tuple[int, int]] = {}
        self.resolved: list[int] = []
        self.read = self.last_entry = 0
        self.folded = Counter[int]()
        self.endings = Counter[int]()

    @initialize()
    def fund(self) -> None:
        for account in range(PER_ASSET * len(ASSETS)):
            if account % PER_ASSET:
                self.transfer(account // PER_ASSET * PER_ASSET, account, 100)

    # -- the model: who owes whom, in a dictionary ------------------------------------------------

    def held(self, account: int) -> int:
        return sum(amount for owner, amount in self.holds.values() if owner == account)

    def lawful(self, legs: Sequence[Leg], freed: int = -1, units: int = 0) -> bool:
        """Whether the model accepts legs, ``units`` of account ``freed`` no longer held; applies them."""
        after = self.balances.copy()
        for debit, credit, amount, _ in legs:
            if amount <= 0 or debit == credit or debit // PER_ASSET != credit // PER_ASSET:
                return False
            after[debit] -= amount
            after[credit] += amount
            held = self.held(debit) - (units if debit == freed else 0)
            if debit % PER_ASSET and after[debit] < held:
                return False
        self.balances = after
        return True

    # -- operations: books and model agree on whether they are lawful -----------------------------

    @rule(debit=ACCOUNTS, credit=ACCOUNTS, amount=AMOUNTS)
    def transfer(self, debit: int, credit: int, amount: int) -> None:
        expected = self.lawful([(debit, credit, amount, Purpose.PRINCIPAL)])
        try:
            self.books.transfer(0, 0, debit, credit, amount, Purpose.PRINCIPAL)
            done = True
        except BooksError:
            done = False
        assert done == expected, "V4: books and model disagree on a transfer"

    @rule(
        asset=st.sampled_from(range(len(ASSETS))), to=st.integers(1, PER_ASSET - 1), amount=st.integers(1, 99)
    )
    def issue(self, asset: int, to: int, amount: int) -> None:
        self.transfer(asset * PER_ASSET, asset * PER_ASSET + to, amount)

    @rule(
        asset=st.sampled_from(range(len(ASSETS))), of=st.integers(1, PER_ASSET - 1), amount=st.integers(1, 99)
    )
    def redeem(self, asset: int, of: int, amount: int) -> None:
        self.transfer(asset * PER_ASSET + of, asset * PER_ASSET, amount)

    @rule(legs=LEGS)
    def post(self, legs: list[Leg]) -> None:
        expected = self.lawful(legs)
        try:
            self.books.post(0, 0, legs)
            done = True
        except BooksError:
            done = False
        assert done == expected, "V4: books and model disagree on an entry"

    @rule(account=ACCOUNTS, amount=st.integers(1, 120))
    def reserve(self, account: int, amount: int) -> None:
        available = self.balances[account] - self.held(account)
        try:
            hold = self.books.reserve(0, account, amount)
        except InsufficientFunds as error:
            assert account % PER_ASSET and amount > available == error.available
            return
        assert amount <= available or account % PER_ASSET == 0, "V4: a hold above what is available"
        self.holds[hold] = (account, amount)

    @precondition(lambda self: self.holds)
    @rule(data=st.data(), expire=st.booleans())
    def release(self, data: st.DataObject, expire: bool) -> None:
        hold = data.draw(st.sampled_from(sorted(self.holds)))
        self.books.expire(hold) if expire else self.books.void(hold)
        del self.holds[hold]
        self.resolved.append(hold)

    @precondition(lambda self: self.holds)
    @rule(
        data=st.data(), to=st.integers(0, PER_ASSET - 1), more=st.lists(LEGS.map(lambda x: x[0]), max_size=1)
    )
    def post_hold(self, data: st.DataObject, to: int, more: list[Leg]) -> None:
        hold = data.draw(st.sampled_from(sorted(self.holds)))
        account, amount = self.holds[hold]
        units = data.draw(st.integers(1, amount + 1))
        legs = [(account, account // PER_ASSET * PER_ASSET + to, units, Purpose.PRINCIPAL), *more]
        delivered = sum(leg[2] for leg in legs if leg[0] == account)
        expected = 0 < delivered <= amount and self.lawful(legs, account, amount)
        try:
            self.books.post_hold(hold, 0, legs)
        except BooksError:
            assert not expected
            return
        assert expected, "V4: a hold delivered what the model refuses"
        del self.holds[hold]
        self.resolved.append(hold)

    @precondition(lambda self: self.resolved)
    @rule(data=st.data())
    def resolve_again(self, data: st.DataObject) -> None:
        hold = data.draw(st.sampled_from(self.resolved))
        try:
            self.books.void(hold)
        except BooksError:
            return
        raise AssertionError("V5: a hold was resolved twice")

    # -- invariants -------------------------------------------------------------------------------

    @invariant()
    def v1_conservation(self) -> None:
        for n, asset in enumerate(ASSETS):
            accounts = range(n * PER_ASSET, (n + 1) * PER_ASSET)
            balances = [self.books.balance(account) for account in accounts]
            assert sum(balances) == 0, "V1: value came or went"
            assert self.books.total(asset) == -balances[0], "V1: circulation is not what was issued"

    def read_on(self) -> None:
        """Fold what the journal got since the last look: an independent reading of the same events."""
        records = self.journal.array()[self.read :].tolist()
        self.read += len(records)
        for _, kind, _, _, _, subject, object_, amount, extra in records:
            if kind == Kind.POSTED:
                assert amount > 0 and subject != object_, "V2: a leg that is none"
                assert subject // PER_ASSET == object_ // PER_ASSET, "V2: a leg between assets"
                assert extra >= self.last_entry, "V2: entries out of order"
                self.last_entry = extra
                self.folded[subject] -= amount
                self.folded[object_] += amount
            elif kind in RESOLUTIONS:
                self.endings[extra] += 1

    @invariant()
    def v2_journal_adds_up(self) -> None:
        self.read_on()
        for account in range(PER_ASSET * len(ASSETS)):
            assert self.folded[account] == self.books.balance(account), "V2: journal and books differ"
            assert self.balances[account] == self.books.balance(account), "V2: model and books differ"

    @invariant()
    def v3_whole_numbers(self) -> None:
        for account in range(PER_ASSET * len(ASSETS)):
            assert type(self.books.balance(account)) is int, "V3: a balance that is no whole number"
            assert type(self.books.held(account)) is int, "V3: a hold that is no whole number"

    @invariant()
    def v4_nothing_below_what_is_held(self) -> None:
        for account in range(PER_ASSET * len(ASSETS)):
            if account % PER_ASSET:
                assert self.books.available(account) >= 0, "V4: less than is held"

    @invariant()
    def v5_holds_resolve_once(self) -> None:
        for account in range(PER_ASSET * len(ASSETS)):
            assert self.books.held(account) == self.held(account), "V5: what is held is not what holds sum to"
        self.read_on()
        assert self.endings == Counter(self.resolved), "V5: a hold ended twice or never"


TestBooks = BooksMachine.TestCase
TestBooks.settings = settings(max_examples=200, stateful_step_count=50, deadline=None)


# -- seeded defects: each invariant can fail ------------------------------------------------------


class LosesACredit(Books):
    """Every transfer of 7 units forgets to credit."""

    def transfer(
        self, payment: int, actor: int, debit: int, credit: int, amount: int, purpose: Purpose
    ) -> int:
        entry = super().transfer(payment, actor, debit, credit, amount, purpose)
        if amount % 7 == 0:
            self._balances[credit] -= amount
        return entry


class PostsUnrecorded(Books):
    """Entries of two legs record only the first."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal)
        self._enter = lambda payment, actor, legs, number: journal.entry(
            payment, actor, tuple(legs)[:1], number
        )


class KeepsHalves(Books):
    """A small transfer turns the balance into a float."""

    def transfer(
        self, payment: int, actor: int, debit: int, credit: int, amount: int, purpose: Purpose
    ) -> int:
        entry = super().transfer(payment, actor, debit, credit, amount, purpose)
        self._balances[credit] /= 1  # type: ignore[call-overload]
        return entry


class IgnoresHolds(Books):
    """Held money can be spent."""

    def _move(self, legs: Sequence[Leg]) -> None:
        held, self._held = self._held, [0] * len(self._held)
        try:
            super()._move(legs)
        finally:
            self._held = held


class KeepsTheRest(Books):
    """A voided hold stays partly held."""

    def void(self, hold: int) -> None:
        account = self._holds[hold][1] if hold in self._holds else 0
        super().void(hold)
        self._held[account] += 1


class ResolvesTwice(Books):
    """A hold can be voided again and again."""

    def void(self, hold: int) -> None:
        kept = self._holds.get(hold)
        super().void(hold)
        if kept is not None:
            self._holds[hold] = kept


DEFECTS: list[tuple[type[Books], str]] = [
    (LosesACredit, "V1"),
    (PostsUnrecorded, "V2"),
    (KeepsHalves, "V3"),
    (IgnoresHolds, "V4"),
    (KeepsTheRest, "V5"),
    (ResolvesTwice, "V5"),
]


@pytest.mark.parametrize(("defect", "invariant_id"), DEFECTS)
def test_a_seeded_defect_is_caught_by_its_invariant(defect: type[Books], invariant_id: str) -> None:
    machine = type("Defective", (BooksMachine,), {"books_class": defect})
    search = settings(
        max_examples=300,
        stateful_step_count=30,
        phases=[Phase.generate],
        derandomize=True,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
    )
    with pytest.raises(AssertionError, match=f"^{invariant_id}: "):
        run_state_machine_as_test(machine, settings=search)
