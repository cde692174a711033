"""How long payments take, and which ending they come to by when."""

from collections.abc import Sequence
from math import log10

import numpy as np
import plotly.graph_objects as go

from sandbox.report import palette
from sandbox.report.charts.frame import TIME_TICKS, empty_figure, plain
from sandbox.report.incidence import Incidence
from sandbox.report.readings import LINE_POINTS, Settlement
from sandbox.report.wording import percent, rail_label, rough_span, say


def settlement_times(settled: Sequence[Settlement]) -> go.Figure:
    """Share of each rail's payments credited within a time (log scale), counting those never credited."""
    figure = empty_figure(height=400)
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
    _time_axis(figure, longest, say("axis.settlement"))
    figure.update_yaxes(title=say("axis.of_rail"), range=[0, 102], ticksuffix=say("tick.percent"))
    return figure


def cumulative_incidence(curves: Sequence[Incidence]) -> go.Figure:
    """Which share of payments has come to each ending by a time (log scale), endings stacked.

    What is missing to the top was still under way: payments in flight at the horizon are censored, not dropped.
    """
    figure = empty_figure(height=400)
    longest = max((curve.seconds[-1] for curve in curves), default=60)
    for curve in curves:
        mark = palette.of_ending(curve.ending)
        figure.add_scatter(
            x=list(curve.seconds),
            y=[round(100 * share, 3) for share in curve.shares],
            mode="lines",
            stackgroup="endings",
            line={"color": mark.colour, "dash": mark.dash, "width": 1.5, "shape": "hv"},
            fillpattern={"shape": mark.pattern, "size": 7, "solidity": 0.2, "fgcolor": mark.colour},
            fillcolor=palette.translucent(mark.colour, 0.55),
            name=say(f"ending.{curve.ending}"),
            customdata=[
                f"{percent(share)}, {rough_span(second)}"
                for second, share in zip(curve.seconds, curve.shares, strict=True)
            ],
            hovertemplate="%{customdata}<extra>%{fullData.name}</extra>",
        )
    _time_axis(figure, longest, say("axis.since_order"))
    figure.update_yaxes(title=say("axis.of_payments"), range=[0, 102], ticksuffix=say("tick.percent"))
    # Even a single ending has to be named.
    figure.update_layout(showlegend=True)
    return figure


def _time_axis(figure: go.Figure, longest: int, title: str) -> None:
    """A logarithmic axis of time whose ticks are spans that people use."""
    ticks = [tick for tick in TIME_TICKS if tick <= longest * 2]
    figure.update_xaxes(
        type="log",
        title=title,
        tickvals=ticks,
        ticktext=[rough_span(tick) for tick in ticks],
        range=[None, log10(longest * 1.15)],
    )
