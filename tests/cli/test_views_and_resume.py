"""CSV of every view, and a comparison that goes on after it was cut off."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.experiment import replications
from sandbox.experiment.folder import read_manifest
from sandbox.experiment.gathering import settle_interrupted
from sandbox.journal.reader import JournalReader

Command = Callable[..., Any]


@pytest.mark.parametrize("view", ["transitions", "postings", "desks", "chain_events", "entities", "accounts"])
def test_a_view_as_csv_has_the_rows_of_the_view(
    sandbox: Command, shared_run: Path, tmp_path: Path, view: str
) -> None:
    target = tmp_path / "view.csv"
    assert sandbox("export", shared_run, "--format", "csv", "--view", view, "-o", target).code == 0
    rows = list(csv.DictReader(target.open(encoding="utf-8", newline="")))
    with JournalReader(shared_run) as reader:
        (count,) = reader.sql(f"SELECT count(*) FROM {view}")[0]
        assert len(rows) == count > 0
        if view == "transitions":
            wanted = reader.sql("SELECT seq, payment, state_entered FROM transitions ORDER BY seq")
            found = [(int(row["seq"]), int(row["payment"]), row["state_entered"]) for row in rows]
            assert found == wanted
            assert rows[0]["at"].startswith("2025-03-0")


def test_metrics_as_csv(sandbox: Command, shared_run: Path) -> None:
    said = sandbox("export", shared_run, "--format", "csv", "--view", "metrics")
    rows = list(csv.DictReader(said.out.splitlines()))
    measured = json.loads((shared_run / "metrics.json").read_text())["metrics"]
    assert [row["metric"] for row in rows] == [row["name"] for row in measured]
    assert [row["value"] for row in rows] == ["" if r["value"] is None else str(r["value"]) for r in measured]


@pytest.mark.usefixtures("few_metrics")
def test_a_comparison_goes_on_where_it_was_cut_off(
    sandbox: Command, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tiny.with_name("other.yaml")
    other.write_text("extends: tiny.yaml\npolicy: {banks: 1}\n", encoding="utf-8")
    arguments = ("compare", tiny, other, "--reps", "2", "--json")
    whole = json.loads(sandbox(*arguments).out)
    real, runs = replications.record, []

    def counting(*args: Any, **kwargs: Any) -> Any:
        runs.append(1)
        if len(runs) == 3:
            raise KeyboardInterrupt
        return real(*args, **kwargs)

    monkeypatch.setattr(replications, "record", counting)
    cut = sandbox(*arguments)
    folder = Path("runs/compare-tiny-other-s1-002")
    assert cut.code == 130 and read_manifest(folder)["status"] == "interrupted"
    again = json.loads(sandbox(*arguments, "--resume", folder).out)
    assert len(runs) == 5, "two replications were kept"
    assert again["rows"] == whole["rows"]
    digests = [[run["journal_digest"] for run in found["runs"]] for found in (whole, again)]
    assert digests[0] == digests[1]
    wrong = sandbox("compare", tiny, other, "--reps", "3", "--resume", folder)
    assert wrong.code == 8 and "another comparison" in wrong.err


def test_a_folder_without_a_word_is_marked(tmp_path: Path) -> None:
    """A worker ended between making its folder and writing its manifest leaves no unmarked folder."""
    (tmp_path / "arm" / "rep-000").mkdir(parents=True)
    assert settle_interrupted(tmp_path) == 0
    assert read_manifest(tmp_path / "arm" / "rep-000")["status"] == "interrupted"
