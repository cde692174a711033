"""The digital ruble's terms: a tariff that changes around an order, limits of wallets and orders, a bridge."""

from collections.abc import Callable, Generator
from typing import Any

import pytest

from sandbox.journal.kinds import Kind, Purpose
from sandbox.lifecycle import State
from sandbox.rails.digital_ruble import DigitalRubleRail
from sandbox.world import World

OPEN: dict[str, Any] = {
    "rails": {"digital_ruble": {"opens": "2025-03-03"}},
    "timeline": {
        "accepted": {"at": "2025-03-03", "kind": "rail_permit", "rail": "digital_ruble", "acceptance": 1.0}
    },
    "clock": {"start": "2025-03-03", "horizon": "4d", "warm_up": "1d", "cool_down": "1d"},
    "population": {"payments_per_business_day": 40.0},
}


def _tariffs(*changes: tuple[int, int]) -> Callable[[World], None]:
    """Tariffs (kopecks) set so many seconds after the first order has been released."""

    def tamper(world: World) -> None:
        operator = world.operator
        assert operator is not None
        env, enter = world.ground.env, operator.enter
        begun = False

        def later(wait: int, kopecks: int) -> Generator[Any, Any, None]:
            yield env.timeout(wait)
            yield from operator.charge(kopecks)

        def entering() -> Generator[Any, Any, None]:
            nonlocal begun
            if not begun:
                begun = True
                for wait, kopecks in changes:
                    env.process(later(wait, kopecks))
            yield from enter()

        operator.enter = entering  # type: ignore[method-assign]

    return tamper


@pytest.mark.parametrize("wait", [0, 1, 9, 10, 11])
def test_an_order_pays_the_tariff_it_was_promised(observe: Callable[..., Any], wait: int) -> None:
    """Up and down again around the ten seconds in which an order is under way."""
    seen = observe(tamper=_tariffs((wait, 2_500), (wait, 9_900), (wait + 3, 700)), **OPEN)
    assert len(seen.ended(State.CREDITED)) > 100 and not seen.who_entered(State.TECHNICAL_FAILURE)
    fees = [
        sum(units for _, _, units in seen.posted(payment, Purpose.PLATFORM_FEE))
        for payment in seen.who_entered(State.CREDITED)
    ]
    assert fees[-1] == 700 and set(fees) <= {0, 2_500, 9_900, 700}


def test_an_order_waits_until_the_platform_opens(observe: Callable[..., Any]) -> None:
    """Twelve hours a day are those from six to eighteen; a tariff that rises at night spares who waits already."""
    change = {"parameters": {"digital_ruble.dr_hours": 12}}
    seen = observe(tamper=_tariffs((12 * 3_600, 2_500)), **{**OPEN, **change})
    moved = seen.of(Kind.MOVED)
    released = moved[moved["object"] == State.RELEASE]
    into_day = released["time"] % 86_400
    assert len(released) > 50 and into_day.min() == 6 * 3_600 and into_day.max() < 18 * 3_600
    created = observe(**OPEN).of(Kind.MOVED)
    assert (created[created["object"] == State.RELEASE]["time"] % 86_400).min() < 6 * 3_600
    assert not seen.who_entered(State.TECHNICAL_FAILURE)


def test_without_the_wait_a_tariff_change_is_caught(observe: Callable[..., Any]) -> None:
    """Fees and amount would no longer be what the books say."""

    def hasty(world: World) -> None:
        operator, rubles = world.operator, world.chains.rubles
        assert operator is not None and rubles is not None
        ledger = rubles

        def at_once(kopecks: int) -> Generator[Any, Any, None]:
            key = ledger.chain.account("operator/platform")
            yield ledger.producer.submit(key, ledger.contract, "set_fee", kopecks)

        operator.charge = at_once  # type: ignore[method-assign,assignment]
        world.ground.env.process(at_once(2_500))
        _tariffs((5, 0))(world)

    run = observe(tamper=hasty, valid=False, **OPEN).run
    assert (run.status, run.audit) == ("invalid", "C4")


LIMITS = {"operation_limit": "30000000", "holding_limit": "90000000"}


def test_limits_hold_and_bind(observe: Callable[..., Any]) -> None:
    seen = observe(**OPEN | {"rails": {"digital_ruble": {"opens": "2025-03-03", **LIMITS}}})
    assert seen.who_entered(State.REJECTED) and seen.who_entered(State.TECHNICAL_FAILURE)
    assert seen.ended(State.CREDITED)


def _no_limit(which: int) -> Callable[[World], None]:
    """The platform forgets one of its limits; nothing else knows."""

    def tamper(world: World) -> None:
        rubles, operator = world.chains.rubles, world.operator
        assert rubles is not None and operator is not None
        limits = [3_000_000_000, 9_000_000_000]
        limits[which] = 0
        key = rubles.chain.account("operator/platform")
        rubles.producer.submit(key, rubles.contract, "set_limits", *limits, 0)
        rail = next(rail for rail in world.rails.values() if isinstance(rail, DigitalRubleRail))
        rail._platform.operation_limit = lambda: limits[0]  # type: ignore[method-assign]

    return tamper


@pytest.mark.parametrize("which", [0, 1], ids=["operation", "holding"])
def test_a_limit_that_is_not_kept_is_caught(observe: Callable[..., Any], which: int) -> None:
    limited = OPEN | {"rails": {"digital_ruble": {"opens": "2025-03-03", **LIMITS}}}
    run = observe(tamper=_no_limit(which), valid=False, **limited).run
    assert (run.status, run.audit) == ("invalid", "A7")


def test_the_librarys_limit_of_a_wallet_counts(observe: Callable[..., Any]) -> None:
    seen = observe(**OPEN, parameters={"digital_ruble.dr_wallet_limit_rub": 60_000_000})
    books = seen.world.ground.books
    assert 0 < max(books.balance(a.number) for a in books.accounts if a.role == "wallet") <= 6_000_000_000


def test_a_bridge_brings_acceptance_and_its_fee(observe: Callable[..., Any]) -> None:
    bridge = {"at": "2025-03-05", "kind": "rail_bridge", "acceptance": 1.0, "fee": "15"}
    world = OPEN | {
        "rails": {"correspondent": {}, "digital_ruble": {"opens": "2025-03-03"}},
        "timeline": {"bridge": bridge},
    }
    seen = observe(**world)
    used = [p for p in seen.who_entered(State.CREDITED) if "rail/digital_ruble" in seen.rail(p)]
    assert used
    starts = 2 * 86_400
    for payment in used:
        (receipt,) = seen.of(Kind.RECEIPT, payment=payment)
        assert receipt["time"] >= starts
        assert seen.posted(payment, Purpose.PLATFORM_FEE) == [("wallet", "fee_income", 1_500)]
    (noted,) = [row for row in seen.of(Kind.WORLD) if seen.entities[row["actor"]] == "event/bridge"]
    assert (int(noted["time"]), int(noted["amount"])) == (starts, 10**6)


def test_a_bridge_without_numbers_takes_the_librarys(observe: Callable[..., Any]) -> None:
    world = OPEN | {"timeline": {"bridge": {"at": "2025-03-04", "kind": "rail_bridge"}}}
    seen = observe(**world)
    (noted,) = [row for row in seen.of(Kind.WORLD) if seen.entities[row["actor"]] == "event/bridge"]
    assert noted["amount"] == 300_000
    assert seen.world.suppliers.acceptance["digital_ruble"] == pytest.approx(0.3)
