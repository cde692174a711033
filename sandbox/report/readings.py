"""The numbers behind each chart, read from a run's tables: what a chart draws and what its table lists.

All readings are of the cohort (payments created after the warm-up and before the cool-down), but for
queues and balances, which are shown over the whole run.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from sandbox.journal.kinds import Kind
from sandbox.lifecycle import TERMINALS, State
from sandbox.money import Asset
from sandbox.report.runfolder import RunFolder

#: The ending of a payment that no terminal state had reached at the horizon.
CENSORED = "CENSORED"

#: Endings in the order charts stack them.
ENDINGS = ("CREDITED", "CANCELLED", "CENSORED", "FAILED", "STOPPED", "LOST")

#: Points a line may have: enough for a screen and for paper, few enough to keep the page small.
LINE_POINTS = 400

_Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Payments of one goods category that took one rail to one ending."""

    category: str
    rail: str
    """Entity of the rail tried last; "" if none was chosen."""
    ending: str
    payments: int
    usd_cents: int
    """Invoice value, USD cents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """How fast the payments of one rail were credited."""

    rail: str
    seconds: _Array
    """Seconds from creation to credit of those credited, ascending."""
    payments: int
    """All payments whose last rail this was, whatever their ending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A level over time: the highest of each stretch, so that peaks survive the thinning."""

    name: str
    seconds: _Array
    """Ends of the stretches, seconds since the start."""
    levels: _Array
    asset: Asset | None = None
    """Set if the level is money: then ``levels`` are whole units, else a count."""


#: A run without payments has a table of payments without columns.
_NO_FATE = """
create or replace temp table fate (
    payment bigint, created bigint, category varchar, country varchar, direction varchar, usd_cents bigint,
    state bigint, moved bigint, rail varchar
)"""


def prepare(run: RunFolder) -> None:
    """Find each cohort payment's last state and last rail once; the readings below share it."""
    if not run.rows("select count(*) from payments")[0][0]:
        run.run(_NO_FATE)
        return
    run.run(
        """
        create or replace temp table fate as
        select p.payment, p.created, p.category, p.country, p.direction, p.invoice_usd_cents as usd_cents,
               m.state, m.moved, coalesce(e.name, '') as rail
        from payments p
        join (
            select payment, arg_max(object, seq) as state, arg_max("time", seq) as moved,
                   arg_max(extra, seq) filter (extra >= 0) as rail
            from journal where kind = ? group by payment
        ) m using (payment)
        left join entities e on e.id = m.rail
        where p.created >= ? and p.created < ?
        """,
        [int(Kind.MOVED), run.warm_up, run.horizon - run.cool_down],
    )


def flows(run: RunFolder) -> list[Flow]:
    """Payments and value by category, rail and ending, in a fixed order."""
    counts = run.rows(
        "select category, rail, state, count(*), sum(usd_cents)::bigint from fate"
        " group by category, rail, state order by category, rail, state"
    )
    merged: dict[tuple[str, str, str], tuple[int, int]] = {}
    for category, rail, state, payments, usd_cents in counts:
        key = (category, rail, ending_of(state))
        before = merged.get(key, (0, 0))
        merged[key] = (before[0] + payments, before[1] + usd_cents)
    return [
        Flow(category=category, rail=rail, ending=ending, payments=n, usd_cents=value)
        for (category, rail, ending), (n, value) in merged.items()
    ]


def ways(run: RunFolder) -> list[str]:
    """Directions of trade of the cohort where some firms sell abroad; none where all of it is imports."""
    if not run.rows("select count(*) from payments")[0][0]:
        return []
    if not run.rows("select count(*) from payments where direction = 'export'")[0][0]:
        return []
    return [way for (way,) in run.rows("select distinct direction from fate order by 1")]


def endings_of_ways(run: RunFolder) -> dict[str, dict[str, int]]:
    """Payments by direction of trade and ending; empty where all of it is imports."""
    counts: dict[str, dict[str, int]] = {way: {} for way in ways(run)}
    for way, state, payments in run.rows("select direction, state, count(*) from fate group by all"):
        if way in counts:
            ending = ending_of(state)
            counts[way][ending] = counts[way].get(ending, 0) + payments
    return counts


def ending_of(state: int) -> str:
    """The terminal's name, or :data:`CENSORED` for a state that is none."""
    return State(state).name if State(state) in TERMINALS else CENSORED


def settlements(run: RunFolder) -> list[Settlement]:
    """Times to credit by rail; rails in the order of their names."""
    found = []
    for rail, payments in run.rows("select rail, count(*) from fate group by rail order by rail"):
        seconds = run.columns(
            "select moved - created as seconds from fate where rail = ? and state = ? order by seconds",
            [rail, int(State.CREDITED)],
        )["seconds"]
        found.append(Settlement(rail=rail, seconds=np.asarray(seconds, dtype=np.int64), payments=payments))
    return found


def queues(run: RunFolder) -> list[Line]:
    """How many waited at each desk, as its arrivals and starts of service tell."""
    lines = []
    for (desk,) in run.rows(
        "select distinct e.name from journal j join entities e on e.id = j.actor where j.kind = ? order by 1",
        [int(Kind.DESK_ENTERED)],
    ):
        steps = run.columns(
            """
            select j."time" as second, case j.kind when ? then 1 else -1 end as step
            from journal j join entities e on e.id = j.actor
            where e.name = ? and j.kind in (?, ?) order by j.seq
            """,
            [int(Kind.DESK_ENTERED), desk, int(Kind.DESK_ENTERED), int(Kind.DESK_STARTED)],
        )
        # Whoever finds a free desk enters and starts in one second: only what is left at its end has waited.
        second, level = _settled(np.asarray(steps["second"]), np.cumsum(np.asarray(steps["step"])))
        lines.append(_thinned(desk, second, level, run.horizon, np.maximum))
    return lines


def balances(run: RunFolder) -> list[Line]:
    """Money held ready, at its lowest in each stretch: dealers' inventories and banks' nostro accounts.

    The exchange abroad is left out: it stands for a deep market, and would hide everybody else.
    """
    # One pass over the journal, whatever the number of accounts.
    run.run(
        """
        create or replace temp table held as
        select a.account, a.asset, coalesce(e.name, '') as owner, j.seq, j."time" as second,
               case when j.object = a.account then j.amount else -j.amount end as step
        from accounts a
        left join entities e on e.id = a.owner
        join journal j on j.kind = ? and (j.subject = a.account or j.object = a.account)
        where a.role in ('inventory', 'nostro') and coalesce(e.name, '') <> 'exchange'
        """,
        [int(Kind.POSTED)],
    )
    lines = []
    for account, owner, asset in run.rows(
        "select account, owner, asset from held group by all having count(*) > 1 order by asset, owner, account"
    ):
        moves = run.columns("select second, step from held where account = ? order by seq", [account])
        second, level = _settled(np.asarray(moves["second"]), np.cumsum(np.asarray(moves["step"])))
        thin = _thinned(owner, second, level, run.horizon, np.minimum)
        whole = thin.levels / Asset(asset).scale
        lines.append(Line(name=owner, seconds=thin.seconds, levels=whole, asset=Asset(asset)))
    return lines


def stretches(horizon: int) -> int:
    """Seconds that one point of a line stands for: a day or a part of it, days for a long run."""
    for size in (60, 300, 900, 3_600, 6 * 3_600, 86_400):
        if horizon <= size * LINE_POINTS:
            return size
    return 86_400 * -(-horizon // (86_400 * LINE_POINTS))


def _settled(second: _Array, level: _Array) -> tuple[_Array, _Array]:
    """The level at the end of each second in which something happened."""
    last = np.append(second[1:] != second[:-1], True) if len(second) else np.zeros(0, dtype=bool)
    return second[last], level[last]


def _thinned(name: str, second: _Array, level: _Array, horizon: int, extreme: np.ufunc) -> Line:
    """One point a stretch: the extreme of the level carried into it and the levels inside it."""
    size = stretches(horizon)
    ends = np.arange(size, horizon + size, size, dtype=np.int64)
    levels = np.array(list(_extremes(ends, size, second, level, extreme)))
    return Line(name=name, seconds=np.minimum(ends, horizon), levels=levels)


def _extremes(ends: _Array, size: int, second: _Array, level: _Array, extreme: np.ufunc) -> Iterator[int]:
    first = np.searchsorted(second, ends - size, side="left")
    after = np.searchsorted(second, ends, side="left")
    for start, stop in zip(first, after, strict=True):
        carried = int(level[start - 1]) if start else None
        inside = int(extreme.reduce(level[start:stop])) if stop > start else None
        known = [each for each in (carried, inside) if each is not None]
        yield int(extreme.reduce(known)) if known else 0
