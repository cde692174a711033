"""The review of the regime: its record so far is measured against gates, and it stays or is wound down."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from sandbox.actors.regulator import Overseer, Regulator
from sandbox.actors.screening import Screening
from sandbox.clock import DAY
from sandbox.journal.kinds import Kind
from sandbox.lifecycle import TERMINALS, State
from sandbox.payments import Payment, Process
from sandbox.rail import Ground, Rail
from sandbox.scenario.schema import Scenario
from sandbox.stage import Gates


class Gate(NamedTuple):
    """One measure beside its threshold."""

    name: str
    value: float | None
    """None: there was nothing to measure, and the gate is not passed."""
    threshold: float
    at_most: bool

    @property
    def passed(self) -> bool:
        """Whether the measure is on the right side."""
        if self.value is None:
            return False
        return self.value <= self.threshold if self.at_most else self.value >= self.threshold


class Record:
    """What the regime has done so far; payments are looked at when the record is read, and not before."""

    def __init__(self, regime_rails: frozenset[int]) -> None:
        self._rails = regime_rails
        self._payments: list[Payment] = []

    def ended(self, payment: Payment) -> None:
        """A payment's story is over (it may be taken up again: its state then says so)."""
        if payment.rail in self._rails:
            self._payments.append(payment)

    def fail_rate(self) -> float | None:
        """Failed or lost orders of all that ended on the regime's rails, compliance stops left out."""
        ends = [payment.state for payment in self._payments if payment.state in TERMINALS]
        counted = [state for state in ends if state != State.STOPPED]
        return 1.0 - counted.count(State.CREDITED) / len(counted) if counted else None

    def loss_bp(self) -> float | None:
        """Value lost on the regime's rails in basis points of the value that ended there."""
        ended = [payment for payment in self._payments if payment.state in TERMINALS]
        value = sum(payment.invoice_cents for payment in ended)
        lost = sum(payment.invoice_cents for payment in ended if payment.state == State.LOST)
        return 10_000.0 * lost / value if value else None


def kept_for(scenario: Scenario, ground: Ground, rails: Iterable[Rail]) -> tuple[Record | None, int]:
    """(the record that a scenario's review will read, second of a review that firms anticipate or -1)."""
    reviews = [event for event in scenario.timeline.values() if event.kind == "permanence_review"]
    if not reviews:
        return None, -1
    awaited = [ground.clock.second(event.at.date()) for event in reviews if event.anticipation]
    regime = frozenset(rail.entity for rail in rails if rail.needs_authorisation)
    return Record(regime), min(awaited, default=-1)


def measured(
    wanted: Gates, record: Record, screening: Screening | None, supervisor: Overseer | None
) -> list[Gate]:
    """Every gate that is asked, with what the world has counted."""
    recall = None if screening is None or not screening.truly else screening.caught / screening.truly
    timely = (
        None
        if supervisor is None or not supervisor.reports_due
        else supervisor.reports_in_time / supervisor.reports_due
    )
    gates = (
        ("fail_rate_max", record.fail_rate(), wanted.fail_rate_max, True),
        ("aml_recall_min", recall, wanted.aml_recall_min, False),
        ("report_timely_min", timely, wanted.report_timely_min, False),
        ("loss_bp_max", record.loss_bp(), wanted.loss_bp_max, True),
    )
    return [Gate(name, value, limit, most) for name, value, limit, most in gates if limit is not None]


def hold(
    ground: Ground,
    regulator: Regulator,
    gates: list[Gate],
    entry_open: bool,
    wind_down: int | None,
    close_rails: Callable[[], None],
) -> bool:
    """Write every gate down, then keep the regime for good or begin to wind it down; whether it stays."""
    for gate in gates:
        ground.journal.record(
            Kind.GATE,
            actor=ground.journal.entity(f"gate/{gate.name}"),
            subject=int(gate.passed),
            amount=-1 if gate.value is None else round(gate.value * 10**6),
            extra=round(gate.threshold * 10**6),
        )
    stays = all(gate.passed for gate in gates)
    days = int(ground.number("regulator.wind_down_days"))
    until = -1 if stays else ground.now + (days * DAY if wind_down is None else wind_down)
    ground.journal.record(Kind.REVIEWED, actor=regulator.entity, amount=int(stays), extra=until)
    if stays:
        if entry_open:
            regulator.open_to_all()
        return True
    regulator.stop_orders()
    close_rails()
    ground.env.process(_end(ground, regulator, until))
    return False


def _end(ground: Ground, regulator: Regulator, until: int) -> Process[None]:
    """When the time is over nothing more is released and no admission stands."""
    yield ground.until(until)
    regulator.end()
