"""How numbers, spans and differences are written, and what a terminal shows."""

import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from sandbox.lifecycle import TERMINALS
from sandbox.metrics.table import METRICS
from sandbox.report.assumptions import in_force, read_assumptions
from sandbox.report.comparing import Difference
from sandbox.report.readings import CENSORED, ENDINGS
from sandbox.report.tables import Table
from sandbox.report.terminal import print_run, print_table
from sandbox.report.wording import changed, measured, percent, rough_span, span

_SIZES = {"d": 86_400, "h": 3_600, "min": 60, "s": 1}


@given(st.integers(0, 10**9))
def test_span_is_exact(seconds: int) -> None:
    parts = re.findall(r"(\d+) (d|h|min|s)", span(seconds))
    assert sum(int(count) * _SIZES[unit] for count, unit in parts) == seconds


@given(st.floats(0, 1e8))
def test_rough_span_is_near(seconds: float) -> None:
    parts = re.findall(r"(\d+) (d|h|min|s)", rough_span(seconds))
    told = sum(int(count) * _SIZES[unit] for count, unit in parts)
    assert abs(told - seconds) <= max(0.5, seconds * 0.025)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (2.5, "h", "2 h 30 min"),
        (0.123, "share", "12.3%"),
        (0.0001, "share", "<0.1%"),
        (1.934, "% of value", "1.93%"),
        (1_250_000, "USD/business day", "$1.2\u00a0M"),
        (12, "payments", "12"),
        (3.5, "business days", "3.50 business days"),
        (None, "h", "–"),
    ],
)
def test_measured(value: float | None, unit: str, text: str) -> None:
    assert measured(value, unit) == text


def test_shares_differ_by_points() -> None:
    assert changed(-0.035, "share") == "−3.5 pp"
    assert changed(0.5, "% of value") == "+0.50 pp"
    assert changed(-1.5, "h") == "−1 h 30 min"
    assert percent(None) == "–"


def difference(low: float | None, value: float | None, high: float | None) -> Difference:
    """A difference of settlement times in hours."""
    return Difference(
        metric="settlement_time_p50", family="speed", by=(("rail", "usdt"),), unit="h", alternative="elr",
        baseline="no-elr", baseline_value=10.0, alternative_value=9.0, difference=value, low=low, high=high,
        n=5, level=0.95, variance_reduction=None, reason="" if value is not None else "why not",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("low", "value", "high", "words"),
    [
        (-2.0, -1.0, -0.5, "1 h lower than no-elr"),
        (-2.0, -1.0, 0.5, "no detectable difference from no-elr"),
        (0.0, 0.0, 0.0, "the same as no-elr in all 5 replications"),
        (None, 1.0, None, "one replication gives no interval"),
        (None, None, None, "why not"),
    ],
)
def test_differences_in_words(low: float | None, value: float | None, high: float | None, words: str) -> None:
    assert words in difference(low, value, high).words


def test_every_ending_has_its_place() -> None:
    assert set(ENDINGS) == {state.name for state in TERMINALS} | {CENSORED}


def test_headline_metrics_exist() -> None:
    from sandbox.report.answer import BY_RAIL, HEADLINES

    known = {metric.name for metric in METRICS}
    assert {*HEADLINES, *BY_RAIL, "payments_by_ending", "aml_recall", "cost_pct_fsb"} <= known


def test_value_in_force_on_a_day() -> None:
    from datetime import date

    listed = read_assumptions(
        {"name": "a.b", "date_in_force": day, "value": value, "unit": "", "confidence": "A", "source": "x"}
        for day, value in (("2025-01-01", 2), ("2024-01-01", 1))
    )
    values = [in_force(listed, "a.b", date(year, 6, 1)) for year in (2023, 2024, 2025)]
    assert [each.value for each in values if each] == ["1", "1", "2"]
    assert in_force(listed, "a.c", date(2024, 1, 1)) is None


def test_piped_output_is_one_line_a_row(run_folder: Path) -> None:
    out = io.StringIO()
    print_run(run_folder, Console(file=out, width=40))
    lines = out.getvalue().splitlines()
    assert "\x1b" not in out.getvalue()
    assert lines[0].startswith("Of 7 payments in the observed window")
    assert "all rails\t7\t2 h 22 min" in out.getvalue()


def test_terminal_output_is_a_drawn_table(run_folder: Path) -> None:
    out = io.StringIO()
    print_run(run_folder, Console(file=out, force_terminal=True, no_color=True, width=120))
    assert "│" in out.getvalue()


@pytest.mark.parametrize("terminal", [True, False])
def test_hostile_cells_cannot_move_the_cursor(terminal: bool) -> None:
    out = io.StringIO()
    table = Table(
        caption="[red]c[/red]", headings=("[b]h[/b]",), rows=(("\x1b]0;owned\x07\u202e[link=x]y",),)
    )
    print_table(table, Console(file=out, force_terminal=terminal, no_color=True, width=200))
    assert "\x07" not in out.getvalue() and "\u202e" not in out.getvalue() and "]0;owned" in out.getvalue()
    assert "\x1b]" not in out.getvalue()
    assert "[link=x]y" in out.getvalue()
