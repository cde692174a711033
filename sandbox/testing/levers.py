"""Strategies of a scenario's rails, population, market and policy: from no levers at all to strict ones."""

from typing import Final

from hypothesis import strategies as st

from sandbox.testing.fields import (
    CATEGORIES,
    RAILS,
    SELECTIONS,
    Document,
    Table,
    days_after,
    durations,
    hundredths,
    money,
    regime_rails,
    schedules,
    some_quotas,
)

_OPENS: Final = days_after(2)
_BLOCKS: Final = st.sampled_from(["needed", "needed", "all"])
_KEPT: Final = st.sampled_from(["exchange", "keep"])
_USD: Final = money(5_000_000)
_CAP: Final = st.one_of(_USD, schedules(st.one_of(_USD, st.none())))

#: Every rail's own fields.
RAIL_TABLES: Final = {
    "correspondent": Table(),
    "agent": Table(),
    "usdt": Table(
        {"confirmations": st.integers(1, 20)},
        {"opens": _OPENS, "beneficiary": _KEPT, "blocks": _BLOCKS, "delivery_versus_payment": st.booleans()},
    ),
    "btc": Table(
        {"confirmations": st.integers(1, 4)},
        {
            "opens": _OPENS,
            "beneficiary": _KEPT,
            "source": st.sampled_from(["exchange", "mined", "both"]),
            "blocks": _BLOCKS,
            "block_arrivals": st.sampled_from(["exponential", "drifted"]),
        },
    ),
    "digital_ruble": Table(
        {"opens": _OPENS}, {"operation_limit": money(500_000_000), "holding_limit": money(1_000_000_000)}
    ),
    "dfa": Table({}, {"opens": _OPENS}),
}

#: Specifications of all rails: the draw is the same whichever are used, so that it shrinks well.
RAIL_SPECS: Final[st.SearchStrategy[Document]] = st.fixed_dictionaries(
    {rail: RAIL_TABLES[rail].documents for rail in RAILS}
)

#: Who pays, how often, and how it is decided by which rail.
POPULATION: Final = Table(
    {
        "importers": st.integers(1, 6),
        "payments_per_business_day": st.integers(1, 8),
        "suppliers_per_importer": st.integers(1, 3),
        # A run of a day or two that begins on a Sunday would otherwise see nothing.
        "hours": st.sampled_from(["always", "business"]),
    },
    {
        "choice": st.sampled_from(["logit", "satisficing"]),
        "goods": st.booleans(),
        "exporters": st.one_of(st.none(), st.fixed_dictionaries({"share": hundredths(1, 100)})),
    },
)

#: Which prices there are.
MARKET: Final = Table(
    {"prices": st.sampled_from(["constant", "paths", "student_t"])}, {"common_factor": st.booleans()}
)

#: Who joins the regime.
PARTICIPANTS: Final = Table(
    {"initial": st.integers(0, 6), "selection": SELECTIONS}, {"quotas": some_quotas(6)}
)

#: The other agencies' part in admission.
AGENCIES: Final = Table(
    maybe={
        "count": st.integers(0, 4),
        "mode": st.sampled_from(["parallel", "sequential"]),
        "business_days_mean": hundredths(1, 500),
    }
)

#: What participants owe the regulator; limits and rates such that a short run meets them.
SUPERVISION: Final = Table(
    maybe={
        "report_every": durations(20 * 86_400, least=3_600),
        "report_limit_business_days": st.integers(1, 10),
        "inspections_per_year": hundredths(0, 36_500),
        "revoke_probability": hundredths(0, 100),
    }
)

#: The desk that decides every order.
ORDER_APPROVAL: Final = Table(
    {
        "officers": st.integers(1, 3),
        "hours_mean": hundredths(1, 400),
        "hours_cv": hundredths(10, 200),
    }
)


def _analysts() -> st.SearchStrategy[int | Document]:
    """People of a desk: some all the time, or dated, none at times."""
    return st.one_of(st.integers(1, 3), schedules(st.integers(0, 3)))


#: All levers, always such that every desk can decide when the run starts.
POLICY: Final = Table(
    {
        "regime": st.sampled_from([True, True, True, False]),
        "opens": _OPENS,
        "application_desk": st.booleans(),
        "participants": PARTICIPANTS.documents,
        "review_officers": _analysts(),
        "kyc_analysts": _analysts(),
        "aml_analysts": _analysts(),
        "banks": st.integers(1, 3),
        "screening": st.booleans(),
        "cap_rule": st.sampled_from(["wait", "reject"]),
    },
    {
        "rails": regime_rails(),
        "application_priority": st.sampled_from(["arrival", "large_first"]),
        "agencies": AGENCIES.documents,
        "order_approval": ORDER_APPROVAL.documents,
        "supervision": SUPERVISION.documents,
        "authorisation_valid": durations(10 * 86_400, least=1),
        "monthly_cap": _CAP,
        "participant_monthly_cap": _CAP,
        "category_monthly_caps": st.dictionaries(st.sampled_from(CATEGORIES), _CAP, max_size=2),
        "currency_control": st.booleans(),
    },
)


@st.composite
def policies(draw: st.DrawFn) -> Document:
    """Levers of a policy whose quotas fit its places."""
    policy = draw(POLICY.documents)
    participants = policy["participants"]
    if "quotas" in participants:
        most = participants["initial"]
        participants["quotas"] = {name: min(most, held) for name, held in participants["quotas"].items()}
    return policy
