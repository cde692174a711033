"""Every exit code, brought about by what it stands for."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.experiment import record as record_module
from sandbox.experiment import replications
from sandbox.journal import Kind
from sandbox.lifecycle import State
from sandbox.simulation import Run, simulate
from sandbox.world import World

Command = Callable[..., Any]
DAY = 86_400


def _tampering(monkeypatch: pytest.MonkeyPatch, tamper: Callable[[World], None]) -> None:
    def tampered(*args: Any, **kwargs: Any) -> Run:
        return simulate(*args, **{**kwargs, "tamper": tamper})

    monkeypatch.setattr(record_module, "simulate", tampered)


def _at(world: World, second: int, act: Callable[[], object]) -> None:
    def process() -> Any:
        yield world.ground.env.timeout(second)
        act()

    world.ground.env.process(process())


def _status(folder: Path) -> str:
    return str(json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["status"])


def test_0_a_run_in_order(sandbox: Command, tiny: Path) -> None:
    said = sandbox("run", tiny)
    assert said.code == 0, said.err
    assert said.err == ""
    digest = json.loads(Path("runs/tiny-s1-001/manifest.json").read_text(encoding="utf-8"))["journal_digest"]
    assert digest in said.out
    assert "runs/tiny-s1-001/report.html" in said.out
    assert sandbox("verify-files", "runs/latest").code == 0


def test_1_a_bug_names_its_log(sandbox: Command, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("seeded")

    monkeypatch.setattr(record_module, "simulate", broken)
    said = sandbox("run", tiny)
    assert said.code == 1
    log = Path("runs/tiny-s1-001/error.log")
    assert said.err == f"error: a bug in sandbox (ZeroDivisionError); the log is {log}\n"
    assert "ZeroDivisionError: seeded" in log.read_text(encoding="utf-8")
    assert _status(log.parent) == "failed"
    assert sandbox("verify-files", log.parent).code == 6


def test_1_a_panic_outside_of_exception_is_a_bug_too(
    sandbox: Command, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Panic(BaseException):
        pass

    def broken(*_: object, **__: object) -> None:
        raise Panic

    monkeypatch.setattr(record_module, "simulate", broken)
    said = sandbox("run", tiny)
    assert said.code == 1
    assert "Traceback" not in said.err
    assert _status(Path("runs/tiny-s1-001")) == "failed"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["rnu", "x"], "No such command 'rnu'. Did you mean 'run'?"),
        (["run"], "Missing argument 'SCENARIO'"),
        (["run", "tiny.yaml", "--seed", "-1"], "Invalid value for '--seed'"),
        (["run", "tiny.yaml", "--seed", "1e3"], "Invalid value for '--seed'"),
        (["run", "tiny.yaml", "--jobs", "0"], "Invalid value for '--jobs'"),
        (["run", "tiny.yaml", "--jobs", "10000"], "Invalid value for '--jobs'"),
        (["run", "tiny.yaml", "--reps", "0"], "Invalid value for '--reps'"),
        (["run", "tiny.yaml", "--evm-engine", "geth"], "Invalid value for '--evm-engine'"),
        (["run", "tiny.yaml", "--reps", "2", "--replication", "1"], "--replication runs one replication"),
        (["run", "-", "--reps", "2"], "standard input can be read once only"),
        (["compare", "tiny.yaml"], "tiny.yaml names no scenario to be compared with (compare_to)"),
        (["compare", "tiny.yaml", "-"], "standard input can be read once only"),
        (["list", "planets"], "Invalid value"),
    ],
)
def test_2_a_wrong_command_line(sandbox: Command, tiny: Path, arguments: list[str], line: str) -> None:
    said = sandbox(*arguments)
    assert said.code == 2
    assert line in said.err
    assert said.out == ""
    assert not Path("runs").exists()


def test_3_every_fault_on_its_line_and_nothing_written(sandbox: Command, tiny: Path) -> None:
    text = tiny.read_text(encoding="utf-8").replace("importers: 20", "importer: 20").replace("btc:", "doge:")
    tiny.write_text(text, encoding="utf-8")
    said = sandbox("run", tiny)
    assert said.code == 3
    lines = said.err.splitlines()
    assert [line.split("error[")[0] for line in lines] == [f"{tiny}:5:14: ", f"{tiny}:6:49: "]
    assert "did you mean 'importers'?" in lines[0]
    assert said.out == ""
    assert os.listdir() == ["tiny.yaml"]


def test_3_an_expectation_of_no_metric(sandbox: Command, tiny: Path) -> None:
    tiny.write_text(tiny.read_text(encoding="utf-8") + "expect: [{metric: settlement_time_p59, max: 1}]\n")
    said = sandbox("run", tiny)
    assert said.code == 3
    assert "error[unknown_metric] expect.0.metric" in said.err
    assert "did you mean 'settlement_time_p50'?" in said.err
    assert not Path("runs").exists()


@pytest.mark.parametrize(
    ("override", "code"), [("policy.bnaks=3", "unknown_key"), ("policy.banks=0", "greater_than_equal")]
)
def test_3_a_wrong_override(sandbox: Command, tiny: Path, override: str, code: str) -> None:
    said = sandbox("run", tiny, "--set", override)
    assert (said.code, said.out) == (3, "")
    assert code in said.err or "out_of_range" in said.err
    assert "--set:1:" in said.err


def test_4_expectations_are_all_reported(sandbox: Command, tiny: Path) -> None:
    expect = (
        "expect:\n"
        "  - {metric: payments, min: 1}\n"
        "  - {metric: payments, max: 0}\n"
        "  - {metric: payments, by: {rail: moon}, min: 1}\n"
    )
    tiny.write_text(tiny.read_text(encoding="utf-8") + expect, encoding="utf-8")
    said = sandbox("run", tiny, "--json", "--no-report")
    assert said.code == 4
    verdicts = json.loads(said.out)["expectations"]
    assert [verdict["holds"] for verdict in verdicts] == [True, False, False]
    assert verdicts[2]["reason"] == "nothing: no such group was measured"


@pytest.mark.usefixtures("few_metrics")
def test_5_the_replications_that_failed_are_told_and_the_rest_is_kept(
    sandbox: Command, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    true_record = replications.record

    def record(*args: Any, **kwargs: Any) -> Any:
        if kwargs["replication"] == 1:
            raise ZeroDivisionError("seeded")
        return true_record(*args, **kwargs)

    monkeypatch.setattr(replications, "record", record)
    said = sandbox("run", tiny, "--reps", 2, "--no-report", "--json")
    assert said.code == 5
    folder = Path("runs/tiny-s1-001")
    assert (
        f"tiny, replication 1 (seed 1) failed: ZeroDivisionError: seeded; the log is {folder}/rep-001/error.log"
        in said.err
    )
    document = json.loads(said.out)
    assert [run["status"] for run in document["replications"]] == ["complete", "failed"]
    assert all(row["n"] <= 1 for row in document["metrics"])
    assert _status(folder / "rep-000") == "complete"


@pytest.mark.parametrize("name", ["journal.parquet", "metrics.json", "canonical.json", "report.html"])
def test_6_one_changed_byte_names_the_file(
    sandbox: Command, shared_run: Path, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(shared_run, folder)
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    said = sandbox("verify-files", folder)
    assert said.code == 6
    assert said.err == f"{folder / name}: its SHA-256 is not the manifest's\n"


def test_6_a_journal_resealed_with_a_false_digest_is_found(
    sandbox: Command, shared_run: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(shared_run, folder)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["journal_digest"] = "0" * 64
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    said = sandbox("verify-files", folder)
    assert said.code == 6
    assert "its digest is not the manifest's" in said.err


def test_7_a_broken_rule_is_told_with_the_command_that_replays_it(
    sandbox: Command, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tamper(world: World) -> None:
        journal = world.ground.journal
        _at(world, 9 * DAY, lambda: journal.record(Kind.MOVED, 0, -1, State.CREDITED, State.CREATED, 1, -1))

    _tampering(monkeypatch, tamper)
    said = sandbox("run", tiny, "--seed", 3)
    assert said.code == 7
    folder = Path("runs/tiny-s3-001")
    told = (folder / "violation.txt").read_text(encoding="utf-8")
    assert told in said.err
    assert "Audit rule L" in told
    assert "about     payment P-00000" in told
    command = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["command"]
    assert f"play it again: {command}" in told
    assert _status(folder) == "invalid"
    assert not (folder / "metrics.json").exists()
    assert sandbox("verify-files", folder).code == 0


def test_7_a_broken_rule_in_one_replication(
    sandbox: Command, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tamper(world: World) -> None:
        journal = world.ground.journal
        _at(world, 9 * DAY, lambda: journal.record(Kind.MOVED, 0, -1, State.CREDITED, State.CREATED, 1, -1))

    _tampering(monkeypatch, tamper)
    said = sandbox("run", tiny, "--reps", 2, "--no-report")
    assert said.code == 7
    assert _status(Path("runs/tiny-s1-001/rep-001")) == "invalid"


def test_8_a_folder_that_is_a_file(sandbox: Command, tiny: Path) -> None:
    Path("taken").write_text("mine")
    said = sandbox("run", tiny, "--out", "taken")
    assert said.code == 8
    assert said.err == "error: taken: File exists\n"
    assert Path("taken").read_text() == "mine"


def test_8_a_full_disk(sandbox: Command, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "journal.parquet")

    monkeypatch.setattr(record_module, "simulate", full)
    said = sandbox("run", tiny)
    assert (said.code, said.err) == (8, "error: journal.parquet: No space left on device\n")
    assert _status(Path("runs/tiny-s1-001")) == "failed"


@pytest.mark.parametrize(
    "arguments",
    [["report", "nowhere"], ["explain", "nowhere", "1"], ["verify-files", "."], ["export", "nowhere"]],
)
def test_8_no_run_folder(sandbox: Command, arguments: list[str]) -> None:
    said = sandbox(*arguments)
    assert (said.code, said.out) == (8, "")
    assert "manifest.json: No such file or directory" in said.err


def test_130_an_interrupted_run_is_kept(
    sandbox: Command, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    _tampering(monkeypatch, lambda world: _at(world, 9 * DAY, stop))
    said = sandbox("run", tiny)
    assert said.code == 130
    folder = Path("runs/tiny-s1-001")
    assert said.err.endswith(f" records are kept in {folder}\n")
    assert _status(folder) == "interrupted"
    assert sandbox("verify-files", folder).code == 0
    assert sandbox("explain", folder, 1).code == 0


@pytest.mark.usefixtures("few_metrics")
def test_130_interrupted_replications_keep_the_finished_ones(
    sandbox: Command, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worlds: list[World] = []

    def stop() -> None:
        raise KeyboardInterrupt

    def tamper(world: World) -> None:
        worlds.append(world)
        if len(worlds) == 2:
            _at(world, 9 * DAY, stop)

    _tampering(monkeypatch, tamper)
    said = sandbox("run", tiny, "--reps", 3, "--no-report")
    assert said.code == 130
    folder = Path("runs/tiny-s1-001")
    assert said.err == f"interrupted: 1 of 3 replications are complete and kept in {folder}\n"
    assert [_status(folder / f"rep-00{number}") for number in (0, 1)] == ["complete", "interrupted"]
    assert _status(folder) == "interrupted"


def test_130_a_real_signal(tiny: Path, tmp_path: Path) -> None:
    text = (
        tiny.read_text(encoding="utf-8")
        .replace("20d", "400d")
        .replace("business_day: 5", "business_day: 100")
    )
    tiny.write_text(text, encoding="utf-8")
    child = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "run", str(tiny)],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # What starts the tests in the background may ignore Ctrl-C, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    journal = tmp_path / "runs" / "tiny-s1-001" / "journal.parquet"
    until = time.monotonic() + 60
    while not journal.exists() and child.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.3)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=60)
    assert child.returncode == 130, err
    assert out == ""
    assert "Traceback" not in err
    assert _status(journal.parent) == "interrupted"


def test_8_an_output_that_nobody_reads() -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as broken:
        done = subprocess.run(
            [sys.executable, "-m", "sandbox", "list", "engines"],
            stdout=broken,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (8, "")
