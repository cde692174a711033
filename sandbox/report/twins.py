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

from sandbox.metrics.inputs import rests_on
from sandbox.report.assumptions import Assumption
from sandbox.report.comparing import Difference
from sandbox.report.inert import for_markdown, for_spreadsheet
from sandbox.report.measures import Measure
from sandbox.report.notes import fact_notes, scope
from sandbox.report.page import Page, first_of_each
from sandbox.report.provenance import (
    answer_metrics,
    chart_definition,
    chart_metrics,
    chart_parameters,
    used_by,
)
from sandbox.report.tables import Table
from sandbox.report.wording import definition_of, metric_title, moment, say, translated, unit_label
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
    found = [("policy", page.policy_title or say("section.policy"), page.policy)]
    found += [(detail.name, detail.title, detail.table) for detail in page.details]
    found += [(chart.name, chart.title, chart.table) for chart in page.charts]
    if page.cost and page.enforcement:
        found.append(("cost", say("page.cost"), page.cost))
        found.append(("enforcement", say("page.enforcement"), page.enforcement))
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
    leads |= {detail.name: detail.lead for detail in page.details}
    for name, heading, table in tables_of(page):
        yield from ("", f"## {for_markdown(heading)}", "")
        if leads.get(name):
            yield from (for_markdown(leads[name]), "")
        yield from _markdown_table(table)
        if chart_definition(name):
            yield from ("", *(for_markdown(each) for each in _chart_notes(page, name)))
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
    for name, unit, definition, standard, behind in _definitions(page):
        more = f" ({say('page.standard', standard=standard)})" if standard else ""
        rests = f" {say('page.rests_on')} {behind}." if behind else ""
        yield f"- {for_markdown(f'{name} ({unit}): {definition}{more}.{rests}')}"


def _names(page: Page) -> list[str]:
    """Parameters that the page lists, each once."""
    return list(dict.fromkeys(each.name for each in page.assumptions))


def _chart_notes(page: Page, name: str) -> Iterator[str]:
    """What a chart's numbers are, where they stand as metrics, and what they rest on."""
    metrics = chart_metrics(name, {each.name for each in page.measures})
    parameters = chart_parameters(name, _names(page))
    yield chart_definition(name) + (f" {say('page.same_as')} {', '.join(metrics)}." if metrics else "")
    if parameters:
        yield ""
        yield f"{say('page.rests_on')} {', '.join(parameters)}."


def _definitions(page: Page) -> Iterator[tuple[str, str, str, str, str]]:
    """Each metric's name, unit, definition, standard and parameters, in the language spoken."""
    names = _names(page)
    for each in first_of_each(page.measures):
        yield (
            each.name,
            unit_label(each.unit),
            definition_of(each.name, each.definition),
            translated("standard", each.standard) if each.standard else "",
            ", ".join(rests_on(each.name, each.family, names)),
        )


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
                "row_metrics": list(table.row_metrics),
                "heading_metrics": list(table.heading_metrics),
                "defined": chart_definition(name),
                "metrics": chart_metrics(name, {each.name for each in page.measures}),
                "rests_on": chart_parameters(name, _names(page)),
            }
            for name, heading, table in tables_of(page)
        },
        "answer_metrics": answer_metrics({each.name for each in page.measures}),
        # A comparison's measurements are those of all its replications: their differences, none of any one run.
        **_exact(page),
        "definitions": {each.name: _definition(page, each) for each in first_of_each(page.measures)},
        "assumptions": [{**asdict(each), "used_by": used_by(each.name)} for each in page.assumptions],
        "method": dict(page.method),
        "command": page.command,
    }


def document_text(page: Page) -> str:
    """The JSON twin; ASCII, so that every locale can carry it."""
    return json.dumps(document(page), indent=1, ensure_ascii=True, allow_nan=False) + "\n"


def _measurement(each: Measure) -> dict[str, Any]:
    names = ("name", "family", "value", "unit", "n", "definition", "standard", "reason")
    return {**{name: getattr(each, name) for name in names}, "by": dict(each.by)}


def _exact(page: Page) -> dict[str, Any]:
    """What was measured with its exact values, under the name of its kind."""
    if page.rows:
        columns, rows = page.rows
        return {"rows": [dict(zip(columns, row, strict=True)) for row in rows]}
    if page.differences:
        return {"differences": [_difference(each) for each in page.differences]}
    return {"measurements": [_measurement(each) for each in page.measures]}


def _difference(each: Difference) -> dict[str, Any]:
    return {**asdict(each), "by": dict(each.by), "verdict": each.verdict}


def _definition(page: Page, each: Measure) -> dict[str, Any]:
    names = ("family", "unit", "definition", "standard", "sql")
    behind = rests_on(each.name, each.family, _names(page))
    return {**{name: getattr(each, name) for name in names}, "rests_on": behind}


#: Columns of the rows of a comparison, in CSV and in the workbook.
_COMPARED = (
    "metric", "title", "family", "by", "unit", "baseline", "alternative", "baseline_value", "alternative_value",
    "difference", "low", "high", "level", "n", "reason",
)  # fmt: skip

#: Columns of the rows of metrics, in CSV and in the workbook.
_COLUMNS = ("name", "title", "family", "by", "value", "unit", "n", "reason")


def _metric_rows(page: Page) -> Iterator[tuple[str | float | int | None, ...]]:
    for each in page.measures:
        by = ", ".join(f"{key}={value}" for key, value in each.by)
        title = metric_title(each.name, each.by)
        yield each.name, title, each.family, by, each.value, each.unit, each.n, each.reason


def _difference_rows(page: Page) -> Iterator[tuple[str | float | int | None, ...]]:
    for each in page.differences:
        by = ", ".join(f"{key}={value}" for key, value in each.by)
        told = {**asdict(each), "by": by, "title": each.title}
        yield tuple(told[column] for column in _COMPARED)


def _rows(page: Page) -> tuple[tuple[str, ...], tuple[tuple[str | float | int | None, ...], ...]]:
    """Columns and rows of what was measured: a run's metrics, a comparison's differences, a sweep's influences."""
    if page.rows:
        return page.rows
    if page.differences:
        return _COMPARED, tuple(_difference_rows(page))
    return _COLUMNS, tuple(_metric_rows(page))


def rows_text(page: Page) -> str:
    """Every measurement with its exact value as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    columns, rows = _rows(page)
    writer.writerow(columns)
    for row in rows:
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
        Sheet("rows" if page.rows else "differences" if page.differences else "metrics", *_rows(page)),
        *(
            Sheet(name, table.headings, table.rows)
            for name, _, table in tables_of(page)
            if name != "all-metrics"
        ),
        Sheet("definitions", _defined_by(), tuple(_definitions(page))),
    ]


def _defined_by() -> tuple[str, ...]:
    """Headings of the sheet of definitions."""
    keys = ("column.metric", "terminal.unit", "section.definitions", "page.standard", "page.rests_on")
    return tuple(say(key).partition(":")[0] for key in keys)


def _assumptions(assumptions: tuple[Assumption, ...]) -> Table:
    names = ("name", "value", "since", "range", "source", "confidence", "used_by")
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
                each.confidence + (f" ({say('page.assumed')})" if each.assumed else ""),
                used_by(each.name),
            )
            for each in assumptions
        ),
    )
