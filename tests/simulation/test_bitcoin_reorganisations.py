"""Blocks of the bitcoin chain are replaced: what was not final waits anew, what was final is taken back and goes on."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest

from sandbox.clock import Clock
from sandbox.journal.kinds import Kind, Purpose
from sandbox.lifecycle import Reason, State
from sandbox.payments import Payment
from sandbox.world import Engines, World

CONFIRMATIONS = 3
COINS: dict[str, Any] = {
    "rails": {"btc": {"confirmations": CONFIRMATIONS}},
    "clock": {"horizon": "8d"},
    "timeline": {
        "accepted": {"at": "2025-03-03", "kind": "rail_permit", "rail": "btc", "acceptance": 1.0},
    },
}


def moment(second: int) -> str:
    """A second of the run as a scenario writes it."""
    return Clock(date(2025, 3, 3)).text(int(second))[:19]


def with_reorg(second: int, depth: int, double_spend: bool = False, **change: Any) -> dict[str, Any]:
    """The world with a reorganisation at a second."""
    event = {"at": moment(second), "kind": "reorg", "depth": depth, "double_spend": double_spend}
    return {**COINS, **change, "timeline": {**COINS["timeline"], "reorg": event}}


def in_order(path: Sequence[State], wanted: Sequence[State]) -> bool:
    """Whether a path has these states one directly after another."""
    return any(tuple(path[at : at + len(wanted)]) == tuple(wanted) for at in range(len(path)))


def credited_at(seen: Any, after: int = 100_000) -> tuple[int, int]:
    """A payment that is credited in the very second of its finality, and that second."""
    finals = {int(row["payment"]): int(row["time"]) for row in seen.of(Kind.FINAL)}
    for row in seen.of(Kind.MOVED):
        payment, second = int(row["payment"]), int(row["time"])
        if row["object"] == State.CREDITED and second == finals[payment] and second > after:
            return payment, second
    raise AssertionError("nobody is credited at once")


def beneficiary_net(seen: Any, payment: int) -> int:
    """Minor units of its currency that a payment has brought its beneficiary."""
    paid = sum(amount for _, to, amount in seen.posted(payment, Purpose.PROCEEDS) if to == "beneficiary")
    back = sum(amount for giver, _, amount in seen.posted(payment, Purpose.REORG) if giver == "beneficiary")
    net: int = paid - back
    return net


def test_a_shallow_one_makes_young_transfers_wait_anew(observe: Callable[..., Any]) -> None:
    calm = observe(**COINS)
    first = calm.of(Kind.INCLUDED)
    first = first[(first["payment"] >= 0) & (first["time"] > 100_000)][0]
    payment, second = int(first["payment"]), int(first["time"]) + 1
    seen = observe(**with_reorg(second, 1))
    undone = seen.of(Kind.REORGED)
    assert payment in undone["payment"].tolist()
    final_before = {int(row["payment"]) for row in seen.of(Kind.FINAL) if row["time"] <= second}
    assert final_before and not final_before & set(undone["payment"].tolist())
    assert not seen.who_entered(State.REORGED)
    assert len(seen.of(Kind.INCLUDED, payment=payment)) == 2
    (final,) = seen.of(Kind.FINAL, payment=payment)
    again = seen.of(Kind.INCLUDED, payment=payment)[-1]
    assert final["amount"] == again["amount"] > first["amount"]
    assert seen.path(payment)[-1] is State.CREDITED
    assert beneficiary_net(seen, payment) == seen.posted(payment, Purpose.PROCEEDS)[0][2]


def test_one_deeper_than_the_confirmations_takes_a_credit_back(observe: Callable[..., Any]) -> None:
    payment, second = credited_at(observe(**COINS))
    seen = observe(**with_reorg(second + 1, CONFIRMATIONS + 2))
    states = (State.CREDITED, State.REORGED, State.IN_FLIGHT, State.SETTLED, State.OFFRAMP, State.CREDITED)
    assert in_order(seen.path(payment), states)
    assert seen.who_entered(State.REORGED, Reason.ELR_REORG)
    assert len(seen.of(Kind.FINAL, payment=payment)) == 2
    proceeds = [amount for _, _, amount in seen.posted(payment, Purpose.PROCEEDS)]
    assert len(proceeds) == 2 and beneficiary_net(seen, payment) == proceeds[0]
    returned = [move for move in seen.posted(payment, Purpose.REORG) if move[:2] == ("wallet", "inventory")]
    again = [move for move in seen.posted(payment, Purpose.PRINCIPAL) if move[:2] == ("inventory", "wallet")]
    assert len(returned) == len(again) == 1 and returned[0][2] == again[0][2]


def test_a_double_spend_undoes_a_credit_and_refunds_the_client(observe: Callable[..., Any]) -> None:
    _, second = credited_at(observe(**COINS))
    seen = observe(**with_reorg(second + 1, CONFIRMATIONS + 2, double_spend=True))
    victims = [int(row["payment"]) for row in seen.of(Kind.CONFLICTED) if row["payment"] >= 0]
    assert victims
    for victim in victims:
        failed = (State.IN_FLIGHT, State.TECHNICAL_FAILURE)
        assert in_order(seen.path(victim), failed)
        assert seen.path(victim)[seen.path(victim).index(State.TECHNICAL_FAILURE) + 1] in (
            State.RETRY,
            State.FAILED,
        )
        principal = seen.posted(victim, Purpose.FX_LEG)[0][2]
        assert [("cash", "client", principal)] == seen.posted(victim, Purpose.RETURN)
        ended_well = seen.path(victim)[-1] is State.CREDITED
        once = seen.posted(victim, Purpose.PROCEEDS)
        assert beneficiary_net(seen, victim) == (once[0][2] if ended_well else 0)
    assert any(State.REORGED in seen.path(victim) for victim in victims)


def test_a_double_spend_of_a_young_transfer_refunds_the_client_too(observe: Callable[..., Any]) -> None:
    included = observe(**COINS).of(Kind.INCLUDED)
    included = included[(included["payment"] >= 0) & (included["time"] > 100_000)]
    seen = observe(**with_reorg(int(included["time"][0]) + 1, 1, double_spend=True))
    (victim,) = [int(row["payment"]) for row in seen.of(Kind.CONFLICTED) if row["payment"] >= 0]
    assert State.REORGED not in seen.path(victim)
    assert in_order(seen.path(victim), (State.IN_FLIGHT, State.TECHNICAL_FAILURE, State.RETRY))
    assert sum(amount for *_, amount in seen.posted(victim, Purpose.RETURN)) > 0
    assert seen.path(victim)[-1] is State.CREDITED


@pytest.mark.parametrize("double_spend", [False, True])
def test_both_engines_tell_the_same_story(observe: Callable[..., Any], double_spend: bool) -> None:
    world = with_reorg(200_000, 6, double_spend)
    ours = observe(**world, engines=Engines("revm", "python"))
    core = observe(**world, engines=Engines("revm", "kernel"))
    assert len(ours.of(Kind.REORGED))
    assert ours.run.digest == core.run.digest


def test_a_payment_taken_up_again_is_counted_at_the_horizon(observe: Callable[..., Any]) -> None:
    _, second = credited_at(observe(**COINS))
    seen = observe(
        **with_reorg(second + 1, 6, clock={"horizon": f"{second + 2}s", "warm_up": "1s", "cool_down": "1s"})
    )
    again = seen.who_entered(State.REORGED)
    assert again
    assert set(again) <= set(seen.of(Kind.CENSORED)["payment"].tolist())


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 9))
def test_any_storm_of_reorganisations_passes_the_audit(observe: Callable[..., Any], seed: int) -> None:
    """Few coins, few dealers and many reorganisations: restocks, sweeps and payments undo one another."""
    timeline = dict(COINS["timeline"])
    for number in range(12):
        second = 50_000 + (number * 7_919 + seed * 104_729) * 61 % 600_000
        depth, double_spend = 1 + (number * seed) % 9, (number + seed) % 2 == 0
        timeline[f"reorg-{number}"] = {
            "at": moment(second),
            "kind": "reorg",
            "depth": depth,
            "double_spend": double_spend,
        }
    seen = observe(
        seed=seed,
        **{**COINS, "timeline": timeline},
        population={"payments_per_business_day": 60.0},
        parameters={
            "liquidity.lp_count": 1 + seed % 2,
            "liquidity.lp_daily_capacity_usd": 2_500_000,
            "choice.max_attempts": 8,
        },
    )
    assert len(seen.of(Kind.REORG)) == 12
    assert len(seen.of(Kind.REORGED))
    assert seen.ended(State.CREDITED)


def test_a_dealer_whose_coins_all_wait_for_a_block_declines(observe: Callable[..., Any]) -> None:
    """The books know of coins that the wallet cannot spend again before a block confirms its change."""

    def no_coins(world: World) -> None:
        assert world.chains.coins is not None and world.dealers is not None
        for dealer in world.dealers.dealers:
            wallet = world.chains.coins.wallet(next(iter(dealer.inventory.values())))
            wallet._set_aside.update(coin.outpoint for coin in wallet.utxos)

    seen = observe(**COINS, tamper=no_coins)
    assert seen.who_entered(State.REJECTED, Reason.ELR_LPINV)
    assert not len(seen.of(Kind.BROADCAST, payment=seen.who_entered(State.REJECTED)[0]))
    assert not any(hold for hold in seen.world.ground.books._holds.values() if hold[0] >= 0)


def test_payments_wait_while_no_block_is_found(observe: Callable[..., Any]) -> None:
    halt = {"at": "2025-03-05", "kind": "chain_halt", "chain": "bitcoin", "length": "30h"}
    seen = observe(**{**COINS, "timeline": {**COINS["timeline"], "halt": halt}})
    begins, ends = 2 * 86_400, 2 * 86_400 + 30 * 3_600
    blocks = seen.of(Kind.BLOCK)["time"]
    assert not ((blocks >= begins) & (blocks < ends)).any()
    broadcast = seen.of(Kind.BROADCAST)
    waited = broadcast["payment"][(broadcast["time"] > begins) & (broadcast["time"] < ends)]
    waited = [int(number) for number in waited if number >= 0]
    assert waited
    assert all(seen.of(Kind.INCLUDED, payment=number)["time"][0] >= ends for number in waited)
    assert all(seen.path(number)[-1] is State.CREDITED for number in waited)


def test_a_payment_is_one_order_however_often_it_is_tried() -> None:
    """Each attempt has draws of its own, and none shares them with another order."""
    fields: dict[str, Any] = {
        "created": 0,
        "importer": 0,
        "supplier": 0,
        "bank": 0,
        "country": "CN",
        "category": "civil",
        "prepaid": True,
        "currency": 3,
        "invoice_cents": 1,
        "payout_units": 1,
        "due": -1,
        "prohibited": False,
    }
    draws = [
        Payment(number=number, attempt=attempt, **fields).draw
        for number in range(20)
        for attempt in range(1, 9)
    ]
    assert sorted(draws) == list(range(160))


def test_blocks_lose_races_by_chance(observe: Callable[..., Any]) -> None:
    """One in five here: payments wait longer, none is lost, and the books agree with the chain at every block."""
    calm = observe(**COINS, parameters={"btc.btc_stale_rate": 0})
    seen = observe(**COINS, parameters={"btc.btc_stale_rate": 0.2})
    races = seen.of(Kind.REORG)
    blocks = len(seen.of(Kind.BLOCK))
    assert not len(calm.of(Kind.REORG)) and 0.1 < len(races) / blocks < 0.3
    assert set(races["object"].tolist()) == {1}
    assert len(seen.of(Kind.REORGED)) > 5 and not seen.who_entered(State.REORGED)
    assert set(seen.ended(State.CREDITED)) & set(calm.ended(State.CREDITED))


def test_a_race_takes_back_what_one_confirmation_called_final(observe: Callable[..., Any]) -> None:
    hasty = {**COINS, "rails": {"btc": {"confirmations": 1}}, "parameters": {"btc.btc_stale_rate": 0.3}}
    seen = observe(**hasty)
    assert seen.who_entered(State.REORGED, Reason.ELR_REORG)
