"""The issuer in full: its delay, the fullest wallet, the halt after a freeze, pauses by chance."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.journal.kinds import Kind
from sandbox.lifecycle import State
from sandbox.money import Asset

DAY, HOUR = 86_400, 3_600
TOKENS: dict[str, Any] = {"rails": {"usdt": {"confirmations": 19}, "agent": {}}}
ACCEPTED = {"at": "2025-03-03", "kind": "rail_permit", "rail": "usdt", "acceptance": 1.0}
FREEZE = {"at": "2025-03-05T12:00", "kind": "freeze", "holder": "dealer", "by": "holdings"}
STRUCK = 2 * DAY + 12 * HOUR


def with_freeze(**fields: Any) -> dict[str, Any]:
    """A world in which every supplier takes the token and one freeze strikes."""
    return {**TOKENS, "timeline": {"accepted": ACCEPTED, "freeze": {**FREEZE, **fields}}}


def test_the_fullest_wallet_is_frozen(observe: Callable[..., Any]) -> None:
    seen = observe(**with_freeze())
    (row,) = seen.of(Kind.FROZEN)
    accounts = [dealer.inventory[Asset.USDT] for dealer in seen.world.dealers.dealers]
    before = dict.fromkeys(accounts, 0)
    for posting in seen.of(Kind.POSTED)[seen.of(Kind.POSTED)["time"] <= STRUCK]:
        for account, sign in ((posting["object"], 1), (posting["subject"], -1)):
            if account in before:
                before[account] += sign * int(posting["amount"])
    assert len(set(before.values())) > 1
    assert before[row["subject"]] == max(before.values())


def test_the_chain_follows_the_decision_after_the_issuers_delay(observe: Callable[..., Any]) -> None:
    delays = []
    for seed in (1, 2):
        (row,) = observe(**with_freeze(delayed=True), seed=seed).of(Kind.FROZEN)
        delays.append(int(row["time"]) - STRUCK)
    assert all(5 * 60 < delay < 6 * HOUR for delay in delays) and delays[0] != delays[1]


def test_a_pending_freeze_changes_nothing_yet(observe: Callable[..., Any]) -> None:
    """Nobody sees it: until it stands on the chain, everything but the event's own row is as without it."""
    delayed, without = (
        observe(**with_freeze(delayed=True)),
        observe(**TOKENS, timeline={"accepted": ACCEPTED}),
    )
    (row,) = delayed.of(Kind.FROZEN)
    fields = ["time", "kind", "payment", "amount", "extra"]
    told = [
        seen.rows[(seen.rows["time"] < row["time"]) & (seen.rows["kind"] != int(Kind.WORLD))][fields].tolist()
        for seen in (delayed, without)
    ]
    assert len(told[0]) > 500 and told[0] == told[1]


@pytest.mark.parametrize("halt", [0, 3 * DAY])
def test_after_the_freeze_the_rail_takes_no_order_for_a_while(observe: Callable[..., Any], halt: int) -> None:
    seen = observe(**with_freeze(**({"rail_halt": f"{halt // DAY}d"} if halt else {})))
    (row,) = seen.of(Kind.FROZEN)
    chosen = seen.of(Kind.CHOSE_RAIL)
    usdt = seen.entities.index("rail/usdt")
    times = [int(each["time"]) - int(row["time"]) for each in chosen if each["object"] == usdt]
    within = [second for second in times if 0 < second <= 3 * DAY]
    assert (within == []) == bool(halt)
    assert any(second > 3 * DAY for second in times) and any(second < 0 for second in times)


def test_the_law_outlasts_the_halt(observe: Callable[..., Any]) -> None:
    """A rail that the law closes meanwhile stays closed when the halt is over."""
    closed = {"at": "2025-03-06", "kind": "rail_permit", "rail": "usdt", "permitted": False}
    change = with_freeze(rail_halt="3d")
    seen = observe(**{**change, "timeline": {**change["timeline"], "closed": closed}})
    usdt = seen.entities.index("rail/usdt")
    (row,) = seen.of(Kind.FROZEN)
    assert not [
        each for each in seen.of(Kind.CHOSE_RAIL) if each["object"] == usdt and each["time"] > row["time"]
    ]


def test_pauses_come_by_chance_and_end(observe: Callable[..., Any]) -> None:
    """Fifty pauses a year in place of one in a hundred years; with a rate of nought there is none."""
    parameters = {"usdt.issuer_pause_rate": 50.0, "usdt.issuer_pause_hours": {"median": 6.0, "sigma": 0.1}}
    timeline = {"accepted": ACCEPTED}
    seen = observe(**TOKENS, timeline=timeline, parameters=parameters, clock={"horizon": "40d"})
    paused, unpaused = seen.of(Kind.PAUSED), seen.of(Kind.UNPAUSED)
    assert 1 <= len(paused) <= 15 and len(paused) - len(unpaused) in (0, 1)
    for start, end in zip(paused["time"].tolist(), unpaused["time"].tolist(), strict=False):
        assert 4 * HOUR < end - start < 24 * HOUR
    calm = observe(
        **TOKENS, timeline=timeline, parameters={"usdt.issuer_pause_rate": 0}, clock={"horizon": "40d"}
    )
    assert not len(calm.of(Kind.PAUSED)) and calm.ended(State.CREDITED)
