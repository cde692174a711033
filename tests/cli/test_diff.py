"""``sandbox diff``: the first record by which two runs part, and why."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from sandbox.journal.kinds import Kind

Command = Callable[..., Any]


def other_run(sandbox: Command, tiny: Path, *words: object) -> Path:
    said = sandbox("run", tiny, "--no-report", "--json", *words)
    return Path(json.loads(said.out)["run_folder"])


def test_a_run_and_its_copy_say_the_same(sandbox: Command, shared_run: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(shared_run, tmp_path / "copy")
    said = sandbox("diff", shared_run, copy)
    assert said.code == 0
    assert "The journals say the same, record by record." in said.out
    assert json.loads(sandbox("diff", shared_run, copy, "--json").out)["first_difference"] is None


def test_another_seed_parts_at_the_first_record_that_differs(
    sandbox: Command, shared_run: Path, tiny: Path
) -> None:
    other = other_run(sandbox, tiny, "--seed", 2)
    said = sandbox("diff", shared_run, other, "--json")
    assert said.code == 6
    found = json.loads(said.out)
    assert found["same"] is False and {"key": "seed", "one": 1, "other": 2} in found["asked"]
    record = found["first_difference"]["record"]
    lines = [sandbox("export", folder).out.splitlines() for folder in (shared_run, other)]
    same = [left == right for left, right in zip(*lines, strict=False)]
    assert same.index(False) == record
    assert json.loads(found["first_difference"]["one"][0])["seq"] == record


def test_what_was_asked_differently_and_who_ends_otherwise_is_told(
    sandbox: Command, shared_run: Path, tiny: Path
) -> None:
    other = other_run(sandbox, tiny, "--set", "policy.regime=false")
    found = json.loads(sandbox("diff", shared_run, other, "--json").out)
    assert {"key": "scenario.policy.regime", "one": True, "other": False} in found["asked"]
    assert not any(each["key"].startswith("scenario.title") for each in found["asked"])
    ended = {}
    for side, folder in (("one", shared_run), ("other", other)):
        query = (
            f"SELECT count(DISTINCT payment) FROM '{folder}/journal.parquet' WHERE kind = {int(Kind.MOVED)}"
        )
        ended[side] = duckdb.sql(query).fetchall()[0][0]
    assert [run["payments"] for run in found["runs"]] == [ended["one"], ended["other"]]
    assert found["payments_ending_otherwise"]
    said = sandbox("diff", shared_run, other, "--lang", "ru")
    assert said.code == 6 and "заданы по-разному" not in said.out  # a caption: only a terminal draws it
    assert "scenario.policy.regime\ttrue\tfalse" in said.out and "Журналы расходятся на записи" in said.out


def test_what_is_no_run_is_refused_in_one_line(sandbox: Command, shared_run: Path, tmp_path: Path) -> None:
    said = sandbox("diff", shared_run, tmp_path)
    assert said.code == 8 and said.out == "" and len(said.err.splitlines()) == 1
