"""The charts of a page with their titles, what to look for, and the tables behind them."""

from collections.abc import Callable, Sequence

import plotly.graph_objects as go

from sandbox.clock import Clock
from sandbox.journal.kinds import Kind
from sandbox.report import chart_tables, charts, readings, tables
from sandbox.report.chain_reading import chain_reading, chains
from sandbox.report.comparing import Difference
from sandbox.report.corridors import corridors
from sandbox.report.explain import tell
from sandbox.report.incidence import TABLE_DAYS, incidences
from sandbox.report.method import scenario_name
from sandbox.report.page import Chart
from sandbox.report.runfolder import RunFolder
from sandbox.report.wording import rail_label, rough_span, say


def run_charts(run: RunFolder) -> list[Chart]:
    """The charts of one run; a chart with nothing to draw is left out."""
    readings.prepare(run)
    flows, settled = readings.flows(run), readings.settlements(run)
    waiting, held = readings.queues(run), readings.balances(run)
    found = []
    if any(len(each.seconds) for each in settled):
        found.append(_settlement_times(settled))
    if flows:
        found += [*_incidence(run), _value_flow(flows), _endings(run, flows), _corridor(run)]
    if waiting:
        found.append(_over_time(run, "queues", waiting, charts.queues_over_time))
    if held:
        found.append(_over_time(run, "balances", held, charts.balances_over_time))
    return [*found, *_chains(run), *_example(run)]


def _settlement_times(settled: Sequence[readings.Settlement]) -> Chart:
    return Chart(
        name="settlement-times",
        title=say("chart.settlement_times"),
        lead=say("lead.settlement_times"),
        figure=charts.settlement_times(settled),
        table=tables.settlement_table(settled),
    )


def _value_flow(flows: Sequence[readings.Flow]) -> Chart:
    return Chart(
        name="value-flow",
        title=say("chart.value_flow"),
        lead=say("lead.value_flow"),
        figure=charts.value_flow(flows),
        table=tables.flow_table(flows),
        wide=True,
    )


def _endings(run: RunFolder, flows: Sequence[readings.Flow]) -> Chart:
    return Chart(
        name="endings",
        title=say("chart.endings"),
        lead=say("lead.endings"),
        figure=charts.endings_by_rail(flows),
        table=tables.endings_table(flows, readings.endings_of_ways(run)),
    )


def _incidence(run: RunFolder) -> list[Chart]:
    curves = incidences(run)
    if not curves:
        return []
    times = tuple(days * 86_400 for days in TABLE_DAYS)
    told = [curve for way in ("", *readings.ways(run)) for curve in incidences(run, times, way)]
    return [
        Chart(
            name="incidence",
            title=say("chart.incidence"),
            lead=say("lead.incidence"),
            figure=charts.cumulative_incidence(curves),
            table=chart_tables.incidence_table(told),
        )
    ]


def _corridor(run: RunFolder) -> Chart:
    found = corridors(run)
    return Chart(
        name="corridor",
        title=say("chart.corridor"),
        lead=say("lead.corridor"),
        figure=charts.corridor(found),
        table=chart_tables.corridor_table(found),
    )


def _chains(run: RunFolder) -> list[Chart]:
    """The chains whose transfers wait to become final; a platform that is final at once has nothing to show."""
    views = [chain_reading(run, chain) for chain in chains(run)]
    return [
        Chart(
            name=view.chain.replace("/", "-"),
            title=say("chart.chain", chain=view.chain.removeprefix("chain/")),
            lead=say("lead.chain"),
            figure=charts.chain_view(view, run.clock),
            table=chart_tables.chain_table(view, run.clock),
        )
        for view in views
        if view.waits
    ]


def _example(run: RunFolder) -> list[Chart]:
    """One payment step by step: that which waited in most places, the longest among equals."""
    rows = run.rows(
        """
        with stays as (
            select payment, object as state, amount as attempt, j."time" as entered,
                   lead(j."time") over (partition by payment order by seq) as left_at
            from journal j where kind = ?
        )
        select payment, max(rail) from stays join fate using (payment) where left_at > entered
        group by payment
        order by count(distinct (stays.state, attempt)) desc, max(left_at) - min(entered) desc, payment limit 1
        """,
        [int(Kind.MOVED)],
    )
    if not rows:
        return []
    story = tell(run, int(rows[0][0]))
    return [
        Chart(
            name="gantt",
            title=say("chart.gantt", payment=story.payment, rail=rail_label(rows[0][1])),
            lead=say("lead.gantt"),
            figure=charts.payment_gantt(story),
            table=chart_tables.gantt_table(story),
        )
    ]


def _over_time(
    run: RunFolder,
    name: str,
    lines: Sequence[readings.Line],
    draw: Callable[[Sequence[readings.Line], Clock], go.Figure],
) -> Chart:
    """Lines that are told once a stretch of the run."""
    stretch = rough_span(readings.stretches(run.horizon))
    return Chart(
        name=name,
        title=say(f"chart.{name}"),
        lead=say(f"lead.{name}", stretch=stretch),
        figure=draw(lines, run.clock),
        table=tables.line_table(say(f"table.{name}", stretch=stretch), lines, run.clock),
    )


def comparison_charts(
    headlines: Sequence[Difference], runs: Sequence[RunFolder], baseline: str
) -> list[Chart]:
    """Differences of the headline metrics, then how one replication of each arm ended."""
    found = []
    if any(each.difference is not None for each in headlines):
        found.append(
            Chart(
                name="differences",
                title=say("chart.differences", baseline=baseline),
                lead=say("lead.differences"),
                figure=charts.policy_differences(headlines),
                table=tables.difference_table(headlines, baseline),
            )
        )
    for place, run in enumerate(runs):
        readings.prepare(run)
        flows = readings.flows(run)
        if flows:
            found.append(
                Chart(
                    name=f"endings-{place}",
                    title=say("chart.endings_in", name=scenario_name(run)),
                    lead=say("lead.endings_in", replication=run.manifest["replication"]),
                    figure=charts.endings_by_rail(flows),
                    table=tables.endings_table(flows, readings.endings_of_ways(run)),
                )
            )
    return found
