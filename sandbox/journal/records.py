"""The bytes of a journal record: ten integers in 44 bytes, the same on every machine."""

import struct

import numpy as np

#: Layout of one record, little-endian and without padding.
LAYOUT = struct.Struct("<qHHiiiiqq")

#: The same layout as a numpy record; ``seq`` is the row number and is not stored in the bytes.
RECORD = np.dtype(
    [
        ("time", "<i8"),
        ("kind", "<u2"),
        ("reason", "<u2"),
        ("payment", "<i4"),
        ("actor", "<i4"),
        ("subject", "<i4"),
        ("object", "<i4"),
        ("amount", "<i8"),
        ("extra", "<i8"),
    ]
)

RECORD_BYTES = LAYOUT.size

#: Columns of journal.parquet after ``seq``, in order.
COLUMNS = tuple(RECORD.names or ())

#: Version of the layout and of the meaning of the kinds; stands in every file.
FORMAT = "elr-sandbox-journal/1"
