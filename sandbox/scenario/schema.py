"""What a scenario file may say, as one strict model.

The shape is the interface of policy analysts: every field has its meaning and unit here, and the JSON
Schema that editors use is made from this module.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from sandbox.disruptions import Disruption
from sandbox.policies.dated_lever import DatedLever, Schedule
from sandbox.policies.oversight import Oversight
from sandbox.rails import RailSpecs
from sandbox.spec import Day, Duration, Share, Spec, UsdAmount

#: The goods categories of the model.
Category = Literal["civil", "electronics", "metals", "dual_use_restricted", "drone", "other"]

#: One text in one or more languages.
Text = Annotated[
    dict[Literal["en", "ru"], Annotated[str, Field(min_length=1, max_length=2_000)]], Field(min_length=1)
]

Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[a-z0-9][a-z0-9_.-]*$")]


class Clock(Spec):
    """The stretch of simulated time."""

    start: Day = Field(default=date(2024, 6, 3), description="first day, from 00:00 Moscow time")
    horizon: Duration = Field(default=820 * 86_400, gt=0, le=2_000 * 86_400, description="length of the run")
    warm_up: Duration = Field(default=90 * 86_400, description="stretch at the start left out of the metrics")
    cool_down: Duration = Field(default=90 * 86_400, description="stretch at the end left out of the metrics")

    @model_validator(mode="after")
    def _something_is_observed(self) -> "Clock":
        if self.warm_up + self.cool_down >= self.horizon:
            raise ValueError("warm_up and cool_down leave nothing of the horizon to observe")
        return self


class Exporters(Spec):
    """Firms whose orders bring money in: a buyer abroad pays, and its money becomes the exporter's roubles."""

    share: Share = Field(
        default=0.2, gt=0, description="share of the firms that sell abroad instead of buying"
    )


class Population(Spec):
    """The synthetic importers and how much they pay."""

    importers: int = Field(default=500, ge=1, le=100_000, description="number of importers")
    payments_per_business_day: float = Field(
        default=100.0, gt=0, le=200_000, description="mean arrivals of the whole sample on a business day"
    )
    suppliers_per_importer: int = Field(default=2, ge=1, le=20, description="contracts of one importer")
    hours: Literal["business", "always"] = Field(
        default="business",
        description="orders come in business hours of business days, or evenly at all times",
    )
    choice: Literal["logit", "satisficing"] = Field(
        default="logit",
        description="how a firm takes a rail: by weighing all it may use, or by staying with one that is good "
        "enough (choice.aspiration_pct)",
    )
    goods: bool = Field(
        default=False,
        description="goods move beside the payments: terms, transit, customs, export control, due dates",
    )
    exporters: Exporters | None = Field(
        default=None, description="firms that sell abroad (default: none); their goods are not followed"
    )


class Participants(Spec):
    """Who joins the focus group: admission is of a firm."""

    initial: int = Field(default=10, ge=0, le=100_000, description="places when the regime opens")
    selection: Literal["turnover", "lottery", "balanced"] = Field(
        default="turnover", description="larger firms first; by lot; or in turn over the sectors"
    )
    quotas: dict[Category, Annotated[int, Field(ge=0)]] = Field(
        default_factory=dict, description="places held for a sector; the rest goes to any"
    )

    @model_validator(mode="after")
    def _quotas_fit(self) -> "Participants":
        if sum(self.quotas.values()) > self.initial:
            raise ValueError(f"the quotas add up to more than the {self.initial} places")
        return self


class DatedCap(Spec):
    """A cap in force from its date on; null: none from that date on."""

    value: UsdAmount | None = Field(description="US dollars a calendar month")
    source: str = Field(min_length=1, max_length=200)
    confidence: Literal["A", "B", "C", "D", "E"]


class CapSchedule(Spec):
    """Dated values of one cap."""

    values: dict[Day, DatedCap] = Field(min_length=1)


#: A volume cap in US dollars a calendar month, the same all the time or dated.
Cap = UsdAmount | CapSchedule


class Agencies(Spec):
    """The other agencies that must agree to a firm's admission."""

    count: int | None = Field(
        default=None, ge=0, le=8, description="how many (default: as regulator.interagency_bd says)"
    )
    mode: Literal["parallel", "sequential"] = Field(
        default="parallel", description="asked all at once, or one after another"
    )
    business_days_mean: float | None = Field(
        default=None, gt=0, le=250, description="mean business days one of them takes (default as above)"
    )


class OrderApproval(Spec):
    """A desk of the regulator that decides every order on the regime's rails."""

    officers: int = Field(ge=0, le=1_000, description="officers who decide orders")
    hours_mean: float = Field(default=2.0, gt=0, le=1_000, description="mean desk hours an order takes")
    hours_cv: float = Field(default=0.5, gt=0, le=5, description="coefficient of variation of that time")


class Policy(Spec):
    """The levers, looser and stricter alike."""

    regime: bool = Field(default=True, description="whether the experimental legal regime exists at all")
    opens: Day = Field(default=date(2024, 9, 1), description="day the regime opens")
    participants: Participants = Field(default_factory=Participants)
    rails: Annotated[list[Literal["usdt", "btc", "dfa"]], Field(min_length=1)] | None = Field(
        default=None,
        description="rails open to this regime's participants (default: every regime rail of the scenario)",
    )
    application_desk: bool = Field(
        default=True,
        description="firms are admitted by the application desk; false: on the opening day itself",
    )
    review_officers: int | Schedule[int] = Field(default=4, description="officers of the application desk")
    application_priority: Literal["arrival", "large_first"] = Field(
        default="arrival",
        description="applications are taken up as they come, or those of the largest firms first",
    )
    agencies: Agencies = Field(default_factory=Agencies)
    order_approval: OrderApproval | None = None
    supervision: Oversight | None = Field(
        default=None, description="reports, inspections, notices and revocations; null: none"
    )
    authorisation_valid: Duration = Field(
        default=30 * 86_400, gt=0, description="how long an order's authorisation lasts"
    )
    monthly_cap: Cap | None = Field(
        default=None, description="US dollars a calendar month on all regime rails"
    )
    participant_monthly_cap: Cap | None = Field(default=None, description="the same for one importer")
    category_monthly_caps: dict[Category, Cap] = Field(
        default_factory=dict, description="the same for all orders of a goods category"
    )
    cap_rule: Literal["wait", "reject"] = Field(
        default="wait", description="an order over the cap waits for the next month, or is refused"
    )
    kyc_analysts: int | Schedule[int] = Field(
        default=2, description="analysts of the pooled due-diligence desk"
    )
    aml_analysts: int | Schedule[int] = Field(default=4, description="analysts who decide screening alerts")
    banks: int = Field(default=4, ge=1, le=100, description="authorised banks")
    currency_control: bool = Field(
        default=False,
        description="banks register contracts and ask for documents above the values of currency control",
    )
    screening: bool = Field(default=True, description="whether banks screen payments on every rail")


class Market(Spec):
    """Which price paths a run has."""

    prices: Literal["paths", "student_t", "constant"] = Field(
        default="paths",
        description="jump diffusions; days with Student's t returns instead of jumps; or opening values held",
    )
    common_factor: bool = Field(
        default=False, description="weekly shocks of pressure, turnover and spreads that come together"
    )


class Expectation(Spec):
    """A hypothesis about a metric: reported, and the exit code says when it does not hold."""

    metric: Name
    by: dict[str, str] = Field(default_factory=dict, description="which row of the metric, e.g. {rail: usdt}")
    min: float | None = None
    max: float | None = None

    @model_validator(mode="after")
    def _bounded(self) -> "Expectation":
        if self.min is None and self.max is None:
            raise ValueError("an expectation needs min or max")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min is above max")
        return self


ParameterValue = float | int | bool | str | dict[str, float | int]


class Scenario(Spec):
    """One scenario: what is asked of the laboratory."""

    schema_: Literal[1] = Field(alias="schema", description="version of this format")
    title: Text
    question: Text
    covers: list[Annotated[str, Field(max_length=200)]] = Field(default_factory=list)
    compare_to: str | None = Field(
        default=None, max_length=200, description="the scenario this one is compared with"
    )
    clock: Clock = Field(default_factory=Clock)
    population: Population = Field(default_factory=Population)
    rails: RailSpecs
    policy: Policy = Field(default_factory=Policy)
    market: Market = Field(default_factory=Market)
    timeline: dict[Name, Disruption] = Field(default_factory=dict)
    parameters: dict[Annotated[str, Field(max_length=120)], ParameterValue] = Field(default_factory=dict)
    parameters_files: dict[Name, Annotated[str, Field(min_length=1, max_length=400)]] = Field(
        default_factory=dict, description="own parameter files laid over the library, by any name"
    )
    announced: list[Annotated[str, Field(max_length=120)]] = Field(
        default_factory=list, description="parameters whose announced values count from their dates"
    )
    expect: list[Expectation] = Field(default_factory=list)

    @model_validator(mode="after")
    def _desks_can_decide(self) -> "Scenario":
        policy = self.policy
        if policy.regime and policy.order_approval is not None and policy.order_approval.officers == 0:
            raise ValueError("policy.order_approval.officers: a desk without officers decides nothing")
        if (
            policy.regime
            and policy.application_desk
            and policy.participants.initial > 0
            and policy.review_officers == 0
        ):
            raise ValueError("policy.review_officers: the application desk needs at least one officer")
        usdt = self.rails.usdt
        if usdt is not None and usdt.delivery_versus_payment and not self.population.goods:
            raise ValueError("rails.usdt.delivery_versus_payment: needs population.goods")
        if policy.regime and self.rails.needs_profile and policy.kyc_analysts == 0:
            raise ValueError("policy.kyc_analysts: the due-diligence desk needs at least one analyst")
        if policy.screening and policy.aml_analysts == 0:
            raise ValueError("policy.aml_analysts: alerts need at least one analyst")
        return self


__all__ = ["Category", "Clock", "DatedLever", "Policy", "Scenario", "Schedule", "Share"]
