"""The sweeps an experiment is made of: what is measured first, its factors, the cells beside them, its assumptions."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sandbox.experiment.cells import Table
from sandbox.experiment.claims import Hypothesis
from sandbox.experiment.designs import Point, points_of
from sandbox.experiment.factors import Factor, Level, uncertainties
from sandbox.experiment.judging import Judged, judge_all
from sandbox.experiment.protocol import AS_IT_IS, Experiment, Measured, restricted, texts
from sandbox.experiment.sweep import Plan
from sandbox.scenario.parameters import ParameterLibrary

#: The factor by which assumptions are moved.
ASSUMPTION = "assumption"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal:
    """What became of one conclusion with one number at one end of its range."""

    hypothesis: str
    assumption: str
    base: Judged
    """The conclusion with all numbers as they are, in the same cells and replications."""
    moved: Judged

    @property
    def kind(self) -> str:
        """``reversed``, ``lost`` (no longer detectable), ``gained``, or empty where the ruling stays."""
        before, after = self.base.ruling, self.moved.ruling
        if before == after:
            return ""
        if after == "not detectable":
            return "lost"
        return "gained" if before == "not detectable" else "reversed"


def single(base: Plan, sets: Sequence[str], replications: int) -> Plan:
    """One cell without any factor."""
    return replace(base, sets=(*base.sets, *sets), factors=(), points=(Point(()),), replications=replications)


def measured_value(measured: Measured, table: Table) -> float | None:
    """The mean over replications of the rows' sum, in the wanted unit; None where that is nothing."""
    rows = np.array([table.values(measured.metric, by, {}) for by in measured.rows])
    value = float(np.mean(np.where(np.isfinite(rows), rows, 0.0).sum(axis=0))) * measured.times
    return value if math.isfinite(value) and value > 0 else None


def crossed(base: Plan, factors: Sequence[Factor], replications: int) -> Plan:
    """All cells of some factors."""
    points = tuple(points_of("full", factors, 0, base.seed))
    return replace(base, factors=tuple(factors), points=points, replications=replications)


def beside_plans(experiment: Experiment, base: Plan, reduced: bool) -> dict[str, Plan]:
    """The cells outside the factors."""
    return {
        name: single(base, texts(cell.set), cell.reduced if reduced and cell.reduced else cell.replications)
        for name, cell in experiment.beside.items()
    }


def assumption_plan(
    experiment: Experiment, base: Plan, factors: list[Factor], library: ParameterLibrary
) -> Plan:
    """The cells of the hypotheses asked about, with each uncertain number at either end of its range."""
    asked = experiment.assumptions
    assert asked is not None
    levels = [Level(AS_IT_IS, None, ())]
    for number in uncertainties(library, asked.parameters):
        levels += [
            Level(f"{number.name} = {end.label}", None, end.sets)
            for end in (number.levels[0], number.levels[-1])
        ]
    kept = restricted(factors, asked.keep)
    return crossed(base, [*kept, Factor(ASSUMPTION, tuple(levels))], asked.replications)


def reversals(
    experiment: Experiment, table: Table, left_out: Mapping[tuple[str, str], str] | None = None
) -> list[Reversal]:
    """Every hypothesis asked about under every moved assumption."""
    asked = experiment.assumptions
    assert asked is not None
    claims = {name: experiment.hypotheses[name] for name in asked.hypotheses}
    labels = table.labels(ASSUMPTION)
    rulings = {
        label: {
            judged.name: judged
            for judged in judge_all(
                {name: _under(claim, label) for name, claim in claims.items()}, table, left_out=left_out
            )
        }
        for label in labels
    }
    return [
        Reversal(hypothesis=name, assumption=label, base=rulings[AS_IT_IS][name], moved=rulings[label][name])
        for name in claims
        for label in labels
        if label != AS_IT_IS
    ]


def _under(claim: Hypothesis, label: str) -> Hypothesis:
    return claim.model_copy(update={"where": {**claim.where, ASSUMPTION: label}})


def sensitivity_plan(experiment: Experiment, base: Plan, library: ParameterLibrary, reduced: bool) -> Plan:
    """Saltelli's scheme over the uncertain numbers, one replication a point: all points share their luck."""
    asked = experiment.sensitivity
    assert asked is not None
    factors = tuple(uncertainties(library, asked.parameters))
    n = asked.reduced if reduced else asked.n
    points = tuple(points_of("sobol", factors, n, base.seed))
    return replace(
        base, sets=(*base.sets, *texts(asked.set)), factors=factors, design="sobol", n=n,
        points=points, replications=1,
    )  # fmt: skip
