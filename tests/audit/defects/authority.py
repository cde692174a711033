"""Defects of who may do what: authorisations, freezes, wallets, limits, caps, admissions."""

import numpy as np

from sandbox.journal import Kind, Purpose
from sandbox.lifecycle import State
from sandbox.money import Asset
from tests.audit.defects.table import BANKS, DIGITAL, RETRIED, USDT, Defects, moved, posted
from tests.audit.histories import History

defect = Defects()


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
