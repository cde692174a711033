"""A transfer that the chain refuses leaves nothing of an export's sale behind, and the buyer its tokens."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.journal.kinds import Kind
from sandbox.lifecycle import Reason, State
from sandbox.payments import Payment
from sandbox.rails.inward_usdt import InwardUsdtRail, Sale
from sandbox.world import World

from .conftest import Observe, Seen

IN_TOKENS: dict[str, Any] = {
    "population": {"exporters": {"share": 1.0}, "payments_per_business_day": 8.0},
    "rails": {"correspondent": {}, "usdt": {"confirmations": 19}},
    "timeline": {
        "pressure": {"at": "2025-03-03", "kind": "pressure", "level": 0.6},
        "tether": {"at": "2025-03-03", "kind": "rail_permit", "rail": "usdt", "acceptance": 1.0},
    },
}


def _rail(world: World) -> Any:
    return next(rail for rail in world.importers.inward if isinstance(rail, InwardUsdtRail))


def frozen_on_the_way(world: World) -> None:
    """The issuer's freeze of the second buyer's address stands in the block before the transfer."""
    rail = _rail(world)
    broadcast = rail._broadcast
    sent: list[int] = []

    def late(payment: Payment, sale: Sale) -> Any:
        sent.append(payment.number)
        if len(sent) == 2:
            assert world.issuer is not None
            world.issuer.freeze(rail._wallet(payment))
        return broadcast(payment, sale)

    rail._broadcast = late


@pytest.fixture
def refused(observe: Observe) -> Seen:
    """A world in which one buyer's transfer meets a freeze."""
    return observe(tamper=frozen_on_the_way, **IN_TOKENS)


def test_a_refused_transfer_releases_the_sale_and_leaves_the_tokens_with_the_buyer(refused: Seen) -> None:
    [number] = refused.who_entered(State.TECHNICAL_FAILURE, Reason.ED05)
    rows = refused.of(Kind.MOVED, Kind.RESERVED, Kind.HOLD_VOIDED, Kind.CONVERTED, payment=number).tolist()
    names = refused.rows.dtype.names
    assert names is not None
    kind, thing = names.index("kind"), names.index("object")
    failed = next(
        place
        for place, row in enumerate(rows)
        if row[kind] == Kind.MOVED and row[thing] == State.TECHNICAL_FAILURE
    )
    before = [row for row in rows[:failed] if row[kind] != Kind.MOVED]
    hold = names.index("extra")
    reserved = {row[hold] for row in before if row[kind] == Kind.RESERVED}
    assert len(reserved) == 2, "the buyer's money at its bank, and its tokens"
    assert reserved == {row[hold] for row in before if row[kind] == Kind.HOLD_VOIDED}
    assert not any(row[kind] == Kind.CONVERTED for row in before), "no roubles for tokens that did not come"


# -- seeded defects -----------------------------------------------------------------------------------


def still_held(world: World) -> None:
    """The rail forgets the hold on tokens that did not leave."""
    frozen_on_the_way(world)
    books = world.ground.books
    void = books.void
    rail = _rail(world)
    ledger = rail._ledger

    class Forgetful:
        def __getattr__(self, name: str) -> Any:
            return getattr(ledger, name)

        def send(self, payment: int, actor: int, debit: int, credit: int, units: int, booked: Any) -> Any:
            def told(ok: bool) -> None:
                books.void = void if ok or payment < 0 else lambda hold: 0  # type: ignore[method-assign]
                booked(ok)
                books.void = void  # type: ignore[method-assign]

            return ledger.send(payment, actor, debit, credit, units, told)

    rail._ledger = Forgetful()


def paid_all_the_same(world: World) -> None:
    """The dealer pays its roubles in for a transfer that the chain refused."""
    frozen_on_the_way(world)
    rail = _rail(world)
    ledger = rail._ledger

    class Trusting:
        def __getattr__(self, name: str) -> Any:
            return getattr(ledger, name)

        def send(self, payment: int, actor: int, debit: int, credit: int, units: int, booked: Any) -> Any:
            def told(ok: bool) -> None:
                booked(ok or payment >= 0)

            return ledger.send(payment, actor, debit, credit, units, told)

    rail._ledger = Trusting()


@pytest.mark.parametrize(
    ("defect", "rules"),
    [(still_held, {"V5", "L1"}), (paid_all_the_same, {"A3"})],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_defects_are_caught(observe: Observe, defect: Callable[[World], None], rules: set[str]) -> None:
    """A sale that outlives a refused transfer is caught."""
    seen = observe(valid=False, tamper=defect, **IN_TOKENS)
    assert seen.run.audit in rules, seen.run.violation
