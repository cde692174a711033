"""Whatever happens in a world, and in whatever order: the run ends at its horizon and the audit passes."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sandbox.journal.kinds import Kind
from sandbox.lifecycle import State

RAILS: dict[str, Any] = {
    "correspondent": {},
    "agent": {},
    "usdt": {"confirmations": 19},
    "btc": {"confirmations": 2},
    "digital_ruble": {"opens": "2025-03-03"},
}
SHARES = st.integers(0, 100).map(lambda percent: percent / 100)
holders = st.sampled_from(["supplier", "dealer"])
hours = st.integers(1, 60).map(lambda number: f"{number}h")


def kind(name: str, **parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """An event of one kind."""
    return st.fixed_dictionaries({"kind": st.just(name), **parts})


EVENTS = st.one_of(
    kind("freeze", holder=holders, rank=st.integers(1, 4)),
    kind("unfreeze", holder=holders),
    kind("pause", length=hours),
    kind("chain_halt", chain=st.sampled_from(["evm", "bitcoin", "digital_ruble"]), length=hours),
    kind("reorg", depth=st.integers(1, 9), double_spend=st.booleans()),
    kind("revocation", participant=st.integers(1, 12)),
    kind("admission_wave", add=st.integers(1, 4)),
    kind(
        "staffing", desk=st.sampled_from(["kyc", "aml", "orders", "applications"]), people=st.integers(0, 4)
    ),
    kind(
        "rail_permit",
        rail=st.sampled_from(sorted(RAILS)),
        permitted=st.booleans(),
        acceptance=SHARES,
    ),
    kind("pressure", level=SHARES),
    kind(
        "export_rule",
        country=st.sampled_from(["CN", "TR", "AE", "other"]),
        category=st.sampled_from(["civil", "electronics", "drone"]),
        bite=SHARES,
    ),
)
MOMENTS = st.builds(
    lambda day, hour, minute: f"2025-03-{day:02d}T{hour:02d}:{minute:02d}",
    st.integers(3, 12),
    st.integers(0, 23),
    st.integers(0, 59),
)
TIMELINES = st.lists(st.tuples(MOMENTS, EVENTS), min_size=1, max_size=12).map(
    lambda events: {f"event-{number}": {"at": at, **event} for number, (at, event) in enumerate(events)}
)
POLICIES = st.fixed_dictionaries(
    {
        "participants": st.fixed_dictionaries({"initial": st.integers(0, 12)}),
        "cap_rule": st.sampled_from(["wait", "reject"]),
        "authorisation_valid": st.sampled_from(["3h", "30d"]),
        "application_desk": st.booleans(),
        "kyc_analysts": st.integers(1, 5),
    },
    optional={
        "monthly_cap": st.sampled_from(["500000", "9000000"]),
        "order_approval": st.just({"officers": 1}),
    },
)


@pytest.mark.slow
@settings(
    max_examples=25,
    phases=[Phase.explicit, Phase.generate],  # a world takes half a second: a failure is reported as it is
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(timeline=TIMELINES, policy=POLICIES, seed=st.integers(0, 1_000))
def test_every_order_is_accounted_for(
    observe: Callable[..., Any], timeline: dict[str, Any], policy: dict[str, Any], seed: int
) -> None:
    seen = observe(
        seed=seed,
        rails=RAILS,
        timeline=timeline,
        policy=policy,
        population={"payments_per_business_day": 30.0},
        parameters={
            "liquidity.lp_count": 1,
            "liquidity.lp_daily_capacity_usd": 2_000_000,
            "agent.agent_onboard_hazard": 50,
            "bank.nostro_usd": 2_000_000,
        },
    )
    created = seen.of(Kind.CREATED)["payment"].tolist()
    assert created == list(range(seen.run.payments))
    open_still = set(seen.of(Kind.CENSORED)["payment"].tolist())
    ended = {payment for state in State if state >= State.CREDITED for payment in seen.ended(state)}
    assert ended | open_still == set(created) and not ended & open_still
