"""The charts of a page with their titles, what to look for, and the tables behind them."""

from collections.abc import Sequence

from sandbox.report import charts, readings, tables
from sandbox.report.comparing import Difference
from sandbox.report.method import scenario_name
from sandbox.report.page import Chart
from sandbox.report.runfolder import RunFolder
from sandbox.report.wording import rough_span, say


def run_charts(run: RunFolder) -> list[Chart]:
    """The charts of one run; a chart with nothing to draw is left out."""
    readings.prepare(run)
    flows, settled = readings.flows(run), readings.settlements(run)
    waiting, held = readings.queues(run), readings.balances(run)
    found = []
    if any(len(each.seconds) for each in settled):
        found.append(_settlement_times(settled))
    if flows:
        found += [_value_flow(flows), _endings(flows)]
    if waiting:
        found.append(_queues(run, waiting))
    if held:
        found.append(_balances(run, held))
    return found


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
    )


def _endings(flows: Sequence[readings.Flow]) -> Chart:
    return Chart(
        name="endings",
        title=say("chart.endings"),
        lead=say("lead.endings"),
        figure=charts.endings_by_rail(flows),
        table=tables.endings_table(flows),
    )


def _queues(run: RunFolder, waiting: Sequence[readings.Line]) -> Chart:
    stretch = rough_span(readings.stretches(run.horizon))
    caption = say("table.queues", stretch=stretch)
    return Chart(
        name="queues",
        title=say("chart.queues"),
        lead=say("lead.queues", stretch=stretch),
        figure=charts.queues_over_time(waiting, run.clock),
        table=tables.line_table(caption, waiting, run.clock),
    )


def _balances(run: RunFolder, held: Sequence[readings.Line]) -> Chart:
    stretch = rough_span(readings.stretches(run.horizon))
    caption = say("table.balances", stretch=stretch)
    return Chart(
        name="balances",
        title=say("chart.balances"),
        lead=say("lead.balances", stretch=stretch),
        figure=charts.balances_over_time(held, run.clock),
        table=tables.line_table(caption, held, run.clock),
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
                    table=tables.endings_table(flows),
                )
            )
    return found
