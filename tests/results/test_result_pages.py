"""The pages of docs/results: what they call varied, asked, held and detectable is so; no number is asserted by hand."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import pytest

from sandbox.disruptions import Disruption
from sandbox.metrics import BY_NAME
from sandbox.scenario.library import shipped
from sandbox.scenario.load import load
from sandbox.scenario.schema import Expectation

#: One worker makes the pages for all of these tests.
pytestmark = pytest.mark.xdist_group("result-pages")

SCRIPTS = Path(__file__).resolve().parents[2] / "results"

TINY = """schema: 1
title: {en: Tiny}
question: {en: What is a page made of?}
clock: {start: 2025-03-03, horizon: 20d, warm_up: 4d, cool_down: 4d}
population: {importers: 20, payments_per_business_day: 8}
rails: {correspondent: {}, agent: {}, usdt: {}}
policy: {opens: 2025-03-03, application_desk: false, participants: {initial: 15}, banks: 2}
"""


@pytest.fixture(autouse=True, scope="module")
def _scripts_can_be_imported() -> Any:
    sys.path.insert(0, str(SCRIPTS))
    yield
    sys.path.remove(str(SCRIPTS))


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three small scenarios, one of them the same as its base, run and told."""
    from build import write_results

    home = tmp_path_factory.mktemp("results")
    (home / "tiny.yaml").write_text(TINY, encoding="utf-8")
    (home / "closed.yaml").write_text(
        "extends: tiny.yaml\ncompare_to: tiny.yaml\npolicy: {regime: false}\n"
        "expect: [{metric: share_elr, max: 0.0}, {metric: share_elr, min: 0.5}]\n",
        encoding="utf-8",
    )
    (home / "twin.yaml").write_text("extends: tiny.yaml\ncompare_to: tiny.yaml\n", encoding="utf-8")
    files = [home / f"{name}.yaml" for name in ("tiny", "closed", "twin")]
    write_results(files, reps=2, seed=1, jobs=1, work=home / "work", out=home / "pages")
    return home


def test_a_page_says_what_is_varied_and_what_became_of_expectations(pages: Path) -> None:
    text = (pages / "pages" / "closed.md").read_text(encoding="utf-8")
    assert "Varied: policy.regime yes → no." in text
    assert "- **held**: import value on the regime's rails: expected at most 0.0%" in text
    assert "- **not held**: import value on the regime's rails: expected at least 50.0%" in text
    assert "| USDT | " in text and "sandbox compare tiny closed --reps 2 --seed 1" in text


def test_digests_are_those_of_the_runs(pages: Path) -> None:
    text = (pages / "pages" / "closed.md").read_text(encoding="utf-8")
    for name in ("tiny", "closed"):
        manifest = json.loads(
            (pages / "work" / name / "rep-000" / "manifest.json").read_text(encoding="utf-8")
        )
        assert manifest["journal_digest"] in text


def test_a_scenario_that_is_its_own_base_differs_in_nothing(pages: Path) -> None:
    text = (pages / "pages" / "twin.md").read_text(encoding="utf-8")
    rails = text[text.index("## By rail") : text.index("## Cost")]
    assert "→" not in rails and "**" not in rails
    assert "other metrics differs detectably" in text
    index = (pages / "pages" / "README.md").read_text(encoding="utf-8")
    assert "| `tiny` | nothing detectable |" in index


def test_a_scenario_alone_claims_no_difference(pages: Path) -> None:
    text = (pages / "pages" / "tiny.md").read_text(encoding="utf-8")
    assert "→" not in text and "Varied" not in text
    assert "sandbox run tiny --reps 2 --seed 1" in text


def test_runs_that_are_there_are_not_made_again(pages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import build

    def never(*_: Any) -> Any:
        raise AssertionError("a finished replication was run again")

    monkeypatch.setattr(build, "run_and_sign", never)
    before = {path: path.read_text(encoding="utf-8") for path in (pages / "pages").glob("*.md")}
    build.write_results(
        [pages / f"{name}.yaml" for name in ("tiny", "closed", "twin")],
        reps=2,
        seed=1,
        jobs=1,
        work=pages / "work",
        out=pages / "pages",
    )
    assert before == {path: path.read_text(encoding="utf-8") for path in (pages / "pages").glob("*.md")}


def test_runs_that_other_code_made_show_no_digest(pages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import build

    monkeypatch.setattr(build, "code_digest", lambda: "another")
    out = pages / "other"
    files = [pages / f"{name}.yaml" for name in ("tiny", "closed", "twin")]
    build.write_results(files, reps=2, seed=1, jobs=1, work=pages / "work", out=out, keep=True)
    text = (out / "closed.md").read_text(encoding="utf-8")
    manifest = json.loads((pages / "work" / "tiny" / "rep-000" / "manifest.json").read_text(encoding="utf-8"))
    assert "changed since" in text and manifest["journal_digest"] not in text


def _row(value: float | None, half: float | None) -> dict[str, Any]:
    reason = None if value is not None else "nobody came"
    return {
        "name": "share_elr", "by": {}, "unit": "share", "value": value, "half_width": half, "n": 4, "reason": reason,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "half", "ruling"),
    [
        (0.5, 0.1, "held"),
        (0.35, 0.1, "not detectable"),
        (0.2, 0.05, "not held"),
        (0.5, None, "not detectable"),
        (None, None, "not held"),
    ],
)
def test_the_interval_decides_on_an_expectation(value: float | None, half: float | None, ruling: str) -> None:
    from rulings import rulings

    expected = Expectation(metric="share_elr", min=0.3)
    assert rulings([expected], [_row(value, half)])[0][0] == ruling


def test_announcements_are_no_change_and_events_are_told_whole() -> None:
    from changes import changes

    told = {"at": "2025-01-01", "kind": "announcement", "label": "x"}
    pressure = {"at": "2025-02-01T00:00:00", "kind": "pressure", "level": 0.7, "label": "y"}
    base = {"timeline": {"p": pressure}, "policy": {"banks": 4}, "title": "a"}
    own = {"timeline": {"p": {**pressure, "level": 0.9}, "t": told}, "policy": {"banks": 4}, "title": "b"}
    (found,) = changes(base, own)
    assert (found.path, found.base, found.own) == (
        "event p",
        "2025-02-01: pressure (level 0.7)",
        "2025-02-01: pressure (level 0.9)",
    )
    assert found.kind == "pressure"


def test_what_a_change_is_about_are_metrics_there_are() -> None:
    from concerns import CONCERNS

    kinds = {get_args(each.model_fields["kind"].annotation)[0] for each in get_args(get_args(Disruption)[0])}
    for path, groups in CONCERNS.items():
        assert "." in path or path in kinds, path
        assert {name for name, _ in groups} <= set(BY_NAME), path


def test_every_shipped_change_is_about_something() -> None:
    from changes import changes
    from concerns import concerns

    from sandbox.experiment.pairing import baseline_file

    for path in shipped():
        loaded = load(path.stem)
        if loaded.scenario.compare_to:
            base = load(baseline_file(loaded.scenario, path.stem))
            before, after = (json.loads(each.canonical)["scenario"] for each in (base, loaded))
            assert concerns(changes(before, after)), path.stem


def test_a_page_is_a_page_and_says_where_it_comes_from(pages: Path) -> None:
    from build import commit
    from page import MOST_LINES

    for name in ("tiny", "closed", "twin"):
        text = (pages / "pages" / f"{name}.md").read_text(encoding="utf-8")
        assert len(text.splitlines()) <= MOST_LINES
        assert f"Made at commit {commit()}; audits passed." in text
        assert "2 replications" in text and "seed 1" in text
        assert text.index("## By rail") > text.index("**What is a page made of?**")
    index = (pages / "pages" / "README.md").read_text(encoding="utf-8")
    assert "2 replications" in index and "seed 1" in index and commit() in index


def test_what_fails_leaves_the_other_pages(pages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One replication of `closed` was lost and cannot be made again: its page is missing, the others are written."""
    import build

    def broken(*_: Any) -> Any:
        raise RuntimeError("the wires crossed")

    monkeypatch.setattr(build, "run_and_sign", broken)
    work, out = pages / "part", pages / "part-pages"
    shutil.copytree(pages / "work", work)
    (work / "closed" / "rep-001" / "manifest.json").unlink()
    files = [pages / f"{name}.yaml" for name in ("tiny", "closed", "twin")]
    results, failed = build.write_results(files, reps=2, seed=1, jobs=1, work=work, out=out)
    assert set(results) == {"tiny", "twin"} and not (out / "closed.md").exists()
    (told,) = failed
    assert told.startswith("closed: ") and told.endswith("the wires crossed")


def test_an_experiment_that_fails_leaves_the_others(
    pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commands are counted, not run: E1 answers, E2 fails, and what was begun by this code goes on."""
    import build

    asked: list[list[str]] = []

    def answered(words: list[str], **_: Any) -> Any:
        if words[0] == "git":
            return subprocess.CompletedProcess(words, 0, "", "")
        asked.append(words)
        if words[4] == "E2-approval":
            return subprocess.CompletedProcess(words, 1, "", "error: no\n")
        Path(words[-1]).write_text("# Page\n", encoding="utf-8")
        document = {"hypotheses": [{"ruling": "held"}, {"ruling": "held"}, {"ruling": "not held"}]}
        return subprocess.CompletedProcess(words, 0, json.dumps(document), "")

    begun = tmp_path / "experiments" / build.code_digest()[:12] / "experiment-E1-scale-reduced-s1-001"
    begun.mkdir(parents=True)
    files = [pages / f"{name}.yaml" for name in ("tiny", "closed", "twin")]
    results, _ = build.write_results(files, reps=2, seed=1, jobs=1, work=pages / "work", out=tmp_path)
    monkeypatch.setattr(build.subprocess, "run", answered)
    failed = build.experiments(results, tmp_path, tmp_path, 1)
    assert failed == ["E2-approval: error: no"]
    assert "--resume" in asked[0] and str(begun) in asked[0] and "--resume" not in asked[1]
    index = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "| [E1-scale](E1-scale.md) | 2 held, 1 not held |" in index and "[E2-approval]" not in index
    assert "Made at commit" in (tmp_path / "E5-pressure-screening.md").read_text(encoding="utf-8")


def test_without_git_the_commit_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    import build

    def missing(*_: Any, **__: Any) -> Any:
        raise FileNotFoundError(2, "no such program", "git")

    monkeypatch.setattr(build.subprocess, "run", missing)
    assert build.commit.__wrapped__() == "unknown"
