"""Whether a scenario's expectations hold over its replications: held, not held, or not detectable."""

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.experiment.judging import within
from sandbox.report.wording import changed, measured, metric_title
from sandbox.scenario.schema import Expectation


def rulings(expectations: Sequence[Expectation], means: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """For each expectation the ruling and the sentence behind it.

    ``means`` are rows of name, by, unit, value, half_width and reason. The interval of the mean decides: wholly inside
    what was expected, wholly outside, or across the border, which detects nothing.
    """
    found = {(row["name"], tuple(sorted(row["by"].items()))): row for row in means}
    return [_ruling(each, found.get((each.metric, tuple(sorted(each.by.items()))))) for each in expectations]


def _ruling(expected: Expectation, row: Mapping[str, Any] | None) -> tuple[str, str]:
    title = metric_title(expected.metric, tuple(sorted(expected.by.items())))
    if row is None or row["value"] is None:
        return "not held", f"{title}: no value ({'no such group' if row is None else row['reason']})"
    unit, value, half = row["unit"], row["value"], row["half_width"]
    bounds = " and ".join(
        f"{word} {measured(bound, unit)}"
        for word, bound in (("at least", expected.min), ("at most", expected.max))
        if bound is not None
    )
    told = f"{title}: expected {bounds}; found {measured(value, unit)}"
    if half is None:
        return "not detectable", f"{told}, one replication"
    spread = "the same in all" if half == 0 else f"± {changed(half, unit, signed=False)}"
    return within(
        value - half, value + half, expected.min, expected.max
    ), f"{told} ({spread}, n = {row['n']})"
