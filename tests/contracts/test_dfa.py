"""The platform of digital financial assets: its rules on both engines, and random histories against a plain model."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from sandbox.chains.evm import Artefact, Contract, EvmChain, artefact

CLIENTS = ("ann", "bob", "eve")
clients = st.sampled_from(CLIENTS)
amounts = st.one_of(st.integers(0, 3), st.integers(0, 3_000), st.just(2**256 - 1))
references = st.integers(0, 6)


def word(number: int) -> bytes:
    return number.to_bytes(32, "big")


@dataclass
class Platform:
    """A platform on which each call is a block of its own."""

    chain: EvmChain
    contract: Contract

    def does(self, sender: str, function: str, *args: Any) -> str:
        """The reason of a refusal; nothing if the call went through."""
        given = [self.chain.account(arg).address if isinstance(arg, str) else arg for arg in args]
        self.chain.submit(self.chain.account(sender), self.contract, function, *given)
        receipt = self.chain.mine(self.chain.time + 1).receipts[0]
        return "" if receipt.ok else receipt.reason

    def holds(self, name: str) -> int:
        return int(self.contract.read("balanceOf", self.chain.account(name).address))


@pytest.fixture
def platform(chain: EvmChain) -> Platform:
    made = Platform(chain, chain.deploy(chain.account("operator"), artefact("dfa")))
    for number, name in enumerate(("ann", "bob"), start=1):
        assert not made.does("operator", "register_holder", word(number), name)
    assert not made.does("operator", "issue", "ann", 1_000, word(9))
    return made


def test_a_claim_is_issued_passed_on_and_redeemed(platform: Platform) -> None:
    assert not platform.does("ann", "transfer", "bob", 400)
    assert (platform.holds("ann"), platform.holds("bob")) == (600, 400)
    assert not platform.does("bob", "redeem", 400, word(8))
    assert platform.contract.read("totalSupply") == 600
    assert platform.contract.read("orders") == 3


def test_only_registered_holders_hold(platform: Platform) -> None:
    assert platform.does("operator", "issue", "eve", 1, word(1)) == "not a registered holder"
    assert platform.does("ann", "transfer", "eve", 1) == "receiver is not a registered holder"
    assert platform.does("eve", "transfer", "ann", 1) == "sender is not a registered holder"
    assert platform.does("eve", "redeem", 1, word(1)) == "not a registered holder"


def test_who_is_struck_off_keeps_what_it_holds_and_no_more(platform: Platform) -> None:
    assert not platform.does("operator", "strike_off", "ann")
    assert platform.does("operator", "strike_off", "ann") == "not a registered holder"
    assert platform.does("ann", "redeem", 1, word(1)) == "not a registered holder"
    assert platform.does("ann", "transfer", "bob", 1) == "sender is not a registered holder"
    assert platform.holds("ann") == 1_000
    assert platform.does("operator", "register_holder", word(7), "ann") == "holder has a client"
    assert not platform.does("operator", "register_holder", word(1), "ann")
    assert not platform.does("ann", "redeem", 1_000, word(1))


def test_one_holder_a_client(platform: Platform) -> None:
    assert platform.does("operator", "register_holder", word(1), "eve") == "client has a holder"
    assert platform.does("operator", "register_holder", word(1), "ann") == "already registered"
    assert platform.does("operator", "register_holder", word(0), "eve") == "no client or no holder"
    assert platform.does("operator", "register_holder", word(5), "operator") == "the operator is no holder"


def test_a_debit_is_named_once(platform: Platform) -> None:
    assert platform.does("operator", "issue", "ann", 1, word(9)) == "reference already used"
    assert platform.does("operator", "issue", "ann", 1, word(0)) == "no reference"
    assert platform.does("ann", "redeem", 1, word(9)) == "reference already used"


@pytest.mark.parametrize(
    ("function", "args"),
    [("issue", ("ann", 1, word(1))), ("register_holder", (word(5), "eve")), ("strike_off", ("ann",))],
)
def test_only_the_operator_rules(platform: Platform, function: str, args: tuple[Any, ...]) -> None:
    assert platform.does("ann", function, *args) == "not the operator"


class PlatformMachine(RuleBasedStateMachine):
    """Random histories of one platform and a model of it in a few dictionaries."""

    made_from: Artefact = artefact("dfa")

    def __init__(self) -> None:
        super().__init__()
        chain = EvmChain(genesis_time=1_725_138_000)
        self.platform = Platform(chain, chain.deploy(chain.account("operator"), self.made_from))
        self.balances = dict.fromkeys(CLIENTS, 0)
        self.registered: set[str] = set()
        self.client_of: dict[str, int] = {}
        self.used: set[int] = set()
        self.issued = self.redeemed = 0
        for number, name in enumerate(CLIENTS[:2], start=1):
            self.register(name, number)
            self.issue(name, 1_000, 6 + number)

    def teardown(self) -> None:
        self.platform.chain.close()

    def is_done(self, lawful: bool, sender: str, function: str, *args: Any) -> bool:
        assert (not self.platform.does(sender, function, *args)) == lawful, (sender, function, args)
        return lawful

    @rule(name=clients, number=st.integers(0, 3))
    def register(self, name: str, number: int) -> None:
        taken = number in self.client_of.values() and self.client_of.get(name) != number
        lawful = number > 0 and name not in self.registered and not taken
        lawful = lawful and self.client_of.get(name, number) == number
        if self.is_done(lawful, "operator", "register_holder", word(number), name):
            self.registered.add(name)
            self.client_of[name] = number

    @rule(name=clients)
    def strike_off(self, name: str) -> None:
        if self.is_done(name in self.registered, "operator", "strike_off", name):
            self.registered.remove(name)

    @rule(name=clients, units=amounts, reference=references)
    def issue(self, name: str, units: int, reference: int) -> None:
        lawful = name in self.registered and units > 0 and reference > 0 and reference not in self.used
        lawful = lawful and self.issued - self.redeemed + units < 2**256
        if self.is_done(lawful, "operator", "issue", name, units, word(reference)):
            self.balances[name] += units
            self.issued += units
            self.used.add(reference)

    @rule(sender=clients, to=clients, units=amounts)
    def transfer(self, sender: str, to: str, units: int) -> None:
        lawful = sender in self.registered and to in self.registered and sender != to
        lawful = lawful and 0 < units <= self.balances[sender]
        if self.is_done(lawful, sender, "transfer", to, units):
            self.balances[sender] -= units
            self.balances[to] += units

    @rule(name=clients, units=amounts, reference=references)
    def redeem(self, name: str, units: int, reference: int) -> None:
        lawful = name in self.registered and 0 < units <= self.balances[name]
        lawful = lawful and reference > 0 and reference not in self.used
        if self.is_done(lawful, name, "redeem", units, word(reference)):
            self.balances[name] -= units
            self.redeemed += units
            self.used.add(reference)

    @invariant()
    def contract_and_model_agree(self) -> None:
        for name, units in self.balances.items():
            assert self.platform.holds(name) == units
        assert self.platform.contract.read("totalSupply") == self.issued - self.redeemed


def explore(made_from: Artefact, examples: int) -> None:
    """Run the machine on a platform; raises AssertionError where it and the model part."""
    run_state_machine_as_test(
        type("Machine", (PlatformMachine,), {"made_from": made_from}),
        settings=settings(
            max_examples=examples,
            stateful_step_count=25,
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
    explore(artefact("dfa"), examples=20)


DEFECTS = {
    "a debit can be named twice": ("    self.reference_used[reference] = True\n", "    pass\n"),
    "anybody redeems": (
        '[msg.sender], "not a registered holder"\n    assert amount > 0, "nothing to redeem"\n',
        '[msg.sender] or amount > 0, "nothing to redeem"\n',
    ),
    "redemption leaves the supply": ("    self.supply -= amount\n", ""),
}


@pytest.mark.parametrize("defect", sorted(DEFECTS))
def test_a_defect_is_found(altered: Callable[..., Artefact], defect: str) -> None:
    with pytest.raises(AssertionError):
        explore(altered("dfa", *DEFECTS[defect]), examples=100)
