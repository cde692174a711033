"""One payment on a line of time: each stay a bar, in the colour of whom it waits for."""

from typing import NamedTuple

import plotly.graph_objects as go

from sandbox.lifecycle import State
from sandbox.report import palette
from sandbox.report.charts.frame import empty_figure, pattern_of, plain
from sandbox.report.story import Step, Story
from sandbox.report.wording import rough_span, say

#: Who acts in a state, in the order of the legend. What is not named here is the end.
_ACTS: dict[str, tuple[State, ...]] = {
    "order": (State.CREATED, State.VALIDATED, State.RETRY),
    "regulator": (State.AUTHORISATION, State.ORDER_DESK, State.QUOTA_WAIT),
    "checks": (
        State.PROFILE, State.DOCUMENTS, State.SCREENING, State.MANUAL_REVIEW, State.ESCALATED, State.SUSPENDED,
    ),
    "money": (
        State.FUNDS, State.FUNDS_WAIT, State.CONVERSION, State.DEALER_WAIT, State.MARKET_WAIT, State.RELEASE,
        State.CUTOFF_WAIT,
    ),
    "rail": (
        State.IN_FLIGHT, State.HELD, State.FROZEN, State.UNFROZEN, State.RETURNING, State.RETURNED, State.REORGED,
        State.SETTLED,
    ),
    "receiver": (State.ACCEPTED_NOT_POSTED, State.OFFRAMP),
}  # fmt: skip

_DAY = 86_400
#: A payment longer than this is told in days, in seconds.
_LONG = 4 * _DAY
#: One shorter than this in minutes, and one shorter than the next in seconds.
_SHORT = 4 * 3_600
_QUICK = 240


class _Bar(NamedTuple):
    """Stays of one kind that follow each other with nothing but passages between them."""

    step: Step
    start: int
    seconds: int
    times: int


def payment_gantt(story: Story) -> go.Figure:
    """Stays that took time from top to bottom, in the order in which they came; a diamond is the ending."""
    bars = _bars(story)
    start = story.steps[0].second
    unit, scale = _unit(story.total_seconds)
    figure = empty_figure(height=130 + 34 * (len(bars) + 1))
    rows = [f"{place}. {_label(bar)}" for place, bar in enumerate(bars, start=1)]
    for number, name in enumerate(_ACTS):
        inside = [(row, bar) for row, bar in zip(rows, bars, strict=True) if _acts(bar) == name]
        if not inside:
            continue
        mark = palette.of_number(number)
        figure.add_bar(
            orientation="h",
            base=[(bar.start - start) / scale for _, bar in inside],
            x=[bar.seconds / scale for _, bar in inside],
            y=[row for row, _ in inside],
            marker={"color": mark.colour, "pattern": pattern_of(mark)},
            name=say(f"acts.{name}"),
            text=[rough_span(bar.seconds) for _, bar in inside],
            textposition="outside",
            cliponaxis=False,
            customdata=[plain(bar.step.waited_for) for _, bar in inside],
            hovertemplate="%{customdata}: %{text}<extra>%{fullData.name}</extra>",
        )
    ending = say(f"state.{story.steps[-1].state}") if story.ended else say("ending.CENSORED")
    figure.add_scatter(
        x=[story.total_seconds / scale],
        y=[ending],
        mode="markers",
        marker={"symbol": "diamond", "size": 12, "color": palette.INK},
        name=say("acts.end"),
        hovertemplate=f"{plain(ending)}<extra></extra>",
    )
    figure.update_layout(barmode="overlay", bargap=0.35)
    figure.update_yaxes(categoryorder="array", categoryarray=[*rows, ending], autorange="reversed")
    longest = max(story.total_seconds / scale, 0.01)
    figure.update_xaxes(title=say(f"axis.since_order_{unit}"), range=[-0.01 * longest, 1.16 * longest])
    return figure


def _unit(seconds: int) -> tuple[str, int]:
    """In what a payment of this length is told, and its seconds."""
    if seconds > _LONG:
        return "days", _DAY
    if seconds > _SHORT:
        return "hours", 3_600
    return ("minutes", 60) if seconds > _QUICK else ("seconds", 1)


def _bars(story: Story) -> list[_Bar]:
    """An order that asks again every day makes many short stays of one kind: they are one bar."""
    bars: list[_Bar] = []
    for step in story.steps:
        if not step.wait_seconds:
            continue
        last = bars[-1] if bars else None
        if last and (last.step.state, last.step.attempt) == (step.state, step.attempt):
            bars[-1] = last._replace(seconds=last.seconds + step.wait_seconds, times=last.times + 1)
        else:
            bars.append(_Bar(step, step.second, step.wait_seconds, 1))
    return bars


def _acts(bar: _Bar) -> str:
    return next((name for name, states in _ACTS.items() if State[bar.step.state] in states), "")


def _label(bar: _Bar) -> str:
    state = plain(say(f"state.{bar.step.state}"))
    if bar.step.attempt > 1:
        state = say("gantt.attempt", state=state, attempt=bar.step.attempt)
    return f"{state} ×{bar.times}" if bar.times > 1 else state
