"""A scenario's hypotheses about its metrics: whether each holds, and why not."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sandbox.metrics import BY_NAME
from sandbox.scenario.faults import Finding, echo
from sandbox.scenario.nearest import did_you_mean
from sandbox.scenario.parameters import ParameterLibrary
from sandbox.scenario.schema import Expectation, Scenario


@dataclass(frozen=True, slots=True)
class Verdict:
    """One expectation beside what was measured."""

    metric: str
    by: Mapping[str, str]
    min: float | None
    max: float | None
    value: float | None
    unit: str
    holds: bool
    reason: str
    """Why it does not hold, or cannot be told; empty if it holds."""

    @property
    def text(self) -> str:
        """One line for the user."""
        group = "".join(f", {key} {value}" for key, value in sorted(self.by.items()))
        bounds = " and ".join(
            f"{word} {bound:g}"
            for word, bound in (("at least", self.min), ("at most", self.max))
            if bound is not None
        )
        found = self.reason if self.value is None else f"{self.value:.6g} {self.unit}"
        return (
            f"{'holds' if self.holds else 'does not hold'}: {self.metric}{group} is {bounds}: found {found}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {**asdict(self), "by": dict(self.by)}


def known_metrics(scenario: Scenario, _: ParameterLibrary) -> Iterator[Finding]:
    """The semantic check that every expectation names a metric there is."""
    for place, expectation in enumerate(scenario.expect):
        if expectation.metric not in BY_NAME:
            message = f"there is no metric {echo(expectation.metric)}"
            hint = did_you_mean(expectation.metric, BY_NAME) or "see: sandbox list metrics"
            yield Finding(("expect", place, "metric"), "unknown_metric", message, hint)


def judge(expectations: Sequence[Expectation], rows: Iterable[Mapping[str, Any]]) -> list[Verdict]:
    """Every expectation against measured rows (``name``, ``by``, ``value``, ``unit``, ``reason``)."""
    found = {(row["name"], tuple(sorted(row["by"].items()))): row for row in rows}
    return [_verdict(each, found.get((each.metric, tuple(sorted(each.by.items()))))) for each in expectations]


def _verdict(expectation: Expectation, row: Mapping[str, Any] | None) -> Verdict:
    value = None if row is None else row["value"]
    reason = ""
    if row is None:
        reason = "nothing: no such group was measured"
    elif value is None:
        reason = f"no value: {row.get('reason') or 'not told'}"
    elif expectation.min is not None and value < expectation.min:
        reason = f"below {expectation.min:g}"
    elif expectation.max is not None and value > expectation.max:
        reason = f"above {expectation.max:g}"
    return Verdict(
        expectation.metric,
        expectation.by,
        expectation.min,
        expectation.max,
        value,
        "" if row is None else str(row["unit"]),
        not reason,
        reason,
    )
