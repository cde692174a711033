"""The experiment's folder: whole or absent, resumable, locked, and of one design only."""

import json
from pathlib import Path

import pytest

from sandbox.experiment import Arm, Design, ExperimentStore, OtherExperiment, Outcome, StoreBusy

DESIGN = Design((Arm("a"), Arm("b")), 2, seed=9)
ROW = {"name": "time", "by": {"rail": "цифровой"}, "value": 0.1, "unit": "h", "n": 3, "reason": None}


def _saved(folder: Path, count: int) -> list[Outcome]:
    outcomes = [Outcome(task, rows=(ROW,)) for task in DESIGN.tasks()[:count]]
    with ExperimentStore(folder, DESIGN) as store:
        for outcome in outcomes:
            store.save(outcome)
    return outcomes


def test_what_was_saved_comes_back_and_the_rest_is_pending(tmp_path: Path) -> None:
    outcomes = _saved(tmp_path, 3)
    with ExperimentStore(tmp_path, DESIGN) as store:
        assert store.finished() == {outcome.task.key: outcome for outcome in outcomes}
        assert list(store.pending()) == list(DESIGN.tasks()[3:])
    assert not list(tmp_path.glob("*.tmp"))


def test_failures_are_kept_on_disk_but_run_again(tmp_path: Path) -> None:
    task = DESIGN.tasks()[0]
    with ExperimentStore(tmp_path, DESIGN) as store:
        path = store.save(Outcome(task, failure="Traceback: no"))
        assert task in store.pending()
        assert json.loads(path.read_text())["failure"] == "Traceback: no"
        store.save(Outcome(task, rows=(ROW,)))
        assert task not in store.pending()


@pytest.mark.parametrize("damage", ["truncate", "flip", "remove"])
def test_a_damaged_file_is_done_again(tmp_path: Path, damage: str) -> None:
    outcomes = _saved(tmp_path, 2)
    path = tmp_path / "arm-00-rep-0000.json"
    data = path.read_bytes()
    if damage == "remove":
        path.unlink()
    else:
        path.write_bytes(data[:-5] if damage == "truncate" else data.replace(b"0.1", b"0.2"))
    with ExperimentStore(tmp_path, DESIGN) as store:
        assert list(store.finished()) == [outcomes[1].task.key]


def test_a_torn_manifest_line_costs_one_replication_only(tmp_path: Path) -> None:
    outcomes = _saved(tmp_path, 3)
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_bytes(manifest.read_bytes()[:-20])
    with ExperimentStore(tmp_path, DESIGN) as store:
        assert len(store.finished()) == 2
        store.save(outcomes[2])
        assert len(store.finished()) == 3


def test_two_processes_cannot_share_a_folder(tmp_path: Path) -> None:
    with ExperimentStore(tmp_path, DESIGN), pytest.raises(StoreBusy, match="in use"):
        ExperimentStore(tmp_path, DESIGN)
    ExperimentStore(tmp_path, DESIGN).close()


def test_another_design_is_refused_and_more_replications_are_not(tmp_path: Path) -> None:
    _saved(tmp_path, 4)
    with pytest.raises(OtherExperiment, match="another experiment"):
        ExperimentStore(tmp_path, Design(DESIGN.arms, 2, seed=10))
    with pytest.raises(OtherExperiment):
        ExperimentStore(tmp_path, DESIGN, {"scenario": "changed"})
    with ExperimentStore(tmp_path, Design(DESIGN.arms, 3, seed=9)) as store:
        assert [task.replication for task in store.pending()] == [2, 2]
