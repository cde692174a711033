"""Tables behind the charts of endings, corridors, chains and one payment."""

from collections.abc import Sequence
from statistics import median

from sandbox.clock import Clock
from sandbox.report.chain_reading import ChainView, Wait
from sandbox.report.corridors import Corridor
from sandbox.report.incidence import Incidence
from sandbox.report.story import Story
from sandbox.report.tables import Table
from sandbox.report.wording import millions, number, percent, rail_label, rough_span, say, span
from sandbox.report.wording import month as month_text


def incidence_table(curves: Sequence[Incidence]) -> Table:
    """One row an ending (of a direction of trade), one column a time: the same numbers as ``time_cif``."""
    days = [second // 86_400 for second in curves[0].seconds] if curves else []
    return Table(
        caption=say("table.incidence"),
        headings=(say("column.ending"), *(say("column.within", days=each) for each in days)),
        rows=tuple((_ending(curve), *(percent(share) for share in curve.shares)) for curve in curves),
    )


def _ending(curve: Incidence) -> str:
    ending = say(f"ending.{curve.ending}")
    return f"{ending}, {say(f'direction.{curve.direction}')}" if curve.direction else ending


def corridor_table(corridors: Sequence[Corridor]) -> Table:
    """One row a country and rail, largest value first."""
    ordered = sorted(corridors, key=lambda each: (-each.usd_cents, each.country, each.rail))
    names = ("country", "rail", "payments", "credited", "value", "median_time")
    return Table(
        caption=say("table.corridors"),
        headings=tuple(say(f"column.{name}") for name in names),
        rows=tuple(
            (
                say(f"country.{each.country}"),
                rail_label(each.rail),
                number(each.payments),
                number(each.credited),
                millions(each.usd_cents),
                "–" if each.median_seconds is None else rough_span(each.median_seconds),
            )
            for each in ordered
        ),
    )


def chain_table(view: ChainView, clock: Clock) -> Table:
    """One row a month."""
    months = sorted({_month(clock, each.until - view.stretch_seconds) for each in view.stretches})
    names = ("month", "blocks", "transactions", "finality", "finality_most", "reorganisations")
    return Table(
        caption=say("table.chain"),
        headings=tuple(say(f"column.{name}") for name in names),
        rows=tuple(_chain_row(view, clock, month) for month in months),
    )


def _chain_row(view: ChainView, clock: Clock, month: str) -> tuple[str, ...]:
    inside = [each for each in view.stretches if _month(clock, each.until - view.stretch_seconds) == month]
    waits = [each for each in view.waits if _month(clock, each.second) == month]
    turned = sum(_month(clock, each.second) == month for each in view.reorganisations)
    return (
        month_text(month),
        number(sum(each.blocks for each in inside)),
        number(sum(each.transactions for each in inside)),
        *_finality(waits),
        number(turned),
    )


def _finality(waits: Sequence[Wait]) -> tuple[str, str]:
    if not waits:
        return "–", "–"
    seconds = [each.seconds for each in waits]
    return rough_span(median(seconds)), rough_span(max(seconds))


def _month(clock: Clock, second: int) -> str:
    return clock.text(max(second, 0))[:7]


def gantt_table(story: Story) -> Table:
    """One row a stay that took time; their sum is the payment's whole time."""
    names = ("stay", "entered", "took", "waited_for")
    return Table(
        caption=say("table.gantt"),
        headings=tuple(say(f"column.{name}") for name in names),
        rows=tuple(
            (say(f"state.{step.state}"), step.entered, span(step.wait_seconds), step.waited_for)
            for step in story.steps
            if step.wait_seconds
        ),
    )
