"""One payment on a line of time: each stay a bar, in the colour of whom it waits for."""

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


def payment_gantt(story: Story) -> go.Figure:
    """Stays that took time from top to bottom, in the order in which they came; a diamond is the ending."""
    stays = [step for step in story.steps if step.wait_seconds]
    start = story.steps[0].second
    unit, scale = ("days", _DAY) if story.total_seconds > _LONG else ("hours", 3_600)
    figure = empty_figure(height=130 + 34 * (len(stays) + 1))
    rows = [f"{place}. {_label(step)}" for place, step in enumerate(stays, start=1)]
    for number, name in enumerate(_ACTS):
        inside = [place for place, step in enumerate(stays) if State[step.state] in _ACTS[name]]
        if not inside:
            continue
        mark = palette.of_number(number)
        figure.add_bar(
            orientation="h",
            base=[(stays[place].second - start) / scale for place in inside],
            x=[stays[place].wait_seconds / scale for place in inside],
            y=[rows[place] for place in inside],
            marker={"color": mark.colour, "pattern": pattern_of(mark)},
            name=say(f"acts.{name}"),
            text=[rough_span(stays[place].wait_seconds) for place in inside],
            textposition="outside",
            cliponaxis=False,
            customdata=[plain(stays[place].waited_for) for place in inside],
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
    figure.update_xaxes(
        title=say(f"axis.since_order_{unit}"),
        range=[-0.01 * longest, 1.12 * longest],
    )
    return figure


def _label(step: Step) -> str:
    state = plain(say(f"state.{step.state}"))
    return say("gantt.attempt", state=state, attempt=step.attempt) if step.attempt > 1 else state
