"""Defects of those who decide: the regulator, the issuer, the breaker."""

from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

from sandbox.journal.kinds import Kind
from sandbox.lifecycle import Reason
from sandbox.payments import Authorisation, Payment, order_hash
from sandbox.policies.caps import Group, Use
from sandbox.world import World
from tests.simulation.world_defects.tampering import drop_rows


def release_without_consuming(world: World) -> None:
    """The bank lets orders go without using their authorisation up."""
    assert world.regulator is not None
    world.regulator.consume = lambda payment, actor: Reason.NONE  # type: ignore[method-assign]


def never_authorised(world: World) -> None:
    """The regulator is passed over: the bank writes the authorisation itself."""
    assert world.regulator is not None

    def bypassed(payment: Payment) -> Reason:
        payment.authorisation = Authorisation(order_hash(payment, payment.rail), world.ground.now + 10**6)
        return Reason.NONE

    world.regulator.authorise = bypassed  # type: ignore[method-assign]


def authorisation_used_twice(world: World) -> None:
    """The same authorisation releases two transfers."""
    assert world.regulator is not None
    consume = world.regulator.consume

    def lenient(payment: Payment, actor: int) -> Reason:
        held = payment.authorisation
        consume(payment, actor)
        payment.authorisation = held
        return consume(payment, actor)

    world.regulator.consume = lenient  # type: ignore[method-assign]


def expired_accepted(world: World) -> None:
    """Authorisations last a second, and nobody looks."""
    assert world.regulator is not None
    world.regulator._valid = 1
    record = world.ground.journal.record

    def late(payment: Payment, actor: int) -> Reason:
        held = payment.authorisation
        assert held is not None
        record(Kind.CONSUMED, payment.number, actor, -1, payment.rail, held.order_hash, held.expires)
        return Reason.NONE

    world.regulator.consume = late  # type: ignore[method-assign]


def order_changed_after_authorisation(world: World) -> None:
    """The order that leaves is for ten times what was authorised."""
    assert world.regulator is not None
    authorise = world.regulator.authorise

    def then_changed(payment: Payment) -> Reason:
        reason = authorise(payment)
        payment.invoice_cents *= 10
        payment.authorisation = Authorisation(order_hash(payment, payment.rail), 10**9)
        return reason

    world.regulator.authorise = then_changed  # type: ignore[method-assign]


def revocation_ignored(world: World) -> None:
    """A firm that lost its admission goes on as before."""
    assert world.regulator is not None
    revoke, regulator = world.regulator.revoke, world.regulator

    def unheeded(rank: int) -> None:
        firm = regulator.participants[rank - 1]
        admitted = firm.admitted_at
        revoke(rank)
        firm.admitted_at = admitted
        regulator._revoked.clear()
        regulator._members[firm.index] = admitted

    world.regulator.revoke = unheeded  # type: ignore[method-assign]


def cap_ignored(world: World) -> None:
    """The regulator counts and never says no."""
    assert world.regulator is not None
    regulator, used = world.regulator, 0

    def lavish(firm: object, payment: Payment) -> Reason:
        nonlocal used
        used += payment.invoice_cents
        world.ground.journal.record(
            Kind.QUOTA_USED, payment.number, regulator.entity, -1, -1, used, 300_000_000
        )
        return Reason.NONE

    world.regulator._take_quota = lavish  # type: ignore[method-assign]


def counter_starts_late(world: World) -> None:
    """The month's counter forgets its first orders."""
    assert world.regulator is not None
    take = world.regulator._caps.take

    def forgetful(group: Group, cents: int, day: date) -> list[Use] | None:
        uses = take(group, cents, day)
        return uses and [use._replace(used=max(1, use.used - 1)) for use in uses]

    world.regulator._caps = cast(Any, SimpleNamespace(any=True, take=forgetful, wait=False))


def admission_passed_over(world: World) -> None:
    """Firms are served that nobody has admitted: the decision is missing from the journal."""
    drop_rows(world, lambda kind, *columns, **_: kind == Kind.ADMITTED)


def revoked_without_inspectors(world: World) -> None:
    """An admission ends over late reports that nobody has looked into."""
    regulator = world.regulator
    assert regulator is not None
    regulator.revoke = lambda rank: regulator.withdraw(regulator.participants[rank - 1], 1)  # type: ignore[method-assign]


def no_notice_of_a_threat(world: World) -> None:
    """The notice of a laundering threat is a day short."""
    regulator = world.regulator
    assert regulator is not None
    record = world.ground.journal.record

    def hasty(rank: int) -> None:
        firm, now = regulator.participants[rank - 1], world.ground.now
        for kind, extra in ((Kind.INSPECTED, 0), (Kind.NOTICE_GIVEN, now + 9 * 86_400)):
            record(kind, actor=regulator.entity, subject=firm.entity, amount=2, extra=extra)

    regulator.revoke = hasty  # type: ignore[method-assign]


def frozen_only_on_paper(world: World) -> None:
    """The issuer's freeze stands in the journal and not in the contract."""
    assert world.issuer is not None
    issuer = world.issuer

    def announced(account: int, then: object = None) -> None:
        world.ground.journal.record(Kind.FROZEN, actor=issuer.entity, subject=account)

    world.issuer.freeze = announced  # type: ignore[method-assign]


def paused_only_on_paper(world: World) -> None:
    """The issuer's pause stands in the journal and not in the contract."""
    assert world.issuer is not None
    issuer = world.issuer

    def announced(seconds: int) -> Iterator[Any]:
        world.ground.journal.record(Kind.PAUSED, actor=issuer.entity)
        yield world.ground.env.timeout(seconds)

    world.issuer.pause = announced  # type: ignore[method-assign,assignment]


def breaker_only_on_paper(world: World) -> None:
    """The breaker's opening stands in the journal, and dealers go on."""
    breaker = world.breaker
    assert breaker is not None
    waits = breaker.look

    def announced() -> None:
        waits()
        breaker.is_open = False

    breaker.look = announced  # type: ignore[method-assign]


#: Each defect with the rule that catches it.
DEFECTS = {
    release_without_consuming: "A1",
    never_authorised: "A1",
    authorisation_used_twice: "A1",
    expired_accepted: "A1",
    order_changed_after_authorisation: "A1",
    revocation_ignored: "A1",
    cap_ignored: "A6",
    counter_starts_late: "A6",
    admission_passed_over: "A2",
    revoked_without_inspectors: "A8",
    no_notice_of_a_threat: "A8",
    frozen_only_on_paper: "A3",
    paused_only_on_paper: "A4",
    breaker_only_on_paper: "V10",
}
