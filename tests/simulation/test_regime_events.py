"""The regime at work: places, revocation, caps, the order desk, export rules, compliance stops."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.journal.kinds import Kind
from sandbox.lifecycle import RETRY_CLASSES, Reason, State

DAY, HOUR = 86_400, 3_600
REGIME: dict[str, Any] = {
    "rails": {"usdt": {"confirmations": 19}},
    "timeline": {
        "accepted": {"at": "2025-03-03", "kind": "rail_permit", "rail": "usdt", "acceptance": 1.0},
    },
}


def regime(events: dict[str, Any] | None = None, **change: Any) -> dict[str, Any]:
    """A world whose only rail is one of the regime, and these events."""
    return {**REGIME, "timeline": {**REGIME["timeline"], **(events or {})}, **change}


def admitted_at_once(seen: Any) -> int:
    """The largest number of firms that were participants at one time."""
    now = most = 0
    for row in seen.of(Kind.ADMITTED, Kind.REVOKED):
        now += 1 if row["kind"] == Kind.ADMITTED else -1
        most = max(most, now)
    return most


# -- admission -------------------------------------------------------------------------------------------


def test_a_firm_that_is_not_admitted_has_no_lawful_rail(observe: Callable[..., Any]) -> None:
    seen = observe(**regime(), policy={"participants": {"initial": 0}})
    assert not len(seen.of(Kind.ADMITTED)) and not len(seen.of(Kind.AUTHORISED))
    assert seen.run.payments == len(seen.who_entered(State.FAILED, Reason.ELR_NO_RAIL)) > 0


@pytest.mark.parametrize("desk", [False, True])
def test_places_are_never_exceeded(observe: Callable[..., Any], desk: bool) -> None:
    """However many firms apply of their own accord."""
    seen = observe(
        **regime({"later": {"at": "2025-03-20", "kind": "admission_wave", "add": 2}}),
        clock={"horizon": "40d"},
        population={"importers": 30, "payments_per_business_day": 2.0},
        policy={"participants": {"initial": 4}, "application_desk": desk},
        parameters={"regulator.application_rate": 3},
    )
    assert len(seen.of(Kind.APPLIED)) > 15
    wave = 17 * DAY
    early = [row for row in seen.of(Kind.ADMITTED) if row["time"] < wave]
    assert len(early) <= 4
    assert admitted_at_once(seen) == 6


def test_a_place_given_up_goes_to_the_next_firm(observe: Callable[..., Any]) -> None:
    seen = observe(
        **regime({"revoked": {"at": "2025-03-06", "kind": "revocation", "participant": 2}}),
        policy={"participants": {"initial": 3}},
    )
    (revoked,) = seen.of(Kind.REVOKED)
    admitted = seen.of(Kind.ADMITTED)
    assert admitted["subject"][1] == revoked["subject"]
    assert len(admitted) == 4 and admitted["time"][3] == revoked["time"] == 3 * DAY
    assert admitted_at_once(seen) == 3


def test_an_order_authorised_before_its_firm_is_revoked_does_not_leave(observe: Callable[..., Any]) -> None:
    seen = observe(
        **regime({"revoked": {"at": "2025-03-08", "kind": "revocation", "participant": 1}}),
        parameters={"bank.kyc_hours": {"mean": 30}},
        policy={"kyc_analysts": 100},
    )
    (revoked,) = seen.of(Kind.REVOKED)
    held = {int(row["payment"]) for row in seen.of(Kind.AUTHORISED) if row["time"] <= revoked["time"]}
    stopped = held & set(seen.who_entered(State.REJECTED, Reason.AG01_REVOKED))
    assert stopped
    for payment in stopped:
        path = seen.path(payment)
        assert path[path.index(State.REJECTED) - 1] is State.RELEASE
        assert not len(seen.of(Kind.CONSUMED, payment=payment))
        assert path[-1] is State.FAILED


def test_an_authorisation_that_ran_out_is_refused(observe: Callable[..., Any]) -> None:
    seen = observe(
        **regime(),
        parameters={"bank.kyc_hours": {"mean": 30}},
        policy={"kyc_analysts": 100, "authorisation_valid": "12h"},
    )
    late = seen.who_entered(State.REJECTED, Reason.AB03)
    assert late
    for payment in late:
        authorised = seen.of(Kind.AUTHORISED, payment=payment)[0]
        refused = seen.of(Kind.MOVED, payment=payment)
        refused = refused[refused["reason"] == Reason.AB03][0]
        assert refused["time"] >= authorised["extra"]
    for row in seen.of(Kind.CONSUMED):
        assert row["time"] < row["extra"]


def test_quotas_and_turnover_decide_who_is_asked(observe: Callable[..., Any]) -> None:
    seen = observe(
        **regime(),
        population={"importers": 60, "payments_per_business_day": 1.0},
        policy={"participants": {"initial": 6, "quotas": {"metals": 2}}},
    )
    firms = seen.world.population.importers
    by_entity = {firm.entity: firm for firm in firms}
    asked = [by_entity[row] for row in seen.of(Kind.APPLIED)["subject"].tolist()]
    metals = sorted((firm for firm in firms if firm.sector == "metals"), key=lambda firm: -firm.turnover)
    others = sorted((firm for firm in firms if firm not in metals[:2]), key=lambda firm: -firm.turnover)
    assert {firm.index for firm in asked} == {firm.index for firm in metals[:2] + others[:4]}


# -- caps ------------------------------------------------------------------------------------------------


def used_by_month(seen: Any) -> dict[tuple[int, int], int]:
    """US cents authorised, by firm and month (-1: all firms), added up from orders and not from counters."""
    created = {int(row["payment"]): row for row in seen.of(Kind.CREATED)}
    used: dict[tuple[int, int], int] = defaultdict(int)
    for row in seen.of(Kind.AUTHORISED):
        order = created[int(row["payment"])]
        month = seen.world.ground.clock.date(int(row["time"])).month
        used[-1, month] += int(order["amount"])
        used[int(order["actor"]), month] += int(order["amount"])
    return used


CAPPED: dict[str, Any] = {
    "clock": {"horizon": "62d"},
    "population": {"payments_per_business_day": 6.0},
}


@pytest.mark.parametrize("rule", ["wait", "reject"])
def test_the_monthly_cap_holds_to_the_cent(observe: Callable[..., Any], rule: str) -> None:
    seen = observe(**regime(), **CAPPED, policy={"monthly_cap": "6000000", "cap_rule": rule})
    used = used_by_month(seen)
    totals = {month: cents for (firm, month), cents in used.items() if firm == -1}
    assert set(totals) == {3, 4, 5}
    assert all(cents <= 600_000_000 for cents in totals.values())
    assert totals[3] > 500_000_000, "the cap was not even near"
    waiting = seen.who_entered(State.QUOTA_WAIT, Reason.SL16)
    refused = seen.who_entered(State.REJECTED, Reason.SL16)
    assert (bool(waiting), bool(refused)) == (rule == "wait", rule == "reject")
    turns = {29 * DAY, 59 * DAY}
    for payment in waiting:
        moved = seen.of(Kind.MOVED, payment=payment)
        again = [int(row["time"]) for row in moved if row["subject"] == State.QUOTA_WAIT]
        assert set(again) <= turns


def test_the_cap_of_one_firm_holds_to_the_cent(observe: Callable[..., Any]) -> None:
    seen = observe(**regime(), **CAPPED, policy={"participant_monthly_cap": "1000000", "cap_rule": "wait"})
    own = {key: cents for key, cents in used_by_month(seen).items() if key[0] != -1}
    assert own and max(own.values()) > 80_000_000
    assert all(cents <= 100_000_000 for cents in own.values())
    assert seen.who_entered(State.QUOTA_WAIT, Reason.SL16)
    # What no empty month would hold is refused at once.
    huge = {int(row["payment"]) for row in seen.of(Kind.CREATED) if row["amount"] > 100_000_000}
    assert huge and not huge & set(seen.who_entered(State.QUOTA_WAIT))
    assert not huge & set(seen.of(Kind.AUTHORISED)["payment"].tolist())


# -- desks -----------------------------------------------------------------------------------------------


def test_officers_decide_before_an_order_is_authorised(observe: Callable[..., Any]) -> None:
    seen = observe(
        **regime({"fewer": {"at": "2025-03-08", "kind": "staffing", "desk": "orders", "people": 1}}),
        policy={"order_approval": {"officers": 3, "hours_mean": 3.0, "hours_cv": 0.5}},
    )
    desk = seen.entities.index("desk/orders")
    for payment in seen.ended(State.CREDITED):
        finished = [row for row in seen.of(Kind.DESK_FINISHED, payment=payment) if row["actor"] == desk]
        assert State.ORDER_DESK in seen.path(payment) and finished
        assert finished[0]["time"] <= seen.of(Kind.AUTHORISED, payment=payment)["time"][0]
    started = seen.of(Kind.DESK_STARTED)
    started = started[started["actor"] == desk]
    before, after = started["time"] < 5 * DAY, started["time"] >= 5 * DAY
    assert started["extra"][after].mean() > started["extra"][before].mean()


# -- compliance ------------------------------------------------------------------------------------------

OPEN_RAILS: dict[str, Any] = {
    "rails": {"correspondent": {}, "agent": {}, "usdt": {"confirmations": 19}},
    "timeline": REGIME["timeline"],
}


def test_goods_that_may_not_leave_are_paid_on_no_rail(observe: Callable[..., Any]) -> None:
    rule = {"at": "2025-03-06", "kind": "export_rule", "country": "CN", "category": "civil", "bite": 1.0}
    seen = observe(**{**OPEN_RAILS, "timeline": {**REGIME["timeline"], "rule": rule}})
    firms, suppliers = seen.world.population.importers, seen.world.population.suppliers
    orders = seen.world.orders
    hit = {
        number
        for number in range(len(orders))
        if orders.created[number] >= 3 * DAY
        and suppliers[orders.supplier[number]].country == "CN"
        and firms[orders.importer[number]].sector == "civil"
    }
    assert len(hit) > 5
    assert hit == set(seen.who_entered(State.COMPLIANCE_STOP, Reason.RR04)) - _alerted(seen)
    for payment in hit:
        assert seen.path(payment)[-2:] == [State.COMPLIANCE_STOP, State.STOPPED]
        assert len(seen.of(Kind.CHOSE_RAIL, payment=payment)) == 1
        assert not len(seen.of(Kind.POSTED, Kind.RESERVED, payment=payment))


def _alerted(seen: Any) -> set[int]:
    return set(seen.of(Kind.ALERT_DECIDED)["payment"].tolist())


@pytest.mark.parametrize("seed", range(1, 6))
def test_nobody_tries_again_after_a_compliance_stop(observe: Callable[..., Any], seed: int) -> None:
    """On that rail or another, whatever else goes wrong in the world."""
    seen = observe(
        seed=seed,
        **OPEN_RAILS,
        clock={"horizon": "16d"},
        parameters={
            "aml.prevalence": 0.2,
            "aml.aml_review_hours": 1,
            "aml.p_escalate": 0.5,
            "agent.agent_onboard_hazard": 50,
            "correspondent.return_stuck_days": {"median": 2, "else_median": 2},
            "correspondent.corr_days_mean": {"per_pressure": 0.5},
            "choice.beta_cost": 0.05,  # so that some go directly although much comes back
        },
    )
    stops, retries = 0, 0
    for payment in range(seen.run.payments):
        stopped = False
        for row in seen.of(Kind.MOVED, Kind.CHOSE_RAIL, Kind.REFUSED, payment=payment):
            again = row["kind"] == Kind.CHOSE_RAIL or row["object"] == State.RETRY
            assert not (stopped and again)
            if row["kind"] != Kind.CHOSE_RAIL and row["reason"]:
                klass = Reason(row["reason"]).klass
                stopped |= klass == "compliance"
            if row["kind"] == Kind.MOVED and row["object"] == State.RETRY:
                retries += 1
                assert klass in RETRY_CLASSES
        stops += stopped
    assert stops > 5 and retries > 2


def test_a_dated_lever_has_its_value_of_the_day(observe: Callable[..., Any]) -> None:
    """What was in force before the start is in force at the start."""
    dated = {
        day: {"value": people, "source": "invented", "confidence": "D"}
        for day, people in (("2024-01-01", 2), ("2025-03-01", 5), ("2025-03-08", 7))
    }
    seen = observe(**regime(), policy={"kyc_analysts": {"values": dated}})
    desk = seen.entities.index("desk/kyc")
    opened = [row for row in seen.of(Kind.DESK_OPENED) if row["actor"] == desk]
    assert [(int(row["time"]), int(row["amount"])) for row in opened] == [(0, 5), (5 * DAY, 7)]


def test_a_wave_may_draw_its_list_up_by_another_rule(observe: Callable[..., Any]) -> None:
    """Those named before are not named again, the sector's places are kept, and each firm applies once."""
    wave = {"at": "2025-03-06", "kind": "admission_wave", "add": 4, "selection": "lottery"}
    seen = observe(
        **regime({"wave": {**wave, "quotas": {"metals": 1}}}),
        population={"importers": 40, "payments_per_business_day": 1.0},
        policy={"participants": {"initial": 5}},
    )
    named = seen.of(Kind.NOMINATED)
    assert named["subject"].tolist() == seen.of(Kind.APPLIED)["subject"].tolist()
    assert len(set(named["subject"].tolist())) == 9
    assert named["amount"].tolist() == [1] * 5 + [2] * 4
    firms = {firm.entity: firm for firm in seen.world.population.importers}
    first, second = ([firms[row] for row in named["subject"][part]] for part in (slice(5), slice(5, 9)))
    by_turnover = sorted(firms.values(), key=lambda firm: -firm.turnover)
    assert first == by_turnover[:5]
    assert second[0].sector == "metals", "places held for a sector come first"
    assert second != by_turnover[5:9], "the list went on by turnover"


def test_a_wave_may_apply_one_by_one(observe: Callable[..., Any]) -> None:
    wave = {"at": "2025-03-06", "kind": "admission_wave", "add": 5, "applications": "spread"}
    seen = observe(
        **regime({"wave": wave}),
        clock={"horizon": "40d"},
        population={"payments_per_business_day": 1.0},
        policy={"participants": {"initial": 3}},
        parameters={"regulator.application_rate": 2},
    )
    named = seen.of(Kind.NOMINATED)
    second = set(named["subject"][named["amount"] == 2].tolist())
    applied = [int(row["time"]) for row in seen.of(Kind.APPLIED) if row["subject"] in second]
    assert len(set(applied)) == len(applied) == len(second) >= 2 and min(applied) > 3 * DAY


@pytest.mark.parametrize("mode", ["parallel", "sequential"])
def test_agencies_agree_at_once_or_in_turn(observe: Callable[..., Any], mode: str) -> None:
    seen = observe(
        **regime(),
        clock={"horizon": "90d"},
        population={"payments_per_business_day": 1.0},
        policy={
            "participants": {"initial": 3},
            "application_desk": True,
            "agencies": {"count": 3, "mode": mode, "business_days_mean": 4},
        },
    )
    hours = seen.world.hours
    for ended in seen.of(Kind.DESK_FINISHED):
        if ended["payment"] >= 0:
            continue
        answers = [row for row in seen.of(Kind.AGENCY_AGREED) if row["subject"] == ended["subject"]]
        if len(answers) < 3:
            continue
        asked, begins = int(ended["time"]), int(ended["time"])
        for row in answers:
            assert row["extra"] == row["time"] - asked
            assert row["time"] == hours.finish(begins if mode == "sequential" else asked, int(row["amount"]))
            begins = int(row["time"])
        ruled = seen.of(Kind.ADMITTED, Kind.ADMISSION_REFUSED)
        (decision,) = ruled[ruled["subject"] == ended["subject"]]["time"].tolist()
        assert decision == begins == max(row["time"] for row in answers)


def test_a_category_has_a_cap_of_its_own(observe: Callable[..., Any]) -> None:
    seen = observe(
        **regime(),
        **CAPPED,
        policy={"category_monthly_caps": {"civil": "1500000"}, "cap_rule": "wait"},
    )
    rows = seen.of(Kind.QUOTA_USED)
    assert len(rows) and {seen.entities[row] for row in rows["object"].tolist()} == {"category/civil"}
    assert (rows["amount"] <= 150_000_000).all()
    assert seen.who_entered(State.QUOTA_WAIT, Reason.SL16)


def test_a_dated_cap_counts_from_its_day_on(observe: Callable[..., Any]) -> None:
    dated = {
        day: {"value": cap, "source": "invented", "confidence": "D"}
        for day, cap in (("2025-03-01", "2000000"), ("2025-04-10", None))
    }
    seen = observe(**regime(), **CAPPED, policy={"monthly_cap": {"values": dated}, "cap_rule": "reject"})
    lifted = 38 * DAY
    assert len(seen.of(Kind.QUOTA_USED)) and (seen.of(Kind.QUOTA_USED)["time"] < lifted).all()
    refused = seen.of(Kind.REFUSED)
    refused = refused[refused["reason"] == Reason.SL16]["time"]
    assert len(refused) and (refused < lifted).all()
    assert (seen.of(Kind.AUTHORISED)["time"] > lifted).sum() > 20


def test_large_firms_may_be_taken_up_first(observe: Callable[..., Any]) -> None:
    seen = observe(
        **regime(),
        clock={"horizon": "120d"},
        population={"importers": 40, "payments_per_business_day": 1.0},
        policy={
            "participants": {"initial": 20, "selection": "lottery"},
            "application_desk": True,
            "application_priority": "large_first",
            "review_officers": 1,
        },
    )
    firms = {firm.entity: firm for firm in seen.world.population.importers}
    large = {firm.entity for firm in sorted(firms.values(), key=lambda firm: -firm.turnover)[:8]}
    started = [row["subject"] in large for row in seen.of(Kind.DESK_STARTED) if row["payment"] < 0]
    asked = [entity in large for entity in seen.of(Kind.APPLIED)["subject"][:20].tolist()]
    assert 0 < sum(asked) < 20 and asked[0] in (True, False)
    assert all(started[1 : 1 + sum(asked[1:])])
