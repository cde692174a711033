"""Supervision at work: reports, inspections, notices, revocations, and what they do to orders under way."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.actors.supervisor import Breach
from sandbox.journal.kinds import Kind
from sandbox.lifecycle import Reason, State
from tests.simulation.test_regime_events import regime

DAY = 86_400
STRICT: dict[str, Any] = {
    "clock": {"horizon": "200d"},
    "population": {"payments_per_business_day": 3.0},
    "policy": {"participants": {"initial": 4}, "supervision": {"report_every": "14d"}},
}


def test_every_period_of_a_participant_has_its_report(observe: Callable[..., Any]) -> None:
    seen = observe(**regime(), **STRICT)
    for firm in set(seen.of(Kind.ADMITTED)["subject"].tolist()):
        rows = seen.of(Kind.REPORT_DUE)
        due = rows[rows["subject"] == firm]
        assert due["time"].tolist() == [14 * DAY * number for number in range(1, 15)]
        assert due["amount"].tolist() == list(range(1, 15))
        for row in due:
            filed = seen.of(Kind.REPORT_FILED)
            filed = filed[(filed["subject"] == firm) & (filed["amount"] == row["amount"])]
            assert len(filed) <= 1
            assert len(filed) == 1 or row["time"] > 190 * DAY


def test_late_reports_bring_inspectors_and_end_admissions(observe: Callable[..., Any]) -> None:
    seen = observe(
        **regime(),
        **STRICT,
        parameters={"regulator.report_limit_bd": 3, "regulator.p_revoke_given_breach": 1},
    )
    revoked = seen.of(Kind.REVOKED)
    assert len(revoked) and set(revoked["extra"].tolist()) == {Breach.REPORTS}
    for row in revoked:
        inspected = seen.of(Kind.INSPECTED)
        inspected = inspected[(inspected["subject"] == row["subject"]) & (inspected["time"] <= row["time"])]
        assert inspected["amount"][-1] == Breach.REPORTS
        late = [
            one
            for one in seen.of(Kind.REPORT_FILED)
            if one["subject"] == row["subject"] and one["time"] > one["extra"] and one["time"] <= row["time"]
        ]
        assert len(late) >= 2
    # The place goes to the next firm, whose own periods begin with its admission.
    admitted = seen.of(Kind.ADMITTED)
    assert len(admitted) == 4 + len(revoked)


def test_a_threat_of_laundering_is_noticed_ten_days_before_the_end(observe: Callable[..., Any]) -> None:
    """Orders that were authorised and wait for their release are then stopped for good."""
    seen = observe(
        **regime(),
        clock={"horizon": "60d"},
        population={"payments_per_business_day": 20.0},
        policy={
            "participants": {"initial": 10},
            "supervision": {"revoke_probability": 1.0},
            "kyc_analysts": 100,
        },
        parameters={"aml.prevalence": 0.3, "aml.aml_review_hours": 1, "bank.kyc_hours": {"mean": 30}},
    )
    notices, revoked = seen.of(Kind.NOTICE_GIVEN), seen.of(Kind.REVOKED)
    assert len(notices) and len(revoked)
    ends = {int(row["subject"]): int(row["extra"]) for row in notices}
    for row in notices:
        assert row["extra"] == row["time"] + 10 * DAY
    for row in revoked:
        assert row["extra"] == Breach.LAUNDERING and row["time"] == ends[int(row["subject"])]
    stopped = [
        row
        for row in seen.of(Kind.MOVED)
        if row["subject"] == State.RELEASE and row["object"] == State.COMPLIANCE_STOP
    ]
    assert stopped, "nothing waited for its release"
    for row in stopped:
        assert row["reason"] == Reason.RR04
        assert seen.path(int(row["payment"]))[-2:] == [State.COMPLIANCE_STOP, State.STOPPED]
        assert not len(seen.of(Kind.CONSUMED, payment=int(row["payment"])))


@pytest.mark.parametrize(
    ("levers", "fewest", "most"),
    [({"inspections_per_year": 0}, 0, 0), ({"inspections_per_year": 20}, 20, 80)],
)
def test_the_rate_of_inspections_is_a_lever(
    observe: Callable[..., Any], levers: dict[str, Any], fewest: int, most: int
) -> None:
    policy = {"participants": {"initial": 4}, "supervision": levers}
    seen = observe(**regime(), **{**STRICT, "policy": policy})
    assert fewest <= len(seen.of(Kind.INSPECTED)) <= most


def test_the_rate_of_inspections_may_change_on_a_day(observe: Callable[..., Any]) -> None:
    """None before the day, many after it: the worlds' clocks begin on 3 March 2025."""

    def dated(rate: float) -> dict[str, Any]:
        return {"value": rate, "source": "test", "confidence": "D"}

    rates = {"2025-03-03": dated(0.0), "2025-04-01": dated(50.0)}
    policy = {"participants": {"initial": 4}, "supervision": {"inspections_per_year": {"values": rates}}}
    seen = observe(**regime(), **{**STRICT, "policy": policy})
    ended = [int(row["time"]) for row in seen.of(Kind.INSPECTED) if row["extra"] == Breach.NONE]
    assert ended and min(ended) > 29 * DAY


def test_a_world_without_supervision_has_nothing_of_it(observe: Callable[..., Any]) -> None:
    seen = observe(**regime())
    assert not len(seen.of(Kind.REPORT_DUE, Kind.REPORT_FILED, Kind.INSPECTED, Kind.NOTICE_GIVEN))


def test_attempts_run_out_under_their_own_reason(observe: Callable[..., Any]) -> None:
    seen = observe(
        rails={"correspondent": {}},
        timeline={"pressure": {"at": "2025-03-03", "kind": "pressure", "level": 1.0}},
        parameters={
            "correspondent.return_stuck_days": {"median": 1, "else_median": 1},
            "correspondent.corr_days_mean": {"per_pressure": 0.2, "base": 0.1},
        },
    )
    spent = seen.who_entered(State.FAILED, Reason.ELR_ATTEMPTS)
    assert spent
    for payment in spent:
        moved = seen.of(Kind.MOVED, payment=payment)
        assert moved["amount"].max() == 3 and moved["reason"][-2] != Reason.ELR_ATTEMPTS
