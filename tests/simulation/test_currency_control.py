"""Currency control, suspensions and cancellations: the waits that stand beside screening and caps."""

from typing import Any

import pytest

from sandbox.journal.kinds import Kind
from sandbox.lifecycle import Reason, State
from sandbox.world import World

from .conftest import Observe

CONTROLLED: dict[str, Any] = {
    "rails": {"correspondent": {}, "usdt": {}},
    "clock": {"horizon": "20d"},
    "policy": {"currency_control": True},
    "timeline": {"calm": {"at": "2025-03-03", "kind": "pressure", "level": 0.2}},
    "parameters": {"currency_control.documents_missing": 0.5},
}


def test_documents_are_asked_for_once_and_for_five_business_days(observe: Observe) -> None:
    seen = observe(**CONTROLLED)
    asked = seen.who_entered(State.DOCUMENTS, Reason.G003)
    assert asked
    for payment in asked:
        path = seen.path(payment)
        assert path.count(State.DOCUMENTS) == 1
        at = path.index(State.DOCUMENTS)
        assert path[at - 1] is State.PROFILE and path[at + 1 :][:1] in ([], [State.PROFILE])
    moved = seen.of(Kind.MOVED)
    stays = [
        int(after["time"] - row["time"])
        for payment in asked
        for row, after in zip(*[moved[moved["payment"] == payment][i:] for i in (0, 1)], strict=False)
        if row["object"] == int(State.DOCUMENTS)
    ]
    assert stays and min(stays) >= 4 * 86_400


def test_a_contract_is_registered_once_above_three_million_roubles(observe: Observe) -> None:
    seen = observe(**CONTROLLED)
    registered = seen.of(Kind.REGISTERED)
    pairs = [(int(row["subject"]), int(row["object"])) for row in registered]
    assert pairs and len(set(pairs)) == len(pairs)
    assert min(registered["amount"]) > 3_000_000_00


def test_an_order_without_a_registered_contract_is_caught(observe: Observe) -> None:
    def unregistered(world: World) -> None:
        control = world.office._control
        assert control is not None
        control.register = lambda payment, bank: iter(())  # type: ignore[method-assign,assignment,return-value]

    run = observe(tamper=unregistered, valid=False, **CONTROLLED).run
    assert run.audit == "D7", run.violation


def test_without_currency_control_nobody_registers(observe: Observe) -> None:
    seen = observe(**{**CONTROLLED, "policy": {}})
    assert not len(seen.of(Kind.REGISTERED)) and not seen.who_entered(State.DOCUMENTS)


def test_an_escalated_payment_is_suspended_then_released_or_stopped(observe: Observe) -> None:
    suspicious = {
        "aml.prevalence": 0.3,
        "aml.aml_specificity": 0.5,
        "aml.p_escalate": 1.0,
        "aml.suspension_days_max": 6,
        "aml.escalation_answer_days": 1,
    }
    seen = observe(**{**CONTROLLED, "parameters": suspicious})
    suspended = seen.who_entered(State.SUSPENDED, Reason.ELR_SUSPENDED)
    after = {seen.path(p)[seen.path(p).index(State.SUSPENDED) + 1 :][:1][0] for p in suspended
             if seen.path(p)[-1] is not State.SUSPENDED}  # fmt: skip
    assert after == {State.FUNDS, State.STOPPED}
    stopped = seen.who_entered(State.STOPPED, Reason.AM07)
    assert set(stopped) <= set(suspended)
    answered = [p for p in seen.who_entered(State.ESCALATED) if State.SUSPENDED not in seen.path(p)]
    assert answered, "nobody was answered before a suspension"


@pytest.mark.parametrize(("days", "cancels"), [(3, True), (90, False)])
def test_a_quota_that_outlasts_the_contract_cancels_it(observe: Observe, days: int, cancels: bool) -> None:
    seen = observe(
        **{
            **CONTROLLED,
            "policy": {"monthly_cap": "400000", "cap_rule": "wait"},
            "rails": {"usdt": {}},
            "timeline": {
                "tether": {"at": "2025-03-03", "kind": "rail_permit", "rail": "usdt", "acceptance": 1}
            },
            "parameters": {"goods.contract_valid_days": days},
        }
    )
    assert seen.who_entered(State.QUOTA_WAIT)
    cancelled = seen.who_entered(State.CANCELLED, Reason.CUST)
    assert bool(cancelled) == cancels
    for payment in cancelled:
        assert seen.path(payment)[-2:] == [State.QUOTA_WAIT, State.CANCELLED]
