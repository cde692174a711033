"""The command line in this process, a tiny scenario, and a run of it that many tests read."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from sandbox.cli import main
from sandbox.experiment import record
from sandbox.metrics import BY_NAME, compute_all

TINY = """schema: 1
title: {en: Tiny}
question: {en: Does the command line work?}
clock: {start: 2025-03-03, horizon: 20d, warm_up: 4d, cool_down: 4d}
population: {importers: 20, payments_per_business_day: 5}
rails: {correspondent: {}, agent: {}, usdt: {}, btc: {confirmations: 1}}
policy: {opens: 2025-03-03, application_desk: false, participants: {initial: 15}, banks: 2}
"""


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


Command = Callable[..., Said]


@pytest.fixture
def sandbox(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run a command line in an empty working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: object) -> Said:
        capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        code = stop.value.code
        return Said(code if isinstance(code, int) else int(code is not None), said.out, said.err)

    return run


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A scenario of twenty days that runs in a second."""
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY, encoding="utf-8")
    return path


@pytest.fixture
def few_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs are measured by few metrics: for tests of what becomes of many runs, whatever is measured."""
    names = ("payments", "settlement_time_p50", "cost_pct_all_in", "fail_rate_n", "share_elr")
    few = [BY_NAME[name] for name in names]
    monkeypatch.setattr(record, "compute_all", partial(compute_all, metrics=few))


@pytest.fixture(scope="session")
def shared_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of the tiny scenario; tests only read it."""
    home = tmp_path_factory.mktemp("shared")
    (home / "tiny.yaml").write_text(TINY, encoding="utf-8")
    with pytest.raises(SystemExit) as stop:
        main(["run", str(home / "tiny.yaml"), "--out", str(home / "runs")])
    assert stop.value.code == 0
    return home / "runs" / "tiny-s1-001"
