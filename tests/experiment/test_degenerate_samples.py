"""Rulings where the replications hold next to nothing: no value, one, all the same, or sizes beyond arithmetic."""

import itertools
import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from sandbox.cli import main
from sandbox.experiment.cells import Table
from sandbox.experiment.claims import Hypothesis
from sandbox.experiment.designs import points_of
from sandbox.experiment.factors import Factor, parse_lever
from sandbox.experiment.inference import FEWEST_BLOCKS, MeanOf, Resampled, holm
from sandbox.experiment.judging import Judged, judge_all
from sandbox.experiment.plans import measured_value
from sandbox.experiment.protocol import AS_IT_IS, Measured, read_experiment
from sandbox.experiment.sweep import Plan
from sandbox.world import Engines

READ: TypeAdapter[Any] = TypeAdapter(Hypothesis)
NAN = math.nan

CLAIMS: dict[str, dict[str, Any]] = {
    "elasticity": {"check": "elasticity", "factor": "x", "min": 0, "max": 1},
    "monotone": {"check": "monotone", "factor": "x", "direction": "decreasing"},
    "peak": {"check": "non_monotone", "factor": "x", "shape": "peak"},
    "trough": {"check": "non_monotone", "factor": "x", "shape": "trough"},
    "ratio": {"check": "ratio", "of": {"x": "4"}, "to": {"x": "1"}, "min": 0.5, "max": 2},
    "redrawn": {"check": "ratio", "of": {"x": "4"}, "to": {"x": "1"}, "max": 2, "interval": "bootstrap"},
    "bound": {"check": "bound", "where": {"x": "2"}, "min": 2},
    "equivalence": {"check": "equivalence", "of": {"y": "1"}, "to": {"y": "0"}, "bound": 0.05},
    "analytic": {
        "check": "analytic",
        "law": "erlang",
        "rate": 0.3,
        "mean": 10.0,
        "servers": 4,
        "bound": 0.05,
    },
    "dominance": {"check": "dominance", "of": {"y": "0"}, "to": {"y": "1"}, "also": ["m"]},
    "spread": {"check": "dominance", "of": {"y": "0"}, "to": {"y": "1"}, "interval": "bootstrap"},
    "order": {"check": "stochastic_order", "of": {"y": "0"}, "to": {"y": "1"}, "quantiles": [0.4, 0.5]},
    "interaction": {"check": "interaction", "factor": "x", "moderator": "y", "sign": "larger"},
}


def table(
    values: list[float | None], replications: int, factors: tuple[str, ...] = ("x=1,2,4", "y=0,1")
) -> Table:
    """A finished experiment whose metric runs through ``values`` again and again."""
    read: list[Factor] = [parse_lever(text) for text in factors]
    points = tuple(points_of("full", read, 0, 1))
    plan = Plan(
        file="f", sets=(), files="", factors=tuple(read), design="full", n=0, points=points,
        replications=replications, seed=1, engines=Engines(),
    )  # fmt: skip
    endless = itertools.cycle(values)
    records = [
        {
            f"factor:{factor.name}": level.label
            for factor, level in zip(read, point.levels, strict=True)
            if level
        }
        | {"replication": replication, "status": "complete", "m": next(endless)}
        for point in points
        for replication in range(replications)
    ]
    return Table(plan, records)


def judged(found: Table, names: tuple[str, ...] = tuple(CLAIMS)) -> dict[str, Judged]:
    claims = {name: READ.validate_python({"text": "t", "metric": "m", **CLAIMS[name]}) for name in names}
    return {each.name: each for each in judge_all(claims, found)}


WILD = st.one_of(
    st.sampled_from([None, NAN, math.inf, -math.inf, 0.0, -0.0, 1.0, 1e-320, 1e308, -1e308, 5.094]),
    st.floats(width=64),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(WILD, min_size=1, max_size=30), st.sampled_from([1, 2, 3, 6]))
def test_whatever_the_values_every_claim_gets_a_ruling(values: list[float | None], replications: int) -> None:
    names = tuple(name for name in CLAIMS if name not in ("redrawn", "spread", "order"))
    for each in judged(table(values, replications), names).values():
        assert each.ruling in ("held", "not held", "not detectable") and each.numbers
        assert each.p is not None and each.p_holm is not None and 0 <= each.p <= each.p_holm <= 1
        numbers = (each.effect, each.low, each.high)
        assert all(number is None or math.isfinite(number) for number in numbers)
        if each.low is not None and each.high is not None:
            assert each.low <= each.high
        if replications == 1:
            assert each.ruling == "not detectable"


@pytest.mark.parametrize("values", [[None], [NAN], [math.inf], [-math.inf, NAN]], ids=str)
@pytest.mark.parametrize("replications", [1, 2, FEWEST_BLOCKS])
def test_without_a_value_nothing_is_detected_and_the_reason_is_told(
    values: list[float | None], replications: int
) -> None:
    for each in judged(table(values, replications)).values():
        assert (each.ruling, each.n, each.effect) == ("not detectable", 0, None)
        assert "too few" in each.numbers or each.name in ("peak", "trough")


def test_one_arm_without_values_leaves_only_what_does_not_ask_it() -> None:
    """Values at y = 0 alone, in each of two replications: what sets y = 1 against it has nothing to say."""
    found = judged(table([3.0, 3.0, None, None], 2))
    assert {found[name].n for name in ("equivalence", "dominance", "interaction")} == {0}
    alone = READ.validate_python(
        {"text": "t", "metric": "m", "check": "bound", "where": {"y": "0"}, "max": 2.0}
    )
    (bound,) = judge_all({"h": alone}, table([3.0, 3.0, None, None], 2))
    assert bound.ruling == "not held" and bound.n == 2


@pytest.mark.parametrize("value", [0.0, 7.0, 1e100], ids=str)
def test_without_any_spread_no_difference_is_made_up(value: float) -> None:
    found = judged(table([value], FEWEST_BLOCKS))
    for name in ("monotone", "peak", "trough", "dominance", "spread", "order", "interaction"):
        assert found[name].ruling == "not detectable", name
    assert found["ratio"].ruling == found["redrawn"].ruling == ("held" if value else "not detectable")


def test_a_factor_run_at_one_level_has_no_slope() -> None:
    found = judged(table([1.0, 2.0], 3, ("x=1", "y=0,1")), ("elasticity", "monotone", "peak", "interaction"))
    assert {each.ruling for each in found.values()} == {"not detectable"}
    assert all("two levels" in each.numbers for each in found.values())


def test_resamples_without_a_value_count_for_neither_side() -> None:
    """A ratio to a cell that is nothing in all runs but one: most resamples have no finite ratio."""
    of, to = [1.0] * 12, [1.0] + [0.0] * 11
    ratio = Resampled.of([of, to], lambda a, b: float(a.mean() / b.mean()))  # type: ignore[list-item]  # lists do
    assert ratio is not None and ratio.lost > 0
    assert ratio.interval() == (-math.inf, math.inf)
    assert ratio.above(0.0) == pytest.approx(ratio.lost / (ratio.lost + len(ratio.drawn)), abs=0.001)
    assert ratio.above(0.0) > 0.2 and ratio.below(math.inf) > 0.2


def test_values_too_large_to_be_squared_say_nothing() -> None:
    vast = MeanOf((1e308, -1e308, 1e307))
    assert vast.interval() == (-math.inf, math.inf) and vast.above(0) == vast.below(0) == 1.0


@given(st.lists(st.sampled_from([0.0, 0.5, 1.0]), max_size=5))
def test_holm_takes_ties_and_certainties(ps: list[float]) -> None:
    assert all(0 <= p <= adjusted <= 1 for p, adjusted in zip(ps, holm(ps), strict=True))


@pytest.mark.parametrize(
    ("values", "expected"),
    [([None], None), ([0.0], None), ([NAN, None], None), ([math.inf, 2.0], 10.0)],
    ids=str,
)
def test_a_share_of_nothing_is_not_measured(values: list[float | None], expected: float | None) -> None:
    """Infinite values are none; what remains is the mean over replications, here 2 of 4 in all cells alike."""
    wanted = Measured(metric="m", rows=[{}], times=10.0, replications=2)
    assert measured_value(wanted, table(values, 2, ("x=1",))) == expected


FILE = """experiment: 1
title: {en: T}
question: {en: Q}
scenario: classroom
measured: {demand: {metric: throughput_usd_day, rows: [{rail: dfa}], replications: 1}}
factors: {cap: {levels: {NONE_half: {policy.monthly_cap: {share: 0.5, of: demand}}}}}
replications: 2
metrics: [throughput_usd_day, share_elr]
hypotheses:
  h1: {text: t, check: bound, metric: share_elr, where: {cap: half}, min: 0}
  h2: {text: t, check: monotone, metric: share_elr, factor: cap, direction: increasing}
  h3: {text: t, check: bound, metric: share_elr, min: 0}
reduced: {replications: 2}
"""
SMALL = (
    "clock.horizon=8d",
    "clock.warm_up=1d",
    "clock.cool_down=1d",
    "population.payments_per_business_day=3.0",
)


def test_an_experiment_with_nothing_to_take_a_share_of_ends_with_an_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Eight days in which no payment settles over a rail: the level that is a share of that cannot be made."""
    path = tmp_path / "x.yaml"
    path.write_text(FILE.replace("NONE_", "none: {}, "))
    sets = [word for text in SMALL for word in ("--set", text)]
    with pytest.raises(SystemExit) as end:
        main(["experiment", str(path), "--reduced", *sets, "--out", str(tmp_path), "--json"])
    told = capsys.readouterr()
    assert end.value.code == 0, told.err
    found = json.loads(told.out)
    rulings = {each["name"]: each for each in found["hypotheses"]}
    assert found["measured"] == {}
    assert rulings["h1"]["ruling"] == rulings["h2"]["ruling"] == "not detectable"
    assert all("too few payments" in rulings[name]["numbers"] for name in ("h1", "h2"))
    assert len(found["sweep"]["factors"][0]["levels"]) == 1
    assert "too few payments" in (Path(found["folder"]) / "summary.md").read_text()


def test_why_a_level_is_left_out_is_known_before_anything_runs(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(FILE.replace("NONE_", "none: {}, "))
    experiment, _ = read_experiment(str(path))
    factors, _, _ = experiment.chosen(False, {})
    assert [level.label for level in factors[0].levels] == ["none"]
    assert list(experiment.left_out({})) == [("cap", "half")]
    path.write_text(FILE.replace("NONE_", ""))
    alone, _, _ = read_experiment(str(path))[0].chosen(False, {})
    assert [(level.label, level.sets) for level in alone[0].levels] == [(AS_IT_IS, ())]
    assert experiment.left_out({"demand": 5.0}) == {}
