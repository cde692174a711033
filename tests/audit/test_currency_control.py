"""Rule D7 looks at an order's value when the bank does: as an attempt begins, whatever the rate does later."""

import pytest

from sandbox.audit import Violation
from sandbox.journal.kinds import Kind
from sandbox.lifecycle import State
from sandbox.money import Asset
from tests.audit.histories import TERMS, History

PAYMENT = 0


def priced(history: History, before: int, share: float) -> History:
    """With a dollar that makes the payment's invoice worth this share of the threshold, from a row on."""
    created = history.find(Kind.CREATED, payment=PAYMENT)
    assert TERMS.registered_from is not None
    rate = int(share * TERMS.registered_from * 10**8 / int(history.records["amount"][created]))
    price = {"subject": Asset.USD, "object": Asset.RUB, "amount": rate}
    return history.with_row(before, created, kind=Kind.PRICE, payment=-1, **price)


def entered(history: History, state: State) -> int:
    return history.find(Kind.MOVED, payment=PAYMENT, object=state)


@pytest.mark.parametrize("chunk_rows", [1, 7, 4096])
def test_a_rate_that_turns_after_the_bank_looked_breaks_nothing(history: History, chunk_rows: int) -> None:
    history = priced(history, entered(history, State.PROFILE) + 1, 0.01)
    history = priced(history, entered(history, State.VALIDATED), 0.9)
    priced(history, entered(history, State.PROFILE), 1.5).audit(chunk_rows)


@pytest.mark.parametrize("chunk_rows", [1, 7, 4096])
def test_a_value_that_was_large_when_the_bank_looked_stays_so(history: History, chunk_rows: int) -> None:
    history = priced(history, entered(history, State.VALIDATED), 1.5)
    later = priced(history, entered(history, State.PROFILE), 0.5)
    with pytest.raises(Violation) as stop:
        later.audit(chunk_rows)
    assert stop.value.finding.rule == "D7"
