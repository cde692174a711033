"""How bank rails answer to pressure, at the levels for which published figures exist."""

from collections.abc import Callable
from itertools import pairwise
from statistics import fmean, quantiles
from typing import Any

import numpy as np
import pytest

from sandbox.clock import ALWAYS, DAY
from sandbox.journal.kinds import Kind, Purpose
from sandbox.lifecycle import State
from sandbox.market import Market, PressureIndex
from sandbox.money import Asset
from sandbox.payments import ATTEMPTS, Payment
from sandbox.rail import Ground
from sandbox.rails.agent import AgentRail
from sandbox.rails.correspondent import CorrespondentRail
from sandbox.validation.direct import DirectBanking, each_minute, plain_payment

#: Pressure -> agent's fee in percent, probability of a return.
ANCHORS = {0.0: (0.5, 0.030), 0.4: (1.38, 0.178), 0.6: (2.48, 0.364), 0.8: (4.02, 0.602), 1.0: (6.0, 0.800)}


def order(number: int = 0, **change: Any) -> Payment:
    """An order about civil goods from China."""
    fields: dict[str, Any] = {
        "number": number,
        "attempt": 1,
        "created": 0,
        "importer": 0,
        "supplier": 0,
        "bank": 0,
        "country": "CN",
        "category": "civil",
        "prepaid": True,
        "currency": Asset.CNY,
        "invoice_cents": 10_000_000,
        "payout_units": 72_547_000,
        "due": -1,
        "prohibited": False,
    }
    return Payment(**{**fields, **change})


def correspondent(ground: Ground, level: float) -> CorrespondentRail:
    """The rail under a pressure, with nobody to pay."""

    def nobody(*_: object) -> Any:
        raise AssertionError("no payment is made here")

    market = Market([90.0], [7.2547], [60_000.0])
    pressure = PressureIndex(ground.journal, level)
    return CorrespondentRail(ground, market, pressure, ALWAYS, nobody, nobody, nobody, nobody, 0)


def agent(ground: Ground, level: float) -> AgentRail:
    """Agents under a pressure, with nobody to pay."""
    market = Market([90.0], [7.2547], [60_000.0])
    pressure = PressureIndex(ground.journal, level)
    return AgentRail(ground, market, pressure, ALWAYS, lambda _: 0, lambda _: 0)


@pytest.mark.parametrize("level", ANCHORS)
def test_fee_and_returns_at_the_anchors(ground: Callable[..., Ground], level: float) -> None:
    fee, returned = ANCHORS[level]
    assert agent(ground(), level).fee_share() * 100 == pytest.approx(fee, abs=1e-9)
    assert agent(ground(), level).quote(order(country="TR")).cost_share * 50 == pytest.approx(fee, abs=1e-9)
    assert correspondent(ground(), level).return_probability(order()) == pytest.approx(returned, abs=1e-3)


def test_restricted_goods_come_back_more_often(ground: Callable[..., Ground]) -> None:
    rail = correspondent(ground(), 0.6)
    assert rail.return_probability(order(category="dual_use_restricted")) == pytest.approx(0.7197, abs=1e-3)


def test_the_way_to_turkey_is_dearer(ground: Callable[..., Ground]) -> None:
    rail = agent(ground(), 1.0)
    assert rail.fee_share("TR") == pytest.approx(2 * rail.fee_share("CN"))


@pytest.mark.parametrize("level", ANCHORS)
def test_mean_days_on_the_way(ground: Callable[..., Ground], level: float) -> None:
    """.36 + 17 P days; at .8 the mean is within one and three weeks, and one in a hundred takes two months."""
    rail = correspondent(ground(), level)
    seconds = [rail._transit_seconds(order(number)) for number in range(20_000)]
    # Three standard errors: the unstressed part has a sd of 1.7 days, the other one of 1.12 times its mean.
    error = 3 * (1.7**2 + (1.12 * 17 * level) ** 2) ** 0.5 / 20_000**0.5
    assert fmean(seconds) / DAY == pytest.approx(0.36 + 17 * level, abs=error)
    if level == 0.8:
        assert 7 < fmean(seconds) / DAY < 21
        assert 55 < quantiles(seconds, n=100)[98] / DAY < 90


def test_without_pressure_the_speed_is_that_of_tracked_payments(ground: Callable[..., Ground]) -> None:
    """Shares within 5 minutes, 30 minutes, 6 hours and a day, as the published tracking data have them."""
    rail = correspondent(ground(), 0.0)
    hours = [rail._transit_seconds(order(number)) / 3_600 for number in range(40_000)]
    reached = [sum(hour <= limit for hour in hours) / len(hours) for limit in (5 / 60, 0.5, 6, 24)]
    assert reached == pytest.approx([0.40, 0.50, 0.75, 0.96], abs=0.02)
    # Few payments of weeks carry much of the mean: its standard error is .2 hours.
    assert fmean(hours) == pytest.approx(8.6, abs=0.6)


def test_agents_take_business_days(ground: Callable[..., Ground]) -> None:
    """Mean 2 + 4 P working days."""
    made = ground()
    rail = agent(made, 1.0)
    quote = rail.quote(order())
    assert quote.seconds == pytest.approx(6 * DAY * 7 / 5 / 0.85)  # one in 1 - .15 delivers
    assert quote.failure == pytest.approx(0.151)


@pytest.mark.parametrize("level", [0.0, 0.6, 0.9])
def test_a_direct_quote_is_what_sending_until_it_arrives_takes_and_costs(level: float) -> None:
    """Renewal: time and charges of all sendings together, for each one that arrived, against the quote."""
    bank, count = DirectBanking(level, seed=70), 20_000
    value = 100_000_00
    quoted = bank.rail.quote(plain_payment(0, 0, value))
    sent = bank.send(*each_minute(count, value))
    arrived = len(sent.credited)
    rows = bank.ground.journal.array()
    back = rows[(rows["kind"] == int(Kind.MOVED)) & (rows["object"] == int(State.RETURNED))]
    days = (sent.credited.sum() + (back["time"] - back["payment"] * 60).sum()) / arrived / DAY
    # A tail of weeks in two payments of a thousand: 2% is three standard errors at .6, 10% without pressure.
    assert days == pytest.approx(quoted.seconds / DAY, rel=0.03 if level else 0.1)
    charges = {int(purpose) for purpose in (Purpose.BANK_FEE, Purpose.SPREAD, Purpose.RETURN_LOSS)}
    posted = rows[(rows["kind"] == int(Kind.POSTED)) & np.isin(rows["reason"], sorted(charges))]
    kopecks = value * 90  # at the laboratory's rate
    assert posted["amount"].sum() / arrived / kopecks == pytest.approx(quoted.cost_share, rel=0.03)


def test_a_quote_ends_where_everything_comes_back(ground: Callable[..., Ground]) -> None:
    certain = correspondent(ground(**{"correspondent.p_return_a": 800.0}), 1.0).quote(order())
    assert certain.failure == 1.0 and 100 * DAY < certain.seconds < 10_000 * DAY


def test_pressure_never_makes_a_direct_payment_look_better(ground: Callable[..., Ground]) -> None:
    quotes = [correspondent(ground(), level / 20).quote(order()) for level in range(21)]
    for calmer, harder in pairwise(quotes):
        assert all(after >= before for before, after in zip(calmer, harder, strict=True))


def test_each_attempt_has_its_own_luck(ground: Callable[..., Ground]) -> None:
    rail = correspondent(ground(), 0.6)
    first = [order(number, attempt=attempt).draw for number in range(5) for attempt in range(1, ATTEMPTS + 1)]
    assert len(set(first)) == len(first)
    assert rail._transit_seconds(order(3)) == rail._transit_seconds(order(3))
    assert rail._transit_seconds(order(3)) != rail._transit_seconds(order(3, attempt=2))
