"""The dated events of a scenario as a table: when, what kind, in whose words, and where sources disagree."""

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.report.tables import Table
from sandbox.report.wording import moment, of_author, say

#: Fields every event has; the rest is what its kind adds.
_COMMON = ("at", "kind", "label", "fact_note")


def timeline_table(scenarios: Mapping[str, Mapping[str, Any]]) -> Table:
    """Events of one scenario or of several (by arm), by date; a several-arm table says which arms have each."""
    found: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for arm, scenario in scenarios.items():
        for name, event in (scenario.get("timeline") or {}).items():
            cells = (_kind(event), _text(event), of_author(event.get("fact_note")))
            found.setdefault((_date(event), str(name), cells), []).append(arm)
    several = len(scenarios) > 1
    rows = [
        (moment(date), name, *cells, *([_arms(arms, scenarios)] if several else []))
        for (date, name, cells), arms in sorted(found.items())
    ]
    headings = tuple(say(f"timeline.{each}") for each in ("date", "event", "kind", "says", "note"))
    return Table(
        caption=say("section.timeline"),
        headings=(*headings, say("timeline.in")) if several else headings,
        rows=tuple(rows),
    )


def _date(event: Mapping[str, Any]) -> str:
    return str(event.get("at", "")).removesuffix("T00:00:00")


def _kind(event: Mapping[str, Any]) -> str:
    """The kind with what it sets: ``pressure (level 0.7)``."""
    kind = say(f"event.{event.get('kind', '')}")
    own = [
        f"{say(f'field.{key}')} {_shown(value)}"
        for key, value in event.items()
        if key not in _COMMON and value not in (None, "", {}, [])
    ]
    return f"{kind} ({', '.join(own)})" if own else kind


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return say("yes" if value else "no")
    if isinstance(value, Mapping):
        return "; ".join(f"{say(f'field.{key}')} {_shown(part)}" for key, part in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "; ".join(_shown(part) for part in value)
    return str(value)


def _text(event: Mapping[str, Any]) -> str:
    return of_author(event.get("label")) or "–"


def _arms(arms: Sequence[str], scenarios: Mapping[str, Any]) -> str:
    return say("timeline.all") if len(arms) == len(scenarios) else ", ".join(arms)
