"""A further regime in a running world: its desk, its list of firms, its authority."""

from datetime import date

from sandbox.actors.focus_group import FocusGroup
from sandbox.actors.regulator import Regulator
from sandbox.actors.supervisor import Rules, Supervisor
from sandbox.clock import HOUR
from sandbox.desk import Desk
from sandbox.payments import Process
from sandbox.policies.caps import VolumeCaps
from sandbox.stage import RegimeTerms
from sandbox.world.regime import rates_by_second
from sandbox.world.world import World


def open_regime(world: World, terms: RegimeTerms) -> None:
    """Open a second regime now; nothing happens in a world that has no first one."""
    first, regimes, ground = world.regulator, world.regimes, world.ground
    if first is None or regimes is None:
        return
    name = f"regime/{terms.id}"
    own_rails = frozenset(world.rails[rail].entity for rail in terms.rails if rail in world.rails)
    firms, policy = world.population.importers, world.scenario.policy
    second = Regulator(
        ground,
        world.population,
        FocusGroup(ground, firms, terms.selection, {}, f"focus-group/{terms.id}"),
        None if first.reviewer is None else first.reviewer.at(_desk(world, terms)),
        world.hours,
        terms.participants,
        VolumeCaps(
            total=() if terms.monthly_cap is None else ((date.min, terms.monthly_cap),),
            wait=policy.cap_rule == "wait",
        ),
        policy.authorisation_valid,
        name,
        own_rails,
    )
    share = terms.region_share
    if share is None:
        share = ground.number("site2.site2_region_share")
    registered = ground.streams.named(f"{name}/region").uniforms(len(firms)) < share
    # First who has applied elsewhere, then who is not of the region: that leaves the other regimes' lists alone.
    for regime in world.regulators:
        second.stand_beside(regime, terms.overlap)
    for firm in firms:
        if not registered[firm.index]:
            second.leave_out(firm.index)
    if terms.supervision is not None:
        levers = terms.supervision
        rules = Rules(
            levers.report_every,
            levers.report_limit_days,
            rates_by_second(ground.clock, levers.inspections_per_year),
            levers.revoke_probability,
        )
        second.supervisor = Supervisor(
            ground, world.hours, second.entity, rules, second.withdraw, second.admitted_since, name
        )
    world.regulators.append(second)
    regimes.all.append(second)
    world.importers.regimes = regimes
    for rail in own_rails & world.permits.rails:
        second.permit(rail, True)
    second.open()
    ground.env.process(_unsolicited(world, second, name))


def _desk(world: World, terms: RegimeTerms) -> Desk:
    """Its own desk, or the first regime's with more people."""
    ground, shared = world.ground, world.desks["applications"]
    officers = terms.officers
    if officers is None:
        officers = int(ground.number("site2.site2_officers"))
    if terms.desk == "pooled":
        shared.staff(shared.people + officers)
        return shared
    if terms.desk == "taken":
        officers = min(officers, shared.people)
        shared.staff(shared.people - officers)
    key = f"applications-{terms.id}"
    desk = world.desks[key] = Desk(ground, f"desk/{key}", officers, world.hours)
    return desk


def _unsolicited(world: World, regime: Regulator, name: str) -> Process[None]:
    """Firms of the region apply of their own accord, at the rate of the first regime's and by their number."""
    ground, firms = world.ground, world.population.importers
    when, who = ground.streams.named(f"{name}/applications"), ground.streams.named(f"{name}/applicant")
    while True:
        rate = ground.number("regulator.application_rate")
        if rate <= 0:
            return
        gap = when.exponential(1.0 / rate) * ground.number("hours.business_day") * HOUR
        yield ground.until(world.hours.finish(ground.now, max(1, int(gap))))
        # Who is registered elsewhere, or stands in another regime's list already, is passed over.
        regime.unsolicited(firms[who.integers(len(firms))])
