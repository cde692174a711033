"""How many mined coins a scenario would sell: they must exist on the local chain, since no amount is scaled."""

from collections.abc import Iterable
from datetime import timedelta

from sandbox.disruptions.mining import MiningCapacity
from sandbox.scenario.faults import Finding
from sandbox.scenario.parameters import ParameterLibrary
from sandbox.scenario.schema import Scenario

#: Those who sell mined coins.
MINERS = ("national", "regional", "industrial")

#: Kept over for the fees of a run's sales.
_FOR_FEES = 5.0

_DAY = 86_400


def sells(scenario: Scenario) -> bool:
    """Whether miners sell in it."""
    btc = scenario.rails.btc
    return btc is not None and scenario.policy.regime and btc.source != "exchange"


def mined(scenario: Scenario, parameters: ParameterLibrary) -> dict[str, float]:
    """Bitcoin that each miner will have offered by the horizon, a little for fees included."""
    start, horizon = scenario.clock.start, scenario.clock.horizon
    opens = max(start, scenario.policy.opens)
    total = dict.fromkeys(MINERS, 0.0)
    rates = dict.fromkeys(MINERS, 0.0)
    if sites := parameters.number("miner.komi_sites", start):
        rates["regional"] = _site_rate(parameters, int(sites), None, None, scenario)
    events = sorted(
        (event.at.date(), name, event)
        for name, event in scenario.timeline.items()
        if isinstance(event, MiningCapacity)
    )
    for number in range(-(-horizon // _DAY)):
        day = start + timedelta(days=number)
        while events and events[0][0] <= day:
            event = events.pop(0)[2]
            rate = _site_rate(parameters, event.sites, event.mw_per_site, event.offered, scenario)
            # A day on which sites stop still counts whole: the treasury may be larger than needed, not smaller.
            total[event.operator] += max(0.0, rates[event.operator] - rate) if day >= opens else 0.0
            rates[event.operator] = rate
        if day >= opens:
            rates["national"] = parameters.number(
                "miner.mined_btc_per_day_national", day
            ) * parameters.number("miner.share_mined_to_elr", day)
            for name, rate in rates.items():
                total[name] += rate
    return {name: btc + _FOR_FEES for name, btc in total.items() if btc > 0}


def _site_rate(
    parameters: ParameterLibrary, sites: int, mw: float | None, offered: float | None, scenario: Scenario
) -> float:
    start = scenario.clock.start
    power = parameters.number("miner.komi_mw_per_site", start) if mw is None else mw
    share = parameters.number("miner.share_mined_to_elr", start) if offered is None else offered
    return sites * power * parameters.number("miner.btc_per_mw_year", start) / 365 * share


def opening_stocks(scenario: Scenario, parameters: ParameterLibrary) -> float:
    """Bitcoin in all dealers' hands at the start, and as much again for the exchange that supplies them."""
    btc = scenario.rails.btc
    if btc is None or btc.source == "mined":
        return 0.0
    start = scenario.clock.start
    usd = (
        parameters.number("liquidity.lp_count", start)
        * parameters.number("liquidity.lp_inventory_days", start)
        * parameters.number("liquidity.lp_daily_capacity_usd", start)
    )
    return 2.0 * usd / parameters.number("btc.btc_price0_usd", start)


def mined_supply(scenario: Scenario, parameters: ParameterLibrary) -> Iterable[Finding]:
    """The treasury of the local chain covers what miners sell; events about mining need someone who buys."""
    if sells(scenario):
        wanted = sum(mined(scenario, parameters).values())
        stocks = opening_stocks(scenario, parameters)
        most = parameters.number("btc.treasury_max_btc", scenario.clock.start)
        if wanted + stocks > most:
            yield Finding(
                path=("rails", "btc"),
                code="treasury",
                message=f"miners would sell {wanted:,.0f} BTC over the run"
                + (f" beside {stocks:,.0f} BTC of stocks" if stocks else "")
                + f"; the local chain can hold {most:,.0f}, and amounts are not scaled",
                hint="lower miner.share_mined_to_elr or the share offered of sites, or shorten the horizon",
            )
        return
    for name, event in scenario.timeline.items():
        if isinstance(event, MiningCapacity) and scenario.rails.btc is not None and scenario.policy.regime:
            yield Finding(
                path=("timeline", name),
                code="no_effect",
                message="dealers buy no mined coins here (rails.btc.source is exchange)",
                severity="warning",
            )
