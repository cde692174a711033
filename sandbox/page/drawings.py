"""Charts that are drawn when somebody asks: one payment on a line of time, one chain; as plain data for the page.

The functions that draw are the report's. They are loaded when the first chart is wanted.
"""

import json
from dataclasses import asdict
from typing import Any

from sandbox.page.chain_book import chain_entity
from sandbox.page.opened import Opened


def as_document(chart: Any) -> dict[str, Any]:
    """A chart of the report as plain data: its figure in Plotly's JSON, and the table behind it."""
    return {
        "name": chart.name,
        "title": chart.title,
        "lead": chart.lead,
        "figure": json.loads(chart.figure.to_json()),
        "table": asdict(chart.table),
    }


def payment_chart(opened: Opened, number: int) -> dict[str, Any] | None:
    """A payment's stays as bars on a line of time; None for one that waited nowhere."""
    from sandbox.report import chart_tables, charts
    from sandbox.report.explain import tell
    from sandbox.report.page import Chart

    story = tell(opened.run, number)
    if not any(step.wait_seconds for step in story.steps):
        return None
    return as_document(
        Chart(
            name="gantt",
            title="",
            lead="",
            figure=charts.payment_gantt(story),
            table=chart_tables.gantt_table(story),
        )
    )


def chain_chart(opened: Opened, chain: str) -> dict[str, Any] | None:
    """A chain's blocks, waits for finality and reorganisations; None for one on which nothing of ours waited."""
    from sandbox.report import chart_tables, charts
    from sandbox.report.chain_reading import chain_reading
    from sandbox.report.page import Chart
    from sandbox.report.wording import say

    chain_entity(opened, chain)
    view = chain_reading(opened.run, f"chain/{chain}")
    if not view.waits:
        return None
    return as_document(
        Chart(
            name="chain",
            title="",
            lead=say("lead.chain"),
            figure=charts.chain_view(view, opened.run.clock),
            table=chart_tables.chain_table(view, opened.run.clock),
        )
    )
