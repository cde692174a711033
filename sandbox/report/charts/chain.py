"""A local chain: transactions in its blocks, time to finality, and the blocks about a reorganisation."""

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from sandbox.clock import Clock
from sandbox.report import palette
from sandbox.report.chain_reading import ChainView
from sandbox.report.charts.frame import dates_on_axis, dressed
from sandbox.report.readings import LINE_POINTS
from sandbox.report.wording import number, rough_span, say

_KEPT, _DROPPED = palette.of_number(0), palette.of_number(3)


def chain_view(view: ChainView, clock: Clock) -> go.Figure:
    """Up to three panels: transactions a stretch, time to finality, blocks around the deepest reorganisation."""
    names = ["transactions"]
    # Where every transaction waits alike (a chain of even blocks), the table says it in one number.
    if len({each.seconds for each in view.waits}) > 1 or any(each.dropped for each in view.waits):
        names.append("finality")
    if view.close_up:
        names.append("close_up")
    titles = [say(f"chain.{name}", stretch=rough_span(view.stretch_seconds)) for name in names]
    height = 90 + 220 * len(names)
    figure = make_subplots(rows=len(names), cols=1, subplot_titles=titles, vertical_spacing=64 / height)
    dressed(figure, height)
    _transactions(figure, view, clock)
    if "finality" in names:
        _finality(figure, view, clock, names.index("finality") + 1)
    if "close_up" in names:
        _close_up(figure, view, clock, names.index("close_up") + 1)
    figure.update_layout(legend={"y": 1 + 26 / height})
    last = max((each.until for each in view.stretches), default=0)
    for row in range(1, 2 + ("finality" in names)):
        figure.update_xaxes(range=[_when(clock, 0), _when(clock, last)], row=row, col=1)
    return figure


def _when(clock: Clock, second: int) -> str:
    return clock.text(second)[:19]


def _transactions(figure: go.Figure, view: ChainView, clock: Clock) -> None:
    figure.add_bar(
        x=[_when(clock, each.until - view.stretch_seconds // 2) for each in view.stretches],
        y=[each.transactions for each in view.stretches],
        width=view.stretch_seconds * 1_000,
        marker={"color": _KEPT.colour, "line": {"width": 0}},
        customdata=[number(each.blocks) for each in view.stretches],
        hovertemplate=say("hover.blocks"),
        showlegend=False,
        row=1,
        col=1,
    )
    figure.update_yaxes(title=say("axis.transactions"), rangemode="tozero", row=1, col=1)
    dates_on_axis(figure, row=1, col=1)
    if view.reorganisations:
        top = max((each.transactions for each in view.stretches), default=1)
        figure.add_scatter(
            x=[_when(clock, each.second) for each in view.reorganisations],
            y=[top * 1.1] * len(view.reorganisations),
            mode="markers",
            marker={"symbol": "triangle-down", "size": 11, "color": _DROPPED.colour},
            text=[say("chain.depth", depth=each.depth) for each in view.reorganisations],
            hovertemplate="%{text}<extra>%{x}</extra>",
            name=say("chain.reorganisation"),
            row=1,
            col=1,
        )


def _finality(figure: go.Figure, view: ChainView, clock: Clock, row: int) -> None:
    step = -(-len(view.waits) // LINE_POINTS)
    longest = max(each.seconds for each in view.waits)
    unit, scale = ("hours", 3_600) if longest > 3 * 3_600 else ("minutes", 60)
    for dropped, key in ((False, "chain.waited"), (True, "chain.waited_dropped")):
        inside = [each for each in view.waits if each.dropped is dropped]
        shown = inside if dropped else inside[::step]
        if not shown:
            continue
        mark = _DROPPED if dropped else _KEPT
        figure.add_scatter(
            x=[_when(clock, each.second) for each in shown],
            y=[each.seconds / scale for each in shown],
            mode="markers",
            marker={
                "symbol": "x" if dropped else "circle-open",
                "size": 9 if dropped else 6,
                "color": mark.colour,
            },
            text=[
                f"{rough_span(each.seconds)}; {say('proof.final', confirmations=each.confirmations)}"
                for each in shown
            ],
            hovertemplate="%{text}<extra>%{x}</extra>",
            name=say(key),
            row=row,
            col=1,
        )
    figure.update_yaxes(title=say(f"axis.{unit}"), rangemode="tozero", row=row, col=1)
    dates_on_axis(figure, row=row, col=1)


def _close_up(figure: go.Figure, view: ChainView, clock: Clock, row: int) -> None:
    """Blocks in their order of height: those that gave way on a branch of their own."""
    fork = [each for each in view.close_up if not each.dropped and each.height <= _fork(view)][-1:]
    for dropped, key, level in ((False, "chain.kept", 0), (True, "chain.gave_way", 1)):
        branch = [each for each in view.close_up if each.dropped is dropped]
        mark = _DROPPED if dropped else _KEPT
        joined = [*fork, *branch] if dropped else branch
        figure.add_scatter(
            x=[each.height for each in joined],
            y=[0 if each in fork and dropped else level for each in joined],
            mode="lines",
            line={"color": mark.colour, "dash": mark.dash, "width": 1.5},
            hoverinfo="skip",
            showlegend=False,
            row=row,
            col=1,
        )
        figure.add_scatter(
            x=[each.height for each in branch],
            y=[level] * len(branch),
            mode="markers+text",
            marker={
                "symbol": "square-x-open" if dropped else "square",
                "size": 18,
                "color": mark.colour,
                "line": {"width": 2, "color": mark.colour},
            },
            text=[str(each.transactions or "") for each in branch],
            textfont={"color": mark.colour if dropped else "#ffffff", "size": 11},
            textposition="top center" if dropped else "middle center",
            customdata=[_when(clock, each.second).replace("T", " ") for each in branch],
            hovertemplate=say("hover.block"),
            name=say(key),
            row=row,
            col=1,
        )
    figure.update_xaxes(title=say("axis.height"), tickformat="d", dtick=2, row=row, col=1)
    figure.update_yaxes(visible=False, range=[-0.7, 1.8], row=row, col=1)


def _fork(view: ChainView) -> int:
    return max(view.reorganisations, key=lambda each: (each.depth, -each.second)).fork_height
