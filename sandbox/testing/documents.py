"""Strategies of whole scenarios: small documents that always load and that run in a fraction of a second.

A document is a plain dict of what a YAML file would say; :func:`sandbox.testing.load_document` reads it and
:func:`sandbox.testing.run_scenario` runs it.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final, get_args

from hypothesis import strategies as st

from sandbox.disruptions.export_rule import ExportRule
from sandbox.scenario.schema import Category
from sandbox.testing.values import days as calendar_days
from sandbox.testing.values import moments

Document = dict[str, Any]

#: The rails a scenario may name.
RAILS: Final = ("correspondent", "agent", "usdt", "btc", "digital_ruble", "dfa")

#: Any choice of rails, one toss each, so that it shrinks by leaving rails out; none chosen: the first.
_COMPANIES: Final = st.tuples(*(st.booleans() for _ in RAILS)).map(
    lambda tosses: tuple(rail for rail, taken in zip(RAILS, tosses, strict=True) if taken) or RAILS[:1]
)

_COUNTRIES: Final = get_args(ExportRule.model_fields["country"].annotation)
_CATEGORIES: Final = get_args(Category)


@lru_cache(maxsize=64)
def _hundredths(least: int, most: int) -> st.SearchStrategy[float]:
    return st.integers(least, most).map(lambda hundredths: hundredths / 100)


#: Parameters that a small scenario may override, with the values it gives them.
_OVERRIDES: Final[dict[str, st.SearchStrategy[float | int]]] = {
    "aml.aml_specificity": _hundredths(50, 100),
    "choice.max_attempts": st.integers(1, 4),
    "liquidity.offramp_pct_usdt": _hundredths(0, 300),
    "population.invoice_ln_sigma": _hundredths(10, 200),
    # A freeze a few times a year and address, so that a run of days meets one.
    "usdt.freeze_hazard": st.integers(0, 100),
}


@lru_cache(maxsize=64)
def _durations(most_seconds: int) -> st.SearchStrategy[str]:
    return st.one_of(
        st.integers(0, most_seconds // 3_600).map(lambda hours: f"{hours}h"),
        st.integers(0, most_seconds).map(lambda seconds: f"{seconds}s"),
    )


@lru_cache(maxsize=64)
def _dollars(most: int) -> st.SearchStrategy[str]:
    return st.one_of(
        st.integers(1, most).map(str), st.integers(1, most * 100).map(lambda c: f"{c // 100}.{c % 100:02d}")
    )


@lru_cache(maxsize=64)
def _kinds(seconds: int) -> dict[str, dict[str, st.SearchStrategy[Any]]]:
    """What an event of each kind says beside its kind and moment."""
    people = st.integers(0, 3)
    return {
        "announcement": {"label": st.sampled_from(["a statement", "заявление"])},
        "pressure": {"level": _hundredths(0, 100)},
        "admission_wave": {"add": st.integers(1, 5)},
        "revocation": {"participant": st.integers(1, 4)},
        "staffing": {"desk": st.sampled_from(["applications", "orders", "kyc", "aml"]), "people": people},
        "freeze": {"holder": st.sampled_from(["supplier", "dealer"]), "rank": st.integers(1, 3)},
        "unfreeze": {"holder": st.sampled_from(["supplier", "dealer"])},
        "pause": {"length": _durations(seconds)},
        "reorg": {"depth": st.integers(1, 6), "double_spend": st.booleans()},
        "chain_halt": {
            "chain": st.sampled_from(["evm", "bitcoin", "digital_ruble", "dfa"]),
            "length": _durations(seconds),
        },
        "export_rule": {
            "country": st.sampled_from(_COUNTRIES),
            "category": st.sampled_from(_CATEGORIES),
            "bite": _hundredths(0, 100),
        },
        "rail_permit": {"rail": st.sampled_from(RAILS), "permitted": st.booleans()},
    }


#: The kinds of dated events, as a timeline names them.
EVENT_KINDS: Final = tuple(_kinds(3_600))


@st.composite
def timeline_events(
    draw: st.DrawFn, start: date, seconds: int, kinds: Sequence[str] = EVENT_KINDS
) -> Document:
    """One dated event of any of these kinds, within ``seconds`` from midnight of ``start``."""
    kind = draw(st.sampled_from(tuple(kinds)))
    said = _kinds(seconds)[kind]
    event: Document = {"at": draw(moments(start, seconds)), "kind": kind}
    event |= {name: draw(values) for name, values in said.items()}
    if kind == "rail_permit" and draw(st.booleans()):
        event["acceptance"] = draw(_hundredths(0, 100))
    return event


@st.composite
def scenarios(
    draw: st.DrawFn,
    rails: Sequence[str] | None = None,
    days: int = 3,
    events: int = 4,
    kinds: Sequence[str] = EVENT_KINDS,
    willing: bool | None = None,
) -> Document:
    """Small scenario documents that always load.

    ``rails``: exactly these (default: any, at least one); ``days``: the longest horizon; ``events``: the most
    dated events, of ``kinds``; ``willing``: whether every firm takes part in the regime from the first day and
    every supplier accepts every rail, so that payments settle soon (default: either way).

    A handful of firms pays a few dozen times at most; the levers of policy take strict and loose values. Shrinks to
    one rail, one firm, one day and an empty timeline. Raises ValueError for an unknown rail or kind.
    """
    if set(rails or ()) - set(RAILS) or set(kinds) - set(EVENT_KINDS) or (rails is not None and not rails):
        raise ValueError(f"rails are of {RAILS}, kinds of {EVENT_KINDS}, not {rails} and {kinds}")
    chosen = tuple(rails) if rails is not None else draw(_COMPANIES)
    start = draw(calendar_days(date(2024, 1, 2), date(2027, 6, 30)))
    length = draw(st.integers(1, days))
    seconds = length * 86_400
    document: Document = {
        "schema": 1,
        "title": {"en": "A generated scenario"},
        "question": {"en": "Does every rule hold?"},
        "clock": {
            "start": start.isoformat(),
            "horizon": f"{length}d",
            "warm_up": "0d",
            "cool_down": draw(st.sampled_from(["0d", "12h"])),
        },
        "population": draw(_population()),
        "rails": {rail: _dated(spec, start) for rail, spec in draw(_SPECS).items() if rail in chosen},
        "policy": _dated(draw(_policy()), start),
        "market": {"prices": draw(st.sampled_from(["constant", "paths"]))},
    }
    timeline = draw(st.lists(timeline_events(start, seconds, kinds), max_size=events)) if events else []
    if timeline:
        document["timeline"] = {f"event-{number}": event for number, event in enumerate(timeline, 1)}
    if draw(st.booleans()) if willing is None else willing:
        _make_willing(document, start)
    named = draw(st.lists(st.sampled_from(sorted(_OVERRIDES)), max_size=2, unique=True))
    if named:
        document["parameters"] = {name: draw(_OVERRIDES[name]) for name in named}
    return document


def _make_willing(document: Document, start: date) -> None:
    """Everybody may and will use every rail from the first day."""
    policy, opens = document["policy"], start.isoformat()
    policy |= {"regime": True, "opens": opens, "application_desk": False}
    policy["participants"] = {"initial": document["population"]["importers"]}
    for rail, spec in document["rails"].items():
        if rail in ("usdt", "btc", "digital_ruble", "dfa"):
            spec["opens"] = opens
    permits = {
        f"willing-{rail.replace('_', '-')}": {
            "at": opens,
            "kind": "rail_permit",
            "rail": rail,
            "permitted": True,
            "acceptance": 1.0,
        }
        for rail in document["rails"]
    }
    document["timeline"] = permits | document.get("timeline", {})


@st.composite
def _population(draw: st.DrawFn) -> Document:
    return {
        "importers": draw(st.integers(1, 6)),
        "payments_per_business_day": draw(st.integers(1, 8)),
        "suppliers_per_importer": draw(st.integers(1, 3)),
        # A run of a day or two that begins on a Sunday would otherwise see nothing.
        "hours": draw(st.sampled_from(["always", "business"])),
    }


#: Days from the start to an opening; made dates by :func:`_dated`.
_OPENS: Final = st.integers(0, 2)


def _dated(spec: Document, start: date) -> Document:
    """The same with a date for the days to its opening."""
    if "opens" in spec:
        spec["opens"] = (start + timedelta(days=spec["opens"])).isoformat()
    return spec


def _token_rail(confirmations: int) -> st.SearchStrategy[Document]:
    return st.fixed_dictionaries(
        {"confirmations": st.integers(1, confirmations)},
        optional={
            "opens": _OPENS,
            "beneficiary": st.sampled_from(["exchange", "keep"]),
        },
    )


#: Specifications of all rails: the draw is the same whichever are used, so that it shrinks well.
_SPECS: Final[st.SearchStrategy[Document]] = st.fixed_dictionaries(
    {
        "correspondent": st.just({}).map(dict),
        "agent": st.just({}).map(dict),
        "usdt": _token_rail(20),
        "btc": _token_rail(4),
        "digital_ruble": st.fixed_dictionaries(
            {"opens": _OPENS},
            optional={"operation_limit": _dollars(500_000_000), "holding_limit": _dollars(1_000_000_000)},
        ),
        "dfa": st.fixed_dictionaries({"opens": _OPENS}),
    }
)


@st.composite
def _policy(draw: st.DrawFn) -> Document:
    """Levers from none to strict, always such that every desk can decide."""
    places = draw(st.integers(0, 6))
    policy: Document = {
        "regime": draw(st.sampled_from([True, True, True, False])),
        "opens": draw(_OPENS),
        "application_desk": draw(st.booleans()),
        "participants": {
            "initial": places,
            "selection": draw(st.sampled_from(["turnover", "lottery", "balanced"])),
        },
        "review_officers": draw(st.integers(1, 4)),
        "kyc_analysts": draw(st.integers(1, 3)),
        "aml_analysts": draw(st.integers(1, 3)),
        "banks": draw(st.integers(1, 3)),
        "screening": draw(st.booleans()),
        "cap_rule": draw(st.sampled_from(["wait", "reject"])),
    }
    if places and draw(st.booleans()):
        policy["participants"]["quotas"] = {draw(st.sampled_from(_CATEGORIES)): draw(st.integers(0, places))}
    if draw(st.booleans()):
        policy["order_approval"] = {
            "officers": draw(st.integers(1, 3)),
            "hours_mean": draw(_hundredths(1, 400)),
            "hours_cv": draw(_hundredths(10, 200)),
        }
    if draw(st.booleans()):
        policy["authorisation_valid"] = draw(st.integers(1, 10 * 86_400).map(lambda seconds: f"{seconds}s"))
    for cap in ("monthly_cap", "participant_monthly_cap"):
        if draw(st.booleans()):
            policy[cap] = draw(_dollars(5_000_000))
    return policy
