"""Defects of what the beneficiary is credited: twice, without proof, or not as much as is owed."""

from sandbox.journal import Kind, Purpose
from sandbox.money import Asset
from tests.audit.defects.table import (
    AGENT,
    BTC,
    CARRIED,
    DEEP,
    DIGITAL,
    REORGED,
    RETURNED,
    USDT,
    Defects,
    posted,
)
from tests.audit.histories import History

defect = Defects()


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
