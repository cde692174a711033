"""What was played stays as it was: a later decision changes no record of an earlier quarter."""

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.classroom.game.decisions import CAPS, NUMBER_LEVERS, RAILS, Decision, decision_of
from sandbox.classroom.game.deck import deal, deck
from sandbox.classroom.game.quarters import LAST, begins, day_of, days_before
from sandbox.classroom.game.scenario import scenario_text
from sandbox.scenario.load import load
from tests.classroom.conftest import CAREFUL, OPEN, SEED, STRICT, Played

#: Games played once serve this file and that of the objectives.
pytestmark = pytest.mark.xdist_group("games")

decisions = st.builds(
    Decision,
    **{lever.name: st.integers(lever.low, lever.high) for lever in NUMBER_LEVERS},
    cap_millions=st.sampled_from(CAPS),
    rails=st.lists(st.sampled_from(RAILS), unique=True),
)


def until(game: Played, quarter: int) -> pa.Table:
    """The journal of a game up to the end of a quarter, byte by byte as it was written."""
    rows = pq.read_table(game.folder / "journal.parquet")
    return rows.filter(pc.less(rows["time"], days_before(quarter + 1) * 86_400))


@pytest.mark.parametrize("later", [OPEN, STRICT])
def test_quarters_already_played_come_out_identical(play: Callable[..., Played], later: Decision) -> None:
    short, long = play(CAREFUL, OPEN), play(CAREFUL, OPEN, later)
    before, after = until(short, 2), until(long, 2)
    assert len(before) > 5_000
    assert before.equals(after)
    assert len(until(long, 3)) > len(after)


def test_an_earlier_decision_does_change_what_follows(play: Callable[..., Played]) -> None:
    """The check above can fail: another first quarter gives another journal."""
    assert not until(play(CAREFUL, OPEN), 1).equals(until(play(STRICT, OPEN, OPEN), 1))


def test_a_game_is_measured_quarter_by_quarter(play: Callable[..., Played]) -> None:
    clock = play(CAREFUL, OPEN).loaded.scenario.clock
    assert clock.warm_up == days_before(2) * 86_400 == 90 * 86_400
    assert clock.horizon == days_before(3) * 86_400 == 181 * 86_400
    assert clock.cool_down == 14 * 86_400
    assert begins(LAST + 1).isoformat() == "2027-01-01" and day_of(2, 1) == begins(2)


@settings(max_examples=6, deadline=None)
@given(st.lists(decisions, min_size=1, max_size=3), st.integers(0, 50))
def test_whatever_is_decided_is_a_scenario_that_loads(
    tmp_path_factory: pytest.TempPathFactory, chosen: list[Decision], seed: int
) -> None:
    file = tmp_path_factory.mktemp("text") / "game.yaml"
    file.write_text(scenario_text(chosen, seed), encoding="utf-8")
    loaded = load(file)
    assert loaded.warnings == []
    assert loaded.scenario.clock.horizon == days_before(len(chosen) + 1) * 86_400


@pytest.mark.parametrize("count", [0, LAST + 1])
def test_a_game_has_its_length(count: int) -> None:
    with pytest.raises(ValueError, match="quarters"):
        scenario_text([CAREFUL] * count, SEED)


def test_everybody_of_a_room_gets_the_same_cards() -> None:
    assert {quarter: card.id for quarter, card in deal(5).items()} == {q: c.id for q, c in deal(5).items()}
    assert sorted(deal(5)) == list(range(2, LAST + 1))
    assert len({card.id for card in deal(5).values()}) == LAST - 1
    assert len({tuple(card.id for card in deal(seed).values()) for seed in range(20)}) > 10


def test_every_card_loads_in_every_quarter(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("cards") / "all.yaml"
    events = {}
    for number, card in enumerate(deck()):
        events |= card.timeline(2 + number % 7, OPEN)
    text = scenario_text([OPEN] * LAST, SEED)
    lines = [f"  {name}: {fields}" for name, fields in events.items()]
    file.write_text(
        text.replace("timeline:\n", "timeline:\n" + "\n".join(lines) + "\n"),
        encoding="utf-8",
    )
    assert set(events) <= set(load(file).scenario.timeline)


def test_equal_decisions_are_equal_whatever_the_order_of_a_form() -> None:
    one = decision_of({"rails": ["btc", "usdt", "btc"], "admit": 2})
    assert one == decision_of({"rails": ["usdt", "btc"], "admit": 2})
    assert scenario_text([one], 1) == scenario_text([decision_of({"rails": ["usdt", "btc"], "admit": 2})], 1)


@pytest.mark.parametrize(
    "fields",
    [
        {"admit": -1}, {"admit": 9}, {"admit": 1.5}, {"admit": "2"}, {"officers": 0}, {"cap_millions": 3},
        {"rails": ["agent"]}, {"rails": "usdt"}, {"rails": [1]}, {"undetected": 1}, {"admit": True},
    ],
)  # fmt: skip
def test_what_is_out_of_bounds_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        decision_of(fields)
