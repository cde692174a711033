"""The same question has the same answer, to the last bit; what is not asked about does not change."""

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.journal.kinds import Kind
from sandbox.lifecycle import State
from sandbox.scenario.load import load
from sandbox.simulation import Run, simulate
from sandbox.world import Engines, World

PROGRAM = """
from sandbox.scenario.load import load
from sandbox.simulation import Run, simulate
loaded = load("classroom", sets=["clock.horizon=12d", "clock.warm_up=1d", "clock.cool_down=1d"])
run = simulate(loaded, seed=7, chain_tables=False)
print(run.status, run.payments, run.digest)
"""


def _digest(**environment: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
        text=True,
    ).stdout


@pytest.mark.slow
def test_hash_seed_zone_and_language_change_nothing() -> None:
    first = _digest(PYTHONHASHSEED="0", TZ="UTC")
    assert first.startswith("complete ")
    assert _digest(PYTHONHASHSEED="1", TZ="America/St_Johns", LC_ALL="C") == first
    assert _digest(PYTHONHASHSEED="2", TZ="Pacific/Kiritimati") == first


SHORT_YEAR = (
    "clock.start=2024-08-25",
    "clock.horizon=80d",
    "clock.warm_up=5d",
    "clock.cool_down=5d",
    "population.payments_per_business_day=25.0",
    "population.importers=60",
    "policy.application_desk=false",
)


@pytest.mark.slow
def test_the_regimes_first_weeks_are_the_same_on_every_engine() -> None:
    runs: list[Run] = []
    worlds: list[World] = []
    for engines in (Engines("revm", "kernel"), Engines("eth-tester", "kernel"), Engines("revm", "python")):
        loaded = load("elr-2024", sets=SHORT_YEAR)
        runs.append(simulate(loaded, seed=3, engines=engines, chain_tables=False, tamper=worlds.append))
    assert {run.status for run in runs} == {"complete"}
    assert len({run.digest for run in runs}) == 1
    for world in worlds:
        assert world.chains.tokens is not None and world.chains.coins is not None
        assert len(world.chains.tokens.chain.transactions) > 40
        assert len(world.chains.coins.chain.transactions) > 2


WORLD: dict[str, Any] = {
    "rails": {"correspondent": {}, "agent": {}, "usdt": {"confirmations": 19}, "btc": {"confirmations": 3}},
    "timeline": {
        "coins": {"at": "2025-03-03", "kind": "rail_permit", "rail": "btc", "acceptance": 0.5},
    },
}


def test_another_seed_and_another_replication_are_other_worlds(observe: Callable[..., Any]) -> None:
    assert observe(seed=1, **WORLD).run.digest == observe(seed=1, **WORLD).run.digest
    assert observe(seed=1, **WORLD).run.digest != observe(seed=2, **WORLD).run.digest


@pytest.mark.parametrize(
    "lever",
    [
        {"policy": {"cap_rule": "reject"}},
        {"parameters": {"choice.max_attempts": 7}},
        {"parameters": {"regulator.p_reject_application": 0.9}},
        {"parameters": {"usdt.p_unfreeze_year": 0.5}},
        {"parameters": {"digital_ruble.dr_settle_s": 99}},
    ],
    ids=lambda lever: next(iter(next(iter(lever.values())))),
)
def test_a_lever_that_is_never_reached_changes_nothing(
    observe: Callable[..., Any], lever: dict[str, Any]
) -> None:
    base = {**WORLD, "parameters": {"correspondent.return_stuck_days": {"median": 5}}}
    changed = {**base, **{key: {**base.get(key, {}), **value} for key, value in lever.items()}}
    assert observe(**changed).run.digest == observe(**base).run.digest


def _first_attempt(seen: Any, payment: int) -> list[tuple[int, ...]]:
    moved = seen.of(Kind.MOVED, payment=payment)
    moved = moved[moved["amount"] == 1]
    return [
        tuple(int(row[name]) for name in ("time", "subject", "object", "reason", "extra")) for row in moved
    ]


def test_more_participants_leave_everybody_elses_luck_alone(observe: Callable[..., Any]) -> None:
    """Orders are the same; firms outside the regime live through the same first attempts."""
    base = {
        **WORLD,
        "population": {"importers": 20, "payments_per_business_day": 20.0},
        "parameters": {"bank.nostro_usd": 500_000_000},
    }
    few = observe(**base, policy={"participants": {"initial": 3}, "screening": False})
    many = observe(**base, policy={"participants": {"initial": 9}, "screening": False})
    created, same = few.of(Kind.CREATED), many.of(Kind.CREATED)
    for column in ("time", "payment", "amount", "extra"):
        assert created[column].tolist() == same[column].tolist()
    names = [[seen.entities[row] for row in seen.of(Kind.CREATED)["actor"]] for seen in (few, many)]
    assert names[0] == names[1]
    inside = {many.entities[row] for row in many.of(Kind.ADMITTED)["subject"]}
    outside = [number for number, name in enumerate(names[0]) if name not in inside]
    assert len(outside) > 20
    for payment in outside:
        assert _first_attempt(few, payment) == _first_attempt(many, payment)
    newcomers = [number for number, name in enumerate(names[0]) if name in inside]
    assert any(_first_attempt(few, payment) != _first_attempt(many, payment) for payment in newcomers)


def test_what_happens_before_an_event_does_not_depend_on_it(observe: Callable[..., Any]) -> None:
    halt = {"at": "2025-03-09", "kind": "chain_halt", "chain": "evm", "length": "2d"}
    calm = observe(**WORLD)
    struck = observe(**{**WORLD, "timeline": {**WORLD["timeline"], "halt": halt}})
    before = [
        [row for row in seen.of(Kind.MOVED)[["time", "payment", "object"]].tolist() if row[0] < 6 * 86_400]
        for seen in (calm, struck)
    ]
    assert before[0] == before[1]
    assert len(before[0]) > 300
    assert {State(row[2]) for row in before[0]} > {State.CREDITED, State.IN_FLIGHT}
