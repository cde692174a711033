"""Strategies of whole scenarios: small documents that always load and that run in a fraction of a second.

A document is a plain dict of what a YAML file would say; :func:`sandbox.testing.load_document` reads it and
:func:`sandbox.testing.run_scenario` runs it.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any, Final

from hypothesis import strategies as st

from sandbox.scenario.library import parameters_folder
from sandbox.scenario.parameters import ParameterLibrary
from sandbox.scenario.readers import EVENTS, FIELDS
from sandbox.scenario.regime_checks import MOST_REGIMES
from sandbox.testing.events import EVENT_KINDS, timeline_events
from sandbox.testing.fields import RAILS, Document, dated, hundredths
from sandbox.testing.levers import MARKET, POPULATION, RAIL_SPECS, policies
from sandbox.testing.values import days as calendar_days

__all__ = ["EVENT_KINDS", "RAILS", "Document", "scenarios", "timeline_events"]

#: Any choice of rails, one toss each, so that it shrinks by leaving rails out; none chosen: the first.
_COMPANIES: Final = st.tuples(*(st.booleans() for _ in RAILS)).map(
    lambda tosses: tuple(rail for rail, taken in zip(RAILS, tosses, strict=True) if taken) or RAILS[:1]
)

#: Parameters that a small scenario may override beyond what the library thinks likely.
_BEYOND: Final[dict[str, st.SearchStrategy[float | int]]] = {
    "aml.aml_specificity": hundredths(50, 100),
    "choice.max_attempts": st.integers(1, 4),
    "liquidity.offramp_pct_usdt": hundredths(0, 300),
    "population.invoice_ln_sigma": hundredths(10, 200),
    # A freeze a few times a year and address, so that a run of days meets one.
    "usdt.freeze_hazard": st.integers(0, 100),
}

#: A longer run makes only the token chain's blocks that hold something: there are 28,800 others a day.
_MOST_DAYS_OF_ALL_BLOCKS: Final = 3

#: Groups whose product loading checks against the coins of the local chain.
_BOUND_TOGETHER: Final = ("miner.", "liquidity.lp_", "btc.treasury", "btc.btc_price0")


#: Units whose numbers are whole; the library reads every number as a float.
_WHOLE_UNITS: Final = frozenset({"count", "blocks", "hour of day"})


def _between(low: float, high: float) -> st.SearchStrategy[float]:
    return st.integers(0, 100).map(lambda part: round(low + (high - low) * part / 100, 6))


@cache
def overrides() -> dict[str, st.SearchStrategy[float | int]]:
    """Parameters that a scenario may override: within the range that the library gives, a few beyond it."""
    library = ParameterLibrary.load(parameters_folder())
    found: dict[str, st.SearchStrategy[float | int]] = {}
    for name in library.names():
        entry = library.entry(name)
        values = [one.value for one in entry.values.values() if one]
        low, high = entry.low, entry.high
        numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
        if not values or not numbers or name.startswith(_BOUND_TOGETHER):
            continue
        if entry.context or name in FIELDS or name in EVENTS:
            continue
        if not isinstance(low, int | float) or not isinstance(high, int | float):
            continue
        whole = entry.unit in _WHOLE_UNITS
        found[name] = st.integers(int(low), int(high)) if whole else _between(low, high)
    return found | _BEYOND


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
        "population": draw(POPULATION.documents),
        "rails": {rail: spec for rail, spec in draw(RAIL_SPECS).items() if rail in chosen},
        "policy": draw(policies()),
        "market": draw(MARKET.documents),
    }
    document = dated(document, start)
    usdt = document["rails"].get("usdt", {})
    if not document["population"].get("goods", False):
        usdt.pop("delivery_versus_payment", None)
    if length > _MOST_DAYS_OF_ALL_BLOCKS:
        usdt.pop("blocks", None)
    if events:
        _draw_timeline(draw, document, start, length * 86_400, events, kinds)
    if draw(st.booleans()) if willing is None else willing:
        _make_willing(document, start)
    named = draw(st.lists(st.sampled_from(sorted(overrides())), max_size=2, unique=True))
    if named:
        document["parameters"] = {name: draw(overrides()[name]) for name in named}
    return document


def _draw_timeline(
    draw: st.DrawFn, document: Document, start: date, seconds: int, most: int, kinds: Sequence[str]
) -> None:
    """Dated events, some of them before the start; every further regime has a name of its own."""
    early = 3 if draw(st.integers(0, 5)) == 5 else 0
    first = start - timedelta(days=early)
    one = timeline_events(first, seconds + early * 86_400, kinds, document["policy"]["banks"])
    timeline: dict[str, Any] = {}
    regimes = 0
    for number, event in enumerate(draw(st.lists(one, max_size=most)), 1):
        if event["kind"] == "regime_open":
            regimes += 1
            if regimes > MOST_REGIMES:
                continue
            event["id"] = f"site-{regimes + 1}"
        timeline[f"event-{number}"] = event
    _name_regimes(timeline)
    if timeline:
        document["timeline"] = timeline


def _name_regimes(timeline: dict[str, Any]) -> None:
    """Who says which regime means the first further one that opened on an earlier day, where there is one."""
    opened = {
        event["id"]: str(event["at"])[:10] for event in timeline.values() if event["kind"] == "regime_open"
    }
    for event in timeline.values():
        if "regime" in event:
            before = [name for name, day in opened.items() if day < str(event["at"])[:10]]
            event["regime"] = before[0] if before else event["regime"]


def _make_willing(document: Document, start: date) -> None:
    """Everybody may and will use every rail from the first day."""
    policy, opens = document["policy"], start.isoformat()
    policy |= {"regime": True, "opens": opens, "application_desk": False}
    policy["participants"] = {"initial": document["population"]["importers"]}
    policy.pop("rails", None)
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
