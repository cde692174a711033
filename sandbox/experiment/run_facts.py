"""What a scenario declares about a run, in the form the metrics ask for: window, calendar, terms of delay."""

from typing import get_args

from sandbox.clock import RUSSIA, Clock
from sandbox.metrics import DelayTerms, RunFacts, ScreeningTerms, business_days
from sandbox.scenario.load import Loaded
from sandbox.scenario.parameters import ParameterLibrary
from sandbox.scenario.schema import Category, Scenario
from sandbox.world.hours import desk_hours

#: Desks that keep office hours even where orders come at all times.
_ALWAYS_IN_OFFICE_HOURS = ("applications",)
#: Desks that keep office hours only where orders do.
_WITH_THE_ORDERS = ("kyc", "aml", "orders")


def facts_of(loaded: Loaded[Scenario]) -> RunFacts:
    """The facts of one run; what it looks up counts as used, because metrics stand on it."""
    scenario, library = loaded.scenario, loaded.parameters
    start, horizon = scenario.clock.start, scenario.clock.horizon
    return RunFacts(
        horizon=horizon,
        warm_up=scenario.clock.warm_up,
        cool_down=scenario.clock.cool_down,
        business_days=business_days(start, horizon, RUSSIA.is_business_day),
        desk_open_seconds=_open_seconds(scenario, library),
        review_business_days=int(library.number("regulator.review_sla_bd", start)),
        delay=_delay(scenario, library),
        screening=_screening(scenario, library),
        disclosed=library.table("transparency.disclosed", start),
    )


def _open_seconds(scenario: Scenario, library: ParameterLibrary) -> dict[str, int]:
    """Working seconds of each desk inside the observed window; a desk that never closes is left out."""
    clock = scenario.clock
    hours = desk_hours(Clock(clock.start), library)
    seconds = hours.working_seconds(clock.warm_up, clock.horizon - clock.cool_down)
    always = scenario.population.hours == "always"
    desks = _ALWAYS_IN_OFFICE_HOURS if always else (*_ALWAYS_IN_OFFICE_HOURS, *_WITH_THE_ORDERS)
    return dict.fromkeys(desks, seconds)


def _delay(scenario: Scenario, library: ParameterLibrary) -> DelayTerms:
    start, clock = scenario.clock.start, Clock(scenario.clock.start)
    rates = [(clock.second(day), rate) for day, rate in library.dated("macro.key_rate")]
    return DelayTerms(
        key_rate=tuple((second, float(rate)) for second, rate in rates if isinstance(rate, int | float)),
        penalty_percent_per_day=library.number("population.late_penalty_per_day", start),
        penalty_cap_share=library.number("population.late_penalty_cap", start),
        time_value_percent_per_day=library.number("choice.time_value_goods", start),
        passthrough=library.number("choice.delay_passthrough", start),
    )


def _screening(scenario: Scenario, library: ParameterLibrary) -> ScreeningTerms | None:
    """None where no bank screens: there is then no quality to declare."""
    if not scenario.policy.screening:
        return None
    start = scenario.clock.start
    general = library.number("aml.prevalence", start)
    restricted = general * library.number("aml.prevalence_restricted_factor", start)
    return ScreeningTerms(
        prevalence={
            category: restricted if category == "dual_use_restricted" else general
            for category in get_args(Category)
        },
        sensitivity=library.number("aml.aml_sensitivity", start),
        specificity=library.number("aml.aml_specificity", start),
        confirmed=library.number("aml.alert_confirm", start),
    )
