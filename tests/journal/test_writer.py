"""The journal's writer: append-only, exact, and the same however it is cut into chunks."""

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.journal import RECORD, Journal, JournalClosed, Kind, Records
from sandbox.journal.kinds import Purpose
from sandbox.journal.reader import JournalReader
from sandbox.money import Asset

I32 = st.integers(-(2**31), 2**31 - 1)
I64 = st.integers(-(2**63), 2**63 - 1)
U16 = st.integers(0, 2**16 - 1)
ROWS = st.lists(st.tuples(I64, U16, I32, I32, I32, I32, I64, I64, U16), max_size=40)
Row = tuple[int, int, int, int, int, int, int, int, int]


class Hand:
    """A clock that is set by hand."""

    now = 0

    def __call__(self) -> int:
        return self.now


def write(journal: Journal, hand: Hand, rows: list[Row]) -> None:
    for time, *columns in rows:
        hand.now = time
        journal.record(*columns)


@given(ROWS)
def test_every_value_comes_back(rows: list[Row]) -> None:
    hand = Hand()
    journal = Journal(hand, chunk_rows=7)
    write(journal, hand, rows)
    assert journal.rows == len(rows)
    got = [
        (time, kind, payment, actor, subject, object_, amount, extra, reason)
        for time, kind, reason, payment, actor, subject, object_, amount, extra in journal.array().tolist()
    ]
    assert got == rows


@given(ROWS, st.integers(1, 50), st.sets(st.integers(0, 40)))
def test_neither_chunks_nor_flushes_show_in_the_digest(
    rows: list[Row], chunk: int, flushes: set[int]
) -> None:
    hand = Hand()
    whole, cut = Journal(hand), Journal(hand, chunk_rows=chunk)
    for journal in (whole, cut):
        for n, row in enumerate(rows):
            write(journal, hand, [row])
            if journal is cut and n in flushes:
                journal.flush()
        journal.entity("somebody")
    assert whole.close() == cut.close()
    assert (whole.array() == cut.array()).all()


@given(ROWS.filter(len), st.data())
def test_any_changed_value_changes_the_digest(rows: list[Row], data: st.DataObject) -> None:
    n = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.integers(0, 8))
    changed = list(rows)
    changed[n] = (*rows[n][:column], rows[n][column] ^ 1, *rows[n][column + 1 :])  # type: ignore[assignment]
    digests = []
    for version in (rows, changed):
        hand = Hand()
        journal = Journal(hand)
        write(journal, hand, version)
        digests.append(journal.close())
    assert digests[0] != digests[1]


STATIC_CHANGES: dict[str, Callable[[Journal], object]] = {
    "an entity": lambda j: j.entity("more"),
    "an account": lambda j: j.account(0, 0, Asset.RUB, "current", False),
    "a payment": lambda j: j.describe_payments({"country": ["CN"]}),
    "another payment": lambda j: j.describe_payments({"country": ["TR"]}),
    "a column's name": lambda j: j.describe_payments({"beneficiary": ["CN"]}),
    "one more column": lambda j: j.describe_payments({"country": ["CN"], "usd_cents": [1]}),
}


def test_static_tables_are_part_of_the_digest() -> None:
    digests = {Journal(Hand()).close(), Journal(Hand(), codes={"state": {1: "CREATED"}}).close()}
    for change in STATIC_CHANGES.values():
        journal = Journal(Hand())
        change(journal)
        digests.add(journal.close())
    assert len(digests) == 2 + len(STATIC_CHANGES)


def test_the_digest_of_known_records_is_pinned() -> None:
    """A change of layout or canonical bytes changes every digest ever published."""
    hand = Hand()
    journal = Journal(hand)
    hand.now = 86_400
    journal.record(Kind.POSTED, 5, 1, 2, 3, 10_000, 7, Purpose.PRINCIPAL)
    journal.flush()
    assert journal.digest == PINNED_RECORDS


PINNED_RECORDS = "adf275a0778359c508c64ed9b137ec354879e8c37cb8457702537534b6c8153e"


@pytest.mark.parametrize(
    "values",
    [
        {"kind": 10, "amount": 2**63},
        {"kind": 10, "amount": 1.0},
        {"kind": 10, "amount": "1"},
        {"kind": 10, "amount": None},
        {"kind": 10, "payment": 2**31},
        {"kind": 10, "subject": -(2**31) - 1},
        {"kind": 2**16},
        {"kind": -1},
        {"kind": 10, "reason": -1},
    ],
)
def test_what_does_not_fit_is_refused_and_not_recorded(values: dict[str, int]) -> None:
    journal = Journal(Hand())
    journal.record(10, amount=1)
    before = journal.array().tobytes()
    with pytest.raises(struct.error):
        journal.record(**values)
    assert journal.rows == 1
    assert journal.array().tobytes() == before


def test_a_clock_that_is_not_whole_is_refused() -> None:
    journal = Journal(lambda: 0.5)  # type: ignore[arg-type, return-value]
    with pytest.raises(struct.error):
        journal.record(10)
    assert journal.rows == 0


def test_listeners_get_every_record_once_in_order() -> None:
    seen: list[tuple[int, list[int]]] = []

    def listen(records: Records, first: int) -> None:
        assert records.dtype == RECORD and not records.flags.writeable
        seen.append((first, records["amount"].tolist()))

    journal = Journal(Hand(), chunk_rows=3, on_chunk=[listen])
    for amount in range(8):
        journal.record(10, amount=amount)
        if amount == 4:
            journal.flush()
    journal.close()
    assert seen == [(0, [0, 1, 2]), (3, [3, 4]), (5, [5, 6, 7])]
    assert journal.close() == journal.digest


def test_a_chunk_that_was_shown_never_changes() -> None:
    kept: list[Records] = []
    journal = Journal(Hand(), chunk_rows=2, on_chunk=[lambda records, _: kept.append(records)])
    for amount in range(6):
        journal.record(10, amount=amount)
    assert [records["amount"].tolist() for records in kept] == [[0, 1], [2, 3], [4, 5]]


class RuleBroken(Exception):
    """What an auditor raises."""


def test_a_listener_that_raises_stops_the_run_and_leaves_the_journal_readable(tmp_path: Path) -> None:
    calls = 0

    def object_to(records: Records, first: int) -> None:
        nonlocal calls
        calls += 1
        if 5 in records["amount"]:
            raise RuleBroken("five")

    recorded = -1
    with pytest.raises(RuleBroken), Journal(Hand(), tmp_path, chunk_rows=2, on_chunk=[object_to]) as journal:
        for amount in range(100):
            recorded = amount
            journal.record(10, amount=amount)
    assert recorded == 5 and calls == 3
    assert pq.read_table(tmp_path / "journal.parquet")["amount"].to_pylist() == [0, 1, 2, 3, 4, 5]
    assert (tmp_path / "codes.parquet").exists()


def test_a_listener_may_object_at_the_close(tmp_path: Path) -> None:
    def object_to(records: Records, first: int) -> None:
        raise RuleBroken("at the close")

    journal = Journal(Hand(), tmp_path, on_chunk=[object_to])
    journal.record(10)
    with pytest.raises(RuleBroken):
        journal.close()
    with JournalReader(tmp_path) as reader:
        assert reader.rows == 1 and reader.digest == journal.close()


def test_a_listener_that_raised_is_not_asked_again() -> None:
    calls = 0

    def object_to(records: Records, first: int) -> None:
        nonlocal calls
        calls += 1
        raise RuleBroken("once")

    journal = Journal(Hand(), chunk_rows=1, on_chunk=[object_to])
    with pytest.raises(RuleBroken):
        journal.record(10)
    journal.record(10)
    journal.close()
    assert calls == 1 and journal.rows == 2


def test_a_run_that_fails_is_saved_without_asking_the_listeners(tmp_path: Path) -> None:
    asked: list[int] = []
    journal = Journal(Hand(), tmp_path, on_chunk=[lambda _, first: asked.append(first)])
    with pytest.raises(ZeroDivisionError), journal:
        journal.record(10)
        _ = 1 // 0
    assert asked == []
    assert pq.read_table(tmp_path / "journal.parquet").num_rows == 1


def test_a_closed_journal_takes_no_records() -> None:
    journal = Journal(Hand())
    digest = journal.close()
    with pytest.raises(JournalClosed):
        journal.record(10)
    assert journal.rows == 0 and journal.close() == digest


def test_files_are_the_same_bytes_each_time_with_one_row_group_a_chunk(tmp_path: Path) -> None:
    for name in ("a", "b"):
        hand = Hand()
        with Journal(hand, tmp_path / name, chunk_rows=100) as journal:
            for n in range(250):
                hand.now = 60 * n
                journal.record(10, n, amount=n * n, object=journal.entity(f"firm/{n % 7}"))
            journal.describe_payments({"country": ["CN", "TR"], "usd_cents": np.array([5, 7])})
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert files == [f"{n}.parquet" for n in ("accounts", "codes", "entities", "journal", "payments")]
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    meta = pq.ParquetFile(tmp_path / "a" / "journal.parquet").metadata
    assert [meta.row_group(g).num_rows for g in range(meta.num_row_groups)] == [100, 100, 50]
    # No checksum covers the footer, so nothing there may steer a query.
    assert not any(meta.row_group(0).column(c).is_stats_set for c in range(meta.num_columns))


def test_names_get_ids_by_first_use() -> None:
    journal = Journal(Hand())
    assert [journal.entity(name) for name in ("b", "a", "b", "c", "a")] == [0, 1, 0, 2, 1]
    assert journal.entities == ["b", "a", "c"]


def test_accounts_are_described_in_order() -> None:
    journal = Journal(Hand())
    journal.account(0, journal.entity("bank/1"), Asset.RUB, "nostro", False)
    with pytest.raises(ValueError, match="not the next"):
        journal.account(2, 0, Asset.RUB, "nostro", False)
    assert list(journal.accounts) == [(0, 0, Asset.RUB, "nostro", False, -1, "")]
    assert journal.static_table("accounts").to_pylist() == [
        {
            "account": 0,
            "owner": 0,
            "asset": 1,
            "role": "nostro",
            "may_overdraw": False,
            "chain": -1,
            "address": "",
        }
    ]


def test_payments_may_be_described_in_parts() -> None:
    whole, parts = Journal(Hand()), Journal(Hand())
    whole.describe_payments({"country": ["CN", "TR", "AE"], "usd_cents": [1, 2, 3]})
    parts.describe_payments({"country": ["CN", "TR"], "usd_cents": np.array([1, 2], dtype=np.int32)})
    parts.describe_payments({"country": [], "usd_cents": []})
    parts.describe_payments({"country": ["AE"], "usd_cents": [3]})
    table = parts.static_table("payments")
    assert table["payment"].to_pylist() == [0, 1, 2]
    assert table["country"].to_pylist() == ["CN", "TR", "AE"]
    assert whole.close() == parts.close()


@pytest.mark.parametrize(
    ("columns", "error"),
    [
        ({"country": ["CN"], "usd_cents": [1, 2]}, ValueError),
        ({"country": ["CN"]}, ValueError),
        ({"country": [1], "usd_cents": [1]}, ValueError),
        ({"country": ["CN"], "usd_cents": [None]}, TypeError),
        ({"country": ["CN", 1], "usd_cents": [1, 2]}, TypeError),
        ({"country": [object()], "usd_cents": [1]}, TypeError),
    ],
)
def test_odd_descriptions_of_payments_are_refused(
    columns: dict[str, list[object]], error: type[Exception]
) -> None:
    journal = Journal(Hand())
    journal.describe_payments({"country": ["CN"], "usd_cents": [1]})
    with pytest.raises(error):
        journal.describe_payments(columns)
    assert journal.static_table("payments").num_rows == 1


def test_an_array_of_a_journal_on_disk_is_read_elsewhere(tmp_path: Path) -> None:
    with Journal(Hand(), tmp_path) as journal, pytest.raises(ValueError, match="JournalReader"):
        journal.array()
    with pytest.raises(ValueError, match="at least one row"):
        Journal(Hand(), chunk_rows=0)
    with pytest.raises(KeyError):
        journal.static_table("nothing")
