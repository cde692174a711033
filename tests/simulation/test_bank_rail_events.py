"""Bank money on its way: cut-offs, empty correspondent accounts, returns, agents, the digital ruble's limits."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.clock import HOUR
from sandbox.journal.kinds import Kind, Purpose
from sandbox.lifecycle import Reason, State

DAY = 86_400
BANKS: dict[str, Any] = {"rails": {"correspondent": {}}}
CALM_BANKS = {"correspondent.p_return_a": -30.0, "correspondent.corr_days_mean": {"per_pressure": 0}}


def test_banks_release_in_their_hours_only(observe: Callable[..., Any]) -> None:
    seen = observe(**BANKS)
    waited = seen.who_entered(State.CUTOFF_WAIT, Reason.TM01)
    assert waited
    for row in seen.of(Kind.MOVED):
        if row["object"] == State.IN_FLIGHT:
            day = seen.world.ground.clock.date(int(row["time"]))
            assert seen.world.hours.is_business_day(day)
            assert 9 * HOUR <= row["time"] % DAY < 16 * HOUR
    for payment in waited:
        path = seen.path(payment)
        at = path.index(State.CUTOFF_WAIT)
        assert path[at - 1] is State.RELEASE and path[at + 1 : at + 2] in ([State.RELEASE], [])


def test_an_order_waits_for_cover_on_the_correspondent_account(observe: Callable[..., Any]) -> None:
    seen = observe(**BANKS, parameters={**CALM_BANKS, "bank.nostro_usd": 400_000})
    waited = seen.who_entered(State.FUNDS_WAIT, Reason.AM04)
    assert len(waited) > 5
    moved = seen.of(Kind.MOVED)
    left = moved[moved["subject"] == State.FUNDS_WAIT]
    assert set((left["time"] % DAY).tolist()) == {9 * HOUR}
    assert set(waited) & set(seen.ended(State.CREDITED))
    filled = [row for row in seen.of(Kind.POSTED) if row["reason"] == Purpose.FUNDING and row["payment"] < 0]
    assert filled


@pytest.mark.parametrize("currency", [2, 3])
def test_a_returned_payment_leaves_nothing_in_transit(observe: Callable[..., Any], currency: int) -> None:
    seen = observe(
        **BANKS,
        parameters={
            "correspondent.p_return_a": 30.0,
            "correspondent.return_stuck_days": {"median": 2, "else_median": 2},
            "population.share_country": {
                "CN": float(currency == 3),
                "TR": float(currency == 2),
                "AE": 0,
                "other": 0,
            },
        },
    )
    failed = seen.ended(State.FAILED)
    assert len(failed) > 10
    for payment in failed:
        path = seen.path(payment)
        assert path.count(State.RETURNED) == 3 and path[-1] is State.FAILED
        out = sum(u for giver, to, u in seen.posted(payment, Purpose.FX_LEG) if to == "in_transit")
        back = sum(u for giver, to, u in seen.posted(payment, Purpose.RETURN) if giver == "in_transit")
        assert out == back > 0
        assert not seen.posted(payment, Purpose.PROCEEDS)
        losses = [u for giver, _, u in seen.posted(payment, Purpose.RETURN_LOSS) if giver == "client"]
        given_back = [u for _, to, u in seen.posted(payment, Purpose.RETURN) if to == "client"]
        assert losses == [round(units * 0.01) for units in given_back]


def agents(**parameters: Any) -> dict[str, Any]:
    """A world in which every firm has an agent from the beginning and nothing else."""
    return {
        "rails": {"agent": {}},
        "clock": {"horizon": "60d"},
        "population": {"payments_per_business_day": 4.0},
        "parameters": {"agent.agent_onboard_hazard": 50, **parameters},
    }


def test_agents_deliver_and_take_their_fee_when_they_have(observe: Callable[..., Any]) -> None:
    seen = observe(
        **agents(**{"agent.agent_fail": {"base": 0, "per_pressure": 0}, "agent.agent_fraud_loss": 0})
    )
    paid = seen.ended(State.CREDITED)
    assert len(paid) > 20
    for payment in paid:
        ((_, _, fee),) = seen.posted(payment, Purpose.AGENT_FEE)
        value = next(u for giver, to, u in seen.posted(payment, Purpose.PRINCIPAL) if to == "cash")
        assert 0 < fee < value * 0.15
        (itemised,) = seen.of(Kind.ITEMISED, payment=payment)
        assert itemised["amount"] == fee


def test_an_agent_that_fails_hands_back_every_kopeck(observe: Callable[..., Any]) -> None:
    seen = observe(
        **agents(**{"agent.agent_fail": {"base": 1, "per_pressure": 0}, "agent.agent_fraud_loss": 0})
    )
    failed = seen.ended(State.FAILED)
    assert len(failed) > 20
    for payment in failed:
        given = [u for giver, _, u in seen.posted(payment, Purpose.PRINCIPAL) if giver == "client"]
        back = [u for _, to, u in seen.posted(payment, Purpose.RETURN) if to == "client"]
        assert given == back and len(back) == 3


def test_what_an_agent_loses_is_lost(observe: Callable[..., Any]) -> None:
    seen = observe(**agents(**{"agent.agent_fraud_loss": 1.0}))
    lost = seen.who_entered(State.LOST, Reason.ELR_AGENT_LOSS)
    assert len(lost) > 20
    for payment in lost:
        assert seen.posted(payment, Purpose.LOSS) and not seen.posted(payment, Purpose.RETURN)
        assert State.RETRY not in seen.path(payment)


# -- the digital ruble -----------------------------------------------------------------------------------


def platform(rail: dict[str, Any] | None = None, **change: Any) -> dict[str, Any]:
    """A world whose only rail is the platform, which every supplier uses."""
    permit = {"at": "2025-03-03", "kind": "rail_permit", "rail": "digital_ruble", "acceptance": 1.0}
    timeline = {"accepted": permit, **change.pop("timeline", {})}
    return {
        "rails": {"digital_ruble": {"opens": "2025-03-03", **(rail or {})}},
        "timeline": timeline,
        **change,
    }


def test_the_platform_settles_in_seconds_without_an_authorisation(observe: Callable[..., Any]) -> None:
    seen = observe(**platform())
    paid = seen.ended(State.CREDITED)
    assert len(paid) > 80
    assert not len(seen.of(Kind.AUTHORISED, Kind.CONSUMED))
    for payment in paid:
        moved = seen.of(Kind.MOVED, payment=payment)
        released = moved[moved["object"] == State.RELEASE]["time"][0]
        credited = moved[moved["object"] == State.CREDITED]["time"][0]
        assert credited - released == 10
        assert len(seen.of(Kind.RECEIPT, payment=payment)) == 1
    wallets = seen.of(Kind.WALLET_OPENED)["object"].tolist()
    assert len(wallets) == len(set(wallets)) > 10


def test_an_order_over_the_platforms_limit_is_refused(observe: Callable[..., Any]) -> None:
    seen = observe(**platform({"operation_limit": "8000000"}))
    refused = seen.who_entered(State.REJECTED, Reason.AM13)
    assert refused and seen.ended(State.CREDITED)
    rubles = {int(row["payment"]): int(row["amount"]) for row in seen.of(Kind.RESERVED)}
    assert min(rubles[payment] for payment in refused) > 800_000_000
    assert max(rubles[payment] for payment in seen.ended(State.CREDITED)) <= 800_000_000
    assert not any(seen.posted(payment, Purpose.ISSUE) for payment in refused)


def test_a_wallet_that_is_full_takes_no_more_and_the_payer_is_whole(observe: Callable[..., Any]) -> None:
    seen = observe(**platform({"holding_limit": "60000000"}))
    failed = seen.who_entered(State.TECHNICAL_FAILURE, Reason.ED05)
    assert failed and seen.ended(State.CREDITED)
    for payment in set(failed) & set(seen.ended(State.FAILED)):
        given = [u for giver, _, u in seen.posted(payment, Purpose.REDEEM) if giver == "client"]
        back = [u for _, to, u in seen.posted(payment, Purpose.RETURN) if to == "client"]
        assert given == back
    books = seen.world.ground.books
    full = [books.balance(a.number) for a in books.accounts if a.role == "wallet"]
    assert max(full) <= 6_000_000_000


def test_the_amount_is_the_one_agreed_when_the_platform_stands_still(observe: Callable[..., Any]) -> None:
    """The rate moves while a wallet waits for its block; the order does not."""
    halt = {"at": "2025-03-05T06:00", "kind": "chain_halt", "chain": "digital_ruble", "length": "80h"}
    seen = observe(**platform(timeline={"halt": halt}), market={"prices": "paths"})
    ends = 2 * DAY + 86 * HOUR
    late = [
        int(row["payment"]) for row in seen.of(Kind.RESERVED) if ends - 80 * HOUR < row["time"] < ends - DAY
    ]
    assert late and set(late) <= set(seen.ended(State.CREDITED))
    for payment in late:
        (held,) = seen.of(Kind.RESERVED, payment=payment)
        ((_, _, sent),) = seen.posted(payment, Purpose.PRINCIPAL)
        assert sent == held["amount"]


def test_the_tariff_is_charged_once_the_grace_is_over(observe: Callable[..., Any]) -> None:
    seen = observe(
        **platform(clock={"start": "2026-12-28", "horizon": "10d"}, policy={"opens": "2026-12-28"})
        | {"rails": {"digital_ruble": {"opens": "2026-12-28"}}},
    )
    charged = [row for row in seen.of(Kind.POSTED) if row["reason"] == Purpose.PLATFORM_FEE]
    assert charged and min(row["time"] for row in charged) >= 4 * DAY
    assert {int(row["amount"]) for row in charged} == {1_500}
