"""A second regime: who is in it, what it may authorise, its own cap and desk; defects that are caught."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.journal.kinds import Kind
from sandbox.lifecycle import Reason, State
from sandbox.payments import Payment
from sandbox.world import World

SITE: dict[str, Any] = {
    "at": "2025-03-04",
    "kind": "regime_open",
    "id": "island",
    "participants": 5,
    "region": "far_east",
    "region_share": 1.0,
    "rails": ["dfa"],
}


def two_regimes(**site: Any) -> dict[str, Any]:
    """Five firms may use USDT under the first regime, five others DFA on the island from the second day."""
    everybody = {"at": "2025-03-03", "kind": "rail_permit", "acceptance": 1.0}
    return {
        "rails": {"usdt": {"confirmations": 5}, "dfa": {}},
        "policy": {"participants": {"initial": 5}, "rails": ["usdt"]},
        "timeline": {
            "usdt": {**everybody, "rail": "usdt"},
            "dfa": {**everybody, "rail": "dfa"},
            "island": SITE | site,
        },
    }


def by_regime(seen: Any, kind: Kind) -> dict[str, list[Any]]:
    """Rows of a kind by the regime that wrote them."""
    found: dict[str, list[Any]] = {}
    for row in seen.of(kind):
        found.setdefault(seen.entities[row["actor"]], []).append(row)
    return found


def test_each_regime_authorises_its_own_firms_on_its_own_rails(observe: Callable[..., Any]) -> None:
    seen = observe(**two_regimes())
    members = {
        name: {int(r["subject"]) for r in rows} for name, rows in by_regime(seen, Kind.ADMITTED).items()
    }
    assert {name: len(firms) for name, firms in members.items()} == {"regulator": 5, "regime/island": 5}
    assert not members["regulator"] & members["regime/island"]
    payer = {int(row["payment"]): int(row["actor"]) for row in seen.of(Kind.CREATED)}
    rails = {"regulator": "rail/usdt", "regime/island": "rail/dfa"}
    for name, rows in by_regime(seen, Kind.AUTHORISED).items():
        assert len(rows) > 10
        for row in rows:
            assert payer[int(row["payment"])] in members[name]
            assert seen.entities[row["object"]] == rails[name]


def test_firms_of_other_regions_may_still_join_the_first(observe: Callable[..., Any]) -> None:
    change = two_regimes(region_share=0.0)
    change["timeline"]["wave"] = {"at": "2025-03-06", "kind": "admission_wave", "add": 3}
    admitted = by_regime(observe(**change), Kind.ADMITTED)
    assert {name: len(rows) for name, rows in admitted.items()} == {"regulator": 8}


def test_a_cap_of_its_own(observe: Callable[..., Any]) -> None:
    seen = observe(**two_regimes(monthly_cap="200000"))
    used = by_regime(seen, Kind.QUOTA_USED)
    assert set(used) == {"regime/island"}, "the first regime has no cap"
    assert max(int(row["amount"]) for row in used["regime/island"]) <= 200_000_00
    assert seen.who_entered(State.QUOTA_WAIT, Reason.SL16)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(places=st.integers(0, 10), share=st.integers(0, 100), seed=st.integers(1, 500))
def test_no_firm_is_in_two_regimes_unless_it_may(
    observe: Callable[..., Any], places: int, share: int, seed: int
) -> None:
    """Whatever the places and the region, whoever applies first; the auditor looks on as well."""
    site = {"participants": places, "region_share": share / 100}
    for overlap in ("one", "both"):
        seen = observe(seed=seed, clock={"horizon": "5d"}, **two_regimes(**site, overlap=overlap))
        members = [{int(r["subject"]) for r in rows} for rows in by_regime(seen, Kind.ADMITTED).values()]
        both = set.intersection(*members) if len(members) == 2 else set()
        assert not both or overlap == "both"


def test_a_firm_may_be_in_both_where_the_rule_says_so(observe: Callable[..., Any]) -> None:
    seen = observe(**two_regimes(overlap="both", participants=10))
    members = {
        name: {int(r["subject"]) for r in rows} for name, rows in by_regime(seen, Kind.ADMITTED).items()
    }
    assert members["regulator"] < members["regime/island"]
    chosen: dict[int, set[str]] = {}
    for row in seen.of(Kind.CHOSE_RAIL):
        chosen.setdefault(int(row["actor"]), set()).add(seen.entities[row["object"]])
    assert {"rail/usdt", "rail/dfa"} in [chosen[firm] for firm in members["regulator"] if firm in chosen]


@pytest.mark.parametrize(
    ("desk", "staffing"),
    [
        ("own", {"desk/applications": [2], "desk/applications-island": [1]}),
        ("taken", {"desk/applications": [2, 1], "desk/applications-island": [1]}),
        ("pooled", {"desk/applications": [2, 3]}),
    ],
)
def test_where_the_officers_sit(
    observe: Callable[..., Any], desk: str, staffing: dict[str, list[int]]
) -> None:
    change = two_regimes(desk=desk, officers=1)
    change["policy"] |= {"application_desk": True, "review_officers": 2}
    seen = observe(**change)
    opened: dict[str, list[int]] = {}
    for row in seen.of(Kind.DESK_OPENED):
        name = seen.entities[row["actor"]]
        if name.startswith("desk/applications"):
            opened.setdefault(name, []).append(int(row["amount"]))
    assert opened == staffing


#: Applications come one by one to two sites of one officer each; reviews are of one length and need nobody else.
QUEUES: dict[str, Any] = {
    "rails": {"usdt": {}},
    "clock": {"horizon": "700d", "warm_up": "1d", "cool_down": "1d"},
    "population": {"importers": 400, "payments_per_business_day": 0.05},
    "policy": {
        "application_desk": True,
        "participants": {"initial": 0},
        "review_officers": 1,
        "agencies": {"count": 0},
    },
    "parameters": {
        "regulator.application_rate": 0.5,
        "regulator.review_service_bd": {"mean": 2.2, "cv": 1.0},
        "regulator.p_reject_application": 0.0,
    },
}


def test_one_pooled_desk_waits_less_than_two(observe: Callable[..., Any]) -> None:
    """Two desks of one officer against one with both, at the same load: the known answer's order (V23)."""
    waits: dict[str, float] = {}
    for desk in ("own", "pooled"):
        site = SITE | {"at": "2025-03-03", "desk": desk, "officers": 1, "participants": 0, "rails": ["usdt"]}
        seen = observe(**QUEUES, timeline={"island": site})
        names = {seen.entities.index(n) for n in seen.entities if n.startswith("desk/applications")}
        started = [row for row in seen.of(Kind.DESK_STARTED) if int(row["actor"]) in names]
        assert len(started) > 150
        waits[desk] = sum(int(row["extra"]) for row in started) / len(started)
    assert waits["pooled"] < 0.75 * waits["own"], waits


# -- defects ----------------------------------------------------------------------------------------------


def authorised_by_the_other_regime(world: World) -> None:
    """Orders are authorised by a regime that never admitted their firm."""
    first = world.regulator
    assert first is not None
    first.objection = lambda payment: Reason.NONE  # type: ignore[method-assign]
    first.consume = lambda payment, actor: Reason.AG03  # type: ignore[method-assign]
    assert world.regimes is not None
    world.regimes.responsible = lambda payment: first  # type: ignore[method-assign]


def rail_of_the_other_regime(world: World) -> None:
    """The first regime lets its firms use the island's rail."""
    assert world.regulator is not None
    world.regulator.own_rails = None
    choose = world.importers.lawful

    def all_of_them(payment: Payment, open_rails: frozenset[int]) -> Any:
        world.importers.regimes = None
        return [rail for rail in choose(payment, open_rails) if rail.name == "dfa"]

    world.importers.lawful = all_of_them  # type: ignore[method-assign]


def in_two_regimes(world: World) -> None:
    """The island takes in firms of the first regime."""
    first = world.regulator
    assert first is not None
    first._ask = lambda firm: first._asked.add(firm.index)  # type: ignore[method-assign]
    first.stand_beside = lambda other, overlap: None  # type: ignore[method-assign]
    record = world.ground.journal.record

    def also(kind: int, *columns: Any, **named: Any) -> None:
        record(kind, *columns, **named)
        if kind == Kind.ADMITTED and named["actor"] == first.entity:
            island = world.ground.journal.entity("regime/island")
            record(kind, actor=island, subject=named["subject"], amount=1)

    world.ground.journal.record = also  # type: ignore[method-assign]


@pytest.mark.parametrize(
    ("defect", "rail", "rule"),
    [
        (authorised_by_the_other_regime, "usdt", "A2"),
        (rail_of_the_other_regime, "dfa", "A10"),
        (in_two_regimes, "dfa", "A10"),
    ],
)
def test_a_defect_of_the_regimes_is_caught(
    observe: Callable[..., Any], defect: Callable[[World], None], rail: str, rule: str
) -> None:
    run = observe(tamper=defect, valid=False, **two_regimes(rails=[rail])).run
    assert run.status == "invalid"
    assert run.audit == rule, run.violation
