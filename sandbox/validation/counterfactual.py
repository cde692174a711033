"""The counterfactual: the shipped scenario without the regime, run once, and what its journal answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sandbox.clock import Clock
from sandbox.journal.kinds import Kind
from sandbox.lifecycle import State
from sandbox.scenario.load import load
from sandbox.simulation import simulate
from sandbox.validation.misfit import Sample, share
from sandbox.validation.reading import Effort
from sandbox.world import World

#: The scenario's name.
SCENARIO = "no-elr"


@dataclass(frozen=True, slots=True)
class _Counterfactual:
    """The journal of the shipped scenario without the regime."""

    rows: NDArray[np.void]
    entities: Sequence[str]
    clock: Clock


@cache
def _run(whole: bool) -> _Counterfactual:
    """Run ``no-elr``: as shipped, or with a fifth of its firms and orders."""
    sets = () if whole else ("population.importers=100", "population.payments_per_business_day=20")
    loaded = load(SCENARIO, sets=sets)
    chunks: list[NDArray[np.void]] = []
    worlds: list[World] = []

    def listen(world: World) -> None:
        worlds.append(world)
        world.ground.journal.on_chunk.append(lambda records, first: chunks.append(records))

    run = simulate(loaded, seed=1, chain_tables=False, tamper=listen)
    if run.status != "complete":
        raise RuntimeError(f"{SCENARIO} ended {run.status}: {run.audit}")
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


def returned_at_full_pressure(effort: Effort) -> Sample:
    """Share of direct payments sent in August and September 2024 that came back."""
    seen = _run(effort.scale > 1)
    first, last = date(2024, 8, 1), date(2024, 10, 1)
    sent = _attempts(seen, "correspondent", State.IN_FLIGHT, first, last)
    returned = _attempts(seen, "correspondent", State.RETURNED, first, date(2026, 1, 1))
    return share(int(np.isin(sent, returned).sum()), len(sent))


def direct_share(effort: Effort) -> Sample:
    """Share of payments credited in 2025 that went directly."""
    seen = _run(effort.scale > 1)
    year = date(2025, 1, 1), date(2026, 1, 1)
    direct, agent = (len(_attempts(seen, rail, State.CREDITED, *year)) for rail in ("correspondent", "agent"))
    return share(direct, direct + agent)


def alerts(effort: Effort) -> Sample:
    """Share of screenings that raised an alert."""
    rows = _run(effort.scale > 1).rows
    screened = rows[rows["kind"] == int(Kind.SCREENED)]
    return share(int((screened["amount"] == 1).sum()), len(screened))


def false_alerts(effort: Effort) -> Sample:
    """Share of alerts on lawful payments."""
    rows = _run(effort.scale > 1).rows
    raised = rows[(rows["kind"] == int(Kind.SCREENED)) & (rows["amount"] == 1)]
    return share(int((raised["extra"] == 0).sum()), len(raised))
