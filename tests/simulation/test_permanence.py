"""The review of the regime: gates, permanence, and an orderly end."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.journal.kinds import Kind
from sandbox.lifecycle import Reason, State
from sandbox.world import World
from tests.simulation.test_regime_events import regime

DAY = 86_400
#: Screening misses half of many prohibited payments, so that no recall of 1 is reached.
BLIND = {"aml.prevalence": 0.2, "aml.aml_sensitivity": 0.5}
REVIEW = 20 * DAY


def reviewed(gates: dict[str, float], **more: Any) -> dict[str, Any]:
    """A world with two open rails whose regime is reviewed after twenty days."""
    event = {"at": "2025-03-23", "kind": "permanence_review", "gates": gates, "wind_down": "10d", **more}
    change = regime({"review": event})
    return {
        **change,
        "rails": {"correspondent": {}, "usdt": {"confirmations": 19}},
        "clock": {"horizon": "45d"},
        "population": {"importers": 20, "payments_per_business_day": 15.0},
        "policy": {"participants": {"initial": 8}, "supervision": {"report_every": "5d"}},
    }


def test_gates_that_are_passed_open_the_regime_to_all(observe: Callable[..., Any]) -> None:
    seen = observe(
        **reviewed({"fail_rate_max": 0.9, "report_timely_min": 0.1, "loss_bp_max": 9_000}),
        parameters={"regulator.application_rate": 3},
    )
    gates = seen.of(Kind.GATE)
    names = [seen.entities[row] for row in gates["actor"].tolist()]
    assert names == ["gate/fail_rate_max", "gate/report_timely_min", "gate/loss_bp_max"]
    assert (gates["subject"] == 1).all() and (gates["time"] == REVIEW).all()
    (verdict,) = seen.of(Kind.REVIEWED)
    assert verdict["amount"] == 1 and not len(seen.of(Kind.WOUND_DOWN))
    admitted = seen.of(Kind.ADMITTED)["time"]
    assert (admitted < REVIEW).sum() == 8 and (admitted >= REVIEW).sum() > 3
    assert (seen.of(Kind.AUTHORISED)["time"] > REVIEW).any()


def test_gates_are_what_the_journal_says(observe: Callable[..., Any]) -> None:
    """Fail rate and timeliness, counted again from the rows before the review."""
    seen = observe(**reviewed({"fail_rate_max": 1.0, "report_timely_min": 0.0}))
    fail, timely = (int(row["amount"]) / 10**6 for row in seen.of(Kind.GATE))
    usdt = seen.entities.index("rail/usdt")
    ends = [
        row["object"]
        for row in seen.of(Kind.MOVED)
        if row["time"] < REVIEW and row["extra"] == usdt and row["object"] in (State.CREDITED, State.FAILED)
    ]
    assert len(ends) > 20 and fail == pytest.approx(ends.count(State.FAILED) / len(ends), abs=1e-6)
    filed = [row for row in seen.of(Kind.REPORT_FILED) if row["time"] < REVIEW]
    in_time = sum(row["time"] <= row["extra"] for row in filed)
    assert filed and timely == pytest.approx(in_time / len(filed), abs=1e-6)


def test_a_gate_that_is_missed_ends_the_regime_in_order(observe: Callable[..., Any]) -> None:
    """No new order, open payments finish, other rails go on; after the time is over nothing is released."""
    seen = observe(**reviewed({"fail_rate_max": 1.0, "aml_recall_min": 1.0}), parameters=BLIND)
    (verdict,) = seen.of(Kind.REVIEWED)
    assert verdict["amount"] == 0 and verdict["extra"] == REVIEW + 10 * DAY
    assert len(seen.of(Kind.AUTHORISED)) and (seen.of(Kind.AUTHORISED)["time"] < REVIEW).all()
    assert (seen.of(Kind.CONSUMED)["time"] <= verdict["extra"]).all()
    (ended,) = seen.of(Kind.WOUND_DOWN)
    assert ended["time"] == verdict["extra"]
    later = [row for row in seen.of(Kind.CHOSE_RAIL) if row["time"] > REVIEW]
    assert later and {seen.entities[row["object"]] for row in later} == {"rail/correspondent"}
    open_then = {int(row["payment"]) for row in seen.of(Kind.AUTHORISED)}
    ends = [row for row in seen.of(Kind.MOVED) if row["time"] > REVIEW and row["object"] == State.CREDITED]
    assert open_then & {int(row["payment"]) for row in ends}, "nothing was under way"


def test_orders_that_wait_for_quota_learn_of_the_end_at_once(observe: Callable[..., Any]) -> None:
    world = reviewed({"aml_recall_min": 1.0})
    world["policy"] = {**world["policy"], "monthly_cap": "2500000", "cap_rule": "wait"}
    seen = observe(**world, parameters=BLIND)
    left = [row for row in seen.of(Kind.MOVED) if row["subject"] == State.QUOTA_WAIT]
    assert left and {int(row["time"]) for row in left} == {REVIEW}
    refused = seen.who_entered(State.REJECTED, Reason.AG03)
    assert {int(row["payment"]) for row in left} <= set(refused)


def test_firms_apply_more_often_before_a_review(observe: Callable[..., Any]) -> None:
    def applied(factor: float) -> int:
        world = reviewed({}, at="2025-05-20")
        seen = observe(
            **{
                **world,
                "clock": {"horizon": "70d"},
                "population": {"importers": 60, "payments_per_business_day": 1.0},
            },
            parameters={
                "regulator.application_rate": 0.2,
                "regulator.anticipation": {"days": 60, "factor": factor},
            },
        )
        return len(seen.of(Kind.APPLIED))

    assert applied(4.0) > applied(1.0) + 5


def authorised_after_the_end(world: World) -> None:
    """The regulator goes on as if it had not been stopped."""
    assert world.regulator is not None
    regulator = world.regulator
    regulator.stop_orders = lambda: None  # type: ignore[method-assign]
    permits = world.permits.rails
    world.regulator.end = lambda: None  # type: ignore[method-assign]
    assert not permits


def verdict_against_the_gates(world: World) -> None:
    """The journal is told that a missed gate was passed."""
    journal = world.ground.journal
    record = journal.record

    def kind_words(kind: int, *columns: Any, **named: Any) -> None:
        record(kind, *columns, **({**named, "subject": 1} if kind == Kind.GATE else named))

    journal.record = kind_words  # type: ignore[method-assign]


@pytest.mark.parametrize("defect", [authorised_after_the_end, verdict_against_the_gates])
def test_a_defect_is_caught(observe: Callable[..., Any], defect: Callable[[World], None]) -> None:
    world = reviewed({"aml_recall_min": 1.0})
    world["policy"] = {**world["policy"], "order_approval": {"officers": 1, "hours_mean": 6.0}}
    run = observe(tamper=defect, valid=False, **world, parameters=BLIND).run
    assert run.status == "invalid" and run.audit == "A9"
