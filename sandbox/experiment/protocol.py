"""An experiment as a file: factors, design, replications, and hypotheses written down before anything runs."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from sandbox.experiment.factors import Factor, Level, value_level
from sandbox.scenario.extends import shown
from sandbox.scenario.faults import Fault, Mark, ScenarioInvalid
from sandbox.scenario.library import folder as scenarios_folder
from sandbox.scenario.nearest import did_you_mean
from sandbox.scenario.reading import read_document
from sandbox.scenario.schema import Name, Text
from sandbox.scenario.validation import validate
from sandbox.spec import Spec

Scalar = float | int | bool | str | None
Sets = dict[Annotated[str, Field(min_length=1, max_length=160)], Scalar]
Label = Annotated[str, Field(min_length=1, max_length=60)]
_BARE = re.compile(r"^(-?[0-9.]+|true|false|null|~)\Z")

#: Levels of some factors, by factor; factors that are not named are averaged over.
Cell = dict[Name, Label]


class FactorSpec(Spec):
    """What is varied: one key path with values, or named levels that each set several."""

    lever: str | None = Field(default=None, min_length=1, max_length=160, description="key path, as in --set")
    values: list[float | int | bool | str] = Field(default_factory=list, max_length=64)
    levels: dict[Label, Sets] = Field(default_factory=dict, description="name of a level: what it sets")

    @model_validator(mode="after")
    def _one_way(self) -> "FactorSpec":
        if bool(self.lever and self.values) == bool(self.levels) or bool(self.lever) != bool(self.values):
            raise ValueError("a factor has either a lever with values, or levels")
        return self

    def factor(self, name: str) -> Factor:
        """The factor of a sweep."""
        if self.levels:
            levels = (Level(label, _number(label), texts(sets)) for label, sets in self.levels.items())
            return Factor(name, tuple(levels))
        assert self.lever is not None
        return Factor(name, tuple(value_level(self.lever, text(value)) for value in self.values))


class _Claim(Spec):
    """What every hypothesis says."""

    text: str = Field(min_length=1, max_length=600)
    metric: Name
    by: dict[str, str] = Field(default_factory=dict, description="row of the metric, as in {rail: usdt}")
    where: Cell = Field(
        default_factory=dict, description="levels held fixed; other factors are averaged over"
    )


class Elasticity(_Claim):
    """The slope of log metric on log factor lies between two numbers."""

    check: Literal["elasticity"]
    factor: Name
    min: float
    max: float


class Monotone(_Claim):
    """The metric only rises, or only falls, along the factor's levels."""

    check: Literal["monotone"]
    factor: Name
    direction: Literal["increasing", "decreasing"]


class NonMonotone(_Claim):
    """The metric has its peak, or its trough, at neither end of the factor."""

    check: Literal["non_monotone"]
    factor: Name
    shape: Literal["peak", "trough"]


class Ratio(_Claim):
    """The metric in one cell over that in another lies between two numbers."""

    check: Literal["ratio"]
    of: Cell
    to: Cell
    to_by: dict[str, str] | None = Field(default=None, description="row of the second cell, if another")
    min: float | None = None
    max: float | None = None


class Bound(_Claim):
    """The metric in a cell lies between two numbers."""

    check: Literal["bound"]
    min: float | None = None
    max: float | None = None


class Equivalence(_Claim):
    """Two cells differ by less than a share of the second (two one-sided tests)."""

    check: Literal["equivalence"]
    of: Cell
    to: Cell
    bound: float = Field(gt=0, le=1)


class Dominance(_Claim):
    """One cell is lower than another in the metric and in all others named."""

    check: Literal["dominance"]
    of: Cell
    to: Cell
    also: list[Name] = Field(default_factory=list)


class Interaction(_Claim):
    """The factor's effect, last level less first, is larger or smaller at the moderator's last level."""

    check: Literal["interaction"]
    factor: Name
    moderator: Name
    sign: Literal["larger", "smaller"]


Hypothesis = Annotated[
    Elasticity | Monotone | NonMonotone | Ratio | Bound | Equivalence | Dominance | Interaction,
    Field(discriminator="check"),
]


class Reduced(Spec):
    """The same experiment small enough to be tried in a minute; its answers are weaker."""

    replications: int = Field(ge=2, le=1_000)
    set: Sets = Field(default_factory=dict)
    keep: dict[Name, list[Label]] = Field(default_factory=dict, description="levels kept, by factor")


class Experiment(Spec):
    """One experiment."""

    experiment: Literal[1] = Field(description="version of this format")
    title: Text
    question: Text
    scenario: str = Field(min_length=1, max_length=200, description="scenario all cells start from")
    set: Sets = Field(default_factory=dict, description="what all cells change in it")
    factors: dict[Name, FactorSpec] = Field(min_length=1)
    replications: int = Field(ge=2, le=10_000)
    seed: int = Field(default=1, ge=0)
    metrics: list[Name] = Field(min_length=1, description="metrics kept in the table")
    hypotheses: dict[Name, Hypothesis] = Field(min_length=1)
    reduced: Reduced

    @model_validator(mode="after")
    def _names_exist(self) -> "Experiment":
        labels = {
            name: [level.label for level in spec.factor(name).levels] for name, spec in self.factors.items()
        }
        for name, kept in self.reduced.keep.items():
            if not kept:
                raise ValueError(f"reduced.keep: no level of {name} is kept")
            for label in kept:
                _known({name: label}, labels, "reduced.keep")
        for name, claim in self.hypotheses.items():
            cells = [claim.where, *(getattr(claim, side, {}) for side in ("of", "to"))]
            for cell in cells:
                _known(cell, labels, name)
            for field in ("factor", "moderator"):
                factor = getattr(claim, field, None)
                if factor is not None and factor not in labels:
                    raise ValueError(f"hypothesis {name}: there is no factor '{factor}'")
            for metric in (claim.metric, *getattr(claim, "also", ())):
                if metric not in self.metrics:
                    raise ValueError(f"hypothesis {name}: '{metric}' is not among the metrics kept")
        return self

    def chosen(self, reduced: bool) -> tuple[list[Factor], tuple[str, ...], int]:
        """Factors, overrides of all cells, and replications, in full or reduced size."""
        factors = [spec.factor(name) for name, spec in self.factors.items()]
        sets = texts(self.set)
        if not reduced:
            return factors, sets, self.replications
        small = self.reduced
        kept = [
            Factor(
                factor.name, tuple(level for level in factor.levels if level.label in small.keep[factor.name])
            )
            if factor.name in small.keep
            else factor
            for factor in factors
        ]
        return kept, (*sets, *texts(small.set)), small.replications


def _known(cell: Cell, labels: dict[str, list[str]], where: str) -> None:
    for factor, label in cell.items():
        if factor not in labels:
            raise ValueError(f"{where}: there is no factor '{factor}'")
        if label not in labels[factor]:
            raise ValueError(f"{where}: {factor} has no level '{label}' (it has {', '.join(labels[factor])})")


def _number(label: str) -> float | None:
    try:
        return float(label)
    except ValueError:
        return None


def text(value: Scalar) -> str:
    """A value as ``--set`` takes it."""
    if value is None:
        return "null"
    if isinstance(value, str) and _BARE.match(value):
        # Amounts of money are texts of digits: without quotes YAML would take them for numbers.
        return f'"{value}"'
    return str(value).lower() if isinstance(value, bool) else str(value)


def texts(sets: Sets) -> tuple[str, ...]:
    """Overrides as ``--set`` takes them."""
    return tuple(f"{path}={text(value)}" for path, value in sets.items())


def experiments_folder() -> Path:
    """The shipped experiments: beside the scenarios in a checkout, inside the package otherwise."""
    scenarios = scenarios_folder()
    return scenarios.with_name("_experiments" if scenarios.name.startswith("_") else "experiments")


def shipped_experiments() -> list[Path]:
    """The shipped experiment files, by name."""
    return sorted(experiments_folder().glob("*.yaml"))


def read_experiment(name: str) -> tuple[Experiment, Path]:
    """An experiment by path, file name or stem. Raises ScenarioInvalid with every fault in its place."""
    path = Path(name)
    if not path.is_file():
        known = {each.stem: each for each in shipped_experiments()}
        found = known.get(path.stem)
        if found is None:
            hint = did_you_mean(path.stem, known) or f"shipped experiments: {', '.join(known)}"
            raise ScenarioInvalid(
                [Fault(Mark(name, 1, 1), "no_file", "", "there is no such experiment", hint)]
            )
        path = found
    document = read_document(path, shown(path))
    experiment, wrong = validate(Experiment, document.root, {fault.mark for fault in document.faults})
    faults = [*document.faults, *wrong]
    if experiment is None or any(fault.severity == "error" for fault in faults):
        raise ScenarioInvalid(faults)
    return experiment, path
