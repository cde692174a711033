"""How the regime of a scenario is set up: focus group, application desk, caps, and the regulator over them."""

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from sandbox.actors.application_desk import Agencies, ApplicationDesk
from sandbox.actors.focus_group import FocusGroup
from sandbox.actors.regulator import Regulator
from sandbox.actors.supervisor import Rules, Supervisor
from sandbox.clock import Clock, Hours
from sandbox.desk import Desk
from sandbox.policies.caps import Dated, VolumeCaps
from sandbox.policies.dated_rate import DatedRate
from sandbox.population import Population
from sandbox.rail import Ground
from sandbox.scenario.schema import Policy
from sandbox.stage import YearlyRates


class _DatedValue(Protocol):
    @property
    def value(self) -> int | None: ...


class _Schedule(Protocol):
    @property
    def values(self) -> Mapping[date, _DatedValue]: ...


def set_up_regulator(
    ground: Ground, population: Population, policy: Policy, desk: Desk, hours: Hours
) -> Regulator:
    """The regulator of a scenario's regime, with everything it works through."""
    firms, places = population.importers, policy.participants
    reviewer = None
    if policy.application_desk:
        asked = policy.agencies
        agencies = Agencies(asked.count, asked.business_days_mean, asked.mode == "sequential")
        large_first = policy.application_priority == "large_first"
        reviewer = ApplicationDesk(ground, desk, hours, firms, agencies, large_first)
    regulator = Regulator(
        ground,
        population,
        FocusGroup(ground, firms, places.selection, dict(places.quotas.items())),
        reviewer,
        hours,
        places.initial,
        volume_caps(policy),
        policy.authorisation_valid,
        own_rails=None
        if policy.rails is None
        else frozenset(ground.journal.entity(f"rail/{name}") for name in policy.rails),
    )
    levers = policy.supervision
    if levers is not None:
        rules = Rules(
            levers.report_every,
            levers.report_limit_business_days,
            rates_by_second(ground.clock, levers.inspection_rates),
            levers.revoke_probability,
        )
        regulator.supervisor = Supervisor(
            ground, hours, regulator.entity, rules, regulator.withdraw, regulator.admitted_since
        )
    return regulator


def rates_by_second(clock: Clock, asked: YearlyRates | None) -> float | DatedRate | None:
    """A rate of routine inspections as a supervisor reads it: one for all time, or by seconds of the run."""
    if not isinstance(asked, tuple):
        return asked
    return [(clock.second(day), rate) for day, rate in asked]


def volume_caps(policy: Policy) -> VolumeCaps:
    """The caps that a policy sets, with their dates."""
    return VolumeCaps(
        total=_dated(policy.monthly_cap),
        participant=_dated(policy.participant_monthly_cap),
        category={name: _dated(cap) for name, cap in policy.category_monthly_caps.items()},
        wait=policy.cap_rule == "wait",
    )


def _dated(cap: int | _Schedule | None) -> Dated:
    if cap is None:
        return ()
    if isinstance(cap, int):
        return ((date.min, cap),)
    return tuple((day, dated.value) for day, dated in sorted(cap.values.items()))
