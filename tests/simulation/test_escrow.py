"""Delivery versus payment in a world: locked, released with the goods, or given back; on both engines alike."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.goods import GoodsState
from sandbox.journal.kinds import Kind, Purpose
from sandbox.lifecycle import Reason, State
from sandbox.world import Engines, World

from .conftest import Observe, Seen
from .test_goods import SWIFT, bar, moves

ESCROW: dict[str, Any] = {
    "rails": {"usdt": {"delivery_versus_payment": True}},
    "clock": {"horizon": "24d"},
    "population": {"goods": True, "importers": 6, "payments_per_business_day": 6.0},
    "timeline": {
        "calm": {"at": "2025-03-03", "kind": "pressure", "level": 0.2},
        "tether": {"at": "2025-03-03", "kind": "rail_permit", "rail": "usdt", "acceptance": 1},
        **bar("civil", "licence", "2025-03-03", 0.4),
    },
    "parameters": SWIFT,
}


@pytest.fixture(scope="module")
def kept() -> dict[str, Seen]:
    return {}


@pytest.fixture
def world(observe: Observe, kept: dict[str, Seen]) -> Seen:
    if "world" not in kept:
        kept["world"] = observe(**ESCROW)
    return kept["world"]


def prepaid(seen: Seen) -> set[int]:
    """Orders whose money is asked for before shipment."""
    return set(seen.world.orders.prepaid.nonzero()[0].tolist())


def test_a_prepayment_is_credited_after_the_goods_are_released(world: Seen) -> None:
    goods = moves(world)
    credited = [p for p in world.ended(State.CREDITED) if p in prepaid(world)]
    assert credited
    for payment in credited:
        released = next(second for second, state, _, _ in goods[payment] if state is GoodsState.RELEASED)
        moved = world.of(Kind.MOVED, payment=payment)
        settled = int(moved[moved["object"] == int(State.SETTLED)]["time"][0])
        assert settled > released
        locked = [leg for leg in world.posted(payment, Purpose.FX_LEG) if leg[1] == "in_transit"]
        paid = [leg for leg in world.posted(payment, Purpose.PRINCIPAL) if leg[0] == "in_transit"]
        assert len(locked) == len(paid) == 1 and locked[0][2] == paid[0][2]


def test_a_refused_export_gives_the_price_back(world: Seen) -> None:
    refused = [
        contract
        for contract, path in moves(world).items()
        if path[-1][1] is GoodsState.EXPORT_REFUSED and contract in prepaid(world)
    ]
    given_back = world.who_entered(State.RETURNED, Reason.FOCR)
    assert given_back and set(given_back) <= set(refused)
    for payment in given_back:
        assert world.path(payment)[-4:] == [State.IN_FLIGHT, State.RETURNING, State.RETURNED, State.FAILED]
        back = world.posted(payment, Purpose.RETURN)
        assert [(giver, taker) for giver, taker, _ in back] == [
            ("in_transit", "inventory"),
            ("cash", "client"),
        ]
    assert not len(world.of(Kind.REFUND)), "nobody had been paid"


def test_goods_that_dally_past_the_deadline_cost_the_supplier_the_price(observe: Observe) -> None:
    slow = {**SWIFT, "goods.escrow_days": 1, "goods.production_days": {"median": 6, "sigma": 0.1}}
    seen = observe(**{**ESCROW, "parameters": slow})
    assert not [p for p in seen.ended(State.CREDITED) if p in prepaid(seen)]
    assert seen.who_entered(State.RETURNED, Reason.FOCR)


def test_both_engines_tell_the_same_story(observe: Observe, world: Seen) -> None:
    other = observe(engines=Engines(evm="eth-tester", bitcoin="python"), **ESCROW)
    assert other.run.digest == world.run.digest


def released_to_itself(world: World) -> None:
    """The escrow's books give the locked units to somebody else."""
    books = world.ground.books
    transfer = books.transfer
    inventory = {a.number for a in books.accounts if a.role == "inventory"}

    def astray(payment: int, actor: int, debit: int, credit: int, amount: int, purpose: Purpose) -> int:
        if books.accounts[debit].owner == "escrow":
            credit = min(number for number in inventory if books.accounts[number].chain == "chain/evm")
        return transfer(payment, actor, debit, credit, amount, purpose)

    books.transfer = astray  # type: ignore[method-assign]


def released_before_the_goods(world: World) -> None:
    """The agent releases although the goods are still on their way."""
    assert world.goods is not None
    goods = world.goods
    escrowed = goods.escrowed

    def hasty(payment: Any) -> Any:
        escrowed(payment)
        event = world.ground.env.event()
        event.succeed(True)
        return event

    goods.escrowed = hasty  # type: ignore[method-assign]


@pytest.mark.parametrize(("defect", "rule"), [(released_to_itself, "C4"), (released_before_the_goods, "D6")])
def test_a_defect_is_caught(observe: Observe, defect: Callable[[World], None], rule: str) -> None:
    run = observe(tamper=defect, valid=False, **ESCROW).run
    assert run.status == "invalid"
    assert run.audit == rule, run.violation
