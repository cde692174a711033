"""The answer of a comparison in words, and the checklist that the run's own files fill in."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from sandbox.report.answer import comparison_answer
from sandbox.report.assumptions import read_assumptions
from sandbox.report.comparing import Difference
from sandbox.report.method import run_command
from sandbox.report.runfolder import RunFolder
from sandbox.report.stress import stress_table
from sandbox.report.wording import speaking


def difference(
    metric: str, low: float | None, value: float, high: float | None, arm: str = "elr"
) -> Difference:
    """A difference from ``no-elr`` in hours."""
    return Difference(
        metric=metric, family="speed", by=(), unit="h", alternative=arm, baseline="no-elr",
        baseline_value=10.0, alternative_value=10.0 + value, difference=value, low=low, high=high,
        n=5, level=0.95, variance_reduction=None, reason="",
    )  # fmt: skip


ROWS = [
    difference("settlement_time_p50", -3, -2, -1),
    difference("settlement_time_p95", -3, 1, 5),
    difference("cost_pct_charges", 0, 0, 0),
    difference("aml_recall", -1, 0.5, 2),
]
REGIME = {"elr": True, "no-elr": False}


@pytest.mark.parametrize(
    ("language", "begins"),
    [
        (
            "en",
            (
                "With the regime (elr): ",
                "Without it (no-elr): ",
                "Detectable",
                "Not detectable: ",
                "The same",
            ),
        ),
        ("ru", ("С режимом (elr): ", "Без него (no-elr): ", "Различимо", "Неразличимо: ", "Одинаково")),
    ],
)
def test_the_answer_names_both_worlds_and_what_cannot_be_told(language: str, begins: tuple[str, ...]) -> None:
    with speaking(language):
        told = comparison_answer(ROWS, REGIME)
    assert len(told) == 6
    assert all(sentence.startswith(lead) for sentence, lead in zip(told, begins, strict=False))
    assert "8 h" in told[0] or "8 ч" in told[0]


def test_the_order_is_the_same_when_the_regime_is_the_baseline() -> None:
    told = comparison_answer(ROWS, {"elr": False, "no-elr": True})
    assert told[0].startswith("With the regime (no-elr): ") and told[1].startswith("Without it (elr): ")


@pytest.mark.parametrize("regime", [{}, {"elr": True, "no-elr": True}])
def test_two_worlds_alike_in_the_regime_are_told_by_name(regime: Mapping[str, bool]) -> None:
    assert comparison_answer(ROWS, regime)[0].startswith("elr: ")


def test_one_replication_detects_nothing() -> None:
    told = comparison_answer([difference("settlement_time_p50", None, -2, None)], REGIME)
    assert told[-1].startswith("One replication gives no interval")


def test_several_alternatives_are_told_apart() -> None:
    told = comparison_answer([*ROWS, difference("settlement_time_p50", 1, 2, 3, arm="more")], REGIME)
    assert any(sentence.startswith("Detectable for elr") for sentence in told)
    assert any(sentence.startswith("Detectable for more") for sentence in told)


def test_the_checklist_is_whole_and_says_what_the_run_says(run_folder: Path) -> None:
    run = RunFolder(run_folder)
    table = stress_table([run], read_assumptions(run.parameters), run_command(run.manifest))
    places = [row[0] for row in table.rows]
    assert len({place[:3] for place in places}) == 20 and places == sorted(places)
    text = " ".join(row[2] for row in table.rows)
    assert str(run.manifest["journal_digest"]) in text and "sandbox run" in text
    records = run.rows("select count(*) from journal")[0][0]
    assert f"{records:,} journal records" in text
