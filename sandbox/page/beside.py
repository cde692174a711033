"""Two finished runs side by side: the same numbers of both and how they differ, and their charts in pairs.

One run of each tells nothing of chance: the differences come without interval, and the page says where to get one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.report.answer import BY_RAIL, HEADLINES
from sandbox.report.measures import Measure, Measures
from sandbox.report.tables import Table, is_cost, is_enforcement
from sandbox.report.wording import changed, metric_title, number, say


def tables(
    first: Sequence[Mapping[str, Any]], second: Sequence[Mapping[str, Any]], names: tuple[str, str]
) -> dict[str, Table]:
    """The policy table, cost and enforcement, and every number that both runs or one of them has."""
    one, other = Measures.read(first), Measures.read(second)
    rows = _pairs(one, other)
    return {
        "policy": _table(names, [pair for pair in rows if _is_policy(_present(pair))], say("table.policy")),
        "cost": _table(names, [pair for pair in rows if is_cost(_present(pair))]),
        "enforcement": _table(names, [pair for pair in rows if is_enforcement(_present(pair))]),
        "all": _table(names, rows, say("table.all_metrics")),
    }


def chart_pairs(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Charts of the same name of two results; where one has none the other stands alone."""
    ours = {chart["name"]: chart for chart in first["charts"]}
    theirs = {chart["name"]: chart for chart in second["charts"]}
    return [
        {
            "name": name,
            "title": (ours.get(name) or theirs[name])["title"],
            "lead": (ours.get(name) or theirs[name])["lead"],
            "sides": (ours.get(name), theirs.get(name)),
        }
        for name in dict.fromkeys([*ours, *theirs])
        # An example of one run is no counterpart of another payment in the other.
        if name != "gantt"
    ]


_Pair = tuple[Measure | None, Measure | None]


def _pairs(one: Measures, other: Measures) -> list[_Pair]:
    """Both measurements of every name and breakdown, in the order of the first run."""
    keys = dict.fromkeys([(each.name, each.by) for each in (*one.listed, *other.listed)])
    return [(one.find(name, **dict(by)), other.find(name, **dict(by))) for name, by in keys]


def _present(pair: _Pair) -> Measure:
    found = pair[0] or pair[1]
    assert found is not None
    return found


def _is_policy(measure: Measure) -> bool:
    if not measure.by:
        return measure.name in HEADLINES or measure.name in BY_RAIL
    return measure.name in BY_RAIL and [key for key, _ in measure.by] == ["rail"]


def _table(names: tuple[str, str], pairs: Sequence[_Pair], caption: str = "") -> Table:
    rows = []
    for pair in pairs:
        ours, theirs = pair
        either = _present(pair)
        rows.append(
            (
                metric_title(either.name, either.by),
                ours.text if ours else "–",
                theirs.text if theirs else "–",
                changed(_difference(ours, theirs), either.unit),
                f"{number(ours.n if ours else 0)} / {number(theirs.n if theirs else 0)}",
            )
        )
    headings = (say("column.metric"), *names, say("column.difference"), "n")
    return Table(caption=caption or say("table.over_all"), headings=headings, rows=tuple(rows))


def _difference(ours: Measure | None, theirs: Measure | None) -> float | int | None:
    """The second less the first; None where either has no value."""
    if ours is None or theirs is None or ours.value is None or theirs.value is None:
        return None
    return theirs.value - ours.value
