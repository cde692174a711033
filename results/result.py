"""One scenario's replications beside those of what it is compared with: all that a page is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from changes import changes
from concerns import concerns

from sandbox.report.comparing import Difference
from sandbox.report.runfolder import RunFolder
from sandbox.report.wording import measured
from sandbox.scenario.schema import Scenario

#: What the answer speaks of, over the whole world.
HEADLINES = (
    "share_elr",
    "settlement_time_p50",
    "settlement_time_p95",
    "cost_pct_all_in",
    "fail_rate_n",
    "throughput_usd_day",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One scenario's replications, and those of what it is compared with."""

    name: str
    scenario: Scenario
    means: Sequence[Mapping[str, Any]]
    """each metric and group over the scenario's replications"""
    run: RunFolder
    """its first replication"""
    base: str
    """name of what it is compared with; empty if it stands alone"""
    base_run: RunFolder | None
    differences: Sequence[Difference]
    replications: int
    reproducible: bool
    """whether all replications were made by the code that is here now"""
    commit: str
    """commit of the code that made them"""
    seed: int

    def mean(self, metric: str, **by: str) -> Mapping[str, Any] | None:
        """The row of a metric and group over the scenario's own replications."""
        return next((row for row in self.means if row["name"] == metric and dict(row["by"]) == by), None)

    @property
    def asked(self) -> list[Difference]:
        """What the answer speaks of: what the change is about, what was expected, then the whole world."""
        varied = changes(self.base_run.scenario, self.run.scenario) if self.base_run else []
        groups = [*concerns(varied), *((each.metric, each.by) for each in self.scenario.expect)]
        groups += [(name, {}) for name in HEADLINES]
        found = [each for metric, by in groups if (each := self.difference(metric, **dict(by))) is not None]
        return list(dict.fromkeys(found))

    def text(self, metric: str, **by: str) -> str:
        """That mean in its unit."""
        row = self.mean(metric, **by)
        return "–" if row is None else measured(rounded(row["value"], row["unit"]), row["unit"])

    def difference(self, metric: str, **by: str) -> Difference | None:
        """The paired difference of a metric and group."""
        wanted = tuple(sorted(by.items()))
        return next((each for each in self.differences if (each.metric, each.by) == (metric, wanted)), None)


def counted(replications: int) -> str:
    """``1 replication``, ``4 replications``."""
    return f"{replications} replication" + ("s" if replications > 1 else "")


def both(each: Difference) -> str:
    return f"{measured(each.baseline_value, each.unit)} → {measured(each.alternative_value, each.unit)}"


def rounded(value: float | None, unit: str) -> float | None:
    """Means of counts are told as whole numbers."""
    return round(value) if value is not None and unit in ("payments", "firms") else value
