"""The ``@custom:writes`` lines are complete: every store that py-evm makes was announced."""

from collections.abc import Iterator
from typing import Any

import pytest
from eth.abc import StateAPI
from eth.vm.forks.cancun.state import CancunState

from sandbox.chains.evm import Artefact, Contract, EvmChain, artefact


class _Looking:
    """The state before the call, as a write plan wants to see it."""

    def __init__(self, chain: EvmChain, contract: Contract) -> None:
        self._chain = chain
        self._contract = contract

    def scalar(self, slot: int) -> int:
        return self._chain.engine.storage(self._contract.address, slot)

    def view(self, function: str) -> int:
        return int(self._contract.read(function))


@pytest.fixture
def stores(monkeypatch: pytest.MonkeyPatch) -> set[tuple[bytes, int]]:
    """Address and slot of every store since the set was last cleared."""
    seen: set[tuple[bytes, int]] = set()
    store = CancunState.set_storage

    def spy(state: StateAPI, address: Any, slot: int, value: int) -> None:
        seen.add((address, slot))
        store(state, address, slot, value)

    monkeypatch.setattr(CancunState, "set_storage", spy)
    return seen


@pytest.fixture
def chain() -> Iterator[EvmChain]:
    with EvmChain(engine="eth-tester") as chain:
        yield chain


class _Watch:
    """Runs calls one by one and compares what they stored with what was announced."""

    def __init__(self, chain: EvmChain, contract: Contract, stores: set[tuple[bytes, int]]) -> None:
        self._chain, self._contract, self._stores = chain, contract, stores
        self.ran: set[str] = set()

    def __call__(self, sender: str, function: str, *args: Any) -> None:
        account, contract = self._chain.account(sender), self._contract
        plan = contract.plans[function]
        announced = set(plan.slots(account.address, args, _Looking(self._chain, contract)))
        self._stores.clear()
        self._chain.submit(account, contract, function, *args)
        receipt = self._chain.mine(self._chain.time + 1).receipts[0]
        assert receipt.ok, receipt
        stored = {slot for address, slot in self._stores if address == contract.address_bytes}
        assert stored <= announced, f"{function} stores more than it says"
        assert stored or function == "transferOwnership", f"{function} stored nothing: the spy is blind"
        self.ran.add(function)


def test_the_dollar_token_announces_its_stores(
    chain: EvmChain, stores: set[tuple[bytes, int]], successor: Artefact
) -> None:
    issuer, ann, bob = (chain.account(name).address for name in ("issuer", "ann", "bob"))
    stores.clear()
    token = chain.deploy(chain.account("issuer"), artefact("usdt"), 10**12, "Tether USD", "USDT", 6)
    maker = token.plans["__init__"].slots(issuer, (), _Looking(chain, token))
    assert {slot for address, slot in stores if address == token.address_bytes} <= set(maker)
    run = _Watch(chain, token, stores)
    for points in (0, 10):
        run("issuer", "setParams", points, 5)
        run("issuer", "transfer", ann, 10**6)
        run("ann", "transfer", bob, 10**5)
        run("ann", "approve", bob, 10**5)
        run("bob", "transferFrom", ann, issuer, 10**5)
    run("issuer", "issue", 5)
    run("issuer", "redeem", 4)
    run("issuer", "addBlackList", bob)
    run("issuer", "destroyBlackFunds", bob)
    run("issuer", "removeBlackList", bob)
    run("issuer", "pause")
    run("issuer", "unpause")
    run("issuer", "transferOwnership", "0x" + "00" * 20)
    run("issuer", "transferOwnership", ann)
    run("ann", "deprecate", bob)
    assert run.ran == set(token.plans) - {"__init__"}


def test_the_digital_ruble_announces_its_stores(chain: EvmChain, stores: set[tuple[bytes, int]]) -> None:
    bank, ann, bob = (chain.account(name).address for name in ("bank", "ann", "bob"))
    client = [bytes([number]) * 32 for number in range(1, 9)]
    platform = chain.deploy(chain.account("operator"), artefact("digital_ruble"), 1500, 10_800)
    run = _Watch(chain, platform, stores)
    run("operator", "admit_bank", bank)
    run("bank", "open_wallet", client[0], ann)
    run("bank", "open_wallet", client[1], bob)
    run("operator", "mint", bank, ann, 10**6, client[2])
    run("ann", "transfer", bob, 10**5)
    run("operator", "set_fee", 0)
    run("ann", "transfer", bob, 10**5)
    run("ann", "redeem", 10**5, client[3])
    run("operator", "set_limits", 10**6, 10**7, 10**7)
    run("operator", "set_hours", 1, 86_400)
    run("operator", "freeze", ann, client[4])
    run("operator", "unfreeze", ann, client[4])
    run("operator", "suspend_bank", bank)
    assert run.ran == set(platform.plans) - {"__init__"}


def test_the_asset_platform_announces_its_stores(chain: EvmChain, stores: set[tuple[bytes, int]]) -> None:
    ann, bob = (chain.account(name).address for name in ("ann", "bob"))
    words = [bytes([number]) * 32 for number in range(1, 5)]
    platform = chain.deploy(chain.account("operator"), artefact("dfa"))
    run = _Watch(chain, platform, stores)
    run("operator", "register_holder", words[0], ann)
    run("operator", "register_holder", words[1], bob)
    run("operator", "issue", ann, 10**6, words[2])
    run("ann", "transfer", bob, 10**5)
    run("bob", "redeem", 10**5, words[3])
    run("operator", "strike_off", bob)
    assert run.ran == set(platform.plans) - {"__init__"}
