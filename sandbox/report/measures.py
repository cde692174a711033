"""Finding one number among a run's measurements.

metrics.json lists every measurement as ``{name, family, by, value, unit, n, definition, standard, sql,
reason}``; ``by`` is empty for the whole run or names a rail, a desk, an ending and so on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.report.wording import measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One measurement as metrics.json states it."""

    name: str
    family: str
    by: tuple[tuple[str, str], ...]
    """What it is broken down by, sorted pairs such as ("rail", "usdt")."""
    value: float | int | None
    unit: str
    n: int
    """Observations behind the value."""
    definition: str = ""
    standard: str = ""
    sql: str = ""
    reason: str = ""
    """Why there is no value, if there is none."""

    @property
    def text(self) -> str:
        """The value in its unit; a dash if there is none."""
        return measured(self.value, self.unit)


@dataclass(frozen=True, slots=True)
class Measures:
    """All measurements of a run, found by name and breakdown."""

    listed: tuple[Measure, ...]
    _index: dict[tuple[str, tuple[tuple[str, str], ...]], Measure] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", {(each.name, each.by): each for each in self.listed})

    @classmethod
    def read(cls, documents: Iterable[Mapping[str, Any]]) -> "Measures":
        """From the list of metrics.json."""
        return cls(tuple(_measure(document) for document in documents))

    def find(self, name: str, **by: str) -> Measure | None:
        """The measurement of exactly this name and breakdown (``rail/usdt`` or ``usdt`` alike)."""
        key = tuple(sorted((each, _short(value)) for each, value in by.items()))
        return self._index.get((name, key))

    def named(self, name: str) -> list[Measure]:
        """All measurements of this name, in their order."""
        return [each for each in self.listed if each.name == name]

    def text(self, name: str, **by: str) -> str:
        """The value in its unit, or a dash."""
        found = self.find(name, **by)
        return found.text if found else "–"


def _short(value: str) -> str:
    return value.removeprefix("rail/")


def _measure(document: Mapping[str, Any]) -> Measure:
    by = document.get("by") or {}
    return Measure(
        name=str(document["name"]),
        family=str(document.get("family", "")),
        by=tuple(sorted((str(key), _short(str(value))) for key, value in by.items())),
        value=document.get("value"),
        unit=str(document.get("unit") or ""),
        n=int(document.get("n") or 0),
        definition=str(document.get("definition") or ""),
        standard=str(document.get("standard") or ""),
        sql=str(document.get("sql") or ""),
        reason=str(document.get("reason") or ""),
    )
