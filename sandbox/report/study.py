"""What a notebook or a script asks for: run, compare, open; every result shows itself as a table.

::

    from sandbox.report.study import compare, run

    week = run("classroom", sets=["clock.horizon=30d"], seed=7)
    week                        # the answer in words and the policy table
    week.chart("corridor")      # a Plotly figure
    week.story("P-00042")       # one payment
    compare("no-elr", "elr-2024", reps=5).table("policy")

Words and numbers are in the language spoken (``sandbox.report.wording.speaking``).
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import plotly.graph_objects as go

from sandbox.experiment.comparison import comparison_of
from sandbox.experiment.design import Arm, Design
from sandbox.experiment.executor import execute
from sandbox.experiment.expectations import known_metrics
from sandbox.experiment.gathering import gather, open_gathering
from sandbox.experiment.record import Origin, record
from sandbox.experiment.replications import ArmSpec, replication_folder, run_arm
from sandbox.report.assemble import build_report, comparison_page, run_page
from sandbox.report.explain import UnknownPayment, explain
from sandbox.report.measures import Measures
from sandbox.report.page import Page
from sandbox.report.runfolder import RunFolder
from sandbox.report.showing import page_html
from sandbox.report.story import Story
from sandbox.report.tables import Table
from sandbox.report.twins import tables_of
from sandbox.scenario.load import load
from sandbox.world import Engines


class NothingOfThatName(KeyError):
    """A result has no table, chart, metric or payment of the name; the message names those it has."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True)
class _Result(ABC):
    """What runs and comparisons have in common: they are a page of values."""

    folder: Path

    @property
    @abstractmethod
    def page(self) -> Page:
        """Everything the report says, as values."""

    @property
    def answer(self) -> tuple[str, ...]:
        """The answer in words."""
        return self.page.answer

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables there are."""
        return tuple(name for name, _, _ in tables_of(self.page))

    @property
    def charts(self) -> tuple[str, ...]:
        """Names of the charts there are."""
        return tuple(chart.name for chart in self.page.charts)

    def table(self, name: str = "policy") -> Table:
        """A table of the report. Raises NothingOfThatName."""
        for each, _, table in tables_of(self.page):
            if each == name:
                return table
        raise NothingOfThatName(f"no table {name!r}; there are {', '.join(self.tables)}")

    def chart(self, name: str) -> go.Figure:
        """A chart of the report as a Plotly figure. Raises NothingOfThatName."""
        for each in self.page.charts:
            if each.name == name:
                return each.figure
        raise NothingOfThatName(f"no chart {name!r}; there are {', '.join(self.charts)}")

    def _repr_html_(self) -> str:
        return page_html(self.page)


@dataclass(frozen=True)
class RunResult(_Result):
    """A finished run."""

    @cached_property
    def page(self) -> Page:
        """Everything the report says, as values."""
        return run_page(self.folder)

    @cached_property
    def opened(self) -> RunFolder:
        """The folder, for queries in SQL: ``.rows("select count(*) from journal")``."""
        return RunFolder(self.folder)

    def metric(self, name: str, **by: str) -> float | int | None:
        """A metric's exact value, as in ``metric("settlement_time_p50", rail="usdt")``; None if it has none."""
        found = Measures.read(self.opened.metrics).find(name, **by)
        if found is None:
            raise NothingOfThatName(f"no metric {name!r} by {by or 'nothing'} in this run")
        return found.value

    def story(self, payment: str) -> Story:
        """One payment step by step. Raises NothingOfThatName, which says what payments there are."""
        told = explain(self.folder, payment)
        if isinstance(told, UnknownPayment):
            raise NothingOfThatName(told.text)
        return told

    def report(self, path: str | Path, kind: str = "html") -> Path:
        """Write the report, or a twin of it (``md``, ``json``, ``xlsx``, ``csv``)."""
        return build_report(self.folder, Path(path), kind)


@dataclass(frozen=True)
class ComparisonResult(_Result):
    """A finished comparison: paired differences on the same luck."""

    document: Mapping[str, Any] = field(default_factory=dict)
    shown: tuple[Path, ...] = ()
    """One run of each arm, the baseline first."""

    @cached_property
    def page(self) -> Page:
        """Everything the report says, as values."""
        return comparison_page(self.document, self.shown)


def open_run(folder: str | Path) -> RunResult:
    """A run folder that is there already, such as ``runs/latest``. Raises RunUnreadable when it is used."""
    return RunResult(Path(folder))


def run(
    scenario: str | Path, *, sets: Sequence[str] = (), seed: int = 1, folder: str | Path | None = None
) -> RunResult:
    """Run a scenario (a file or a shipped one's name) into an empty folder, by default a temporary one.

    Raises Invalid for a scenario with faults and RuntimeError where the audit found a broken rule.
    """
    loaded = load(str(scenario), sets=tuple(sets), checks=(known_metrics,))
    target = Path(folder) if folder else Path(mkdtemp(prefix="sandbox-"))
    target.mkdir(parents=True, exist_ok=True)
    origin = Origin(Path(scenario).stem, str(scenario), tuple(sets))
    recorded = record(loaded, origin, target, seed=seed, engines=Engines())
    if recorded.violation:
        raise RuntimeError(recorded.violation)
    return RunResult(target)


def compare(
    baseline: str | Path,
    *alternatives: str | Path,
    sets: Sequence[str] = (),
    reps: int = 5,
    seed: int = 1,
    folder: str | Path | None = None,
) -> ComparisonResult:
    """Run every scenario ``reps`` times on the same luck; what differs from the baseline, with intervals.

    ``sets`` changes all of them alike. Raises Invalid for a scenario with faults and RuntimeError where a
    replication failed.
    """
    target = Path(folder) if folder else Path(mkdtemp(prefix="sandbox-"))
    arms = []
    for scenario in (baseline, *alternatives):
        loaded = load(str(scenario), sets=tuple(sets), checks=(known_metrics,))
        name = Path(scenario).stem
        origin = Origin(name, str(scenario), tuple(sets))
        arms.append(Arm(name, ArmSpec(origin, loaded.hash, Engines(), target / name)))
    design = Design(tuple(arms), reps, seed)
    target.mkdir(parents=True, exist_ok=True)
    open_gathering(target, "comparison", design)
    outcomes = execute(design.tasks(), run_arm)
    failed = [outcome for outcome in outcomes if outcome.failed]
    if failed:
        raise RuntimeError(failed[0].failure.strip().splitlines()[-1])
    document = comparison_of(design, outcomes).to_dict()
    gather(target, "comparison", design, outcomes, {"comparison.json": document})
    shown = tuple(replication_folder(arm.spec.folder, 0) for arm in design.arms)
    return ComparisonResult(target, document, shown)
