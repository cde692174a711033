"""Books, rule by rule: what is refused, with nothing changed, and what is recorded."""

from collections.abc import Callable

import numpy as np
import pytest

from sandbox.books import (
    AssetsDiffer,
    BadAmount,
    Books,
    BooksError,
    Conversion,
    HoldResolved,
    InsufficientFunds,
    SameAccount,
    UnknownAccount,
    UnknownHold,
    WrongLegs,
)
from sandbox.journal import Journal, Kind, Purpose
from sandbox.money import MAX_UNITS, Asset

WORLD, A, B, ISSUER, TOKENS, FEES = range(6)
PAY = Purpose.PRINCIPAL


@pytest.fixture
def books() -> Books:
    """Two rouble accounts (A has 1,000 kopecks), a fee account, and 500 token units."""
    books = Books(Journal(lambda: 7))
    assert books.open("world", Asset.RUB, "outside", overdraft=True) == WORLD
    assert books.open("a", Asset.RUB, "current") == A
    assert books.open("b", Asset.RUB, "current") == B
    assert books.open("issuer", Asset.USDT, "issuer", overdraft=True) == ISSUER
    assert books.open("a", Asset.USDT, "wallet", chain="chain/evm", address="x") == TOKENS
    assert books.open("bank", Asset.RUB, "fees") == FEES
    books.transfer(-1, 0, WORLD, A, 1_000, Purpose.OPENING)
    books.transfer(-1, 0, ISSUER, TOKENS, 500, Purpose.ISSUE)
    return books


def state(books: Books) -> tuple[object, ...]:
    numbers = range(len(books.accounts))
    balances = [(books.balance(n), books.held(n)) for n in numbers]
    return balances, books._journal.array().tobytes(), books._entries, dict(books._holds)


REFUSALS: dict[str, tuple[type[BooksError], Callable[[Books], object]]] = {
    "zero": (BadAmount, lambda b: b.transfer(0, 0, A, B, 0, PAY)),
    "negative": (BadAmount, lambda b: b.transfer(0, 0, A, B, -1, PAY)),
    "float": (BadAmount, lambda b: b.transfer(0, 0, A, B, 1.0, PAY)),  # type: ignore[arg-type]
    "bool": (BadAmount, lambda b: b.transfer(0, 0, A, B, True, PAY)),
    "numpy": (BadAmount, lambda b: b.transfer(0, 0, A, B, np.int64(1), PAY)),  # type: ignore[arg-type]
    "too large": (BadAmount, lambda b: b.transfer(0, 0, WORLD, B, MAX_UNITS + 1, PAY)),
    "itself": (SameAccount, lambda b: b.transfer(0, 0, A, A, 1, PAY)),
    "two assets": (AssetsDiffer, lambda b: b.transfer(0, 0, A, TOKENS, 1, PAY)),
    "no such debit": (UnknownAccount, lambda b: b.transfer(0, 0, 99, A, 1, PAY)),
    "no such credit": (UnknownAccount, lambda b: b.transfer(0, 0, A, 99, 1, PAY)),
    "negative account": (UnknownAccount, lambda b: b.transfer(0, 0, -1, A, 1, PAY)),
    "negative credit": (UnknownAccount, lambda b: b.transfer(0, 0, A, -2, 1, PAY)),
    "too much": (InsufficientFunds, lambda b: b.transfer(0, 0, A, B, 1_001, PAY)),
    "empty entry": (WrongLegs, lambda b: b.post(0, 0, [])),
    "second leg": (InsufficientFunds, lambda b: b.post(0, 0, [(A, B, 1_000, PAY), (A, FEES, 1, PAY)])),
    "leg of a stranger": (AssetsDiffer, lambda b: b.post(0, 0, [(A, B, 5, PAY), (A, ISSUER, 1, PAY)])),
    "before it came": (InsufficientFunds, lambda b: b.post(0, 0, [(B, FEES, 1, PAY), (A, B, 1, PAY)])),
    "hold too much": (InsufficientFunds, lambda b: b.reserve(0, A, 1_001)),
    "hold nothing": (BadAmount, lambda b: b.reserve(0, A, 0)),
    "hold nowhere": (UnknownAccount, lambda b: b.reserve(0, 99, 1)),
    "unknown hold": (UnknownHold, lambda b: b.void(1)),
    "balance of nobody": (UnknownAccount, lambda b: b.balance(-1)),
    "price of nothing": (
        BadAmount,
        lambda b: b.quote(0, 0, sold=Asset.USDT, paid=Asset.RUB, price_e8=0, valid_until=9),
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_changes_and_records_nothing(books: Books, name: str) -> None:
    error, act = REFUSALS[name]
    before = state(books)
    with pytest.raises(error):
        act(books)
    assert state(books) == before


def test_a_posting_that_cannot_be_recorded_moves_nothing(books: Books) -> None:
    before = state(books)
    with pytest.raises(Exception, match="format"):
        books.transfer(2**31, 0, A, B, 1, PAY)
    assert state(books) == before


def test_insufficient_funds_says_how_much_there_is(books: Books) -> None:
    books.reserve(0, A, 300)
    with pytest.raises(InsufficientFunds) as caught:
        books.transfer(0, 0, A, B, 701, PAY)
    assert (caught.value.account, caught.value.wanted, caught.value.available) == (A, 701, 700)
    books.transfer(0, 0, A, B, 700, PAY)
    assert (books.balance(A), books.available(A), books.held(A)) == (300, 0, 300)


def _records(books: Books) -> list[tuple[int, ...]]:
    records: list[tuple[int, ...]] = books._journal.array().tolist()
    return records


def rows(books: Books, *kinds: Kind) -> list[tuple[int, ...]]:
    """(kind, payment, actor, subject, object, amount, extra, reason) of the records of these kinds."""
    return [
        (kind, payment, actor, subject, object_, amount, extra, reason)
        for _, kind, reason, payment, actor, subject, object_, amount, extra in _records(books)
        if kind in kinds
    ]


def test_an_entry_is_recorded_leg_by_leg_under_one_number(books: Books) -> None:
    entry = books.post(4, 0, [(A, B, 90, PAY), (A, FEES, 10, Purpose.BANK_FEE), (B, FEES, 5, PAY)])
    assert rows(books, Kind.POSTED)[2:] == [
        (Kind.POSTED, 4, 0, A, B, 90, entry, PAY),
        (Kind.POSTED, 4, 0, A, FEES, 10, entry, Purpose.BANK_FEE),
        (Kind.POSTED, 4, 0, B, FEES, 5, entry, PAY),
    ]
    assert [books.balance(n) for n in (A, B, FEES)] == [900, 85, 15]
    assert books.transfer(5, 0, A, B, 1, PAY) == entry + 1
    assert books.total(Asset.RUB) == 1_000 and books.total(Asset.USDT) == 500


def test_a_hold_is_posted_in_part_and_the_rest_comes_back(books: Books) -> None:
    hold = books.reserve(4, A, 800)
    with pytest.raises(InsufficientFunds):
        books.transfer(5, 0, A, B, 201, PAY)
    entry = books.post_hold(hold, 0, [(A, B, 500, PAY), (A, FEES, 20, Purpose.BANK_FEE)])
    assert (books.balance(A), books.held(A)) == (480, 0)
    assert rows(books, Kind.RESERVED, Kind.HOLD_POSTED) == [
        (Kind.RESERVED, 4, -1, A, -1, 800, hold, 0),
        (Kind.HOLD_POSTED, 4, 0, A, -1, 520, hold, 0),
    ]
    assert [row[6] for row in rows(books, Kind.POSTED)[2:]] == [entry, entry]


@pytest.mark.parametrize("kind", [Kind.HOLD_VOIDED, Kind.HOLD_EXPIRED, Kind.HOLD_POSTED])
def test_a_hold_resolves_once(books: Books, kind: Kind) -> None:
    hold = books.reserve(4, A, 800)
    endings: dict[Kind, Callable[[], object]] = {
        Kind.HOLD_VOIDED: lambda: books.void(hold),
        Kind.HOLD_EXPIRED: lambda: books.expire(hold),
        Kind.HOLD_POSTED: lambda: books.post_hold(hold, 0, [(A, B, 1, PAY)]),
    }
    endings[kind]()
    assert books.held(A) == 0
    before = state(books)
    for again in endings.values():
        with pytest.raises(HoldResolved):
            again()
    assert state(books) == before


def test_a_hold_delivers_no_more_than_it_holds_and_from_its_own_account(books: Books) -> None:
    hold = books.reserve(4, A, 100)
    books.transfer(0, 0, A, B, 300, PAY)
    before = state(books)
    for legs in ([(A, B, 101, PAY)], [(B, FEES, 5, PAY)], [], [(A, B, 60, PAY), (A, FEES, 60, PAY)]):
        with pytest.raises(WrongLegs):
            books.post_hold(hold, 0, legs)
    with pytest.raises(InsufficientFunds):
        books.post_hold(hold, 0, [(A, FEES, 50, PAY), (B, FEES, 301, PAY)])
    assert state(books) == before


def test_an_overdraft_may_be_drawn_and_held(books: Books) -> None:
    hold = books.reserve(4, WORLD, 10_000)
    books.post_hold(hold, 0, [(WORLD, B, 10_000, PAY)])
    assert books.balance(WORLD) == -11_000


def convert(books: Books, hold: int | None = None, deliver: tuple[int, int] = (TOKENS, 6)) -> int:
    conversion = Conversion.of_sold(Asset.USDT, Asset.RUB, 300, price_e8=140_000_000, mid_e8=133_333_333)
    return books.convert(
        9, 0, conversion, deliver=deliver, pay=(A, B), spread_to=FEES, rounding_to=7, hold=hold
    )


def open_for_conversion(books: Books) -> None:
    assert books.open("client", Asset.USDT, "wallet") == 6
    assert books.open("bank", Asset.RUB, "rounding") == 7


@pytest.mark.parametrize("held", [False, True])
def test_a_conversion_is_both_legs_spread_and_rounding_in_one_entry(books: Books, held: bool) -> None:
    open_for_conversion(books)
    entry = convert(books, books.reserve(9, A, 420) if held else None)
    assert [row[3:] for row in rows(books, Kind.POSTED)[2:]] == [
        (A, B, 399, entry, Purpose.FX_LEG),
        (A, FEES, 20, entry, Purpose.SPREAD),
        (A, 7, 1, entry, Purpose.ROUNDING),
        (TOKENS, 6, 300, entry, Purpose.FX_LEG),
    ]
    converted = (Kind.CONVERTED, 9, 0, Asset.USDT, Asset.RUB, 300, 420, 0)
    assert rows(books, Kind.CONVERTED) == [converted]
    assert books.held(A) == 0 and books.available(A) == 580


def test_a_conversion_without_inventory_pays_nothing(books: Books) -> None:
    open_for_conversion(books)
    books.transfer(0, 0, TOKENS, 6, 201, PAY)
    before = state(books)
    with pytest.raises(InsufficientFunds):
        convert(books)
    for deliver in ((A, B), (99, 6), (TOKENS, A)):
        with pytest.raises((AssetsDiffer, UnknownAccount)):
            convert(books, deliver=deliver)
    assert state(books) == before


def test_accounts_are_described_in_the_journal(books: Books) -> None:
    table = books._journal.static_table("accounts").to_pylist()
    names = books._journal.entities
    assert [(names[row["owner"]], row["asset"], row["role"], row["may_overdraw"]) for row in table] == [
        (account.owner, account.asset, account.role, account.overdraft) for account in books.accounts
    ]
    assert names[table[TOKENS]["chain"]] == "chain/evm" and table[A]["chain"] == -1
