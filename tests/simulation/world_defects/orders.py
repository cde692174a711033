"""Defects of an order's way: steps, attempts, endings, desks."""

from collections.abc import Iterator
from typing import Any

from sandbox.journal.kinds import Kind
from sandbox.lifecycle import State
from sandbox.payments import NotSettled, Payment
from sandbox.world import World
from tests.simulation.world_defects.tampering import drop_rows


def step_left_out(world: World) -> None:
    """Payments come to their funds without having been screened."""
    drop_rows(world, lambda kind, *columns, **_: kind == Kind.MOVED and columns[3] == State.SCREENING)


def tried_again_after_a_stop(world: World) -> None:
    """A firm chooses another rail for an order that was stopped for compliance."""
    ended = world.office._ended

    def stubborn(payment: Payment, outcome: Any) -> bool:
        if isinstance(outcome, NotSettled) and payment.state == State.COMPLIANCE_STOP:
            world.importers.choose(payment, world.permits.rails)
        return ended(payment, outcome)

    world.office._ended = stubborn  # type: ignore[method-assign]


def order_dropped_on_the_way(world: World) -> None:
    """An order is taken in and never heard of again."""
    story = world.office.story

    def lossy(payment: Payment) -> Iterator[Any]:
        if payment.number != 5:
            yield from story(payment)

    world.office.story = lossy  # type: ignore[method-assign,assignment]


def order_dropped_at_the_end(world: World) -> None:
    """Orders still under way at the horizon are left out of the count."""
    drop_rows(world, lambda kind, *columns, **_: kind == Kind.CENSORED)


def more_hands_than_said(world: World) -> None:
    """A desk works with more people than the journal says."""
    world.desks["kyc"].station.set_servers(40)


#: Each defect with the rule that catches it.
DEFECTS = {
    step_left_out: "L2",
    tried_again_after_a_stop: "G3",
    order_dropped_on_the_way: "L1",
    order_dropped_at_the_end: "L1",
    more_hands_than_said: "T5",
}
