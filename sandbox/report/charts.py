"""The charts: one function each, from readings to a Plotly Figure; page, report and notebook share them.

A chart never holds what its reading does not; lines are thinned to :data:`LINE_POINTS` points. Names that
a scenario's author chose are escaped, because Plotly reads a little HTML in its labels.
"""

from collections.abc import Sequence
from html import escape
from itertools import pairwise
from math import log10
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from sandbox.clock import Clock
from sandbox.report import palette
from sandbox.report.comparing import Difference
from sandbox.report.readings import ENDINGS, LINE_POINTS, Flow, Line, Settlement
from sandbox.report.wording import desk_label, number, rail_label, rough_span, say, unit_label

#: Where the logarithmic time axis has its ticks, in seconds.
_TIME_TICKS = (1, 10, 60, 600, 3_600, 6 * 3_600, 86_400, 3 * 86_400, 7 * 86_400, 30 * 86_400, 90 * 86_400)


def plain(text: str) -> str:
    """A name as text for a label: no tags, no entities, at most 60 characters."""
    return escape(text if len(text) <= 60 else text[:59] + "…")


def settlement_times(settled: Sequence[Settlement]) -> go.Figure:
    """Share of each rail's payments credited within a time (log scale), counting those never credited."""
    figure = _figure(height=400)
    longest = 60
    for each in settled:
        if not len(each.seconds):
            continue
        rank = np.unique(np.linspace(0, len(each.seconds) - 1, LINE_POINTS).round().astype(np.int64))
        mark = palette.of_rail(each.rail)
        longest = max(longest, int(each.seconds[-1]))
        figure.add_scatter(
            x=np.maximum(each.seconds[rank], 1).tolist(),
            y=((rank + 1) / each.payments * 100).round(2).tolist(),
            mode="lines",
            line={"color": mark.colour, "dash": mark.dash, "width": 2.5, "shape": "hv"},
            name=plain(rail_label(each.rail)),
            customdata=[rough_span(int(second)) for second in each.seconds[rank]],
            hovertemplate=say("hover.settlement"),
        )
    ticks = [tick for tick in _TIME_TICKS if tick <= longest * 2]
    figure.update_xaxes(
        type="log",
        title=say("axis.settlement"),
        tickvals=ticks,
        ticktext=[rough_span(tick) for tick in ticks],
        range=[None, log10(longest * 1.15)],
    )
    figure.update_yaxes(title=say("axis.of_rail"), range=[0, 102], ticksuffix="%")
    return figure


def value_flow(flows: Sequence[Flow]) -> go.Figure:
    """Sankey of invoice value: goods category to rail to ending."""
    nodes: dict[tuple[str, str], int] = {}
    links: dict[tuple[int, int], int] = {}
    for flow in flows:
        path = [("category", flow.category), ("rail", flow.rail), ("ending", flow.ending)]
        ends = [nodes.setdefault(node, len(nodes)) for node in path]
        for link in pairwise(ends):
            links[link] = links.get(link, 0) + flow.usd_cents
    names = list(nodes)
    colours = [_node_colour(kind, name) for kind, name in names]
    figure = _figure(height=460)
    figure.add_sankey(
        arrangement="snap",
        valueformat="$,.3s",
        node={
            "label": [plain(_node_label(kind, name)) for kind, name in names],
            "color": colours,
            "pad": 18,
            "thickness": 16,
            "line": {"width": 0},
        },
        link={
            "source": [source for source, _ in links],
            "target": [target for _, target in links],
            "value": [value / 100 for value in links.values()],
            "color": [
                palette.translucent(colours[source if names[source][0] == "rail" else target], 0.32)
                for source, target in links
            ],
        },
    )
    figure.update_layout(margin={"l": 8, "r": 8, "t": 12, "b": 12})
    return figure


def endings_by_rail(flows: Sequence[Flow]) -> go.Figure:
    """How the payments of each rail ended, as shares; each bar names its count."""
    rails = sorted({flow.rail for flow in flows}, reverse=True)
    totals = {rail: sum(flow.payments for flow in flows if flow.rail == rail) for rail in rails}
    figure = _figure(height=130 + 48 * max(len(rails), 1))
    for ending in ENDINGS:
        counts = [sum(f.payments for f in flows if f.rail == rail and f.ending == ending) for rail in rails]
        if not any(counts):
            continue
        mark = palette.of_ending(ending)
        figure.add_bar(
            orientation="h",
            y=[f"{plain(rail_label(rail))} ({number(totals[rail])})" for rail in rails],
            x=[round(100 * n / totals[rail], 2) for n, rail in zip(counts, rails, strict=True)],
            name=say(f"ending.{ending}"),
            marker={
                "color": mark.colour,
                "pattern": {
                    "shape": mark.pattern,
                    "size": 7,
                    "solidity": 0.2,
                    "fillmode": "overlay",
                    "fgcolor": "#ffffff",
                    "fgopacity": 0.75,
                },
            },
            customdata=counts,
            hovertemplate=say("hover.endings"),
        )
    figure.update_layout(barmode="stack", bargap=0.35, legend={"traceorder": "normal"})
    figure.update_xaxes(title=say("axis.of_payments"), range=[0, 100], ticksuffix="%")
    figure.update_yaxes(automargin=True)
    return figure


def queues_over_time(lines: Sequence[Line], clock: Clock) -> go.Figure:
    """The longest queue of each stretch at each desk, one panel a desk."""
    names = [plain(desk_label(line.name)) for line in lines]
    figure = _panels(names)
    for row, line in enumerate(lines, start=1):
        mark = palette.of_number(row - 1)
        figure.add_scatter(
            x=[clock.text(int(second))[:16] for second in line.seconds],
            y=line.levels.tolist(),
            mode="lines",
            line={"color": mark.colour, "width": 1.6, "shape": "vh"},
            fill="tozeroy",
            fillcolor=palette.translucent(mark.colour, 0.15),
            name=names[row - 1],
            showlegend=False,
            hovertemplate=say("hover.queue"),
            row=row,
            col=1,
        )
        tick = 1 if len(line.levels) and line.levels.max() <= 5 else None
        figure.update_yaxes(title=say("axis.waiting"), rangemode="tozero", dtick=tick, row=row, col=1)
    return figure


def balances_over_time(lines: Sequence[Line], clock: Clock) -> go.Figure:
    """The lowest balance of each stretch of dealers' inventories and nostro accounts, one panel an asset."""
    assets = sorted({line.asset for line in lines if line.asset is not None})
    figure = _panels([asset.name for asset in assets])
    owners = sorted({line.name for line in lines})
    named: set[str] = set()
    for line in lines:
        if line.asset is None:
            continue
        mark = palette.of_number(owners.index(line.name))
        figure.add_scatter(
            x=[clock.text(int(second))[:16] for second in line.seconds],
            y=[float(f"{level:.6g}") for level in line.levels],
            mode="lines",
            line={"color": mark.colour, "dash": mark.dash, "width": 1.6, "shape": "vh"},
            name=plain(line.name),
            legendgroup=plain(line.name),
            showlegend=line.name not in named,
            hovertemplate=say("hover.balance"),
            row=assets.index(line.asset) + 1,
            col=1,
        )
        named.add(line.name)
    for row, asset in enumerate(assets, start=1):
        figure.update_yaxes(title=asset.name, rangemode="tozero", row=row, col=1)
    return figure


def policy_differences(differences: Sequence[Difference]) -> go.Figure:
    """Differences from the baseline with their intervals, one panel a metric, one row an alternative.

    Metrics differ in unit, so each panel has its own axis; the dotted line at zero is the baseline.
    """
    shown = [each for each in differences if each.difference is not None]
    metrics = list(dict.fromkeys(each.title for each in shown))
    alternatives = sorted({each.alternative for each in shown})
    units = {each.title: _axis_unit(each.unit) for each in shown}
    titles = [f"{plain(metric)} ({units[metric]})" for metric in metrics]
    figure = _panels(titles, shared=False, height=24 + 24 * len(alternatives))
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


def _node_label(kind: str, name: str) -> str:
    return rail_label(name) if kind == "rail" else say(f"{kind}.{name}", otherwise=name)


def _node_colour(kind: str, name: str) -> str:
    if kind == "rail":
        return palette.of_rail(name).colour
    return palette.of_ending(name).colour if kind == "ending" else "#5b6b7a"


def _figure(height: int) -> go.Figure:
    """An empty figure in the report's dress."""
    return _dressed(go.Figure(), height)


def _panels(titles: Sequence[str], *, shared: bool = True, height: int = 130) -> go.Figure:
    """An empty figure of panels one below the other."""
    rows = max(len(titles), 1)
    # The gap holds a title, and where panels have an axis each, its numbers too.
    gap = 36 if shared else 56
    figure = make_subplots(
        rows=rows,
        cols=1,
        shared_xaxes=shared,
        subplot_titles=list(titles) or [""],
        vertical_spacing=gap / (rows * (height + gap)),
    )
    return _dressed(figure, 88 + rows * (height + gap))


def _dressed(figure: go.Figure, height: int) -> go.Figure:
    figure.update_layout(
        template="none",
        height=height,
        margin={"l": 64, "r": 16, "t": 32, "b": 56},
        font={
            "family": "system-ui, 'Segoe UI', 'Liberation Sans', sans-serif",
            "size": 13,
            "color": palette.INK,
        },
        paper_bgcolor="#ffffff",
        plot_bgcolor="#ffffff",
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0},
        hovermode="closest",
        separators=say("separators"),
    )
    axis = {"gridcolor": palette.FAINT, "linecolor": "#8795a1", "zeroline": False, "automargin": True}
    figure.update_xaxes(**axis)
    figure.update_yaxes(**axis)
    return figure
