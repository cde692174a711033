"""Warned banks and ruled agents in a world: who declines, what comes back, who must look for an agent again."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.journal.kinds import Kind
from sandbox.lifecycle import Reason, State

DAY = 86_400

#: Banks whose every refusal comes from a warning, and whom nobody warns by chance.
BY_WARNING_ONLY = {
    "bank.refusal_logit": {"at_mean_appetite": -40, "per_appetite": 0},
    "bank.warning_rate": {"per_pressure": 0, "per_missed_restricted": 0},
}


def test_a_warned_bank_declines_the_regimes_orders_and_its_clients_go_another_way(
    observe: Callable[..., Any],
) -> None:
    seen = observe(
        rails={"correspondent": {}, "usdt": {"confirmations": 19}},
        policy={"banks": 2},
        timeline={
            "accepted": {"at": "2025-03-03", "kind": "rail_permit", "rail": "usdt", "acceptance": 1.0},
            "warned": {"at": "2025-03-09", "kind": "warning_to_bank", "banks": 1},
        },
        parameters={**BY_WARNING_ONLY, "bank.derisk_logit_shift": 80, "bank.derisk_contagion": 0},
    )
    (warning,) = seen.of(Kind.WARNED)
    assert seen.entities[warning["subject"]] == "bank/1" and warning["time"] == 6 * DAY
    declined = [
        row for row in seen.of(Kind.MOVED) if row["reason"] == Reason.AG01 and row["object"] != State.FAILED
    ]
    assert len(declined) > 5
    assert {seen.entities[row["actor"]] for row in declined} == {"bank/1"}
    assert min(row["time"] for row in declined) >= 6 * DAY
    assert {State(row["subject"]) for row in declined} == {State.PROFILE}
    again = {"rail/correspondent"} & {
        name for row in declined for name in seen.rail(int(row["payment"]))[int(row["amount"]) :]
    }
    assert again, "nobody took a direct payment instead"
    released = [row for row in seen.of(Kind.CONSUMED) if row["time"] > 6 * DAY]
    assert {seen.entities[row["actor"]] for row in released} == {"bank/2"}


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_warned_banks_direct_payments_come_back_as_far_as_others_share_its_caution(
    observe: Callable[..., Any], share: float
) -> None:
    seen = observe(
        rails={"correspondent": {}},
        timeline={"warned": {"at": "2025-03-03", "kind": "warning_to_bank", "banks": 1}},
        parameters={
            **BY_WARNING_ONLY,
            "bank.derisk_logit_shift": 80,
            "bank.derisk_abroad_share": share,
            "correspondent.p_return_a": -20.0,
            "correspondent.return_stuck_days": {"median": 2, "else_median": 2},
            "choice.max_attempts": 1,
        },
    )
    assert bool(seen.who_entered(State.RETURNED)) == bool(share)
    assert bool(seen.ended(State.CREDITED)) != bool(share)


def test_what_a_bank_lets_through_brings_a_warning(observe: Callable[..., Any]) -> None:
    change: dict[str, Any] = {
        "rails": {"agent": {}},
        "clock": {"horizon": "60d"},
        "parameters": {
            "agent.agent_onboard_hazard": 50,
            "bank.warning_rate": {"per_pressure": 0, "per_missed_restricted": 30},
        },
    }
    missed = observe(
        **{
            **change,
            "policy": {"screening": False},
            "parameters": {**change["parameters"], "aml.prevalence": 0.1},
        }
    )
    clean = observe(**{**change, "parameters": {**change["parameters"], "aml.prevalence": 0.0}})
    assert len(missed.of(Kind.WARNED)) > 3
    assert not len(clean.of(Kind.WARNED))


def test_a_rule_takes_agents_away_and_makes_the_others_dearer(observe: Callable[..., Any]) -> None:
    def world(leaving: float) -> Any:
        rule = {"at": "2025-03-23", "kind": "agent_rule", "leaving": leaving, "fee_points": 2.0}
        return observe(
            rails={"agent": {}},
            clock={"horizon": "60d"},
            population={"payments_per_business_day": 6.0},
            timeline={"rule": rule},
            parameters={"agent.agent_onboard_hazard": 50, "agent.agent_fee_pct": {"spread": 0.0}},
        )

    ruled, gone = world(0.0), world(1.0)
    without = [
        int(row["payment"])
        for row in gone.of(Kind.MOVED)
        if row["reason"] == Reason.ELR_NO_RAIL and row["object"] == State.REJECTED
    ]
    after = {payment for payment in without if gone.of(Kind.CREATED, payment=payment)["time"][0] >= 20 * DAY}
    assert after and after == set(without)
    shares = {}
    for row in ruled.of(Kind.ITEMISED):
        payment = int(row["payment"])
        moved = ruled.of(Kind.MOVED, payment=payment)
        released = int(moved[moved["object"] == State.IN_FLIGHT]["time"][-1])
        country = ruled.world.population.suppliers[int(ruled.world.orders.supplier[payment])].country
        value = next(u for giver, to, u in ruled.posted(payment, 2) if to == "cash")
        shares.setdefault((country, released >= 20 * DAY), []).append(int(row["amount"]) / value)
    for country in {name for name, _ in shares}:
        if (country, False) in shares and (country, True) in shares:
            assert max(shares[country, True]) - max(shares[country, False]) == pytest.approx(0.02, abs=1e-4)


def test_under_pressure_foreign_banks_ask_before_they_pay(observe: Callable[..., Any]) -> None:
    calm, hard = (
        observe(
            rails={"correspondent": {}},
            clock={"horizon": "60d"},
            population={"payments_per_business_day": 4.0},
            timeline={"level": {"at": "2025-03-03", "kind": "pressure", "level": level}},
            parameters={"correspondent.p_return_a": -40.0},
        )
        for level in (0.0, 1.0)
    )
    assert not calm.who_entered(State.HELD)
    asked = set(hard.who_entered(State.HELD, Reason.G003))
    assert asked & set(hard.ended(State.CREDITED))
    for payment in list(asked & set(hard.ended(State.CREDITED)))[:20]:
        path = hard.path(payment)
        assert path[path.index(State.HELD) + 1] is State.SETTLED
