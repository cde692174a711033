"""Hostile names do nothing, whatever the report is read with."""

import csv
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.money import Asset
from sandbox.report.assemble import build_report, run_page
from sandbox.report.inert import for_markdown, for_spreadsheet, visible
from sandbox.report.twins import document_text, markdown, rows_text

HOSTILE = (
    "=cmd|'/c calc'!A1",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "<script>alert(1)</script>",
    "{{ 7*7 }}{% x %}${7*7}",
    "\x1b]0;owned\x07\x1b[31m",
    "\u202eevil\u2066",
    "[x](javascript:alert(1))|| `code` ![i](http://x)",
    "../../etc/passwd",
)


@pytest.fixture
def hostile_run(build_run: Callable[..., Path]) -> Path:
    """A run whose every name and text is hostile."""

    def tale(teller: Any) -> None:
        for number, name in enumerate(HOSTILE):
            teller.order(number, rail=name, cents=100, currency=Asset.USD, category=name, country=name)
            teller.desk(number, f"desk/{name}", waits=5, works=5)
            teller.account(name, Asset.USDT, "inventory", 5)
            teller.account(name, Asset.USDT, "inventory", 7)

    rows = [
        {"name": name, "family": name, "by": {name: name}, "value": None, "unit": name, "n": 1}
        | {"reason": name, "definition": name, "standard": name, "sql": name}
        for name in HOSTILE
    ]
    return build_run(tales=[tale], title=HOSTILE[0], metrics=rows, name="hostile")


def test_no_cell_of_the_csv_is_a_formula(hostile_run: Path) -> None:
    text = rows_text(run_page(hostile_run))
    for row in csv.reader(io.StringIO(text)):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
    assert "\x1b" not in text and "\u202e" not in text


def test_the_workbook_holds_text_alone(hostile_run: Path, tmp_path: Path) -> None:
    path = build_report(hostile_run, tmp_path / "hostile.xlsx", "xlsx")
    with zipfile.ZipFile(path) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if "worksheets/sheet" in name]
        texts = book.read("xl/sharedStrings.xml").decode()
    assert sheets and not any("<f>" in sheet or "<hyperlink" in sheet for sheet in sheets)
    assert "cmd|" in texts and "\x1b" not in texts and "\u202e" not in texts and "<script" not in texts


def test_markdown_shows_what_was_written(hostile_run: Path) -> None:
    text = markdown(run_page(hostile_run))
    lines = [line for line in text.splitlines() if not line.startswith("    ")]
    for line in lines:
        assert not re.search(r"(?<!\\)<script|(?<!\\)\]\(|\x1b|\u202e", line), line


def test_json_is_ascii_and_whole(hostile_run: Path) -> None:
    text = document_text(run_page(hostile_run))
    assert text.isascii()


def test_the_page_isolates_the_direction_of_names(hostile_run: Path, tmp_path: Path) -> None:
    text = build_report(hostile_run, tmp_path / "hostile.html").read_text(encoding="utf-8")
    assert "unicode-bidi: isolate" in text
    assert "<script>alert" not in text and "49" not in text.split("{{ 7*7 }}")[1][:10]


@given(st.text(max_size=40))
def test_what_is_made_inert_is_inert(text: str) -> None:
    assert not for_spreadsheet(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert all(each.isprintable() or each in "\u00a0\u202f" for each in visible(text))
    bare = for_markdown(text).replace("\\\\", "")
    assert all(bare[at - 1] == "\\" for at, each in enumerate(bare) if each in "<[|`*_")
