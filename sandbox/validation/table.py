"""The list of known-answer checks, and running them."""

from collections.abc import Callable, Iterable
from time import process_time
from typing import NamedTuple

from sandbox.validation import (
    banking,
    confirmations,
    desks,
    endings,
    estimators,
    firms,
    liquidity,
    markets,
    mining,
    oversight,
)
from sandbox.validation.check import Check, Verdict
from sandbox.validation.reading import Effort

#: The quick scorecard takes about a minute; the full one draws five times as much.
QUICK, FULL = Effort(1.0), Effort(5.0)

CHECKS: tuple[Check, ...] = (
    Check(
        id="V01",
        sentence="A desk of several people makes files wait as long as Erlang says.",
        inputs="arrivals .30 a business day, exponential work of 10 days, 4, 5, 6 and 8 people",
        component="Desk, Station, journal",
        measure=desks.several_servers,
    ),
    Check(
        id="V02",
        sentence="The wait at one server grows with the spread of the work as Pollaczek and Khinchine say.",
        inputs="arrivals .08 a day, work of 10 days: constant, Erlang-2, exponential, log-normal with cv 1.5",
        component="Desk, Station, journal",
        measure=desks.one_server,
    ),
    Check(
        id="V03",
        sentence="Serving large firms first moves waiting to the others and shortens nothing overall (Cobham).",
        inputs="arrivals .10 large and .20 others a day, exponential work of 10 days, 4 servers",
        component="Desk by priority",
        measure=desks.large_first,
    ),
    Check(
        id="V04",
        sentence="The number present is arrivals times time spent, desk by desk (Little).",
        inputs="12 desks as in V01 with 4 people",
        component="Desk, journal files, queueing metrics",
        measure=desks.little,
    ),
    Check(
        id="V05",
        sentence="Six confirmations take an hour on average and two hours now and then.",
        inputs="blocks every 600 s on average, payments sent at random",
        component="BitcoinBlocks, RegtestChain, wallet, engine",
        measure=confirmations.six_blocks,
    ),
    Check(
        id="V06",
        sentence="An attacker overtakes as often as the exact formula says; Nakamoto's own gives his table.",
        inputs="a tenth of the power, one and two confirmations, one block in hand",
        component="BitcoinBlocks, RegtestChain.reorg, engine",
        measure=confirmations.race,
    ),
    Check(
        id="V07",
        sentence="Value in flight is value a day times days under way (Little).",
        inputs="100 payments a day of 134,146 dollars on average, each 4 hours or 14 days on its way",
        component="draw_orders, CorrespondentRail, books' transit account",
        measure=banking.value_in_flight,
    ),
    Check(
        id="V08",
        sentence="A dealer's price moves with the square root of the order.",
        inputs="volatility .47 a year, prefactor 1, orders of 1% and 4% of a day's volume",
        component="Dealers.impact, Dealers.price",
        measure=markets.impact,
    ),
    Check(
        id="V09",
        sentence="Screening raises as many alerts, and as few right ones, as Bayes says.",
        inputs="prevalence .003, sensitivity .8, specificity .97",
        component="Screening",
        measure=oversight.screening,
    ),
    Check(
        id="V10",
        sentence="Invoices have the quantiles of their log-normal law.",
        inputs="mean 134,146 dollars, sigma 1.3",
        component="draw_orders",
        measure=firms.invoices,
    ),
    Check(
        id="V11",
        sentence="The largest firms hold the share of turnover that the law of sizes gives them.",
        inputs="500 firms, sigma 2.0; the published figures were themselves simulated",
        component="draw_population",
        measure=firms.turnover,
    ),
    Check(
        id="V12",
        sentence="The concentration index of equal shares is ten thousand over their number.",
        inputs="10 and 30 participants with one equal payment each",
        component="journal files, the metric hhi_value",
        measure=estimators.concentration,
    ),
    Check(
        id="V13",
        sentence="Bitcoin's path has the volatility, the tails and the one-hour losses of its jump diffusion.",
        inputs="sigma .39, 24 jumps a year of spread .05; and both doubled",
        component="merton_path",
        measure=markets.jump_diffusion,
    ),
    Check(
        id="V14",
        sentence="Liquidity lies between what settles everything in the end and what makes nothing wait.",
        inputs="200 unit payments, each in or out with probability one half",
        component="Books",
        measure=liquidity.bounds,
    ),
    Check(
        id="V15",
        sentence="Delay falls with liquidity along the known curve, and offsetting helps where money is short.",
        inputs="15 banks, 3,000 unit payments a day among all, no credit, 1 to 40 units each at dawn",
        component="GrossSettlement on Books",
        measure=liquidity.congestion,
    ),
    Check(
        id="V16",
        sentence="The choice among rails is the logit of their utilities.",
        inputs="beta 1 a point, rails one percentage point apart; three equal rails",
        component="policies.rail_choice",
        measure=markets.choice,
    ),
    Check(
        id="V17",
        sentence="Three attempts get through as often as independent returns allow.",
        inputs="four of five payments returned, at most three attempts",
        component="a whole world: simulate, Office, CorrespondentRail, audit",
        measure=endings.retries,
    ),
    Check(
        id="V18",
        sentence="Orders follow the season.",
        inputs="36,500 a year with a cosine of a quarter, highest on 1 December",
        component="draw_orders",
        measure=firms.season,
    ),
    Check(
        id="V19",
        sentence="Thirty exposed addresses see a freeze in 45 years of a hundred.",
        inputs="hazard .02 an address and year",
        component="StablecoinIssuer, token contract on the EVM chain",
        measure=endings.freezes,
    ),
    Check(
        id="V20",
        sentence="The country's miners bring forth their old share of the new coins.",
        inputs="54,000 of 328,500 bitcoin in 2023, 214,200 issued in 2024",
        component="actors.miner: national rate, Output",
        measure=mining.year_of_mining,
    ),
    Check(
        id="V21",
        sentence="Without pressure, correspondent payments are as fast as the published tracking table.",
        inputs="the shipped mixture of three log-normal parts, no returns",
        component="CorrespondentRail",
        measure=banking.unstressed_time,
    ),
    Check(
        id="V22",
        sentence="Under pressure, fees and returns pass through their anchors.",
        inputs="P = 0, .4, .6, .8 and 1 with the shipped parameters",
        component="AgentRail.fee_share, CorrespondentRail",
        measure=banking.pressure_anchors,
    ),
    Check(
        id="V23",
        sentence="One desk of two people serves better than two desks of one.",
        inputs="arrivals .08 a day and person, exponential work of 10 days",
        component="Desk, Station",
        measure=desks.pooling,
    ),
    Check(
        id="V24",
        sentence="The statutory time is met as often as staff and agencies allow.",
        inputs="applications .30 a day, reviews of 8 days (cv .5), agencies of 2 "
        "or 5 days each, 20 working days",
        component="Regulator, ApplicationDesk, Desk",
        measure=oversight.statutory_time,
    ),
    Check(
        id="V25",
        sentence="Agencies that answer side by side take as long as the slowest.",
        inputs="three agencies, exponential with mean 5 days",
        component="ApplicationDesk",
        measure=oversight.fork_join,
    ),
    Check(
        id="V26",
        sentence="Where endings compete, the incidence is told without the bias of one minus Kaplan-Meier.",
        inputs="hazards .20 of success and .05 of failure a day, read at 10 days",
        component="metrics.incidence",
        measure=estimators.competing_risks,
    ),
)


class NotYet(NamedTuple):
    """A check that nothing in the product could be held to yet."""

    id: str
    why: str


#: Said with every scorecard: what it does not cover.
NOT_YET: tuple[NotYet, ...] = ()


class UnknownCheck(LookupError):
    """A check was asked for that does not exist."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"there is no check '{self.name[:40]}'; there are {', '.join(check.id for check in CHECKS)}"


def chosen(only: Iterable[str] | None = None) -> tuple[Check, ...]:
    """The checks named, in the list's order; all if none is. Raises UnknownCheck."""
    wanted = {name.upper() for name in only or ()}
    known = {check.id for check in CHECKS}
    for name in sorted(wanted - known):
        raise UnknownCheck(name)
    return tuple(check for check in CHECKS if not wanted or check.id in wanted)


def run_check(check: Check, effort: Effort = QUICK) -> Verdict:
    """One check, its processor time taken. The same numbers on every call: its seeds are its own."""
    before = process_time()
    readings = tuple(check.measure(effort))
    return Verdict(check=check, readings=readings, seconds=process_time() - before)


def run_checks(
    quick: bool = True,
    only: Iterable[str] | None = None,
    told: Callable[[Verdict], None] | None = None,
) -> list[Verdict]:
    """Run the checks one after another; ``told`` hears of each as it ends. Raises UnknownCheck."""
    verdicts = []
    for check in chosen(only):
        verdict = run_check(check, QUICK if quick else FULL)
        if told is not None:
            told(verdict)
        verdicts.append(verdict)
    return verdicts
