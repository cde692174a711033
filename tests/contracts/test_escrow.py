"""The escrow contract by calling its bytecode on both engines: locked units move once, to the one or to the other."""

from dataclasses import dataclass
from typing import Any

import pytest

from sandbox.chains.evm import Account, Contract, EvmChain, Receipt, artefact

MAX = 2**256 - 1


@dataclass
class Deal:
    """A token, an escrow and its parties; each call in a block of its own."""

    chain: EvmChain
    token: Contract
    escrow: Contract
    issuer: Account
    agent: Account
    payer: Account
    supplier: Account

    def do(self, sender: Account, function: str, *args: Any, on: Contract | None = None) -> Receipt:
        self.chain.submit(sender, on or self.escrow, function, *args)
        return self.chain.mine(self.chain.time + 1).receipts[0]

    def lock(self, number: int = 7, units: int = 600, seconds: int = 1_000) -> Receipt:
        deadline = self.chain.genesis_time + self.chain.time + seconds
        return self.do(self.payer, "lock", number, self.supplier.address, units, deadline)

    def balances(self) -> tuple[int, int, int]:
        """Of payer, escrow and supplier."""
        held = (self.payer.address, self.escrow.address, self.supplier.address)
        return tuple(self.token.storage_balance(address) for address in held)  # type: ignore[return-value]


@pytest.fixture
def deal(chain: EvmChain) -> Deal:
    issuer, agent = chain.account("issuer"), chain.account("agent")
    token = chain.deploy(issuer, artefact("usdt"), 10**12, "Tether USD", "USDT", 6)
    escrow = chain.deploy(agent, artefact("escrow"), token.address, agent.address)
    deal = Deal(chain, token, escrow, issuer, agent, chain.account("ann"), chain.account("bob"))
    assert deal.do(issuer, "transfer", deal.payer.address, 1_000, on=token).ok
    assert deal.do(deal.payer, "approve", escrow.address, MAX, on=token).ok
    return deal


def test_locked_units_are_released_to_the_supplier_once(deal: Deal) -> None:
    assert deal.lock().ok
    assert deal.balances() == (400, 600, 0)
    assert deal.do(deal.agent, "release", 7, deal.supplier.address, 600).ok
    assert deal.balances() == (400, 0, 600)
    again = deal.do(deal.agent, "release", 7, deal.supplier.address, 600)
    assert not again.ok and again.reason == "nothing of that amount is locked"
    back = deal.do(deal.agent, "refund", 7, deal.payer.address, 600)
    assert not back.ok and back.reason == "nothing of that amount is locked"


def test_only_the_agent_releases_and_only_to_the_beneficiary(deal: Deal) -> None:
    assert deal.lock().ok
    for stranger in (deal.payer, deal.supplier, deal.issuer):
        refused = deal.do(stranger, "release", 7, deal.supplier.address, 600)
        assert not refused.ok and refused.reason == "only the agent releases"
    elsewhere = deal.do(deal.agent, "release", 7, deal.agent.address, 600)
    assert not elsewhere.ok and elsewhere.reason == "not the beneficiary"
    less = deal.do(deal.agent, "release", 7, deal.supplier.address, 599)
    assert not less.ok and less.reason == "nothing of that amount is locked"
    assert deal.balances() == (400, 600, 0)


def test_a_refund_waits_for_the_deadline_unless_the_agent_gives_it(deal: Deal) -> None:
    assert deal.lock(number=1, units=100, seconds=50).ok and deal.lock(number=2, units=100, seconds=50).ok
    early = deal.do(deal.payer, "refund", 1, deal.payer.address, 100)
    assert not early.ok and early.reason == "before the deadline"
    assert deal.do(deal.agent, "refund", 1, deal.payer.address, 100).ok
    stranger = deal.do(deal.agent, "refund", 2, deal.agent.address, 100)
    assert not stranger.ok and stranger.reason == "not the payer"
    deal.chain.mine(deal.chain.time + 60)
    assert deal.do(deal.supplier, "refund", 2, deal.payer.address, 100).ok
    assert deal.balances() == (1_000, 0, 0)


def test_a_number_is_used_once_and_a_lock_needs_cover(deal: Deal) -> None:
    assert deal.lock(units=100).ok
    again = deal.lock(units=100)
    assert not again.ok and again.reason == "number used before"
    assert not deal.lock(number=8, units=901).ok
    assert deal.balances() == (900, 100, 0)
    assert deal.escrow.read("amount_of", 8) == 0
    late = deal.lock(number=9, units=1, seconds=-10)
    assert not late.ok and late.reason == "deadline has passed"
    assert deal.lock(number=10, units=0).reason == "nothing to lock"


def test_a_paused_token_leaves_everything_locked(deal: Deal) -> None:
    assert deal.lock().ok
    assert deal.do(deal.issuer, "pause", on=deal.token).ok
    assert not deal.do(deal.agent, "release", 7, deal.supplier.address, 600).ok
    assert deal.do(deal.issuer, "unpause", on=deal.token).ok
    assert deal.do(deal.agent, "release", 7, deal.supplier.address, 600).ok
    assert deal.balances() == (400, 0, 600)


def test_a_release_to_another_is_a_defect_that_shows(deal: Deal, altered: Any, chain: EvmChain) -> None:
    """Without its check of the caller anybody could release: the tests above would see it."""
    open_door = altered("escrow", 'assert msg.sender == self.agent, "only the agent releases"', "pass")
    loose = chain.deploy(deal.agent, open_door, deal.token.address, deal.agent.address)
    assert deal.do(deal.payer, "approve", loose.address, MAX, on=deal.token).ok
    deadline = chain.genesis_time + chain.time + 100
    assert deal.do(deal.payer, "lock", 1, deal.supplier.address, 5, deadline, on=loose).ok
    assert deal.do(deal.supplier, "release", 1, deal.supplier.address, 5, on=loose).ok
