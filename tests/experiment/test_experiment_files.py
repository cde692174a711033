"""Experiments as files: faults in their places, the shipped five, and one of them run small."""

import json
from pathlib import Path

import pytest

from sandbox.cli import main
from sandbox.experiment.protocol import read_experiment, shipped_experiments
from sandbox.metrics import BY_NAME
from sandbox.scenario.faults import ScenarioInvalid
from sandbox.scenario.load import load

GOOD = """experiment: 1
title: {en: T}
question: {en: Q}
scenario: elr-2024
factors:
  analysts: {lever: policy.kyc_analysts, values: [1, 2]}
  caps: {levels: {none: {}, low: {policy.monthly_cap: "10000000"}}}
replications: 2
metrics: [share_elr]
hypotheses:
  h1: {text: t, check: monotone, metric: share_elr, factor: analysts, direction: increasing}
reduced: {replications: 2}
"""


def written(tmp_path: Path, text: str) -> str:
    path = tmp_path / "x.yaml"
    path.write_text(text)
    return str(path)


def test_amounts_of_money_stay_texts(tmp_path: Path) -> None:
    experiment, _ = read_experiment(written(tmp_path, GOOD))
    factors, _, _ = experiment.chosen(False)
    assert factors[1].levels[1].sets == ('policy.monthly_cap="10000000"',)
    assert load("elr-2024", sets=factors[1].levels[1].sets).scenario.policy.monthly_cap == 1_000_000_000


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("factor: analysts", "factor: analists", "no factor 'analists'"),
        ("[share_elr]", "[payments]", "not among the metrics"),
        (
            "factor: analysts",
            "factor: analysts, seen: {metric: frozen_usd}",
            "'frozen_usd' is not among the metrics",
        ),
        ("check: monotone", "check: monotonous", "monotone"),
        ("values: [1, 2]", "valuse: [1, 2]", "values"),
        ("{replications: 2}", "{replications: 2, keep: {caps: [high]}}", "no level 'high'"),
        ("{replications: 2}", "{replications: 2, keep: {caps: []}}", "no level of caps"),
    ],
)
def test_faults_are_told_in_their_place(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(ScenarioInvalid) as caught:
        read_experiment(written(tmp_path, GOOD.replace(old, new)))
    told = "\n".join(str(fault) for fault in caught.value.faults)
    assert words in told and "x.yaml:" in told


def test_an_unknown_experiment_gets_the_nearest() -> None:
    with pytest.raises(ScenarioInvalid, match="E1-scale"):
        read_experiment("E1-scales")


@pytest.mark.parametrize("path", shipped_experiments(), ids=lambda path: path.stem)
def test_a_shipped_experiment_is_in_order(path: Path) -> None:
    """Every level of every factor loads beside the first levels of the others, and every metric exists."""
    experiment, _ = read_experiment(str(path))
    assert set(experiment.metrics) <= set(BY_NAME)
    assert {"en", "ru"} <= set(experiment.title) and {"en", "ru"} <= set(experiment.question)
    for reduced in (False, True):
        factors, sets, _ = experiment.chosen(reduced)
        first = tuple(text for factor in factors for text in factor.levels[0].sets)
        for factor in factors:
            load(experiment.scenario, sets=(*sets, *first, *factor.levels[-1].sets))


def test_the_five_are_shipped() -> None:
    assert [path.stem[:2] for path in shipped_experiments()] == ["E1", "E2", "E3", "E4", "E5"]


def test_one_runs_small_and_rules_on_every_hypothesis(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small = (
        "clock.horizon=45d",
        "clock.warm_up=10d",
        "clock.cool_down=5d",
        "population.payments_per_business_day=8.0",
    )
    sets = [word for text in small for word in ("--set", text)]
    with pytest.raises(SystemExit) as end:
        main(["experiment", "E1-scale", "--reduced", "--reps", "2", *sets, "--out", str(tmp_path), "--json"])
    assert end.value.code == 0
    found = json.loads(capsys.readouterr().out)
    experiment, _ = read_experiment("E1-scale")
    assert [each["name"] for each in found["hypotheses"]] == list(experiment.hypotheses)
    assert {each["ruling"] for each in found["hypotheses"]} <= {"held", "not held", "not detectable"}
    page = (Path(found["folder"]) / "summary.md").read_text()
    assert all(f"| {name} |" in page for name in experiment.hypotheses)
