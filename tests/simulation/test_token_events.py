"""What the stablecoin's issuer and its chain may do to payments: freezes, destruction, pauses, halts."""

from collections.abc import Callable, Generator
from typing import Any

from sandbox.journal.kinds import Kind, Purpose
from sandbox.lifecycle import Reason, State
from sandbox.money import Asset
from sandbox.world import World

DAY, HOUR = 86_400, 3_600
TOKENS: dict[str, Any] = {"rails": {"usdt": {"confirmations": 19}}}


def with_events(*events: dict[str, Any], **change: Any) -> dict[str, Any]:
    """A world in which every supplier takes the token, and these events."""
    timeline: dict[str, Any] = {
        "accepted": {"at": "2025-03-03", "kind": "rail_permit", "rail": "usdt", "acceptance": 1.0}
    }
    timeline |= {f"event-{number}": event for number, event in enumerate(events)}
    return {**TOKENS, "timeline": timeline, **change}


FREEZE = {"at": "2025-03-05T12:00", "kind": "freeze", "holder": "supplier", "rank": 1}
UNFREEZE = {"at": "2025-03-10T12:00", "kind": "unfreeze", "holder": "supplier"}


def test_without_events_everyone_is_paid(observe: Callable[..., Any]) -> None:
    seen = observe(**with_events(), clock={"horizon": "10d"})
    assert len(seen.ended(State.CREDITED)) > 80
    assert not seen.who_entered(State.FROZEN) and not seen.who_entered(State.TECHNICAL_FAILURE)
    for payment in seen.ended(State.CREDITED):
        (final,) = seen.of(Kind.FINAL, payment=payment)
        (included,) = seen.of(Kind.INCLUDED, payment=payment)
        assert final["time"] - included["time"] == 57 and final["object"] == 19


def test_a_frozen_supplier_is_paid_after_the_freeze(observe: Callable[..., Any]) -> None:
    seen = observe(**with_events(FREEZE, UNFREEZE))
    frozen = seen.who_entered(State.FROZEN)
    assert len(frozen) > 1
    for payment in frozen:
        path = seen.path(payment)
        at = path.index(State.FROZEN)
        assert path[at - 2 : at + 3] == [
            State.OFFRAMP,
            State.ACCEPTED_NOT_POSTED,
            State.FROZEN,
            State.UNFROZEN,
            State.OFFRAMP,
        ]
        assert path[-1] is State.CREDITED
        assert len(seen.posted(payment, Purpose.PROCEEDS)) == 1
    (row,) = seen.of(Kind.FROZEN)
    (lifted,) = seen.of(Kind.UNFROZEN)
    assert row["subject"] == lifted["subject"]
    given = seen.of(Kind.POSTED)
    given = given[(given["time"] > row["time"]) & (given["time"] < lifted["time"])]
    assert row["subject"] not in given["subject"] and row["subject"] in given["object"]


def test_destroyed_tokens_are_lost_and_the_supply_falls(observe: Callable[..., Any]) -> None:
    supplies: list[int] = []

    def destroyer(world: World) -> None:
        tokens, issuer = world.chains.tokens, world.issuer
        assert tokens is not None and issuer is not None

        def process() -> Generator[Any, Any, None]:
            yield world.ground.env.timeout(6 * DAY)
            (account,) = [account for account in tokens.accounts if issuer.is_frozen(account)]
            supplies.append(tokens.contract.read("totalSupply"))
            issuer.destroy(account)
            yield world.ground.env.timeout(HOUR)
            supplies.append(tokens.contract.read("totalSupply"))
            assert tokens.units_on_chain(account) == 0

        world.ground.env.process(process())

    seen = observe(**with_events(FREEZE), tamper=destroyer)
    lost = seen.ended(State.LOST)
    assert lost
    assert set(seen.who_entered(State.LOST, Reason.ELR_ISSUER_FREEZE)) == set(lost)
    (destroyed,) = [row for row in seen.of(Kind.POSTED) if row["reason"] == Purpose.DESTROY]
    assert supplies[0] - supplies[1] == destroyed["amount"] > 0
    for payment in lost:
        assert not seen.posted(payment, Purpose.PROCEEDS)
        assert not seen.who_entered(State.RETRY) or payment not in seen.who_entered(State.RETRY)


def test_a_frozen_dealers_transfers_revert_and_it_sells_no_more(observe: Callable[..., Any]) -> None:
    """The freeze waits for a block behind a halt: what is sold meanwhile is refused in that block."""
    seen = observe(
        **with_events(
            {"at": "2025-03-05T08:00", "kind": "chain_halt", "chain": "evm", "length": "10h"},
            {"at": "2025-03-05T08:01", "kind": "freeze", "holder": "dealer", "rank": 1},
            {"at": "2025-03-09", "kind": "unfreeze", "holder": "dealer"},
        ),
        parameters={"liquidity.lp_count": 1},
    )
    failed = seen.who_entered(State.TECHNICAL_FAILURE, Reason.ED05)
    assert failed
    for payment in failed:
        assert 0 in seen.of(Kind.INCLUDED, payment=payment)["subject"].tolist()
        assert State.RETRY in seen.path(payment)
    (frozen,) = seen.of(Kind.FROZEN)
    (lifted,) = seen.of(Kind.UNFROZEN)
    sent = seen.of(Kind.BROADCAST)
    sent = sent[(sent["payment"] >= 0) & (sent["time"] > frozen["time"]) & (sent["time"] < lifted["time"])]
    assert not len(sent)
    assert set(failed) <= set(seen.who_entered(State.DEALER_WAIT, Reason.ELR_LPINV))
    assert set(failed) <= set(seen.ended(State.CREDITED))
    inventory = seen.world.dealers.dealers[0].inventory[Asset.USDT]
    books, under_way = seen.world.ground.books, seen.ended(State.IN_FLIGHT)
    assert under_way or books.available(inventory) == books.balance(inventory)


def test_the_market_waits_while_the_issuer_pauses(observe: Callable[..., Any]) -> None:
    seen = observe(**with_events({"at": "2025-03-05T12:00", "kind": "pause", "length": "30h"}))
    (paused,) = seen.of(Kind.PAUSED)
    (unpaused,) = seen.of(Kind.UNPAUSED)
    assert 30 * HOUR - 3 <= unpaused["time"] - paused["time"] <= 30 * HOUR + 3
    waited = seen.who_entered(State.MARKET_WAIT, Reason.ELR_ISSUER_PAUSE)
    assert len(waited) > 5
    included = seen.of(Kind.INCLUDED)
    included = included[(included["payment"] >= 0) & (included["subject"] == 1)]
    assert not ((included["time"] > paused["time"]) & (included["time"] < unpaused["time"])).any()
    assert set(waited) <= set(seen.ended(State.CREDITED))


def test_what_was_sold_before_a_pause_reverts_in_it(observe: Callable[..., Any]) -> None:
    """An order that waited for a dealer past the beginning of a pause is sent all the same, and refused."""
    seen = observe(
        **with_events({"at": "2025-03-05T00:30", "kind": "pause", "length": "72h"}),
        population={"payments_per_business_day": 40.0},
        parameters={
            "liquidity.lp_count": 1,
            "liquidity.lp_daily_capacity_usd": 500_000,
            "choice.max_attempts": 1,
        },
    )
    (paused,) = seen.of(Kind.PAUSED)
    failed = seen.who_entered(State.TECHNICAL_FAILURE, Reason.ED05)
    assert failed
    for payment in failed:
        (included,) = seen.of(Kind.INCLUDED, payment=payment)
        assert included["subject"] == 0 and included["time"] > paused["time"]
        assert not seen.posted(payment, Purpose.FX_LEG)
        assert seen.path(payment)[-1] is State.FAILED


def test_two_pauses_that_overlap_are_one(observe: Callable[..., Any]) -> None:
    seen = observe(
        **with_events(
            {"at": "2025-03-05T12:00", "kind": "pause", "length": "20h"},
            {"at": "2025-03-05T20:00", "kind": "pause", "length": "4h"},
        )
    )
    (paused,) = seen.of(Kind.PAUSED)
    (unpaused,) = seen.of(Kind.UNPAUSED)
    assert 20 * HOUR - 3 <= unpaused["time"] - paused["time"] <= 20 * HOUR + 3
    assert not seen.who_entered(State.TECHNICAL_FAILURE)


def test_nothing_is_included_while_the_chain_stands_still(observe: Callable[..., Any]) -> None:
    seen = observe(
        **with_events({"at": "2025-03-05T12:00", "kind": "chain_halt", "chain": "evm", "length": "26h"})
    )
    begins, ends = 2 * DAY + 12 * HOUR, 3 * DAY + 14 * HOUR
    blocks = seen.of(Kind.BLOCK)["time"]
    assert not ((blocks > begins) & (blocks < ends)).any()
    sent = seen.of(Kind.BROADCAST)
    waited = sent["payment"][
        (sent["payment"] >= 0) & (sent["time"] > begins) & (sent["time"] < ends)
    ].tolist()
    assert len(waited) > 5
    for payment in waited:
        (included,) = seen.of(Kind.INCLUDED, payment=payment)
        assert included["time"] >= ends and seen.path(payment)[-1] is State.CREDITED


def test_a_dealer_without_stock_makes_orders_wait(observe: Callable[..., Any]) -> None:
    seen = observe(
        **with_events(),
        parameters={
            "liquidity.lp_count": 1,
            "liquidity.lp_daily_capacity_usd": 700_000,
            "liquidity.lp_inventory_days": 1,
        },
    )
    waited = seen.who_entered(State.DEALER_WAIT, Reason.ELR_LPINV)
    served = set(waited) & set(seen.ended(State.CREDITED))
    assert len(served) > 3
    restocked = [
        row
        for row in seen.of(Kind.POSTED)
        if row["reason"] == Purpose.FUNDING
        and seen.world.ground.books.accounts[row["object"]].role == "inventory"
        and row["time"] > 0
    ]
    assert restocked


def test_a_supplier_that_keeps_the_token_is_paid_in_it(observe: Callable[..., Any]) -> None:
    seen = observe(**{**with_events(), "rails": {"usdt": {"confirmations": 19, "beneficiary": "keep"}}})
    paid = seen.ended(State.CREDITED)
    assert len(paid) > 80
    assert not any(State.OFFRAMP in seen.path(payment) for payment in paid[:20])
    books = seen.world.ground.books
    held = [account.number for account in books.accounts if account.role == "beneficiary"]
    assert held and all(books.balance(account) > 0 for account in held)
