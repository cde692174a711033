"""Worlds that differ in one thing, on the same luck: which way every payment must go."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.journal.kinds import Kind
from sandbox.lifecycle import State

SEEDS = (1, 2, 3)


def returned(seen: Any) -> set[int]:
    """Payments that came back."""
    return set(seen.who_entered(State.RETURNED))


@pytest.mark.parametrize("seed", SEEDS)
def test_less_pressure_never_makes_a_payment_come_back(observe: Callable[..., Any], seed: int) -> None:
    """Warnings included: each payment that comes back in the calmer world does so in the harder one."""

    def world(level: float) -> Any:
        return observe(
            seed=seed,
            rails={"correspondent": {}},
            clock={"horizon": "40d"},
            policy={"banks": 2},
            timeline={"level": {"at": "2025-03-03", "kind": "pressure", "level": level}},
            parameters={
                "choice.max_attempts": 1,
                "correspondent.return_stuck_days": {"median": 1, "else_median": 1},
            },
        )

    came_back = [returned(world(level)) for level in (0.3, 0.6, 0.9)]
    assert came_back[0] <= came_back[1] <= came_back[2]
    assert len(came_back[0]) < len(came_back[2])


@pytest.mark.parametrize("seed", SEEDS)
def test_one_more_analyst_never_makes_anyone_wait_longer(observe: Callable[..., Any], seed: int) -> None:
    def waits(analysts: int) -> dict[int, int]:
        seen = observe(
            seed=seed,
            rails={"usdt": {"confirmations": 19}},
            policy={"kyc_analysts": analysts, "screening": False},
            timeline={
                "accepted": {"at": "2025-03-03", "kind": "rail_permit", "rail": "usdt", "acceptance": 1.0}
            },
            parameters={"bank.kyc_hours": {"mean": 5.0, "cv": 0.9}, "choice.max_attempts": 1},
        )
        return {int(row["payment"]): int(row["extra"]) for row in seen.of(Kind.DESK_STARTED)}

    few, more = waits(2), waits(3)
    assert sum(few.values()) > sum(more.values()) > 0
    assert all(more[payment] <= few[payment] for payment in few)


SCALED = {
    "population.invoice_mean_usd": 134_146.0,
    "bank.nostro_usd": 300_000.0,
    "liquidity.lp_daily_capacity_usd": 200_000.0,
    "liquidity.adv_usdt_rub_usd": 12_000_000.0,
}


@pytest.mark.parametrize(
    ("rail", "waiting"), [("correspondent", State.FUNDS_WAIT), ("usdt", State.DEALER_WAIT)]
)
def test_ten_times_the_value_through_ten_times_the_capacity_takes_as_long(
    observe: Callable[..., Any], rail: str, waiting: State
) -> None:
    def times(factor: int) -> dict[tuple[int, int], int]:
        specs: dict[str, Any] = (
            {"correspondent": {}} if rail == "correspondent" else {"usdt": {"confirmations": 19}}
        )
        accepted = {"at": "2025-03-03", "kind": "rail_permit", "rail": rail, "acceptance": 1.0}
        seen = observe(
            rails=specs,
            timeline={"accepted": accepted},
            parameters={name: value * factor for name, value in SCALED.items()},
        )
        assert seen.who_entered(waiting), "no capacity binds: the test would show nothing"
        ends = [row for row in seen.of(Kind.MOVED) if row["object"] == State.CREDITED]
        return {(int(row["payment"]), int(row["amount"])): int(row["time"]) for row in ends}

    assert times(1) == times(10)
