"""Each habit of the real dollar token, shown by calling bytecode on both engines."""

from dataclasses import dataclass
from typing import Any

import pytest

from sandbox.chains.evm import Account, Artefact, Contract, EvmChain, Receipt, artefact

ZERO = "0x" + "00" * 20
MAX = 2**256 - 1
SUPPLY = 1_000_000_000_000


@dataclass
class Desk:
    """A token with its issuer and two holders, and each call in a block of its own."""

    chain: EvmChain
    token: Contract
    issuer: Account
    ann: Account
    bob: Account

    def do(self, sender: Account, function: str, *args: Any) -> Receipt:
        self.chain.submit(sender, self.token, function, *args)
        return self.chain.mine(self.chain.time + 1).receipts[0]

    def must(self, sender: Account, function: str, *args: Any) -> Receipt:
        receipt = self.do(sender, function, *args)
        assert receipt.ok, receipt
        return receipt

    def balance(self, account: Account) -> int:
        balance = self.token.read("balanceOf", account.address)
        assert balance == self.token.storage_balance(account.address)
        return int(balance)


def names(receipt: Receipt) -> list[str]:
    return [log.name for log in receipt.logs]


@pytest.fixture
def desk(chain: EvmChain) -> Desk:
    issuer = chain.account("issuer")
    token = chain.deploy(issuer, artefact("usdt"), SUPPLY, "Tether USD", "USDT", 6)
    desk = Desk(chain, token, issuer, chain.account("ann"), chain.account("bob"))
    desk.must(issuer, "transfer", desk.ann.address, 1_000_000)
    return desk


def test_transfers_and_approvals_return_nothing(desk: Desk) -> None:
    assert desk.must(desk.ann, "transfer", desk.bob.address, 10).output == b""
    assert desk.must(desk.ann, "approve", desk.bob.address, 10).output == b""
    assert desk.must(desk.bob, "transferFrom", desk.ann.address, desk.bob.address, 10).output == b""
    assert desk.token.interface.functions["transfer"].outputs == []


def test_an_allowance_changes_only_through_zero(desk: Desk) -> None:
    desk.must(desk.ann, "approve", desk.bob.address, 10)
    refused = desk.do(desk.ann, "approve", desk.bob.address, 20)
    assert not refused.ok and refused.reason == "allowance must go through zero"
    desk.must(desk.ann, "approve", desk.bob.address, 0)
    desk.must(desk.ann, "approve", desk.bob.address, 20)
    assert desk.token.read("allowance", desk.ann.address, desk.bob.address) == 20


def test_an_allowance_is_used_up_unless_it_is_endless(desk: Desk) -> None:
    desk.must(desk.ann, "approve", desk.bob.address, 10)
    desk.must(desk.bob, "transferFrom", desk.ann.address, desk.bob.address, 4)
    assert desk.token.read("allowance", desk.ann.address, desk.bob.address) == 6
    over = desk.do(desk.bob, "transferFrom", desk.ann.address, desk.bob.address, 7)
    assert not over.ok and over.reason == "invalid opcode"
    desk.must(desk.ann, "approve", desk.bob.address, 0)
    desk.must(desk.ann, "approve", desk.bob.address, MAX)
    desk.must(desk.bob, "transferFrom", desk.ann.address, desk.bob.address, 7)
    assert desk.token.read("allowance", desk.ann.address, desk.bob.address) == MAX


def test_a_frozen_holder_cannot_send_but_can_receive(desk: Desk) -> None:
    desk.must(desk.issuer, "addBlackList", desk.ann.address)
    refused = desk.do(desk.ann, "transfer", desk.bob.address, 1)
    assert not refused.ok and refused.reason == "sender is frozen" and desk.balance(desk.bob) == 0
    desk.must(desk.issuer, "transfer", desk.ann.address, 5)
    assert desk.balance(desk.ann) == 1_000_005
    desk.must(desk.issuer, "removeBlackList", desk.ann.address)
    desk.must(desk.ann, "transfer", desk.bob.address, 1)


def test_a_frozen_spender_still_moves_anothers_allowance(desk: Desk) -> None:
    desk.must(desk.ann, "approve", desk.bob.address, 10)
    desk.must(desk.issuer, "addBlackList", desk.bob.address)
    desk.must(desk.bob, "transferFrom", desk.ann.address, desk.issuer.address, 10)
    desk.must(desk.bob, "approve", desk.ann.address, 10)
    desk.must(desk.issuer, "addBlackList", desk.ann.address)
    refused = desk.do(desk.bob, "transferFrom", desk.ann.address, desk.issuer.address, 0)
    assert not refused.ok and refused.reason == "sender is frozen"


def test_a_pause_stops_transfers_and_nothing_else(desk: Desk) -> None:
    desk.must(desk.ann, "approve", desk.bob.address, 10)
    desk.must(desk.issuer, "pause")
    for sender, function, args in [
        (desk.ann, "transfer", (desk.bob.address, 1)),
        (desk.bob, "transferFrom", (desk.ann.address, desk.bob.address, 1)),
        (desk.issuer, "pause", ()),
    ]:
        refused = desk.do(sender, function, *args)
        assert not refused.ok and refused.reason == "paused"
    desk.must(desk.ann, "approve", desk.issuer.address, 1)
    desk.must(desk.issuer, "issue", 5)
    desk.must(desk.issuer, "redeem", 5)
    desk.must(desk.issuer, "addBlackList", desk.ann.address)
    desk.must(desk.issuer, "destroyBlackFunds", desk.ann.address)
    desk.must(desk.issuer, "unpause")
    assert desk.do(desk.issuer, "unpause").reason == "not paused"
    desk.must(desk.issuer, "transfer", desk.bob.address, 1)


def test_destroying_frozen_units_lowers_the_supply_without_a_transfer(desk: Desk) -> None:
    assert desk.do(desk.issuer, "destroyBlackFunds", desk.ann.address).reason == "not frozen"
    desk.must(desk.issuer, "addBlackList", desk.ann.address)
    destroyed = desk.must(desk.issuer, "destroyBlackFunds", desk.ann.address)
    assert [(log.name, log.args) for log in destroyed.logs] == [
        ("DestroyedBlackFunds", {"user": desk.ann.address, "balance": 1_000_000})
    ]
    assert desk.balance(desk.ann) == 0
    assert desk.token.read("totalSupply") == SUPPLY - 1_000_000


def test_issue_and_redeem_change_the_owners_balance_without_a_transfer(desk: Desk) -> None:
    held = desk.balance(desk.issuer)
    assert names(desk.must(desk.issuer, "issue", 70)) == ["Issue"]
    assert desk.balance(desk.issuer) == held + 70 and desk.token.read("totalSupply") == SUPPLY + 70
    assert names(desk.must(desk.issuer, "redeem", 30)) == ["Redeem"]
    assert desk.balance(desk.issuer) == held + 40 and desk.token.read("totalSupply") == SUPPLY + 40
    assert not desk.do(desk.issuer, "redeem", held + 41).ok
    assert not desk.do(desk.issuer, "issue", 0).ok
    assert not desk.do(desk.issuer, "issue", MAX).ok


def test_the_constructor_tells_of_no_transfer(desk: Desk) -> None:
    deployment = next(entry for entry in desk.chain.transactions if entry.deploys)
    assert deployment.receipt is not None and deployment.receipt.logs == []
    assert desk.token.read("totalSupply") == SUPPLY


def test_the_fee_goes_to_the_owner_as_a_second_transfer(desk: Desk) -> None:
    desk.must(desk.issuer, "setParams", 10, 1)
    held = desk.balance(desk.issuer)
    moved = desk.must(desk.ann, "transfer", desk.bob.address, 500_000)
    assert [log.args["amount"] for log in moved.logs] == [500, 499_500]
    assert [log.args["to"] for log in moved.logs] == [desk.issuer.address, desk.bob.address]
    assert desk.balance(desk.bob) == 499_500 and desk.balance(desk.issuer) == held + 500
    ceiling = desk.must(desk.issuer, "transfer", desk.bob.address, 10**10)
    assert ceiling.logs[0].args["amount"] == 1_000_000


@pytest.mark.parametrize(("points", "ceiling", "accepted"), [(19, 49, True), (20, 0, False), (0, 50, False)])
def test_the_fee_has_limits(desk: Desk, points: int, ceiling: int, accepted: bool) -> None:
    assert desk.do(desk.issuer, "setParams", points, ceiling).ok is accepted


def test_a_product_too_large_for_the_fee_burns_all_gas(desk: Desk) -> None:
    desk.must(desk.issuer, "setParams", 10, 1)
    assert desk.do(desk.ann, "transfer", desk.bob.address, MAX).reason == "invalid opcode"


def test_six_decimals_as_a_full_word(desk: Desk) -> None:
    assert desk.token.read("decimals") == 6
    assert desk.token.interface.functions["decimals"].outputs == ["uint256"]


def test_short_calldata_is_refused(desk: Desk) -> None:
    whole = desk.token.function("transfer").encode(desk.bob.address, 256)
    desk.chain.submit_raw(desk.ann, desk.token, whole[:-1])
    desk.chain.submit_raw(desk.ann, desk.token, whole)
    short, full = desk.chain.mine(desk.chain.time + 1).receipts
    assert not short.ok and full.ok and desk.balance(desk.bob) == 256


def test_a_transfer_over_the_balance_burns_all_gas(desk: Desk) -> None:
    refused = desk.do(desk.ann, "transfer", desk.bob.address, 1_000_001)
    assert not refused.ok and refused.reason == "invalid opcode" and refused.logs == []
    assert refused.gas_used == refused.transaction.gas_limit
    assert desk.balance(desk.ann) == 1_000_000


def test_units_can_be_sent_to_the_zero_address(desk: Desk) -> None:
    desk.must(desk.ann, "transfer", ZERO, 9)
    assert desk.token.read("balanceOf", ZERO) == 9 and desk.token.read("totalSupply") == SUPPLY


def test_a_transfer_to_oneself_changes_nothing(desk: Desk) -> None:
    desk.must(desk.ann, "transfer", desk.ann.address, 1_000_000)
    assert desk.balance(desk.ann) == 1_000_000


def test_ownership_passes_but_not_to_nobody(desk: Desk) -> None:
    ignored = desk.must(desk.issuer, "transferOwnership", ZERO)
    assert ignored.logs == [] and desk.token.read("getOwner") == desk.issuer.address
    desk.must(desk.issuer, "transferOwnership", desk.ann.address)
    assert desk.do(desk.issuer, "issue", 1).reason == "not the owner"
    desk.must(desk.ann, "issue", 1)
    assert desk.balance(desk.ann) == 1_000_001


@pytest.mark.parametrize(
    ("function", "args"),
    [
        ("issue", (1,)),
        ("redeem", (1,)),
        ("pause", ()),
        ("unpause", ()),
        ("addBlackList", (ZERO,)),
        ("removeBlackList", (ZERO,)),
        ("destroyBlackFunds", (ZERO,)),
        ("setParams", (1, 1)),
        ("deprecate", (ZERO,)),
        ("transferOwnership", (ZERO,)),
    ],
)
def test_only_the_owner_rules(desk: Desk, function: str, args: tuple[Any, ...]) -> None:
    refused = desk.do(desk.ann, function, *args)
    assert not refused.ok and refused.reason == "not the owner"


def test_a_deprecated_token_forwards_to_its_successor(desk: Desk, successor: Artefact) -> None:
    chain, token, ann, bob = desk.chain, desk.token, desk.ann, desk.bob
    heir = chain.deploy(desk.issuer, successor, token.address)
    chain.submit(desk.issuer, heir, "grant", ann.address, 100)
    chain.submit(desk.issuer, token, "deprecate", heir.address)
    chain.submit(ann, token, "transfer", bob.address, 30)
    chain.submit(ann, token, "approve", desk.issuer.address, 20)
    chain.submit(desk.issuer, token, "transferFrom", ann.address, bob.address, 15)
    block = chain.mine(chain.time + 1)
    assert all(receipt.ok for receipt in block.receipts)
    assert token.read("balanceOf", ann.address) == heir.storage_balance(ann.address) == 55
    assert token.read("balanceOf", bob.address) == 45 and token.read("totalSupply") == 77
    assert token.read("allowance", ann.address, desk.issuer.address) == 5
    assert token.storage_balance(ann.address) == 1_000_000, "the old balances stay where they were"
    desk.must(desk.issuer, "pause")
    assert desk.do(ann, "transfer", bob.address, 1).reason == "paused", "a pause still counts"


def test_a_token_deprecated_to_nobody_refuses(desk: Desk) -> None:
    desk.must(desk.issuer, "deprecate", desk.bob.address)
    assert not desk.do(desk.ann, "transfer", desk.bob.address, 1).ok
    assert desk.token.storage_balance(desk.ann.address) == 1_000_000
