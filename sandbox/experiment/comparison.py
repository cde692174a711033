"""Compare policies: the same luck in every arm, differences pair by pair, the baseline always named."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.experiment.design import Arm, Design
from sandbox.experiment.executor import Executor, Outcome, Progress, Run, execute
from sandbox.experiment.statistics import Difference, Mean, mean_of, paired_difference
from sandbox.experiment.store import ExperimentStore

#: Replications of a comparison unless more are asked for.
DEFAULT_REPLICATIONS = 5

#: Counts and sums: an arm that has no such payments has none of them, which is a zero and no gap.
COUNTS_AND_SUMS = frozenset(
    {
        "payments",
        "payments_by_ending",
        "throughput_usd_day",
        "throughput_n_day",
        "value_credited_usd",
        "value_stopped_usd",
        "prohibited_stopped_usd",
        "prohibited_credited_usd",
    }
)

_Group = tuple[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """One alternative beside the baseline for one metric and group."""

    alternative: str
    mean: Mean | None
    difference: Difference | None
    words: str
    """the difference in words, or why there is none"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One metric and group over all arms."""

    name: str
    family: str
    by: Mapping[str, str]
    unit: str
    direction: str
    """which way is better: lower, higher, or "" where policy weighs it"""
    baseline: str
    baseline_mean: Mean | None
    baseline_reason: str
    deltas: tuple[Delta, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Alternatives against a baseline on common random numbers."""

    baseline: str
    alternatives: tuple[str, ...]
    replications: int
    """replications asked for in each arm"""
    seed: int
    level: float
    rows: tuple[Row, ...]
    failures: tuple[tuple[str, int, str], ...]
    """arm, replication and traceback of replications that failed; their pairs are left out"""

    def row(self, name: str, **by: str) -> Row:
        """The row of a metric and group. Raises KeyError if no arm measured it."""
        for row in self.rows:
            if row.name == name and dict(row.by) == by:
                return row
        raise KeyError(f"{name} {by}")

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON and reports."""
        return {
            "schema": "sandbox.comparison/1",
            "baseline": self.baseline,
            "alternatives": list(self.alternatives),
            "replications": self.replications,
            "seed": self.seed,
            "level": self.level,
            "failures": [
                {"arm": arm, "replication": replication, "traceback": text}
                for arm, replication, text in self.failures
            ],
            "rows": [_row_dict(row) for row in self.rows],
        }


def compare(
    baseline: Arm,
    alternatives: Sequence[Arm],
    *,
    run: Run,
    seed: int,
    reps: int = DEFAULT_REPLICATIONS,
    jobs: int = 1,
    executor: Executor | None = None,
    progress: Progress | None = None,
    directory: Path | None = None,
    identity: Mapping[str, Any] | None = None,
    level: float = 0.95,
) -> Comparison:
    """Run all arms and compare them.

    ``run(arm, replication, seed)`` gives the measured rows of one replication. With ``directory`` every
    replication is kept there durably and a second call goes on where the first stopped, as long as seed, arms
    and ``identity`` are the same.
    """
    design = Design((baseline, *alternatives), reps, seed)
    if directory is None:
        outcomes = execute(design.tasks(), run, jobs=jobs, executor=executor, progress=progress)
    else:
        with ExperimentStore(directory, design, identity) as store:
            outcomes = _resume(store, design, run, jobs, executor, progress)
    return comparison_of(design, outcomes, level)


def _resume(
    store: ExperimentStore,
    design: Design,
    run: Run,
    jobs: int,
    executor: Executor | None,
    progress: Progress | None,
) -> list[Outcome]:
    kept = store.finished()
    total = len(design.tasks())

    def keep(outcome: Outcome, done: int, _: int) -> None:
        store.save(outcome)
        if progress is not None:
            progress(outcome, len(kept) + done, total)

    pending = [task for task in design.tasks() if task.key not in kept]
    fresh = execute(pending, run, jobs=jobs, executor=executor, progress=keep) if pending else []
    by_key = kept | {outcome.task.key: outcome for outcome in fresh}
    return [by_key[task.key] for task in design.tasks()]


def comparison_of(design: Design, outcomes: Iterable[Outcome], level: float = 0.95) -> Comparison:
    """The table of differences from finished replications."""
    kept = list(outcomes)
    values: dict[str, dict[_Group, dict[int, Mapping[str, Any]]]] = {arm.name: {} for arm in design.arms}
    order: dict[_Group, Mapping[str, Any]] = {}
    for outcome in kept:
        for row in outcome.rows:
            group = (row["name"], tuple(sorted(row["by"].items())))
            order.setdefault(group, row)
            values[outcome.task.arm.name].setdefault(group, {})[outcome.task.replication] = row
    _fill_zeros(kept, order, values)
    ranks = {name: place for place, name in enumerate(dict.fromkeys(group[0] for group in order))}
    groups = sorted(order, key=lambda group: (ranks[group[0]], group[1]))
    return Comparison(
        baseline=design.baseline.name,
        alternatives=tuple(arm.name for arm in design.arms[1:]),
        replications=design.replications,
        seed=design.seed,
        level=level,
        rows=tuple(_row(design, group, order[group], values, level) for group in groups),
        failures=tuple((*outcome.task.key, outcome.failure) for outcome in kept if outcome.failed),
    )


def _fill_zeros(
    outcomes: Iterable[Outcome],
    order: Mapping[_Group, Mapping[str, Any]],
    values: dict[str, dict[_Group, dict[int, Mapping[str, Any]]]],
) -> None:
    """Where another arm has payments of a group and this one has none, its counts and sums are zero."""
    additive = [group for group in order if group[0] in COUNTS_AND_SUMS]
    for outcome in outcomes:
        if not outcome.failed:
            arm = values[outcome.task.arm.name]
            for group in additive:
                arm.setdefault(group, {}).setdefault(outcome.task.replication, {"value": 0.0, "reason": ""})


def _row(
    design: Design,
    group: _Group,
    sample: Mapping[str, Any],
    values: Mapping[str, Mapping[_Group, Mapping[int, Mapping[str, Any]]]],
    level: float,
) -> Row:
    base = values[design.baseline.name].get(group, {})
    present = _present(base)
    return Row(
        name=group[0],
        family=sample.get("family", ""),
        by=dict(group[1]),
        unit=sample["unit"],
        direction=sample.get("direction", ""),
        baseline=design.baseline.name,
        baseline_mean=mean_of(list(present.values()), level) if present else None,
        baseline_reason="" if present else _why_absent(base),
        deltas=tuple(
            _delta(arm.name, base, values[arm.name].get(group, {}), sample["unit"], design, level)
            for arm in design.arms[1:]
        ),
    )


def _delta(
    name: str,
    base: Mapping[int, Mapping[str, Any]],
    other: Mapping[int, Mapping[str, Any]],
    unit: str,
    design: Design,
    level: float,
) -> Delta:
    before, after = _present(base), _present(other)
    mean = mean_of(list(after.values()), level) if after else None
    pairs = sorted(before.keys() & after.keys())
    if not pairs:
        missing = (design.baseline.name, base) if not before else (name, other)
        why = _why_absent(missing[1]) if not before or not after else "no replication has a value in both"
        return Delta(
            alternative=name, mean=mean, difference=None, words=f"no difference: {missing[0]}: {why}"
        )
    difference = paired_difference([before[r] for r in pairs], [after[r] for r in pairs], level)
    words = f"{difference.words(unit)}, against {design.baseline.name}"
    if len(pairs) < design.replications:
        words += f"; {design.replications - len(pairs)} of {design.replications} pairs have no value"
    return Delta(alternative=name, mean=mean, difference=difference, words=words)


def _present(rows: Mapping[int, Mapping[str, Any]]) -> dict[int, float]:
    return {r: float(rows[r]["value"]) for r in sorted(rows) if rows[r]["value"] is not None}


def _why_absent(rows: Mapping[int, Mapping[str, Any]]) -> str:
    reasons = dict.fromkeys(str(rows[r]["reason"]) for r in sorted(rows) if rows[r]["value"] is None)
    return "; ".join(reasons) or "not measured in this arm"


def _mean_dict(mean: Mean | None) -> dict[str, Any] | None:
    return None if mean is None else {"value": mean.value, "half_width": mean.half_width, "n": mean.n}


def _row_dict(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "family": row.family,
        "by": dict(row.by),
        "unit": row.unit,
        "direction": row.direction,
        "baseline": row.baseline,
        "baseline_mean": _mean_dict(row.baseline_mean),
        "baseline_reason": row.baseline_reason or None,
        "deltas": [
            {
                "alternative": delta.alternative,
                "mean": _mean_dict(delta.mean),
                "difference": None if delta.difference is None else delta.difference.to_dict(),
                "words": delta.words,
            }
            for delta in row.deltas
        ],
    }
