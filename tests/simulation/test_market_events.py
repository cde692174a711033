"""What a market regime does to payments: halted quotes, waiting, giving up, dearer quotes, fees in a spike."""

from collections.abc import Callable
from math import sqrt
from typing import Any

import pytest

from sandbox.journal.kinds import Kind
from sandbox.lifecycle import Reason, State
from sandbox.money import Asset

DAY, HOUR = 86_400, 3_600
DEPEG = {"at": "2025-03-05T10:00", "kind": "market_regime", "usdt_depeg": 0.05, "halflife": "12h"}


def world(*events: dict[str, Any], **change: Any) -> dict[str, Any]:
    """Every supplier takes the token, and these events happen."""
    timeline: dict[str, Any] = {
        "accepted": {"at": "2025-03-03", "kind": "rail_permit", "rail": "usdt", "acceptance": 1.0}
    }
    timeline |= {f"event-{number}": event for number, event in enumerate(events)}
    return {"rails": {"usdt": {"confirmations": 19}}, "timeline": timeline, **change}


def test_orders_wait_while_the_peg_is_off_too_far(observe: Callable[..., Any]) -> None:
    seen = observe(**world(DEPEG))
    opened, closed = seen.of(Kind.MARKET_HALT)
    assert opened["time"] == 2 * DAY + 10 * HOUR and opened["amount"] == 1 and opened["extra"] == 50_000
    # log2(5 / 2) half-lives of 12 hours: 15.86 hours, and the breaker looks every full hour.
    assert closed["time"] - opened["time"] == 16 * HOUR and closed["amount"] == 0
    waited = seen.who_entered(State.MARKET_WAIT, Reason.ELR_DEPEG)
    assert len(waited) > 3
    quotes = seen.of(Kind.QUOTED)
    assert not ((quotes["time"] >= opened["time"]) & (quotes["time"] < closed["time"])).any()
    assert set(waited) <= set(seen.ended(State.CREDITED))
    assert set(seen.who_entered(State.CONVERSION, Reason.ELR_QUOTE_EXPIRED)) <= set(waited)
    assert seen.who_entered(State.CONVERSION, Reason.ELR_QUOTE_EXPIRED)


def test_who_has_waited_long_enough_gives_the_attempt_up(observe: Callable[..., Any]) -> None:
    seen = observe(**world(DEPEG), parameters={"liquidity.breaker_patience_h": 2})
    opened, closed = seen.of(Kind.MARKET_HALT)
    given_up = seen.who_entered(State.TECHNICAL_FAILURE, Reason.ELR_DEPEG)
    assert given_up
    for payment in given_up:
        moved = seen.of(Kind.MOVED, payment=payment)
        (entered,) = moved[(moved["object"] == State.MARKET_WAIT) & (moved["amount"] == 1)]
        (failed,) = moved[(moved["object"] == State.TECHNICAL_FAILURE) & (moved["amount"] == 1)]
        assert failed["time"] - entered["time"] == 2 * HOUR < closed["time"] - opened["time"]
        assert State.RETRY in seen.path(payment)


def test_a_small_break_halts_nothing_and_is_paid_for_in_tokens(observe: Callable[..., Any]) -> None:
    seen = observe(**world({**DEPEG, "usdt_depeg": 0.01, "halflife": "400d"}))
    assert not len(seen.of(Kind.MARKET_HALT)) and not seen.who_entered(State.MARKET_WAIT)
    sold = seen.of(Kind.CONVERTED)
    cents = {int(row["payment"]): int(row["amount"]) for row in seen.of(Kind.CREATED)}
    late = sold[sold["time"] > 2 * DAY + 12 * HOUR]
    assert len(late) > 10
    for row in late:
        face = cents[int(row["payment"])] * 10_000 * 1.005  # the supplier's exchange takes half a percent
        assert row["amount"] == pytest.approx(face / 0.99, rel=1e-3)


def _margin(seen: Any, size: float) -> float:
    """Spread and impact of an order on the last day, as a share of the price."""
    price, mid = seen.world.dealers.price(Asset.USDT, round(size * 100))
    return float(price / mid - 1.0)


def test_thin_markets_and_wide_spreads_make_quotes_dearer(observe: Callable[..., Any]) -> None:
    calm = observe(**world())
    thin = observe(
        **world(
            {"at": "2025-03-05", "kind": "market_regime", "adv_multiplier": 0.25, "spread_multiplier": 2.0}
        )
    )
    small, large = 1_000.0, 4_000_000.0
    impact = _margin(calm, large) - _margin(calm, small)
    # A quarter of the volume doubles the impact, whatever its size.
    assert _margin(thin, large) - _margin(thin, small) == pytest.approx(2 * impact, rel=0.01)
    root = 0.14 / sqrt(365) * sqrt(small / 120e6)
    skew = _margin(calm, small) - root - 0.008
    assert 0 <= skew <= 0.002, "an inventory short of its target"
    assert _margin(thin, small) == pytest.approx(0.016 + 2 * root + skew, abs=0.001)


def test_an_empty_inventory_is_sold_dearer(observe: Callable[..., Any]) -> None:
    seen = observe(**world())
    dealers, books = seen.world.dealers, seen.world.ground.books
    full, _ = dealers._price(Asset.USDT, 100_000, dealers.target(Asset.USDT))
    half, mid = dealers._price(Asset.USDT, 100_000, dealers.target(Asset.USDT) // 2)
    none, _ = dealers._price(Asset.USDT, 100_000, 0)
    assert (half - full) / mid == pytest.approx(0.001, rel=1e-3)
    assert (none - full) / mid == pytest.approx(0.002, rel=1e-3)
    most = max(books.available(dealer.inventory[Asset.USDT]) for dealer in dealers.dealers)
    assert dealers.price(Asset.USDT, 100_000) == dealers._price(Asset.USDT, 100_000, most)


def test_a_regime_keeps_what_happened_before_it(observe: Callable[..., Any]) -> None:
    """Arms share their luck: until the event the journals are the same, the order of entities aside."""
    moving = {"market": {"prices": "paths"}}
    calm, hit = observe(**world(**moving)), observe(**world({**DEPEG, "usdt_depeg": 0.2}, **moving))
    until = 2 * DAY + 10 * HOUR

    def prices(seen: Any) -> list[tuple[int, int, int]]:
        rows = seen.of(Kind.PRICE)
        return [
            (int(row["time"]), int(row["subject"]), int(row["amount"])) for row in rows if row["time"] < until
        ]

    def moves(seen: Any) -> list[tuple[int, int, int]]:
        rows = seen.of(Kind.MOVED)
        return [
            (int(row["time"]), int(row["payment"]), int(row["object"])) for row in rows if row["time"] < until
        ]

    assert prices(calm) == prices(hit) and moves(calm) == moves(hit)
    assert len(moves(calm)) > 100


def test_heavy_tailed_days_are_a_world_too(observe: Callable[..., Any]) -> None:
    seen = observe(**world(), market={"prices": "student_t"})
    assert len(seen.ended(State.CREDITED)) > 60
