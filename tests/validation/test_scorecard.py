"""The scorecard: its list, its two tables, and the quick run as a whole."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.cli import main
from sandbox.validation import CHECKS, NOT_YET, PATTERNS, UnknownCheck, run_check, run_checks, run_patterns
from sandbox.validation.check import Check
from sandbox.validation.misfit import Fit, Pattern, Sample
from sandbox.validation.patterns import UNANSWERED
from sandbox.validation.reading import Effort, fixed

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def sandbox(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run a command line in an empty folder: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stop:
            main(arguments)
        said = capsys.readouterr()
        return int(stop.value.code or 0), said.out, said.err

    return run


def test_every_number_is_there_or_said_to_be_missing() -> None:
    """V27 does not exist here; what is not checked is named with its reason."""
    ids = [check.id for check in CHECKS]
    assert len(ids) == len(set(ids))
    missing = {one.id for one in NOT_YET} - set(ids)
    assert sorted(set(ids) | missing) == [f"V{number:02}" for number in range(1, 27)]
    named = {f"T{number}" for number in (1, 2, 3, 4, 5, 8, 9, 10, 12)}
    assert {pattern.id for pattern in PATTERNS} | {id_ for id_, _ in UNANSWERED} == named


def test_a_check_gives_the_same_numbers_every_time() -> None:
    check = next(check for check in CHECKS if check.id == "V09")
    assert run_check(check, Effort(0.05)).readings == run_check(check, Effort(0.05)).readings


def test_checks_are_chosen_by_name_in_the_lists_order() -> None:
    assert [verdict.check.id for verdict in run_checks(only=["v16", "V08"])] == ["V08", "V16"]
    with pytest.raises(UnknownCheck, match="V99"):
        run_checks(only=["V99"])


def test_a_check_that_measures_nothing_does_not_pass() -> None:
    empty = Check(id="V00", sentence="", inputs="", component="", measure=lambda effort: ())
    assert not run_check(empty).passed


def test_misfit_is_told_in_standard_deviations_of_figure_and_sample() -> None:
    pattern = Pattern(
        id="T0",
        what="x",
        published="1",
        centre=1.0,
        sd=0.3,
        source="",
        measure=lambda effort: Sample(2.0, 0.4, 10),
    )
    assert Fit(pattern=pattern, sample=pattern.measure(Effort())).misfit == pytest.approx(2.0)
    assert not Fit(pattern=pattern, sample=Sample(3.0, 0.4, 10)).plausible
    assert not Fit(pattern=pattern, sample=Sample(float("nan"), 0.4, 0)).plausible


def test_the_command_prints_saves_and_passes(sandbox: Command, tmp_path: Path) -> None:
    code, out, err = sandbox("verify", "--only", "V08,V16", "--out", "kept")
    assert code == 0 and "V08 pass" in err and "\tpass\n" in out
    kept = json.loads((tmp_path / "kept" / "scorecard.json").read_text())
    assert [check["id"] for check in kept["checks"]] == ["V08", "V16"] and kept["passed"]


def test_the_command_gives_one_document(sandbox: Command) -> None:
    code, out, _ = sandbox("verify", "--only", "V12", "--json")
    document = json.loads(out)
    assert code == 0 and document["schema"] == "sandbox.scorecard/1"
    assert document["checks"][0]["readings"][0]["got"] == 1_000


def test_a_failure_ends_with_six(sandbox: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Check(
        id="V08",
        sentence="Wrong.",
        inputs="",
        component="",
        measure=lambda effort: (fixed("x", 1.0, 2.0, 0.1),),
    )
    monkeypatch.setattr("sandbox.validation.table.CHECKS", (wrong,))
    code, out, _ = sandbox("verify", "--only", "V08")
    assert code == 6 and "V08 fails: x: 1 away" in out


@pytest.mark.parametrize("only", ["V99", ",", ""])
def test_an_unknown_check_is_a_usage_error(sandbox: Command, only: str) -> None:
    code, _, err = sandbox("verify", "--only", only)
    assert code == 2 and err.startswith("error: ")


@pytest.mark.slow
@pytest.mark.parametrize("check", CHECKS, ids=[check.id for check in CHECKS])
def test_the_quick_scorecard_passes(check: Check) -> None:
    (verdict,) = run_checks(quick=True, only=[check.id])
    assert verdict.readings and not [
        f"{reading.what}: {reading.fault}" for reading in verdict.readings if not reading.passed
    ]


@pytest.mark.slow
def test_published_patterns_have_finite_misfits() -> None:
    """Which are ruled out is a finding, not a defect: that there is a number for each is what must hold."""
    fits = run_patterns(quick=True)
    assert [fit.pattern for fit in fits] == list(PATTERNS)
    assert all(fit.misfit < 100 for fit in fits)
