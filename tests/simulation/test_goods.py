"""Goods beside the payments: terms, delivery, due dates, refused exports; and defects that the audit catches."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sandbox.actors.refunds import OWED, PAID_BACK
from sandbox.goods import GOODS_TERMINALS, GoodsState, Terms
from sandbox.journal.kinds import Kind, Purpose
from sandbox.lifecycle import Reason, State
from sandbox.world import World

from .conftest import Observe, Seen

DAY = 86_400

#: Goods that are made and moved within days, so that a short run sees all of their life.
SWIFT: dict[str, Any] = {
    "goods.production_days": {"median": 1, "sigma": 0.3},
    "goods.transit_days": {"median": 2, "sigma": 0.3},
    "goods.licence_days": {"median": 1, "sigma": 0.3},
    "goods.refund_days": {"median": 1, "sigma": 0.3},
    "goods.payment_lead_days": 1,
    "population.open_account_days": 5,
    "goods.open_account_spread": 2,
    "goods.share_milestone": 0.5,
    "agent.agent_onboard_hazard": 50,
    "correspondent.corr_days_mean": {"per_pressure": 1},
    "correspondent.return_stuck_days": {"median": 2, "else_median": 2},
}
TRADE: dict[str, Any] = {
    "rails": {"correspondent": {}, "agent": {}, "usdt": {}},
    "clock": {"horizon": "24d"},
    "population": {"goods": True, "importers": 8},
    "timeline": {
        "pressure": {"at": "2025-03-03", "kind": "pressure", "level": 0.6},
        "tether": {"at": "2025-03-03", "kind": "rail_permit", "rail": "usdt", "acceptance": 0.6},
    },
    "parameters": SWIFT,
}


def bar(category: str, basis: str, at: str = "2025-03-10", bite: float = 0.6) -> dict[str, Any]:
    """A dated export rule for each country, so that a small population is hit."""
    return {
        f"bar-{country.lower()}": {
            "at": at, "kind": "export_rule", "country": country, "category": category,
            "bite": bite, "basis": basis,
        }
        for country in ("CN", "TR", "AE", "other")
    }  # fmt: skip


def moves(seen: Seen) -> dict[int, list[tuple[int, GoodsState, Terms, int]]]:
    """Contract -> (second, state entered, terms, due) of its goods."""
    told: dict[int, list[tuple[int, GoodsState, Terms, int]]] = {}
    for row in seen.of(Kind.GOODS):
        state, terms = GoodsState(int(row["object"])), Terms(int(row["reason"]))
        told.setdefault(int(row["payment"]), []).append((int(row["time"]), state, terms, int(row["extra"])))
    return told


@pytest.fixture(scope="module")
def kept() -> dict[str, Seen]:
    return {}


@pytest.fixture
def trade(observe: Observe, kept: dict[str, Seen]) -> Seen:
    """One run that several tests look at."""
    if "trade" not in kept:
        kept["trade"] = observe(**TRADE)
    return kept["trade"]


def test_all_terms_occur_and_dual_use_goods_are_prepaid(trade: Seen) -> None:
    contracts = trade.world.contracts
    assert contracts is not None
    assert set(contracts.terms.tolist()) == {int(terms) for terms in Terms}
    suppliers = trade.world.population.suppliers
    for number, supplier in enumerate(trade.world.orders.supplier.tolist()):
        if suppliers[supplier].category == "dual_use_restricted":
            assert contracts.terms[number] == Terms.PREPAY


def test_goods_are_forgotten_when_their_life_is_over(trade: Seen) -> None:
    """A long run must not keep every contract, and with it every payment, to its end."""
    assert trade.world.goods is not None
    last = {contract: path[-1][1] for contract, path in moves(trade).items()}
    over = {contract for contract, state in last.items() if state in GOODS_TERMINALS}
    assert len(over) > 20
    assert over.isdisjoint(trade.world.goods.under_way)
    assert set(last) - over <= set(trade.world.goods.under_way)


def test_a_milestone_contract_is_divided_thirty_to_seventy(trade: Seen) -> None:
    contracts, orders = trade.world.contracts, trade.world.orders
    assert contracts is not None
    balances = np.flatnonzero(contracts.terms == Terms.MILESTONE_BALANCE)
    assert len(balances)
    for balance in balances.tolist():
        advance = int(contracts.contract[balance])
        assert contracts.terms[advance] == Terms.MILESTONE_ADVANCE and advance < balance
        assert orders.supplier[advance] == orders.supplier[balance]
        first, second = int(orders.invoice_cents[advance]), int(orders.invoice_cents[balance])
        assert first == pytest.approx(0.3 * (first + second), abs=1)


def test_goods_change_no_arrival_and_no_value_in_all(observe: Observe, trade: Seen) -> None:
    without = observe(**{**TRADE, "population": {"importers": 8}}).world.orders
    with_goods = trade.world.orders
    assert np.array_equal(without.created, with_goods.created)
    assert np.array_equal(without.supplier, with_goods.supplier)
    assert without.invoice_cents.sum() == with_goods.invoice_cents.sum()


def test_prepaid_goods_leave_after_the_credit(trade: Seen) -> None:
    shipped = 0
    credited = {
        int(row["payment"]): int(row["time"])
        for row in trade.of(Kind.MOVED)
        if row["object"] == int(State.CREDITED)
    }
    for contract, path in moves(trade).items():
        for second, state, terms, _ in path:
            if state is GoodsState.SHIPPED and terms in (Terms.PREPAY, Terms.MILESTONE_ADVANCE):
                assert credited[contract] <= second
                shipped += 1
    assert shipped > 20


def test_open_account_falls_due_after_delivery_and_lateness_costs(trade: Seen) -> None:
    contracts, orders = trade.world.contracts, trade.world.orders
    assert contracts is not None
    for contract, path in moves(trade).items():
        second, state, terms, due = path[-1]
        if state is GoodsState.DELIVERED and terms is Terms.OPEN_ACCOUNT and len(path) > 1:
            assert due == second + int(contracts.days_to_pay[contract])
            assert 3 * DAY <= due - second <= 7 * DAY
    penalties = trade.of(Kind.PENALTY)
    assert len(penalties)
    for row in penalties:
        cents = int(orders.invoice_cents[row["payment"]])
        assert row["amount"] == int(cents * min(0.1, 0.001 * int(row["extra"]) / DAY))


def test_a_penalty_stops_at_its_cap(observe: Observe) -> None:
    """A cap of one day's penalty: whoever is later owes no more, and the audit reckons the same."""
    seen = observe(**TRADE | {"parameters": SWIFT | {"population.late_penalty_cap": 0.001}})
    penalties = seen.of(Kind.PENALTY)
    assert max(int(row["extra"]) for row in penalties) > DAY
    for row in penalties:
        cents = int(seen.world.orders.invoice_cents[row["payment"]])
        assert row["amount"] == int(cents * min(0.001, 0.001 * int(row["extra"]) / DAY))


def test_money_that_never_comes_ends_the_contract(trade: Seen) -> None:
    given_up = [c for c, path in moves(trade).items() if path[-1][1] is GoodsState.ABANDONED]
    assert given_up
    for contract in given_up:
        assert trade.path(contract)[-1] in (State.STOPPED, State.FAILED, State.LOST)


def test_a_balance_of_a_contract_given_up_is_cancelled(observe: Observe) -> None:
    stop = {**SWIFT, "aml.prevalence": 0.6, "aml.aml_sensitivity": 0.95, "aml.aml_review_hours": 1}
    seen = observe(**{**TRADE, "parameters": stop})
    cancelled = seen.who_entered(State.CANCELLED, Reason.CUST)
    assert cancelled
    for payment in cancelled:
        assert seen.path(payment) == [State.CREATED, State.CANCELLED]


def test_an_end_use_rule_stops_contracts_before_they_are_paid(observe: Observe) -> None:
    seen = observe(**{**TRADE, "timeline": {**TRADE["timeline"], **bar("civil", "end_use")}})
    stopped = seen.who_entered(State.COMPLIANCE_STOP, Reason.RR04)
    barred = [c for c, path in moves(seen).items() if path[-1][1] is GoodsState.EXPORT_REFUSED]
    assert barred and set(stopped) & set(barred)
    created = {int(row["payment"]): int(row["time"]) for row in seen.of(Kind.CREATED)}
    for payment in set(stopped) & set(barred):
        if created[payment] >= 7 * DAY:
            assert State.IN_FLIGHT not in seen.path(payment)


def test_a_licence_is_waited_for_and_refused_after_prepayment(observe: Observe) -> None:
    seen = observe(**{**TRADE, "timeline": {**TRADE["timeline"], **bar("civil", "licence", "2025-03-03")}})
    paths = moves(seen)
    held = [c for c, path in paths.items() if any(s is GoodsState.EXPORT_LICENCE_HOLD for _, s, _, _ in path)]
    refused = [c for c in held if paths[c][-1][1] is GoodsState.EXPORT_REFUSED]
    released = [c for c in held if any(s is GoodsState.RELEASED for _, s, _, _ in paths[c])]
    assert refused and released
    prepaid = [c for c in refused if paths[c][0][2] in (Terms.PREPAY, Terms.MILESTONE_ADVANCE)]
    assert prepaid
    for contract in prepaid:
        assert seen.path(contract)[-1] is State.CREDITED
    back = seen.of(Kind.REFUND)
    owed = [int(row["payment"]) for row in back if row["subject"] == OWED]
    assert set(prepaid) <= set(owed) and len(set(owed)) == len(owed)
    arrived = [int(row["payment"]) for row in back if row["subject"] == PAID_BACK]
    assert arrived and set(arrived) <= set(owed)
    for payment in arrived:
        taken, given = seen.posted(payment, Purpose.RETURN)[-2:]
        assert taken[0] == "beneficiary" and given[1] == "client"
    assert {"rail/usdt", "rail/correspondent"} <= {seen.rail(payment)[-1] for payment in arrived}


def test_a_refusal_on_the_way_ends_what_comes_back(observe: Observe) -> None:
    """An order under way when its goods are refused is not sent a second time after its return."""
    slow = {**SWIFT, "goods.licence_days": {"median": 3, "sigma": 0.8}}
    pressure = {"pressure": {"at": "2025-03-03", "kind": "pressure", "level": 1.0}}
    rules = bar("civil", "licence", "2025-03-03", bite=1.0)
    seen = observe(
        **{**TRADE, "rails": {"correspondent": {}}, "parameters": slow, "timeline": {**pressure, **rules}}
    )
    refused_at = {
        contract: path[-1][0]
        for contract, path in moves(seen).items()
        if path[-1][1] is GoodsState.EXPORT_REFUSED
    }
    begun = {int(row["payment"]): (int(row["object"]), int(row["time"])) for row in seen.of(Kind.CREATED)}
    caught = [
        payment
        for payment in seen.who_entered(State.COMPLIANCE_STOP, Reason.RR04)
        if begun[payment][1] < refused_at.get(begun[payment][0], -1)
    ]
    assert caught
    for payment in caught:
        assert seen.path(payment)[-3:] == [State.AUTHORISATION, State.COMPLIANCE_STOP, State.STOPPED]
        assert State.RETURNED in seen.path(payment)


def test_a_refusal_while_documents_are_asked_for_ends_the_order(observe: Observe) -> None:
    slow = {
        **SWIFT,
        "goods.licence_days": {"median": 4, "sigma": 0.8},
        "currency_control.documents_missing": 0.9,
    }
    seen = observe(
        **{
            **TRADE,
            "policy": {"currency_control": True},
            "parameters": slow,
            "timeline": {**TRADE["timeline"], **bar("civil", "licence", "2025-03-03", bite=1.0)},
        }
    )
    last = [State.PROFILE, State.DOCUMENTS, State.COMPLIANCE_STOP, State.STOPPED]
    assert [payment for payment in seen.ended(State.STOPPED) if seen.path(payment)[-4:] == last]


def test_goods_that_are_off_write_nothing(observe: Observe) -> None:
    seen = observe(**{**TRADE, "population": {"importers": 8}})
    assert not len(seen.of(Kind.GOODS, Kind.PENALTY))


def kept_money(world: World) -> None:
    """The supplier keeps what it was paid for goods that may not leave."""
    assert world.goods is not None
    world.goods._refund = lambda payment: None


def short_refund(world: World) -> None:
    """The supplier says that it sent the money back, and the payer gets nothing."""
    books = world.ground.books
    post = books.post

    def short(payment: int, actor: int, legs: Any) -> int:
        accounts = books.accounts
        return post(
            payment,
            actor,
            [leg for leg in legs if leg[3] != Purpose.RETURN or accounts[leg[0]].role != "beneficiary"],
        )

    books.post = short  # type: ignore[method-assign]


@pytest.mark.parametrize("defect", [kept_money, short_refund])
def test_a_refund_that_is_kept_or_cut_is_caught(observe: Observe, defect: Callable[[World], None]) -> None:
    barred = {**TRADE, "timeline": {**TRADE["timeline"], **bar("civil", "licence", "2025-03-03")}}
    run = observe(tamper=defect, valid=False, **barred).run
    assert run.status == "invalid"
    assert run.audit == "D5", run.violation


# -- defects --------------------------------------------------------------------------------------------


def _change_rows(world: World, change: Callable[[tuple[Any, ...]], tuple[Any, ...] | None]) -> None:
    journal = world.ground.journal
    record = journal.record

    def altered(kind: int, *columns: Any, **named: Any) -> None:
        if kind in (Kind.GOODS, Kind.PENALTY):
            changed = change((kind, *columns))
            if changed is not None:
                record(*changed)
        else:
            record(kind, *columns, **named)

    journal.record = altered  # type: ignore[method-assign]


def teleported(world: World) -> None:
    """Goods are delivered that customs never saw."""
    _change_rows(world, lambda row: None if row[4] == GoodsState.CUSTOMS else row)


def shipped_unpaid(world: World) -> None:
    """The supplier ships prepaid goods without its money."""
    assert world.goods is not None

    def trusting(goods: Any) -> Any:
        yield from ()
        return True

    world.goods._money = trusting  # type: ignore[method-assign]


def longer_terms(world: World) -> None:
    """A day is added to what the contract gives."""
    _change_rows(
        world,
        lambda row: (
            (*row[:6], row[6] + DAY, row[7]) if row[0] == Kind.GOODS and row[6] >= 0 and row[3] else row
        ),
    )


def penalty_waived(world: World) -> None:
    """Nobody writes down what lateness costs."""
    _change_rows(world, lambda row: None if row[0] == Kind.PENALTY else row)


def penalty_without_cap(world: World) -> None:
    """A cent more than the contract says."""
    _change_rows(world, lambda row: (*row[:5], row[5] + 1, *row[6:]) if row[0] == Kind.PENALTY else row)


def rescued_by_a_rail(world: World) -> None:
    """Barred goods are paid for after all."""
    assert world.goods is not None
    ordered = world.goods.ordered

    def blind(payment: Any) -> None:
        ordered(payment)
        payment.export_refused = False

    world.goods.ordered = blind  # type: ignore[method-assign]


@pytest.mark.parametrize(
    ("defect", "rule"),
    [
        (teleported, "D1"),
        (shipped_unpaid, "D2"),
        (longer_terms, "D3"),
        (penalty_waived, "D3"),
        (penalty_without_cap, "D3"),
        (rescued_by_a_rail, "D4"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_defect_is_caught(observe: Observe, defect: Callable[[World], None], rule: str) -> None:
    barred = {**TRADE, "timeline": {**TRADE["timeline"], **bar("civil", "end_use")}}
    run = observe(tamper=defect, valid=False, **barred).run
    assert run.status == "invalid"
    assert run.audit == rule, run.violation
