"""Levels over time: queues at desks, money held ready."""

from collections.abc import Sequence

import plotly.graph_objects as go

from sandbox.clock import Clock
from sandbox.report import palette
from sandbox.report.charts.frame import dates_on_axis, panels, plain
from sandbox.report.readings import Line
from sandbox.report.wording import desk_label, say


def queues_over_time(lines: Sequence[Line], clock: Clock) -> go.Figure:
    """The longest queue of each stretch at each desk, one panel a desk."""
    names = [plain(desk_label(line.name)) for line in lines]
    figure = panels(names)
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
    dates_on_axis(figure)
    return figure


def balances_over_time(lines: Sequence[Line], clock: Clock) -> go.Figure:
    """The lowest balance of each stretch of dealers' inventories and nostro accounts, one panel an asset."""
    assets = sorted({line.asset for line in lines if line.asset is not None})
    figure = panels([asset.name for asset in assets])
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
        figure.update_yaxes(
            title=asset.name,
            rangemode="tozero",
            exponentformat="none",
            separatethousands=True,
            row=row,
            col=1,
        )
    dates_on_axis(figure)
    return figure
