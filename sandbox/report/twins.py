"""A report's twins: the same page as Markdown, as a JSON document, as a workbook, and its metrics as rows.

All are made from one :class:`~sandbox.report.page.Page`, so that no format can say another number. Text from a
scenario is inert in each (:mod:`sandbox.report.inert`).
"""

import csv
import io
import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sandbox.report.assumptions import Assumption
from sandbox.report.inert import for_markdown, for_spreadsheet
from sandbox.report.measures import Measure
from sandbox.report.notes import fact_notes, scope
from sandbox.report.page import Page
from sandbox.report.tables import Table
from sandbox.report.wording import definition_of, metric_title, moment, say, unit_label
from sandbox.report.workbook import Sheet, workbook

#: Schema of the JSON twin.
SCHEMA = "sandbox.report/1"


def write_twin(page: Page, kind: str, path: Path) -> Path:
    """Write one twin (``md``, ``json``, ``xlsx`` or ``csv``) beside the target and put it in place."""
    makers = {"md": markdown, "json": document_text, "csv": rows_text}
    data = workbook(sheets(page)) if kind == "xlsx" else makers[kind](page).encode("utf-8")
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    os.replace(part, path)
    return path


def tables_of(page: Page) -> list[tuple[str, str, Table]]:
    """Every table of the page: a name, its heading and the table, in the order of the page."""
    found = [("policy", say("section.policy"), page.policy)]
    found += [(chart.name, chart.title, chart.table) for chart in page.charts]
    found += [
        ("cost", say("page.cost"), page.cost),
        ("enforcement", say("page.enforcement"), page.enforcement),
    ]
    if page.timeline:
        found.append(("timeline", say("section.timeline"), page.timeline))
    found.append(("assumptions", say("section.assumptions"), _assumptions(page.assumptions)))
    if page.stress:
        found.append(("stress", say("section.stress"), page.stress))
    if page.all_metrics:
        found.append(("all-metrics", say("table.all_metrics"), page.all_metrics))
    return found


def markdown(page: Page) -> str:
    """The page as Markdown; the table stands where the page has a chart."""
    return "\n".join(_markdown_lines(page)) + "\n"


def _markdown_lines(page: Page) -> Iterator[str]:
    yield f"# {for_markdown(page.title)}"
    yield from ("", for_markdown(page.kind), "", for_markdown(page.question), "")
    yield f"## {say('section.answer')}"
    yield ""
    for sentence in page.answer:
        yield f"- {for_markdown(sentence)}"
    leads = {chart.name: chart.lead for chart in page.charts}
    for name, heading, table in tables_of(page):
        yield from ("", f"## {for_markdown(heading)}", "")
        if name in leads:
            yield from (for_markdown(leads[name]), "")
        yield from _markdown_table(table)
    yield from ("", f"## {say('section.method')}", "")
    for name, value in page.method:
        yield f"- {for_markdown(name)}: {for_markdown(value)}"
    yield from ("", say("page.again"), "", "    " + page.command, "", f"## {say('section.scope')}", "")
    for sentence in scope():
        yield f"- {for_markdown(sentence)}"
    for note in fact_notes():
        source = f"<{note.url}>" if note.url else for_markdown(note.source)
        yield f"- {for_markdown(say('page.claim', claim=note.claim))} {for_markdown(note.note)} {source}"
    yield from ("", f"## {say('section.definitions')}", "")
    for each in _once(page.measures):
        unit = for_markdown(unit_label(each.unit))
        yield f"- {for_markdown(each.name)} ({unit}): {for_markdown(definition_of(each.name, each.definition))}"


def _markdown_table(table: Table) -> Iterator[str]:
    yield for_markdown(table.caption)
    yield ""
    yield f"| {' | '.join(for_markdown(each) for each in table.headings)} |"
    yield f"|{' --- |' * len(table.headings)}"
    for row in table.rows:
        yield f"| {' | '.join(for_markdown(cell) for cell in row)} |"


def document(page: Page) -> dict[str, Any]:
    """The page as plain data: sentences, tables as shown, and every measurement with its exact value."""
    return {
        "schema": SCHEMA,
        "title": page.title,
        "question": page.question,
        "kind": page.kind,
        "answer": list(page.answer),
        "tables": {
            name: {
                "title": heading,
                "caption": table.caption,
                "headings": list(table.headings),
                "rows": [list(row) for row in table.rows],
            }
            for name, heading, table in tables_of(page)
        },
        "measurements": [_measurement(each) for each in page.measures],
        "assumptions": [asdict(each) for each in page.assumptions],
        "method": dict(page.method),
        "command": page.command,
    }


def document_text(page: Page) -> str:
    """The JSON twin; ASCII, so that every locale can carry it."""
    return json.dumps(document(page), indent=1, ensure_ascii=True, allow_nan=False) + "\n"


def _measurement(each: Measure) -> dict[str, Any]:
    names = ("name", "family", "value", "unit", "n", "definition", "standard", "reason")
    return {**{name: getattr(each, name) for name in names}, "by": dict(each.by)}


#: Columns of the rows of metrics, in CSV and in the workbook.
_COLUMNS = ("name", "title", "family", "by", "value", "unit", "n", "reason")


def _metric_rows(page: Page) -> Iterator[tuple[str | float | int | None, ...]]:
    for each in page.measures:
        by = ", ".join(f"{key}={value}" for key, value in each.by)
        title = metric_title(each.name, each.by)
        yield each.name, title, each.family, by, each.value, each.unit, each.n, each.reason


def rows_text(page: Page) -> str:
    """Every measurement with its exact value as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in _metric_rows(page):
        writer.writerow([for_spreadsheet(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue()


def sheets(page: Page) -> list[Sheet]:
    """The workbook: the answer, each table as shown, and every measurement as numbers."""
    answer: list[tuple[str | float | int | None, ...]] = [(page.title,), (page.kind,), (page.question,)]
    answer += [(sentence,) for sentence in page.answer]
    answer += [(f"{name}: {value}",) for name, value in page.method]
    answer.append((page.command,))
    return [
        Sheet("answer", (say("section.answer"),), tuple(answer)),
        Sheet("metrics", _COLUMNS, tuple(_metric_rows(page))),
        *(
            Sheet(name, table.headings, table.rows)
            for name, _, table in tables_of(page)
            if name != "all-metrics"
        ),
    ]


def _assumptions(assumptions: tuple[Assumption, ...]) -> Table:
    names = ("name", "value", "since", "range", "source", "confidence")
    return Table(
        caption=say("page.values_caption"),
        headings=tuple(say(f"page.{name}") for name in names),
        rows=tuple(
            (
                f"{each.name} ({say('page.set')})" if each.overridden else each.name,
                f"{each.value} {each.unit}".strip(),
                moment(each.since),
                "" if each.low == each.high == "–" else say("page.range_of", low=each.low, high=each.high),
                each.source,
                each.confidence,
            )
            for each in assumptions
        ),
    )


def _once(measures: tuple[Measure, ...]) -> list[Measure]:
    """The first measurement of each metric."""
    first: dict[str, Measure] = {}
    for each in measures:
        first.setdefault(each.name, each)
    return list(first.values())
