"""Worlds in which there is hardly anything: they run, and everything about them is defined."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.journal.kinds import Kind
from sandbox.lifecycle import State

ALL_RAILS: dict[str, Any] = {
    "correspondent": {},
    "agent": {},
    "usdt": {"confirmations": 19},
    "btc": {"confirmations": 3},
    "digital_ruble": {"opens": "2025-03-03"},
}


def test_no_payments_at_all(observe: Callable[..., Any]) -> None:
    seen = observe(rails=ALL_RAILS, population={"payments_per_business_day": 0.0001})
    assert seen.run.payments == 0
    (horizon,) = seen.of(Kind.HORIZON)
    assert horizon["amount"] == 0


@pytest.mark.parametrize("horizon", ["3s", "3h", "25h"])
def test_a_short_horizon(observe: Callable[..., Any], horizon: str) -> None:
    clock = {"horizon": horizon, "warm_up": "1s", "cool_down": "1s"}
    seen = observe(rails=ALL_RAILS, clock=clock, population={"payments_per_business_day": 200.0})
    censored, created = len(seen.of(Kind.CENSORED)), len(seen.of(Kind.CREATED))
    ended = sum(len(seen.ended(state)) for state in State if state >= State.CREDITED)
    assert created == censored + ended


def test_one_firm_one_supplier_one_bank(observe: Callable[..., Any]) -> None:
    seen = observe(rails=ALL_RAILS, population={"importers": 1, "payments_per_business_day": 5.0})
    assert seen.ended(State.CREDITED)


def test_without_the_regime_its_rails_do_not_exist(observe: Callable[..., Any]) -> None:
    seen = observe(rails=ALL_RAILS, policy={"regime": False})
    assert seen.world.regulator is None and set(seen.world.chains.ledgers) == {"chain/digital_ruble"}
    assert {name for p in range(seen.run.payments) for name in seen.rail(p)} <= {
        "rail/correspondent",
        "rail/agent",
        "rail/digital_ruble",
    }


def test_a_rail_that_the_law_closes_takes_no_new_orders(observe: Callable[..., Any]) -> None:
    timeline = {
        "accepted": {"at": "2025-03-03", "kind": "rail_permit", "rail": "usdt", "acceptance": 1.0},
        "closed": {"at": "2025-03-07", "kind": "rail_permit", "rail": "usdt", "permitted": False},
    }
    seen = observe(rails={"usdt": {"confirmations": 19}}, timeline=timeline)
    chosen = seen.of(Kind.CHOSE_RAIL)["time"]
    assert len(chosen) and max(chosen) < 4 * 86_400
    assert seen.ended(State.FAILED)


def test_every_block_of_a_chain_may_be_asked_for(observe: Callable[..., Any]) -> None:
    rails = {"usdt": {"confirmations": 19, "blocks": "all"}, "btc": {"confirmations": 3, "blocks": "all"}}
    timeline = {
        "accepted": {"at": "2025-03-03", "kind": "rail_permit", "rail": "usdt", "acceptance": 1.0},
        "coins": {"at": "2025-03-03", "kind": "rail_permit", "rail": "btc", "acceptance": 1.0},
    }
    seen = observe(
        rails=rails,
        timeline=timeline,
        clock={"horizon": "2h", "warm_up": "1s", "cool_down": "1s"},
        population={"payments_per_business_day": 400.0},
    )
    blocks = seen.of(Kind.BLOCK)
    tokens = blocks[blocks["actor"] == seen.entities.index("chain/evm")]
    assert len(tokens) >= 7_200 / 3 - 1
