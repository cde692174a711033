"""Random histories of all contracts, block by block, on both engines: every receipt is the same."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.chains.evm import Contract, EvmChain, artefact
from sandbox.chains.evm.reference import ReferenceEngine
from sandbox.chains.evm.revm import RevmEngine

PARTIES = ("issuer", "ann", "bob", "eve")
parties = st.sampled_from(PARTIES)
amounts = st.one_of(st.integers(0, 2_000), st.sampled_from([10**9, 2**256 - 1]))

token_calls = st.one_of(
    st.tuples(parties, st.just("transfer"), parties, amounts),
    st.tuples(parties, st.just("transferFrom"), parties, parties, amounts),
    st.tuples(parties, st.just("approve"), parties, amounts),
    st.tuples(st.just("issuer"), st.sampled_from(["issue", "redeem"]), amounts),
    st.tuples(
        st.just("issuer"),
        st.sampled_from(["addBlackList", "removeBlackList", "destroyBlackFunds"]),
        parties,
    ),
    st.tuples(st.just("issuer"), st.sampled_from(["pause", "unpause"])),
    st.tuples(st.just("issuer"), st.just("setParams"), st.integers(0, 20), st.integers(0, 3)),
)
references = st.sampled_from([bytes([number]) * 32 for number in range(4)])
platform_calls = st.one_of(
    st.tuples(parties, st.just("transfer"), parties, amounts),
    st.tuples(st.just("issuer"), st.just("mint"), st.just("eve"), parties, amounts, references),
    st.tuples(parties, st.just("redeem"), amounts, references),
    st.tuples(st.just("eve"), st.just("open_wallet"), references, parties),
    st.tuples(st.just("issuer"), st.sampled_from(["freeze", "unfreeze"]), parties, references),
    st.tuples(st.just("issuer"), st.just("set_hours"), st.just(0), st.sampled_from([0, 43_200])),
    st.tuples(
        st.just("issuer"), st.just("set_limits"), st.just(0), st.sampled_from([0, 3_000]), st.just(5_000)
    ),
)
asset_calls = st.one_of(
    st.tuples(parties, st.just("transfer"), parties, amounts),
    st.tuples(st.just("issuer"), st.just("issue"), parties, amounts, references),
    st.tuples(parties, st.just("redeem"), amounts, references),
    st.tuples(st.just("issuer"), st.just("register_holder"), references, parties),
    st.tuples(st.just("issuer"), st.just("strike_off"), parties),
)
blocks = st.lists(
    st.lists(
        st.one_of(
            token_calls,
            platform_calls.map(lambda call: ("platform", *call)),
            asset_calls.map(lambda call: ("assets", *call)),
        ),
        min_size=1,
        max_size=6,
    ),
    min_size=1,
    max_size=6,
)


def history(engine: str, calls: list[list[tuple[Any, ...]]]) -> list[Any]:
    """All that can be seen of a chain on which these calls were made, a block a list."""
    with EvmChain(engine=engine, genesis_time=1_725_224_400) as chain:
        issuer = chain.account("issuer")
        token = chain.deploy(issuer, artefact("usdt"), 5_000, "Tether USD", "USDT", 6)
        platform = chain.deploy(issuer, artefact("digital_ruble"), 15, 10_800)
        assets = chain.deploy(issuer, artefact("dfa"))
        contracts = {"platform": platform, "assets": assets}
        chain.submit(issuer, platform, "admit_bank", chain.account("eve").address)
        for number, name in enumerate(("ann", "bob"), start=7):
            address = chain.account(name).address
            chain.submit(chain.account("eve"), platform, "open_wallet", bytes([number]) * 32, address)
            chain.submit(issuer, assets, "register_holder", bytes([number]) * 32, address)
        chain.mine(0)
        for block in calls:
            for call in block:
                submit(chain, contracts.get(call[0], token), call)
            chain.mine(chain.time + 9_000)
        return seen(chain, [token, platform, assets])


def submit(chain: EvmChain, contract: Contract, call: tuple[Any, ...]) -> None:
    sender, function, *given = call[1:] if call[0] in ("platform", "assets") else call
    args = [chain.account(arg).address if isinstance(arg, str) else arg for arg in given]
    chain.submit(chain.account(sender), contract, function, *args)


def seen(chain: EvmChain, contracts: list[Contract]) -> list[Any]:
    receipts: list[Any] = [
        (
            receipt.number,
            receipt.height,
            receipt.index,
            receipt.ok,
            receipt.reason,
            receipt.gas_used,
            receipt.fee_wei,
            receipt.output,
            receipt.raw_logs,
            receipt.block.timestamp,
            chain.transaction_hash(receipt.number),
        )
        for block in chain.blocks
        for receipt in block.receipts
    ]
    accounts = [chain.account(name) for name in PARTIES]
    balances = [
        (contract.storage_balance(account.address), contract.read("balanceOf", account.address))
        for contract in contracts
        for account in accounts
    ]
    return [*receipts, balances, [(account.nonce, chain.native_balance(account)) for account in accounts]]


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(blocks)
def test_engines_agree_on_everything(calls: list[list[tuple[Any, ...]]]) -> None:
    for fast, reference in zip(
        history(RevmEngine.name, calls), history(ReferenceEngine.name, calls), strict=True
    ):
        assert fast == reference
