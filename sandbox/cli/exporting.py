"""``sandbox export``: the journal as JSON Lines, the payments as CSV."""

import csv
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


def export_run(folder: Path, kind: str, output: Path | None) -> Exit:
    """Write to a file, which must not exist, or to stdout."""
    clock = Clock(date.fromisoformat(read_manifest(single_run(folder))["clock"]["start"]))
    with JournalReader(folder) as reader, _opened(output) as out:
        if kind == "jsonl":
            export_json_lines(reader, out, clock)
        else:
            _payments_csv(reader, clock, out)
    return Exit.DONE


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
