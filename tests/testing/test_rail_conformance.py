"""The six rails pass the public suite, and the suite fails on rails that break their promises."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.lifecycle import Reason, State
from sandbox.payments import NotSettled, Outcome, Payment, Process, Quote, Settled
from sandbox.rail import Rail
from sandbox.testing import RailConformance, willing_scenario
from sandbox.world import World

#: Goods that are made, carried and licensed within days, and few that fail.
SWIFT_GOODS: dict[str, Any] = {
    "goods.production_days": {"median": 1, "sigma": 0.3},
    "goods.transit_days": {"median": 2, "sigma": 0.3},
    "goods.licence_days": {"median": 1, "sigma": 0.3},
    "goods.payment_lead_days": 1,
}


class TestCorrespondent(RailConformance):
    """Without pressure, since under it some transfers take longer than the scenario."""

    rail = "correspondent"

    def scenario(self) -> dict[str, Any]:
        document = willing_scenario("correspondent")
        document["timeline"]["calm"] = {"at": document["clock"]["start"], "kind": "pressure", "level": 0.0}
        return document


class TestAgent(RailConformance):
    rail = "agent"


class TestUsdt(RailConformance):
    rail = "usdt"


class TestBtc(RailConformance):
    rail = "btc"


class TestDigitalRuble(RailConformance):
    rail = "digital_ruble"


class TestDfa(RailConformance):
    rail = "dfa"


class TestEscrow(RailConformance):
    """Tokens that a contract keeps until the goods are released; goods that are made and carried within weeks."""

    rail = "usdt"
    seeds = (1,)

    def scenario(self) -> dict[str, Any]:
        document = willing_scenario("usdt")
        document["rails"]["usdt"]["delivery_versus_payment"] = True
        document["population"]["goods"] = True
        document["parameters"] |= SWIFT_GOODS
        return document

    def test_prices_wait_for_the_goods(self) -> None:
        """Some attempts last as long as the goods are under way: the contract has been used."""
        lasted = [a.ended - a.began for a in self.observed(1).attempts if isinstance(a.outcome, Settled)]
        assert sum(seconds > 2 * 86_400 for seconds in lasted) > 3


# -- rails that break their promises ---------------------------------------------------------------------


def quotes_and_writes(rail: Any, world: World) -> None:
    """Each quote leaves a row."""
    quote = rail.quote

    def written(payment: Payment) -> Quote:
        world.pressure.move_to(0.5 if world.ground.journal.rows % 2 else 0.6)
        answer: Quote = quote(payment)
        return answer

    rail.quote = written


def quotes_twice_as_dear(rail: Any, world: World) -> None:
    """The price rises with every question."""
    quote, asked = rail.quote, [0]

    def dearer(payment: Payment) -> Quote:
        asked[0] += 1
        answer = quote(payment)
        return Quote(answer.cost_share * (1 + asked[0] * 1e-9), answer.seconds, answer.failure)

    rail.quote = dearer


def never_ends(rail: Any, world: World) -> None:
    """Attempts wait for an event that nobody brings about."""

    def waits(payment: Payment) -> Process[Outcome]:
        yield world.ground.env.event()
        return Settled()

    rail.settle = waits


def says_it_settled(rail: Any, world: World) -> None:
    """Nothing moves, and the rail claims success."""

    def claims(payment: Payment) -> Process[Outcome]:
        yield world.ground.env.timeout(60)
        return Settled()

    rail.settle = claims


def gives_no_reason(rail: Any, world: World) -> None:
    """A refusal without a reason."""

    def refuses(payment: Payment) -> Process[Outcome]:
        yield world.ground.env.timeout(60)
        world.ground.move(payment, State.REJECTED, -1, Reason.ED05)
        return NotSettled(Reason.NONE)

    rail.settle = refuses


def keeps_a_hold(rail: Any, world: World) -> None:
    """A second hold of which nobody hears again."""
    settle = rail.settle

    def holds(payment: Payment) -> Process[Outcome]:
        world.ground.books.reserve(payment.number, world.outside, 1)
        return (yield from settle(payment))

    rail.settle = holds


def pays_twice(rail: Any, world: World) -> None:
    """The beneficiary gets its money a second time."""
    settle = rail.settle

    def twice(payment: Payment) -> Process[Outcome]:
        outcome = yield from settle(payment)
        world.exchange.pay(payment, 0)
        return outcome

    rail.settle = twice


BREACHES: dict[str, tuple[Callable[[Any, World], None], Callable[[RailConformance], None]]] = {
    "a quote that writes": (quotes_and_writes, RailConformance.test_a_quote_changes_nothing),
    "a quote that drifts": (quotes_twice_as_dear, RailConformance.test_a_quote_changes_nothing),
    "an attempt without end": (never_ends, RailConformance.test_it_ends_in_time),
    "a false success": (says_it_settled, RailConformance.test_it_settles_and_says_how_it_ended),
    "no reason": (gives_no_reason, RailConformance.test_it_settles_and_says_how_it_ended),
    "a forgotten hold": (keeps_a_hold, RailConformance.test_nothing_stays_held_after_an_ending),
    "a double payment": (pays_twice, RailConformance.test_every_run_passes_the_audit),
}


@pytest.mark.parametrize("breach", sorted(BREACHES))
def test_the_suite_fails_on_a_rail_with(breach: str) -> None:
    defect, promise = BREACHES[breach]

    class Broken(RailConformance):
        rail = "usdt"
        seeds = (1,)

        def tamper(self, world: World) -> None:
            found: Rail = world.rails["usdt"]
            defect(found, world)

    with pytest.raises(AssertionError):
        promise(Broken())
