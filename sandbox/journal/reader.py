"""Reading a journal back: checked against its digest, as records or by SQL."""

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sandbox.journal.records import COLUMNS, FORMAT, RECORD
from sandbox.journal.tables import JOURNAL_FILE, STATIC_TABLES, canonical, read_table
from sandbox.journal.views import VIEWS
from sandbox.journal.writer import DIGEST_BYTES, SCHEMA, Records

#: One thread and no spilling: the same sums in the same order, and no file outside the journal.
_DUCKDB: dict[str, str | bool | int | float | list[str]] = {
    "threads": 1,
    "temp_directory": "",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
}


class JournalDamaged(Exception):
    """The files are missing, unreadable or not what was written; the message says which and where."""


class JournalReader:
    """A closed journal in ``directory``.

    ``check`` reads every page once, verifies page checksums and recomputes the digest, because SQL over a
    damaged page would answer silently. Raises JournalDamaged.
    """

    def __init__(self, directory: Path, check: bool = True) -> None:
        self.directory = directory
        self._footer = self._read_footer()
        self._connection: duckdb.DuckDBPyConnection | None = None
        if check:
            self.verify()

    @property
    def digest(self) -> str:
        """The digest that stands in the file."""
        return self._footer["digest"]

    @property
    def rows(self) -> int:
        """Number of records."""
        return int(self._footer["rows"])

    def verify(self) -> str:
        """Recompute the digest from all files and compare it, chunk by chunk; give it."""
        running = blake2b(FORMAT.encode(), digest_size=DIGEST_BYTES)
        checkpoints = self._footer["checkpoints"].split()
        for chunk, (records, first) in enumerate(self.batches()):
            running.update(records.tobytes())
            if running.hexdigest() not in checkpoints[chunk : chunk + 1]:
                raise JournalDamaged(f"{JOURNAL_FILE}: records from {first} on are not those written")
        for name in STATIC_TABLES:
            for part in canonical(name, self.static_table(name)):
                running.update(part)
        if running.hexdigest() != self.digest:
            raise JournalDamaged("entities, accounts, payments or codes are not those written")
        return self.digest

    def batches(self) -> Iterator[tuple[Records, int]]:
        """Records chunk by chunk, as the listeners of the run saw them, with the first one's number."""
        path = self.directory / JOURNAL_FILE
        try:
            with pq.ParquetFile(path, page_checksum_verification=True) as file:
                if file.schema_arrow != SCHEMA or file.metadata.num_rows != self.rows:
                    raise JournalDamaged(f"{JOURNAL_FILE}: not the columns or not the rows written")
                first = 0
                for group in range(file.num_row_groups):
                    records = _as_records(file.read_row_group(group), first)
                    yield records, first
                    first += len(records)
        except (OSError, pa.ArrowException) as error:
            raise JournalDamaged(f"{JOURNAL_FILE}: {error}") from error

    def array(self) -> Records:
        """All records; 44 bytes each."""
        chunks = [records for records, _ in self.batches()]
        return np.concatenate(chunks) if chunks else np.empty(0, RECORD)

    def static_table(self, name: str) -> pa.Table:
        """One of the tables entities, accounts, payments, codes."""
        try:
            return read_table(self.directory / f"{name}.parquet")
        except (OSError, pa.ArrowException) as error:
            raise JournalDamaged(f"{name}.parquet: {error}") from error

    def sql(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Rows of a query over journal, entities, accounts, payments, codes and the readable views.

        Rows come in no promised order: say ORDER BY seq where it matters.
        """
        return self._duckdb().execute(query, list(parameters)).fetchall()

    def columns(self, query: str, parameters: Sequence[Any] = ()) -> dict[str, np.ndarray[Any, Any]]:
        """The same, as one numpy array a column (masked where values are missing).

        Raises ValueError for a sum that was not cast to BIGINT: numpy would make it an inexact float.
        """
        cursor = self._duckdb().execute(query, list(parameters))
        for column in cursor.description or ():
            if str(column[1]) == "HUGEINT":
                raise ValueError(f"cast {column[0]} to BIGINT: a HUGEINT would lose digits as a float")
        answer: dict[str, np.ndarray[Any, Any]] = cursor.fetchnumpy()
        return answer

    def close(self) -> None:
        """Let go of the files."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> "JournalReader":
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _read_footer(self) -> dict[str, str]:
        try:
            with pq.ParquetFile(self.directory / JOURNAL_FILE) as file:
                raw = file.metadata.metadata or {}
        except (OSError, pa.ArrowException) as error:
            raise JournalDamaged(f"{JOURNAL_FILE}: {error}") from error
        footer = {key.decode(errors="replace"): value.decode(errors="replace") for key, value in raw.items()}
        if footer.get("format") != FORMAT:
            raise JournalDamaged(f"{JOURNAL_FILE}: not a journal of format {FORMAT}")
        if missing := {"digest", "rows", "checkpoints"} - footer.keys():
            raise JournalDamaged(f"{JOURNAL_FILE}: no {', '.join(sorted(missing))}: never closed")
        if not footer["rows"].isdecimal():
            raise JournalDamaged(f"{JOURNAL_FILE}: no number of rows")
        return footer

    def _duckdb(self) -> duckdb.DuckDBPyConnection:
        """A connection that sees these files and nothing else on the machine."""
        if self._connection is None:
            connection = duckdb.connect(":memory:", config=_DUCKDB)
            # In a worker process DuckDB takes itself for interactive and would draw its bar on stdout.
            connection.execute("SET enable_progress_bar = false")
            directory = str(self.directory.resolve()).replace("'", "''")
            connection.execute(f"SET allowed_directories = ['{directory}']")
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            for name in ("journal", *STATIC_TABLES):
                # Square brackets and stars in a path would be read as patterns: the name is a list of one.
                connection.execute(
                    f"CREATE VIEW {name} AS SELECT * FROM read_parquet(['{directory}/{name}.parquet'])"
                )
            for name, query in VIEWS.items():
                connection.execute(f"CREATE VIEW {name} AS {query}")
            self._connection = connection
        return self._connection


def _as_records(table: pa.Table, first: int) -> Records:
    records = np.empty(table.num_rows, RECORD)
    for name in COLUMNS:
        records[name] = table.column(name).to_numpy()
    seq = table.column("seq").to_numpy()
    if len(seq) and (seq[0] != first or seq[-1] != first + len(seq) - 1 or (np.diff(seq) != 1).any()):
        raise JournalDamaged(f"{JOURNAL_FILE}: record numbers do not count up from {first}")
    records.flags.writeable = False
    return records
