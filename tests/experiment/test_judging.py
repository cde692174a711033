"""Each kind of hypothesis: a table in which it holds, one in which it falls, and one that cannot tell."""

from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from sandbox.experiment.cells import Table
from sandbox.experiment.claims import Hypothesis
from sandbox.experiment.designs import points_of
from sandbox.experiment.factors import Factor, parse_lever
from sandbox.experiment.inference import MeanOf
from sandbox.experiment.judging import judge_all
from sandbox.experiment.sweep import Plan
from sandbox.world import Engines

READ: TypeAdapter[Any] = TypeAdapter(Hypothesis)
X = [1.0, 2.0, 4.0]
REPLICATIONS = 6


def table(value: Any, noise: float = 0.01, **more: Any) -> Table:
    """A finished experiment over x and y in which a metric is a function of both and of luck."""
    factors: list[Factor] = [parse_lever("x=1,2,4"), parse_lever("y=0,1")]
    points = tuple(points_of("full", factors, 0, 1))
    plan = Plan(
        file="f", sets=(), files="", factors=tuple(factors), design="full", n=0, points=points,
        replications=REPLICATIONS, seed=1, engines=Engines(),
    )  # fmt: skip
    luck = np.random.default_rng(3).normal(size=(len(points), REPLICATIONS))
    records = []
    for at, point in enumerate(points):
        x, y = (level.number for level in point.levels if level)
        for replication in range(REPLICATIONS):
            record = {"factor:x": point.levels[0].label, "factor:y": point.levels[1].label}
            record |= {"replication": replication, "status": "complete"}
            record["m"] = value(x, y) + noise * luck[at, replication]
            record |= {name: function(x, y) for name, function in more.items()}
            records.append(record)
    return Table(plan, records)


def ruling(found: Table, **claim: Any) -> str:
    """What became of one claim."""
    hypothesis = READ.validate_python({"text": "t", "metric": "m", **claim})
    (judged,) = judge_all({"h": hypothesis}, found)
    assert judged.numbers
    return judged.ruling


CASES: list[tuple[dict[str, Any], Any, Any]] = [
    ({"check": "elasticity", "factor": "x", "min": 0, "max": 1}, lambda x, y: 3 * x**0.5, lambda x, y: x**1.5),
    ({"check": "monotone", "factor": "x", "direction": "increasing"}, lambda x, y: x, lambda x, y: -x),
    ({"check": "monotone", "factor": "x", "direction": "increasing"}, lambda x, y: x, lambda x, y: abs(x - 2) + x / 9),
    ({"check": "non_monotone", "factor": "x", "shape": "peak"}, lambda x, y: -abs(x - 2), lambda x, y: x),
    ({"check": "non_monotone", "factor": "x", "shape": "trough"}, lambda x, y: abs(x - 2), lambda x, y: -x),
    (
        {"check": "ratio", "of": {"x": "4"}, "to": {"x": "1"}, "max": 2},
        lambda x, y: 10 + x, lambda x, y: 10 * x,
    ),
    ({"check": "bound", "where": {"x": "2"}, "min": 2}, lambda x, y: x + 1, lambda x, y: x - 1),
    (
        {"check": "equivalence", "of": {"y": "1"}, "to": {"y": "0"}, "bound": 0.05},
        lambda x, y: 10 + y / 10, lambda x, y: 10 + 5 * y,
    ),
    ({"check": "dominance", "of": {"y": "0"}, "to": {"y": "1"}}, lambda x, y: y, lambda x, y: -y),
    (
        {"check": "interaction", "factor": "x", "moderator": "y", "sign": "larger"},
        lambda x, y: x * y, lambda x, y: -x * y,
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("claim", "good", "bad"), CASES, ids=[f"{c['check']}-{i}" for i, (c, *_) in enumerate(CASES)]
)
def test_a_claim_holds_falls_and_cannot_be_told(claim: dict[str, Any], good: Any, bad: Any) -> None:
    assert ruling(table(good), **claim) == "held"
    assert ruling(table(bad), **claim) == "not held"
    centre = table(lambda x, y: 20.0, noise=15.0)
    if claim["check"] not in ("bound", "ratio"):
        assert ruling(centre, **claim) == "not detectable"


def test_borders_within_the_noise_detect_nothing() -> None:
    assert ruling(table(lambda x, y: 2.0, noise=1.0), check="bound", min=2.0) == "not detectable"
    claim = {"check": "ratio", "of": {"x": "4"}, "to": {"x": "1"}, "min": 1.0}
    assert ruling(table(lambda x, y: 9.0, noise=1.0), **claim) == "not detectable"


def test_dominance_asks_every_metric() -> None:
    claim = {"check": "dominance", "of": {"y": "0"}, "to": {"y": "1"}, "also": ["n"]}
    assert ruling(table(lambda x, y: y, n=lambda x, y: y), **claim) == "held"
    assert ruling(table(lambda x, y: y, n=lambda x, y: -y), **claim) == "not held"
    assert ruling(table(lambda x, y: y, n=lambda x, y: 1.0), **claim) == "not detectable"


def test_missing_values_and_levels_are_said() -> None:
    assert ruling(table(lambda x, y: x), check="bound", where={"x": "9"}, min=0) == "not detectable"
    assert ruling(table(lambda x, y: float("nan")), check="bound", min=0) == "not detectable"


def judged_together(found: Table, claims: dict[str, dict[str, Any]]) -> dict[str, str]:
    hypotheses = {
        name: READ.validate_python({"text": "t", "metric": "m", **claim}) for name, claim in claims.items()
    }
    return {each.name: each.ruling for each in judge_all(hypotheses, found)}


def test_what_stands_alone_may_fall_among_many() -> None:
    """One claim is borne out at about 2%: alone it holds, among twenty it is no more than chance allows."""
    found = table(lambda x, y: 1.0 + x, noise=1.0)
    mean = MeanOf.of(found.values("m", {}, {"x": "1"}))
    assert mean is not None
    claim = {"check": "bound", "where": {"x": "1"}, "min": mean.interval(0.98)[0]}
    assert judged_together(found, {"a": claim}) == {"a": "held"}
    centre = MeanOf.of(found.values("m", {}, {}))
    assert centre is not None
    others = {f"other-{at}": {"check": "bound", "min": centre.effect} for at in range(19)}
    assert judged_together(found, {"a": claim, **others})["a"] == "not detectable"


def test_every_number_is_there() -> None:
    hypothesis = READ.validate_python({"text": "t", "metric": "m", "check": "bound", "min": 0.0})
    (judged,) = judge_all({"h": hypothesis}, table(lambda x, y: 5.0))
    assert judged.n == REPLICATIONS and judged.test and judged.level == 0.95
    assert judged.low is not None and judged.high is not None and judged.effect is not None
    assert judged.low < judged.effect < judged.high
    assert judged.effect == pytest.approx(5.0, abs=0.05)
    assert judged.p is not None and judged.p_holm == judged.p


ERLANG = {"check": "analytic", "law": "erlang", "rate": 0.3, "mean": 10.0, "servers": 4, "bound": 0.05}


def test_a_formula_is_met_missed_and_not_to_be_told() -> None:
    wait = 5.094
    assert ruling(table(lambda x, y: wait, noise=0.05), **ERLANG) == "held"
    assert ruling(table(lambda x, y: 1.2 * wait, noise=0.05), **ERLANG) == "not held"
    assert ruling(table(lambda x, y: wait, noise=5.0), **ERLANG) == "not detectable"
    with_service = {**ERLANG, "with_service": True}
    assert ruling(table(lambda x, y: wait + 10.0, noise=0.05), **with_service) == "held"
    one = {**ERLANG, "law": "pollaczek_khinchine", "rate": 0.08, "servers": 1, "cv": 0.0}
    assert ruling(table(lambda x, y: 20.0, noise=0.2), **one) == "held"
    assert ruling(table(lambda x, y: 40.0, noise=0.2), **one) == "not held"


@pytest.mark.parametrize("wrong", [{"rate": 0.4}, {"cv": 0.5}, {"law": "pollaczek_khinchine"}])
def test_a_formula_outside_its_law_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"capacity|cv 1|one server"):
        READ.validate_python({"text": "t", "metric": "m", **ERLANG, **wrong})


def test_too_few_replications_for_a_bootstrap_are_said() -> None:
    claim = {"check": "ratio", "of": {"x": "4"}, "to": {"x": "1"}, "min": 2, "interval": "bootstrap"}
    hypothesis = READ.validate_python({"text": "t", "metric": "m", **claim})
    (judged,) = judge_all({"h": hypothesis}, table(lambda x, y: x))
    assert judged.ruling == "not detectable" and "at least 8 replications" in judged.numbers


def test_a_tail_that_hardly_came_is_not_ruled_on() -> None:
    """The event comes in 6, or none, of 6 replications of the first cell; how often it does elsewhere is no matter."""
    claim = {"check": "ratio", "of": {"x": "4"}, "to": {"x": "1"}, "max": 2}
    often = table(lambda x, y: 10 + x, frozen=lambda x, y: float(x == 4))
    never = table(lambda x, y: 10 + x, frozen=lambda x, y: float(x == 1))
    assert ruling(often, **claim, seen={"metric": "frozen"}) == ruling(never, **claim) == "held"
    assert ruling(often, **claim, seen={"metric": "frozen", "least": 7}) == "not detectable"
    hypothesis = READ.validate_python({"text": "t", "metric": "m", **claim, "seen": {"metric": "frozen"}})
    (judged,) = judge_all({"h": hypothesis}, never)
    assert judged.ruling == "not detectable" and judged.p is None
    assert judged.numbers == (
        "too rare to tell: frozen is above nothing in 0 of 6 replications, and 5 are needed"
    )
