"""A page of results as values, and its rendering into one self-contained HTML file.

Plotly's script comes from the installed package and stands in the file once; charts are JSON that one
small script draws. The content security policy names these two scripts by their hash and forbids every
request, so text from a scenario can never run and the file opens offline.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from sandbox.metrics.inputs import rests_on
from sandbox.report.assumptions import Assumption
from sandbox.report.comparing import Difference
from sandbox.report.measures import Measure
from sandbox.report.notes import fact_notes, scope
from sandbox.report.provenance import (
    answer_metrics,
    chart_definition,
    chart_metrics,
    chart_parameters,
    used_by,
)
from sandbox.report.tables import Table
from sandbox.report.wording import CONFIDENCE, definition_of, moment, say, translated, unit_label


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart with its title, what to look for, and the table behind it."""

    name: str
    """Identifier on the page: letters and dashes."""
    title: str
    lead: str
    figure: Any
    """A Plotly Figure."""
    table: Table
    wide: bool = False
    """Whether it needs the whole width of a printed page."""


@dataclass(frozen=True, slots=True)
class Detail:
    """A table with a section of its own, where no chart stands before it."""

    name: str
    """Identifier on the page: letters and dashes."""
    title: str
    lead: str
    table: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything a page of results shows; all text is plain and is escaped when rendered."""

    title: str
    question: str
    kind: str
    """``Run`` or ``Comparison``."""
    answer: tuple[str, ...]
    policy: Table
    all_metrics: Table | None
    """Every metric, where the policy table is a choice of them."""
    charts_title: str
    charts: tuple[Chart, ...]
    cost: Table | None
    """Cost, and compliance beside it; None on the page of a sweep, whose metrics may be of any family."""
    enforcement: Table | None
    assumptions: tuple[Assumption, ...]
    method: tuple[tuple[str, str], ...]
    command: str
    """The exact command that makes the same journal again."""
    measures: tuple[Measure, ...]
    """Metrics to define, once each."""
    timeline: Table | None = None
    """Dated events, where there are any."""
    differences: tuple[Difference, ...] = ()
    """Of a comparison, each difference with its exact ends; a run has measurements instead."""
    policy_title: str = ""
    """Heading of the first table, where it is not the policy table."""
    details: tuple[Detail, ...] = ()
    rows: tuple[tuple[str, ...], tuple[tuple[str | float | int | None, ...], ...]] | None = None
    """Columns and rows for programs, where they are neither measurements nor differences."""
    stress: Table | None = None
    """The STRESS-DES checklist."""
    language: str = "en"


def render(page: Page) -> str:
    """The page as one HTML document."""
    plotly, draw = get_plotlyjs(), _resource("draw.js")
    definitions = first_of_each(page.measures)
    names = list(dict.fromkeys(each.name for each in page.assumptions))
    defined = {each.name for each in definitions}
    return (
        _templates()
        .get_template("page.html.j2")
        .render(
            page=page,
            say=say,
            moment=moment,
            translated=translated,
            unit_label=unit_label,
            definition_of=definition_of,
            scope=scope(),
            fact_notes=fact_notes(),
            confidence_letters=CONFIDENCE,
            style=Markup(_resource("style.css")),
            plotly_script=Markup(plotly),
            draw_script=Markup(draw),
            script_hashes=" ".join(_csp_hash(script) for script in (plotly, draw)),
            figure_json=_figure_json,
            definitions=definitions,
            behind={each.name: rests_on(each.name, each.family, names) for each in definitions},
            answered=answer_metrics(defined),
            defined_metrics=defined,
            chart_definition=chart_definition,
            chart_metrics=chart_metrics,
            chart_parameters=lambda name: chart_parameters(name, names),
            used_by=used_by,
        )
    )


def first_of_each(measures: Sequence[Measure]) -> list[Measure]:
    """The first measurement of each metric, in order: names, units, formulas and SQL are the same in all."""
    first: dict[str, Measure] = {}
    for each in measures:
        first.setdefault(each.name, each)
    return list(first.values())


def _figure_json(figure: Any) -> Markup:
    """The figure as JSON that cannot close its script element."""
    document = json.loads(figure.to_json())
    text = json.dumps(document, ensure_ascii=True, separators=(",", ":"), sort_keys=True)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def _csp_hash(script: str) -> str:
    """How a content security policy names an inline script: by the SHA-256 of its text."""
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("sandbox.report", "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _resource(name: str) -> str:
    return resources.files("sandbox.report").joinpath("templates", name).read_text(encoding="utf-8")
