"""Mined bitcoin, shortened: it supplies the rail, its shortage binds, and books, chain and engines agree."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.journal.kinds import Purpose
from sandbox.journal.reader import JournalReader
from sandbox.scenario.faults import ScenarioInvalid
from sandbox.scenario.load import check, load
from sandbox.simulation import Run, simulate
from sandbox.world import Engines, World

#: Its runs serve the whole file.
pytestmark = pytest.mark.xdist_group("mined-btc")

SMALL = (
    "clock.start=2025-05-19",
    "clock.horizon=26d",
    "clock.warm_up=3d",
    "clock.cool_down=3d",
    "population.importers=40",
    "population.payments_per_business_day=30.0",
    "policy.opens=2025-05-19",
    "policy.application_desk=false",
    "policy.participants.initial=30",
    "parameters.supplier.accept_btc=0.9",
)


def _run(
    folder: Path | None = None,
    *sets: str,
    engines: Engines | None = None,
    tamper: Callable[[World], None] | None = None,
) -> Run:
    loaded = load("mined-btc", sets=(*SMALL, *sets))
    at_once = loaded.parameters.with_overrides({"bank.onboarding_bd": {"median": 0.01, "sigma": 0.1}})
    loaded = replace(loaded, parameters=at_once)
    return simulate(loaded, seed=1, directory=folder, engines=engines, chain_tables=False, tamper=tamper)


def _sold(reader: JournalReader) -> dict[tuple[str, str], float]:
    """(miner, buyer) -> bitcoin."""
    rows = reader.sql(
        "SELECT debit_owner, credit_owner, sum(amount)::BIGINT FROM postings"
        " WHERE asset = 'BTC' AND debit_owner LIKE 'miner/%' AND purpose = 'FUNDING' GROUP BY ALL"
    )
    return {(giver, taker): units / 10**8 for giver, taker, units in rows}


@pytest.fixture(scope="module")
def mined(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Path]:
    folder = tmp_path_factory.mktemp("mined")
    run = _run(folder)
    assert run.status == "complete", run.violation
    return run, folder


def test_miners_sell_what_they_bring_forth(mined: tuple[Run, Path]) -> None:
    with JournalReader(mined[1]) as reader:
        sold = _sold(reader)
    national = sum(btc for (miner, _), btc in sold.items() if miner == "miner/national")
    # 26 noons, the first one after half a day; 96 bitcoin a day, a twentieth of them.
    assert national == pytest.approx(25.5 * 4.8, abs=0.01)
    regional = sum(btc for (miner, _), btc in sold.items() if miner == "miner/regional")
    # Two sites of 10 MW from 1 June: noons to 13 June, 10 bitcoin a MW and year.
    assert regional == pytest.approx(12.5 * 2 * 10 * 10 / 365 * 0.05, abs=0.01)
    assert {taker for _, taker in sold} & {"dealer/1", "dealer/2", "dealer/3"}


def test_the_other_engines_tell_the_same(mined: tuple[Run, Path]) -> None:
    assert _run(engines=Engines("revm", "python")).digest == mined[0].digest


def test_fewer_coins_make_orders_wait(tmp_path: Path) -> None:
    """Stock-outs bind where mined coins are the only source."""

    def waits(name: str, share: float, *sets: str) -> int:
        run = _run(tmp_path / name, f"parameters.miner.share_mined_to_elr={share}", *sets)
        assert run.status == "complete", run.violation
        with JournalReader(tmp_path / name) as reader:
            ((count,),) = reader.sql(
                "SELECT count(*)::BIGINT FROM transitions WHERE state_entered = 'DEALER_WAIT'"
            )
        return int(count)

    scarce, plenty = waits("scarce", 0.001), waits("plenty", 0.2)
    both = waits("both", 0.001, "rails.btc.source=both")
    assert scarce > 3 * max(1, plenty) and scarce > 3 * max(1, both)


def test_more_than_the_chain_holds_is_refused_with_the_figure() -> None:
    with pytest.raises(ScenarioInvalid) as caught:
        load("mined-btc", sets=("parameters.miner.share_mined_to_elr=0.2",))
    (fault,) = caught.value.faults
    assert fault.code == "treasury"
    assert "23,483 BTC" in fault.message and "14,950" in fault.message


def test_sites_without_a_buyer_are_pointed_out() -> None:
    faults = check("mined-btc", sets=("rails.btc.source=exchange",))
    assert [fault.code for fault in faults] == ["no_effect"] * 3


def _unbooked(world: World) -> None:
    """A sale moves on the chain and is left out of the books."""
    books = world.ground.books
    post = books.post

    def careless(payment: int, actor: int, legs: Any) -> int:
        if world.ground.journal.entities[actor].startswith("miner/") and world.ground.now > 500_000:
            legs = [leg for leg in legs if leg[3] != Purpose.FUNDING or leg[0] != legs[0][0]]
        return post(payment, actor, legs)

    books.post = careless  # type: ignore[method-assign,assignment]


def test_a_sale_left_out_of_the_books_is_caught() -> None:
    run = _run(tamper=_unbooked)
    assert (run.status, run.audit) == ("invalid", "C4")
