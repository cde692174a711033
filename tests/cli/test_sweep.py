"""``sandbox sweep``: one table, failures kept, nothing overwritten, and going on after an interrupt."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from sandbox.experiment import points as points_module
from sandbox.experiment import sweep as sweep_module

Command = Callable[..., Any]
LEVERS = ("--levers", "policy.aml_analysts=1,4", "--levers", "timeline.p.level=0.1,0.9")
SHORT = (
    "--set",
    "timeline.p.kind=pressure",
    "--set",
    "timeline.p.at=2025-03-03",
    "--set",
    "timeline.p.level=0.5",
    "--set",
    "clock.horizon=12d",
    "--set",
    "clock.warm_up=2d",
    "--set",
    "clock.cool_down=2d",
)


def document(said: Any) -> dict[str, Any]:
    assert said.code == 0, said.err
    found: dict[str, Any] = json.loads(said.out)
    return found


def test_one_table_of_all_points(sandbox: Command, tiny: Path) -> None:
    found = document(sandbox("sweep", tiny, *LEVERS, *SHORT, "--json"))
    folder = Path(found["folder"])
    table = pq.read_table(folder / "table.parquet").to_pylist()
    assert len(table) == 4 and {row["status"] for row in table} == {"complete"}
    assert [row["factor:timeline.p.level"] for row in table] == ["0.1", "0.9"] * 2
    costs = {row["factor:timeline.p.level"]: row["cost_pct_all_in"] for row in table[:2]}
    assert costs["0.1"] < costs["0.9"]
    assert {row["journal_digest"] for row in table if row["point"] == 0}.isdisjoint(
        row["journal_digest"] for row in table if row["point"] == 1
    )
    maps = [each for each in found["heat_maps"] if each["metric"] == "cost_pct_all_in"]
    assert len(maps) == 1 and maps[0]["values"][0][0] == pytest.approx(costs["0.1"])
    page = (folder / "summary.md").read_text()
    assert "cost_pct_all_in" in page and found["table_sha256"] in page
    assert not (folder / "scratch").exists()
    again = document(sandbox("sweep", tiny, *LEVERS, *SHORT, "--json"))
    assert again["folder"] != found["folder"] and again["table_sha256"] == found["table_sha256"]


def test_a_sweep_that_was_cut_off_goes_on_to_the_same_table(
    sandbox: Command, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = document(sandbox("sweep", tiny, *LEVERS, *SHORT, "--json"))
    runs = []
    real = points_module.simulate

    def counting(*args: Any, **kwargs: Any) -> Any:
        runs.append(1)
        if len(runs) == 3:
            raise KeyboardInterrupt
        return real(*args, **kwargs)

    monkeypatch.setattr(points_module, "simulate", counting)
    cut = sandbox("sweep", tiny, *LEVERS, *SHORT)
    assert cut.code == 130 and "2 of 4 replications are kept" in cut.err and "--resume" in cut.err
    folder = cut.err.split("--resume ")[1].strip()
    assert not (Path(folder) / "scratch").exists() and not (Path(folder) / "table.csv").exists()
    found = document(sandbox("sweep", tiny, *LEVERS, *SHORT, "--json", "--resume", folder))
    assert len(runs) == 5, "the two finished replications are not run again"
    assert found["table_sha256"] == whole["table_sha256"]
    other = sandbox("sweep", tiny, LEVERS[0], LEVERS[1], *SHORT, "--resume", folder)
    assert other.code == 8 and "another experiment" in other.err


def gone(group: int) -> bool:
    """Whether no process of a group is left; the interpreter's own helper takes a moment to notice."""
    for _ in range(1_000):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def test_ctrl_c_in_two_processes_keeps_what_was_done_and_the_rest_follows(
    sandbox: Command, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real command, its group interrupted as a terminal does it; replications are arithmetic and take a moment."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    import sweep_of_arithmetic as arithmetic

    asked = ["sweep", str(tiny), *LEVERS, *SHORT, "--reps", "6"]
    program = [sys.executable, arithmetic.__file__, *asked, "--jobs", "2"]
    running = subprocess.Popen(
        program, stderr=subprocess.PIPE, text=True, cwd=tmp_path, start_new_session=True,
        # Where the tests run in the background, a child would be born deaf to Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    kept = tmp_path / "runs" / "sweep-tiny-s1-001" / "replications" / "manifest.jsonl"
    try:
        while not (kept.exists() and kept.read_text().count("\n") >= 3):
            assert running.poll() is None, "it ended before it could be interrupted"
            time.sleep(0.02)
        os.killpg(running.pid, signal.SIGINT)
        _, told = running.communicate(timeout=30)
    finally:
        running.kill()
    assert running.returncode == 130
    assert "--resume" in told and "Traceback" not in told
    assert gone(running.pid), "a worker is left in the group"
    done = kept.read_text().count("\n")
    # The interrupt may fall between the keeping of a replication and its being counted.
    counted = int(told.split("interrupted: ")[1].split()[0])
    assert 3 <= done < 24 and counted in (done - 1, done)
    begun: list[int] = []

    def quick(arm: Any, number: int, seed: int) -> Any:
        begun.append(number)
        return arithmetic.rows(arm, number, seed)

    monkeypatch.setattr(sweep_module, "run_point", quick)
    again = document(sandbox(*asked, "--json", "--resume", kept.parents[1]))
    assert len(begun) == 24 - done, "what was finished is not run again"
    whole = document(sandbox(*asked, "--json"))
    tables = [Path(found["folder"]) / "table.csv" for found in (again, whole)]
    assert tables[0].read_bytes() == tables[1].read_bytes() and len(tables[0].read_text().splitlines()) == 25


def test_two_processes_give_the_same_table(sandbox: Command, tiny: Path) -> None:
    lever = ("--levers", "policy.participants.initial=5,15")
    one = document(sandbox("sweep", tiny, *lever, *SHORT, "--json"))
    two = document(sandbox("sweep", tiny, *lever, *SHORT, "--json", "--jobs", "2"))
    assert one["table_sha256"] == two["table_sha256"]


def test_a_point_that_fails_is_kept_with_its_error(
    sandbox: Command, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = points_module.simulate

    def failing(loaded: Any, **kwargs: Any) -> Any:
        if loaded.scenario.policy.participants.initial == 15:
            raise RuntimeError("the wires crossed")
        return real(loaded, **kwargs)

    monkeypatch.setattr(points_module, "simulate", failing)
    said = sandbox("sweep", tiny, "--levers", "policy.participants.initial=5,15", *SHORT, "--json")
    assert said.code == 5 and "the wires crossed" in said.err
    found = json.loads(said.out)
    assert found["completed"] == 1 and "RuntimeError" in found["failures"][0]["traceback"]
    assert "the wires crossed" in (Path(found["folder"]) / "table.csv").read_text()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "nothing to vary"),
        (("--levers", "policy.kyc_analysts=5:2"), "the range is empty"),
        (("--uncertainties", "aml.aml_specifity"), "aml.aml_specificity"),
        (("--levers", "policy.kyc_analysts=1,2", "--metrics", "share_err"), "share_elr"),
        (("--levers", "a=1,2", "--levers", "a=1,2"), "named twice"),
        (("--levers", "policy.kyc_analysts=1:3", "--design", "sobol", "--n", "3"), "power of two"),
    ],
)
def test_what_makes_no_sense_is_a_usage_error(
    sandbox: Command, tiny: Path, arguments: tuple[str, ...], words: str
) -> None:
    said = sandbox("sweep", tiny, *arguments)
    assert said.code == 2 and words in said.err
    assert not Path("runs").exists()


def test_a_lever_that_the_scenario_refuses_is_refused_before_anything_runs(
    sandbox: Command, tiny: Path
) -> None:
    said = sandbox("sweep", tiny, "--levers", "policy.kyc_analists=1,2")
    assert said.code == 3 and "kyc_analysts" in said.err
    assert not Path("runs").exists()
