"""Strategies of dated events: what an event of each kind may say."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Final

from hypothesis import strategies as st

from sandbox.testing.fields import (
    CATEGORIES,
    COUNTRIES,
    RAILS,
    SELECTIONS,
    Document,
    Table,
    durations,
    hundredths,
    money,
    regime_rails,
    some_quotas,
)
from sandbox.testing.levers import SUPERVISION
from sandbox.testing.values import moments

#: What every event may carry beside its effect.
_WORDS: Final = {
    "label": st.sampled_from(["a statement", "заявление"]),
    "fact_note": st.just("two sources disagree"),
}
_SHARE: Final = hundredths(0, 100)
_FACTOR: Final = hundredths(5, 1_000)

#: What gates a review may have.
GATES: Final = Table(
    maybe={
        "fail_rate_max": _SHARE,
        "aml_recall_min": _SHARE,
        "report_timely_min": _SHARE,
        "loss_bp_max": hundredths(0, 100_000),
    }
)


@st.composite
def _waves(draw: st.DrawFn) -> Document:
    """What a wave of admissions says: quotas need a list drawn up anew, and fit the places."""
    wave = draw(WAVE.documents)
    if "selection" not in wave:
        wave.pop("quotas", None)
    elif "quotas" in wave:
        wave["quotas"] = {sector: min(places, wave["add"]) for sector, places in wave["quotas"].items()}
    return wave


#: A wave of admissions.
WAVE: Final = Table(
    {"add": st.integers(1, 5)},
    {
        "selection": SELECTIONS,
        "quotas": some_quotas(5),
        "applications": st.sampled_from(["batch", "spread"]),
        "regime": st.just("main"),
        **_WORDS,
    },
)


@lru_cache(maxsize=64)
def tables(seconds: int, banks: int = 1) -> dict[str, Table]:
    """What an event of each kind says beside its kind and moment; lengths stay within ``seconds``."""
    holder, people = st.sampled_from(["supplier", "dealer"]), st.integers(0, 3)
    length = durations(seconds)
    said = {
        "announcement": Table({"label": _WORDS["label"]}),
        "pressure": Table({"level": _SHARE}),
        "admission_wave": WAVE,
        "revocation": Table({"participant": st.integers(1, 4)}, {"regime": st.just("main")}),
        "permanence_review": Table(
            maybe={
                "gates": GATES.documents,
                "entry_after": st.sampled_from(["open", "places"]),
                "wind_down": length,
                "anticipation": st.booleans(),
            }
        ),
        "staffing": Table(
            {"desk": st.sampled_from(["applications", "orders", "kyc", "aml"]), "people": people}
        ),
        "freeze": Table(
            {"holder": holder, "rank": st.integers(1, 3)},
            {"by": st.sampled_from(["order", "holdings"]), "delayed": st.booleans(), "rail_halt": length},
        ),
        "unfreeze": Table({"holder": holder}),
        "pause": Table({"length": length}),
        "reorg": Table({"depth": st.integers(1, 6)}, {"double_spend": st.booleans()}),
        "chain_halt": Table(
            {"chain": st.sampled_from(["evm", "bitcoin", "digital_ruble", "dfa"]), "length": length}
        ),
        "export_rule": Table(
            {"country": st.sampled_from(COUNTRIES), "category": st.sampled_from(CATEGORIES), "bite": _SHARE},
            {"basis": st.sampled_from(["end_use", "licence"])},
        ),
        "rail_permit": Table(
            {"rail": st.sampled_from(RAILS), "permitted": st.booleans()}, {"acceptance": _SHARE}
        ),
        "market_regime": Table(
            maybe={
                "btc_vol_multiplier": _FACTOR,
                "jump_multiplier": _FACTOR,
                "btc_jump": hundredths(-90, 300),
                "usdt_depeg": hundredths(0, 90),
                "halflife": durations(seconds, least=1),
                "adv_multiplier": _FACTOR,
                "spread_multiplier": _FACTOR,
                "corr_btc_usdrub": hundredths(-60, 60),
            }
        ),
        "rail_bridge": Table(
            maybe={"rail": st.just("digital_ruble"), "acceptance": _SHARE, "fee": money(1_000)}
        ),
        "warning_to_bank": Table(maybe={"banks": st.integers(1, banks)}),
        "agent_rule": Table({"leaving": _SHARE}, {"fee_points": hundredths(-1_000, 2_000)}),
        "mining_capacity": Table(
            {"sites": st.integers(0, 3)},
            {
                "operator": st.sampled_from(["regional", "industrial"]),
                "mw_per_site": hundredths(1, 3_000),
                "offered": _SHARE,
            },
        ),
        "regime_open": Table(
            {"id": st.sampled_from(["site-2", "site-3"])},
            {
                "officers": people,
                "participants": st.integers(0, 6),
                "selection": SELECTIONS,
                "region": st.just("an island"),
                "region_share": _SHARE,
                "rails": regime_rails(),
                "monthly_cap": money(5_000_000),
                "desk": st.sampled_from(["own", "taken", "pooled"]),
                "overlap": st.sampled_from(["one", "both"]),
                "supervision": SUPERVISION.documents,
            },
        ),
    }
    return {
        kind: Table(
            table.always,
            {**{word: text for word, text in _WORDS.items() if word not in table.always}, **table.maybe},
        )
        for kind, table in said.items()
    }


#: The kinds of dated events, as a timeline names them.
EVENT_KINDS: Final = tuple(tables(3_600))


@lru_cache(maxsize=256)
def _contents(kind: str, seconds: int, banks: int) -> st.SearchStrategy[Document]:
    return _waves() if kind == "admission_wave" else tables(seconds, banks)[kind].documents


@st.composite
def timeline_events(
    draw: st.DrawFn, start: date, seconds: int, kinds: Sequence[str] = EVENT_KINDS, banks: int = 1
) -> Document:
    """One dated event of any of these kinds, within ``seconds`` from midnight of ``start``.

    ``banks``: how many authorised banks there are to be warned.
    """
    kind = draw(st.sampled_from(tuple(kinds)))
    return {"at": draw(moments(start, seconds)), "kind": kind} | draw(_contents(kind, seconds, banks))
