"""What differs between arms: paired differences with their intervals."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from sandbox.report import palette
from sandbox.report.charts.frame import panels, plain
from sandbox.report.comparing import Difference
from sandbox.report.wording import say, unit_label


def policy_differences(differences: Sequence[Difference]) -> go.Figure:
    """Differences from the baseline with their intervals, one panel a metric, one row an alternative.

    Metrics differ in unit, so each panel has its own axis; the dotted line at zero is the baseline.
    """
    shown = [each for each in differences if each.difference is not None]
    metrics = list(dict.fromkeys(each.title for each in shown))
    alternatives = sorted({each.alternative for each in shown})
    units = {each.title: _axis_unit(each.unit) for each in shown}
    titles = [f"{plain(metric)} ({units[metric]})" for metric in metrics]
    figure = panels(titles, shared=False, height=24 + 24 * len(alternatives))
    for each in shown:
        row = metrics.index(each.title) + 1
        mark = palette.of_number(alternatives.index(each.alternative))
        figure.add_scatter(**_interval(each, mark.colour), row=row, col=1)
        figure.add_vline(x=0, line={"color": palette.INK, "width": 1, "dash": "dot"}, row=row, col=1)
    for row, metric in enumerate(metrics, start=1):
        figure.update_xaxes(
            range=_with_zero([each for each in shown if each.title == metric]), row=row, col=1
        )
    return figure


def _interval(each: Difference, colour: str) -> dict[str, Any]:
    """A mark with its interval: filled if the interval leaves out zero."""
    scale = _axis_scale(each.unit)
    value = (each.difference or 0) * scale
    trace: dict[str, Any] = {
        "x": [value],
        "y": [plain(each.alternative)],
        "mode": "markers",
        "marker": {"color": colour, "size": 10, "symbol": "circle" if each.detectable else "circle-open"},
        "text": [f"{each.change}, {each.interval}"],
        "hovertemplate": "%{text}<extra></extra>",
        "showlegend": False,
    }
    if each.low is not None and each.high is not None:
        ends = {"array": [each.high * scale - value], "arrayminus": [value - each.low * scale]}
        trace["error_x"] = {"type": "data", "color": colour, "thickness": 2, **ends}
    return trace


def _with_zero(shown: Sequence[Difference]) -> list[float]:
    """An axis that holds every interval and the baseline, with some room."""
    ends = [0.0]
    for each in shown:
        ends += [v * _axis_scale(each.unit) for v in (each.low, each.difference, each.high) if v is not None]
    room = 0.06 * (max(ends) - min(ends) or 1)
    return [min(ends) - room, max(ends) + room]


def _axis_scale(unit: str) -> float:
    return 100.0 if unit == "share" else 1.0


def _axis_unit(unit: str) -> str:
    return say(f"axis_unit.{unit}", otherwise=plain(unit_label(unit)))
