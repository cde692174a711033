"""What a sweep varies: levers of policy and uncertain numbers, each a list of levels or a range.

A factor is named by the key path that ``--set`` takes: ``policy.review_officers``, ``parameters.aml.prevalence``,
``timeline.<event>.level``.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sandbox.scenario.entries import is_number
from sandbox.scenario.parameters import ParameterLibrary
from sandbox.scenario.readers import FIELDS, in_runs, readers

_INTEGER = re.compile(r"^-?\d+\Z")
_NUMBER = re.compile(r"^-?\d+(\.\d+)?([eE][-+]?\d+)?\Z")

#: Units in which only whole numbers make sense.
_WHOLE_UNITS = frozenset({"count", "blocks"})

#: Points of a range of real numbers where a design asks for levels.
_STEPS = 3


class BadFactor(ValueError):
    """A lever or uncertainty that cannot be read."""


@dataclass(frozen=True, slots=True)
class Level:
    """One setting of a factor: what tables call it, its size if it has one, and the overrides that make it."""

    label: str
    number: float | None
    sets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Factor:
    """A named factor: its levels, and for a range its ends (levels are then points of it)."""

    name: str
    levels: tuple[Level, ...]
    path: str = ""
    """Key path of a range; empty where the levels are all there is."""
    low: float = 0.0
    high: float = 0.0
    whole: bool = False

    def at(self, unit: float) -> Level:
        """The level at a place between 0 and 1: of a range any value, else the level that the place falls on."""
        if not self.path:
            return self.levels[min(int(unit * len(self.levels)), len(self.levels) - 1)]
        if self.whole:
            number: float = min(self.low + int(unit * (self.high - self.low + 1)), self.high)
        else:
            number = self.low + unit * (self.high - self.low)
        return number_level(self.path, number, self.whole)


def number_level(path: str, number: float, whole: bool) -> Level:
    """A level that sets one number."""
    text = str(int(number)) if whole else repr(float(f"{number:.9g}"))
    return Level(text, float(text), (f"{path}={text}",))


def value_level(path: str, value: str) -> Level:
    """A level that sets one value, written as in YAML."""
    number = float(value) if _NUMBER.match(value) else None
    return Level(value, number, (f"{path}={value}",))


def parse_lever(text: str) -> Factor:
    """``path=2:8`` (whole numbers or a range), ``path=2:8:3`` (three points) or ``path=a,b,c``. Raises BadFactor."""
    path, equals, values = text.partition("=")
    path, values = path.strip(), values.strip()
    if not equals or not path or not values:
        raise BadFactor(f"'{text[:80]}': write path=low:high or path=a,b,c")
    if ":" in values and "," not in values:
        return _range(path, values)
    chosen = [value.strip() for value in values.split(",")]
    if not all(chosen) or len(set(chosen)) != len(chosen):
        raise BadFactor(f"'{text[:80]}': the values must be there and differ")
    return Factor(path, tuple(value_level(path, value) for value in chosen))


def _range(path: str, values: str) -> Factor:
    parts = values.split(":")
    if len(parts) not in (2, 3) or not all(_NUMBER.match(part) for part in parts):
        raise BadFactor(f"'{path}={values[:60]}': a range is low:high or low:high:points")
    low, high = float(parts[0]), float(parts[1])
    whole = all(_INTEGER.match(part) for part in parts[:2])
    if low >= high or (len(parts) == 3 and (not _INTEGER.match(parts[2]) or int(parts[2]) < 2)):
        raise BadFactor(f"'{path}={values[:60]}': the range is empty")
    if len(parts) == 3:
        points = [low + (high - low) * step / (int(parts[2]) - 1) for step in range(int(parts[2]))]
    else:
        points = (
            [float(n) for n in range(int(low), int(high) + 1)]
            if whole and high - low < 64
            else _spread(low, high)
        )
    levels = dict.fromkeys(number_level(path, round(point) if whole else point, whole) for point in points)
    return Factor(path, tuple(levels), path, low, high, whole)


def _spread(low: float, high: float) -> list[float]:
    return [low + (high - low) * step / (_STEPS - 1) for step in range(_STEPS)]


def uncertainties(library: ParameterLibrary, wanted: Sequence[str]) -> Iterator[Factor]:
    """Parameters as factors over their plausible range; ``all``: every number with a range that runs read.

    Raises BadFactor for a parameter without a range, UnknownParameter for none at all.
    """
    every = list(wanted) == ["all"]
    names = library.names() if every else wanted
    who = readers(library.names())
    for name in names:
        entry = library.entry(name)
        value = next(
            (dated.value for dated in entry.values.values() if dated and dated.value is not None), None
        )
        ranged = isinstance(entry.low, float) and isinstance(entry.high, float) and entry.low < entry.high
        if ranged and is_number(value):
            if every and (name in FIELDS or not in_runs(who[name])):
                continue
            assert isinstance(entry.low, float) and isinstance(entry.high, float)
            path, whole = _path(name, entry.unit), entry.unit in _WHOLE_UNITS
            levels = tuple(number_level(path, end, whole) for end in (entry.low, entry.high))
            yield Factor(name, levels, path, entry.low, entry.high, whole)
        elif not every:
            raise BadFactor(f"{name} has no range of single numbers to vary over")


def _path(name: str, unit: str) -> str:
    """What to set for a parameter: the scenario's field where it has one. Raises BadFactor for lengths of time."""
    if name not in FIELDS:
        return f"parameters.{name}"
    if unit == "days":
        raise BadFactor(f"{name} is the scenario's {FIELDS[name]}: vary that with --levers")
    return FIELDS[name]


__all__ = ["BadFactor", "Factor", "Level", "number_level", "parse_lever", "uncertainties", "value_level"]
