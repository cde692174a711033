"""What a scenario varies: its settings held against those of its base, path by path."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

#: What says what a scenario is, not how its world is.
_ABOUT = frozenset({"schema", "title", "question", "covers", "compare_to", "extends", "expect"})
#: What a dated event says for its readers.
_WORDS = frozenset({"label", "fact_note"})
#: A setting that is left to the library of parameters, or a thing that is not there.
_UNSET = "not set"
#: A text longer than this is told by its beginning.
_LONGEST = 90


@dataclass(frozen=True, slots=True)
class Change:
    """One setting that differs."""

    path: str
    base: str
    """what it is in the base; empty if there is none"""
    own: str
    """what it is in the scenario; empty if there is none"""
    kind: str = ""
    """kind of a dated event"""


def changes(base: Mapping[str, Any], own: Mapping[str, Any]) -> list[Change]:
    """Settings that differ, dated events each as one; announcements and statements change nothing and are left out."""
    found = [
        each for each in _differing("", world_of(base), world_of(own)) if not each.path.startswith("timeline")
    ]
    events, others = (dict(each.get("timeline") or {}) for each in (base, own))
    for name in dict.fromkeys([*events, *others]):
        before, after = events.get(name), others.get(name)
        if _acts(before) != _acts(after):
            kind = str((after or before or {}).get("kind", ""))
            found.append(Change(f"event {name}", _event(before), _event(after), kind))
    return found


def world_of(scenario: Mapping[str, Any]) -> dict[str, Any]:
    """A scenario without what it says about itself and its events."""
    world = {key: value for key, value in scenario.items() if key not in _ABOUT}
    events = world.get("timeline") or {}
    worded = {
        name: {key: part for key, part in event.items() if key not in _WORDS}
        for name, event in events.items()
    }
    return {**world, "timeline": worded}


def stated(value: Any) -> Any:
    """A setting without what is null in it: a key that a newer version knows is not there in an older file."""
    if isinstance(value, Mapping):
        return {key: stated(part) for key, part in value.items() if part is not None}
    return value


def _differing(path: str, base: Any, own: Any) -> Iterator[Change]:
    if isinstance(base, Mapping) and isinstance(own, Mapping):
        for key in dict.fromkeys([*base, *own]):
            below = f"{path}.{key}" if path else str(key)
            yield from _differing(below, base.get(key), own.get(key))
    elif base != own:
        yield Change(path, _shown(base) or _UNSET, _shown(own) or _UNSET)


def _acts(event: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What an event does to the world; None for one that does nothing."""
    if event is None or event.get("kind") == "announcement":
        return None
    return {key: value for key, value in event.items() if key not in _WORDS}


def _event(event: Mapping[str, Any] | None) -> str:
    acts = _acts(event)
    if acts is None:
        return ""
    day = str(acts.pop("at", "")).removesuffix("T00:00:00")
    kind = str(acts.pop("kind")).replace("_", " ")
    own = [f"{key} {_shown(value)}" for key, value in acts.items() if value not in (None, "", {}, [], False)]
    return f"{day}: {kind}" + (f" ({', '.join(own)})" if own else "")


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        parts = [f"{key} {_shown(part)}".strip() for key, part in value.items() if part not in (None, {}, [])]
        text = "; ".join(parts) or "on"
    elif isinstance(value, list):
        text = ", ".join(_shown(part) for part in value)
    else:
        text = str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
