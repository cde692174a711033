"""The suite that every rail must pass: subclass it, name a rail and a scenario in which it is used.

::

    class TestMyRail(RailConformance):
        rail = "usdt"

A rail is tried where it lives: in a world assembled from a scenario, under the auditor.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any, ClassVar

from sandbox.journal import Journal
from sandbox.lifecycle import TERMINALS, TRANSITIONS, Reason, State
from sandbox.payments import Lost, NotSettled, Outcome, Payment, Process, Quote, Settled
from sandbox.rail import Rail
from sandbox.scenario.load import Loaded
from sandbox.scenario.schema import Scenario
from sandbox.simulation.run import Run, simulate
from sandbox.testing.replay import Replay
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
    held: bool
    """Whether the originator's roubles were held at the call."""
    began: int
    ended: int = -1
    """Second of the ending; -1 while under way."""
    outcome: Outcome | None = None
    state_after: int = -1


@dataclass(frozen=True, slots=True)
class Observation:
    """A run as the suite saw it."""

    run: Run
    attempts: list[Attempt]
    still_held: dict[int, int]
    """Payments that have ended -> minor units still held for them."""


def willing_scenario(rail: str) -> dict[str, Any]:
    """Three months in which every firm pays by this rail alone and every supplier takes it.

    The sums are small and alike, so that dealers' stock and nostros suffice.
    """
    start = date(2025, 3, 3).isoformat()
    opens = {"opens": start} if rail in ("usdt", "btc", "digital_ruble", "dfa") else {}
    permit = {"at": start, "kind": "rail_permit", "rail": rail, "permitted": True, "acceptance": 1.0}
    return {
        "schema": 1,
        "title": {"en": f"Conformance of {rail}"},
        "question": {"en": "Does the rail keep its promises?"},
        "clock": {"start": start, "horizon": "90d", "warm_up": "0d", "cool_down": "0d"},
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
    patience: ClassVar[int] = 60 * 86_400
    """Seconds after which an attempt should have ended."""

    _observations: ClassVar[dict[int, "Observation"]]

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

    def observed(self, seed: int) -> "Observation":
        """A run, what came of every attempt on the rail, and what stayed held; made once a class and seed."""
        made = self._observations
        if seed not in made:
            worlds: list[World] = []
            seen: list[Attempt] = []

            def watch(world: World) -> None:
                worlds.append(world)
                _watch_endings(world.rails[self.rail], world, seen)

            run = self.run_with(watch, seed)
            made[seed] = Observation(run, seen, _still_held(worlds[0].ground.journal))
        return made[seed]

    def __init_subclass__(cls) -> None:
        cls._observations = {}

    # -- what a rail promises ----------------------------------------------------------------------------

    def test_every_run_passes_the_audit(self) -> None:
        """The auditor, which knows the rules of value and of conduct, has nothing to say."""
        for seed in self.seeds:
            assert_audited(self.observed(seed).run)

    def test_it_settles_and_says_how_it_ended(self) -> None:
        """Attempts end with an Outcome, in a state from which the story can go on; some settle."""
        ended: list[Attempt] = []
        for seed in self.seeds:
            ended += [attempt for attempt in self.observed(seed).attempts if attempt.ended >= 0]
        assert ended, f"no attempt on {self.rail} ended"
        assert any(isinstance(attempt.outcome, Settled) for attempt in ended), (
            f"nothing settled by {self.rail}"
        )
        for attempt in ended:
            _check_ending(attempt)

    def test_it_begins_with_reserved_funds(self) -> None:
        """The originator's roubles are held before the rail begins."""
        for attempt in self.observed(self.seeds[0]).attempts:
            assert attempt.state == State.FUNDS and attempt.held

    def test_it_ends_in_time(self) -> None:
        """An attempt does not wait for ever: none that began early is still under way after ``patience``."""
        for seed in self.seeds:
            seen = self.observed(seed).attempts
            horizon = self.loaded().scenario.clock.horizon
            waiting = [a.payment for a in seen if a.ended < 0 and a.began < horizon - self.patience]
            assert not waiting, f"payments {waiting} of seed {seed} have waited {self.patience} s and more"

    def test_nothing_stays_held_after_an_ending(self) -> None:
        """When a payment has ended, its holds have been delivered, voided or have expired."""
        for seed in self.seeds:
            held = self.observed(seed).still_held
            assert not held, f"payments have ended and still hold money: {held}"

    def test_a_quote_changes_nothing(self) -> None:
        """Asking twice gives the same answer, moves nothing, and leaves the run as it would have been."""
        plain = self.observed(self.seeds[0]).run
        asked: list[Quote] = []

        def watch(world: World) -> None:
            _ask_often(world.rails[self.rail], world, asked)

        curious = self.run_with(watch, self.seeds[0])
        assert asked, f"nobody could ask {self.rail} for a quote"
        assert curious.digest == plain.digest, "asking for quotes changed the run"
        for quote in asked:
            assert isfinite(quote.cost_share) and isfinite(quote.seconds) and quote.seconds >= 0
            assert 0.0 <= quote.failure <= 1.0, f"a failure probability of {quote.failure}"


def _still_held(journal: Journal) -> dict[int, int]:
    """Payments in a terminal state whose holds nobody resolved, and how much is held."""
    replay = Replay(journal)
    replay.read_on()
    return {
        payment: units
        for _, units, payment in replay.open_holds.values()
        if replay.states.get(payment, 0) in TERMINALS
    }


def _watch_endings(rail: Rail, world: World, seen: list[Attempt]) -> None:
    """Note every call of a rail's ``settle`` and what it comes to."""
    settle, ground = rail.settle, world.ground

    def watched(payment: Payment) -> Process[Outcome]:
        held = payment.hold >= 0
        attempt = Attempt(payment.number, payment.state, held, ground.now)
        seen.append(attempt)
        outcome = yield from settle(payment)
        attempt.outcome, attempt.ended, attempt.state_after = outcome, ground.now, payment.state
        return outcome

    _replace(rail, "settle", watched)


def _ask_often(rail: Rail, world: World, asked: list[Quote]) -> None:
    """Ask for a quote twice before every attempt; nothing may change by it."""
    settle, ground = rail.settle, world.ground

    def curious(payment: Payment) -> Process[Outcome]:
        before = (ground.journal.rows, payment.state, payment.hold, ground.now)
        first, second = rail.quote(payment), rail.quote(payment)
        assert first == second, f"two quotes in one second: {first} and {second}"
        assert (ground.journal.rows, payment.state, payment.hold, ground.now) == before, (
            "a quote did something"
        )
        asked.append(first)
        return (yield from settle(payment))

    _replace(rail, "settle", curious)


def _replace(rail: Rail, method: str, by: object) -> None:
    try:
        setattr(rail, method, by)
    except AttributeError:
        raise TypeError(f"{type(rail).__name__} has slots: the suite cannot watch its {method}") from None


def _check_ending(attempt: Attempt) -> None:
    """An outcome fits the state in which it leaves the payment."""
    name, state = f"payment {attempt.payment}", State(attempt.state_after)
    match attempt.outcome:
        case Settled():
            assert state is State.CREDITED, f"{name} settled, but stands in {state.name}"
        case NotSettled(reason):
            assert reason is not Reason.NONE, f"{name} did not settle and does not say why"
            assert TRANSITIONS[state] & _AFTER_FAILURE, f"{name} did not settle, but stands in {state.name}"
        case Lost(reason):
            assert reason is not Reason.NONE, f"{name} is lost and does not say why"
            assert state is State.LOST or State.LOST in TRANSITIONS[state], f"{name} is lost in {state.name}"
        case other:
            raise AssertionError(f"{name} ended with {other!r}, which is no Outcome")
