"""Parquet files of a run: how they are written, and the bytes that stand for a table in the digest."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

JOURNAL_FILE = "journal.parquet"

#: Static tables, in the order in which they enter the digest.
STATIC_TABLES = ("entities", "accounts", "payments", "codes")

#: Page checksums turn a flipped bit into an error instead of a wrong number; zstd 3 is pinned for sameness.
_WRITING: dict[str, Any] = {
    "compression": "zstd",
    "compression_level": 3,
    "write_page_checksum": True,
    # No checksum covers the footer: with damaged statistics a query would skip rows that match.
    "write_statistics": False,
    "store_schema": False,
    "version": "2.6",
    "data_page_version": "1.0",
}


def open_writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """A writer of integer columns without dictionaries, for the journal."""
    encoding = {name: "DELTA_BINARY_PACKED" for name in ("seq", "time") if name in schema.names}
    return pq.ParquetWriter(path, schema, use_dictionary=False, column_encoding=encoding, **_WRITING)


def write_static(path: Path, table: pa.Table) -> None:
    """Write a small table in one row group, with dictionaries for text alone: few numbers come again."""
    texts = [field.name for field in table.schema if pa.types.is_string(field.type)]
    pq.write_table(table, path, row_group_size=max(1, table.num_rows), use_dictionary=texts, **_WRITING)


def read_table(path: Path) -> pa.Table:
    """Read a table with its page checksums verified. Raises OSError where a page is damaged."""
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        return file.read()


#: Kinds of numpy arrays that become columns as they are, in 64 bits where they are numbers.
_WIDEST = {"b": "?", "i": "<i8", "f": "<f8"}


def as_column(values: Sequence[Any] | np.ndarray[Any, Any] | pa.Array) -> pa.Array:
    """A static column: bool, 64-bit whole numbers, 64-bit floats or text, by the first value.

    Raises TypeError for anything else, mixtures and missing values.
    """
    if isinstance(values, pa.Array) and pa.types.is_string(values.type) and not values.null_count:
        return values
    if isinstance(values, np.ndarray) and values.dtype.kind in _WIDEST and len(values):
        return pa.array(values.astype(_WIDEST[values.dtype.kind]))
    listed = values.tolist() if isinstance(values, np.ndarray) else list(values)
    kinds = {type(value) for value in listed}
    for kind, arrow in ((bool, pa.bool_()), (int, pa.int64()), (float, pa.float64()), (str, pa.string())):
        if kinds == {kind}:
            return pa.array(listed, arrow)
    if not kinds:
        return pa.array([], pa.int64())
    names = ", ".join(sorted(kind.__name__ for kind in kinds))
    raise TypeError(f"a static column holds one of bool, int, float, str throughout, not {names}")


#: Rows of text that go into the digest at a time.
_STRETCH = 4_096


def _with_length(data: bytes) -> bytes:
    return len(data).to_bytes(4, "little") + data


def canonical(name: str, table: pa.Table) -> Iterator[bytes]:
    """The bytes that stand for a table in the digest: names, types and values, free of file layout."""
    yield f"{name}:{table.num_rows}\n".encode()
    for field in table.schema:
        yield f"{field.name}:{field.type}\n".encode()
        column = table.column(field.name).combine_chunks()
        if pa.types.is_string(field.type):
            # Few different texts stand in a long column: each is encoded once, and few rows at a time are objects.
            encoded: dict[str, bytes] = {}
            for first in range(0, len(column), _STRETCH):
                texts = column.slice(first, _STRETCH).to_pylist()
                encoded.update({text: _with_length(text.encode()) for text in set(texts) - encoded.keys()})
                yield b"".join(map(encoded.__getitem__, texts))
        else:
            values = np.asarray(column.to_numpy(zero_copy_only=False))
            yield values.astype("?" if values.dtype.kind == "b" else values.dtype.newbyteorder("<")).tobytes()
