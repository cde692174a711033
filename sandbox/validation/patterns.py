"""Published patterns beside the model's own output: how implausible is the model, in standard deviations.

History matching: the misfit is the distance from the published figure over its standard deviation, the spread
of the figure and the error of the model's sample together; below three the model cannot be ruled out. A range
or a stated margin counts as an even law over it, so its standard deviation is its half-width over root three. These
are findings about the calibration, not about the engine: they are reported, and no exit code hangs on them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from math import sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sandbox.clock import DAY, HOUR, Clock
from sandbox.journal.kinds import Kind
from sandbox.lifecycle import State
from sandbox.market.prices import merton_path
from sandbox.randomness import Streams
from sandbox.scenario.load import load
from sandbox.simulation import simulate
from sandbox.validation.banking import TRACKED
from sandbox.validation.direct import DirectBanking, agents, each_minute
from sandbox.validation.laboratory import laboratory, shipped_parameters
from sandbox.validation.reading import Effort
from sandbox.validation.table import FULL, QUICK
from sandbox.world import World

#: From this misfit on the model is ruled out as an account of the figure.
RULED_OUT = 3.0


class Sample(NamedTuple):
    """What the model gave: the number, its standard error, observations behind it (0: no chance)."""

    value: float
    error: float
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A published figure, and where in the model its counterpart is read."""

    id: str
    what: str
    published: str
    centre: float
    sd: float
    source: str
    """What of the model gives the number."""
    measure: Callable[[Effort], Sample]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A pattern and what the model gave."""

    pattern: Pattern
    sample: Sample

    @property
    def misfit(self) -> float:
        """Distance in standard deviations."""
        spread = sqrt(self.pattern.sd**2 + self.sample.error**2)
        return abs(self.sample.value - self.pattern.centre) / spread

    @property
    def plausible(self) -> bool:
        """Whether the model is not ruled out; a number that could not be had rules it out."""
        return self.misfit < RULED_OUT

    def to_dict(self) -> dict[str, Any]:
        """Plain data for a document."""
        pattern, finite = self.pattern, self.misfit == self.misfit
        return {
            "id": pattern.id,
            "what": pattern.what,
            "published": pattern.published,
            "centre": pattern.centre,
            "sd": pattern.sd,
            "source": pattern.source,
            "got": self.sample.value if finite else None,
            "error": self.sample.error if finite else None,
            "samples": self.sample.size,
            "misfit": round(self.misfit, 3) if finite else None,
            "plausible": self.plausible,
        }


def _share(hits: int, trials: int) -> Sample:
    if trials == 0:
        return Sample(float("nan"), float("nan"), 0)
    share = hits / trials
    return Sample(share, sqrt(max(share * (1 - share), 1e-9) / trials), trials)


# -- the model's output -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Counterfactual:
    """The journal of the shipped scenario without the regime."""

    rows: NDArray[np.void]
    entities: list[str]
    clock: Clock


@cache
def _without_regime(whole: bool) -> _Counterfactual:
    """Run ``no-elr``: as shipped, or with a fifth of its firms and orders."""
    sets = () if whole else ("population.importers=100", "population.payments_per_business_day=20")
    loaded = load("no-elr", sets=sets)
    chunks: list[NDArray[np.void]] = []
    worlds: list[World] = []

    def listen(world: World) -> None:
        worlds.append(world)
        world.ground.journal.on_chunk.append(lambda records, first: chunks.append(records))

    run = simulate(loaded, seed=1, chain_tables=False, tamper=listen)
    if run.status != "complete":
        raise RuntimeError(f"no-elr ended {run.status}: {run.audit}")
    ground = worlds[0].ground
    return _Counterfactual(np.concatenate(chunks), ground.journal.entities, ground.clock)


def _attempts(seen: _Counterfactual, rail: str, state: State, since: date, until: date) -> NDArray[np.int64]:
    """Attempts (payment and number) over a rail that entered a state between two days."""
    rows = seen.rows
    chosen = (rows["kind"] == int(Kind.MOVED)) & (rows["object"] == int(state))
    chosen &= rows["extra"] == seen.entities.index(f"rail/{rail}")
    chosen &= (rows["time"] >= seen.clock.second(since)) & (rows["time"] < seen.clock.second(until))
    found = rows[chosen]
    return np.asarray(found["payment"].astype(np.int64) * 64 + found["amount"], dtype=np.int64)


def _returned_at_full_pressure(effort: Effort) -> Sample:
    seen = _without_regime(effort.scale > 1)
    first, last = date(2024, 8, 1), date(2024, 10, 1)
    sent = _attempts(seen, "correspondent", State.IN_FLIGHT, first, last)
    returned = _attempts(seen, "correspondent", State.RETURNED, first, date(2026, 1, 1))
    return _share(int(np.isin(sent, returned).sum()), len(sent))


def _direct_share(effort: Effort) -> Sample:
    seen = _without_regime(effort.scale > 1)
    year = date(2025, 1, 1), date(2026, 1, 1)
    direct, agent = (len(_attempts(seen, rail, State.CREDITED, *year)) for rail in ("correspondent", "agent"))
    return _share(direct, direct + agent)


def _alerts(effort: Effort) -> Sample:
    rows = _without_regime(effort.scale > 1).rows
    screened = rows[rows["kind"] == int(Kind.SCREENED)]
    return _share(int((screened["amount"] == 1).sum()), len(screened))


def _false_alerts(effort: Effort) -> Sample:
    rows = _without_regime(effort.scale > 1).rows
    alerts = rows[(rows["kind"] == int(Kind.SCREENED)) & (rows["amount"] == 1)]
    return _share(int((alerts["extra"] == 0).sum()), len(alerts))


@cache
def _direct_hours(pressure: float, count: int) -> NDArray[np.float64]:
    """Hours to credit of direct payments at a pressure, returns left out."""
    bank = DirectBanking(pressure, seed=400 + round(pressure * 10))
    return bank.send(*each_minute(count)).credited / HOUR


def _mean_days(pressure: float) -> Callable[[Effort], Sample]:
    def measure(effort: Effort) -> Sample:
        days = _direct_hours(pressure, effort.of(20_000)) * HOUR / DAY
        return Sample(float(days.mean()), float(days.std()) / sqrt(len(days)), len(days))

    return measure


def _slowest_days(effort: Effort) -> Sample:
    days = _direct_hours(0.8, effort.of(20_000)) * HOUR / DAY
    parts = [float(np.quantile(part, 0.99)) for part in np.array_split(days, 10)]
    return Sample(float(np.quantile(days, 0.99)), float(np.std(parts, ddof=1)) / sqrt(10), len(days))


def _within(hours: float) -> Callable[[Effort], Sample]:
    def measure(effort: Effort) -> Sample:
        found = _direct_hours(0.0, effort.of(20_000))
        return _share(int((found <= hours).sum()), len(found))

    return measure


def _agents_fee(pressure: float) -> Callable[[Effort], Sample]:
    return lambda effort: Sample(agents(laboratory(), pressure).fee_share() * 100, 0.0, 0)


def _volatility(diffusion: str, rate: str, jump: str, steps_a_day: int) -> Callable[[Effort], Sample]:
    """Volatility of daily returns on paths drawn as a world draws them, with the shipped parameters."""

    def measure(effort: Effort) -> Sample:
        library, start = shipped_parameters(), date(2024, 6, 3)
        sigma, jumps, spread = (library.number(name, start) for name in (diffusion, rate, jump))
        days, vols = 2_000, []
        streams = Streams(12)
        for number in range(effort.times(8)):
            path = merton_path(
                streams.named(f"{diffusion}/{number}"),
                1.0,
                days * steps_a_day,
                1 / 365 / steps_a_day,
                sigma,
                jumps,
                spread,
            )
            vols.append(float(np.diff(np.log(path[::steps_a_day])).std()) * sqrt(365))
        return Sample(float(np.mean(vols)), float(np.std(vols, ddof=1)) / sqrt(len(vols)), days * len(vols))

    return measure


# -- the table ----------------------------------------------------------------------------------------------


def _even(low: float, high: float) -> dict[str, float]:
    """Centre and standard deviation of a figure published as a range."""
    return {"centre": (low + high) / 2, "sd": (high - low) / 2 / sqrt(3)}


_WORLD = "no-elr"

PATTERNS: tuple[Pattern, ...] = (
    Pattern(
        id="T1",
        what="direct payments returned at full pressure",
        published=".80 +- .05 (spring and July 2024)",
        **_even(0.75, 0.85),
        source=f"{_WORLD}, sent in August and September 2024",
        measure=_returned_at_full_pressure,
    ),
    Pattern(
        id="T2",
        what="mean time of a direct payment at P = .4, days",
        published="7; another report 5 to 10 (February 2024)",
        centre=7.0,
        sd=2.5 / sqrt(3),
        source="CorrespondentRail",
        measure=_mean_days(0.4),
    ),
    Pattern(
        id="T3",
        what="mean time of a direct payment at P = .8, days",
        published="7 to 21 (June 2024)",
        **_even(7, 21),
        source="CorrespondentRail",
        measure=_mean_days(0.8),
    ),
    Pattern(
        id="T3",
        what="99% quantile of that time, days",
        published="60 to 90",
        **_even(60, 90),
        source="CorrespondentRail",
        measure=_slowest_days,
    ),
    Pattern(
        id="T4",
        what="agents' fee at P = .6, percent",
        published="2 to 3 (2025)",
        **_even(2, 3),
        source="AgentRail",
        measure=_agents_fee(0.6),
    ),
    Pattern(
        id="T4",
        what="agents' fee at P = .8, percent",
        published="3 to 5 (July 2024)",
        **_even(3, 5),
        source="AgentRail",
        measure=_agents_fee(0.8),
    ),
    Pattern(
        id="T4",
        what="agents' fee at P = 1, percent",
        published="6 (August 2024), read as 5.5 to 6.5",
        **_even(5.5, 6.5),
        source="AgentRail",
        measure=_agents_fee(1.0),
    ),
    Pattern(
        id="T5",
        what="share of payments made directly in 2025, the rest through agents",
        published="30 to 70, read as .25 to .35 direct",
        **_even(0.25, 0.35),
        source=f"{_WORLD}, credited in 2025",
        measure=_direct_share,
    ),
    *(
        Pattern(
            id="T8",
            what=f"credited within {hours * 60:.0f} minutes"
            if hours < 1
            else f"credited within {hours:.0f} hours",
            published=f"{share:.2f} +- .02 (tracking network)",
            **_even(share - 0.02, share + 0.02),
            source="CorrespondentRail without pressure",
            measure=_within(hours),
        )
        for hours, share in TRACKED
    ),
    Pattern(
        id="T9",
        what="share of payments that raise an alert",
        published=".02 to .05",
        **_even(0.02, 0.05),
        source=_WORLD,
        measure=_alerts,
    ),
    Pattern(
        id="T9",
        what="share of alerts that are false",
        published=".90 to .95",
        **_even(0.90, 0.95),
        source=_WORLD,
        measure=_false_alerts,
    ),
    Pattern(
        id="T12",
        what="volatility of bitcoin a year",
        # Error of a realised volatility: v sqrt((kurtosis - 1) / 4n), n = 790 days of kurtosis 6.65.
        published=".480 (790 daily closes, 2023-01 to 2025-02)",
        centre=0.480,
        sd=0.480 * sqrt(5.65 / (4 * 790)),
        source="merton_path, hourly, shipped parameters",
        measure=_volatility("btc.btc_sigma_diff", "btc.btc_lambda", "btc.btc_jump_sd", 24),
    ),
    Pattern(
        id="T12",
        what="volatility of the rouble a year",
        # As above: some 750 official rates; kurtosis 14.4 is that of the shipped law.
        published=".135, .145, .144 (2023 to 2025)",
        centre=0.1413,
        sd=0.1413 * sqrt(13.4 / (4 * 750)),
        source="merton_path, daily, shipped parameters",
        measure=_volatility("fx.usdrub_sigma_diff", "fx.usdrub_lambda", "fx.usdrub_jump_sd", 1),
    ),
)

#: Patterns that nothing of the model answers to yet.
UNANSWERED = (
    ("T10", "bitcoin mined in the country, 54,000 and 35,000: no part of the product mines for sale yet"),
)


def run_patterns(quick: bool = True) -> Sequence[Fit]:
    """Every published pattern beside the model's own number."""
    effort = QUICK if quick else FULL
    return [Fit(pattern=pattern, sample=pattern.measure(effort)) for pattern in PATTERNS]
