"""``sandbox export``: the journal as JSON Lines, its payments or another view as CSV."""

import csv
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from sandbox.cli.exits import Exit
from sandbox.cli.reading import single_run
from sandbox.clock import Clock
from sandbox.experiment.folder import read_manifest
from sandbox.journal.export import export_json_lines
from sandbox.journal.kinds import Kind
from sandbox.journal.reader import JournalReader
from sandbox.journal.views import VIEWS
from sandbox.lifecycle import TERMINALS, State
from sandbox.money import Asset

#: A spreadsheet takes text that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_PAYMENTS = f"""WITH last AS (
    SELECT payment, arg_max(object, seq) AS state, max(time) AS moved, max(amount) AS attempts,
           arg_max(extra, seq) FILTER (extra >= 0) AS rail
    FROM journal WHERE kind = {Kind.MOVED:d} GROUP BY payment)
SELECT p.payment, p.created, i.name AS importer, b.name AS beneficiary, k.name AS bank, p.country, p.category,
       p.terms, p.currency, p.invoice_usd_cents, p.payout_units, p.due, last.state, last.moved, last.attempts,
       r.name AS rail
FROM payments p JOIN last USING (payment)
LEFT JOIN entities i ON i.id = p.importer LEFT JOIN entities b ON b.id = p.beneficiary
LEFT JOIN entities k ON k.id = p.bank LEFT JOIN entities r ON r.id = last.rail
ORDER BY p.payment"""

_HEADINGS = (
    "payment", "created", "importer", "beneficiary", "bank", "country", "category", "terms", "currency",
    "invoice_usd_cents", "payout_minor_units", "due", "state", "ending", "ended", "seconds", "attempts", "rail",
)  # fmt: skip


#: Rows of a view that are held in memory at a time.
_STRETCH = 100_000


def export_run(folder: Path, kind: str, output: Path | None, view: str = "payments") -> Exit:
    """Write to a file, which must not exist, or to stdout."""
    clock = Clock(date.fromisoformat(read_manifest(single_run(folder))["clock"]["start"]))
    with JournalReader(folder) as reader, _opened(output) as out:
        if kind == "jsonl":
            export_json_lines(reader, out, clock)
        elif view == "payments":
            _payments_csv(reader, clock, out)
        elif view == "metrics":
            _metrics_csv(folder, out)
        elif view in VIEWS:
            _view_csv(reader, view, clock, out)
        else:
            _static_csv(reader, view, out)
    return Exit.DONE


def _view_csv(reader: JournalReader, view: str, clock: Clock, out: TextIO) -> None:
    """A view of the journal, one row a record, with the local time beside the simulated second."""
    writer = csv.writer(out, lineterminator="\n")
    for first in range(0, max(reader.rows, 1), _STRETCH):
        columns = reader.columns(
            f"SELECT * FROM {view} WHERE seq >= ? AND seq < ? ORDER BY seq", [first, first + _STRETCH]
        )
        if first == 0:
            writer.writerow(["at", *columns])
        listed = [column.tolist() for column in columns.values()]
        times = columns["time"].tolist()
        for second, *row in zip(times, *listed, strict=True):
            writer.writerow([clock.text(second), *(_cell("" if _absent(value) else value) for value in row)])


def _static_csv(reader: JournalReader, name: str, out: TextIO) -> None:
    """Entities or accounts."""
    table = reader.static_table(name)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.column_names)
    for row in table.to_pylist():
        writer.writerow(["" if value is None else _cell(value) for value in row.values()])


def _metrics_csv(folder: Path, out: TextIO) -> None:
    """One row a metric and group. Raises OSError for a run that was not measured."""
    document = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["metric", "family", "by", "value", "unit", "n", "reason"])
    for row in document["metrics"]:
        by = ", ".join(f"{key}={value}" for key, value in row["by"].items())
        cells = (row["name"], row["family"], by, row["value"], row["unit"], row["n"], row["reason"])
        writer.writerow(["" if cell is None else _cell(cell) for cell in cells])


def _absent(value: Any) -> bool:
    """NULL, as an object or as a float that is no number."""
    return value is None or value != value


@contextmanager
def _opened(output: Path | None) -> Iterator[TextIO]:
    if output is None:
        yield sys.stdout
        return
    with output.open("x", encoding="utf-8", newline="") as file:
        yield file


def _payments_csv(reader: JournalReader, clock: Clock, out: TextIO) -> None:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_HEADINGS)
    for row in reader.sql(_PAYMENTS):
        writer.writerow([_cell(value) for value in _payment(row, clock)])


def _payment(row: tuple[Any, ...], clock: Clock) -> tuple[Any, ...]:
    payment, created, *named, currency, invoice, payout, due, state, moved, attempts, rail = row
    over = State(state) in TERMINALS
    return (
        f"P-{payment:05d}",
        clock.text(created),
        *named,
        Asset(currency).name,
        invoice,
        payout,
        "" if due < 0 else clock.text(due),
        State(state).name,
        State(state).name if over else "CENSORED",
        clock.text(moved) if over else "",
        moved - created if over else "",
        attempts,
        (rail or "").removeprefix("rail/"),
    )


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
