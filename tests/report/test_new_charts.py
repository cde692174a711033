"""Endings by time, corridors, chains and one payment: what is drawn is what the journal and the metrics say."""

from pathlib import Path

import pytest

from sandbox.lifecycle import State
from sandbox.metrics.incidence import aalen_johansen
from sandbox.report import chart_tables, charts, readings
from sandbox.report.chain_reading import chain_reading, chains
from sandbox.report.corridors import corridors
from sandbox.report.explain import Story, explain
from sandbox.report.illustrations import run_charts
from sandbox.report.incidence import incidences
from sandbox.report.runfolder import RunFolder
from sandbox.report.wording import speaking
from sandbox.report.words import LANGUAGES

DAY = 86_400


@pytest.fixture(scope="module")
def run(run_folder: Path) -> RunFolder:
    """The hand-written run, prepared for reading."""
    opened = RunFolder(run_folder)
    readings.prepare(opened)
    return opened


def test_endings_by_time_are_the_estimator_of_the_metrics(run: RunFolder) -> None:
    at = (3_600, DAY, 20 * DAY)
    told = {curve.ending: curve.shares for curve in incidences(run, at)}
    rows = run.rows("select moved - created, state from fate where state <> ? order by payment", [18])
    seconds = [row[0] for row in rows] + [5 * DAY]  # the seventh is in flight at the horizon
    causes = [row[1] for row in rows] + [0]
    for ending in ("CREDITED", "STOPPED", "FAILED"):
        expected = aalen_johansen(seconds, causes, cause=int(State[ending]), at=at)
        assert told[ending] == pytest.approx(expected)
    assert set(told) == {"CREDITED", "STOPPED", "FAILED"}
    assert sum(shares[-1] for shares in told.values()) <= 1 + 1e-12


def test_corridors_count_every_payment_once(run: RunFolder) -> None:
    found = corridors(run)
    assert sum(each.payments for each in found) == 7
    assert sum(each.usd_cents for each in found) == 51_000_00
    usdt = next(each for each in found if (each.country, each.rail) == ("CN", "rail/usdt"))
    assert (usdt.payments, usdt.credited, usdt.median_seconds) == (2, 1, 16_260)
    figure = charts.corridor(found)
    assert sum(len(trace.x) for trace in figure.data) == len(found)


def test_a_chain_shows_its_blocks_waits_and_reorganisations(run: RunFolder) -> None:
    assert chains(run) == ["chain/bitcoin", "chain/evm"]
    bitcoin = chain_reading(run, "chain/bitcoin")
    assert sum(each.blocks for each in bitcoin.stretches) == 2
    (wait,) = bitcoin.waits
    assert (wait.seconds, wait.confirmations, wait.dropped) == (3_900, 6, True)
    marks = charts.chain_view(bitcoin, run.clock).data
    assert sum(trace.name == "dropped by a reorganisation on its way" for trace in marks) == 1


def test_the_bars_of_a_payment_sum_to_its_time(run_folder: Path) -> None:
    story = explain(run_folder, "P-00003")
    assert isinstance(story, Story)
    figure = charts.payment_gantt(story)
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert sum(sum(trace.x) for trace in bars) * DAY == pytest.approx(story.total_seconds)
    assert len(chart_tables.gantt_table(story).rows) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_chart_has_a_title_a_lead_and_a_table(language: str, run_folder: Path) -> None:
    with speaking(language):
        found = run_charts(RunFolder(run_folder))
    assert [each.name for each in found] == [
        "settlement-times", "incidence", "value-flow", "endings", "corridor", "queues", "balances",
        "chain-bitcoin", "chain-evm", "gantt",
    ]  # fmt: skip
    for chart in found:
        assert chart.title and chart.lead and chart.table.rows, chart.name
        assert all(len(row) == len(chart.table.headings) for row in chart.table.rows)
