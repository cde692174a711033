"""The table of a finished experiment, asked by cell: one number a replication."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sandbox.experiment.claims import Cell
from sandbox.experiment.factors import Factor
from sandbox.experiment.sweep import Plan, Record, column_of

Values = NDArray[np.float64]


class Table:
    """The values of a finished experiment, asked by cell and replication."""

    def __init__(self, plan: Plan, records: Sequence[Record]) -> None:
        self.factors: Mapping[str, Factor] = {factor.name: factor for factor in plan.factors}
        self._plan = plan
        self._records = records

    def values(self, metric: str, by: Mapping[str, str], cell: Cell) -> Values:
        """The metric in each replication, averaged over all points of the cell; NaN where one has no finite value."""
        column = column_of(metric, by)
        found: list[list[float]] = [[] for _ in range(self._plan.replications)]
        for record in self._records:
            if all(record[f"factor:{factor}"] == label for factor, label in cell.items()):
                value = record.get(column)
                found[record["replication"]].append(math.nan if value is None else float(value))
        with np.errstate(over="ignore", invalid="ignore"):
            means = np.array([np.mean(each) if each else math.nan for each in found], dtype=np.float64)
        return np.where(np.isfinite(means), means, math.nan)

    def labels(self, factor: str) -> list[str]:
        """Names of a factor's levels, in order."""
        return [level.label for level in self.factors[factor].levels]

    def cells(self, metric: str, by: Mapping[str, str], where: Cell, factor: str) -> list[Values]:
        """The values at each level of a factor, in the order of its levels."""
        return [self.values(metric, by, {**where, factor: label}) for label in self.labels(factor)]


def missing_of(
    cells: Sequence[Cell], along: Sequence[str], table: Table, why: Mapping[tuple[str, str], str]
) -> str:
    """Why a claim about these cells, or along these factors, cannot be looked at. Empty: it can.

    ``why`` has the reasons of levels that could not be run.
    """
    for cell in cells:
        for factor, label in cell.items():
            if label not in table.labels(factor):
                reason = why.get((factor, label))
                return f"{factor} = {label} was not run" + (f" ({reason})" if reason else "")
    for factor in along:
        if len(table.labels(factor)) < 2:
            reason = next((text for (name, _), text in why.items() if name == factor), "")
            return f"{factor} was not run at two levels" + (f" ({reason})" if reason else "")
    return ""
