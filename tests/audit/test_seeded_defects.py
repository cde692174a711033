"""Every rule can fail: a legal history with one defect seeded is caught by the rule that should catch it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sandbox.audit import CHECKS, Violation
from sandbox.goods import GoodsState, Terms
from sandbox.journal import Kind, Purpose
from sandbox.lifecycle import Reason, State
from sandbox.money import Asset

History = Any
Defect = Callable[[History], History]

DEFECTS: dict[str, tuple[str, Defect]] = {}

# Order numbers in the history of conftest.classic().
USDT, BTC, DIGITAL, BANKS, RETRIED, AGENT, LOST, REFUSED, REORGED, RETURNED, DEEP, CARRIED, OPEN = range(13)


def defect(rule: str) -> Callable[[Defect], Defect]:
    """Enter a mutation in the table, with the one rule that may fire."""

    def enter(mutation: Defect) -> Defect:
        DEFECTS[mutation.__name__] = rule, mutation
        return mutation

    return enter


def moved(history: History, payment: int, to: State, nth: int = 0) -> int:
    return int(history.find(Kind.MOVED, nth, payment=payment, object=to))


def posted(history: History, payment: int, purpose: Purpose, nth: int = 0) -> int:
    return int(history.find(Kind.POSTED, nth, payment=payment, reason=purpose))


# -- form and time ------------------------------------------------------------------------------------


@defect("M3")
def unknown_kind(history: History) -> History:
    return history.changed(40, kind=999)


@defect("M3")
def posting_to_an_account_nobody_opened(history: History) -> History:
    return history.changed(posted(history, USDT, Purpose.BANK_FEE), object=4_000)


@defect("M3")
def order_number_out_of_range(history: History) -> History:
    return history.changed(history.find(Kind.CREATED, payment=USDT), payment=2_000_000_000)


@defect("T1")
def time_goes_back(history: History) -> History:
    row = moved(history, USDT, State.RELEASE)
    return history.changed(row, time=history.records["time"][row] - 50)


@defect("T1")
def record_after_the_horizon(history: History) -> History:
    last = len(history.records) - 1
    order = [*range(last - 1), last, last - 1]
    records = history.records[order]
    return type(history)(records, history.entities, history.accounts, history.readings, history.owed).changed(
        last - 1, extra=last - 1
    )


@defect("T1")
def horizon_counts_other_records(history: History) -> History:
    last = len(history.records) - 1
    return history.changed(last, extra=last - 1)


# -- life cycle ---------------------------------------------------------------------------------------


@defect("L1")
def two_terminals(history: History) -> History:
    row = moved(history, USDT, State.CREDITED)
    return history.with_row(row + 1, row, subject=State.CREDITED, object=State.FAILED)


@defect("L1")
def created_twice(history: History) -> History:
    row = history.find(Kind.CREATED, payment=USDT)
    return history.with_row(row + 3, row)


@defect("L1")
def missing_terminal(history: History) -> History:
    return history.without(moved(history, AGENT, State.CREDITED))


@defect("L1")
def missing_censoring(history: History) -> History:
    return history.without(history.find(Kind.CENSORED, payment=OPEN))


@defect("L1")
def censored_in_another_state(history: History) -> History:
    return history.changed(history.find(Kind.CENSORED, payment=OPEN), subject=State.FUNDS)


@defect("L1")
def horizon_counts_other_orders(history: History) -> History:
    last = len(history.records) - 1
    return history.changed(last, amount=history.records["amount"][last] + 1)


@defect("L2")
def illegal_transition(history: History) -> History:
    return history.changed(moved(history, USDT, State.PROFILE), object=State.RELEASE)


@defect("L2")
def transition_left_out(history: History) -> History:
    return history.without(moved(history, BANKS, State.SETTLED))


@defect("L2")
def in_flight_on_no_rail(history: History) -> History:
    return history.changed(moved(history, AGENT, State.IN_FLIGHT), extra=-1)


@defect("G3")
def retry_after_compliance(history: History) -> History:
    return history.changed(moved(history, RETURNED, State.FAILED), object=State.RETRY)


@defect("G3")
def retry_with_another_reason_given_after_compliance(history: History) -> History:
    row = moved(history, RETURNED, State.FAILED)
    return history.changed(row, object=State.RETRY, reason=Reason.MS03)


@defect("G3")
def other_rail_after_compliance(history: History) -> History:
    chose = history.find(Kind.CHOSE_RAIL, payment=RETURNED)
    return history.with_row(moved(history, RETURNED, State.FAILED), chose)


@defect("G3")
def retry_after_a_loss(history: History) -> History:
    return history.changed(moved(history, RETRIED, State.RETURNING), reason=Reason.AC06)


# -- value --------------------------------------------------------------------------------------------


@defect("V1")
def token_minted_as_principal(history: History) -> History:
    row = history.find(
        Kind.POSTED, reason=Purpose.OPENING, subject=history.account("issuer", "issuer", Asset.USDT)
    )
    return history.changed(row, reason=Purpose.PRINCIPAL)


@defect("V1")
def units_issued_by_a_client(history: History) -> History:
    return history.changed(posted(history, USDT, Purpose.BANK_FEE), reason=Purpose.ISSUE)


@defect("V2")
def unbalanced_entry(history: History) -> History:
    beneficiary = history.account("supplier/0", "beneficiary", Asset.CNY)
    return history.changed(posted(history, USDT, Purpose.BANK_FEE), object=beneficiary)


@defect("V2")
def account_pays_itself(history: History) -> History:
    row = posted(history, USDT, Purpose.BANK_FEE)
    return history.changed(row, object=history.records["subject"][row])


@defect("V2")
def entry_number_left_out(history: History) -> History:
    row = posted(history, USDT, Purpose.PROCEEDS)
    return history.changed(row, extra=history.records["extra"][row] + 5)


@defect("V2")
def entry_torn_apart(history: History) -> History:
    row = posted(history, BANKS, Purpose.CORRESPONDENT_FEE)
    return history.with_row(row, history.find(Kind.QUOTA_USED), payment=-1)


@defect("V5")
def delivery_torn_apart(history: History) -> History:
    row = posted(history, USDT, Purpose.BANK_FEE)
    return history.with_row(row, history.find(Kind.QUOTA_USED), payment=-1)


@defect("V3")
def negative_amount(history: History) -> History:
    row = posted(history, USDT, Purpose.OFFRAMP_FEE)
    return history.changed(row, amount=-7)


@defect("V4")
def negative_balance(history: History) -> History:
    row = posted(history, BANKS, Purpose.PROCEEDS)
    return history.changed(row, amount=history.records["amount"][row] + 1)


@defect("V4")
def held_money_spent(history: History) -> History:
    row = history.find(Kind.RESERVED, payment=AGENT)
    return history.changed(row, amount=2 * 10**13)


@defect("V5")
def hold_resolved_twice(history: History) -> History:
    row = history.find(Kind.HOLD_VOIDED, payment=USDT)
    return history.with_row(row + 1, row)


@defect("V5")
def hold_never_resolved(history: History) -> History:
    return history.without(history.find(Kind.HOLD_VOIDED, payment=BTC))


@defect("V5")
def hold_released_in_part(history: History) -> History:
    row = history.find(Kind.HOLD_VOIDED, payment=USDT)
    return history.changed(row, amount=history.records["amount"][row] - 1)


@defect("V5")
def hold_of_another_account(history: History) -> History:
    row = history.find(Kind.HOLD_VOIDED, payment=USDT)
    return history.changed(row, subject=history.account("bank/0", "cash", Asset.RUB))


@defect("V5")
def hold_delivers_more_than_its_entry(history: History) -> History:
    row = history.find(Kind.HOLD_POSTED, payment=AGENT)
    return history.changed(row, amount=history.records["amount"][row] + 1)


@defect("V7")
def lost_fee_posting(history: History) -> History:
    return history.without(posted(history, BANKS, Purpose.CORRESPONDENT_FEE))


@defect("V7")
def fee_charged_and_not_itemised(history: History) -> History:
    return history.without(history.find(Kind.ITEMISED, payment=USDT, reason=Purpose.NETWORK_FEE))


@defect("V7")
def fee_itemised_after_the_credit(history: History) -> History:
    row = history.find(Kind.ITEMISED, payment=USDT, reason=Purpose.OFFRAMP_FEE)
    return history.with_row(moved(history, USDT, State.CREDITED) + 1, row)


@defect("V8")
def conversion_at_another_price(history: History) -> History:
    row = history.find(Kind.QUOTED, payment=USDT)
    return history.changed(row, amount=history.records["amount"][row] + 10)


@defect("V8")
def quote_of_another_dealer(history: History) -> History:
    return history.changed(history.find(Kind.CONVERTED, payment=USDT), actor=history.entities.index("bank/0"))


@defect("V8")
def expired_quote(history: History) -> History:
    row = history.find(Kind.QUOTED, payment=USDT)
    return history.changed(row, extra=history.records["time"][row] + 10)


@defect("V8")
def one_leg_of_a_conversion(history: History) -> History:
    inventory = history.account("dealer/0", "inventory", Asset.USDT)
    row = history.find(Kind.POSTED, payment=USDT, subject=inventory)
    return history.changed(row, reason=Purpose.FUNDING)


@defect("V9")
def transit_left_behind(history: History) -> History:
    row = posted(history, LOST, Purpose.LOSS)
    return history.changed(row, amount=history.records["amount"][row] - 1)


@defect("V9")
def transit_of_no_order(history: History) -> History:
    return history.changed(posted(history, LOST, Purpose.LOSS), payment=-1)


@defect("V9")
def transit_of_another_order(history: History) -> History:
    return history.changed(posted(history, LOST, Purpose.LOSS), payment=AGENT)


# -- credit -------------------------------------------------------------------------------------------


@defect("L5")
def double_credit(history: History) -> History:
    row = posted(history, USDT, Purpose.PROCEEDS)
    return history.with_row(row + 1, row)


@defect("L5")
def credit_without_proceeds(history: History) -> History:
    row = posted(history, BTC, Purpose.PROCEEDS)
    return history.changed(row, reason=Purpose.FUNDING)


@defect("L5")
def proceeds_of_an_order_that_failed(history: History) -> History:
    row = posted(history, RETURNED, Purpose.RETURN)
    beneficiary = history.account("supplier/0", "beneficiary", Asset.CNY)
    return history.changed(row, object=beneficiary, reason=Purpose.PROCEEDS)


@defect("L5")
def settled_without_finality(history: History) -> History:
    return history.without(history.find(Kind.FINAL, payment=USDT))


@defect("L5")
def digital_rubles_without_a_receipt(history: History) -> History:
    return history.without(history.find(Kind.RECEIPT, payment=DIGITAL))


@defect("L5")
def credit_kept_after_a_deep_reorganisation(history: History) -> History:
    account = history.account("supplier/0", "beneficiary", Asset.CNY)
    row = history.find(Kind.POSTED, payment=DEEP, reason=Purpose.REORG, subject=account)
    return history.changed(row, reason=Purpose.FUNDING)


@defect("L5")
def credit_after_finality_was_lost(history: History) -> History:
    included = history.find(Kind.INCLUDED, 1, payment=CARRIED)
    assert history.records["kind"][included + 2] == Kind.BLOCK
    return history.without(included + 2)


@defect("L5")
def settled_again_on_the_old_proof(history: History) -> History:
    return history.without(history.find(Kind.FINAL, 1, payment=DEEP))


@defect("L4")
def a_second_transfer_of_the_same_order(history: History) -> History:
    offered, included = (history.find(kind, payment=USDT) for kind in (Kind.BROADCAST, Kind.INCLUDED))
    twice = history.with_row(included + 1, included, extra=9_000)
    return twice.with_row(offered + 1, offered, extra=9_000)


@defect("L4")
def a_second_transfer_that_no_reorganisation_made_room_for(history: History) -> History:
    """As above, but the one taken away was another's."""
    row = history.find(Kind.REORGED, payment=REORGED)
    included = history.find(Kind.INCLUDED, 1, payment=REORGED)
    offered = history.find(Kind.BROADCAST, payment=REORGED)
    other = history.changed(row, payment=DEEP).changed(included, extra=9_000)
    return other.with_row(offered + 1, offered, extra=9_000)


@defect("V6")
def credited_a_unit_short(history: History) -> History:
    row = posted(history, USDT, Purpose.PROCEEDS)
    return history.changed(row, amount=history.records["amount"][row] - 1)


@defect("V6")
def charge_taken_from_the_beneficiary(history: History) -> History:
    beneficiary = history.account("supplier/0", "beneficiary", Asset.CNY)
    return history.changed(posted(history, USDT, Purpose.OFFRAMP_FEE), subject=beneficiary)


@defect("V6")
def credited_in_another_currency(history: History) -> History:
    currency = history.owed.currency.copy()
    currency[AGENT] = int(Asset.USD)
    owed = type(history.owed)(currency, history.owed.units)
    return type(history)(history.records, history.entities, history.accounts, history.readings, owed)


@defect("V6")
def credited_again_with_another_amount_after_a_reorganisation(history: History) -> History:
    row = posted(history, DEEP, Purpose.PROCEEDS, 1)
    return history.changed(row, amount=history.records["amount"][row] + 1)


# -- authority ----------------------------------------------------------------------------------------


@defect("A1")
def settlement_without_authorisation(history: History) -> History:
    return history.without(history.find(Kind.CONSUMED, payment=USDT))


@defect("A1")
def use_of_an_authorisation_never_given(history: History) -> History:
    return history.without(history.find(Kind.AUTHORISED, payment=USDT))


@defect("A1")
def authorisation_used_twice(history: History) -> History:
    row = history.find(Kind.CONSUMED, payment=USDT)
    return history.with_row(row + 1, row)


@defect("A1")
def authorisation_of_another_order(history: History) -> History:
    row = history.find(Kind.CONSUMED, payment=USDT)
    return history.changed(row, amount=history.records["amount"][row] + 1)


@defect("A1")
def authorisation_of_another_rail(history: History) -> History:
    row = history.find(Kind.AUTHORISED, payment=USDT)
    return history.changed(row, object=history.entities.index("rail/btc"))


@defect("A1")
def expired_authorisation(history: History) -> History:
    given, used = history.find(Kind.AUTHORISED, payment=USDT), history.find(Kind.CONSUMED, payment=USDT)
    expired = history.records["time"][used] - 1
    return history.changed(given, extra=expired).changed(used, extra=expired)


@defect("A1")
def release_of_a_revoked_firm(history: History) -> History:
    firm = history.records["actor"][history.find(Kind.CREATED, payment=USDT)]
    row = history.find(Kind.QUOTA_USED, payment=USDT)
    return history.with_row(row, row, kind=Kind.REVOKED, payment=-1, subject=firm, extra=0)


@defect("A3")
def moved_frozen_balance(history: History) -> History:
    wallet = history.account("supplier/0", "wallet", Asset.USDT)
    return history.changed(history.find(Kind.FROZEN), subject=wallet).with_row(
        moved(history, USDT, State.CREATED), history.find(Kind.FROZEN), subject=wallet
    )


@defect("A4")
def transfer_of_a_paused_token(history: History) -> History:
    row = history.find(Kind.FROZEN)
    return history.with_row(moved(history, RETRIED, State.OFFRAMP), row, kind=Kind.PAUSED, subject=-1)


@defect("V10")
def quote_while_the_market_is_halted(history: History) -> History:
    row = history.find(Kind.FROZEN)
    halt = {"kind": Kind.MARKET_HALT, "subject": int(Asset.USDT), "amount": 1, "reason": 0}
    return history.with_row(history.find(Kind.QUOTED, payment=USDT), row, **halt)


@defect("V11")
def export_credited_without_a_sale_of_its_money(history: History) -> History:
    """An order that is said to be an exporter's, whose money bought no roubles."""
    exports = np.arange(len(history.owed.units)) == BANKS
    owed = history.owed._replace(exports=exports)
    return type(history)(history.records, history.entities, history.accounts, history.readings, owed)


@defect("A5")
def unregistered_digital_ruble_wallet(history: History) -> History:
    wallet = history.account("supplier/0", "wallet", Asset.DRUB)
    return history.without(history.find(Kind.WALLET_OPENED, subject=wallet))


@defect("A5")
def second_wallet_of_a_client(history: History) -> History:
    row = history.find(Kind.WALLET_OPENED)
    return history.with_row(row + 1, row)


@defect("A5")
def digital_rubles_without_bank_money(history: History) -> History:
    row = posted(history, DIGITAL, Purpose.ISSUE)
    return history.changed(row, amount=history.records["amount"][row] + 1)


@defect("A7")
def digital_order_over_the_limit(history: History) -> History:
    # As much is handed in and issued, so that only the limit of 10**10 is broken.
    for purpose in (Purpose.REDEEM, Purpose.ISSUE, Purpose.PRINCIPAL):
        history = history.changed(posted(history, DIGITAL, purpose), amount=10**10 + 1)
    return history


@defect("A7")
def digital_wallet_over_its_limit(history: History) -> History:
    for purpose in (Purpose.REDEEM, Purpose.ISSUE):
        history = history.changed(posted(history, DIGITAL, purpose), amount=10**12 + 1)
    return history


@defect("A6")
def quota_over_limit(history: History) -> History:
    return history.changed(history.find(Kind.QUOTA_USED), amount=10_001)


@defect("A2")
def authorised_before_its_firm_is_admitted(history: History) -> History:
    return history.without(history.find(Kind.ADMITTED))


def _ended(history: History, *before: dict[str, int], breach: int) -> History:
    """The history with one firm's admission ended near its end, over a breach and after these records."""
    row = history.find(Kind.HORIZON)
    firm = history.records["subject"][history.find(Kind.ADMITTED)]
    steps = [*before, {"kind": Kind.REVOKED, "extra": breach}]
    for step in steps:
        history = history.with_row(
            row, history.find(Kind.ADMITTED), **{"subject": firm, "amount": 0, "extra": 0, **step}
        )
        row += 1
    return history.changed(row, extra=row)


@defect("A8")
def revoked_for_late_reports_without_an_inspection(history: History) -> History:
    return _ended(history, breach=1)


@defect("A8")
def revoked_though_the_inspection_found_nothing(history: History) -> History:
    return _ended(history, {"kind": Kind.INSPECTED, "amount": 0}, breach=1)


@defect("A8")
def revoked_for_laundering_without_a_notice(history: History) -> History:
    return _ended(history, {"kind": Kind.INSPECTED, "amount": 2}, breach=2)


@defect("A8")
def revoked_before_the_notice_ran_out(history: History) -> History:
    later = int(history.records["time"][-1]) + 1
    return _ended(
        history,
        {"kind": Kind.INSPECTED, "amount": 2},
        {"kind": Kind.NOTICE_GIVEN, "amount": 2, "extra": later},
        breach=2,
    )


@defect("A9")
def authorised_after_the_regime_was_wound_down(history: History) -> History:
    """A gate that the record did not pass, its verdict, and then a new order on the regime's rails all the same."""
    row = history.find(Kind.AUTHORISED, payment=USDT)
    like = history.find(Kind.ADMITTED)
    failed = {
        "kind": Kind.GATE,
        "actor": history.entities.index("operator"),
        "subject": 0,
        "amount": 1,
        "extra": 2,
    }
    verdict = {"kind": Kind.REVIEWED, "subject": -1, "amount": 0, "extra": 10**6}
    return history.with_row(row, like, **failed).with_row(row + 1, like, **verdict)


@defect("A10")
def firm_in_two_regimes(history: History) -> History:
    row = history.find(Kind.QUOTA_USED, payment=USDT)
    firm = history.records["actor"][history.find(Kind.CREATED, payment=USDT)]
    admitted = {"kind": Kind.ADMITTED, "payment": -1, "subject": firm, "object": -1, "extra": 0}
    elsewhere = history.entities.index("operator")
    return history.with_row(row, row, **admitted).with_row(row, row, **admitted, actor=elsewhere)


# -- chains -------------------------------------------------------------------------------------------


@defect("C1")
def skipped_confirmation(history: History) -> History:
    block = history.find(Kind.INCLUDED, payment=BTC) + 2
    assert history.records["kind"][block] == Kind.BLOCK
    # The last block before finality is a tip one lower for everything after it.
    return history.changed(history.find(Kind.FINAL, payment=BTC), object=1)


@defect("C1")
def final_too_early(history: History) -> History:
    row = history.find(Kind.FINAL, payment=BTC)
    included = history.find(Kind.BLOCK, amount=history.records["amount"][row])
    return history.with_row(included + 1, row).without(row + 1)


@defect("C1")
def final_a_second_early(history: History) -> History:
    row = history.find(Kind.FINAL, payment=USDT)
    included = history.find(Kind.INCLUDED, payment=USDT)
    early = history.records["time"][included] + 35
    rows = [r for r in range(row, len(history.records)) if history.records["time"][r] == early + 1]
    for each in rows:
        history = history.changed(each, time=early)
    return history


@defect("C1")
def reverted_transfer_final(history: History) -> History:
    return history.changed(history.find(Kind.INCLUDED, payment=USDT), subject=0)


@defect("C2")
def final_in_a_disconnected_block(history: History) -> History:
    included = history.find(Kind.INCLUDED, payment=REORGED)
    final = history.find(Kind.FINAL, payment=REORGED)
    return history.changed(final, amount=history.records["amount"][included]).without(
        history.find(Kind.REORGED, payment=REORGED), history.find(Kind.INCLUDED, 1, payment=REORGED)
    )


@defect("C4")
def books_differ_from_chain(history: History) -> History:
    chain, height, rows, units = next(r for r in history.readings if r[3])
    index = history.readings.index((chain, height, rows, units))
    account, balance = units[0]
    readings = list(history.readings)
    readings[index] = (chain, height, rows, [(account, balance + 1)])
    return type(history)(history.records, history.entities, history.accounts, readings, history.owed)


@defect("C4")
def transfer_on_chain_not_in_the_books(history: History) -> History:
    row = posted(history, USDT, Purpose.PRINCIPAL)
    return history.changed(row, amount=history.records["amount"][row] - 1)


@defect("C5")
def included_twice(history: History) -> History:
    row = history.find(Kind.INCLUDED, payment=USDT)
    return history.with_row(row + 1, row)


@defect("C5")
def final_at_another_height(history: History) -> History:
    row = history.find(Kind.FINAL, payment=USDT)
    return history.changed(row, amount=history.records["amount"][row] + 1)


@defect("C6")
def block_left_out(history: History) -> History:
    row = history.find(Kind.BLOCK, 1, actor=history.entities.index("chain/evm"))
    return history.changed(row, amount=history.records["amount"][row] + 1)


@defect("C6")
def reorganisation_of_blocks_that_never_were(history: History) -> History:
    row = history.find(Kind.REORG)
    return history.changed(row, object=history.records["object"][row] + 1)


# -- desks --------------------------------------------------------------------------------------------


@defect("T5")
def service_of_nobody(history: History) -> History:
    return history.without(history.find(Kind.DESK_ENTERED, payment=USDT))


@defect("T5")
def more_officers_than_there_are(history: History) -> History:
    desk = history.entities.index("desk/aml")
    return history.changed(history.find(Kind.DESK_OPENED, actor=desk), amount=0)


@defect("T5")
def wait_that_was_longer(history: History) -> History:
    return history.changed(history.find(Kind.DESK_STARTED, payment=BTC), extra=5)


@defect("T5")
def last_come_first_served(history: History) -> History:
    return history.changed(history.find(Kind.DESK_STARTED, payment=BTC), extra=30_000)


@pytest.mark.parametrize("name", sorted(DEFECTS))
def test_defect_is_caught_by_its_rule_however_the_journal_is_cut(history: History, name: str) -> None:
    rule, mutation = DEFECTS[name]
    broken = mutation(history)
    found = []
    for chunk_rows in (9, 100_000):
        with pytest.raises(Violation) as caught:
            broken.audit(chunk_rows)
        assert caught.value.rule == rule, str(caught.value)
        found.append(caught.value.finding)
    assert found[0] == found[1]


# -- goods --------------------------------------------------------------------------------------------


def with_goods(history: History, state: GoodsState, after: int, left: int = 0, due: int = -1) -> History:
    """Goods of the order USDT, bought on open account at its very beginning, take a step."""
    like = {"payment": USDT, "subject": left, "object": state, "reason": Terms.OPEN_ACCOUNT, "extra": due}
    return history.with_row(after, after, kind=Kind.GOODS, amount=0, **like)


@defect("D1")
def goods_begun_in_the_middle(history: History) -> History:
    return with_goods(history, GoodsState.SHIPPED, moved(history, USDT, State.RELEASE))


@defect("D2")
def prepaid_goods_shipped_unpaid(history: History) -> History:
    first = moved(history, USDT, State.VALIDATED)
    path = (GoodsState.ORDERED, GoodsState.IN_PRODUCTION, GoodsState.READY, GoodsState.SHIPPED)
    for step, state in enumerate(path):
        row = first + step
        history = with_goods(history, state, row, path[step - 1] if step else 0)
        history = history.changed(row, reason=Terms.PREPAY)
    return history


@defect("D3")
def due_before_delivery(history: History) -> History:
    row = moved(history, USDT, State.VALIDATED)
    return with_goods(history, GoodsState.ORDERED, row, due=5)


@defect("D4")
def paid_for_although_refused(history: History) -> History:
    history = history.changed(history.find(Kind.CREATED, payment=USDT), object=USDT)
    first = moved(history, USDT, State.VALIDATED)
    history = with_goods(history, GoodsState.ORDERED, first)
    return with_goods(history, GoodsState.EXPORT_REFUSED, first + 1, GoodsState.ORDERED)


@defect("D6")
def escrow_that_pays_whom_it_likes(history: History) -> History:
    """The agents' account in transit becomes an escrow's, without goods that were released."""
    names = ["escrow" if name == "rail/agent" else name for name in history.entities]
    return type(history)(history.records, names, history.accounts, history.readings)


@defect("D7")
def order_of_value_under_no_contract(history: History) -> History:
    row = history.find(Kind.CREATED, payment=USDT)
    dear = history.changed(row, amount=9_000_000_00)
    price = {"subject": Asset.USD, "object": Asset.RUB, "amount": 90 * 10**8}
    return dear.with_row(row, row, kind=Kind.PRICE, payment=-1, **price)


@defect("D5")
def refund_for_goods_that_were_delivered(history: History) -> History:
    row = moved(history, USDT, State.CREDITED) + 1
    return history.with_row(
        row, row - 1, kind=Kind.REFUND, payment=USDT, subject=1, object=0, amount=5, extra=0
    )


def test_every_rule_has_a_defect_that_breaks_it() -> None:
    assert {rule for rule, _ in DEFECTS.values()} == set(CHECKS)
