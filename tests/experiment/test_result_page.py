"""The page of an experiment: the answer first, one page long, and every number of it where it belongs."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.experiment.design import Arm, Task
from sandbox.experiment.designs import points_of
from sandbox.experiment.executor import Outcome
from sandbox.experiment.factors import parse_lever
from sandbox.experiment.judging import Judged
from sandbox.experiment.plans import Reversal
from sandbox.experiment.protocol import read_experiment, shipped_experiments
from sandbox.experiment.result_page import Result, counted, page_of_result
from sandbox.experiment.sensitivity import Influence
from sandbox.experiment.sweep import Plan, Swept
from sandbox.world import Engines

#: A page is a page; assumptions and sensitivity, where they were asked for, come on top.
MOST_LINES = 60


def ruled(name: str, ruling: Any = "held", **more: Any) -> Judged:
    told = {
        "effect": 0.4425,
        "low": 0.2,
        "high": 0.7,
        "level": 0.95,
        "test": "t",
        "n": 5,
        "p": 0.01,
        "p_holm": 0.0304,
    }
    return Judged(
        name=name, text=f"Claim of {name}.", check="bound", ruling=ruling, numbers="0.44", **(told | more)
    )


def swept(levers: tuple[str, ...] = ("x=1,2", "y=0,1"), **more: Any) -> Swept:
    factors = tuple(map(parse_lever, levers))
    points = tuple(points_of("full", factors, 0, 1))
    plan = Plan(
        file="f", sets=(), files="", factors=factors, design="full", n=0, points=points, replications=5,
        seed=11, engines=Engines(),
    )  # fmt: skip
    outcomes = tuple(Outcome(Task(Arm("a"), at, 11)) for at in range(len(points) * 5))
    return Swept(folder=Path("runs/x"), plan=plan, outcomes=outcomes, digest="d" * 64, influences=more)


def result(name: str = "E3-cap-design", **changed: Any) -> Result:
    experiment, _ = read_experiment(name)
    base = Result(
        name=name, experiment=experiment, size="reduced", version="0.1.0",
        judged=[ruled(each) for each in experiment.hypotheses], swept=swept(), measured={"demand": 1234567.0},
        beside={}, reversals=None, assumed=None, sensitivity=None, command=f"sandbox experiment {name} --reduced",
    )  # fmt: skip
    return replace(base, **changed)


def test_the_answer_comes_first() -> None:
    judged = [ruled("a"), ruled("b", "not held"), ruled("c", "not detectable", p_holm=1.0), ruled("d")]
    lines = page_of_result(result(judged=judged)).splitlines()
    assert lines[0].startswith("# Caps") and lines[2].startswith("**Which kind of volume cap")
    assert lines[4] == "Of the hypotheses, all written before the run: 2 held, 1 not held, 1 not detectable."
    assert lines.index("## How it was run") > lines.index(
        "| b | **not held** | Claim of b. | 0.44 | t | 5 | 0.030 |"
    )


def test_numbers_are_those_of_the_run() -> None:
    text = page_of_result(result())
    assert "4 cells x 5 replications" in text and "seed 11" in text and "d" * 64 in text
    assert "demand, measured before any factor was changed: 1,234,567" in text
    assert "- x: 1, 2\n- y: 0, 1\n" in text and "$ sandbox experiment E3-cap-design --reduced\n" in text


def test_p_values_are_told_as_far_as_they_are_known() -> None:
    judged = [ruled("a", p_holm=1e-9), ruled("b", "not detectable", p=None, p_holm=None, n=0, test="")]
    text = page_of_result(result(judged=judged))
    assert "| 5 | < 0.001 |" in text and "| – | 0 | – |" in text and "together for 1 hypotheses" in text


def test_nothing_measured_is_said() -> None:
    text = page_of_result(result(measured={}))
    assert "demand: nothing measured (too few payments)" in text


def test_what_reverses_a_conclusion_is_named() -> None:
    held, fallen, lost = (
        ruled("h3a"),
        ruled("h3a", "not held", effect=1.7),
        ruled("h3a", "not detectable", effect=None),
    )
    moved = [
        Reversal(hypothesis="h3a", assumption="one = 1", base=held, moved=fallen),
        Reversal(hypothesis="h3a", assumption="one = 9", base=held, moved=held),
        Reversal(hypothesis="h3a", assumption="two = 3", base=held, moved=lost),
        Reversal(hypothesis="h3c", assumption="one = 1", base=held, moved=held),
    ]
    assert [each.kind for each in moved] == ["reversed", "", "lost", ""]
    text = page_of_result(result(reversals=moved, assumed=swept()))
    assert (
        "- one = 1 reverses it: effect 1.7" in text and "- two = 3 leaves it undetectable: effect –" in text
    )
    assert "lies between 0.4425 and 1.7" in text and "- one = 9" not in text
    assert text.count("- none of them changes the ruling") == 1 and "; assumptions `" in text


def test_the_heaviest_numbers_are_named_with_their_intervals() -> None:
    found = tuple(
        Influence(factor=f"p{at}", measure="total", value=value, low=0.0, high=1.0, more={})
        for at, value in enumerate((0.9, 0.5, None, 0.4, 0.3, 0.2))
    )
    text = page_of_result(result(sensitivity=swept(hhi_value=found)))
    assert "| hhi_value | p0 0.9 (0 to 1); p1 0.5 (0 to 1); p3 0.4 (0 to 1); p4 0.3 (0 to 1) |" in text


@pytest.mark.parametrize("name", [path.stem for path in shipped_experiments()])
def test_the_page_of_a_shipped_experiment_is_a_page(name: str) -> None:
    experiment, _ = read_experiment(name)
    factors, _, replications = experiment.chosen(True)
    plan = replace(swept().plan, factors=tuple(factors), replications=replications)
    beside = {each: swept() for each in experiment.beside}
    text = page_of_result(result(name, swept=replace(swept(), plan=plan), beside=beside))
    assert len(text.splitlines()) <= MOST_LINES
    assert all(f"| {each} |" in text for each in experiment.hypotheses)


def test_rulings_are_counted_in_their_order() -> None:
    assert counted(["not detectable", "held", "held"]) == "2 held, 1 not detectable"
    assert counted([]) == ""
