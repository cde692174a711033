"""The sweeps an experiment is made of, and what moving its assumptions does to its conclusions."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sandbox.experiment.cells import Table
from sandbox.experiment.designs import points_of
from sandbox.experiment.plans import (
    ASSUMPTION,
    assumption_plan,
    beside_plans,
    crossed,
    reversals,
    sensitivity_plan,
    single,
)
from sandbox.experiment.protocol import AS_IT_IS, Experiment, read_experiment
from sandbox.experiment.sweep import Plan
from sandbox.scenario.load import load
from sandbox.world import Engines

FILE = """experiment: 1
title: {en: T}
question: {en: Q}
scenario: elr-2024
set: {policy.banks: 3}
factors:
  analysts: {lever: policy.kyc_analysts, values: [1, 2]}
  caps: {levels: {none: {}, low: {policy.monthly_cap: "10000000"}}}
replications: 6
metrics: [share_elr]
beside:
  alone: {set: {policy.banks: 1}, replications: 9, reduced: 3}
  whole: {set: {policy.banks: 2}, replications: 9}
hypotheses:
  h1: {text: t, check: monotone, metric: share_elr, factor: analysts, direction: increasing, where: {caps: none}}
  h2: {text: t, check: bound, metric: share_elr, min: 0, beside: alone}
assumptions:
  parameters: [choice.beta_cost, correspondent.p_return_b]
  hypotheses: [h1]
  keep: {caps: [none]}
  replications: 6
sensitivity: {parameters: [choice.beta_cost, correspondent.p_return_b], n: 8, reduced: 4, set: {policy.banks: 7}}
reduced: {replications: 2, keep: {analysts: ["1"]}, set: {policy.banks: 4}}
"""


@pytest.fixture
def experiment(tmp_path: Path) -> Experiment:
    path = tmp_path / "x.yaml"
    path.write_text(FILE)
    return read_experiment(str(path))[0]


@pytest.fixture
def base(experiment: Experiment) -> Plan:
    factors, sets, replications = experiment.chosen(False)
    return Plan(
        file="elr-2024", sets=sets, files="", factors=tuple(factors), design="full", n=0,
        points=tuple(points_of("full", factors, 0, 1)), replications=replications, seed=1, engines=Engines(),
    )  # fmt: skip


def test_a_cell_of_its_own_has_one_point_and_its_own_settings(experiment: Experiment, base: Plan) -> None:
    one = single(base, ("a=1",), 4)
    assert one.sets == (*base.sets, "a=1") and one.replications == 4
    assert [point.sets for point in one.points] == [()] and one.factors == ()
    full, reduced = (beside_plans(experiment, base, small) for small in (False, True))
    assert {name: plan.replications for name, plan in full.items()} == {"alone": 9, "whole": 9}
    assert {name: plan.replications for name, plan in reduced.items()} == {"alone": 3, "whole": 9}
    assert full["alone"].sets[-1] == "policy.banks=1"


def test_assumptions_are_moved_one_at_a_time_in_the_cells_kept(experiment: Experiment, base: Plan) -> None:
    library = load("elr-2024").parameters
    plan = assumption_plan(experiment, base, list(base.factors), library)
    *kept, moved = plan.factors
    assert [[level.label for level in factor.levels] for factor in kept] == [["1", "2"], ["none"]]
    assert moved.name == ASSUMPTION and moved.levels[0].label == AS_IT_IS and moved.levels[0].sets == ()
    assert len(moved.levels) == 1 + 2 * 2 and len(plan.points) == 2 * 5 and plan.replications == 6
    for name in ("choice.beta_cost", "correspondent.p_return_b"):
        entry = library.entry(name)
        ends = [level for level in moved.levels if level.label.startswith(f"{name} = ")]
        assert [float(end.sets[0].partition("=")[2]) for end in ends] == [entry.low, entry.high]
        assert all(len(end.sets) == 1 for end in ends)


def test_sensitivity_follows_saltelli_with_one_replication_a_point(
    experiment: Experiment, base: Plan
) -> None:
    library = load("elr-2024").parameters
    for reduced, n in ((False, 8), (True, 4)):
        plan = sensitivity_plan(experiment, base, library, reduced)
        assert len(plan.points) == n * (2 + 2) and plan.replications == 1 and plan.design == "sobol"
        assert plan.sets[-1] == "policy.banks=7"


def table_of_effects(experiment: Experiment, base: Plan, effects: dict[str, float]) -> Table:
    """A finished sweep of assumptions: the second analyst changes the share by what the assumption makes of it."""
    plan = assumption_plan(experiment, base, list(base.factors), load("elr-2024").parameters)
    luck = np.random.default_rng(2).normal(size=(len(plan.points), plan.replications))
    records: list[dict[str, Any]] = []
    for at, point in enumerate(plan.points):
        labels = [level.label for level in point.levels if level]
        step = effects.get(labels[2], 1.0) if labels[0] == "2" else 0.0
        records += [
            {f"factor:{factor.name}": label for factor, label in zip(plan.factors, labels, strict=True)}
            | {
                "replication": replication,
                "status": "complete",
                "share_elr": step + 0.01 * luck[at, replication],
            }
            for replication in range(plan.replications)
        ]
    return Table(plan, records)


def test_a_conclusion_stays_is_reversed_or_lost(experiment: Experiment, base: Plan) -> None:
    names = [level.label for level in assumption_plan(
        experiment, base, list(base.factors), load("elr-2024").parameters).factors[-1].levels[1:]]  # fmt: skip
    effects = dict(zip(names, (1.0, -1.0, 0.0, 0.5), strict=True))
    found = reversals(experiment, table_of_effects(experiment, base, effects))
    assert [each.assumption for each in found] == names and {each.hypothesis for each in found} == {"h1"}
    assert {each.base.ruling for each in found} == {"held"}
    assert [each.kind for each in found] == ["", "reversed", "lost", ""]
    again = reversals(experiment, table_of_effects(experiment, base, {AS_IT_IS: 0.0, **effects}))
    assert [each.kind for each in again] == ["gained", "gained", "", "gained"]


def test_all_cells_are_crossed(base: Plan) -> None:
    plan = crossed(base, base.factors, 3)
    assert len({point.sets for point in plan.points}) == len(plan.points) == 4 and plan.replications == 3
