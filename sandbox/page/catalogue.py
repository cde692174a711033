"""Scenarios that come with the sandbox, as the page lists them: title, question, length, text."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sandbox.durations import parse_duration
from sandbox.scenario.extends import read_chain
from sandbox.scenario.faults import ScenarioInvalid
from sandbox.scenario.library import shipped
from sandbox.scenario.tree import plain

#: What a newcomer begins with: the shortest, and the one that the laboratory is about.
FIRST = ("classroom", "elr-2024")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """One scenario of the library. Shape and meaning are checked when it is run, not here."""

    name: str
    title: dict[str, str]
    question: dict[str, str]
    days: int
    compare_to: str
    """Name of the shipped scenario it says to be compared with; "" for none."""
    text: str

    def to_dict(self) -> dict[str, Any]:
        """What a list says of it."""
        return {
            "name": self.name,
            "title": self.title,
            "question": self.question,
            "days": self.days,
            "compare_to": self.compare_to,
        }


@cache
def shipped_scenarios() -> tuple[Shipped, ...]:
    """All of them, by name; the teaching one first, since it takes the least time."""
    found = [each for path in shipped() if (each := _read(path)) is not None]
    return tuple(sorted(found, key=lambda each: (each.days, each.name)))


def find_scenario(name: str) -> Shipped | None:
    """One of them by its name."""
    return next((each for each in shipped_scenarios() if each.name == name), None)


def _read(path: Any) -> Shipped | None:
    try:
        whole: Any = plain(read_chain(path, path.name).root)
    except ScenarioInvalid:
        return None
    seconds = parse_duration(str(whole.get("clock", {}).get("horizon", "0d")))
    return Shipped(
        name=path.stem,
        title={str(key): str(value) for key, value in whole.get("title", {}).items()},
        question={str(key): str(value) for key, value in whole.get("question", {}).items()},
        days=int(seconds // 86_400),
        compare_to=str(whole.get("compare_to") or "").removesuffix(".yaml"),
        text=path.read_text(encoding="utf-8"),
    )
