"""Stories of payments with goods: every move of the contract's goods is told, and the waits still sum."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.goods import GoodsState
from sandbox.journal.kinds import Kind
from sandbox.report.explain import tell
from sandbox.report.runfolder import RunFolder
from sandbox.report.wording import say, speaking
from sandbox.scenario.load import load
from sandbox.simulation import simulate

#: Some drones may not leave, which their supplier learns at the border after it has been paid.
WITH_GOODS: dict[str, Any] = {
    "schema": 1,
    "title": {"en": "Goods"},
    "question": {"en": "Is everything told?"},
    "clock": {"start": "2025-01-06", "horizon": "120d", "warm_up": "5d", "cool_down": "5d"},
    "population": {"importers": 12, "payments_per_business_day": 3, "goods": True},
    "rails": {"correspondent": {}, "agent": {}, "usdt": {}, "btc": {}},
    "policy": {"application_desk": False, "opens": "2025-01-06", "currency_control": True},
    "timeline": {
        f"rule-{category}": {
            "at": "2025-01-06",
            "kind": "export_rule",
            "country": "CN",
            "category": category,
            "bite": 0.5,
            "basis": "licence",
        }
        for category in ("electronics", "metals", "civil")
    },
    "parameters": {"goods.refund_days": {"median": 5, "sigma": 0.3}},
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run of the engine whose contracts have goods."""
    folder = tmp_path_factory.mktemp("goods")
    (folder / "goods.yaml").write_text(json.dumps(WITH_GOODS), encoding="utf-8")
    loaded = load(folder / "goods.yaml")
    directory: Path = folder / "run"
    done = simulate(loaded, seed=4, directory=directory, chain_tables=False)
    assert done.status == "complete", done.violation
    clock = loaded.scenario.clock
    (directory / "scenario.json").write_text(loaded.canonical, encoding="utf-8")
    (directory / "parameters.json").write_text("[]", encoding="utf-8")
    manifest = {
        "scenario": {"name": "goods", "hash": loaded.hash}, "seed": 4, "replication": 0, "status": done.status,
        "clock": {
            "start": clock.start.isoformat(), "horizon": clock.horizon,
            "warm_up": clock.warm_up, "cool_down": clock.cool_down,
        },
    }  # fmt: skip
    (directory / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return RunFolder(directory)


def _facts(run: RunFolder, payment: int) -> list[str]:
    return [fact for step in tell(run, payment).steps for fact in step.facts]


def test_every_move_of_a_contracts_goods_is_told_to_each_of_its_payments(run: RunFolder) -> None:
    contracts: dict[int, int] = dict(
        run.rows(f"select payment, object from journal where kind = {Kind.CREATED:d}")
    )
    moves: dict[int, list[str]] = {}
    for contract, state in run.rows(
        f"select payment, object from journal where kind = {Kind.GOODS:d} order by seq"
    ):
        moves.setdefault(contract, []).append(GoodsState(state).name)
    balances = {payment for payment, contract in contracts.items() if payment != contract}
    assert balances, "milestone contracts have two payments"
    for payment in [*sorted(balances)[:15], *sorted(set(contracts) - balances)[:25]]:
        told = [fact for fact in _facts(run, payment) if fact.startswith("goods on ")]  # waits must sum, too
        states = [fact.rpartition(" (")[2].partition(",")[0] for fact in told]
        assert states == moves[contracts[payment]]


def test_refunds_are_told_with_the_day_they_were_owed_and_arrived(run: RunFolder) -> None:
    owed = run.rows(f"select payment, subject, object from journal where kind = {Kind.REFUND:d} order by seq")
    assert {subject for _, subject, _ in owed} == {1, 2}
    for payment in {number for number, *_ in owed}:
        facts = [
            fact for fact in _facts(run, payment) if "owes the money back" in fact or "has paid back" in fact
        ]
        assert len(facts) == sum(number == payment for number, *_ in owed)


def test_a_registration_is_told(run: RunFolder) -> None:
    [(payment,)] = run.rows(f"select min(payment) from journal where kind = {Kind.REGISTERED:d}")
    assert any("registers the contract" in fact for fact in _facts(run, payment))


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_state_of_goods_has_words(language: str) -> None:
    with speaking(language):
        words = {say(f"goods.{state.name}") for state in GoodsState}
    assert len(words) == len(GoodsState)
    assert not any(word.startswith("goods.") for word in words)
