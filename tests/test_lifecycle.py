"""The life cycle's table and what is made from it."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

import sandbox.lifecycle as lifecycle
from sandbox.journal.kinds import Kind
from sandbox.lifecycle import (
    FIRST,
    ISO_STATUS,
    NOT_YET,
    PHASE,
    RETRY_CLASSES,
    TERMINALS,
    TRANSITIONS,
    IllegalTransition,
    Reason,
    State,
    may_follow,
    may_retry,
)
from sandbox.money import Asset
from sandbox.payments import Payment
from sandbox.rail import Ground


@pytest.fixture(scope="module")
def table() -> dict[str, Any]:
    """The file itself, read anew."""
    from importlib import resources

    text = resources.files("sandbox").joinpath("lifecycle.yaml").read_text(encoding="utf-8")
    read: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    return read


def test_states_and_reasons_are_those_of_the_table(table: dict[str, Any]) -> None:
    written = {**table["states"], **table["terminals"]}
    assert {state.name: int(state) for state in State} == {name: row["code"] for name, row in written.items()}
    reasons = {name.replace(".", "_"): row["code"] for name, row in table["reasons"].items()}
    assert {reason.name: int(reason) for reason in Reason if reason} == reasons
    for name, row in written.items():
        state = State[name]
        assert ISO_STATUS[state] == row["iso"] and PHASE[state] == row["phase"]
        assert {to.name for to in TRANSITIONS[state]} == set(row.get("to", row.get("except_to", ())))


def test_every_state_can_be_reached_and_left_for_an_ending() -> None:
    seen, waiting = set(FIRST), list(FIRST)
    while waiting:
        fresh = TRANSITIONS[waiting.pop()] - seen
        seen |= fresh
        waiting += fresh
    assert seen == set(State)
    ends = set(TERMINALS)
    while grown := {state for state in State if TRANSITIONS[state] & ends} - ends:
        ends |= grown
    assert ends == set(State)


def test_nothing_leaves_an_ending_but_a_credit_undone_by_the_chain() -> None:
    leaves = {state: TRANSITIONS[state] for state in TERMINALS if TRANSITIONS[state]}
    assert leaves == {State.CREDITED: {State.REORGED}}
    assert {State.CREDITED, State.STOPPED, State.FAILED, State.LOST, State.CANCELLED} == TERMINALS


def test_a_compliance_stop_has_one_way_out() -> None:
    assert TRANSITIONS[State.COMPLIANCE_STOP] == {State.STOPPED}
    assert "compliance" not in RETRY_CLASSES and "freeze" not in RETRY_CLASSES


def test_a_retry_is_lawful_by_class(table: dict[str, Any]) -> None:
    for reason in Reason:
        klass = table["reasons"][reason.text]["class"] if reason else ""
        assert may_retry(reason) == (klass in table["retry_classes"])
        assert reason.klass == klass
    assert not may_retry(Reason.RR04) and not may_retry(Reason.AM07)
    assert may_retry(Reason.MS03) and may_retry(Reason.ELR_REORG)


@dataclass
class Journal:
    """Keeps what is recorded."""

    rows: list[tuple[int, ...]] = field(default_factory=list)

    def moved(self, *columns: int) -> None:
        """One step."""
        self.rows.append((Kind.MOVED, *columns))


def order() -> Payment:
    """An order that nothing has happened to."""
    return Payment(
        number=0,
        created=0,
        importer=0,
        supplier=0,
        bank=0,
        country="CN",
        category="civil",
        prepaid=True,
        currency=Asset.CNY,
        invoice_cents=1,
        payout_units=1,
        due=-1,
        prohibited=False,
    )


@given(st.lists(st.sampled_from(list(State)), max_size=30))
def test_an_order_moves_on_the_tables_ways_only(wanted: list[State]) -> None:
    journal, payment = Journal(), order()
    ground = Ground(None, None, journal, None, None, None)  # type: ignore[arg-type]
    left = NOT_YET
    for to in wanted:
        allowed = (to in FIRST) if left == NOT_YET else (to in TRANSITIONS[State(left)])
        assert may_follow(left, to) == allowed
        if allowed:
            ground.move(payment, to, 3)
            assert journal.rows[-1][:5] == (Kind.MOVED, 0, 3, left, to)
            left = to
        else:
            rows = len(journal.rows)
            with pytest.raises(IllegalTransition):
                ground.move(payment, to, 3)
            assert len(journal.rows) == rows and payment.state == left


@given(st.data())
def test_a_lawful_walk_passes_its_checks_in_order(data: st.DataObject) -> None:
    """However an order wanders, it is not in flight before it was screened, funded and released in this attempt."""
    state, attempt = State.CREATED, [State.CREATED]
    for _ in range(60):
        if not TRANSITIONS[state]:
            break
        state = data.draw(st.sampled_from(sorted(TRANSITIONS[state])))
        attempt = [state] if state is State.RETRY else [*attempt, state]
        if state is State.IN_FLIGHT:
            needed = [
                State.VALIDATED,
                State.AUTHORISATION,
                State.PROFILE,
                State.SCREENING,
                State.FUNDS,
                State.RELEASE,
            ]
            places = [attempt.index(check) for check in needed]
            assert places == sorted(places)


def test_the_module_hides_no_second_table() -> None:
    """A change of the table is a change of the checks: both come from one file."""
    tables = [
        name for name, value in vars(lifecycle).items() if isinstance(value, dict) and State.CREATED in value
    ]
    assert tables == []
