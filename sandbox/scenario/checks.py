"""Semantic checks: every value is well formed, but the scenario as a whole may still make no sense.

Each check is a function (scenario, parameters) -> findings; CHECKS is the list that loading runs.
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from sandbox.disruptions import Disruption
from sandbox.scenario.bank_checks import BANK_CHECKS
from sandbox.scenario.faults import Finding
from sandbox.scenario.mining import mined_supply, sells
from sandbox.scenario.parameter_checks import PARAMETER_CHECKS
from sandbox.scenario.parameters import ParameterLibrary
from sandbox.scenario.regime_checks import REGIME_CHECKS
from sandbox.scenario.schema import Scenario
from sandbox.spec import LAST_YEAR

Check = Callable[[Scenario, ParameterLibrary], Iterable[Finding]]

#: Orders a single run may make: above this it would not fit a machine of the usual size.
MOST_ORDERS = 2_000_000

#: Bitcoin that can be spent on the local chain when a run starts: 110 matured block rewards of 50.
SPENDABLE_BTC = 5_500

_CALENDARS_END = date(LAST_YEAR + 1, 1, 1)

#: Kinds of events whose effect stands, so that one before the start is part of the opening state.
_STANDING = frozenset(
    {
        "pressure",
        "announcement",
        "export_rule",
        "rail_permit",
        "rail_bridge",
        "mining_capacity",
        "admission_wave",
        "staffing",
        "regime_open",
    }
)


def size(scenario: Scenario, parameters: ParameterLibrary) -> Iterable[Finding]:
    """A run must fit a machine."""
    days = scenario.clock.horizon / 86_400
    share = 1.0 if scenario.population.hours == "always" else 5 / 7
    orders = round(days * share * scenario.population.payments_per_business_day)
    if orders > MOST_ORDERS:
        yield Finding(
            path=("population", "payments_per_business_day"),
            code="too_large",
            message=f"about {orders:,} orders over the horizon (at most {MOST_ORDERS:,})",
        )


def treasury(scenario: Scenario, parameters: ParameterLibrary) -> Iterable[Finding]:
    """The dealers' opening bitcoin must exist on the local chain; amounts are never scaled."""
    if scenario.rails.btc is None or not scenario.policy.regime or sells(scenario):
        return
    start = scenario.clock.start
    usd = (
        parameters.number("liquidity.lp_count", start)
        * parameters.number("liquidity.lp_inventory_days", start)
        * parameters.number("liquidity.lp_daily_capacity_usd", start)
    )
    wanted = usd / parameters.number("btc.btc_price0_usd", start)
    if wanted > SPENDABLE_BTC:
        yield Finding(
            path=("rails", "btc"),
            code="treasury",
            message=f"the dealers would hold {wanted:,.0f} BTC, the local chain has {SPENDABLE_BTC:,} to spend",
            hint="lower liquidity.lp_count, lp_inventory_days or lp_daily_capacity_usd",
        )


def dates(scenario: Scenario, parameters: ParameterLibrary) -> Iterable[Finding]:
    """A run beyond the calendars, and events outside the run where that changes nothing."""
    start = scenario.clock.start
    end = start + timedelta(seconds=scenario.clock.horizon)
    longest = (_CALENDARS_END - start).days
    if scenario.clock.horizon > longest * 86_400:
        yield Finding(
            path=("clock", "horizon"),
            code="beyond_calendars",
            message=f"from {start} a run lasts at most {longest}d: the calendars end with {LAST_YEAR}",
        )
    for name, event in scenario.timeline.items():
        day = event.at.date()
        if day < start and event.kind not in _STANDING:
            yield Finding(
                path=("timeline", name, "at"),
                code="before_start",
                message=f"the run starts on {start}; a {event.kind} before it changes nothing",
                severity="warning",
            )
        elif day >= end:
            yield Finding(
                path=("timeline", name, "at"),
                code="after_horizon",
                message=f"the run ends before {end}; this event is never reached",
                severity="warning",
            )


def absent_things(scenario: Scenario, parameters: ParameterLibrary) -> Iterable[Finding]:
    """Events about a rail or chain that the scenario lacks."""
    for name, event in scenario.timeline.items():
        missing = _needs(event) - _exists(scenario)
        if missing:
            yield Finding(
                path=("timeline", name),
                code="no_effect",
                message=f"a {event.kind} about {', '.join(sorted(missing))}, which this scenario does not have",
                severity="warning",
            )


def _exists(scenario: Scenario) -> set[str]:
    rails = scenario.rails
    names = {name for name in type(rails).model_fields if getattr(rails, name) is not None}
    return names if scenario.policy.regime else names - {"usdt", "btc", "dfa"}


def _needs(event: Disruption) -> set[str]:
    """Names of the rails that an event is about."""
    match event.kind:
        case "freeze" | "unfreeze" | "pause":
            return {"usdt"}
        case "agent_rule":
            return {"agent"}
        case "reorg" | "mining_capacity":
            return {"btc"}
        case "chain_halt":
            return {{"evm": "usdt", "bitcoin": "btc"}.get(event.chain, event.chain)}
        case "market_regime" if event.usdt_depeg:
            return {"usdt"}
        case "rail_permit" | "rail_bridge":
            return {event.rail}
        case "regime_open":
            return set(event.rails)
    return set()


#: Everything that is checked when a scenario is loaded.
CHECKS: tuple[Check, ...] = (
    size,
    treasury,
    mined_supply,
    dates,
    absent_things,
    *REGIME_CHECKS,
    *PARAMETER_CHECKS,
    *BANK_CHECKS,
)
