"""Defects of what chains and desks say happened in them."""

from sandbox.journal import Kind, Purpose
from tests.audit.defects.table import BTC, REORGED, USDT, Defects, posted
from tests.audit.histories import History

defect = Defects()


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
