"""Single actors against closed forms: desk, screening, price impact, what firms learn."""

from collections.abc import Callable
from math import factorial, sqrt
from types import SimpleNamespace
from typing import Any

import pytest
import simpy

from sandbox.actors.dealer import Dealers
from sandbox.actors.importer import Importers
from sandbox.actors.screening import Screening
from sandbox.clock import ALWAYS, DAY
from sandbox.desk import Desk
from sandbox.journal.kinds import Kind
from sandbox.lifecycle import Reason
from sandbox.market import Market
from sandbox.money import Asset
from sandbox.payments import Quote
from sandbox.population import Importer, Population
from sandbox.rail import Ground


def erlang_wait(servers: int, load: float) -> float:
    """Probability of waiting in M/M/c."""
    top = load**servers / factorial(servers) * servers / (servers - load)
    return top / (sum(load**k / factorial(k) for k in range(servers)) + top)


@pytest.mark.slow
def test_the_application_desk_is_erlangs(ground: Callable[..., Ground]) -> None:
    """.30 applications a day of 10 days each: four officers wait 5.094 days, half of the files at all."""
    base = ground()
    desk = Desk(base, "desk/applications", 4, ALWAYS)
    gaps, works = base.streams.named("gaps"), base.streams.named("works")
    waits: list[int] = []

    def arrivals() -> Any:
        for firm in range(60_000):
            yield base.env.timeout(round(gaps.exponential(DAY / 0.30)))
            event: simpy.Event = desk.firm(firm, round(works.exponential(10 * DAY)))
            base.env.process(wait(event))

    def wait(event: simpy.Event) -> Any:
        waits.append((yield event))

    base.env.process(arrivals())
    base.env.run()
    share = sum(waited > 0 for waited in waits) / len(waits)
    mean = sum(waits) / len(waits) / DAY
    assert erlang_wait(4, 3.0) == pytest.approx(0.5094, abs=5e-5)
    assert share == pytest.approx(0.5094, abs=0.02)
    assert mean == pytest.approx(5.094, rel=0.06)
    rows = base.journal.array()
    told = rows[rows["kind"] == int(Kind.DESK_STARTED)]["extra"]
    assert sorted(told.tolist()) == sorted(waits), "the journal tells every wait"


def test_alerts_follow_bayes(ground: Callable[..., Ground]) -> None:
    """Prevalence .003, sensitivity .8, specificity .97: 3.231% alerts, of which 7.43% are true."""
    base = ground()
    screening = Screening(base, Desk(base, "desk/aml", None, ALWAYS))
    truth = base.streams.named("truth")
    alerts = true_alerts = 0
    size = 120_000
    for number in range(size):
        prohibited = truth.bernoulli(0.003)
        payment: Any = SimpleNamespace(screened=False, prohibited=prohibited, number=number, draw=number)
        if screening.alerts(payment, 0):
            alerts += 1
            true_alerts += prohibited
        assert not screening.alerts(payment, 0), "an obligation is screened once"
    share, precision = 0.03231, 0.0743
    assert alerts / size == pytest.approx(share, abs=3 * sqrt(share * (1 - share) / size))
    error = 3 * sqrt(precision * (1 - precision) / alerts)
    assert true_alerts / alerts == pytest.approx(precision, abs=error)


def test_impact_grows_with_the_root_of_the_order(ground: Callable[..., Ground]) -> None:
    base = ground(btc__btc_total_vol=0.47)
    dealers = Dealers(base, Market([90.0], [7.2], [60_000.0]), [], lambda *_: iter(()))  # type: ignore[arg-type]
    turnover = round(base.number("liquidity.adv_usdt_rub_usd") * 100)
    assert dealers.impact(Asset.BTC, turnover // 100) * 1e4 == pytest.approx(24.60, abs=0.005)
    assert dealers.impact(Asset.BTC, turnover // 25) * 1e4 == pytest.approx(49.20, abs=0.005)


def test_a_quote_is_mid_spread_and_impact(ground: Callable[..., Ground]) -> None:
    base = ground()
    market = Market([90.0], [7.2], [60_000.0])
    dealers = Dealers(base, market, [], lambda *_: iter(()))  # type: ignore[arg-type]
    price, mid = dealers.price(Asset.USDT, 100_000_00)
    assert mid == market.cross(Asset.USDT, Asset.RUB, 0)
    expected = 1 + 0.008 + 0.14 / sqrt(365) * sqrt(100_000 / 120_000_000)
    assert price / mid == pytest.approx(expected, rel=1e-6)


# -- what firms learn --------------------------------------------------------------------------------------


@pytest.fixture
def firm() -> Importer:
    """A firm without experience."""
    return Importer(index=0, entity=0, turnover=1.0, sector="civil", bank=0, suppliers=(0,))


def learner(base: Ground, firm: Importer) -> Importers:
    """The rule of choice of one firm."""
    return Importers(base, Population([firm], []), ())


def rail(name: str = "usdt") -> Any:
    """A rail by its name."""
    return SimpleNamespace(entity=9, name=name)


def attempt() -> Any:
    """An attempt on a rail that promised an hour and one failure in ten."""
    return SimpleNamespace(importer=0, quote=Quote(0.01, 3_600.0, 0.1), chosen_at=0, set_aside=0)


def test_experience_is_smoothed(ground: Callable[..., Ground], firm: Importer) -> None:
    importers = learner(ground(), firm)
    importers.learn(attempt(), rail(), Reason.ED05)
    assert importers.lived[0][9].failure == pytest.approx(0.1 + 0.2 * 0.9)
    importers.learn(attempt(), rail(), Reason.NONE)
    assert importers.lived[0][9].failure == pytest.approx(0.28 * 0.8)


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason])
def test_only_some_failures_teach(ground: Callable[..., Ground], firm: Importer, reason: Reason) -> None:
    importers = learner(ground(), firm)
    importers.learn(attempt(), rail(), reason)
    taught = reason.klass in {"technical", "liquidity", "limit", "counterparty_policy"}
    assert (9 in importers.lived[0]) == taught


def test_time_under_review_teaches_nothing(ground: Callable[..., Ground], firm: Importer) -> None:
    """Two attempts of five hours, one of which spent four of them under review."""
    base = ground()
    importers, reviewed, late = learner(base, firm), attempt(), attempt()
    base.env.run(until=5 * 3_600)
    reviewed.set_aside = 4 * 3_600
    importers.learn(reviewed, rail(), Reason.NONE)
    assert importers.lived[0][9].late == 0.0
    importers.learn(late, rail(), Reason.NONE)
    assert importers.lived[0][9].late == pytest.approx(0.2 * 4 * 3_600)


@pytest.mark.parametrize(("share", "left"), [(0.0, 0), (1.0, 200)])
def test_clients_of_agents_that_close_look_again(
    ground: Callable[..., Ground], share: float, left: int
) -> None:
    firms = [Importer(n, n, 1.0, "civil", 0, (0,), agent_ready=0 if n < 200 else -1) for n in range(250)]
    Importers(ground(), Population(firms, []), ()).lose_agents(share)
    assert sum(firm.agent_ready > 0 for firm in firms) == left
    assert all(firm.agent_ready == -1 for firm in firms[200:])


def test_the_first_failed_direct_payment_starts_the_search_for_an_agent(
    ground: Callable[..., Ground], firm: Importer
) -> None:
    importers = learner(ground(), firm)
    importers.learn(attempt(), rail("usdt"), Reason.ED05)
    assert firm.agent_ready == -1
    importers.learn(attempt(), rail("correspondent"), Reason.MS03)
    assert firm.agent_ready > 0 and firm.failed_direct
    found = firm.agent_ready
    importers.learn(attempt(), rail("correspondent"), Reason.MS03)
    assert firm.agent_ready == found
