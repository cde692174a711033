"""Defects of the books: fees, credits, prices, holds, wallets."""

from collections.abc import Generator
from dataclasses import replace
from typing import Any

from sandbox.journal.kinds import Kind, Purpose
from sandbox.market.purchase import Deal
from sandbox.payments import Payment
from sandbox.rails.btc import BtcRail
from sandbox.rails.correspondent import CorrespondentRail
from sandbox.world import World
from tests.simulation.world_defects.tampering import drop_rows, rail_of


def lost_fee(world: World) -> None:
    """The bank's fee is promised and never taken."""
    books = world.ground.books
    transfer = books.transfer

    def forgetful(*leg: Any) -> int:
        return 0 if leg[-1] == Purpose.BANK_FEE else transfer(*leg)

    books.transfer = forgetful  # type: ignore[method-assign,assignment]


def unitemised_charge(world: World) -> None:
    """A charge is taken that stands on no receipt."""
    drop_rows(world, lambda kind, *columns, **_: kind == Kind.ITEMISED and columns[-1] == Purpose.NETWORK_FEE)


def double_credit(world: World) -> None:
    """The exchange pays a supplier out twice."""
    pay = world.exchange.pay

    def generous(payment: Payment, fee_units: int) -> None:
        pay(payment, fee_units)
        pay(payment, fee_units)

    world.exchange.pay = generous  # type: ignore[method-assign]


def credit_forgotten(world: World) -> None:
    """A payment is called credited and the exchange has paid nobody."""
    world.exchange.pay = lambda payment, fee_units: None  # type: ignore[method-assign]


def payout_short(world: World) -> None:
    """The suppliers' exchange keeps a cent of what it pays out."""
    pay = world.exchange.pay

    def keeping(payment: Payment, fee_units: int) -> None:
        payment.payout_units -= 1
        pay(payment, fee_units)
        payment.payout_units += 1

    world.exchange.pay = keeping  # type: ignore[method-assign]


def price_off_the_quote(world: World) -> None:
    """The dealer charges a percent more than it quoted."""
    purchases = rail_of(world, BtcRail)._purchases
    strike = purchases.strike

    def greedy(*order: Any) -> Generator[Any, Any, Deal]:
        deal: Deal = yield from strike(*order)
        return replace(deal, price=deal.price * 101 // 100)

    purchases.strike = greedy


def spread_not_posted(world: World) -> None:
    """The margin is part of the price and reaches nobody's account."""
    books = world.ground.books
    legs = books._conversion_legs
    books._conversion_legs = lambda *what: [leg for leg in legs(*what) if leg[3] != Purpose.SPREAD]  # type: ignore[method-assign]


def nostro_overdrawn(world: World) -> None:
    """The bank pays out of a correspondent account that is empty."""
    books, rail = world.ground.books, rail_of(world, CorrespondentRail)
    for account in world.banks[0].nostro.values():
        books._overdraft[account] = True
    debit = rail._debit

    def unchecked(payment: Payment, bank: Any) -> None:
        spare = books.balance(bank.nostro[payment.currency])
        if spare > 1:
            books.transfer(
                -1,
                bank.entity,
                bank.nostro[payment.currency],
                world.abroad[payment.currency],
                spare - 1,
                Purpose.FUNDING,
            )
        debit(payment, bank)

    rail._debit = unchecked


def return_kept(world: World) -> None:
    """An agent that fails keeps the client's money on its way."""
    books = world.ground.books
    transfer = books.transfer

    def kept(*leg: Any) -> int:
        return 0 if leg[-1] == Purpose.RETURN else transfer(*leg)

    books.transfer = kept  # type: ignore[method-assign,assignment]


def hold_never_resolved(world: World) -> None:
    """A reservation is forgotten when its payment ends."""
    books = world.ground.books
    void = books.void
    forgotten: list[int] = []

    def forgetful(hold: int) -> None:
        if forgotten:
            void(hold)
        else:
            forgotten.append(hold)

    books.void = forgetful  # type: ignore[method-assign]


def hold_resolved_twice(world: World) -> None:
    """A reservation is released a second time."""
    books = world.ground.books
    void = books.void

    def twice(hold: int) -> None:
        payment, account, amount = books._holds[hold]
        void(hold)
        world.ground.journal.record(Kind.HOLD_VOIDED, payment, -1, account, -1, amount, hold)

    books.void = twice  # type: ignore[method-assign]


def unregistered_wallet(world: World) -> None:
    """Digital rubles move to wallets that nobody registered."""
    drop_rows(world, lambda kind, *columns, **_: kind == Kind.WALLET_OPENED)


def issued_from_nothing(world: World) -> None:
    """Digital rubles are issued and no bank money is handed in."""
    books = world.ground.books
    post_hold = books.post_hold

    def unbacked(hold: int, actor: int, legs: Any) -> int:
        changed = [(*leg[:3], Purpose.FUNDING if leg[3] == Purpose.REDEEM else leg[3]) for leg in legs]
        return post_hold(hold, actor, changed)

    books.post_hold = unbacked  # type: ignore[method-assign]


def issued_in_another_name(world: World) -> None:
    """The platform's operator creates digital rubles and calls it an inventory top-up."""
    books = world.ground.books
    post_hold = books.post_hold

    def renamed(hold: int, actor: int, legs: Any) -> int:
        changed = [(*leg[:3], Purpose.FUNDING if leg[3] == Purpose.ISSUE else leg[3]) for leg in legs]
        return post_hold(hold, actor, changed)

    books.post_hold = renamed  # type: ignore[method-assign]


#: Each defect with the rule that catches it.
DEFECTS = {
    lost_fee: "V7",
    unitemised_charge: "V7",
    double_credit: "L5",
    credit_forgotten: "L5",
    payout_short: "V6",
    price_off_the_quote: "V8",
    spread_not_posted: "V8",
    nostro_overdrawn: "V4",
    return_kept: "V9",
    hold_never_resolved: "V5",
    hold_resolved_twice: "V5",
    unregistered_wallet: "A5",
    issued_from_nothing: "A5",
    issued_in_another_name: "V1",
}
