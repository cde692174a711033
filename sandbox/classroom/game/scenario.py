"""From decisions to one scenario: dated values only, so that quarters already played come out as they were."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from sandbox.classroom.game.decisions import RAILS, Decision
from sandbox.classroom.game.deck import deal
from sandbox.classroom.game.quarters import LAST, START, UNMEASURED_DAYS, begins, days_before
from sandbox.classroom.plain_yaml import read_file, written

_DESKS = {
    "applications": "officers",
    "orders": "order_officers",
    "kyc": "kyc_analysts",
    "aml": "aml_analysts",
}
_TITLES = {"usdt": "USDT", "btc": "bitcoin", "digital_ruble": "digital ruble"}


def scenario_text(decisions: Sequence[Decision], seed: int) -> str:
    """The world up to the end of the last quarter decided on, as YAML that anybody may run.

    The observed window is that quarter without its last two weeks. Raises ValueError for no decision or too many.
    """
    quarter = len(decisions)
    if not 1 <= quarter <= LAST:
        raise ValueError(f"a game has 1 to {LAST} quarters, not {quarter}")
    document = json.loads(_world())
    document["clock"] = {
        "start": START.isoformat(),
        "horizon": f"{days_before(quarter + 1)}d",
        "warm_up": f"{days_before(quarter)}d",
        "cool_down": f"{UNMEASURED_DAYS}d",
    }
    document["rails"]["digital_ruble"]["opens"] = START.isoformat()
    policy = document["policy"]
    policy["opens"] = START.isoformat()
    policy["monthly_cap"] = {"values": {_day(n): _dated(_cap(each)) for n, each in _numbered(decisions)}}
    policy["supervision"]["inspections_per_year"] = {
        "values": {_day(n): _dated(float(each.inspections)) for n, each in _numbered(decisions)}
    }
    first = decisions[0]
    policy["review_officers"], policy["order_approval"]["officers"] = first.officers, first.order_officers
    policy["kyc_analysts"], policy["aml_analysts"] = first.kyc_analysts, first.aml_analysts
    for event in document["timeline"].values():
        event["at"] = START.isoformat()
    for number, decision in _numbered(decisions):
        document["timeline"] |= _levers(number, decision)
    for number, card in deal(seed).items():
        if number <= quarter:
            document["timeline"] |= card.timeline(number, decisions[number - 1])
    return written(document)


def _levers(quarter: int, decision: Decision) -> dict[str, dict[str, Any]]:
    """A quarter's decisions as dated events."""
    day, name = _day(quarter), f"q{quarter}-decision"
    events: dict[str, dict[str, Any]] = {
        f"{name}-{desk}": {"at": day, "kind": "staffing", "desk": desk, "people": getattr(decision, lever)}
        for desk, lever in _DESKS.items()
    }
    for rail in RAILS:
        permitted = rail in decision.rails
        label = f"{_TITLES[rail]}: {'permitted' if permitted else 'not permitted'}"
        events[f"{name}-rail-{rail}"] = {
            "at": day,
            "kind": "rail_permit",
            "rail": rail,
            "permitted": permitted,
            "label": label,
        }
    if decision.admit:
        events[f"{name}-wave"] = {"at": day, "kind": "admission_wave", "add": decision.admit}
    return events


def _numbered(decisions: Sequence[Decision]) -> list[tuple[int, Decision]]:
    return list(enumerate(decisions, start=1))


def _day(quarter: int) -> str:
    return begins(quarter).isoformat()


def _cap(decision: Decision) -> str | None:
    return str(decision.cap_millions * 1_000_000) if decision.cap_millions else None


def _dated(value: float | str | None) -> dict[str, Any]:
    return {"value": value, "source": "decided by the player", "confidence": "D"}


@cache
def _world() -> str:
    """The game's world as JSON text, so that every caller gets a copy of its own."""
    return json.dumps(read_file("sandbox.classroom.game", "world.yaml"))
