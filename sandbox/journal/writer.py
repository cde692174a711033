"""The append-only record of a run: fixed-width binary records, chained into a digest, kept in Parquet.

A record costs one ``struct.pack_into``; a full chunk is hashed, written as one row group and shown to the
listeners (the auditor among them). The digest runs over record bytes and static tables, so neither the
chunk size nor a flush shows in it.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sandbox.journal.buffer import Asked, Buffer, Entry, Moved, Record, Timekeeper
from sandbox.journal.kinds import Kind, Purpose
from sandbox.journal.records import COLUMNS, FORMAT, RECORD, RECORD_BYTES
from sandbox.journal.statics import Account, Statics
from sandbox.journal.tables import JOURNAL_FILE, STATIC_TABLES, canonical, open_writer, write_static
from sandbox.money import Asset

Records = np.ndarray[Any, np.dtype[np.void]]
Listener = Callable[[Records, int], None]

DIGEST_BYTES = 32

#: Columns of journal.parquet.
SCHEMA = pa.schema([("seq", pa.int64())] + [(name, pa.from_numpy_dtype(RECORD[name])) for name in COLUMNS])


def names_of(codes: type[IntEnum]) -> dict[int, str]:
    """Code and name of each member, for the table of codes."""
    return {int(member): member.name for member in codes}


class JournalClosed(RuntimeError):
    """A record came after the journal was closed."""


class Journal:
    """The product of a run. ``directory`` None keeps all in memory.

    ``clock`` gives the current second: a function, or whoever has it as ``now``.

    ``on_chunk`` listeners get each chunk as a read-only structured array and the number of its first
    record, in order, after the chunk is safe on disk; what they raise leaves :meth:`record`, and no listener
    is called again, so that :meth:`close` still writes a readable journal.
    """

    def __init__(
        self,
        clock: Callable[[], int] | Timekeeper,
        directory: Path | None = None,
        chunk_rows: int = 65_536,
        on_chunk: Sequence[Listener] = (),
        codes: Mapping[str, Mapping[int, str]] | None = None,
    ) -> None:
        if chunk_rows < 1:
            raise ValueError(f"a chunk has at least one row, not {chunk_rows}")
        own = {"kind": names_of(Kind), "purpose": names_of(Purpose), "asset": names_of(Asset)}
        self.directory = directory
        self.on_chunk: list[Listener] = list(on_chunk)
        keeper = Asked(clock) if callable(clock) else clock
        self._buffer = Buffer(chunk_rows, keeper, self._complete_chunk)
        self.record: Record = self._buffer.record
        """Appends one record at the current second; raises whatever a listener raises when a chunk is full."""
        self.entry: Entry = self._buffer.entry
        """Appends the legs of one entry; raises as :attr:`record` does."""
        self.moved: Moved = self._buffer.moved
        """Appends a payment's step from state to state; raises as :attr:`record` does."""
        self._flushed = 0
        self._hash = blake2b(FORMAT.encode(), digest_size=DIGEST_BYTES)
        self._checkpoints: list[str] = []
        self._kept: list[Records] = []
        self._statics = Statics({**own, **(codes or {})})
        self._digest = ""
        self._broken = False
        self._writer: pq.ParquetWriter | None = None
        if directory is not None:
            directory.mkdir(parents=True, exist_ok=True)
            self._writer = open_writer(directory / JOURNAL_FILE, SCHEMA)

    @property
    def rows(self) -> int:
        """Records so far."""
        return self._flushed + self._buffer.waiting()

    @property
    def digest(self) -> str:
        """Hex digest: of the whole journal once closed, of the flushed records before."""
        return self._digest or self._hash.hexdigest()

    def entity(self, name: str) -> int:
        """The id of a name; the first use of a name gives it the next id, from 0."""
        return self._statics.entity(name)

    @property
    def entities(self) -> Sequence[str]:
        """All names so far, by id; not a copy, so it grows."""
        return self._statics.entities

    @property
    def accounts(self) -> Sequence[Account]:
        """All accounts described so far, by number."""
        return self._statics.accounts

    def account(
        self,
        number: int,
        owner_entity: int,
        asset: int,
        role: str,
        may_overdraw: bool,
        chain_entity: int = -1,
        address: str = "",
    ) -> None:
        """Describe an account of the books, once; numbers count up from 0."""
        self._statics.account((number, owner_entity, int(asset), role, may_overdraw, chain_entity, address))

    def describe_payments(
        self, columns: Mapping[str, Sequence[Any] | np.ndarray[Any, Any] | pa.Array]
    ) -> None:
        """Add rows of static attributes of payments: equal columns at every call, equally long.

        Without a ``payment`` column the rows get the next order numbers, from 0.
        """
        self._statics.describe_payments(columns)

    def flush(self) -> None:
        """Hash, write and show what is in the buffer."""
        if self._buffer.waiting():
            self._complete_chunk()

    def close(self) -> str:
        """Write the rest, the static tables and the digest; give the digest. May be called again."""
        if self._digest:
            return self._digest
        try:
            self.flush()
        finally:
            self._seal()
        return self._digest

    def array(self) -> Records:
        """All records of a journal kept in memory."""
        if self.directory is not None:
            raise ValueError("this journal is on disk: open it with JournalReader")
        rest = np.frombuffer(self._buffer.peek(), dtype=RECORD)
        return np.concatenate([*self._kept, rest])

    def static_table(self, name: str) -> pa.Table:
        """One of the static tables (entities, accounts, payments, codes) as it stands."""
        return self._statics.table(name)

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # A run that failed must not fail again in the auditor while its journal is saved.
        self._broken = self._broken or exc_type is not None
        self.close()

    def _complete_chunk(self) -> None:
        data = self._buffer.take()
        first, rows = self._flushed, len(data) // RECORD_BYTES
        self._flushed += rows
        self._hash.update(data)
        self._checkpoints.append(self._hash.hexdigest())
        records: Records = np.frombuffer(data, dtype=RECORD)
        if self._writer is not None:
            self._writer.write_table(_as_table(records, first), row_group_size=rows)
        else:
            self._kept.append(records)
        self._show(records, first)

    def _show(self, records: Records, first: int) -> None:
        if self._broken:
            return
        try:
            for listener in self.on_chunk:
                listener(records, first)
        except BaseException:
            self._broken = True
            raise

    def _seal(self) -> None:
        """Static tables into digest and files, then the journal's footer."""
        records_digest = self._hash.hexdigest()
        for name in STATIC_TABLES:
            table = self._statics.table(name)
            for part in canonical(name, table):
                self._hash.update(part)
            if self.directory is not None:
                write_static(self.directory / f"{name}.parquet", table)
        self._digest = self._hash.hexdigest()
        self._buffer.stop(_stopped)
        if self._writer is not None:
            footer = {
                "format": FORMAT,
                "rows": str(self._flushed),
                "checkpoints": " ".join(self._checkpoints),
                "records_digest": records_digest,
                "digest": self._digest,
            }
            self._writer.add_key_value_metadata(footer)
            self._writer.close()
            self._writer = None


def _stopped() -> int:
    """The clock of a closed journal: a late record must fail, not vanish."""
    raise JournalClosed("the journal is closed")


def _as_table(records: Records, first: int) -> pa.Table:
    seq = np.arange(first, first + len(records), dtype=np.int64)
    columns = [pa.array(seq)] + [pa.array(np.ascontiguousarray(records[name])) for name in COLUMNS]
    return pa.Table.from_arrays(columns, schema=SCHEMA)
