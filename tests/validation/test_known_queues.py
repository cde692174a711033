"""Formulas against each other, and queues too simple for the scorecard: D/D/1, a tandem, the intervals' coverage."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.clock import ALWAYS, DAY
from sandbox.desk import Desk
from sandbox.experiment import queues
from sandbox.journal.kinds import Kind
from sandbox.rail import Ground
from sandbox.validation.confirmations import exact_risk, published_risk
from sandbox.validation.desks import exponential, visits
from sandbox.validation.laboratory import laboratory, run_out
from sandbox.validation.reading import averaged

loads = st.floats(0.05, 0.95)


@given(loads, st.floats(0.1, 50))
def test_one_server_by_three_formulas(load: float, mean: float) -> None:
    """Erlang with one server, Pollaczek and Khinchine with cv 1, and the plain M/M/1."""
    rate = load / mean
    plain = load * mean / (1 - load)
    assert queues.mean_wait(rate, mean, 1) == pytest.approx(plain)
    assert queues.mean_wait_one_server(rate, mean, 1.0) == pytest.approx(plain)
    assert queues.waiting_share(rate, mean, 1) == pytest.approx(load)


@given(loads, st.integers(1, 20), st.floats(0.05, 0.95))
def test_classes_wait_together_as_one_queue(load: float, servers: int, part: float) -> None:
    """Cobham's two waits, weighted, are Erlang's; the first class waits less."""
    rate, mean = load * servers, 1.0
    rates = (part * rate, (1 - part) * rate)
    first, second = queues.mean_waits_by_class(rates, mean, servers)
    assert part * first + (1 - part) * second == pytest.approx(queues.mean_wait(rate, mean, servers))
    assert first < second


@given(st.floats(0.01, 0.45), st.integers(1, 30))
def test_risks_fall_with_blocks_and_rise_with_power(power: float, blocks: int) -> None:
    for risk in (published_risk, exact_risk):
        assert 0 <= risk(power, blocks + 1) <= risk(power, blocks) <= risk(power + 0.01, blocks) <= 1 + 1e-12
    assert exact_risk(power, 1) == pytest.approx(2 * power)


def constant_flow(ground: Ground, gap: int, work: int, cases: int) -> list[int]:
    """Waits of cases that come every ``gap`` seconds and take ``work`` seconds at one server."""
    desk = Desk(ground, "desk/one", 1, ALWAYS)

    def arrivals() -> Any:
        for number in range(cases):
            yield ground.env.timeout(gap)
            desk.payment(number, work)

    ground.env.process(arrivals())
    run_out(ground)
    rows = ground.journal.array()
    return [int(waited) for waited in rows["extra"][rows["kind"] == int(Kind.DESK_STARTED)]]


def test_a_constant_flow_waits_never_or_ever_longer() -> None:
    assert constant_flow(laboratory(), 100, 100, 50) == [0] * 50
    assert constant_flow(laboratory(), 100, 130, 50) == [30 * number for number in range(50)]


def test_what_leaves_one_desk_meets_the_next_as_if_at_random() -> None:
    """Burke: behind M/M/1 stands another M/M/1 with the same arrivals."""
    ground = laboratory(seed=71)
    rate, mean, cases = 0.05, 10.0, 60_000
    first, second = (Desk(ground, f"desk/{name}", 1, ALWAYS) for name in ("first", "second"))
    gaps, works = ground.streams.named("gaps"), ground.streams.named("works")

    def story(number: int) -> Any:
        yield first.payment(number, round(works.exponential(mean * DAY)))
        yield second.payment(number, round(works.exponential(mean * DAY)))

    def arrivals() -> Any:
        for number in range(cases):
            yield ground.env.timeout(round(gaps.exponential(DAY / rate)))
            ground.env.process(story(number))

    ground.env.process(arrivals())
    run_out(ground)
    rows = ground.journal.array()
    started = rows[rows["kind"] == int(Kind.DESK_STARTED)]
    for desk in (first, second):
        waited = started["extra"][started["actor"] == desk.entity] / DAY
        found = averaged("wait", queues.mean_wait(rate, mean, 1), waited, widest=1.5)
        assert found.passed, found.fault


def test_a_sound_desk_passes_whatever_the_seed() -> None:
    """The tolerance is no matter of a lucky seed: of 120 seeds hardly one fails, and a wrong answer fails in most."""
    rate, mean, seeds = 0.05, 10.0, 120
    expected = queues.mean_wait(rate, mean, 1)
    fails = wrong = 0
    for seed in range(seeds):
        waited = visits(1, rate, exponential(mean), 4_000, seed).waited
        fails += not averaged("wait", expected, waited).passed
        wrong += not averaged("wait", 2 * expected, waited).passed
    assert fails <= 3
    assert wrong >= 0.9 * seeds


def test_visits_tell_what_came_in() -> None:
    seen = visits(2, 0.1, exponential(10.0), 20_000, 5)
    assert np.mean(seen.gaps) == pytest.approx(10.0, rel=0.03)
    assert np.mean(seen.works) == pytest.approx(10.0, rel=0.03)
    assert len(seen.gaps) == len(seen.works) == len(seen.waited) == 18_000
