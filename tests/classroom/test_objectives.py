"""The score: published, bounded, and never better for a payment that ought to have been stopped and was not."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.classroom.game import objectives
from sandbox.classroom.game.decisions import Decision
from sandbox.classroom.game.objectives import ASKED, MOST, OBJECTIVES, Figures, figures_of, score, total
from sandbox.journal.kinds import Kind
from sandbox.lifecycle import State
from sandbox.metrics import BY_NAME
from tests.classroom.conftest import CAREFUL, OPEN, Played

#: Games played once serve this file and that of the quarters.
pytestmark = pytest.mark.xdist_group("games")

values = st.none() | st.floats(0, 50)
figures = st.builds(
    Figures,
    st.integers(1, 8),
    st.builds(Decision, admit=st.integers(0, 8), inspections=st.integers(0, 4), officers=st.integers(1, 6)),
    st.fixed_dictionaries(dict.fromkeys(sorted(ASKED), values)),
)


def test_objectives_are_of_real_metrics_and_add_up() -> None:
    assert set(BY_NAME) >= ASKED
    assert MOST == 100
    assert [each.name for each in OBJECTIVES if not each.metric] == ["staff"]


@given(figures)
def test_points_stay_within_their_weights(seen: Figures) -> None:
    for each in score(seen):
        assert 0 <= each.points <= each.objective.weight
    assert 0 <= total(score(seen)) <= MOST


@given(figures, st.floats(0, 1), st.floats(0, 1))
def test_fewer_true_detections_never_score_higher(seen: Figures, one: float, other: float) -> None:
    """Everything else equal."""
    fewer, more = sorted((one, other))

    def points(recall: float) -> float:
        return total(score(replace(seen, metrics={**seen.metrics, "effective_recall_10d": recall})))

    assert points(fewer) <= points(more)


def test_a_score_that_rewards_passing_undetected_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The property above can fail: turn the objective round, and a smaller share scores higher."""
    turned = [
        replace(each, zero_at=each.full_at, full_at=each.zero_at) if each.name == "recall" else each
        for each in OBJECTIVES
    ]
    monkeypatch.setattr(objectives, "OBJECTIVES", turned)
    seen = [Figures(1, Decision(), {"effective_recall_10d": share}) for share in (0.1, 0.7)]
    assert total(score(seen[0])) > total(score(seen[1]))


def missed(folder: Path, where: Path) -> int:
    """A copy of a run in which every detection was a miss that was paid a second later; how many there were."""
    shutil.copytree(folder, where)
    found = f"""(SELECT payment, max(time) AS screened FROM journal
        WHERE payment IN (SELECT payment FROM journal WHERE kind = {Kind.ALERT_DECIDED:d} AND amount = 1 AND extra = 1)
          AND kind = {Kind.SCREENED:d} GROUP BY payment)"""
    with duckdb.connect() as connection:
        connection.execute(f"CREATE VIEW journal AS SELECT * FROM '{folder / 'journal.parquet'}'")
        connection.execute(f"CREATE TABLE found AS FROM {found}")
        connection.execute(
            f"""COPY (SELECT seq, CASE WHEN kind = {Kind.MOVED:d} AND object = {State.STOPPED:d} THEN screened + 1
                    ELSE time END AS time, kind, reason, payment, actor, subject,
                CASE WHEN kind = {Kind.MOVED:d} AND object = {State.STOPPED:d} AND screened IS NOT NULL
                    THEN {State.CREDITED:d} ELSE object END AS object,
                CASE WHEN kind = {Kind.SCREENED:d} AND screened IS NOT NULL THEN 0 ELSE amount END AS amount, extra
            FROM journal LEFT JOIN found USING (payment)
            WHERE NOT (kind = {Kind.ALERT_DECIDED:d} AND screened IS NOT NULL) ORDER BY seq)
            TO '{where / "journal.parquet"}' (FORMAT parquet)"""
        )
        return int(connection.execute("SELECT count(*) FROM found").fetchall()[0][0])


@pytest.mark.parametrize("last", [CAREFUL, OPEN])
def test_misses_that_are_paid_at_once_do_not_pay(
    play: Callable[..., Played], tmp_path: Path, last: Decision
) -> None:
    """In a real run: what was found and stopped is credited a second after its screening instead."""
    game = play(CAREFUL, OPEN) if last is OPEN else play(CAREFUL)
    assert missed(game.folder, tmp_path / "missed") > 3
    found = [
        figures_of(len(game.decisions), last, [each.to_dict() for each in game.measures(folder)])
        for folder in (game.folder, tmp_path / "missed")
    ]
    with_detection, without = (total(score(each)) for each in found)
    assert found[1].metrics["effective_recall_10d"] < (found[0].metrics["effective_recall_10d"] or 0)
    assert found[1].metrics["share_le_1bd"] > (found[0].metrics["share_le_1bd"] or 0)
    assert without < with_detection


def test_levers_move_the_score_both_ways(play: Callable[..., Played]) -> None:
    """Openness is quicker and more accessible; its people and its volume cost points."""
    narrow, wide = play(CAREFUL, CAREFUL), play(CAREFUL, OPEN)
    points = {}
    for name, game in (("narrow", narrow), ("wide", wide)):
        rows = [each.to_dict() for each in game.measures()]
        points[name] = {e.objective.name: e.points for e in score(figures_of(2, game.decisions[-1], rows))}
    assert any(points["wide"][name] > points["narrow"][name] for name in ("time", "cost", "access"))
    assert points["wide"]["staff"] < points["narrow"]["staff"]
