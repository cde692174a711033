"""What all charts share: their dress, panels one below the other, labels that cannot be markup."""

from collections.abc import Sequence
from html import escape

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from sandbox.report import palette
from sandbox.report.wording import say

#: Where a logarithmic time axis has its ticks, in seconds.
TIME_TICKS = (1, 10, 60, 600, 3_600, 6 * 3_600, 86_400, 3 * 86_400, 7 * 86_400, 30 * 86_400, 90 * 86_400)


def plain(text: str) -> str:
    """A name as text for a label: no tags, no entities, at most 60 characters."""
    return escape(text if len(text) <= 60 else text[:59] + "…")


def empty_figure(height: int) -> go.Figure:
    """An empty figure in the report's dress."""
    return dressed(go.Figure(), height)


def panels(titles: Sequence[str], *, shared: bool = True, height: int = 130) -> go.Figure:
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
    whole = 88 + rows * (height + gap)
    dressed(figure, whole)
    # Above the title of the first panel, not on it.
    figure.update_layout(legend={"y": 1 + 26 / (whole - 88)})
    return figure


def dressed(figure: go.Figure, height: int) -> go.Figure:
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


def dates_on_axis(figure: go.Figure, **where: int) -> None:
    """Write the dates of a horizontal axis as the language does."""
    figure.update_xaxes(tickformat=say("tick.date"), hoverformat=say("tick.hover"), **where)


def pattern_of(mark: palette.Mark) -> dict[str, object]:
    """A bar's pattern, laid over its colour: the bars stay apart on grey paper."""
    return {
        "shape": mark.pattern,
        "size": 7,
        "solidity": 0.2,
        "fillmode": "overlay",
        "fgcolor": "#ffffff",
        "fgopacity": 0.75,
    }
