"""The chain's own side: accounts, hashes, artefacts, and what it refuses before anything is signed."""

import os
import subprocess
import sys
import tracemalloc

import pytest

from sandbox.chains.evm import Contract, EvmChain, artefact
from sandbox.chains.evm.chain import contract_address


@pytest.fixture
def chain() -> EvmChain:
    return EvmChain()


@pytest.fixture
def token(chain: EvmChain) -> Contract:
    return chain.deploy(chain.account("issuer"), artefact("usdt"), 10**12, "Tether USD", "USDT", 6)


def test_a_name_has_one_account_and_one_address(chain: EvmChain) -> None:
    first = chain.account("dealer/1")
    assert chain.account("dealer/1") is first and chain.account("dealer/2").address != first.address
    with EvmChain(engine="eth-tester") as other:
        assert other.account("dealer/1").address == first.address
    assert bytes.fromhex(first.address[2:]) == first.address_bytes


@pytest.mark.parametrize(
    ("nonce", "address"),
    [
        (0, "cd234a471b72ba2f1ccf0a70fcaba648a5eecd8d"),
        (1, "343c43a37d37dff08ae8c4a11544c718abb4fcf8"),
        (2, "f778b86fa74e846c4f0a1fbd1335fe81c00a0c91"),
        (3, "fffd933a0bc612844eaf0c6fe3e5b8e9b6c1d19c"),
    ],
)
def test_contract_addresses_are_ethereums(nonce: int, address: str) -> None:
    """The published example: sender 6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0."""
    sender = bytes.fromhex("6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0")
    assert contract_address(sender, nonce).hex() == address


def test_a_contract_deployed_at_a_high_nonce_lies_where_the_engine_puts_it(
    chain: EvmChain, token: Contract
) -> None:
    issuer = chain.account("issuer")
    for reached in (0x7F, 0x80, 0x100):
        while issuer.nonce < reached:
            chain.submit(issuer, token, "approve", issuer.address, 0)
        chain.mine(chain.time + 1)
        assert chain.deploy(issuer, artefact("digital_ruble"), 1, 2).read("fee") == 1


def test_hashes_are_the_same_in_every_run() -> None:
    """Also under another hash seed: nothing in a transaction depends on the process."""
    code = (
        "from sandbox.chains.evm import EvmChain, artefact\n"
        "chain = EvmChain()\n"
        "a = chain.account('a')\n"
        "t = chain.deploy(a, artefact('usdt'), 5, 'T', 'T', 6)\n"
        "chain.submit(a, t, 'transfer', a.address, 1)\n"
        "print(chain.transaction_hash(0), chain.transaction_hash(1), chain.mine(1).receipts[0].gas_used)\n"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("0", "1")
    }
    assert len(runs) == 1 and runs.pop().startswith("0x")


def test_nothing_is_executed_before_the_block(chain: EvmChain, token: Contract) -> None:
    ann = chain.account("ann")
    sent = chain.submit(ann, token, "transfer", ann.address, 5, tag="order/7")
    assert sent.receipt is None and sent.tag == "order/7" and chain.pending == 1
    assert chain.transactions[sent.number] is sent
    chain.mine(0)
    assert sent.receipt is not None and not sent.receipt.ok and chain.pending == 0


def test_a_block_can_be_bounded(chain: EvmChain, token: Contract) -> None:
    issuer = chain.account("issuer")
    for _ in range(5):
        chain.submit(issuer, token, "issue", 1)
    sizes = [len(chain.mine(time, most=2).receipts) for time in range(4)]
    assert sizes == [2, 2, 1, 0]
    assert [receipt.index for receipt in chain.blocks[-2].receipts] == [0]


def test_what_is_wrong_is_refused_before_it_is_signed(chain: EvmChain, token: Contract) -> None:
    issuer = chain.account("issuer")
    nonce = issuer.nonce
    with pytest.raises(LookupError, match="no function 'send'"):
        chain.submit(issuer, token, "send", 1)
    with pytest.raises(ValueError, match="takes 2 arguments"):
        chain.submit(issuer, token, "transfer", issuer.address)
    with pytest.raises(ValueError, match="below the 21"):
        chain.submit(issuer, token, "transfer", issuer.address, 1, gas_limit=21_000)
    with EvmChain() as other, pytest.raises(ValueError, match="of another chain"):
        chain.submit(other.account("issuer"), token, "pause")
    assert issuer.nonce == nonce and chain.pending == 0


def test_deploying_waits_for_what_was_submitted(chain: EvmChain, token: Contract) -> None:
    chain.submit(chain.account("issuer"), token, "pause")
    with pytest.raises(Exception, match="mine what is waiting"):
        chain.deploy(chain.account("issuer"), artefact("digital_ruble"), 0, 0)


@pytest.mark.parametrize("settings", [{"genesis_time": 0}, {"gas_price": -1}, {"gas_price": 10**18}])
def test_settings_out_of_range_are_refused(settings: dict[str, int]) -> None:
    with pytest.raises(ValueError):
        EvmChain(**settings)  # type: ignore[arg-type]  # only the int settings are here


def test_set_up_lies_before_the_scenario(chain: EvmChain, token: Contract) -> None:
    assert chain.time < 0 and chain.blocks[-1].timestamp < chain.genesis_time
    assert chain.mine(0).timestamp == chain.genesis_time


def test_a_transaction_is_kept_small(chain: EvmChain, token: Contract) -> None:
    """Under 640 bytes each, so that 100,000 stay below 64 MB."""
    issuer = chain.account("issuer")
    holders = [chain.account(f"holder/{number}").address for number in range(20)]

    def settle(blocks: int) -> None:
        for _ in range(blocks):
            for number in range(100):
                chain.submit(issuer, token, "transfer", holders[number % 20], 10_000 + number)
            chain.mine(chain.time + 3)

    settle(2)
    tracemalloc.start()
    try:
        settle(20)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept / 2_000 < 640
