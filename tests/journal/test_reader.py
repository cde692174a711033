"""Reading a journal back: what was written, or an error; never something else."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sandbox.books import Books, Conversion
from sandbox.journal import Journal, Kind, Purpose
from sandbox.journal.reader import JournalDamaged, JournalReader
from sandbox.journal.tables import open_writer
from sandbox.money import Asset

STATES = {1: "CREATED", 2: "VALIDATED"}
REASONS = {1: "AC06"}


def write_run(directory: Path) -> Journal:
    """A small journal with a record of every family."""
    now = 0
    journal = Journal(lambda: now, directory, chunk_rows=4, codes={"state": STATES, "reason": REASONS})
    books = Books(journal)
    world = books.open("outside world", Asset.RUB, "outside", overdraft=True)
    issuer = books.open("issuer", Asset.USDT, "issuer", overdraft=True)
    client = books.open("importer/1", Asset.RUB, "current")
    dealer = books.open("dealer/1", Asset.RUB, "cash")
    spread = books.open("dealer/1", Asset.RUB, "spread")
    stock = books.open("dealer/1", Asset.USDT, "inventory")
    wallet = books.open("importer/1", Asset.USDT, "wallet", chain="chain/evm", address="0xlocal")
    actor = journal.entity("dealer/1")
    books.transfer(-1, -1, world, client, 10**9, Purpose.OPENING)
    books.transfer(-1, -1, issuer, stock, 10**12, Purpose.ISSUE)
    now = 3_600
    conversion = Conversion.of_sold(Asset.USDT, Asset.RUB, 1_000_003, price_e8=930_000, mid_e8=921_234)
    books.quote(5, actor, sold=Asset.USDT, paid=Asset.RUB, price_e8=930_000, valid_until=3_660)
    hold = books.reserve(5, client, 10_000)
    to = {"deliver": (stock, wallet), "pay": (client, dealer), "spread_to": spread, "rounding_to": spread}
    books.convert(5, actor, conversion, hold=hold, **to)  # type: ignore[arg-type]
    journal.record(Kind.MOVED, 5, actor, 1, 2, 1, journal.entity("rail/usdt"), 1)
    journal.record(Kind.DESK_ENTERED, 5, journal.entity("desk/kyc"), extra=3)
    journal.record(Kind.BROADCAST, 5, actor, journal.entity("chain/evm"), wallet, 1_000_003, 0)
    journal.record(Kind.INCLUDED, 5, journal.entity("chain/evm"), 1, 0, 12, 0)
    journal.describe_payments({"country": ["CN"] * 6, "usd_cents": list(range(6))})
    journal.close()
    return journal


@pytest.fixture
def run(tmp_path: Path) -> Path:
    directory = tmp_path / "it's [a] run *"
    write_run(directory)
    return directory


def test_records_and_tables_come_back(tmp_path: Path) -> None:
    journal = write_run(tmp_path)
    seen: list[tuple[int, ...]] = []
    with JournalReader(tmp_path) as reader:
        assert reader.digest == journal.digest == reader.verify()
        assert reader.rows == journal.rows == len(reader.array())
        for name in ("entities", "accounts", "payments", "codes"):
            assert reader.static_table(name).equals(journal.static_table(name))
        for records, first in reader.batches():
            assert first == len(seen)
            seen += records.tolist()
        assert seen == reader.array().tolist()


def test_views_speak_the_fields_words(run: Path) -> None:
    with JournalReader(run) as reader:
        assert reader.sql("SELECT * EXCLUDE (seq) FROM transitions") == [
            (3_600, 5, "dealer/1", "CREATED", "VALIDATED", "AC06", 1, "rail/usdt")
        ]
        legs = reader.sql(
            "SELECT debit_owner, credit_owner, credit_role, asset, amount, purpose FROM postings"
            " WHERE payment = 5 ORDER BY seq"
        )
        assert legs == [
            ("importer/1", "dealer/1", "cash", "RUB", 9_212, "FX_LEG"),
            ("importer/1", "dealer/1", "spread", "RUB", 88, "SPREAD"),
            ("importer/1", "dealer/1", "spread", "RUB", 1, "ROUNDING"),
            ("dealer/1", "importer/1", "wallet", "USDT", 1_000_003, "FX_LEG"),
        ]
        assert reader.sql("SELECT kind, desk, extra FROM desks") == [("DESK_ENTERED", "desk/kyc", 3)]
        assert reader.sql("SELECT kind, chain, sender, amount FROM chain_events ORDER BY seq") == [
            ("BROADCAST", "chain/evm", "dealer/1", 1_000_003),
            ("INCLUDED", "chain/evm", None, 12),
        ]
        assert reader.sql("SELECT usd_cents FROM payments WHERE payment = ?", [4]) == [(4,)]


def test_sums_stay_whole(run: Path) -> None:
    with JournalReader(run) as reader:
        query = "SELECT sum(amount){} AS units FROM journal WHERE kind = ?"
        records = reader.array()
        expected = sum(records["amount"][records["kind"] == Kind.POSTED].tolist())
        assert reader.columns(query.format("::BIGINT"), [10])["units"].tolist() == [expected]
        assert reader.sql(query.format(""), [10]) == [(expected,)]
        with pytest.raises(ValueError, match="BIGINT"):
            reader.columns(query.format(""), [10])


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY journal TO '/tmp/journal-copy.csv'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SELECT * FROM 'https://example.org/x.parquet'",
        "SET enable_external_access = true",
        "ATTACH '/tmp/other.db'",
    ],
)
def test_queries_reach_nothing_else(run: Path, query: str) -> None:
    with JournalReader(run) as reader, pytest.raises(Exception, match=r"(?i)disabled|locked|not|cannot"):
        reader.sql(query)
    assert not Path("/tmp/journal-copy.csv").exists()


@pytest.mark.parametrize("name", ["journal", "entities", "accounts", "payments", "codes"])
def test_a_flipped_bit_anywhere_is_noticed_or_harmless(run: Path, name: str) -> None:
    """Bytes from end to end of every file: either an error, or bytes that do not matter to what is read."""
    path = run / f"{name}.parquet"
    good = path.read_bytes()
    with JournalReader(run) as reader:
        digest, records = reader.digest, reader.array().tobytes()
    noticed = 0
    step = 61 if name == "journal" else 29
    for position in range(4, len(good), step):
        path.write_bytes(good[:position] + bytes([good[position] ^ 0x10]) + good[position + 1 :])
        try:
            with JournalReader(run) as reader:
                assert (reader.verify(), reader.array().tobytes()) == (digest, records)
        except JournalDamaged:
            noticed += 1
    assert noticed > len(good) // step // 10


def test_page_checksums_guard_a_reading_without_the_digest(run: Path) -> None:
    path = run / "journal.parquet"
    good = path.read_bytes()
    with JournalReader(run) as reader:
        records = reader.array().tobytes()
    pages = good.index(b"PAR1") + 4, len(good) - 8 - int.from_bytes(good[-8:-4], "little")
    noticed = 0
    for position in range(*pages, 23):
        path.write_bytes(good[:position] + bytes([good[position] ^ 0x01]) + good[position + 1 :])
        try:
            assert JournalReader(run, check=False).array().tobytes() == records
        except JournalDamaged:
            noticed += 1
    assert noticed > 0


def test_a_flipped_bit_never_makes_sql_answer_otherwise(run: Path) -> None:
    """Files that pass the check give the same answers, filters and counts included."""
    query = (
        "SELECT count(*), sum(seq), sum(amount) FROM journal WHERE time >= 3600 AND payment = 5 AND kind < 41"
    )
    path = run / "journal.parquet"
    good = path.read_bytes()
    with JournalReader(run) as reader:
        expected = reader.sql(query) + reader.sql("SELECT count(*) FROM journal")
    passed = 0
    for position in range(5, len(good), 67):
        path.write_bytes(good[:position] + bytes([good[position] ^ 0x04]) + good[position + 1 :])
        try:
            with JournalReader(run) as reader:
                assert reader.sql(query) + reader.sql("SELECT count(*) FROM journal") == expected
                passed += 1
        except (JournalDamaged, duckdb.Error):
            continue
    assert passed > 0


def test_cut_or_missing_files_are_noticed(run: Path) -> None:
    path = run / "journal.parquet"
    good = path.read_bytes()
    for length in (0, 3, len(good) // 2, len(good) - 1):
        path.write_bytes(good[:length])
        with pytest.raises(JournalDamaged, match=r"journal\.parquet"):
            JournalReader(run)
    path.write_bytes(good)
    (run / "codes.parquet").unlink()
    with pytest.raises(JournalDamaged, match=r"codes\.parquet"):
        JournalReader(run)


def rewrite(path: Path, table: pa.Table, footer: dict[str, str], rows: int) -> None:
    with open_writer(path, table.schema) as writer:
        writer.write_table(table, row_group_size=rows)
        writer.add_key_value_metadata(footer)


def test_well_formed_files_with_other_contents_are_noticed(run: Path) -> None:
    path = run / "journal.parquet"
    file = pq.ParquetFile(path)
    footer = {key.decode(): value.decode() for key, value in file.metadata.metadata.items()}
    table = pq.read_table(path)
    more = pa.array([amount + (n == 9) for n, amount in enumerate(table["amount"].to_pylist())])
    changed = table.set_column(table.column_names.index("amount"), "amount", more)
    for forged, rows, message in (
        (changed, 4, "records from 8 on"),
        (table.slice(0, 8), 4, "not the rows written"),
        (table.slice(4), 4, "not the rows written"),
        (table, 5, "records from 0"),
        (pa.concat_tables([table.slice(4), table.slice(0, 4)]), 4, "do not count up from 0"),
    ):
        rewrite(path, forged, footer, rows)
        with pytest.raises(JournalDamaged, match=message):
            JournalReader(run)
    rewrite(path, table, footer, 4)
    JournalReader(run).close()
    rewrite(path, table, {"format": footer["format"]}, 4)
    with pytest.raises(JournalDamaged, match="never closed"):
        JournalReader(run)
    rewrite(path, table, {}, 4)
    with pytest.raises(JournalDamaged, match="not a journal"):
        JournalReader(run)


def test_names_that_were_swapped_are_noticed(run: Path) -> None:
    path = run / "entities.parquet"
    table = pq.read_table(path)
    names = table["name"].to_pylist()
    pq.write_table(table.set_column(1, "name", pa.array([names[1], names[0], *names[2:]])), path)
    with pytest.raises(JournalDamaged, match="entities, accounts, payments or codes"):
        JournalReader(run)
