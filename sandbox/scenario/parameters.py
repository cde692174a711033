"""The parameter library: dated outside facts with source and confidence, and a note of each look-up.

A value is in force from its date until the next; before the first date the first value counts. What a
run has looked up, and whether the scenario overrode it, is listed for the report by `used()`.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sandbox.scenario.entries import (
    Dated,
    Entry,
    Group,
    Source,
    Sources,
    Value,
    findings,
    is_number,
    value_problem,
)
from sandbox.scenario.extends import shown
from sandbox.scenario.faults import Fault, Mark, ScenarioInvalid
from sandbox.scenario.guard import read_bytes
from sandbox.scenario.nearest import did_you_mean
from sandbox.scenario.reading import parse_document
from sandbox.scenario.validation import place_findings, validate


class UnknownParameter(LookupError):
    """A name that is not in the library."""

    def __init__(self, name: str, known: Mapping[str, object]) -> None:
        self.message = f"there is no parameter '{name[:80]}'"
        self.hint = did_you_mean(name, known) or _by_last_step(name, known)
        super().__init__(f"{self.message}; {self.hint}" if self.hint else self.message)


class UnusableValue(ValueError):
    """A value of another kind than the one asked for, or one its parameter cannot have."""

    def __init__(self, name: str, message: str, code: str = "wrong_type") -> None:
        self.code, self.message = code, message
        super().__init__(f"{name}: {message}")


@dataclass(frozen=True, slots=True)
class Used:
    """A parameter value that a run looked up, for the list of assumptions."""

    name: str
    date_in_force: date
    """First day the value counts from."""
    value: Value | None
    unit: str
    source_title: str
    source_url: str | None
    confidence: str
    low: float | str | None
    high: float | str | None
    note: str
    overridden: bool
    """Set by the scenario or the command line, not the library's own."""
    file: str = ""
    """The user's parameter file that the value is from; empty for the shipped library's."""


@dataclass(frozen=True, slots=True)
class _Series:
    """One parameter's values in force, by day."""

    entry: Entry
    days: tuple[date, ...]
    values: tuple[Dated | None, ...]
    overridden: bool = False
    file: str = ""


class ParameterLibrary:
    """Dated values by name (`group.name`). Look-ups are noted; overriding makes a new library."""

    def __init__(
        self, series: Mapping[str, _Series], sources: Mapping[str, Source], files: tuple[tuple[str, str], ...]
    ) -> None:
        self._series = dict(series)
        self._sources = dict(sources)
        self._used: dict[tuple[str, date], None] = {}
        self.files = files
        """Files of the library as shown, each with the SHA-256 of its bytes."""
        self.layers: tuple[tuple[str, str], ...] = ()
        """Those of them that a user laid over the shipped ones."""

    @classmethod
    def load(cls, directory: Path) -> "ParameterLibrary":
        """Read `sources.yaml` and every group of a folder. Announced values are not in force.

        Raises ScenarioInvalid with all faults.
        """
        contents = tuple(
            (shown(path), path.stem, read_bytes(path, shown(path)))
            for path in sorted(directory.glob("*.yaml"))
        )
        if not any(stem == "sources" for _, stem, _ in contents):
            message = "the folder holds no sources.yaml"
            raise ScenarioInvalid([Fault(Mark(str(directory), 1, 1), "no_file", "", message)])
        entries, sources = _read_all(contents)
        series = {name: _series(entry, expected=False) for name, entry in entries.items()}
        return cls(series, sources, tuple((file, sha256(data).hexdigest()) for file, _, data in contents))

    def names(self) -> list[str]:
        """All names, sorted."""
        return sorted(self._series)

    def entry(self, name: str) -> Entry:
        """The parameter's own description, as the library has it."""
        return self._find(name).entry

    def sources(self) -> Mapping[str, Source]:
        """All sources by key."""
        return self._sources

    def number(self, name: str, on: date) -> float:
        """The number in force on a day. Raises UnknownParameter, or UnusableValue when it is none."""
        value = self._value(name, on)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise UnusableValue(name, f"is not a single number on {on} (it is {value!r})")
        return float(value)

    def optional_number(self, name: str, on: date) -> float | None:
        """The number in force, or None where the library says that there is none (no cap, no limit)."""
        return None if self._value(name, on) is None else self.number(name, on)

    def table(self, name: str, on: date) -> Mapping[str, float]:
        """The map of numbers in force on a day."""
        value = self._value(name, on)
        if not isinstance(value, dict):
            raise UnusableValue(name, f"is not a map of numbers on {on}")
        return MappingProxyType(value)

    def text(self, name: str, on: date) -> str:
        """The text in force on a day."""
        value = self._value(name, on)
        if not isinstance(value, str):
            raise UnusableValue(name, f"is not text on {on}")
        return value

    def day(self, name: str, on: date) -> date:
        """The date in force on a day."""
        return date.fromisoformat(self.text(name, on))

    def dated(self, name: str) -> tuple[tuple[date, Value | None], ...]:
        """The whole series, first day and value of each stretch; every value counts as looked up."""
        series = self._find(name)
        self._used.update(dict.fromkeys((name, day) for day in series.days))
        pairs = zip(series.days, series.values, strict=True)
        return tuple((day, dated.value if dated else None) for day, dated in pairs)

    def with_overrides(self, overrides: Mapping[str, Any]) -> "ParameterLibrary":
        """A library with other values, in force at all times, and an empty list of look-ups.

        A map changes only the keys it names. Raises UnknownParameter or UnusableValue.
        """
        series = dict(self._series)
        for name, value in overrides.items():
            series[name] = _overridden(name, self._find(name), value)
        return self._like(series)

    def under(
        self, entries: Mapping[str, Entry], sources: Mapping[str, Source], file: tuple[str, str]
    ) -> "ParameterLibrary":
        """A library with the entries and sources of a user's file in place of its own, and no look-ups yet."""
        own = {name: replace(_series(entry, expected=False), file=file[0]) for name, entry in entries.items()}
        new = ParameterLibrary({**self._series, **own}, sources, (*self.files, file))
        new.layers = (*self.layers, file)
        return new

    def _like(self, series: Mapping[str, _Series]) -> "ParameterLibrary":
        new = ParameterLibrary(series, self._sources, self.files)
        new.layers = self.layers
        return new

    def with_announced(self, names: Iterable[str]) -> "ParameterLibrary":
        """A library in which these parameters' announced values count from their dates, and no look-ups yet.

        Raises UnknownParameter, or UnusableValue where nothing has been announced.
        """
        series = dict(self._series)
        for name in names:
            entry = self._find(name).entry
            if not any(dated and dated.expected for dated in entry.values.values()):
                raise UnusableValue(
                    name, "nothing is announced for it: all its values are in force", "not_announced"
                )
            series[name] = replace(_series(entry, expected=True), file=series[name].file)
        return self._like(series)

    def used(self) -> list[Used]:
        """Every value looked up so far, by name and date."""
        return [self._describe(name, day) for name, day in sorted(self._used)]

    def in_force(self) -> dict[str, dict[str, Any]]:
        """All values by name and first day, for the canonical text of a scenario."""
        return {
            name: {
                day.isoformat(): dated.value if dated else None
                for day, dated in zip(one.days, one.values, strict=True)
            }
            for name, one in self._series.items()
        }

    def _find(self, name: str) -> _Series:
        try:
            return self._series[name]
        except KeyError:
            raise UnknownParameter(name, self._series) from None

    def _value(self, name: str, on: date) -> Value | None:
        series = self._find(name)
        place = max(0, bisect_right(series.days, on) - 1)
        self._used[name, series.days[place]] = None
        dated = series.values[place]
        return dated.value if dated else None

    def _describe(self, name: str, day: date) -> Used:
        series = self._series[name]
        entry, dated = series.entry, series.values[series.days.index(day)]
        source = self._sources.get(dated.source) if dated else None
        title = source.title if source else ("set by the scenario" if series.overridden else "abolished")
        return Used(
            name=name,
            date_in_force=day,
            value=dated.value if dated else None,
            unit=entry.unit,
            source_title=title,
            source_url=source.url if source else None,
            confidence=dated.confidence if dated else "D",
            low=entry.low,
            high=entry.high,
            note=entry.note,
            overridden=series.overridden,
            file=series.file,
        )


def _series(entry: Entry, expected: bool) -> _Series:
    """The values that count: announced ones only when asked for."""
    chosen = [
        (day, dated) for day, dated in entry.values.items() if expected or not (dated and dated.expected)
    ]
    return _Series(entry, tuple(day for day, _ in chosen), tuple(dated for _, dated in chosen))


def _overridden(name: str, series: _Series, value: Any) -> _Series:
    """The same parameter with one value at all times, or with a map's keys changed at each date."""
    own = next((dated.value for dated in series.values if dated and dated.value is not None), None)
    if isinstance(value, dict) != isinstance(own, dict) and own is not None and value is not None:
        needs = "a map of numbers" if isinstance(own, dict) else "a single value"
        raise UnusableValue(name, f"needs {needs}")
    if isinstance(value, dict) and isinstance(own, dict):
        unknown = [key for key in value if key not in own]
        if unknown:
            hint = did_you_mean(unknown[0], own)
            raise UnusableValue(
                name, f"has no part '{unknown[0][:40]}'" + (f"; {hint}" if hint else ""), "unknown_key"
            )
        new = [
            {**dated.value, **value} if dated and isinstance(dated.value, dict) else value
            for dated in series.values
        ]
        days = series.days
    else:
        if is_number(own) and value is not None and not is_number(value):
            raise UnusableValue(name, "needs a number")
        new, days = [value], series.days[:1]
    for one in new:
        problem = value_problem(series.entry, one)
        if problem:
            raise UnusableValue(name, problem[1], problem[0])
    values = tuple(Dated.model_construct(value=one, source="", confidence="D") for one in new)
    return _Series(series.entry, days, values, overridden=True)


def _by_last_step(name: str, known: Mapping[str, object]) -> str:
    """A suggestion when only the group is wrong or left out."""
    last = name.rpartition(".")[2]
    fits = [one for one in known if one.rpartition(".")[2] == last]
    return f"did you mean '{fits[0]}'?" if len(fits) == 1 else ""


@lru_cache(maxsize=8)
def _read_all(contents: tuple[tuple[str, str, bytes], ...]) -> tuple[dict[str, Entry], dict[str, Source]]:
    """All entries and sources; kept by the bytes of the files, because parsing takes half a second."""
    faults: list[Fault] = []
    texts = {stem: (file, data) for file, stem, data in contents}
    file, data = texts.pop("sources")
    document = parse_document(data, file, allow_urls=True)
    listed, wrong = validate(Sources, document.root, {fault.mark for fault in document.faults})
    faults.extend([*document.faults, *wrong])
    sources = listed.root if listed else {}
    entries: dict[str, Entry] = {}
    for stem, (file, data) in texts.items():
        group, wrong = _read_group(data, file, sources)
        faults.extend(wrong)
        entries.update({f"{stem}.{name}": entry for name, entry in group.items()})
    if faults:
        raise ScenarioInvalid(faults)
    return entries, sources


def _read_group(data: bytes, file: str, sources: dict[str, Source]) -> tuple[dict[str, Entry], list[Fault]]:
    try:
        document = parse_document(data, file)
    except ScenarioInvalid as stop:
        return {}, list(stop.faults)
    group, wrong = validate(Group, document.root, {fault.mark for fault in document.faults})
    faults = [*document.faults, *wrong]
    if group is None:
        return {}, faults
    for name, entry in group.root.items():
        faults.extend(place_findings(findings(name, entry, sources), document.root))
    return group.root, faults
