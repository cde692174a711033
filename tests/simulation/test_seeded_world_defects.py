"""Defects put into a running world: each is caught by the rule that should catch it."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.journal.kinds import Kind
from sandbox.lifecycle import Reason, State
from sandbox.world import World
from tests.simulation.world_defects import authority, chains, money, orders

DEFECTS = {**money.DEFECTS, **authority.DEFECTS, **chains.DEFECTS, **orders.DEFECTS}

#: All rails are open and in use; a firm is revoked, an address frozen, the token paused, and there is a cap.
BUSY: dict[str, Any] = {
    "rails": {
        "correspondent": {},
        "agent": {},
        "usdt": {"confirmations": 19},
        "btc": {"confirmations": 3},
        "digital_ruble": {"opens": "2025-03-03"},
    },
    "population": {"payments_per_business_day": 25.0, "suppliers_per_importer": 3},
    "policy": {"monthly_cap": "3000000", "cap_rule": "reject", "kyc_analysts": 2},
    "timeline": {
        "pressure": {"at": "2025-03-03", "kind": "pressure", "level": 0.7},
        "bitcoin": {"at": "2025-03-03", "kind": "rail_permit", "rail": "btc", "acceptance": 0.5},
        "tether": {"at": "2025-03-03", "kind": "rail_permit", "rail": "usdt", "acceptance": 0.7},
        "platform": {"at": "2025-03-03", "kind": "rail_permit", "rail": "digital_ruble", "acceptance": 0.4},
        "frozen": {"at": "2025-03-07T12:00", "kind": "freeze", "holder": "supplier", "rank": 1},
        "revoked": {"at": "2025-03-04T12:00", "kind": "revocation", "participant": 1},
        "paused": {"at": "2025-03-09", "kind": "pause", "length": "12h"},
        "depeg": {"at": "2025-03-05T10:00", "kind": "market_regime", "usdt_depeg": 0.05, "halflife": "24h"},
    },
    "parameters": {
        "aml.prevalence": 0.05,
        "bank.kyc_hours": {"mean": 4},
        "agent.agent_onboard_hazard": 50,
        "agent.agent_fail": {"base": 0.5},
        "correspondent.corr_days_mean": {"per_pressure": 1},
        "correspondent.return_stuck_days": {"median": 2, "else_median": 2},
    },
}


def test_the_world_without_a_defect_passes(observe: Callable[..., Any]) -> None:
    """And everything the defects need does happen in it."""
    seen = observe(**BUSY)
    chosen = {seen.entities[row] for row in seen.of(Kind.CHOSE_RAIL)["object"]}
    assert chosen == {f"rail/{name}" for name in BUSY["rails"]}
    for kind in (Kind.FROZEN, Kind.REVOKED, Kind.PAUSED, Kind.QUOTA_USED, Kind.WALLET_OPENED, Kind.CENSORED):
        assert len(seen.of(kind)), kind
    assert seen.ended(State.STOPPED)
    assert seen.who_entered(State.RETURNED, Reason.ELR_AGENT_FAILED)


@pytest.mark.parametrize(("defect", "rule"), DEFECTS.items(), ids=[defect.__name__ for defect in DEFECTS])
def test_a_defect_is_caught(observe: Callable[..., Any], defect: Callable[[World], None], rule: str) -> None:
    run = observe(tamper=defect, valid=False, **BUSY).run
    assert run.status == "invalid"
    assert run.audit == rule, run.violation
