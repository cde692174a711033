"""Where the value went: by goods, rail and ending, and to which country."""

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt

import plotly.graph_objects as go

from sandbox.report import palette
from sandbox.report.charts.frame import empty_figure, pattern_of, plain
from sandbox.report.corridors import Corridor
from sandbox.report.readings import ENDINGS, Flow
from sandbox.report.wording import brief_span, millions, number, rail_label, rough_span, say


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
    figure = empty_figure(height=460)
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
    figure = empty_figure(height=130 + 48 * max(len(rails), 1))
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
            marker={"color": mark.colour, "pattern": pattern_of(mark)},
            customdata=counts,
            hovertemplate=say("hover.endings"),
        )
    # Room for the last number of the axis, which would be left out otherwise; one ending has a name, too.
    figure.update_layout(
        barmode="stack", bargap=0.35, legend={"traceorder": "normal"}, margin={"r": 32}, showlegend=True
    )
    figure.update_xaxes(title=say("axis.of_payments"), range=[0, 100], ticksuffix=say("tick.percent"))
    figure.update_yaxes(automargin=True)
    return figure


#: Widest mark of a corridor, in pixels; a mark's area goes with the value.
_WIDEST = 46.0


def corridor(corridors: Sequence[Corridor]) -> go.Figure:
    """Partner countries against rails: a mark's area is the invoice value, the text its median time to credit.

    Beside each country stand its value and number of payments, over all rails.
    """
    countries = _by_value(corridors)
    rails = sorted({each.rail for each in corridors})
    largest = max((each.usd_cents for each in corridors), default=1) or 1
    figure = empty_figure(height=110 + 84 * max(len(countries), 1))
    for place, rail in enumerate(rails):
        inside = [each for each in corridors if each.rail == rail]
        mark = palette.of_rail(rail)
        figure.add_scatter(
            x=[place] * len(inside),
            y=[countries.index(each.country) for each in inside],
            mode="markers+text",
            marker={
                "color": palette.translucent(mark.colour, 0.55),
                "size": [max(_WIDEST * sqrt(each.usd_cents / largest), 5) for each in inside],
                "line": {"color": mark.colour, "width": 1.5},
            },
            text=["–" if e.median_seconds is None else brief_span(e.median_seconds) for e in inside],
            textposition="bottom center",
            textfont={"size": 12},
            cliponaxis=False,
            customdata=[_told(each) for each in inside],
            hovertemplate="%{customdata}<extra>%{fullData.name}</extra>",
            name=plain(rail_label(rail)),
            showlegend=False,
        )
    figure.update_xaxes(
        side="top",
        tickvals=list(range(len(rails))),
        ticktext=[_short(rail) for rail in rails],
        tickangle=0,
        tickfont={"size": 12},
        range=[-0.5, len(rails) - 0.5],
        showgrid=False,
        linewidth=0,
    )
    figure.update_yaxes(
        tickvals=list(range(len(countries))),
        ticktext=[_sum(country, corridors) for country in countries],
        range=[len(countries) - 0.3, -0.6],
        showgrid=False,
    )
    figure.update_layout(margin={"l": 8, "r": 8, "t": 56, "b": 8})
    return figure


def _short(rail: str) -> str:
    """A rail's name for the head of a narrow column."""
    name = rail.removeprefix("rail/") or "none"
    return plain(say(f"rail_short.{name}", otherwise=name)).replace(" ", "<br>", 1)


def _by_value(corridors: Sequence[Corridor]) -> list[str]:
    """Countries, those with the largest value first."""
    totals: dict[str, int] = {}
    for each in corridors:
        totals[each.country] = totals.get(each.country, 0) + each.usd_cents
    return sorted(totals, key=lambda country: (-totals[country], country))


def _told(each: Corridor) -> str:
    time = "–" if each.median_seconds is None else rough_span(each.median_seconds)
    return say(
        "corridor.told",
        country=plain(say(f"country.{each.country}")),
        value=millions(each.usd_cents),
        payments=number(each.payments),
        credited=number(each.credited),
        time=time,
    )


def _sum(country: str, corridors: Sequence[Corridor]) -> str:
    inside = [each for each in corridors if each.country == country]
    value, payments = sum(each.usd_cents for each in inside), sum(each.payments for each in inside)
    text = say("corridor.sum", value=millions(value), payments=number(payments))
    return f"<b>{plain(say(f'country.{country}'))}</b><br>{text}"


def _node_label(kind: str, name: str) -> str:
    return rail_label(name) if kind == "rail" else say(f"{kind}.{name}", otherwise=name)


def _node_colour(kind: str, name: str) -> str:
    if kind == "rail":
        return palette.of_rail(name).colour
    return palette.of_ending(name).colour if kind == "ending" else "#5b6b7a"
