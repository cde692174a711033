"""Charts hold what the journal holds, thinned but not bent."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.clock import Clock
from sandbox.report import charts, palette, readings
from sandbox.report.comparing import Difference
from sandbox.report.runfolder import RunFolder

CLOCK = Clock(date(2024, 9, 2))


@pytest.fixture(scope="module")
def run(run_folder: Path) -> RunFolder:
    """The hand-written run, prepared for reading."""
    opened = RunFolder(run_folder)
    readings.prepare(opened)
    return opened


def test_flows_count_every_payment_once(run: RunFolder) -> None:
    flows = readings.flows(run)
    assert sum(flow.payments for flow in flows) == 7
    assert sum(flow.usd_cents for flow in flows) == 51_000_00
    endings = {(flow.rail, flow.ending): flow.payments for flow in flows}
    assert endings == {
        ("rail/usdt", "CREDITED"): 1,
        ("rail/btc", "CREDITED"): 1,
        ("rail/digital_ruble", "CREDITED"): 1,
        ("rail/agent", "CREDITED"): 1,
        ("rail/usdt", "STOPPED"): 1,
        ("rail/correspondent", "FAILED"): 1,
        ("rail/correspondent", "CENSORED"): 1,
    }


def test_settlement_curve_counts_those_never_credited(run: RunFolder) -> None:
    settled = {each.rail: each for each in readings.settlements(run)}
    assert (settled["rail/usdt"].payments, settled["rail/usdt"].seconds.tolist()) == (2, [16_260])
    assert settled["rail/correspondent"].seconds.tolist() == []
    figure = charts.settlement_times(list(settled.values()))
    curve = next(trace for trace in figure.data if trace.name == "USDT")
    assert curve.y[-1] == 50.0


def test_sankey_conserves_value_at_every_rail(run: RunFolder) -> None:
    (sankey,) = charts.value_flow(readings.flows(run)).data
    arrives: dict[int, float] = {}
    leaves: dict[int, float] = {}
    for source, target, value in zip(sankey.link.source, sankey.link.target, sankey.link.value, strict=True):
        leaves[source] = leaves.get(source, 0) + value
        arrives[target] = arrives.get(target, 0) + value
    middle = arrives.keys() & leaves.keys()
    assert len(middle) == 5
    assert all(arrives[node] == pytest.approx(leaves[node]) for node in middle)
    assert sum(leaves[node] for node in middle) == pytest.approx(51_000)


def test_endings_are_shares_of_each_rail(run: RunFolder) -> None:
    figure = charts.endings_by_rail(readings.flows(run))
    heights = np.array([trace.x for trace in figure.data])
    assert heights.sum(axis=0).tolist() == [100.0] * 5


def test_queue_of_one_waiting_shows(run: RunFolder) -> None:
    lines = {line.name: line for line in readings.queues(run)}
    assert set(lines) == {"desk/kyc", "desk/aml"}
    assert lines["desk/kyc"].levels.max() == 1
    assert lines["desk/kyc"].levels[-1] == 0


def test_balances_end_where_the_books_end(run: RunFolder) -> None:
    lines = {(line.name, line.asset.name): line for line in readings.balances(run) if line.asset}
    assert lines["dealer/0", "USDT"].levels[-1] == 40_000
    assert lines["dealer/0", "BTC"].levels[-1] == pytest.approx(4.9)
    assert lines["bank/0", "CNY"].levels.min() == 0  # before it was opened
    assert lines["bank/0", "CNY"].levels[-1] == 10_000_000


@settings(max_examples=100, deadline=None)
@given(
    horizon=st.integers(1, 2_000 * 86_400),
    moves=st.lists(st.tuples(st.floats(0, 0.999), st.integers(-9, 9)), max_size=60),
)
def test_thinning_keeps_every_peak(horizon: int, moves: list[tuple[float, int]]) -> None:
    seconds = np.sort(np.array([int(share * horizon) for share, _ in moves], dtype=np.int64))
    steps = np.array([step for _, step in moves], dtype=np.int64)
    second, level = readings._settled(seconds, np.cumsum(steps))
    line = readings._thinned("desk/kyc", second, level, horizon, np.maximum)
    size = readings.stretches(horizon)
    assert len(line.levels) == len(line.seconds) <= readings.LINE_POINTS + 1
    for end, found in zip(range(size, horizon + size, size), line.levels, strict=True):
        inside = [int(v) for s, v in zip(second, level, strict=True) if end - size <= s < end]
        before = [int(v) for s, v in zip(second, level, strict=True) if s < end - size]
        expected = inside + before[-1:]
        assert found == (max(expected) if expected else 0)


def test_no_trace_is_heavier_than_a_screen() -> None:
    many = readings.Settlement(rail="rail/usdt", seconds=np.arange(60_000), payments=70_000)
    (trace,) = charts.settlement_times([many]).data
    assert len(trace.x) <= 2_000
    assert trace.y[-1] == pytest.approx(100 * 60_000 / 70_000, abs=0.01)


def test_series_differ_by_more_than_colour() -> None:
    rails = [palette.of_rail(name) for name in palette._RAILS]
    assert len({mark.colour for mark in rails}) == len(rails)
    assert len({(mark.dash, mark.pattern) for mark in rails}) == len(rails)


def test_labels_are_plain_text() -> None:
    line = readings.Line(name="<a href='x'>desk</a>", seconds=np.array([60]), levels=np.array([1]))
    assert "<a" not in charts.queues_over_time([line], CLOCK).to_json().replace("\\u003c", "<")


def test_differences_are_drawn_with_zero_in_sight() -> None:
    def of(metric: str, unit: str, low: float | None, value: float | None, high: float | None) -> Difference:
        return Difference(
            metric=metric, family="", by=(), unit=unit, alternative="elr", baseline="no-elr",
            baseline_value=1.0, alternative_value=1.0, difference=value, low=low, high=high, n=5, level=0.95,
            variance_reduction=None, reason="none" if value is None else "",
        )  # fmt: skip

    figure = charts.policy_differences(
        [of("a", "h", 2, 3, 5), of("b", "share", -0.1, 0.0, 0.2), of("c", "h", None, None, None)]
    )
    first, second = figure.data
    assert (first.x[0], first.error_x.array[0], first.error_x.arrayminus[0]) == (3, 2, 1)
    assert (first.marker.symbol, second.marker.symbol) == ("circle", "circle-open")
    assert second.error_x.array[0] == pytest.approx(20)
    for axis in (figure.layout.xaxis, figure.layout.xaxis2):
        assert axis.range[0] < 0 < axis.range[1]
