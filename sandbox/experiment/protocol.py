"""An experiment as a file: factors, design, replications, and hypotheses written down before anything runs."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from sandbox.experiment.claims import Cell, Hypothesis, Label
from sandbox.experiment.factors import Factor, Level, value_level
from sandbox.scenario.extends import shown
from sandbox.scenario.faults import Fault, Mark, ScenarioInvalid
from sandbox.scenario.library import folder as scenarios_folder
from sandbox.scenario.nearest import did_you_mean
from sandbox.scenario.reading import read_document
from sandbox.scenario.schema import Name, Text
from sandbox.scenario.validation import validate
from sandbox.spec import Spec

#: The level of a factor that changes nothing.
AS_IT_IS = "as it is"

Scalar = float | int | bool | str | None
KeyPath = Annotated[str, Field(min_length=1, max_length=160)]
Sets = dict[KeyPath, Scalar]
_BARE = re.compile(r"^(-?[0-9.]+|true|false|null|~)\Z")


class ShareOf(Spec):
    """A lever as a share of what the experiment measured before its factors: whole units, rounded."""

    share: float = Field(gt=0, le=100)
    of: Name
    among: int = Field(default=1, ge=1, le=100_000, description="divided by so many")


#: What a level sets; amounts may be shares of a measured one.
LevelSets = dict[KeyPath, Scalar | ShareOf]


class Measured(Spec):
    """A number taken from the scenario as all cells have it, before any factor changes it."""

    metric: Name
    rows: list[dict[str, str]] = Field(min_length=1, description="rows of the metric that are added up")
    times: float = Field(default=1.0, gt=0, description="what makes the wanted unit of the metric's")
    replications: int = Field(default=2, ge=1, le=1_000, description="it is the mean over these")


class Beside(Spec):
    """A cell outside the factors, with replications of its own."""

    set: Sets = Field(default_factory=dict)
    replications: int = Field(ge=2, le=10_000)
    reduced: int | None = Field(default=None, ge=2, le=10_000, description="replications in reduced size")


class Assumptions(Spec):
    """Which uncertain numbers are moved to the ends of their ranges, to see which conclusions they reverse."""

    parameters: list[Annotated[str, Field(max_length=120)]] = Field(min_length=1, max_length=60)
    hypotheses: list[Name] = Field(min_length=1)
    keep: dict[Name, list[Label]] = Field(
        default_factory=dict, description="levels that are run, by factor; every level of a factor not named"
    )
    replications: int = Field(ge=2, le=10_000)


class Sensitivity(Spec):
    """Sobol indices of the metrics over uncertain numbers."""

    parameters: list[Annotated[str, Field(max_length=120)]] = Field(min_length=2, max_length=60)
    n: int = Field(ge=2, description="base samples, a power of two; runs are n times (parameters + 2)")
    reduced: int = Field(default=8, ge=2, description="the same in reduced size")
    set: Sets = Field(default_factory=dict, description="levels of the factors while numbers are varied")


class FactorSpec(Spec):
    """What is varied: one key path with values, or named levels that each set several."""

    lever: str | None = Field(default=None, min_length=1, max_length=160, description="key path, as in --set")
    values: list[float | int | bool | str] = Field(default_factory=list, max_length=64)
    levels: dict[Label, LevelSets] = Field(default_factory=dict, description="name of a level: what it sets")

    def labels(self) -> list[str]:
        """Names of the levels."""
        return list(self.levels) or [text(value).strip('"') for value in self.values]

    @model_validator(mode="after")
    def _one_way(self) -> "FactorSpec":
        if bool(self.lever and self.values) == bool(self.levels) or bool(self.lever) != bool(self.values):
            raise ValueError("a factor has either a lever with values, or levels")
        return self

    def shares(self, label: str) -> list[str]:
        """The measured numbers that a level is a share of."""
        return [value.of for value in self.levels.get(label, {}).values() if isinstance(value, ShareOf)]

    def factor(self, name: str, measured: Mapping[str, float]) -> Factor:
        """The factor of a sweep; ``measured`` gives the numbers that levels are shares of.

        A level that is a share of a number which is not there is left out; with no other, all stays as it is.
        """
        if self.levels:
            levels = tuple(
                Level(label, _number(label), texts(_resolved(sets, measured)))
                for label, sets in self.levels.items()
                if set(self.shares(label)) <= set(measured)
            )
            return Factor(name, levels or (Level(AS_IT_IS, None, ()),))
        assert self.lever is not None
        return Factor(name, tuple(value_level(self.lever, text(value)) for value in self.values))


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
    measured: dict[Name, Measured] = Field(default_factory=dict, description="numbers that levels refer to")
    beside: dict[Name, Beside] = Field(default_factory=dict, description="cells outside the factors")
    hypotheses: dict[Name, Hypothesis] = Field(min_length=1)
    assumptions: Assumptions | None = None
    sensitivity: Sensitivity | None = None
    reduced: Reduced

    @model_validator(mode="after")
    def _names_exist(self) -> "Experiment":
        labels = {name: spec.labels() for name, spec in self.factors.items()}
        keeps = {"reduced.keep": self.reduced.keep}
        if self.assumptions is not None:
            keeps["assumptions.keep"] = self.assumptions.keep
            for name in self.assumptions.hypotheses:
                if name not in self.hypotheses:
                    raise ValueError(f"assumptions: there is no hypothesis '{name}'")
        for where, keep in keeps.items():
            for name, kept in keep.items():
                if not kept:
                    raise ValueError(f"{where}: no level of {name} is kept")
                for label in kept:
                    _known({name: label}, labels, where)
        for spec in self.factors.values():
            for name in (of for label in spec.levels for of in spec.shares(label)):
                if name not in self.measured:
                    raise ValueError(f"nothing measured is called '{name}'")
        for name, measured in self.measured.items():
            if measured.metric not in self.metrics:
                raise ValueError(f"measured {name}: '{measured.metric}' is not among the metrics kept")
        for name, claim in self.hypotheses.items():
            cells = [claim.where, *(getattr(claim, side, {}) for side in ("of", "to"))]
            if claim.beside is not None and (claim.beside not in self.beside or any(cells)):
                raise ValueError(f"hypothesis {name}: beside names a cell of 'beside', without levels")
            for cell in cells:
                _known(cell, labels, name)
            for field in ("factor", "moderator"):
                factor = getattr(claim, field, None)
                if factor is not None and factor not in labels:
                    raise ValueError(f"hypothesis {name}: there is no factor '{factor}'")
            seen = () if claim.seen is None else (claim.seen.metric,)
            for metric in (claim.metric, *getattr(claim, "also", ()), *seen):
                if metric not in self.metrics:
                    raise ValueError(f"hypothesis {name}: '{metric}' is not among the metrics kept")
        return self

    def chosen(
        self, reduced: bool, measured: Mapping[str, float] | None = None
    ) -> tuple[list[Factor], tuple[str, ...], int]:
        """Factors, overrides of all cells, and replications, in full or reduced size.

        ``measured``: the numbers that levels are shares of; without them a stand-in of 1,000,000. A level whose
        number is not among them is left out.
        """
        known = dict.fromkeys(self.measured, 1e6) if measured is None else measured
        factors = [spec.factor(name, known) for name, spec in self.factors.items()]
        if not reduced:
            return factors, self.sets_of_all(False), self.replications
        return restricted(factors, self.reduced.keep), self.sets_of_all(True), self.reduced.replications

    def left_out(self, measured: Mapping[str, float]) -> dict[tuple[str, str], str]:
        """Why a level of a factor cannot be run: what it is a share of has no value."""
        return {
            (name, label): f"too few payments: nothing measured as {of}, of which it is a share"
            for name, spec in self.factors.items()
            for label in spec.levels
            for of in spec.shares(label)
            if of not in measured
        }

    def sets_of_all(self, reduced: bool) -> tuple[str, ...]:
        """What all cells set."""
        return (*texts(self.set), *(texts(self.reduced.set) if reduced else ()))


def restricted(factors: list[Factor], keep: Mapping[str, list[str]]) -> list[Factor]:
    """The factors with the levels that are kept; all levels of a factor that is not named."""
    return [
        Factor(
            factor.name,
            tuple(level for level in factor.levels if level.label in keep.get(factor.name, [level.label])),
        )
        for factor in factors
    ]


def _resolved(sets: LevelSets, measured: Mapping[str, float]) -> Sets:
    return {
        path: str(max(1, round(value.share * measured[value.of] / value.among)))
        if isinstance(value, ShareOf)
        else value
        for path, value in sets.items()
    }


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
