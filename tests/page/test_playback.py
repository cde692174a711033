"""A run's film: it says what the journal says, at any second, and its slices follow one another without a seam."""

from collections import Counter
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from sandbox.journal.kinds import Kind
from sandbox.lifecycle import State
from sandbox.page import playback
from sandbox.page.opened import Opened
from tests.page.asgi import Browser, Server

_ENDED = {int(State[name]) for name in playback.ENDED}


@pytest.fixture(scope="module")
def opened(finished: tuple[Path, str]) -> Opened:
    """The finished run's folder."""
    folder, run = finished
    return Opened(folder / run / "run")


@pytest.fixture(scope="module")
def states(opened: Opened) -> list[tuple[int, int, int]]:
    """Second, payment and state of every move in the journal, in its order."""
    rows = opened.run.rows(
        'select "time", payment, object from journal where kind = ? order by seq', [int(Kind.MOVED)]
    )
    return [(int(second), int(payment), int(state)) for second, payment, state in rows]


def _after(states: list[tuple[int, int, int]], second: int) -> dict[int, int]:
    """The state of every payment at the end of a second, folded from the journal."""
    return {payment: state for then, payment, state in states if then <= second}


def _shown(film: dict[str, Any]) -> tuple[dict[int, int], Counter[str]]:
    """Who stands where, and how many have ended, after the last move of a slice."""
    standing = {payment: state for payment, state, _ in film["standing"]}
    ended = Counter(film["ended"])
    for _, payment, left, state, _ in film["moves"]:
        assert standing.pop(payment, left) == left
        if left in _ENDED:
            ended[State(left).name] -= 1
        if state in _ENDED:
            ended[State(state).name] += 1
        else:
            standing[payment] = state
    return standing, ended


def _seam(opened: Opened, since: int, limit: int) -> None:
    """The slice after this one begins with what this one leaves behind."""
    one = playback.film(opened, since, limit)
    other = playback.film(opened, one["until"], limit)
    standing, ended = _shown(one)
    assert standing == {payment: state for payment, state, _ in other["standing"]}
    assert ended == Counter(other["ended"])
    assert all(since <= move[0] < one["until"] for move in one["moves"])


@settings(max_examples=25, deadline=None, derandomize=True)
@given(since=st.integers(0, 6 * 86_400), limit=st.integers(1, 300))
def test_slices_follow_one_another_without_a_seam(opened: Opened, since: int, limit: int) -> None:
    _seam(opened, since, limit)


def test_a_seeded_defect_is_seen(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were a slice to begin with what happens in its first second, the property above would fail."""
    standing = playback._standing
    monkeypatch.setattr(playback, "_standing", lambda opened, second: standing(opened, second + 1))
    with pytest.raises(AssertionError):
        _seam(opened, 0, 20)


@pytest.mark.parametrize("day", [0, 1, 2.5, 4.7, 6])
def test_a_moment_is_what_the_journal_leaves(
    opened: Opened, states: list[tuple[int, int, int]], day: float
) -> None:
    second = int(day * 86_400)
    expected = Counter(
        playback.PLACE_OF[state].partition("-")[0] for state in _after(states, second).values()
    )
    shown: Counter[str] = Counter()
    for place, number in playback.moment(opened, second)["counts"].items():
        shown[place.partition("-")[0]] += number
    assert shown == expected


def test_the_whole_film_ends_where_the_journal_ends(
    opened: Opened, states: list[tuple[int, int, int]]
) -> None:
    since, moves = 0, 0
    while True:
        film = playback.film(opened, since, 100)
        moves += len(film["moves"])
        if film["next"] is None:
            break
        since = film["next"]
    assert moves == len({(second, payment) for second, payment, _ in states})
    final = _after(states, opened.run.horizon)
    assert _shown(film)[0] == {payment: state for payment, state in final.items() if state not in _ENDED}


def test_a_crowd_is_cut_to_its_newest(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = playback.film(opened, 4 * 86_400, 10_000)
    monkeypatch.setattr(playback, "MOST_STANDING", 3)
    few = playback.film(opened, 4 * 86_400, 10_000)
    assert few["left_out"] == len(whole["standing"]) - 3 > 0
    assert few["standing"] == whole["standing"][-3:]
    _shown(few)
    assert few["ended"] == whole["ended"]


def test_every_state_has_its_place() -> None:
    assert set(playback.PLACE_OF) == {int(state) for state in State}


@pytest.mark.parametrize(
    ("asked", "days", "speed"), [(0, 6, 3_600), (0, 60, 86_400), (0, 820, 604_800), (20_000, 6, 21_600)]
)
def test_the_speed_suits_the_run_or_the_wish(asked: int, days: int, speed: int) -> None:
    assert playback.speed_of(asked, days * 86_400) == speed


@pytest.fixture
def reader(finished: tuple[Path, str], started: Any) -> tuple[Server, str]:
    """A server over the finished run."""
    return started(finished[0]), f"/runs/{finished[1]}"


def test_the_page_reads_without_scripts_and_its_address_is_a_moment(
    reader: tuple[Server, str], opened: Opened
) -> None:
    server, run = reader
    browser = Browser(server)
    text = browser.get(f"{run}/playback?at=300000&speed=3600").text
    credited = playback.moment(opened, 300_000)["counts"]["CREDITED"]
    assert f'<td data-count="CREDITED">{credited}</td>' in text
    assert '<option value="3600" selected>' in text
    assert f"{run}/playback?at=386400&amp;speed=3600" in text
    assert "2025-03-06 11:20" in text
    assert browser.get(f"{run}/playback?at=-1").status == 422
    assert browser.get(f"{run}/playback?at=999999999").text.count("2025-03-09 00:00") == 1


def test_the_api_gives_slices_within_bounds(reader: tuple[Server, str]) -> None:
    server, run = reader
    script = Browser(server, keeps_cookies=False)
    film = script.get(f"/api{run}/playback?since=0&limit=50").json
    assert 50 <= len(film["moves"]) < 80
    assert film["next"] == film["until"]
    assert script.get(f"/api{run}/playback?limit=10001").status == 422
    assert script.get(f"/api{run}/playback?since=x").status == 422
