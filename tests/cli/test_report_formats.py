"""``report --format``: the page and its twins say the same, and what they say is the journal's by SQL."""

import csv
import json
import re
import zipfile
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import pytest

from sandbox.journal.kinds import Kind
from sandbox.lifecycle import State
from sandbox.report.assemble import FORMATS, build_report
from sandbox.report.wording import millions, number, rail_label, rough_span, say
from tests.cli.conftest import Command

_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def twins(shared_run: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The report of the shared run in every format."""
    folder = tmp_path_factory.mktemp("twins")
    return {kind: build_report(shared_run, folder / f"report.{kind}", kind) for kind in FORMATS}


def _workbook(path: Path) -> list[list[list[str | float]]]:
    """The cells of every sheet; numbers are floats, and there is no formula and no link."""
    with zipfile.ZipFile(path) as book:
        names = sorted(
            (n for n in book.namelist() if "worksheets/sheet" in n), key=lambda n: int(re.sub(r"\D", "", n))
        )
        shared = [
            "".join(part.text or "" for part in each.iter(f"{_SHEET}t"))
            for each in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        ]
        sheets = [ElementTree.fromstring(book.read(name)) for name in names]
        assert not any("hyperlink" in name or "_rels/sheet" in name for name in book.namelist())
    found = []
    for sheet in sheets:
        assert not list(sheet.iter(f"{_SHEET}f"))
        rows: list[list[str | float]] = []
        for row in sheet.iter(f"{_SHEET}row"):
            cells: list[str | float] = []
            for cell in row:
                value = cell.findtext(f"{_SHEET}v") or ""
                cells.append(shared[int(value)] if cell.get("t") == "s" else float(value))
            rows.append(cells)
        found.append(rows)
    return found


def test_all_formats_say_the_same_values(twins: dict[str, Path], shared_run: Path) -> None:
    document = json.loads(twins["json"].read_text(encoding="utf-8"))
    measured = json.loads((shared_run / "metrics.json").read_text(encoding="utf-8"))
    listed = measured["metrics"] if isinstance(measured, dict) else measured
    values = [each["value"] for each in listed]
    assert [each["value"] for each in document["measurements"]] == values
    with twins["csv"].open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["value"]) if row["value"] else None for row in rows] == values
    sheets = _workbook(twins["xlsx"])
    # An absent value is an absent cell: the sample follows the unit in its place.
    numbers = [next((cell for cell in row[3:] if isinstance(cell, float)), None) for row in sheets[1][1:]]
    assert len(numbers) == len(values)
    # A workbook keeps sixteen digits.
    for told, value in zip(numbers, values, strict=True):
        assert value is None or told == pytest.approx(value, rel=1e-15)

    html = unescape(re.sub(r"<[^>]+>", "\x00", twins["html"].read_text(encoding="utf-8")))
    shown = {part.strip() for part in html.split("\x00")}
    markdown = re.sub(r"\\(.)", r"\1", twins["md"].read_text(encoding="utf-8"))
    workbook = {cell for sheet in sheets for row in sheet for cell in row}
    for table in document["tables"].values():
        for row in table["rows"]:
            assert f"| {' | '.join(row)} |" in markdown
            for cell in row:
                assert cell in shown or cell in html, cell
    for sentence in document["answer"]:
        assert sentence in shown and sentence in markdown and sentence in workbook
    for cell in document["tables"]["policy"]["rows"][0]:
        assert cell in workbook


def test_the_numbers_of_tables_are_the_journals(twins: dict[str, Path], shared_run: Path) -> None:
    tables = json.loads(twins["json"].read_text(encoding="utf-8"))["tables"]
    manifest = json.loads((shared_run / "manifest.json").read_text(encoding="utf-8"))
    clock = manifest["clock"]
    connection = duckdb.connect()
    for name in ("journal", "payments", "entities"):
        connection.execute(f"create view {name} as select * from '{shared_run / name}.parquet'")
    rows = connection.execute(
        """
        select p.country, coalesce((select name from entities where id = m.rail), ''), count(*),
               count(*) filter (m.state = $1), sum(p.invoice_usd_cents)::bigint,
               quantile_cont(m.moved - p.created, 0.5) filter (m.state = $1)
        from payments p join (
            select payment, last(object order by seq) as state, last("time" order by seq) as moved,
                   last(extra order by seq) filter (extra >= 0) as rail
            from journal where kind = $2 group by payment
        ) m using (payment)
        where p.created >= $3 and p.created < $4 group by 1, 2
        """,
        [int(State.CREDITED), int(Kind.MOVED), clock["warm_up"], clock["horizon"] - clock["cool_down"]],
    ).fetchall()
    told = {(row[0], row[1]): row[2:] for row in tables["corridor"]["rows"]}
    assert len(told) == len(rows) > 3
    for country, rail, payments, credited, cents, median in rows:
        expected = [number(payments), number(credited), millions(cents)]
        expected.append("–" if median is None else rough_span(median))
        assert told[(say(f"country.{country}"), rail_label(rail))] == expected
    drawn = [name for name in tables if name.startswith("chain-")]
    assert drawn
    for name in drawn:
        (blocks,) = connection.execute(
            "select count(*) from journal j join entities e on e.id = j.actor where j.kind = ? and e.name = ?",
            [int(Kind.BLOCK), name.replace("-", "/", 1)],
        ).fetchall()[0]
        assert sum(int(row[1].replace(",", "")) for row in tables[name]["rows"]) == blocks


def test_endings_by_time_are_the_metric(twins: dict[str, Path], shared_run: Path) -> None:
    document = json.loads(twins["json"].read_text(encoding="utf-8"))
    metric = {
        (each["by"]["ending"], each["by"]["within_days"]): each["value"]
        for each in document["measurements"]
        if each["name"] == "time_cif" and set(each["by"]) == {"ending", "within_days"}
    }
    assert metric
    headings = [re.sub(r"\D", "", each) for each in document["tables"]["incidence"]["headings"][1:]]
    credited = document["tables"]["incidence"]["rows"][0]
    assert credited[0] == "credited"
    for days, cell in zip(headings, credited[1:], strict=True):
        assert cell == f"{100 * metric[('CREDITED', days)]:.1f}%"


def test_the_same_folder_gives_the_same_workbook(sandbox: Command, shared_run: Path, tmp_path: Path) -> None:
    made = [tmp_path / "1.xlsx", tmp_path / "2.xlsx"]
    for path in made:
        assert sandbox("report", shared_run, "--format", "xlsx", "-o", path).code == 0
    assert made[0].read_bytes() == made[1].read_bytes()
