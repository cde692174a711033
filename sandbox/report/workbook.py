"""A workbook (XLSX) of plain sheets: text stays text, numbers stay numbers, nothing is a formula or a link."""

import io
import re
from dataclasses import dataclass
from datetime import datetime

from sandbox.report.inert import visible

#: When every workbook says it was made: the same values are the same bytes.
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001  (a fixed stamp, in no zone)

#: Columns grow with their text up to this many characters.
_WIDEST = 60

_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")


class MissingWriter(Exception):
    """The library that writes workbooks is not installed."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: headings and rows of text, numbers or nothing."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str | float | int | None, ...], ...]


def workbook(sheets: list[Sheet]) -> bytes:
    """The file. Raises MissingWriter without the extra ``exchange``."""
    try:
        import xlsxwriter
    except ModuleNotFoundError:
        raise MissingWriter("a workbook needs the extra: pip install 'elr-sandbox[exchange]'") from None
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"created": _MADE})
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        for place, sheet in enumerate(sheets, start=1):
            page = book.add_worksheet(_sheet_name(sheet.name, place))
            for column, heading in enumerate(sheet.headings):
                page.write_string(0, column, visible(heading), bold)
                page.set_column(column, column, _width(sheet, column))
            for number, row in enumerate(sheet.rows, start=1):
                for column, cell in enumerate(row):
                    if isinstance(cell, str):
                        page.write_string(number, column, visible(cell))
                    elif cell is not None:
                        page.write_number(number, column, cell)
            page.freeze_panes(1, 0)
    return out.getvalue()


def _sheet_name(name: str, place: int) -> str:
    """At most 31 characters without those a workbook forbids, and unlike any other."""
    return f"{place} {_NOT_IN_A_NAME.sub('-', visible(name))}"[:31]


def _width(sheet: Sheet, column: int) -> int:
    texts = [sheet.headings[column], *(str(row[column]) for row in sheet.rows if column < len(row))]
    return min(max(map(len, texts)) + 2, _WIDEST)
