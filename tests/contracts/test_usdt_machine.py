"""The dollar token against a plain model of it, over random histories; and defects that this must find.

The model knows nothing of contracts: dictionaries and the rules of the real token. After every step it is
compared with the contract's views, its raw storage, and the balances that follow from the event log.
"""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from sandbox.chains.evm import Artefact, EvmChain, Receipt, artefact

PARTIES = ("issuer", "ann", "bob", "eve")
MAX = 2**256 - 1
SUPPLY = 1_000_000_000
OWNERS_CALLS: list[tuple[Any, ...]] = [
    ("addBlackList", "ann"),
    ("removeBlackList", "ann"),
    ("destroyBlackFunds", "ann"),
    ("issue", 1),
    ("redeem", 1),
    ("pause",),
    ("unpause",),
    ("setParams", 1, 1),
    ("transferOwnership", "eve"),
]
parties = st.sampled_from(PARTIES)
amounts = st.one_of(st.integers(0, 10_000), st.integers(0, SUPPLY // 2), st.sampled_from([MAX, 2 * SUPPLY]))


class Model:
    """What the token should know."""

    def __init__(self) -> None:
        self.owner = "issuer"
        self.balances = dict.fromkeys(PARTIES, 0) | {"issuer": SUPPLY}
        self.supply = SUPPLY
        self.allowances: dict[tuple[str, str], int] = {}
        self.frozen: frozenset[str] = frozenset()
        self.paused = False
        self.points, self.ceiling = 0, 0

    def copy(self) -> "Model":
        twin = Model()
        twin.__dict__ = self.__dict__ | {
            "balances": dict(self.balances),
            "allowances": dict(self.allowances),
        }
        return twin

    def moves(self, holder: str, to: str, amount: int) -> bool:
        """Move units if the rules allow it."""
        if self.paused or holder in self.frozen or self.balances[holder] < amount:
            return False
        fee = min(amount * self.points // 10_000, self.ceiling)
        self.balances[holder] -= amount
        self.balances[to] += amount - fee
        self.balances[self.owner] += fee
        return True


class TokenMachine(RuleBasedStateMachine):
    """Random histories of one token on the fast engine."""

    made_from: Artefact = artefact("usdt")

    def __init__(self) -> None:
        super().__init__()
        self.chain = EvmChain()
        self.accounts = {name: self.chain.account(name) for name in PARTIES}
        self.names = {account.address: name for name, account in self.accounts.items()}
        made_by = self.accounts["issuer"]
        self.token = self.chain.deploy(made_by, self.made_from, SUPPLY, "Tether USD", "USDT", 6)
        self.model = Model()
        self.logged = dict(self.model.balances)
        self.kept: tuple[int, Model, dict[str, int]] | None = None
        for name in PARTIES[1:]:
            self.transfer("issuer", name, SUPPLY // 10)

    def teardown(self) -> None:
        self.chain.close()

    def do(self, sender: str, function: str, *args: Any) -> Receipt:
        called = [self.accounts[arg].address if isinstance(arg, str) else arg for arg in args]
        self.chain.submit(self.accounts[sender], self.token, function, *called)
        receipt = self.chain.mine(self.chain.time + 1).receipts[0]
        for log in receipt.logs:
            self._follow(log.name, log.args)
        assert receipt.ok or (not receipt.logs and receipt.gas_used > 21_000)
        return receipt

    def _follow(self, event: str, args: dict[str, Any]) -> None:
        """Keep balances by the event log, the three events beside Transfer included."""
        if event == "Transfer":
            self.logged[self.names[args["sender"]]] -= args["amount"]
            self.logged[self.names[args["to"]]] += args["amount"]
        elif event == "Issue":
            self.logged[self.model.owner] += args["amount"]
        elif event == "Redeem":
            self.logged[self.model.owner] -= args["amount"]
        elif event == "DestroyedBlackFunds":
            self.logged[self.names[args["user"]]] -= args["balance"]

    @rule(sender=parties, to=parties, amount=amounts)
    def transfer(self, sender: str, to: str, amount: int) -> None:
        receipt = self.do(sender, "transfer", to, amount)
        covered = self.model.paused or sender in self.model.frozen or amount <= self.model.balances[sender]
        assert receipt.ok == self.model.moves(sender, to, amount)
        if not covered:
            assert receipt.gas_used == receipt.transaction.gas_limit, "over the balance burns all gas"

    @rule(holder=parties, spender=parties, amount=amounts)
    def approve(self, holder: str, spender: str, amount: int) -> None:
        standing = self.model.allowances.get((holder, spender), 0)
        accepted = amount == 0 or standing == 0
        assert self.do(holder, "approve", spender, amount).ok == accepted
        if accepted:
            self.model.allowances[holder, spender] = amount

    @rule(spender=parties, holder=parties, to=parties, amount=amounts)
    def transfer_from(self, spender: str, holder: str, to: str, amount: int) -> None:
        allowed = self.model.allowances.get((holder, spender), 0)
        accepted = amount <= allowed and self.model.moves(holder, to, amount)
        assert self.do(spender, "transferFrom", holder, to, amount).ok == accepted
        if accepted and allowed != MAX:
            self.model.allowances[holder, spender] = allowed - amount

    @rule(user=parties, freezes=st.booleans())
    def freeze(self, user: str, freezes: bool) -> None:
        assert self.do(self.model.owner, "addBlackList" if freezes else "removeBlackList", user).ok
        self.model.frozen = self.model.frozen | {user} if freezes else self.model.frozen - {user}

    @rule(user=parties)
    def destroy(self, user: str) -> None:
        receipt = self.do(self.model.owner, "destroyBlackFunds", user)
        assert receipt.ok == (user in self.model.frozen)
        if receipt.ok:
            self.model.supply -= self.model.balances[user]
            self.model.balances[user] = 0

    @rule(amount=st.integers(0, SUPPLY), makes=st.booleans())
    def change_supply(self, amount: int, makes: bool) -> None:
        owner = self.model.owner
        accepted = amount > 0 if makes else amount <= self.model.balances[owner]
        assert self.do(owner, "issue" if makes else "redeem", amount).ok == accepted
        if accepted:
            signed = amount if makes else -amount
            self.model.supply += signed
            self.model.balances[owner] += signed

    @rule(sender=parties, call=st.sampled_from(OWNERS_CALLS))
    def others_do_not_rule(self, sender: str, call: tuple[Any, ...]) -> None:
        if sender != self.model.owner:
            assert self.do(sender, *call).reason == "not the owner"

    @rule()
    def pause_or_unpause(self) -> None:
        assert self.do(self.model.owner, "unpause" if self.model.paused else "pause").ok
        self.model.paused = not self.model.paused

    @rule(points=st.integers(0, 25), ceiling=st.integers(0, 60))
    def set_fee(self, points: int, ceiling: int) -> None:
        accepted = points < 20 and ceiling < 50
        assert self.do(self.model.owner, "setParams", points, ceiling).ok == accepted
        if accepted:
            self.model.points, self.model.ceiling = points, ceiling * 10**6

    @rule(heir=parties)
    def pass_ownership(self, heir: str) -> None:
        assert self.do(self.model.owner, "transferOwnership", heir).ok
        self.model.owner = heir

    @precondition(lambda self: self.kept is None)
    @rule()
    def remember(self) -> None:
        self.kept = (self.chain.snapshot(), self.model.copy(), dict(self.logged))

    @precondition(lambda self: self.kept is not None)
    @rule()
    def go_back(self) -> None:
        assert self.kept is not None
        snapshot, self.model, self.logged = self.kept
        self.kept = None
        self.chain.revert(snapshot)

    @invariant()
    def contract_storage_log_and_model_agree(self) -> None:
        for name, account in self.accounts.items():
            balance = self.model.balances[name]
            assert self.token.read("balanceOf", account.address) == balance
            assert self.token.storage_balance(account.address) == balance
            assert self.logged[name] == balance
        assert self.token.read("totalSupply") == self.model.supply == sum(self.model.balances.values())

    @invariant()
    def nonces_and_heights_are_unbroken(self) -> None:
        numbers = [receipt.number for block in self.chain.blocks for receipt in block.receipts]
        assert numbers == list(range(len(self.chain.transactions)))
        spent = sum(account.nonce for account in self.accounts.values())
        assert spent == len(self.chain.transactions)


def explore(made_from: Artefact, examples: int, steps: int) -> None:
    """Run the machine on a token; raises AssertionError where it and the model part."""
    machine = type("Machine", (TokenMachine,), {"made_from": made_from})
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


def test_the_token_keeps_to_the_model() -> None:
    explore(artefact("usdt"), examples=50, steps=30)


DEFECTS = {
    "no block list": ('    assert not self.isBlackListed[msg.sender], "sender is frozen"\n', ""),
    "double credit": ("    self.balances[to] += delivered\n", "    self.balances[to] += delivered * 2\n"),
    "supply kept on destroy": ("    self.supply -= dirty\n", "    pass\n"),
}


@pytest.mark.parametrize("defect", sorted(DEFECTS))
def test_a_defect_is_found(altered: Callable[..., Artefact], defect: str) -> None:
    with pytest.raises(AssertionError):
        explore(altered("usdt", *DEFECTS[defect]), examples=200, steps=30)
