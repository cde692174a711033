"""Every item that the news reports name is in a shipped scenario, and taking it away changes what happens there."""

import dataclasses
import json
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest

from sandbox.journal.kinds import Kind
from sandbox.scenario.load import Loaded, load
from sandbox.scenario.schema import Scenario
from sandbox.scenario.seed_items import Probe, seed_items
from sandbox.simulation import simulate

#: Items whose scenario is still to come. An item that is covered must leave this list.
NOT_YET_COVERED: set[str] = set()

PROBES = [
    # Probes of one stretch share its run as it is, so they go to one worker.
    pytest.param(
        probe,
        id=f"{name}-{place}",
        marks=pytest.mark.xdist_group(f"{probe.scenario} {probe.window} {probe.days} {probe.firms}"),
    )
    for name, item in seed_items().items()
    for place, probe in enumerate(item.probes)
    if probe.shipped
]


def scenario_of(folder: Path, probe: Probe, without: bool) -> Loaded[Scenario]:
    """The shortened scenario, as it is or without the item."""
    quick = {"bank.onboarding_bd": {"median": 1.0, "sigma": 0.3}}
    child = {"extends": f"{probe.scenario}.yaml", "parameters": quick | (probe.parameters if without else {})}
    path = folder / f"{probe.scenario}-probe-{without}.yaml"
    path.write_text(json.dumps(child), encoding="utf-8")
    sets = probe.shortened()
    if without:
        sets += tuple(
            f"{key}={'null' if value is None else str(value).lower()}" for key, value in probe.set.items()
        )
    loaded = load(path, sets=sets)
    if not without:
        return loaded
    timeline = loaded.scenario.timeline
    assert set(probe.drop) <= set(timeline), "the scenario has no such event"
    left = {
        name: event
        for name, event in timeline.items()
        if name not in probe.drop and event.kind != probe.drop_kind
    }
    assert len(left) < len(timeline) or not (probe.drop or probe.drop_kind)
    return dataclasses.replace(loaded, scenario=loaded.scenario.model_copy(update={"timeline": left}))


def told(loaded: Loaded[Scenario]) -> tuple[str, str, str]:
    """Digest of the journal, of what happened to payments alone, and of the amounts in the books."""
    moves, postings = sha256(), sha256()

    def hear(records: object, first: int) -> None:
        moved = records[records["kind"] == int(Kind.MOVED)]
        # Without the actors: a number given to an event's name shifts those of all that come later.
        for column in ("time", "payment", "object", "amount", "reason"):
            moves.update(moved[column].tobytes())
        posted = records[records["kind"] == int(Kind.POSTED)]
        postings.update(posted["time"].tobytes() + posted["amount"].tobytes())

    run = simulate(
        loaded,
        seed=1,
        chain_tables=False,
        tamper=lambda world: world.ground.journal.on_chunk.insert(0, hear),
    )
    assert run.status == "complete", run.violation
    return run.digest, moves.hexdigest(), postings.hexdigest()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory):
    """The shortened scenario as it is: one run for all probes of the same stretch."""
    folder = tmp_path_factory.mktemp("whole")

    @cache
    def run(key: tuple[str, tuple[str, ...]]) -> tuple[str, str, str]:
        probe = next(p.values[0] for p in PROBES if (p.values[0].scenario, p.values[0].shortened()) == key)
        return told(scenario_of(folder, probe, without=False))

    return run


@pytest.mark.parametrize("probe", PROBES)
def test_without_the_item_the_scenario_tells_another_story(probe: Probe, whole, tmp_path: Path) -> None:
    journal, payments, books = whole((probe.scenario, probe.shortened()))
    other_journal, other_payments, other_books = told(scenario_of(tmp_path, probe, without=True))
    assert journal != other_journal
    if probe.changes == "payments":
        assert payments != other_payments
    elif probe.changes == "books":
        assert books != other_books
    else:
        assert payments == other_payments, "a statement alone changes no payment"


def test_every_item_is_covered_but_those_that_are_said_to_be_not_yet() -> None:
    assert {name for name, item in seed_items().items() if not item.scenarios} == NOT_YET_COVERED


def test_all_five_reports_are_in_the_list() -> None:
    assert {seed for item in seed_items().values() for seed in item.seeds} == {
        f"seed-00{n}" for n in range(5)
    }
