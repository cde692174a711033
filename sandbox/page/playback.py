"""A run played back: where every payment stands at a second, and how the payments move from then on.

The film is made from the journal's MOVED rows alone. A payment that passes several states within one second is
shown where that second leaves it. Slices end between two seconds, so that one follows the other without a seam.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sandbox.journal.kinds import Kind
from sandbox.lifecycle import TERMINALS, State
from sandbox.page.opened import Opened
from sandbox.page.stays import state_name
from sandbox.report import palette
from sandbox.report.explain import name_of
from sandbox.report.wording import of_author, rail_label

SCHEMA = "sandbox.playback/1"
#: Payments that a slice tells apart; of more than these the newest are shown.
MOST_STANDING = 20_000
#: Last moves that are listed in words.
_LISTED = 12

#: Place -> the states in which a payment is shown there; a rail's own place is named by the rail.
_STATES: Mapping[str, tuple[State, ...]] = MappingProxyType(
    {
        "payer": (
            State.CREATED, State.RETRY, State.REJECTED, State.TECHNICAL_FAILURE, State.COMPLIANCE_STOP,
            State.RETURNED,
        ),
        "checks": (
            State.VALIDATED, State.PROFILE, State.DOCUMENTS, State.SCREENING, State.MANUAL_REVIEW,
        ),
        "authority": (
            State.AUTHORISATION, State.ORDER_DESK, State.QUOTA_WAIT, State.ESCALATED, State.SUSPENDED,
        ),
        "funds": (State.FUNDS, State.FUNDS_WAIT, State.RELEASE, State.CUTOFF_WAIT),
        "dealer": (State.CONVERSION, State.DEALER_WAIT, State.MARKET_WAIT),
        "rail": (State.IN_FLIGHT, State.HELD, State.SETTLED, State.REORGED, State.RETURNING),
        "payee": (State.OFFRAMP, State.ACCEPTED_NOT_POSTED, State.FROZEN, State.UNFROZEN),
        "CREDITED": (State.CREDITED,),
        "STOPPED": (State.STOPPED,),
        "FAILED": (State.FAILED,),
        "LOST": (State.LOST,),
        "CANCELLED": (State.CANCELLED,),
    }
)  # fmt: skip
#: State code -> its place, "rail" for whichever rail the payment is on.
PLACE_OF: Mapping[int, str] = MappingProxyType(
    {int(state): place for place, states in _STATES.items() for state in states}
)
ENDED = tuple(place for place in _STATES if place.isupper())

#: Simulated seconds that pass in one of the watcher's.
SPEEDS = (600, 3_600, 21_600, 86_400, 604_800)
#: The longest time that a run should take to watch at the speed it opens with.
_PATIENCE = 180
#: Shapes of marks, one a rail where there are as many: colour alone tells nothing apart.
_SHAPES = ("circle", "square", "triangle", "diamond", "cross", "bar")
_USUAL = ("correspondent", "agent", "usdt", "btc", "digital_ruble", "dfa")

_TABLE = "page_moves"
#: One row for each second in which a payment moved: the state and rail that the second leaves it with.
_PREPARE = f"""
create or replace temp table {_TABLE} as
select seq, "time" as second, payment, object as state, extra as rail, subject as left_state
from (
    select seq, "time", payment, object, extra,
           first_value(subject) over (partition by payment, "time" order by seq) as subject,
           row_number() over (partition by payment, "time" order by seq desc) as from_last
    from journal where kind = {Kind.MOVED:d}
)
where from_last = 1 order by seq
"""
#: The last row of each payment up to a second.
_LAST = f"""
select payment, arg_max(state, seq) as state, arg_max(rail, seq) as rail
from {_TABLE} where second <= ? group by payment
"""
_TERMINAL = ", ".join(str(int(state)) for state in sorted(TERMINALS))


def film(opened: Opened, since: int, limit: int) -> dict[str, Any]:
    """Who stands where before ``since``, and the moves from then on: about ``limit`` of them, whole seconds only.

    ``until`` is where the next slice begins; ``next`` is the same, or None where no move follows; ``before`` is the
    second of the last move before this slice, or None. A move is second, payment, state left (0: new), state, rail.
    """
    _prepare(opened)
    rails = _rails(opened)
    oldest, left_out, standing = _standing(opened, since - 1)
    until = _until(opened, since, limit)
    moves = opened.run.rows(
        f"select second, payment, left_state, state, rail from {_TABLE}"
        " where second >= ? and second < ? and payment >= ? order by seq",
        [since, until, oldest],
    )
    before = opened.run.rows(f"select max(second) from {_TABLE} where second < ?", [since])[0][0]
    more = opened.run.rows(f"select count(*) from {_TABLE} where second >= ?", [until])[0][0]
    place = {number: index for index, (number, _) in enumerate(rails)}
    return {
        "schema": SCHEMA,
        "since": since,
        "until": until,
        "next": until if more else None,
        "before": before,
        "horizon": opened.run.horizon,
        "states": {str(int(state)): [state.name, PLACE_OF[state]] for state in State},
        "rails": [name for _, name in rails],
        "ended": _ended(opened, since - 1),
        "left_out": left_out,
        "standing": [[payment, state, place.get(rail, -1)] for payment, state, rail in standing],
        "moves": [[*row, place.get(rail, -1)] for *row, rail in moves],
    }


def moment(opened: Opened, second: int) -> dict[str, Any]:
    """The same in words for one second: how many payments are in each place, and the last moves."""
    _prepare(opened)
    rails = dict(_rails(opened))
    counts: dict[str, int] = {}
    rows = opened.run.rows(f"select state, rail, count(*) from ({_LAST}) group by all", [second])
    for state, rail, number in rows:
        place = PLACE_OF[state]
        key = f"rail-{rails.get(rail, '')}" if place == "rail" else place
        counts[key] = counts.get(key, 0) + number
    last = opened.run.rows(
        f"select second, payment, left_state, state, rail from {_TABLE} where second <= ?"
        f" order by seq desc limit {_LISTED}",
        [second],
    )
    return {
        "second": second,
        "when": opened.names.when(second),
        "counts": counts,
        "moves": [
            {
                "when": opened.names.when(then),
                "payment": name_of(payment),
                "from": _state_name(before),
                "to": _state_name(after),
                "rail": rail_label(f"rail/{rails[rail]}") if rail in rails else "",
            }
            for then, payment, before, after, rail in last
        ],
    }


def setting(opened: Opened) -> dict[str, Any]:
    """What the stage needs once: the rails that payments took, the clock, and the dated events."""
    _prepare(opened)
    names = [name for _, name in _rails(opened)]
    return {
        "rails": [{"name": name, "label": rail_label(f"rail/{name}")} for name in names],
        "start": opened.run.clock.text(0)[:10],
        "horizon": opened.run.horizon,
        "events": _events(opened),
    }


def marks(rails: list[dict[str, str]]) -> list[dict[str, str]]:
    """How a payment on each rail is drawn: its colour and its shape."""
    return [
        {
            **rail,
            "colour": palette.of_rail(rail["name"]).colour,
            "shape": _SHAPES[_USUAL.index(rail["name"])] if rail["name"] in _USUAL else "ring",
        }
        for rail in rails
    ]


def speed_of(asked: int, horizon: int) -> int:
    """The speed nearest to the one asked for; for 0 the slowest that shows the run within some minutes."""
    if asked:
        return min(SPEEDS, key=lambda speed: abs(speed - asked))
    return next((speed for speed in SPEEDS if horizon <= speed * _PATIENCE), SPEEDS[-1])


def _events(opened: Opened) -> list[dict[str, Any]]:
    """The timeline's events as they happened; the words are the scenario's author's."""
    rows = opened.run.rows(
        """select min(j."time"), e.name from journal j join entities e on e.id = j.actor
        where j.kind = ? group by e.name, j."time" order by 1, 2 limit 200""",
        [int(Kind.WORLD)],
    )
    told = dict(opened.run.scenario.get("timeline", {}))
    return [
        {
            "second": second,
            "when": opened.names.when(second)[:16],
            "text": _label(told.get(name.removeprefix("event/")), name.removeprefix("event/")),
        }
        for second, name in rows
    ]


def _label(event: Any, name: str) -> str:
    label = event.get("label") if isinstance(event, Mapping) else None
    return of_author(label) or name.replace("-", " ")


def state_names() -> dict[str, str]:
    """Every state's code and what it is called."""
    return {str(int(state)): _state_name(state) for state in State}


def _state_name(state: int) -> str:
    return state_name(State(state).name) if state in PLACE_OF else "–"


def _rails(opened: Opened) -> list[tuple[int, str]]:
    """Entity and plain name of every rail that a payment of this run took, by name."""
    rows = opened.run.rows(
        f"select id, name from entities where id in (select distinct rail from {_TABLE} where rail >= 0)"
        " order by name"
    )
    return [(int(number), str(name).removeprefix("rail/")) for number, name in rows]


def _standing(opened: Opened, second: int) -> tuple[int, int, list[tuple[Any, ...]]]:
    """The oldest payment that is told apart, how many are left out, and all others that have not ended."""
    rows = opened.run.rows(
        f"select * from ({_LAST}) where state not in ({_TERMINAL}) order by payment", [second]
    )
    left_out = max(len(rows) - MOST_STANDING, 0)
    kept = rows[left_out:]
    return (int(kept[0][0]) if left_out else -1), left_out, kept


def _until(opened: Opened, since: int, limit: int) -> int:
    """The second before which about ``limit`` moves lie; at least the second ``since`` is passed."""
    found = opened.run.rows(
        f"select second from {_TABLE} where second >= ? order by seq limit 1 offset ?", [since, limit]
    )
    return max(int(found[0][0]), since + 1) if found else opened.run.horizon + 1


def _ended(opened: Opened, second: int) -> dict[str, int]:
    """How many payments had come to each ending."""
    rows = opened.run.rows(
        f"select state, count(*) from ({_LAST}) where state in ({_TERMINAL}) group by state", [second]
    )
    found = {State(state).name: int(number) for state, number in rows}
    return {ending: found.get(ending, 0) for ending in ENDED}


def _prepare(opened: Opened) -> None:
    """Gather the moves once for as long as the folder is open."""
    if _TABLE not in opened.prepared:
        opened.run.run(_PREPARE)
        opened.prepared.add(_TABLE)
