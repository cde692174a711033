"""The suite that every rail must pass: subclass it, name a rail and a scenario in which it is used.

::

    class TestMyRail(RailConformance):
        rail = "usdt"

A rail is tried where it lives: in a world assembled from a scenario, under the auditor.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from math import isfinite
from typing import Any, ClassVar

from sandbox.lifecycle import TERMINALS, TRANSITIONS, Reason, State
from sandbox.payments import Lost, NotSettled, Outcome, Payment, Process, Quote, Settled
from sandbox.rail import Rail
from sandbox.scenario.load import Loaded
from sandbox.scenario.schema import Scenario
from sandbox.simulation.run import Run, simulate
from sandbox.testing.runs import ScenarioLike, assert_audited, load_document
from sandbox.world import Engines, World

#: What follows an attempt that did not settle.
_AFTER_FAILURE = frozenset({State.RETRY, State.FAILED, State.STOPPED})


@dataclass(slots=True)
class Attempt:
    """One call of :meth:`Rail.settle`, as seen from outside."""

    payment: int
    state: int
    """State at the call."""
    hold: int
    """Minor units held on the originator's account at the call."""
    began: int
    ended: int = -1
    """Second of the ending; -1 while under way."""
    outcome: Outcome | None = None
    state_after: int = -1
    waits: list[int] = field(default_factory=list)
    """Seconds that passed from one step to the next."""


def willing_scenario(rail: str) -> dict[str, Any]:
    """A few weeks in which every firm pays by this rail alone and every supplier takes it.

    The sums are small and alike, so that dealers' stock and nostros suffice.
    """
    start = date(2025, 3, 3).isoformat()
    opens = {"opens": start} if rail in ("usdt", "btc", "digital_ruble") else {}
    permit = {"at": start, "kind": "rail_permit", "rail": rail, "permitted": True, "acceptance": 1.0}
    return {
        "schema": 1,
        "title": {"en": f"Conformance of {rail}"},
        "question": {"en": "Does the rail keep its promises?"},
        "clock": {"start": start, "horizon": "40d", "warm_up": "0d", "cool_down": "0d"},
        "population": {"importers": 6, "payments_per_business_day": 3},
        "rails": {rail: opens},
        "policy": {
            "opens": start,
            "application_desk": False,
            "participants": {"initial": 6},
            "banks": 2,
        },
        "timeline": {"everybody-takes-it": permit},
        "parameters": {"population.invoice_ln_sigma": 0.5},
    }


class RailConformance:
    """What a rail promises: a pure quote, an ending in finite time, nothing left held, clean books."""

    rail: ClassVar[str]
    """Name of the rail in the scenario."""
    seeds: ClassVar[tuple[int, ...]] = (1, 2)
    engines: ClassVar[Engines] = Engines()

    def scenario(self) -> ScenarioLike:
        """The scenario in which the rail is tried; it should be used there often."""
        return willing_scenario(self.rail)

    def tamper(self, world: World) -> None:
        """Change the world before it starts; for tests of this suite itself."""

    # -- running ------------------------------------------------------------------------------------------

    def loaded(self) -> Loaded[Scenario]:
        """The scenario, loaded."""
        return load_document(self.scenario())

    def run_with(self, watch: Callable[[World], None], seed: int) -> Run:
        """A run of the scenario; ``watch`` gets the world before it starts."""

        def prepare(world: World) -> None:
            self.tamper(world)
            watch(world)

        return simulate(self.loaded(), seed=seed, engines=self.engines, tamper=prepare)

    def attempts(self, seed: int) -> tuple[Run, list[Attempt]]:
        """A run and what came of every attempt on the rail."""
        seen: list[Attempt] = []

        def watch(world: World) -> None:
            around(world.rails[self.rail], world, seen)

        return self.run_with(watch, seed), seen

    # -- what a rail promises ----------------------------------------------------------------------------

    def test_every_run_passes_the_audit(self) -> None:
        """The auditor, which knows the rules of value and of conduct, has nothing to say."""
        for seed in self.seeds:
            assert_audited(self.run_with(lambda world: None, seed))

    def test_it_settles_and_says_how_it_ended(self) -> None:
        """Attempts end with an Outcome, in a state from which the story can go on; some settle."""
        ended: list[Attempt] = []
        for seed in self.seeds:
            ended += [attempt for attempt in self.attempts(seed)[1] if attempt.ended >= 0]
        assert ended, f"no attempt on {self.rail} ended"
        assert any(isinstance(attempt.outcome, Settled) for attempt in ended), f"nothing settled by {self.rail}"
        for attempt in ended:
            _check_ending(attempt)

    def test_it_begins_with_reserved_funds(self) -> None:
        """The originator's roubles are held before the rail begins."""
        for attempt in self.attempts(self.seeds[0])[1]:
            assert attempt.state == State.FUNDS and attempt.hold > 0

    def test_time_only_passes_forwards(self) -> None:
        """No wait is negative."""
        for attempt in self.attempts(self.seeds[0])[1]:
            assert all(wait >= 0 for wait in attempt.waits), f"payment {attempt.payment} waited {attempt.waits}"

    def test_nothing_stays_held_after_an_ending(self) -> None:
        """When a payment has ended, its holds have been delivered, voided or have expired."""
        for seed in self.seeds:
            worlds: list[World] = []
            kept: list[Payment] = []

            def watch(
                world: World, worlds: list[World] = worlds, kept: list[Payment] = kept
            ) -> None:
                worlds.append(world)
                remember(world.rails[self.rail], kept)

            self.run_with(watch, seed)
            still = {payment for payment, _, _ in worlds[0].ground.books._holds.values()}
            for payment in kept:
                if payment.state in TERMINALS:
                    assert payment.number not in still, f"{payment.name} has ended and still holds money"

    def test_a_quote_changes_nothing(self) -> None:
        """Asking twice gives the same answer, moves nothing, and leaves the run as it would have been."""
        plain = self.run_with(lambda world: None, self.seeds[0])
        asked: list[Quote] = []

        def watch(world: World) -> None:
            ask_often(world.rails[self.rail], world, asked)

        curious = self.run_with(watch, self.seeds[0])
        assert asked, f"nobody could ask {self.rail} for a quote"
        assert curious.digest == plain.digest, "asking for quotes changed the run"
        for quote in asked:
            assert isfinite(quote.cost_share) and isfinite(quote.seconds) and quote.seconds >= 0
            assert 0.0 <= quote.failure <= 1.0, f"a failure probability of {quote.failure}"
