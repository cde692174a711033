"""The digital-ruble platform against a plain model over random histories; and defects this must find."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from sandbox.chains.evm import Artefact, EvmChain, artefact

FEE = 15
MONTH_LIMIT = 3_500
HOLDING_LIMIT = 3_800
OPERATION_LIMIT = 2_500
OPENS, CLOSES, DAY = 8 * 3600, 20 * 3600, 86_400
CLIENTS = ("ann", "bob", "eve")
STRANGER = "stranger"
clients = st.sampled_from(CLIENTS)
anybody = st.sampled_from((*CLIENTS, STRANGER))
amounts = st.one_of(
    st.integers(0, 3_000), st.sampled_from([OPERATION_LIMIT, OPERATION_LIMIT + 1, 2**256 - 1])
)
references = st.integers(1, 6)


def word(number: int) -> bytes:
    return number.to_bytes(32, "big")


class PlatformMachine(RuleBasedStateMachine):
    """Random histories of one platform. Second 0 is midnight of 1 September 2024 in Moscow."""

    made_from: Artefact = artefact("digital_ruble")

    def __init__(self) -> None:
        super().__init__()
        self.chain = EvmChain(genesis_time=1_725_138_000)
        self.accounts = {name: self.chain.account(name) for name in ("operator", "bank", *CLIENTS, STRANGER)}
        self.platform = self.chain.deploy(self.accounts["operator"], self.made_from, FEE, 10_800)
        self.balances = dict.fromkeys((*CLIENTS, STRANGER, "operator"), 0)
        self.topped: dict[tuple[str, int], int] = {}
        self.used: list[int] = []
        self.frozen: dict[str, int] = {}
        self.orders = self.issued = self.redeemed = 0
        self.now = OPENS
        assert self.do("operator", "admit_bank", self.address("bank"))
        for number, name in enumerate(CLIENTS, start=1):
            assert self.do("bank", "open_wallet", word(number), self.address(name))
        assert self.do("operator", "set_limits", OPERATION_LIMIT, HOLDING_LIMIT, MONTH_LIMIT)
        assert self.do("operator", "set_hours", OPENS, CLOSES)
        for number, name in enumerate(CLIENTS):
            self.mint(name, 2_000, 100 + number)

    def teardown(self) -> None:
        self.chain.close()

    def address(self, name: str) -> str:
        return self.accounts[name].address

    def do(self, sender: str, function: str, *args: Any) -> bool:
        self.now += 1
        self.chain.submit(self.accounts[sender], self.platform, function, *args)
        return self.chain.mine(self.now).receipts[0].ok

    def open_next(self) -> bool:
        """Will the platform be open in the second of the next call?"""
        return OPENS <= (self.now + 1) % DAY < CLOSES

    @rule(hours=st.integers(1, 30))
    def wait(self, hours: int) -> None:
        self.now += hours * 3600

    @rule()
    def wait_for_the_morning(self) -> None:
        self.now += (OPENS - self.now) % DAY

    @rule()
    def wait_for_a_month(self) -> None:
        self.now += 31 * DAY

    @rule(name=anybody, units=amounts, reference=references)
    def mint(self, name: str, units: int, reference: int) -> None:
        # The contract's own month numbers are tested against the calendar elsewhere.
        opened = self.open_next()
        accepted = self.do(
            "operator", "mint", self.address("bank"), self.address(name), units, word(reference)
        )
        month = int(self.platform.read("month"))
        topped = self.topped.get((name, month), 0) + units
        lawful = opened and name in CLIENTS and units > 0 and reference not in self.used
        lawful = lawful and topped <= MONTH_LIMIT and self.balances[name] + units <= HOLDING_LIMIT
        assert accepted == lawful
        if accepted:
            self.topped[name, month] = topped
            self.balances[name] += units
            self.issued += units
            self.used.append(reference)
            self.orders += 1

    @rule(sender=anybody, to=anybody, units=amounts)
    def transfer(self, sender: str, to: str, units: int) -> None:
        lawful = self.open_next() and sender in CLIENTS and to in CLIENTS and sender != to
        lawful = lawful and sender not in self.frozen and 0 < units <= OPERATION_LIMIT
        lawful = lawful and units + FEE <= self.balances[sender]
        lawful = lawful and self.balances[to] + units <= HOLDING_LIMIT
        assert self.do(sender, "transfer", self.address(to), units) == lawful
        if lawful:
            self.balances[sender] -= units + FEE
            self.balances[to] += units
            self.balances["operator"] += FEE
            self.orders += 1

    @rule(sender=st.sampled_from((*CLIENTS, STRANGER, "operator")), units=amounts, reference=references)
    def redeem(self, sender: str, units: int, reference: int) -> None:
        lawful = self.open_next() and sender != STRANGER and sender not in self.frozen
        lawful = lawful and 0 < units <= self.balances[sender] and reference not in self.used
        assert self.do(sender, "redeem", units, word(reference)) == lawful
        if lawful:
            self.balances[sender] -= units
            self.redeemed += units
            self.used.append(reference)
            self.orders += 1

    @rule(name=anybody, order=st.integers(0, 3))
    def freeze(self, name: str, order: int) -> None:
        lawful = name in CLIENTS and order > 0 and name not in self.frozen
        assert self.do("operator", "freeze", self.address(name), word(order)) == lawful
        if lawful:
            self.frozen[name] = order

    @rule(name=clients, order=st.integers(0, 3))
    def unfreeze(self, name: str, order: int) -> None:
        lawful = order > 0 and self.frozen.get(name) == order
        assert self.do("operator", "unfreeze", self.address(name), word(order)) == lawful
        if lawful:
            del self.frozen[name]

    @invariant()
    def contract_and_model_agree(self) -> None:
        for name, units in self.balances.items():
            assert self.platform.read("balanceOf", self.address(name)) == units
            assert self.platform.storage_balance(self.address(name)) == units
        assert self.platform.read("totalSupply") == sum(self.balances.values())
        assert self.platform.read("totalSupply") == self.issued - self.redeemed
        assert self.platform.read("orders") == self.orders


def explore(made_from: Artefact, examples: int) -> None:
    """Run the machine on a platform; raises AssertionError where it and the model part."""
    run_state_machine_as_test(
        type("Machine", (PlatformMachine,), {"made_from": made_from}),
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            print_blob=False,
            report_multiple_bugs=False,
        ),
    )


def test_the_platform_keeps_to_the_model() -> None:
    explore(artefact("digital_ruble"), examples=30)


DEFECTS = {
    "a debit can be named twice": ("    self.reference_used[reference] = True\n", "    pass\n"),
    "holdings are not limited": ('    assert limit == 0 or balance <= limit, "over the holding limit"\n', ""),
}


@pytest.mark.parametrize("defect", sorted(DEFECTS))
def test_a_defect_is_found(altered: Callable[..., Artefact], defect: str) -> None:
    with pytest.raises(AssertionError):
        explore(altered("digital_ruble", *DEFECTS[defect]), examples=200)
