"""Payment agents bring an export's money home: they keep the buyer's currency and pay out roubles."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.journal.kinds import Kind, Purpose
from sandbox.lifecycle import Reason, State
from sandbox.money import Asset
from sandbox.rails.inward_agent import InwardAgentRail
from sandbox.world import World

from .conftest import Observe, Seen

#: Everybody sells, and every foreign bank sends back: whoever finds an agent goes over it.
BY_AGENT: dict[str, Any] = {
    "population": {"exporters": {"share": 1.0}, "payments_per_business_day": 12.0},
    "rails": {"correspondent": {}, "agent": {}},
    "policy": {"regime": False},
    "timeline": {"pressure": {"at": "2025-03-03", "kind": "pressure", "level": 1.0}},
    "parameters": {
        "agent.agent_onboard_hazard": 1_000.0,
        "agent.agent_days_mean": {"base": 0.2, "per_pressure": 0.0, "sigma": 0.3},
        "correspondent.return_stuck_days": {"median": 0.3, "else_median": 0.3, "sigma": 0.3},
    },
}


def _with(**parameters: Any) -> dict[str, Any]:
    return BY_AGENT | {"parameters": BY_AGENT["parameters"] | parameters}


@pytest.fixture
def by_agent(observe: Observe) -> Seen:
    """A world whose agents deliver more often than not."""
    return observe(**_with(**{"agent.agent_fail": {"base": 0.3, "per_pressure": 0.0}}))


def _over_agents(seen: Seen, state: State) -> list[int]:
    return [number for number in seen.ended(state) if seen.rail(number)[-1:] == ["rail/agent"]]


def test_an_agent_credits_what_is_owed_and_keeps_currency_and_fee(by_agent: Seen) -> None:
    owed = by_agent.world.ground.journal.static_table("payments")["payout_units"]
    credited = _over_agents(by_agent, State.CREDITED)
    assert len(credited) > 10
    for number in credited:
        [(giver, taker, roubles)] = by_agent.posted(number, Purpose.PROCEEDS)
        assert (giver, taker, roubles) == ("in_transit", "beneficiary", owed[number].as_py())
        [(_, taker, fee)] = by_agent.posted(number, Purpose.AGENT_FEE)
        assert taker == "fee_income"
        [converted] = by_agent.of(Kind.CONVERTED, payment=number)
        assert (Asset(converted["subject"]), int(converted["amount"])) == (Asset.RUB, roubles)
        given = [units for giver, _, units in by_agent.posted(number, Purpose.PRINCIPAL) if giver == "client"]
        assert given[-1] == int(converted["extra"]) + fee


def test_an_agent_that_fails_hands_everything_back_in_the_currency_of_the_buyer(by_agent: Seen) -> None:
    failed = [
        int(row["payment"])
        for row in by_agent.of(Kind.MOVED)
        if row["object"] == State.RETURNED and row["reason"] == Reason.ELR_AGENT_FAILED
    ]
    assert failed
    for number in failed:
        sent = [units for giver, _, units in by_agent.posted(number, Purpose.PRINCIPAL) if giver == "client"]
        back = [units for _, taker, units in by_agent.posted(number, Purpose.RETURN) if taker == "client"]
        assert back == sent[: len(back)]


def test_an_agent_that_vanishes_takes_the_buyers_money_with_it(observe: Observe) -> None:
    seen = observe(**_with(**{"agent.agent_fraud_loss": 0.5}))
    lost = seen.ended(State.LOST)
    assert lost
    for number in lost:
        [(giver, _, units)] = seen.posted(number, Purpose.LOSS)
        sent = seen.posted(number, Purpose.PRINCIPAL)[-1]
        assert (giver, units) == ("in_transit", sent[2])
        assert not seen.posted(number, Purpose.PROCEEDS)


# -- seeded defects -----------------------------------------------------------------------------------


def _rail(world: World) -> Any:
    return next(rail for rail in world.importers.inward if isinstance(rail, InwardAgentRail))


def more_than_owed(world: World) -> None:
    """The agent turns the buyer's money into a rouble more than is owed, and nobody is given it."""
    rail = _rail(world)
    conversion = rail._conversion
    rail._conversion = lambda payment: (
        conversion(payment)[0]._replace(units_sold=payment.payout_units + 100),
        conversion(payment)[1],
    )


def fee_of_its_own(world: World) -> None:
    """The agent takes a fee that it has not promised, out of what it has at home."""
    rail, books = _rail(world), world.ground.books
    deliver = rail._deliver

    def greedy(payment: Any, conversion: Any, rate: int, fee: int) -> None:
        deliver(payment, conversion, rate, fee)
        cash, income = rail._cash[conversion.paid], rail._income[conversion.paid]
        books.transfer(payment.number, rail._agents.agent, cash, income, fee, Purpose.AGENT_FEE)

    rail._deliver = greedy


def roubles_from_nowhere(world: World) -> None:
    """The agent credits the exporter and forgets what it was given for it."""
    rail, books = _rail(world), world.ground.books

    def careless(payment: Any, conversion: Any, rate: int, fee: int) -> None:
        account = rail._payer.exporter_account(payment)
        units = payment.payout_units
        books.transfer(payment.number, rail._agents.agent, rail._at_home, account, units, Purpose.PROCEEDS)

    rail._deliver = careless


def kept_back(world: World) -> None:
    """An agent that failed keeps its fee."""
    books = world.ground.books
    transfer = books.transfer

    def sly(*leg: Any) -> int:
        back = leg[-1] == Purpose.RETURN and leg[1] == _rail(world)._agents.agent
        return transfer(*leg[:4], leg[4] - 1, leg[5]) if back else transfer(*leg)

    books.transfer = sly  # type: ignore[method-assign,assignment]


@pytest.mark.parametrize(
    ("defect", "rules"),
    [
        (more_than_owed, {"V8", "V11"}),
        (fee_of_its_own, {"V7"}),
        (roubles_from_nowhere, {"V11", "V9"}),
        (kept_back, {"V9", "V4"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_defects_are_caught(observe: Observe, defect: Callable[[World], None], rules: set[str]) -> None:
    """Each defect of an agent on the way in is caught by a rule that should catch it."""
    change = _with(**{"agent.agent_fail": {"base": 0.3, "per_pressure": 0.0}})
    seen = observe(valid=False, tamper=defect, **change)
    assert seen.run.audit in rules, seen.run.violation
