"""Measure a run: ask every metric's SQL of the staged journal; each answer gets its unit or its reason."""

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb

from sandbox.metrics.facts import RunFacts
from sandbox.metrics.measured import Answer, Measured, Metric
from sandbox.metrics.staging import stage
from sandbox.metrics.table import METRICS

_NEEDS = {
    "delay": "the run declares no cost of delay",
    "screening": "the run declares no quality of screening",
    "disclosed": "the run declares no disclosure by its rails",
    "review_business_days": "the run declares no statutory time for decisions",
}


def compute_all(directory: Path, facts: RunFacts, metrics: Sequence[Metric] = METRICS) -> list[Measured]:
    """Every metric of a finished run folder, in the table's order, groups sorted by name.

    Reads the folder's Parquet files only. Raises FileNotFoundError if they are not there.
    """
    connection = stage(directory, facts)
    try:
        return [measured for metric in metrics for measured in measure(connection, metric, facts)]
    finally:
        connection.close()


def measure(connection: duckdb.DuckDBPyConnection, metric: Metric, facts: RunFacts) -> list[Measured]:
    """One metric over staged tables: the whole cohort first, then its groups; never an empty list."""
    if metric.needs and getattr(facts, metric.needs) is None:
        return [Measured(metric=metric, value=None, n=0, reason=_NEEDS[metric.needs])]
    answers = sorted(_answers(connection, metric), key=lambda answer: sorted(answer[0].items()))
    if not answers:
        answers = [({}, None, 0)]
    return [_judge(metric, answer) for answer in answers]


def _answers(connection: duckdb.DuckDBPyConnection, metric: Metric) -> Iterable[Answer]:
    cursor = connection.execute(metric.sql)
    columns = [column[0] for column in cursor.description or ()]
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    if metric.estimator is not None:
        return metric.estimator(rows)
    groups = [(place, name) for place, name in enumerate(columns) if name not in ("value", "n")]
    value, n = columns.index("value"), columns.index("n")
    return [
        (
            {name: str(row[place]) for place, name in groups if row[place] is not None},
            row[value],
            int(row[n] or 0),
        )
        for row in rows
    ]


def _judge(metric: Metric, answer: Answer) -> Measured:
    by, value, n = answer
    if value is None or not math.isfinite(value):
        return Measured(metric=metric, by=by, value=None, n=n, reason=metric.empty)
    return Measured(metric=metric, by=by, value=value if isinstance(value, int) else float(value), n=n)
