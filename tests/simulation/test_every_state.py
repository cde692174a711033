"""No state of either life cycle stands on paper only: each is entered in one of a few runs."""

from typing import Any

import numpy as np

from sandbox.goods import GoodsState
from sandbox.journal.kinds import Kind
from sandbox.lifecycle import State

from .conftest import Observe, Seen
from .test_escrow import ESCROW
from .test_goods import SWIFT, TRADE, bar

#: Everything that can go wrong in a fortnight.
TROUBLED: dict[str, Any] = {
    "rails": {
        "correspondent": {},
        "agent": {},
        "usdt": {"confirmations": 19},
        "btc": {"confirmations": 2},
        "digital_ruble": {"opens": "2025-03-03"},
    },
    "clock": {"horizon": "40d"},
    "population": {"payments_per_business_day": 25.0, "suppliers_per_importer": 3, "goods": True},
    "policy": {
        "currency_control": True,
        "monthly_cap": "4000000",
        "cap_rule": "wait",
        "order_approval": {"officers": 3},
        "kyc_analysts": 2,
    },
    "timeline": {
        "pressure": {"at": "2025-03-03", "kind": "pressure", "level": 0.7},
        "bitcoin": {"at": "2025-03-03", "kind": "rail_permit", "rail": "btc", "acceptance": 0.5},
        "tether": {"at": "2025-03-03", "kind": "rail_permit", "rail": "usdt", "acceptance": 0.8},
        "platform": {"at": "2025-03-03", "kind": "rail_permit", "rail": "digital_ruble", "acceptance": 0.2},
        "frozen": {"at": "2025-03-05T12:00", "kind": "freeze", "holder": "supplier", "rank": 1},
        "frozen-too": {"at": "2025-03-05T12:01", "kind": "freeze", "holder": "supplier", "rank": 2},
        "thawed": {"at": "2025-03-12", "kind": "unfreeze", "holder": "supplier"},
        "paused": {"at": "2025-03-14", "kind": "pause", "length": "2d"},
        **bar("civil", "licence", "2025-03-03", 0.3),
    },
    "parameters": {
        **SWIFT,
        "aml.prevalence": 0.1,
        "aml.aml_specificity": 0.7,
        "aml.p_escalate": 0.8,
        "aml.suspension_days_max": 6,
        "agent.agent_fraud_loss": 0.3,
        "agent.agent_fail": {"base": 0.3},
        "bank.nostro_usd": 300000,
        "liquidity.lp_count": 1,
        "liquidity.lp_inventory_days": 0.01,
        "currency_control.documents_missing": 0.5,
        "goods.contract_valid_days": 10,
    },
}


#: Bitcoin alone, with blocks given up and coins spent otherwise more often than payments become final.
REORGANISED: dict[str, Any] = {
    "rails": {"btc": {"confirmations": 2}},
    "population": {"payments_per_business_day": 20.0},
    "timeline": {
        "bitcoin": {"at": "2025-03-03", "kind": "rail_permit", "rail": "btc", "acceptance": 1},
        **{
            f"reorg-{day}-{hour}": {
                "at": f"2025-03-{day:02}T{hour}:30", "kind": "reorg", "depth": 6, "double_spend": True,
            }
            for day in range(5, 13)
            for hour in (10, 13, 16)
        },
    },
}  # fmt: skip


def _entered(seen: Seen) -> tuple[set[State], set[GoodsState]]:
    states = {State(code) for code in np.unique(seen.of(Kind.MOVED)["object"]).tolist()}
    goods = {GoodsState(code) for code in np.unique(seen.of(Kind.GOODS)["object"]).tolist()}
    return states, goods


def test_every_state_is_entered(observe: Observe) -> None:
    states: set[State] = set()
    goods: set[GoodsState] = set()
    for scenario in (TROUBLED, TRADE, ESCROW, REORGANISED):
        some, of_goods = _entered(observe(**scenario))
        states |= some
        goods |= of_goods
    assert goods == set(GoodsState)
    assert set(State) - states == set()
