"""A sweep: points x replications on common random numbers, kept durably, gathered into one table and a summary.

A replication that is on disk is never run again; a sweep that was cut off and goes on gives the same table, byte for
byte, as one that was not.
"""

import csv
import io
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from sandbox.experiment.design import Arm, Design
from sandbox.experiment.designs import DesignName, Point
from sandbox.experiment.executor import Outcome, Progress, execute
from sandbox.experiment.factors import Factor
from sandbox.experiment.folder import write_json, write_text
from sandbox.experiment.points import DIGEST, PointSpec, run_point
from sandbox.experiment.record import Origin
from sandbox.experiment.sensitivity import Influence, influences
from sandbox.experiment.store import ExperimentStore
from sandbox.world import Engines

SCHEMA = "sandbox.sweep/1"
TABLE, PARQUET, SUMMARY, PAGE = "table.csv", "table.parquet", "summary.json", "summary.md"

#: Metrics that a sweep keeps unless others are named.
METRICS = (
    "throughput_usd_day", "settlement_time_p50", "settlement_time_p95", "cost_pct_all_in", "fail_rate_n",
    "share_elr", "hhi_value", "visibility_share", "time_to_clear_p95", "application_wait_mean",
    "compliance_exposure_usd", "aml_recall",
)  # fmt: skip

Record = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything a sweep is decided by."""

    file: str
    """Scenario as the user named it."""
    sets: tuple[str, ...]
    files: str
    """Digest of the files it is made of."""
    factors: tuple[Factor, ...]
    design: DesignName
    n: int
    points: tuple[Point, ...]
    replications: int
    seed: int
    engines: Engines
    metrics: tuple[str, ...] = METRICS

    @property
    def name(self) -> str:
        """The scenario's name in folders."""
        return Path(self.file).stem

    def identity(self) -> dict[str, Any]:
        """What must be the same to go on with a folder."""
        return {
            "file": self.file,
            "sets": list(self.sets),
            "files": self.files,
            "design": self.design,
            "n": self.n,
            "factors": [
                [f.name, f.path, f.low, f.high, [level.label for level in f.levels]] for f in self.factors
            ],
            "metrics": list(self.metrics),
            "engines": [self.engines.evm, self.engines.bitcoin],
            "replications": self.replications,
        }

    def arms(self, scratch: Path) -> tuple[Arm, ...]:
        """One arm a point."""
        return tuple(
            Arm(
                f"point-{at:05d}",
                PointSpec(
                    Origin(self.name, self.file, (*self.sets, *point.sets)),
                    self.files,
                    self.engines,
                    self.metrics,
                    scratch,
                ),
            )
            for at, point in enumerate(self.points)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """A finished sweep."""

    folder: Path
    plan: Plan
    outcomes: tuple[Outcome, ...]
    """In the order of points, replications within."""
    digest: str
    """SHA-256 of the table."""
    influences: Mapping[str, tuple[Influence, ...]]
    """By metric column, the factors by weight."""


def sweep(plan: Plan, folder: Path, *, jobs: int = 1, progress: Progress | None = None) -> Swept:
    """Run what is missing in the folder, then write table and summary there.

    Raises OtherExperiment if the folder holds another sweep, StoreBusy if one runs there; a keyboard interrupt passes
    through and leaves every finished replication kept.
    """
    scratch = folder / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    design = Design(plan.arms(scratch), plan.replications, plan.seed)
    try:
        with ExperimentStore(folder / "replications", design, plan.identity()) as store:
            kept = store.finished()
            tasks = design.tasks()

            def keep(outcome: Outcome, done: int, _: int) -> None:
                store.save(outcome)
                if progress is not None:
                    progress(outcome, len(kept) + done, len(tasks))

            pending = [task for task in tasks if task.key not in kept]
            fresh = execute(pending, run_point, jobs=jobs, progress=keep) if pending else []
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    by_key = kept | {outcome.task.key: outcome for outcome in fresh}
    outcomes = tuple(by_key[arm.name, rep] for arm in design.arms for rep in range(plan.replications))
    return _gathered(plan, folder, outcomes)


def _gathered(plan: Plan, folder: Path, outcomes: tuple[Outcome, ...]) -> Swept:
    records, columns = table_of(plan, outcomes)
    text = _csv(plan, records, columns)
    write_text(folder / TABLE, text)
    _parquet(folder / PARQUET, plan, records, columns)
    values = means_by_point(plan, records, columns)
    found = {
        column: tuple(influences(plan.design, plan.factors, plan.points, values[column], plan.seed))
        for column in columns
    }
    digest = sha256(text.encode()).hexdigest()
    return Swept(folder=folder, plan=plan, outcomes=outcomes, digest=digest, influences=found)


def table_of(plan: Plan, outcomes: Sequence[Outcome]) -> tuple[list[Record], list[str]]:
    """One record a replication (factors, ending, metrics) and the metric columns in their order."""
    columns: dict[str, None] = {}
    records = []
    for place, outcome in enumerate(outcomes):
        at, replication = divmod(place, plan.replications)
        point = plan.points[at]
        record: Record = {"point": at, "role": point.role, "replication": replication}
        for factor, level in zip(plan.factors, point.levels, strict=True):
            record[f"factor:{factor.name}"] = None if level is None else level.label
        record["status"] = "failed" if outcome.failed else "complete"
        record["error"] = outcome.failure.strip().splitlines()[-1] if outcome.failed else ""
        for row in outcome.rows:
            if row["name"] == DIGEST:
                record[DIGEST] = row["reason"]
            else:
                column = column_of(row["name"], row["by"])
                columns[column] = None
                record[column] = row["value"]
        records.append(record)
    return records, sorted(columns, key=lambda column: (plan_rank(plan, column), column))


def plan_rank(plan: Plan, column: str) -> int:
    """Where a column's metric stands in the plan."""
    name = column.partition("[")[0]
    return plan.metrics.index(name) if name in plan.metrics else len(plan.metrics)


def column_of(name: str, by: Mapping[str, str]) -> str:
    """``hhi_value[among=participants]``; the bare name for the whole cohort."""
    return f"{name}[{','.join(f'{key}={by[key]}' for key in sorted(by))}]" if by else name


def means_by_point(
    plan: Plan, records: Sequence[Record], columns: Sequence[str]
) -> dict[str, np.ndarray[Any, np.dtype[np.float64]]]:
    """The mean over replications of each column at each point; NaN where there is none."""
    found = {}
    for column in columns:
        values = [record.get(column) for record in records]
        rows = np.array([np.nan if v is None else float(v) for v in values]).reshape(-1, plan.replications)
        good = np.isfinite(rows)
        sums = np.where(good, rows, 0.0).sum(axis=1)
        with np.errstate(invalid="ignore"):
            found[column] = np.where(good.any(axis=1), sums / good.sum(axis=1).clip(1), np.nan)
    return found


def headings_of(plan: Plan, columns: Sequence[str]) -> list[str]:
    """The table's headings."""
    factors = [f"factor:{factor.name}" for factor in plan.factors]
    return ["point", "role", "replication", *factors, "status", DIGEST, *columns, "error"]


def _csv(plan: Plan, records: Sequence[Record], columns: Sequence[str]) -> str:
    headings = headings_of(plan, columns)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(headings)
    for record in records:
        writer.writerow(["" if record.get(name) is None else _cell(record[name]) for name in headings])
    return out.getvalue()


def _cell(value: Any) -> Any:
    # A spreadsheet takes text that begins so for a formula.
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "@")) else value


def _parquet(path: Path, plan: Plan, records: Sequence[Record], columns: Sequence[str]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    headings = headings_of(plan, columns)
    metric = set(columns)
    arrays = {
        name: pa.array(
            [None if record.get(name) is None else float(record[name]) for record in records], pa.float64()
        )
        if name in metric
        else pa.array([record.get(name) for record in records])
        for name in headings
    }
    pq.write_table(pa.table(arrays), path)


def write_summary(swept: Swept, document: Mapping[str, Any], page: str) -> None:
    """Put the summary beside the table, as JSON and as Markdown."""
    write_json(swept.folder / SUMMARY, dict(document))
    write_text(swept.folder / PAGE, page)
