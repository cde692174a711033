"""Stories and pages of a small real run: what the engine writes is what the report reads."""

import dataclasses
import json
from pathlib import Path

import pytest

from sandbox.lifecycle import TERMINALS, State
from sandbox.report.assemble import build_report
from sandbox.report.explain import tell
from sandbox.report.runfolder import RunFolder
from sandbox.report.story import Story
from sandbox.scenario.load import load
from sandbox.simulation import simulate

#: One run and its stories serve the whole file.
pytestmark = pytest.mark.xdist_group("real-run")

SMALL = """
schema: 1
title: {en: Small}
question: {en: Does every payment have a story?}
clock: {start: 2024-08-26, horizon: 45d, warm_up: 5d, cool_down: 5d}
population: {importers: 12, payments_per_business_day: 6}
rails: {correspondent: {}, agent: {}, usdt: {}, btc: {}}
policy: {application_desk: false, opens: 2024-08-26}
"""


@pytest.fixture(scope="module")
def real_run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run of the engine with the documents that stand beside its journal."""
    folder = tmp_path_factory.mktemp("real")
    (folder / "small.yaml").write_text(SMALL, encoding="utf-8")
    loaded = load(folder / "small.yaml")
    directory = folder / "run"
    run = simulate(loaded, seed=3, directory=directory)
    clock = loaded.scenario.clock
    (directory / "scenario.json").write_text(loaded.canonical, encoding="utf-8")
    used = [dataclasses.asdict(each) | {"value": _plain(each.value)} for each in run.used]
    (directory / "parameters.json").write_text(json.dumps(used, default=str), encoding="utf-8")
    manifest = {
        "scenario": {"name": "small", "hash": loaded.hash}, "seed": 3, "replication": 0, "status": run.status,
        "clock": {
            "start": clock.start.isoformat(), "horizon": clock.horizon,
            "warm_up": clock.warm_up, "cool_down": clock.cool_down,
        },
    }  # fmt: skip
    (directory / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return RunFolder(directory)


@pytest.fixture(scope="module")
def stories(real_run: RunFolder) -> dict[int, Story]:
    """Every payment's; a story refuses waits that do not sum."""
    payments = real_run.rows("select payment from payments order by payment")
    return {number: tell(real_run, number) for (number,) in payments}


def _plain(value: object) -> object:
    return dict(value) if hasattr(value, "items") else value


def test_every_payment_has_a_story_whose_waits_sum(stories: dict[int, Story]) -> None:
    assert len(stories) > 100
    endings = set()
    for story in stories.values():
        endings.add(story.steps[-1].state)
        assert story.ended is (State[story.steps[-1].state] in TERMINALS)
        for charge in story.charges:
            if story.steps[-1].state == "CREDITED":
                assert charge.promised == charge.posted, (story.payment, charge)
                assert charge.usd, (story.payment, charge)
        if story.steps[-1].state == "CREDITED" and "USDT" in story.ending:
            assert any(proof.confirmations for proof in story.proofs), story.payment
    assert "CREDITED" in endings


def test_waits_name_a_dated_value_or_a_setting(stories: dict[int, Story]) -> None:
    """A long wait without a number behind it would explain nothing: only desks' hours and queues may."""
    unexplained = {
        step.state
        for story in stories.values()
        for step in story.steps
        if step.wait_seconds and not step.assumptions and not step.settings
    }
    assert unexplained <= {"CUTOFF_WAIT", "FUNDS_WAIT", "QUOTA_WAIT"}


def test_page_of_a_real_run(real_run: RunFolder, tmp_path: Path) -> None:
    text = build_report(real_run.directory, tmp_path / "out.html").read_text(encoding="utf-8")
    assert "<h1>Small</h1>" in text
    assert "Does every payment have a story?" in text
