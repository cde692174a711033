"""What a sweep found, in plain data and in Markdown: influences, the tornado's bars, heat maps of two factors."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np

from sandbox.experiment.sweep import SCHEMA, Swept, means_by_point, table_of

#: Factors per metric that the page names.
_SHOWN = 8

_MEASURES = {
    "swing": "difference between the two ends of the factor's range, the others as in the scenario",
    "mu_star": "mean size of elementary effects over the factor's whole range (Morris)",
    "total": "total-order Sobol index: share of variance that goes with the factor, interactions included",
    "rank_correlation": "Spearman's rank correlation between factor and metric",
}


def summary_of(swept: Swept) -> dict[str, Any]:
    """The document ``summary.json``."""
    plan = swept.plan
    failures = [
        {
            "point": int(outcome.task.arm.name.removeprefix("point-")),
            "replication": outcome.task.replication,
            "error": outcome.failure.strip().splitlines()[-1],
            "traceback": outcome.failure,
        }
        for outcome in swept.outcomes
        if outcome.failed
    ]
    return {
        "schema": SCHEMA,
        "scenario": {"file": plan.file, "sets": list(plan.sets), "files": plan.files},
        "design": {"name": plan.design, "n": plan.n, "points": len(plan.points)},
        "factors": [
            {"name": factor.name, "levels": [level.label for level in factor.levels]}
            | ({"low": factor.low, "high": factor.high} if factor.path else {})
            for factor in plan.factors
        ],
        "replications": plan.replications,
        "seed": plan.seed,
        "table_sha256": swept.digest,
        "completed": len(swept.outcomes) - len(failures),
        "failures": failures,
        "influences": {
            metric: [each.to_dict() for each in found] for metric, found in swept.influences.items()
        },
        "heat_maps": heat_maps(swept),
    }


def heat_maps(swept: Swept) -> list[dict[str, Any]]:
    """Means over each pair of factors, where the design crosses their levels."""
    plan = swept.plan
    if plan.design != "full" or len(plan.factors) < 2:
        return []
    records, columns = table_of(plan, swept.outcomes)
    values = means_by_point(plan, records, columns)
    maps = []
    for (i, across), (j, down) in combinations(enumerate(plan.factors), 2):
        for column in columns:
            grid = [
                [_mean(values[column], _where(swept, {i: x.label, j: y.label})) for x in across.levels]
                for y in down.levels
            ]
            maps.append(
                {
                    "metric": column,
                    "across": across.name,
                    "down": down.name,
                    "across_levels": [level.label for level in across.levels],
                    "down_levels": [level.label for level in down.levels],
                    "values": grid,
                }
            )
    return maps


def _where(swept: Swept, labels: dict[int, str]) -> list[int]:
    """Points that have these levels."""
    found = []
    for at, point in enumerate(swept.plan.points):
        levels = [point.levels[place] for place in labels]
        if [level.label if level else None for level in levels] == list(labels.values()):
            found.append(at)
    return found


def _mean(values: Any, points: Sequence[int]) -> float | None:
    chosen = values[list(points)]
    good = chosen[np.isfinite(chosen)]
    return float(good.mean()) if good.size else None


def page_of(swept: Swept) -> str:
    """The page ``summary.md``."""
    plan = swept.plan
    failed = sum(outcome.failed for outcome in swept.outcomes)
    lines = [
        f"# Sweep of {plan.name}",
        "",
        f"{len(plan.points)} points ({plan.design}) x {plan.replications} replications, seed {plan.seed}; "
        f"{len(swept.outcomes) - failed} replications complete, {failed} failed.",
        f"Table `table.csv`, SHA-256 `{swept.digest}`.",
        "",
        "Synthetic actors on local test chains: a laboratory, not a forecast.",
    ]
    for metric, found in swept.influences.items():
        known = [each for each in found if each.value is not None][:_SHOWN]
        if not known:
            continue
        lines += ["", f"## {metric}", "", f"{_MEASURES[known[0].measure].capitalize()}.", ""]
        extras = list(known[0].more)
        interval = any(each.low is not None for each in known)
        heads = [
            "factor",
            known[0].measure.replace("_", " "),
            *(["95% interval"] if interval else []),
            *extras,
        ]
        lines += [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
        for each in known:
            cells = [each.factor, _text(each.value)]
            if interval:
                cells.append(f"{_text(each.low)} to {_text(each.high)}")
            lines.append(f"| {' | '.join([*cells, *(_text(each.more[name]) for name in extras)])} |")
    for outcome in swept.outcomes:
        if outcome.failed:
            last = outcome.failure.strip().splitlines()[-1]
            lines += ["", f"- {outcome.task.arm.name}, replication {outcome.task.replication} failed: {last}"]
    return "\n".join(lines) + "\n"


def _text(value: float | None) -> str:
    return "–" if value is None else f"{value:,.4g}"
