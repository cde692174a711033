"""Defects of form, of time, and of the way an order goes."""

from sandbox.journal import Kind, Purpose
from sandbox.lifecycle import Reason, State
from tests.audit.defects.table import AGENT, BANKS, OPEN, RETRIED, RETURNED, USDT, Defects, moved, posted
from tests.audit.histories import History

defect = Defects()


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
