"""Stations: queues that agree with SimPy, with theory, with office hours and with Little's law."""

from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import date
from math import factorial

import pytest
import simpy
from hypothesis import given
from hypothesis import strategies as st

from sandbox.clock import ALWAYS, DAY, HOUR, RUSSIA, Clock, DeskHours, Hours
from sandbox.randomness import Streams
from sandbox.station import Station, Ticket

CUSTOMERS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 25), st.integers(0, 2)), max_size=40)
SERVERS = st.one_of(st.none(), st.integers(1, 4))


@dataclass
class Notes:
    """Keeps all an observer is told, with the second."""

    env: simpy.Environment
    told: list[tuple[int, str, int, int, int]] = field(default_factory=list)

    def entered(self, key: int, waiting: int) -> None:
        self.told.append((int(self.env.now), "entered", key, waiting, 0))

    def started(self, key: int, work_seconds: int, waited: int) -> None:
        self.told.append((int(self.env.now), "started", key, work_seconds, waited))

    def finished(self, key: int, elapsed: int) -> None:
        self.told.append((int(self.env.now), "finished", key, elapsed, 0))

    def times(self, what: str) -> dict[int, int]:
        return {key: time for time, kind, key, _, _ in self.told if kind == what}


def run(
    customers: list[tuple[int, int, int]],
    servers: int | None,
    hours: Hours = ALWAYS,
    discipline: str = "fifo",
) -> tuple[Notes, dict[int, int]]:
    """Serve customers (gap, work, priority) to the end; what was observed and the seconds each waited."""
    env = simpy.Environment()
    notes = Notes(env)
    station = Station(env, servers, hours, "priority" if discipline == "priority" else "fifo", notes)
    waits: dict[int, int] = {}

    def customer(key: int, work: int, priority: int) -> Generator[simpy.Event, int, None]:
        waits[key] = yield station.serve(key, work, priority).done

    def door() -> Generator[simpy.Event, None, None]:
        for key, (gap, work, priority) in enumerate(customers):
            yield env.timeout(gap)
            env.process(customer(key, work, priority))

    env.process(door())
    env.run()
    assert station.waiting == 0 and station.busy == 0
    return notes, waits


def run_simpy(customers: list[tuple[int, int, int]], servers: int) -> tuple[dict[int, int], dict[int, int]]:
    """The same queue as SimPy's own Resource: start and end of each service."""
    env = simpy.Environment()
    desk = simpy.Resource(env, servers)
    started: dict[int, int] = {}
    finished: dict[int, int] = {}

    def customer(key: int, work: int) -> Generator[simpy.Event, None, None]:
        with desk.request() as turn:
            yield turn
            started[key] = int(env.now)
            yield env.timeout(work)
        finished[key] = int(env.now)

    def door() -> Generator[simpy.Event, None, None]:
        for key, (gap, work, _) in enumerate(customers):
            yield env.timeout(gap)
            env.process(customer(key, work))

    env.process(door())
    env.run()
    return started, finished


@given(CUSTOMERS, st.integers(1, 4))
def test_first_come_first_served_is_simpys_resource(
    customers: list[tuple[int, int, int]], servers: int
) -> None:
    notes, waits = run(customers, servers)
    started, finished = run_simpy(customers, servers)
    assert notes.times("started") == started
    assert notes.times("finished") == finished
    entered = notes.times("entered")
    assert waits == {key: started[key] - entered[key] for key in started}


@given(CUSTOMERS, SERVERS, st.sampled_from(["fifo", "priority"]), st.booleans())
def test_littles_law_holds_to_the_second(
    customers: list[tuple[int, int, int]], servers: int | None, discipline: str, office: bool
) -> None:
    """The integral of the number waiting is the sum of the waits: exactly, on every path."""
    scaled = [(gap * 1_000, work * 1_000, priority) for gap, work, priority in customers]
    hours = DeskHours(Clock(date(2024, 9, 2)), RUSSIA, 9, 18) if office else ALWAYS
    notes, waits = run(scaled, servers, hours, discipline)
    area = waiting = last = 0
    for time, what, _, _, _ in notes.told:
        area += waiting * (time - last)
        last = time
        waiting += {"entered": 1, "started": -1, "finished": 0}[what]
    assert waiting == 0
    assert (
        area
        == sum(waits.values())
        == sum(waited for _, what, _, _, waited in notes.told if what == "started")
    )


@given(CUSTOMERS, SERVERS, st.sampled_from(["fifo", "priority"]))
def test_services_keep_office_hours(
    customers: list[tuple[int, int, int]], servers: int | None, discipline: str
) -> None:
    hours = DeskHours(Clock(date(2024, 12, 27)), RUSSIA, 9, 18)
    scaled = [(gap * 1_500, work * 2_000, priority) for gap, work, priority in customers]
    notes, _ = run(scaled, servers, hours, discipline)
    started, finished = notes.times("started"), notes.times("finished")
    for key, (_, work, _) in enumerate(scaled):
        assert hours.is_open(started[key])
        assert hours.working_seconds(started[key], finished[key]) == work
    busy = 0
    for _, what, _, _, _ in notes.told:
        busy += {"entered": 0, "started": 1, "finished": -1}[what]
        assert 0 <= busy <= (servers if servers is not None else len(customers))


@given(CUSTOMERS, st.integers(1, 3))
def test_no_server_idles_while_someone_waits(customers: list[tuple[int, int, int]], servers: int) -> None:
    notes, _ = run(customers, servers)
    waiting = busy = last = 0
    for time, what, _, _, _ in notes.told:
        if time > last:
            assert waiting == 0 or busy == servers
        last = time
        waiting += {"entered": 1, "started": -1, "finished": 0}[what]
        busy += {"entered": 0, "started": 1, "finished": -1}[what]


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40))
def test_priority_order_is_by_number_then_arrival(priorities: list[int]) -> None:
    env = simpy.Environment()
    notes = Notes(env)
    station = Station(env, 1, discipline="priority", observer=notes)
    station.serve(-1, 10)
    for key, priority in enumerate(priorities):
        station.serve(key, 5, priority)
    env.run()
    order = [key for _, what, key, _, _ in notes.told if what == "started"][1:]
    assert order == [key for _, key in sorted((p, k) for k, p in enumerate(priorities))]


def erlang_c_wait(servers: int, mean_gap: float, mean_work: float) -> float:
    """Mean wait of M/M/c in seconds (Erlang's second formula)."""
    load = mean_work / mean_gap
    free = servers - load
    top = load**servers / factorial(servers) * servers / free
    queueing = top / (sum(load**k / factorial(k) for k in range(servers)) + top)
    return queueing * mean_work / free


def mean_wait(servers: int, mean_gap: float, mean_work: float, customers: int) -> float:
    env = simpy.Environment()
    station = Station(env, servers)
    streams = Streams(1)
    gaps, works = streams.named("gaps"), streams.named("works")
    waited = 0

    def note(done: simpy.Event) -> None:
        nonlocal waited
        waited += int(done.value or 0)

    def arrive(_: simpy.Event) -> None:
        done = station.serve(0, round(works.exponential(mean_work))).done
        if done.callbacks is not None:
            done.callbacks.append(note)
        nonlocal customers
        customers -= 1
        if customers:
            next_one()

    def next_one() -> None:
        arrival = env.timeout(round(gaps.exponential(mean_gap)))
        assert arrival.callbacks is not None
        arrival.callbacks.append(arrive)

    total = customers
    next_one()
    env.run()
    return waited / total


@pytest.mark.parametrize(("servers", "load"), [(1, 0.5), (3, 2.1), (8, 6.0)])
def test_mean_wait_is_erlangs(servers: int, load: float) -> None:
    # Seconds are rounded, so means of 10^5 s keep rounding out of sight.
    gap, work = 1e5, 1e5 * load
    simulated = mean_wait(servers, gap, work, 60_000)
    assert simulated == pytest.approx(erlang_c_wait(servers, gap, work), rel=0.06)
    # The tolerance is narrow enough to notice one server more.
    assert simulated != pytest.approx(erlang_c_wait(servers + 1, gap, work), rel=0.06)


def test_zero_work_at_a_free_server_is_over_at_once() -> None:
    env = simpy.Environment()
    notes = Notes(env)
    station = Station(env, 1, observer=notes)
    ticket = station.serve(1, 0)
    assert ticket.done.processed and ticket.done.value == 0
    assert env.peek() == float("inf")  # nothing on the agenda

    def customer() -> Generator[simpy.Event, int, int]:
        first = yield station.serve(2, 0).done
        both = station.serve(3, 0).done & station.serve(4, 7).done
        yield both
        return first

    assert env.run(env.process(customer())) == 0
    assert env.now == 7
    assert [what for _, what, _, _, _ in notes.told[:3]] == ["entered", "started", "finished"]


def test_work_overnight_pauses_and_desk_opens_in_order() -> None:
    env = simpy.Environment()
    clock = Clock(date(2024, 9, 6))  # a Friday
    hours = DeskHours(clock, RUSSIA, 9, 18)
    notes = Notes(env)
    station = Station(env, 1, hours, observer=notes)
    for key in range(3):
        station.serve(key, 5 * HOUR)
    env.run()
    finished = [clock.text(time)[:16] for time in notes.times("finished").values()]
    assert finished == ["2024-09-06T14:00", "2024-09-09T10:00", "2024-09-09T15:00"]


def test_nobody_overtakes_at_the_opening_second() -> None:
    """An arrival handled at 09:00:00 before the desk's own alarm finds the night's queue ahead of it."""
    env = simpy.Environment()
    notes = Notes(env)
    station = Station(env, 1, DeskHours(Clock(date(2024, 9, 6)), RUSSIA, 9, 18), observer=notes)
    arrival = env.timeout(9 * HOUR)
    assert arrival.callbacks is not None
    arrival.callbacks.append(lambda _: station.serve(2, 60) and None)
    station.serve(1, 60)
    env.run()
    assert notes.times("started") == {1: 9 * HOUR, 2: 9 * HOUR + 60}


def test_servers_come_and_go() -> None:
    env = simpy.Environment()
    notes = Notes(env)
    station = Station(env, 0, observer=notes)
    for key in range(6):
        station.serve(key, 10)
    env.run(until=5)
    assert (station.busy, station.waiting, station.servers) == (0, 6, 0)
    station.set_servers(3)
    assert (station.busy, station.waiting) == (3, 3)
    station.set_servers(1)
    assert station.busy == 3  # services in progress end as planned
    env.run()
    assert list(notes.times("started").values()) == [5, 5, 5, 15, 25, 35]
    station.set_servers(None)
    assert station.servers is None
    with pytest.raises(ValueError, match="negative number of servers"):
        station.set_servers(-1)
    with pytest.raises(ValueError, match="negative time"):
        station.serve(9, -1)


@given(st.lists(st.booleans(), max_size=300), st.sampled_from(["fifo", "priority"]))
def test_who_leaves_the_queue_is_never_served(leaves: list[bool], discipline: str) -> None:
    env = simpy.Environment()
    notes = Notes(env)
    station = Station(env, 0, discipline="priority" if discipline == "priority" else "fifo", observer=notes)
    tickets = [station.serve(key, 1) for key in range(len(leaves))]
    for ticket, leave in zip(tickets, leaves, strict=True):
        if leave:
            assert station.cancel(ticket)
            assert not station.cancel(ticket)
    stay = [key for key, leave in enumerate(leaves) if not leave]
    assert station.waiting == len(stay)
    station.set_servers(2)
    env.run()
    assert [key for _, what, key, _, _ in notes.told if what == "started"] == stay
    assert all(ticket.done.processed != leave for ticket, leave in zip(tickets, leaves, strict=True))


def test_a_service_that_began_cannot_be_left() -> None:
    env = simpy.Environment()
    station = Station(env, 1)
    ticket: Ticket = station.serve(1, 5)
    assert not station.cancel(ticket)
    env.run()
    assert ticket.done.processed and not station.cancel(ticket)


@pytest.mark.parametrize("discipline", ["fifo", "priority"])
def test_a_backlog_costs_one_kernel_event_a_service_and_forgets_who_left(discipline: str) -> None:
    env = simpy.Environment()
    station = Station(env, 1, discipline="priority" if discipline == "priority" else "fifo")
    tickets = [station.serve(key, 1) for key in range(20_001)]
    for ticket in tickets[1::2]:
        station.cancel(ticket)
    line = station._line
    kept = len(getattr(line, "_tickets", ())) + len(getattr(line, "_heap", ()))
    assert station.waiting == 10_000
    assert kept <= 2 * station.waiting + 64
    steps = 0
    while env.peek() < float("inf"):
        env.step()
        steps += 1
    assert steps == 10_001 and env.now == 10_001


def test_an_alarm_is_set_once_for_a_closed_desk() -> None:
    env = simpy.Environment()
    station = Station(env, 2, DeskHours(Clock(date(2024, 9, 6)), RUSSIA, 9, 18))
    for key in range(500):
        station.serve(key, 60)
    assert len(env._queue) == 1
    env.run()
    assert env.now < DAY
