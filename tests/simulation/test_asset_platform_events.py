"""Digital financial assets in a small world: what a payment costs and when it is there; defects that are caught."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.clock import DAY
from sandbox.journal.kinds import Kind, Purpose
from sandbox.lifecycle import Reason, State
from sandbox.money import Asset
from sandbox.rails.dfa import DfaRail
from sandbox.world import Engines, World

ASSETS: dict[str, Any] = {
    "rails": {"dfa": {}},
    "timeline": {"all": {"at": "2025-03-03", "kind": "rail_permit", "rail": "dfa", "acceptance": 1.0}},
}


def _rail(world: World) -> DfaRail:
    rail = world.rails["dfa"]
    assert isinstance(rail, DfaRail)
    return rail


def test_claims_are_issued_passed_on_and_redeemed(observe: Callable[..., Any]) -> None:
    seen = observe(**ASSETS, parameters={"dfa.dfa_issue_days": 2, "dfa.dfa_fee_pct": 0.5})
    paid = seen.ended(State.CREDITED)
    assert len(paid) > 30
    for payment in paid:
        issued = seen.posted(payment, Purpose.ISSUE)
        assert len(issued) == 1 and issued[0][:2] == ("issuer", "wallet")
        units = issued[0][2]
        assert seen.posted(payment, Purpose.PRINCIPAL) == [("wallet", "wallet", units)]
        assert seen.posted(payment, Purpose.REDEEM) == [
            ("client", "cash", units),
            ("wallet", "issuer", units),
        ]
        assert [fee[2] for fee in seen.posted(payment, Purpose.PLATFORM_FEE)] == [round(units * 0.005)]
        moved = seen.of(Kind.MOVED, payment=payment)
        released = int(moved["time"][moved["object"] == int(State.RELEASE)][0])
        assert int(moved["time"][-1]) - released == pytest.approx(2 * DAY, abs=60), (
            "this world has no office hours"
        )
    dead = [account.number for account in seen.world.ground.books.accounts if account.asset is Asset.DFA]
    assert sum(seen.world.ground.books.balance(account) for account in dead) == 0


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(days=st.integers(1, 5), percent=st.integers(10, 150), seed=st.integers(1, 1_000))
def test_claims_in_being_never_exceed_the_roubles_debited(
    observe: Callable[..., Any], days: int, percent: int, seed: int
) -> None:
    """The platform's roubles are its claims in being, at every row; whatever the term and the fee."""
    parameters = {"dfa.dfa_issue_days": days, "dfa.dfa_fee_pct": percent / 100}
    seen = observe(seed=seed, **ASSETS, parameters=parameters)
    books = seen.world.ground.books
    accounts = {account.number: account for account in books.accounts}
    cash = next(a.number for a in books.accounts if a.owner == "dfa_operator" and a.role == "cash")
    outstanding = roubles = 0
    entry = -1
    for row in seen.of(Kind.POSTED):
        if row["extra"] != entry:
            assert roubles == outstanding
            entry = row["extra"]
        gives, takes, units = int(row["subject"]), int(row["object"]), int(row["amount"])
        if accounts[gives].asset is Asset.DFA:
            outstanding += units * (accounts[gives].role == "issuer") - units * (
                accounts[takes].role == "issuer"
            )
        roubles += units * ((takes == cash) - (gives == cash))
    assert seen.ended(State.CREDITED) or days == 5


def test_both_engines_tell_the_same_story(observe: Callable[..., Any]) -> None:
    one = observe(**ASSETS, clock={"horizon": "4d"}, engines=Engines("revm", "python"))
    other = observe(**ASSETS, clock={"horizon": "4d"}, engines=Engines("eth-tester", "python"))
    assert one.run.digest == other.run.digest


def test_an_order_without_admission_does_not_get_on_the_platform(observe: Callable[..., Any]) -> None:
    seen = observe(
        **ASSETS, policy={"participants": {"initial": 0}}, parameters={"regulator.application_rate": 0}
    )
    assert not len(seen.of(Kind.RECEIPT))
    assert len(seen.who_entered(State.REJECTED, Reason.ELR_NO_RAIL)) == seen.run.payments


def holders_not_in_the_register(world: World) -> None:
    """Suppliers redeem claims that no register says they may hold."""
    record, names = world.ground.journal.record, world.ground.journal.entities

    def careless(kind: int, *columns: Any, **named: Any) -> None:
        if kind != Kind.WALLET_OPENED or not names[named["object"]].startswith("supplier/"):
            record(kind, *columns, **named)

    world.ground.journal.record = careless  # type: ignore[method-assign]


def issued_against_nothing(world: World) -> None:
    """Claims come into being while the client's roubles go to the bank."""
    books = world.ground.books
    post_hold = books.post_hold
    books._overdraft[_rail(world)._platform.bank_money] = True  # type: ignore[attr-defined]

    def unbacked(hold: int, actor: int, legs: Any) -> int:
        cash = world.banks[0].cash
        return post_hold(
            hold, actor, [(leg[0], cash, *leg[2:]) if leg[3] == Purpose.REDEEM else leg for leg in legs]
        )

    books.post_hold = unbacked  # type: ignore[method-assign]


def backing_lent_out(world: World) -> None:
    """The operator lends out the roubles behind the claims."""
    books, operator = world.ground.books, _rail(world)._platform
    transfer = books.transfer

    def lend(*leg: Any) -> int:
        entry = transfer(*leg)
        if leg[-1] == Purpose.PRINCIPAL:
            transfer(-1, operator.entity, operator.bank_money, world.outside, 1, Purpose.FUNDING)  # type: ignore[attr-defined]
        return entry

    books.transfer = lend  # type: ignore[method-assign,assignment]


def redeemed_on_the_chain_alone(world: World) -> None:
    """The chain has taken claims in and the books still have them."""
    books = world.ground.books
    post = books.post

    def forgetful(payment: int, actor: int, legs: Any) -> int:
        return 0 if legs[0][3] == Purpose.REDEEM else post(payment, actor, legs)

    books.post = forgetful  # type: ignore[method-assign]


def authorisation_left_aside(world: World) -> None:
    """The bank lets claims be issued without using the authorisation up."""
    assert world.regulator is not None
    world.regulator.consume = lambda payment, actor: Reason.NONE  # type: ignore[method-assign]


def no_receipt(world: World) -> None:
    """Payments settle without the platform's receipt."""
    record = world.ground.journal.record

    def careless(kind: int, *columns: Any, **named: Any) -> None:
        if kind != Kind.RECEIPT:
            record(kind, *columns, **named)

    world.ground.journal.record = careless  # type: ignore[method-assign]


@pytest.mark.parametrize(
    ("defect", "rule"),
    [
        (holders_not_in_the_register, "A5"),
        (issued_against_nothing, "A5"),
        (backing_lent_out, "A5"),
        (redeemed_on_the_chain_alone, "C4"),
        (authorisation_left_aside, "A1"),
        (no_receipt, "L5"),
    ],
)
def test_a_defect_of_the_platform_is_caught(
    observe: Callable[..., Any], defect: Callable[[World], None], rule: str
) -> None:
    run = observe(tamper=defect, valid=False, **ASSETS).run
    assert run.status == "invalid"
    assert run.audit == rule, run.violation
