"""Tables of a report as plain text cells: what stands behind each chart, and the policy table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from sandbox.clock import Clock
from sandbox.report.comparing import Difference
from sandbox.report.measures import Measure, Measures
from sandbox.report.readings import ENDINGS, Flow, Line, Settlement
from sandbox.report.showing import table_html
from sandbox.report.wording import (
    desk_label,
    measured,
    metric_title,
    millions,
    moment,
    number,
    percent,
    rail_label,
    rough_span,
    say,
    translated,
)

#: Rows a table behind a line chart may have; longer lines are told at evenly spaced points.
_LINE_ROWS = 14

#: A world in which nobody sells abroad.
_NO_WAYS: Mapping[str, Mapping[str, int]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A caption, headings and rows of text; the first column heads its row."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    row_metrics: tuple[str, ...] = ()
    """Row by row, the metric it states; a page links it to its definition."""
    heading_metrics: tuple[str, ...] = ()
    """Column by column, the metric it states ("" for none)."""

    def _repr_html_(self) -> str:
        """How a notebook shows it."""
        return table_html(self)


#: Metrics that are columns of the policy table of one run; their short headings stand under ``column``.
_POLICY = (
    "payments",
    "settlement_time_p50",
    "settlement_time_p95",
    "share_le_1h",
    "fail_rate_n",
    "cost_pct_all_in",
    "cost_pct_charges",
    "throughput_usd_day",
)

#: Metrics of other families that belong to the enforcement side too.
_ENFORCEMENT_TOO = ("visibility_share", "cap_utilisation", "review_within_sla")


def policy_table(measures: Measures) -> Table:
    """One row a rail, one a direction of trade where firms export, and one for all; what is asked most as columns."""
    rails = [
        dict(each.by)["rail"] for each in measures.named("payments") if [k for k, _ in each.by] == ["rail"]
    ]
    columns = [name for name in _POLICY if any(each.value is not None for each in measures.named(name))]
    rows = [
        (rail_label("" if rail == "none" else rail), *(measures.text(name, rail=rail) for name in columns))
        for rail in rails
    ]
    ways = [dict(each.by)["direction"] for each in measures.named("payments") if "direction" in dict(each.by)]
    rows += [
        (say(f"direction.{way}"), *(measures.text(name, direction=way) for name in columns)) for way in ways
    ]
    rows.append((say("table.all_rails"), *(measures.text(name) for name in columns)))
    return Table(
        caption=say("table.policy_ways" if ways else "table.policy"),
        headings=(say("column.rail"), *(say(f"column.{name}") for name in columns)),
        rows=tuple(rows),
        heading_metrics=("", *columns),
    )


def cost_table(measures: Measures) -> Table:
    """What it took to get value through, over all rails, itemised by purpose."""
    return measures_table(say("table.over_all"), [each for each in measures.listed if is_cost(each)])


def is_cost(measure: Measure | Difference) -> bool:
    """Whether it belongs on the cost side: over all rails or by purpose."""
    return measure.family == "cost" and all(key == "purpose" for key, _ in measure.by)


def enforcement_table(measures: Measures) -> Table:
    """What screening and supervision did, over all rails."""
    return measures_table(say("table.over_all"), [each for each in measures.listed if is_enforcement(each)])


def is_enforcement(measure: Measure | Difference) -> bool:
    """Whether it belongs on the enforcement side: over all rails."""
    name = measure.name if isinstance(measure, Measure) else measure.metric
    return not measure.by and (measure.family == "compliance" or name in _ENFORCEMENT_TOO)


def measures_table(caption: str, found: Sequence[Measure]) -> Table:
    """Measurements with their sample; where a value is missing, why."""
    return Table(
        caption=caption,
        headings=(say("column.metric"), say("column.value"), "n"),
        rows=tuple(
            (
                metric_title(each.name, each.by),
                f"– ({translated('empty', each.reason)})" if each.reason else each.text,
                number(each.n),
            )
            for each in found
        ),
        row_metrics=tuple(each.name for each in found),
    )


def difference_table(differences: Sequence[Difference], baseline: str) -> Table:
    """A comparison: both means, the paired difference, its interval and what that says."""
    alternatives = list(dict.fromkeys(each.alternative for each in differences))
    level = percent(differences[0].level if differences else 0.95, digits=0)
    who = alternatives[0] if len(alternatives) == 1 else say("column.alternative")
    headings = (
        say("column.metric"),
        say("column.baseline", name=baseline),
        who,
        say("column.difference"),
        say("column.interval"),
        "n",
        say("column.verdict"),
    )
    shown = [each for each in differences if each.has_value]
    rows = [
        (
            each.title if len(alternatives) == 1 else f"{each.title}: {each.alternative}",
            measured(each.baseline_value, each.unit),
            measured(each.alternative_value, each.unit),
            each.change,
            each.interval,
            str(each.n),
            each.verdict,
        )
        for each in shown
    ]
    return Table(
        caption=say("table.differences", who=who, baseline=baseline, level=level),
        headings=headings,
        rows=tuple(rows),
        row_metrics=tuple(each.metric for each in shown),
    )


def settlement_table(settled: Sequence[Settlement]) -> Table:
    """Quantiles of the time to credit by rail."""
    quantiles = (0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
    rows = []
    for each in settled:
        values = [
            rough_span(float(np.quantile(each.seconds, q))) if len(each.seconds) else "–" for q in quantiles
        ]
        rows.append((rail_label(each.rail), number(each.payments), number(len(each.seconds)), *values))
    return Table(
        caption=say("table.settlement"),
        headings=(
            say("column.rail"),
            say("column.payments"),
            say("column.credited"),
            *(percent(q, digits=0) for q in quantiles),
        ),
        rows=tuple(rows),
    )


def flow_table(flows: Sequence[Flow]) -> Table:
    """Value and count by category, rail and ending, largest value first."""
    ordered = sorted(flows, key=lambda flow: (-flow.usd_cents, flow.category, flow.rail, flow.ending))
    return Table(
        caption=say("table.flows"),
        headings=tuple(say(f"column.{each}") for each in ("goods", "rail", "ending", "payments", "value")),
        rows=tuple(
            (
                say(f"category.{flow.category}"),
                rail_label(flow.rail),
                say(f"ending.{flow.ending}"),
                number(flow.payments),
                millions(flow.usd_cents),
            )
            for flow in ordered
        ),
    )


def endings_table(flows: Sequence[Flow], ways: Mapping[str, Mapping[str, int]] = _NO_WAYS) -> Table:
    """Counts and shares of endings by rail and, where firms export, by direction of trade (``ways``)."""
    endings = [each for each in ENDINGS if any(flow.ending == each for flow in flows)]
    counts = {
        rail_label(rail): [
            sum(f.payments for f in flows if f.rail == rail and f.ending == ending) for ending in endings
        ]
        for rail in sorted({flow.rail for flow in flows})
    }
    counts |= {say(f"direction.{way}"): [of.get(each, 0) for each in endings] for way, of in ways.items()}
    return Table(
        caption=say("table.endings"),
        headings=(say("column.rail"), say("column.payments"), *(say(f"ending.{each}") for each in endings)),
        rows=tuple(
            (name, number(sum(row)), *(f"{number(n)} ({percent(n / sum(row))})" for n in row))
            for name, row in counts.items()
        ),
    )


def line_table(caption: str, lines: Sequence[Line], clock: Clock) -> Table:
    """Lines told at evenly spaced points: one row a point, one column a line."""
    if not lines:
        return Table(caption=caption, headings=(say("column.until"),), rows=())
    points = len(lines[0].seconds)
    chosen = np.unique(np.linspace(0, points - 1, min(points, _LINE_ROWS)).round().astype(np.int64))
    names = [desk_label(line.name) + (f", {line.asset.name}" if line.asset else "") for line in lines]
    return Table(
        caption=caption,
        headings=(say("column.until"), *names),
        rows=tuple(
            (
                moment(clock.text(int(lines[0].seconds[at]))[:16]),
                *(number(float(line.levels[at])) for line in lines),
            )
            for at in chosen
        ),
    )
