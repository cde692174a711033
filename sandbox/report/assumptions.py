"""The dated values a run used, as reports and explanations show them: value, date, source, confidence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sandbox.report.wording import CONFIDENCE, local, moment, number, say, translated, unit_label


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """One parameter's value in force from a date on."""

    name: str
    """``group.name`` in the parameter library."""
    title: str
    since: str
    """ISO date from which the value is in force."""
    value: str
    unit: str
    source: str
    """Title of the source, or what the author of the scenario wrote."""
    url: str
    """Web address of the source; empty if it has none that may be linked."""
    confidence: str
    """A letter of the confidence scale, A to E."""
    low: str
    high: str
    note: str
    overridden: bool
    """Whether the scenario replaced the library's value."""

    @property
    def meaning(self) -> str:
        """The confidence letter in words."""
        return say(f"confidence.{self.confidence}", otherwise=say("confidence.none"))

    @property
    def assumed(self) -> bool:
        """Whether no usable source stands behind the value."""
        return self.confidence == "D"

    @property
    def text(self) -> str:
        """One line: ``bank.kyc_hours = 1.5 desk hours (since 2024-06-03; D, assumption…; source)``."""
        return say(
            "assumption.set" if self.overridden else "assumption.line",
            name=self.name,
            value=f"{self.value} {self.unit}".strip(),
            since=moment(self.since),
            letter=self.confidence,
            meaning=self.meaning,
            source=self.source,
        )


def read_assumptions(documents: Iterable[Mapping[str, Any]]) -> list[Assumption]:
    """From the list of parameters.json, ordered by name and date."""
    return sorted((_assumption(each) for each in documents), key=lambda each: (each.name, each.since))


def in_force(assumptions: Sequence[Assumption], name: str, day: date) -> Assumption | None:
    """The value in force on ``day``; before all dates the first; None if the run never used it."""
    dated = [each for each in assumptions if each.name == name]
    past = [each for each in dated if each.since <= day.isoformat()]
    return past[-1] if past else (dated[0] if dated else None)


def counts_by_confidence(assumptions: Sequence[Assumption]) -> list[tuple[str, int]]:
    """How many values stand on each letter, best first."""
    return [(letter, sum(each.confidence == letter for each in assumptions)) for letter in CONFIDENCE]


def _assumption(document: Mapping[str, Any]) -> Assumption:
    source = document.get("source") or ""
    stated = source if isinstance(source, Mapping) else {"title": source}
    title = stated.get("title") or document.get("source_title") or ""
    publisher = stated.get("publisher") or ""
    url = str(stated.get("url") or document.get("source_url") or "")
    return Assumption(
        name=str(document["name"]),
        title=str(document.get("title") or ""),
        since=str(document.get("date_in_force") or document.get("date") or ""),
        value=_value(document.get("value")),
        unit=_unit(document.get("unit")),
        source=translated("source", str(title))
        + (f" ({translated('source', str(publisher))})" if publisher else "")
        + (f" [{document['file']}]" if document.get("file") else ""),
        url=url if url.startswith(("https://", "http://")) else "",
        confidence=str(document.get("confidence") or "?"),
        low=_value(document.get("low")),
        high=_value(document.get("high")),
        note=str(document.get("note") or ""),
        overridden=bool(document.get("overridden", False)),
    )


def _unit(unit: Any) -> str:
    """The unit; a dimensionless number (``-``) has none to show."""
    return "" if unit in (None, "-") else unit_label(str(unit))


def _value(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return say("yes" if value else "no")
    if isinstance(value, float):
        return local(f"{value:,.6g}") if abs(value) < 1e6 else number(value)
    if isinstance(value, int):
        return number(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_value(part)}" for key, part in value.items())
    return str(value)
