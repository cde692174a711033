"""Queues: the product's desks and stations against Erlang, Pollaczek and Khinchine, Cobham and Little."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from sandbox.clock import ALWAYS, DAY
from sandbox.desk import Desk
from sandbox.experiment import queues
from sandbox.journal.kinds import Kind
from sandbox.metrics import RunFacts
from sandbox.metrics.compute import compute_all
from sandbox.metrics.table import BY_NAME
from sandbox.payments import Process
from sandbox.rail import Ground
from sandbox.randomness import Stream
from sandbox.validation.laboratory import laboratory, run_out
from sandbox.validation.reading import Effort, Reading, averaged, controlled, fixed, repeated

#: Draws one service in business days.
Service = Callable[[Stream], float]

#: The first tenth of a sample is left out: a desk that starts empty waits less.
_WARM_UP = 10


def exponential(mean: float) -> Service:
    """Services with an exponential law."""
    return lambda stream: stream.exponential(mean)


def open_desk(
    ground: Ground, name: str, people: int | None, rate: float, service: Service, cases: int
) -> None:
    """A desk, and cases that come to it at random at ``rate`` a business day (a desk that never closes)."""
    desk = Desk(ground, f"desk/{name}", people, ALWAYS)
    gaps = ground.streams.named(f"{name}/gaps")
    works = ground.streams.named(f"{name}/works")

    def arrivals() -> Process[None]:
        for number in range(cases):
            yield ground.env.timeout(round(gaps.exponential(DAY / rate)))
            desk.payment(number, round(service(works) * DAY))

    ground.env.process(arrivals())


@dataclass(frozen=True, slots=True)
class Visits:
    """What a desk's journal tells, case after case, the first tenth left out; business days."""

    gaps: NDArray[np.float64]
    works: NDArray[np.float64]
    waited: NDArray[np.float64]

    def reading(
        self, what: str, expected: float, rate: float, mean: float, widest: float, published: str
    ) -> Reading:
        """The mean wait beside its formula, the luck of arrivals and services taken out."""
        controls = ((self.gaps, 1.0 / rate), (self.works, mean))
        return controlled(what, expected, self.waited, controls, widest=widest, published=published)


def visits(people: int, rate: float, service: Service, cases: int, seed: int = 1) -> Visits:
    """Cases at one desk of so many people."""
    ground = laboratory(seed=seed)
    open_desk(ground, "one", people, rate, service, cases)
    run_out(ground)
    rows = ground.journal.array()
    started = rows[rows["kind"] == int(Kind.DESK_STARTED)]
    came = rows["time"][rows["kind"] == int(Kind.DESK_ENTERED)]
    left_out = cases // _WARM_UP
    gaps = np.diff(came, prepend=0)
    columns = (gaps, started["amount"], started["extra"])
    return Visits(*(np.asarray(column[left_out:] / DAY, dtype=np.float64) for column in columns))


def several_servers(effort: Effort) -> Sequence[Reading]:
    """V01."""
    rate, mean = 0.30, 10.0
    readings: list[Reading] = []
    plan = ((4, 300_000, 0.5, "5.094"), (5, 150_000, 0.17, "1.181"), (6, 150_000, 0.08, "0.330"))
    for people, cases, widest, published in (*plan, (8, 200_000, 0.009, "0.026")):
        found = visits(people, rate, exponential(mean), effort.of(cases), seed=people)
        expected = queues.mean_wait(rate, mean, people)
        what = f"mean wait of {people} officers, business days"
        readings.append(found.reading(what, expected, rate, mean, effort.widest(widest), published))
        if people == 4:
            share = queues.waiting_share(rate, mean, people)
            waiting = (found.waited > 0).astype(np.float64)
            what = "share of files that wait, 4 officers"
            controls = ((found.gaps, 1.0 / rate), (found.works, mean))
            limit = effort.widest(0.012)
            readings.append(controlled(what, share, waiting, controls, widest=limit, published="0.5094"))
    return readings


def _erlang_two(mean: float) -> Service:
    return lambda stream: stream.exponential(mean / 2) + stream.exponential(mean / 2)


def _lognormal(mean: float, cv: float) -> Service:
    variance = log(1.0 + cv * cv)
    return lambda stream: stream.lognormal(mean / exp(variance / 2), sqrt(variance))


def one_server(effort: Effort) -> Sequence[Reading]:
    """V02."""
    rate, mean = 0.08, 10.0
    laws: tuple[tuple[str, float, Service, int, float, str], ...] = (
        ("constant", 0.0, lambda stream: mean, 120_000, 2.0, "20"),
        ("Erlang-2", sqrt(0.5), _erlang_two(mean), 140_000, 3.5, "30"),
        ("exponential", 1.0, exponential(mean), 200_000, 6.0, "40"),
        ("log-normal, cv 1.5", 1.5, _lognormal(mean, 1.5), 300_000, 13.0, "65"),
    )
    return [
        visits(1, rate, service, effort.of(cases), seed=20 + place).reading(
            f"mean wait, {name} service, business days",
            queues.mean_wait_one_server(rate, mean, cv),
            rate,
            mean,
            effort.widest(widest),
            published,
        )
        for place, (name, cv, service, cases, widest, published) in enumerate(laws)
    ]


def large_first(effort: Effort) -> Sequence[Reading]:
    """V03."""
    rates, mean, servers, cases = (0.10, 0.20), 10.0, 4, effort.of(240_000)
    ground = laboratory(seed=3)
    desk = Desk(ground, "desk/applications", servers, ALWAYS, "priority")
    gaps, kinds, works = (ground.streams.named(name) for name in ("gaps", "kinds", "works"))

    def arrivals() -> Process[None]:
        for number in range(cases):
            yield ground.env.timeout(round(gaps.exponential(DAY / sum(rates))))
            other = int(kinds.uniform() >= rates[0] / sum(rates))
            desk.firm(2 * number + other, round(works.exponential(mean * DAY)), other)

    ground.env.process(arrivals())
    run_out(ground)
    rows = ground.journal.array()
    started = rows[rows["kind"] == int(Kind.DESK_STARTED)]
    large, other = (_settled(started["extra"][started["subject"] % 2 == last]) for last in (0, 1))
    expected = queues.mean_waits_by_class(rates, mean, servers)
    weighted = (rates[0] * float(large.mean()) + rates[1] * float(other.mean())) / sum(rates)
    readings = [
        averaged(
            "mean wait of large firms", expected[0], large, widest=effort.widest(0.15), published="1.698"
        ),
        averaged("mean wait of the others", expected[1], other, widest=effort.widest(1.2), published="6.793"),
    ]
    tolerance = (rates[0] * readings[0].tolerance + rates[1] * readings[1].tolerance) / sum(rates)
    fifo = queues.mean_wait(sum(rates), mean, servers)
    words = "both together, as first come first served"
    allowed = "the two tolerances, weighted"
    readings.append(
        Reading(
            what=words,
            expected=fifo,
            got=weighted,
            tolerance=tolerance,
            allowed=allowed,
            samples=len(large) + len(other),
            published="5.094",
            widest=effort.widest(0.9),
        )
    )
    return readings


def _settled(waited: NDArray[np.int64]) -> NDArray[np.float64]:
    """Waits in business days, the first of them left out."""
    return np.asarray(waited[len(waited) // _WARM_UP :] / DAY, dtype=np.float64)


def little(effort: Effort) -> Sequence[Reading]:
    """V04: the queueing metrics of a journal that holds desks and nothing else."""
    rate, mean, people, desks = 0.30, 10.0, 4, 12
    cases = effort.of(14_000)
    with TemporaryDirectory(prefix="sandbox-verify-") as folder:
        ground = laboratory(seed=4, directory=Path(folder))
        for place in range(desks):
            open_desk(ground, f"{place:02}", people, rate, exponential(mean), cases)
        run_out(ground)
        ground.journal.close()
        # From the first arrival to the last departure: nobody is there at either end.
        horizon = int(cases / rate * DAY * 1.3)
        facts = RunFacts(horizon=horizon, warm_up=0, cool_down=0, business_days=())
        asked = [BY_NAME["desk_number_mean"], BY_NAME["desk_little_residual"]]
        answers = compute_all(Path(folder), facts, asked)
    residuals = [one.value for one in answers if one.name == "desk_little_residual" and one.value is not None]
    present = [one.value for one in answers if one.name == "desk_number_mean" and one.value is not None]
    # The window is longer than the arrivals: presence is told per second of arrivals.
    scale = horizon / (cases / rate * DAY)
    numbers = [float(value) * scale for value in present]
    expected = rate * (queues.mean_wait(rate, mean, people) + mean)
    worst = max((float(value) for value in residuals), default=float("nan"))
    return [
        fixed(f"largest |L - lambda W| / L of {len(residuals)} desks", 0.0, worst, 1e-9),
        repeated(
            "mean number present at a desk, 4 officers",
            expected,
            numbers,
            cases * desks,
            widest=effort.widest(0.4),
            published="4.528",
        ),
    ]


def pooling(effort: Effort) -> Sequence[Reading]:
    """V23: two desks with their own queues against one with both officers."""
    rate, mean, cases = 0.08, 10.0, effort.of(200_000)
    one, two = (visits(1, rate, exponential(mean), cases // 2, seed=230 + number) for number in (1, 2))
    apart = Visits(
        np.concatenate((one.gaps, two.gaps)),
        np.concatenate((one.works, two.works)),
        np.concatenate((one.waited, two.waited)),
    )
    pooled = visits(2, 2 * rate, exponential(mean), cases, seed=233)
    what, separate = "mean wait at two desks of one officer, business days", queues.mean_wait(rate, mean, 1)
    together, joined = "mean wait at one desk of two officers", queues.mean_wait(2 * rate, mean, 2)
    return [
        apart.reading(what, separate, rate, mean, effort.widest(5.0), "40"),
        pooled.reading(together, joined, 2 * rate, mean, effort.widest(2.0), "17.78"),
    ]
