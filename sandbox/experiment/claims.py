"""What a hypothesis may claim: a kind of check, the metric, and the cells it speaks of."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from sandbox.experiment import queues
from sandbox.scenario.schema import Name
from sandbox.spec import Spec

Label = Annotated[str, Field(min_length=1, max_length=60)]

#: Levels of some factors, by factor; factors that are not named are averaged over.
Cell = dict[Name, Label]


class Seen(Spec):
    """A rare event that a claim about tails rests on: without it neither the claim nor its refutation says anything."""

    metric: Name
    by: dict[str, str] = Field(default_factory=dict)
    least: int = Field(
        default=5, ge=1, le=10_000, description="replications in which the metric is above nothing"
    )


class _Claim(Spec):
    """What every hypothesis says."""

    text: str = Field(min_length=1, max_length=600)
    metric: Name
    by: dict[str, str] = Field(default_factory=dict, description="row of the metric, as in {rail: usdt}")
    where: Cell = Field(
        default_factory=dict, description="levels held fixed; other factors are averaged over"
    )
    seen: Seen | None = Field(
        default=None, description="event that must have come often enough in the first cell to rule at all"
    )
    beside: Name | None = Field(
        default=None, description="the cell beside the factors that is looked at, in place of the table"
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


#: By Student's t over replications, or by drawing whole replications anew: for tails and skewed ratios.
Interval = Literal["t", "bootstrap"]


class Ratio(_Claim):
    """The metric in one cell over that in another lies between two numbers."""

    check: Literal["ratio"]
    of: Cell
    to: Cell
    to_by: dict[str, str] | None = Field(default=None, description="row of the second cell, if another")
    min: float | None = None
    max: float | None = None
    interval: Interval = Field(
        default="t", description="t: the mean of ratios; bootstrap: the ratio of means, replications redrawn"
    )


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


class Analytic(_Claim):
    """A mean wait is what queueing theory says, but for a share of it (two one-sided tests)."""

    check: Literal["analytic"]
    law: Literal["erlang", "pollaczek_khinchine"] = Field(
        description="M/M/c of Erlang, or M/G/1 of Pollaczek and Khinchine"
    )
    rate: float = Field(gt=0, description="arrivals in the metric's unit of time")
    mean: float = Field(gt=0, description="mean service in the metric's unit of time")
    servers: int = Field(default=1, ge=1, le=1_000)
    cv: float = Field(default=1.0, ge=0, le=10, description="coefficient of variation of services")
    with_service: bool = Field(default=False, description="the metric counts the service too")
    bound: float = Field(gt=0, le=1)

    @model_validator(mode="after")
    def _within_the_law(self) -> "Analytic":
        if self.rate * self.mean >= self.servers:
            raise ValueError("so many arrivals are more than the servers' capacity: there is no mean wait")
        if self.law == "erlang" and self.cv != 1.0:
            raise ValueError("Erlang's formula is for exponential services: cv 1")
        if self.law == "pollaczek_khinchine" and self.servers != 1:
            raise ValueError("the formula of Pollaczek and Khinchine is for one server")
        return self

    @property
    def expected(self) -> float:
        """The formula's mean wait."""
        if self.law == "erlang":
            return queues.mean_wait(self.rate, self.mean, self.servers)
        return queues.mean_wait_one_server(self.rate, self.mean, self.cv)


class Dominance(_Claim):
    """One cell is lower than another in the metric and in all others named."""

    check: Literal["dominance"]
    of: Cell
    to: Cell
    also: list[Name] = Field(default_factory=list)
    interval: Interval = "t"


class StochasticOrder(_Claim):
    """One cell lies below another in its whole distribution over replications: at every quantile named."""

    check: Literal["stochastic_order"]
    of: Cell
    to: Cell
    quantiles: list[Annotated[float, Field(gt=0, lt=1)]] = Field(
        default=[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], min_length=1, max_length=99
    )


class Interaction(_Claim):
    """The factor's effect, last level less first, is larger or smaller at the moderator's last level."""

    check: Literal["interaction"]
    factor: Name
    moderator: Name
    sign: Literal["larger", "smaller"]


Hypothesis = Annotated[
    Elasticity
    | Monotone
    | NonMonotone
    | Ratio
    | Bound
    | Equivalence
    | Analytic
    | Dominance
    | StochasticOrder
    | Interaction,
    Field(discriminator="check"),
]
