"""Defects of the books: entries, holds, charges, conversions, money on its way."""

from sandbox.journal import Kind, Purpose
from sandbox.lifecycle import State
from sandbox.money import Asset
from tests.audit.defects.table import AGENT, BANKS, BTC, LOST, USDT, Defects, moved, posted
from tests.audit.histories import History

defect = Defects()


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
