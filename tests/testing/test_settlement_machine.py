"""The shipped state machine holds on the sandbox, on both engines, and finds defects seeded into each part."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import rule, run_state_machine_as_test

from sandbox.actors.issuer import StablecoinIssuer
from sandbox.audit import Violation
from sandbox.books import Books
from sandbox.journal import Kind, Purpose
from sandbox.lifecycle import Reason, State
from sandbox.mirror import EvmLedger, Movement
from sandbox.payments import Payment
from sandbox.rail import Ground
from sandbox.testing import SettlementMachine, TokenWorld

TestSettlement = SettlementMachine.TestCase
TestSettlement.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)


class Reference(SettlementMachine):
    """The same histories on the reference engine."""

    evm_engine = "eth-tester"


def explore(machine: type[SettlementMachine], examples: int, steps: int = 40) -> None:
    """Run a machine on the same histories every time; raises what its invariants raise."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            print_blob=False,
            report_multiple_bugs=False,
        ),
    )


def test_the_machine_runs_on_the_reference_engine() -> None:
    explore(Reference, examples=3, steps=15)


ENDINGS = {
    "paid": [State.SETTLED, State.CREDITED],
    "called off": [State.REJECTED, State.FAILED],
    "sent from a frozen address": [State.TECHNICAL_FAILURE, State.FAILED],
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_rules_lead_a_deal_to_every_ending(ending: str) -> None:
    # By hand, not by a search: which histories a search meets also depends on the modules that are loaded.
    machine = SettlementMachine()
    machine.agree(importer=0, supplier=0, dealer=0, units=25_000_000)
    if ending == "called off":
        machine.void(which=0)
    else:
        if ending == "sent from a frozen address":
            machine.freeze(which=0)
        machine.broadcast(which=0)
        machine.mine()
        machine.advance(600)
        machine.advance(600)
    machine.every_rule_holds()
    rows = machine.world.journal.array()
    moved = [State(int(state)) for state in rows["object"][rows["kind"] == Kind.MOVED]]
    machine.teardown()
    assert moved[-2:] == ENDINGS[ending]


def test_a_subclass_adds_its_rules() -> None:
    days: list[int] = []

    class Patient(SettlementMachine):
        @rule()
        def a_quiet_day(self) -> None:
            self.world.advance(86_400)
            days.append(self.world.now)

    explore(Patient, examples=5, steps=10)
    assert days


# -- seeded defects ----------------------------------------------------------------------------------


class LosesACredit(Books):
    """Transfers of a multiple of three units never arrive."""

    def transfer(
        self, payment: int, actor: int, debit: int, credit: int, amount: int, purpose: Purpose
    ) -> int:
        entry = super().transfer(payment, actor, debit, credit, amount, purpose)
        if amount % 3 == 0:
            self._balances[credit] -= amount
        return entry


class ForgetsToRelease(Books):
    """A voided hold is gone, but the money stays held."""

    def void(self, hold: int) -> None:
        account, units = self._holds[hold][1:]
        super().void(hold)
        self._held[account] += units


class SpendsTheReserved(Books):
    """More can be held than there is."""

    def reserve(self, payment: int, account: int, amount: int) -> int:
        overdraft, self._overdraft[account] = self._overdraft[account], True
        try:
            return super().reserve(payment, account, amount)
        finally:
            self._overdraft[account] = overdraft


class TellsNobody(StablecoinIssuer):
    """A freeze that the journal knows and the chain does not."""

    def freeze(self, account: int) -> None:
        self._ground.journal.record(Kind.FROZEN, actor=self.entity, subject=account)


class BooksNothing(EvmLedger):
    """Small transfers are mined, but the books never hear of them."""

    def send(self, payment, actor, debit, credit, units, booked):  # type: ignore[no-untyped-def]
        return super().send(payment, actor, debit, credit, units, booked if units > 50 else lambda ok: None)


class MintsOneMore(EvmLedger):
    """The issuer issues a unit more on the chain than it books."""

    def submit(self, movement: Movement, sender, function: str, *args):  # type: ignore[no-untyped-def]
        more = (args[0] + 1,) if function == "issue" else args
        return super().submit(movement, sender, function, *more)


class SkipsRelease(Ground):
    """Payments fly without having been released."""

    def move(self, payment: Payment, to: State, actor: int, reason: Reason = Reason.NONE) -> None:
        if to is not State.RELEASE:
            left, payment.state = payment.state, to
            self.journal.record(Kind.MOVED, payment.number, actor, left, to, 1, payment.rail, reason)


DEFECTS = {
    "V1": {"books_class": LosesACredit},
    "V4": {"books_class": SpendsTheReserved},
    "V5": {"books_class": ForgetsToRelease},
    "A3": {"issuer_class": TellsNobody},
    "C4 transfer": {"ledger_class": BooksNothing},
    "C4 supply": {"ledger_class": MintsOneMore},
    "L2": {"ground_class": SkipsRelease},
}


def with_parts(**parts: object) -> type[SettlementMachine]:
    """The machine with other parts in its world."""
    world = type("World", (TokenWorld,), parts)
    return type("Defective", (SettlementMachine,), {"world_class": world, "audits": False})


@pytest.mark.parametrize("defect", sorted(DEFECTS))
def test_a_seeded_defect_is_found_by_its_rule(defect: str) -> None:
    with pytest.raises(AssertionError, match=f"^{defect[:2]}: "):
        explore(with_parts(**DEFECTS[defect]), examples=200)


def test_the_auditor_reads_along_at_the_end() -> None:
    class WritesADoubleRow(SettlementMachine):
        """A confirmation that nobody waited for stands in the journal; only the auditor knows that rule."""

        @rule()
        def a_final_row_from_nowhere(self) -> None:
            self.world.journal.record(Kind.FINAL, 0, self.world.ledger.entity, -1, 1, 1, 0)

    with pytest.raises(Violation):
        explore(WritesADoubleRow, examples=20)
