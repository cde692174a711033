"""Defects put into a running world: each is caught by the rule that should catch it."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest

from sandbox.journal.kinds import Kind, Purpose
from sandbox.lifecycle import Reason, State
from sandbox.market.purchase import Deal
from sandbox.mirror import EvmLedger
from sandbox.money import Asset
from sandbox.payments import Authorisation, NotSettled, Payment, order_hash
from sandbox.policies.caps import Group, Use
from sandbox.rails.btc import BtcRail
from sandbox.rails.correspondent import CorrespondentRail
from sandbox.rails.usdt import UsdtRail
from sandbox.world import World

#: All rails are open and in use; a firm is revoked, an address frozen, the token paused, and there is a cap.
BUSY: dict[str, Any] = {
    "rails": {
        "correspondent": {},
        "agent": {},
        "usdt": {"confirmations": 19},
        "btc": {"confirmations": 3},
        "digital_ruble": {"opens": "2025-03-03"},
    },
    "population": {"payments_per_business_day": 25.0, "suppliers_per_importer": 3},
    "policy": {"monthly_cap": "3000000", "cap_rule": "reject", "kyc_analysts": 2},
    "timeline": {
        "pressure": {"at": "2025-03-03", "kind": "pressure", "level": 0.7},
        "bitcoin": {"at": "2025-03-03", "kind": "rail_permit", "rail": "btc", "acceptance": 0.5},
        "tether": {"at": "2025-03-03", "kind": "rail_permit", "rail": "usdt", "acceptance": 0.7},
        "platform": {"at": "2025-03-03", "kind": "rail_permit", "rail": "digital_ruble", "acceptance": 0.4},
        "frozen": {"at": "2025-03-07T12:00", "kind": "freeze", "holder": "supplier", "rank": 1},
        "revoked": {"at": "2025-03-04T12:00", "kind": "revocation", "participant": 1},
        "paused": {"at": "2025-03-09", "kind": "pause", "length": "12h"},
        "depeg": {"at": "2025-03-05T10:00", "kind": "market_regime", "usdt_depeg": 0.05, "halflife": "24h"},
    },
    "parameters": {
        "aml.prevalence": 0.05,
        "bank.kyc_hours": {"mean": 4},
        "agent.agent_onboard_hazard": 50,
        "agent.agent_fail": {"base": 0.5},
        "correspondent.corr_days_mean": {"per_pressure": 1},
        "correspondent.return_stuck_days": {"median": 2, "else_median": 2},
    },
}


def _rail(world: World, kind: type[Any]) -> Any:
    return next(rail for rail in world.rails.values() if isinstance(rail, kind))


def _drop_rows(world: World, wrong: Callable[..., bool]) -> None:
    """The journal loses the rows that ``wrong`` names."""
    journal = world.ground.journal
    record, moved = journal.record, journal.moved

    def careless(kind: int, *columns: Any, **named: Any) -> None:
        if not wrong(kind, *columns, **named):
            record(kind, *columns, **named)

    def careless_step(*columns: int) -> None:
        if not wrong(Kind.MOVED, *columns):
            moved(*columns)

    journal.record, journal.moved = careless, careless_step  # type: ignore[method-assign,assignment]


def lost_fee(world: World) -> None:
    """The bank's fee is promised and never taken."""
    books = world.ground.books
    transfer = books.transfer

    def forgetful(*leg: Any) -> int:
        return 0 if leg[-1] == Purpose.BANK_FEE else transfer(*leg)

    books.transfer = forgetful  # type: ignore[method-assign,assignment]


def unitemised_charge(world: World) -> None:
    """A charge is taken that stands on no receipt."""
    _drop_rows(
        world, lambda kind, *columns, **_: kind == Kind.ITEMISED and columns[-1] == Purpose.NETWORK_FEE
    )


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
    _drop_rows(world, lambda kind, *columns, **_: kind == Kind.ADMITTED)


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


def no_confirmations(world: World) -> None:
    """A token transfer is called final in the block that holds it."""
    assert world.chains.tokens is not None
    world.chains.tokens.producer.finality_blocks = 0


def one_confirmation_called_three(world: World) -> None:
    """A bitcoin transfer is called final after its first confirmation, under the full number."""
    assert world.chains.coins is not None
    blocks = world.chains.coins.blocks
    submit = blocks.submit

    def impatient(transaction: Any, tag: Any = None) -> Any:
        return submit(transaction, tag, confirmations=1)

    blocks.submit = impatient  # type: ignore[method-assign,assignment]


def step_left_out(world: World) -> None:
    """Payments come to their funds without having been screened."""
    _drop_rows(world, lambda kind, *columns, **_: kind == Kind.MOVED and columns[3] == State.SCREENING)


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


def books_behind_the_chain(world: World) -> None:
    """The chain has delivered and nobody books it."""
    _rail(world, UsdtRail)._purchases.book = lambda payment, deal, wallet, fee: None


def _changed_transfers(world: World, change: Callable[[EvmLedger, tuple[Any, ...]], tuple[Any, ...]]) -> None:
    tokens = world.chains.tokens
    assert tokens is not None
    submit = tokens.producer.submit_call

    def wrong(sender: Any, contract: Any, function: str, args: tuple[Any, ...], tag: Any) -> Any:
        if function == "transfer" and tag.payment >= 0:
            args = change(tokens, args)
        return submit(sender, contract, function, args, tag)

    tokens.producer.submit_call = wrong  # type: ignore[method-assign]


def another_recipient(world: World) -> None:
    """The tokens go to another wallet than the books say."""
    hot = world.exchange.hot[Asset.USDT]
    _changed_transfers(world, lambda tokens, args: (tokens.address(hot), args[1]))


def another_amount(world: World) -> None:
    """One unit more leaves than the books say."""
    _changed_transfers(world, lambda tokens, args: (args[0], args[1] + 1))


def coins_booked_short(world: World) -> None:
    """A bitcoin wallet gets more on the chain than in the books."""
    assert world.chains.coins is not None
    coins = world.chains.coins
    send = coins.send

    def generous(
        payment: int, actor: int, debit: int, credit: int, sats: int, *rest: Any, **named: Any
    ) -> Any:
        return send(payment, actor, debit, credit, sats + 1_000, *rest, **named)

    coins.send = generous  # type: ignore[method-assign]


def hidden_issue(world: World) -> None:
    """The issuer creates tokens for a dealer that no book knows of."""
    tokens, dealers = world.chains.tokens, world.dealers
    assert tokens is not None and dealers is not None
    inventory = dealers.dealers[0].inventory[Asset.USDT]
    owner = tokens.chain.account("issuer/owner")

    def secretly() -> Generator[Any, Any, None]:
        yield world.ground.env.timeout(100_000)
        tokens.producer.submit(owner, tokens.contract, "issue", 10**6)
        tokens.producer.submit(owner, tokens.contract, "transfer", tokens.address(inventory), 10**6)

    world.ground.env.process(secretly())


def second_transfer(world: World) -> None:
    """Each token payment is followed by another small one, booked as it should be."""
    tokens, hot = world.chains.tokens, world.exchange.hot[Asset.USDT]
    assert tokens is not None
    send, books = tokens.send, world.ground.books

    def twice(payment: int, actor: int, debit: int, credit: int, units: int, booked: Any) -> Any:
        inclusion = send(payment, actor, debit, credit, units, booked)
        if payment >= 0:
            legs = hot, credit, 1
            send(payment, actor, *legs, lambda _: books.transfer(-1, actor, *legs, Purpose.FUNDING))
        return inclusion

    tokens.send = twice  # type: ignore[method-assign]


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
    purchases = _rail(world, BtcRail)._purchases
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
    books, rail = world.ground.books, _rail(world, CorrespondentRail)
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


def tried_again_after_a_stop(world: World) -> None:
    """A firm chooses another rail for an order that was stopped for compliance."""
    ended = world.office._ended

    def stubborn(payment: Payment, outcome: Any) -> bool:
        if isinstance(outcome, NotSettled) and payment.state == State.COMPLIANCE_STOP:
            world.importers.choose(payment, world.permits.rails)
        return ended(payment, outcome)

    world.office._ended = stubborn  # type: ignore[method-assign]


def unregistered_wallet(world: World) -> None:
    """Digital rubles move to wallets that nobody registered."""
    _drop_rows(world, lambda kind, *columns, **_: kind == Kind.WALLET_OPENED)


def issued_from_nothing(world: World) -> None:
    """Digital rubles are issued and no bank money is handed in."""
    books = world.ground.books
    post_hold = books.post_hold

    def unbacked(hold: int, actor: int, legs: Any) -> int:
        changed = [(*leg[:3], Purpose.FUNDING if leg[3] == Purpose.REDEEM else leg[3]) for leg in legs]
        return post_hold(hold, actor, changed)

    books.post_hold = unbacked  # type: ignore[method-assign]


def order_dropped_on_the_way(world: World) -> None:
    """An order is taken in and never heard of again."""
    story = world.office.story

    def lossy(payment: Payment) -> Iterator[Any]:
        if payment.number != 5:
            yield from story(payment)

    world.office.story = lossy  # type: ignore[method-assign,assignment]


def order_dropped_at_the_end(world: World) -> None:
    """Orders still under way at the horizon are left out of the count."""
    _drop_rows(world, lambda kind, *columns, **_: kind == Kind.CENSORED)


def more_hands_than_said(world: World) -> None:
    """A desk works with more people than the journal says."""
    world.desks["kyc"].station.set_servers(40)


def _once(happens: Callable[..., bool]) -> Callable[..., bool]:
    """The same question, with yes for an answer once only."""
    told: list[bool] = []

    def first(kind: int, *columns: Any, **named: Any) -> bool:
        if not told and happens(kind, *columns, **named):
            told.append(True)
            return True
        return False

    return first


def block_forgotten(world: World) -> None:
    """One block of a chain does not stand in the journal."""
    _drop_rows(world, _once(lambda kind, *columns, **_: kind == Kind.BLOCK and columns[4] == 215))
    coins = world.chains.coins
    assert coins is not None
    coins._record = world.ground.journal.record


def included_twice(world: World) -> None:
    """A transaction stands in two blocks."""
    tokens = world.chains.tokens
    assert tokens is not None
    record = world.ground.journal.record

    def repeated(kind: int, *columns: int) -> None:
        record(kind, *columns)
        if kind == Kind.INCLUDED and columns[0] >= 0:
            record(kind, *columns)

    tokens._record = repeated  # type: ignore[assignment]


def issued_in_another_name(world: World) -> None:
    """The platform's operator creates digital rubles and calls it an inventory top-up."""
    books = world.ground.books
    post_hold = books.post_hold

    def renamed(hold: int, actor: int, legs: Any) -> int:
        changed = [(*leg[:3], Purpose.FUNDING if leg[3] == Purpose.ISSUE else leg[3]) for leg in legs]
        return post_hold(hold, actor, changed)

    books.post_hold = renamed  # type: ignore[method-assign]


DEFECTS = [
    (block_forgotten, "C6"),
    (included_twice, "C5"),
    (issued_in_another_name, "V1"),
    (lost_fee, "V7"),
    (unitemised_charge, "V7"),
    (double_credit, "L5"),
    (second_transfer, "L4"),
    (payout_short, "V6"),
    (credit_forgotten, "L5"),
    (release_without_consuming, "A1"),
    (never_authorised, "A1"),
    (authorisation_used_twice, "A1"),
    (expired_accepted, "A1"),
    (order_changed_after_authorisation, "A1"),
    (revocation_ignored, "A1"),
    (cap_ignored, "A6"),
    (counter_starts_late, "A6"),
    (admission_passed_over, "A2"),
    (revoked_without_inspectors, "A8"),
    (no_notice_of_a_threat, "A8"),
    (frozen_only_on_paper, "A3"),
    (paused_only_on_paper, "A4"),
    (breaker_only_on_paper, "V10"),
    (no_confirmations, "C1"),
    (one_confirmation_called_three, "C1"),
    (step_left_out, "L2"),
    (hold_never_resolved, "V5"),
    (hold_resolved_twice, "V5"),
    (books_behind_the_chain, "C4"),
    (another_recipient, "C4"),
    (another_amount, "C4"),
    (coins_booked_short, "C4"),
    (hidden_issue, "C4"),
    (price_off_the_quote, "V8"),
    (spread_not_posted, "V8"),
    (nostro_overdrawn, "V4"),
    (return_kept, "V9"),
    (tried_again_after_a_stop, "G3"),
    (unregistered_wallet, "A5"),
    (issued_from_nothing, "A5"),
    (order_dropped_on_the_way, "L1"),
    (order_dropped_at_the_end, "L1"),
    (more_hands_than_said, "T5"),
]


def test_the_world_without_a_defect_passes(observe: Callable[..., Any]) -> None:
    """And everything the defects need does happen in it."""
    seen = observe(**BUSY)
    chosen = {seen.entities[row] for row in seen.of(Kind.CHOSE_RAIL)["object"]}
    assert chosen == {f"rail/{name}" for name in BUSY["rails"]}
    for kind in (Kind.FROZEN, Kind.REVOKED, Kind.PAUSED, Kind.QUOTA_USED, Kind.WALLET_OPENED, Kind.CENSORED):
        assert len(seen.of(kind)), kind
    assert seen.ended(State.STOPPED)
    assert seen.who_entered(State.RETURNED, Reason.ELR_AGENT_FAILED)


@pytest.mark.parametrize(("defect", "rule"), DEFECTS, ids=[defect.__name__ for defect, _ in DEFECTS])
def test_a_defect_is_caught(observe: Callable[..., Any], defect: Callable[[World], None], rule: str) -> None:
    run = observe(tamper=defect, valid=False, **BUSY).run
    assert run.status == "invalid"
    assert run.audit == rule, run.violation
