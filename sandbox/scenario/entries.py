"""The files of the parameter library: what one outside fact says, and where it comes from."""

import math
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Annotated, Final, Literal, TypeGuard

from pydantic import Field, RootModel

from sandbox.scenario.faults import Finding
from sandbox.scenario.nearest import did_you_mean
from sandbox.spec import Day, Spec

Name = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
Confidence = Literal["A", "B", "C", "D", "E"]
Table = dict[Annotated[str, Field(min_length=1, max_length=40)], float]
Value = float | bool | str | Table

#: Units a parameter may have; a new one is added here on purpose, so that a slip is not a unit.
UNITS: Final = frozenset(
    unit.strip()
    for unit in """
    count; text; date; days; hours; minutes; s; business days; desk hours; days of demand; h/day; blocks
    day of year; hour of day; degrees of freedom; fraction; probability; probability a block; shares; 0..1; -; exponent
    factor; ln; logit; logit per unit P; util; per unit probability; per observation; 1/pp; 1/sqrt(y); 1/year
    1/month; 1/business day; 1/address/year; 1/bank/year; 1/participant/year; payments/business day
    % of value; % of value/day; % p.a.; USD; USD/month; USD/day; USD/review; USD per bank; RUB; RUB/transfer
    RUB per USD; CNY per USD; BTC; BTC/day; MW; BTC/MW-year
    """.replace("\n", ";").split(";")
    if unit.strip()
)

#: Families of distributions and the ways a value may be structured.
Kind = Literal[
    "fixed",
    "policy",
    "event",
    "step",
    "schedule",
    "derived",
    "formula",
    "by_code",
    "shares",
    "uniform",
    "triangular",
    "lognormal",
    "exponential",
    "beta",
    "bernoulli",
    "mixture",
    "poisson",
    "nhpp",
    "cosine",
    "hawkes",
    "merton",
    "gbm",
    "jump_diffusion",
    "mean_reverting_jump",
    "fork_join",
    "logit",
]


class Source(Spec):
    """A publication, or a plain statement that there is none."""

    title: str = Field(min_length=3)
    publisher: str = Field(min_length=1)
    date: Annotated[str, Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")] | None
    """Day, month or year of publication; null when the page carries none."""
    url: str | None
    """Where it was read; null for assumptions and own derivations."""
    also: list[str] = Field(default_factory=list)
    """Further copies or a second publication of the same fact."""
    read: str = ""
    """What was taken from it."""


class Sources(RootModel[dict[Name, Source]]):
    """`sources.yaml`."""


class Distribution(Spec):
    """How a draw spreads about the value."""

    kind: Kind
    by: Literal["category", "country", "sector"] | None = None
    """What the codes of a table stand for."""
    given: Literal["pressure"] | None = None
    """The state variable a formula depends on."""
    params: dict[str, float] = Field(default_factory=dict)
    """Shape parameters that are no part of the value."""


class Dated(Spec):
    """A value in force from its date on."""

    value: Value | None
    """null: nothing is in force (no cap, no limit, no date set)."""
    source: Name
    """Key in sources.yaml; `assumption` where there is none."""
    also: list[Name] = Field(default_factory=list)
    """Further sources."""
    confidence: Confidence
    """A primary, B named primary second hand, C one press page, D assumption, E derived."""
    expected: bool = False
    """Announced only: shown, never computed with unless asked for."""


class Entry(Spec):
    """One parameter."""

    title: dict[Literal["en", "ru"], str]
    unit: str
    distribution: Distribution
    values: dict[Day, Dated | None] = Field(min_length=1)
    """By the day they come into force; null abolishes the value from that day on."""
    low: float | str | None = None
    """Lower end of the plausible range, for sensitivity analyses."""
    high: float | str | None = None
    """Upper end."""
    note: str = ""
    """What a reader must know about it."""
    context: bool = False
    """Kept beside the numbers it explains: no run computes with it, and the note says why."""


class Group(RootModel[dict[Name, Entry]]):
    """One file of the library: the parameters of one group."""


def findings(name: str, entry: Entry, sources: dict[str, Source]) -> Iterator[Finding]:
    """What is wrong with a well-formed entry: sources, units, order of dates, ranges, shares."""
    if entry.unit not in UNITS:
        hint = did_you_mean(entry.unit, sorted(UNITS))
        yield Finding((name, "unit"), "unknown_unit", f"unknown unit '{entry.unit[:40]}'", hint)
    if "en" not in entry.title:
        yield Finding((name, "title"), "missing_key", "an English title is required")
    if entry.context and not entry.note:
        yield Finding((name, "context"), "missing_key", "what is context only needs a note that says why")
    days = list(entry.values)
    for before, after in pairwise(days):
        if after <= before:
            path = (name, "values", after.isoformat())
            yield Finding(path, "date_order", f"dates must ascend ({after} stands after {before})")
    low, high = entry.low, entry.high
    if isinstance(low, float) and isinstance(high, float) and low > high:
        yield Finding((name, "low"), "out_of_range", f"low is above high (got {low:g} and {high:g})")
    for day, dated in entry.values.items():
        if dated is not None:
            yield from _value_findings(name, entry, day, dated, sources)


def _value_findings(
    name: str, entry: Entry, day: date, dated: Dated, sources: dict[str, Source]
) -> Iterator[Finding]:
    at = (name, "values", day.isoformat())
    for source in (dated.source, *dated.also):
        if source not in sources:
            hint = did_you_mean(source, sources)
            yield Finding((*at, "source"), "unknown_source", f"no such source '{source}'", hint)
    problem = value_problem(entry, dated.value)
    if problem:
        yield Finding((*at, "value"), *problem)
    value, low, high = dated.value, entry.low, entry.high
    if is_number(value) and isinstance(low, float) and isinstance(high, float) and not low <= value <= high:
        message = f"outside its own range (got {value:g}; low {low:g}, high {high:g})"
        yield Finding((*at, "value"), "out_of_range", message)


def is_number(value: object) -> TypeGuard[int | float]:
    """A number, and not a truth value."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def value_problem(entry: Entry, value: Value | None) -> tuple[str, str] | None:
    """Code and message when a value cannot be one of this entry's: kind, support, shares."""
    if value is None:
        return None
    if entry.unit == "date" or entry.unit == "text":
        return _text_problem(entry, value)
    if isinstance(value, str | bool):
        return "wrong_type", "needs a number or a map of numbers"
    numbers = value if isinstance(value, dict) else {"": value}
    if not all(math.isfinite(number) for number in numbers.values()):
        return "not_finite", "a number must be finite"
    if entry.unit in ("probability", "fraction", "shares", "0..1") and entry.distribution.kind != "formula":
        outside = [f"{number:g}" for key, number in numbers.items() if not 0 <= number <= 1]
        if outside:
            return "out_of_range", f"must lie between 0 and 1 (got {outside[0]})"
    if entry.unit == "h/day" and not all(0 < number <= 24 for number in numbers.values()):
        return "out_of_range", "a day has more than 0 and at most 24 hours"
    if entry.unit == "hour of day" and (problem := _hours_problem(numbers)):
        return "out_of_range", problem
    if entry.unit == "shares" and not math.isclose(sum(numbers.values()), 1, abs_tol=1e-9):
        return "shares_sum", f"shares must add up to 1 (got {sum(numbers.values()):g})"
    return _support_problem(numbers, entry.distribution)


def _hours_problem(hours: dict[str, float]) -> str:
    """What is wrong with whole hours of one day; empty if nothing is."""
    if not all(number == int(number) and -12 <= number <= 24 for number in hours.values()):
        return "needs whole hours of a day"
    if not 0 <= hours.get("opens", 0) < hours.get("closes", 24):
        return f"opens before it closes (got {hours['opens']:g} and {hours['closes']:g})"
    return ""


def _text_problem(entry: Entry, value: Value) -> tuple[str, str] | None:
    if not isinstance(value, str):
        return "wrong_type", f"needs {'a date' if entry.unit == 'date' else 'text'}"
    if entry.unit == "date":
        try:
            date.fromisoformat(value)
        except ValueError:
            return "bad_date", "is not a day of the calendar, like 2024-09-01"
    return None


def _support_problem(numbers: dict[str, float], distribution: Distribution) -> tuple[str, str] | None:
    """Parameters a distribution cannot have."""
    shape = {**distribution.params, **numbers}
    for key, number in shape.items():
        word = key.partition("_")[0]
        if key in ("sigma", "cv", "sd") or word == "sd":
            if number < 0:
                return "distribution", f"{key} must not be negative (got {number:g})"
        elif key in ("median", "mean", "alpha", "beta", "agencies") and number <= 0:
            return "distribution", f"{key} must be greater than 0 (got {number:g})"
        elif (word == "probability" or key == "weight") and not 0 <= number <= 1:
            return "distribution", f"{key} must lie between 0 and 1 (got {number:g})"
    weights = [number for key, number in shape.items() if key.startswith("weight_")]
    if weights and not math.isclose(sum(weights), 1, abs_tol=1e-3):
        return "distribution", f"weights must add up to 1 (got {sum(weights):g})"
    if "from" in shape and "to" in shape and shape["from"] > shape["to"]:
        return "distribution", f"from is above to (got {shape['from']:g} and {shape['to']:g})"
    return None
