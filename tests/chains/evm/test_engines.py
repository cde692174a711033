"""One suite that every engine passes, and what only one of them can get wrong."""

from collections.abc import Iterator

import pyrevm
import pytest

import sandbox.chains.evm.engine as engines
from sandbox.chains.evm import (
    ChainError,
    Contract,
    ContractRefused,
    EngineFault,
    EngineMissing,
    EvmChain,
    artefact,
)
from sandbox.chains.evm.engine import ENGINES, FUNDING_WEI
from sandbox.chains.evm.reference import ReferenceEngine
from sandbox.chains.evm.revm import RevmEngine, local_evm

SUPPLY = 10**12


class EngineConformance:
    """What an engine must do, whatever it is."""

    engine: str

    @pytest.fixture
    def chain(self) -> Iterator[EvmChain]:
        with EvmChain(engine=self.engine, genesis_time=1_725_224_400, gas_price=7) as chain:
            yield chain

    @pytest.fixture
    def token(self, chain: EvmChain) -> Contract:
        return chain.deploy(chain.account("issuer"), artefact("usdt"), SUPPLY, "Tether USD", "USDT", 6)

    def test_deployment_is_a_block_of_its_own(self, chain: EvmChain, token: Contract) -> None:
        receipt = chain.blocks[-1].receipts[0]
        assert (receipt.ok, receipt.height, receipt.index, receipt.output) == (True, 1, 0, b"")
        assert receipt.gas_used == 1_282_360, "what py-evm charges"
        assert token.address == "0xBcE37F662B210b991aE0ee5b6bc3cff1AC96E7FD", "follows from name and nonce"
        assert token.read("name") == "Tether USD" and token.read("owner") == chain.account("issuer").address

    def test_a_block_keeps_order_nonces_fees_and_time(self, chain: EvmChain, token: Contract) -> None:
        issuer, ann = chain.account("issuer"), chain.account("ann")
        for units in (5, 6, 7):
            chain.submit(issuer, token, "transfer", ann.address, units)
        chain.submit(ann, token, "transfer", issuer.address, 18)
        block = chain.mine(42)
        assert [receipt.index for receipt in block.receipts] == [0, 1, 2, 3]
        assert [receipt.transaction.nonce for receipt in block.receipts] == [1, 2, 3, 0]
        assert all(receipt.ok for receipt in block.receipts), "later ones see what earlier ones did"
        assert block.timestamp == 1_725_224_442 and block.height == 2
        assert token.read("balanceOf", ann.address) == 0
        spent = sum(r.fee_wei for b in chain.blocks for r in b.receipts if r.transaction.sender is issuer)
        assert chain.native_balance(issuer) == FUNDING_WEI - spent
        assert block.receipts[3].fee_wei == 7 * block.receipts[3].gas_used
        assert chain.native_balance(ann) == FUNDING_WEI - block.receipts[3].fee_wei

    def test_gas_is_cold_for_every_transaction(self, chain: EvmChain, token: Contract) -> None:
        """The trap of an EVM that never finalises: the second call of a kind comes out too cheap."""
        issuer, ann = chain.account("issuer"), chain.account("ann")
        for _ in range(4):
            chain.submit(issuer, token, "transfer", ann.address, 1)
        gas = [receipt.gas_used for receipt in chain.mine(1).receipts]
        assert gas[0] == 61_908 and set(gas[1:]) == {44_808}

    def test_refusals_tell_why_and_pay(self, chain: EvmChain, token: Contract) -> None:
        ann = chain.account("ann")
        chain.submit(ann, token, "pause")
        chain.submit(ann, token, "transfer", ann.address, 1, gas_limit=90_000)
        chain.submit(chain.account("issuer"), token, "transfer", ann.address, 1, gas_limit=30_000)
        chain.submit_raw(ann, token, b"\x01\x02\x03\x04")
        refused = chain.mine(1).receipts
        assert [receipt.reason for receipt in refused] == [
            "not the owner",
            "invalid opcode",
            "out of gas",
            "reverted",
        ]
        assert [receipt.gas_used for receipt in refused][1:3] == [90_000, 30_000]
        assert not any(receipt.ok or receipt.logs for receipt in refused)
        assert token.read("balanceOf", ann.address) == 0

    def test_reading_changes_nothing_and_can_be_refused(self, chain: EvmChain, token: Contract) -> None:
        ann = chain.account("ann")
        issuer = chain.account("issuer").address
        assert token.read("transfer", ann.address, 5, sender=issuer) == ()
        assert token.read("balanceOf", ann.address) == 0
        with pytest.raises(ContractRefused, match="not the owner"):
            token.read("pause", sender=ann.address)
        with pytest.raises(LookupError, match="no function 'balance'; there are MAX_UINT, addBlackList"):
            token.read("balance", ann.address)

    def test_reads_see_the_time_of_the_last_block(self, chain: EvmChain) -> None:
        platform = chain.deploy(chain.account("operator"), artefact("digital_ruble"), 0, 10_800)
        chain.submit(chain.account("operator"), platform, "set_hours", 36_000, 72_000)
        seen = []
        for time in (35_999, 36_000, 71_999, 72_000):
            chain.mine(time)
            seen.append(platform.read("is_open"))
        assert seen == [False, True, True, False]

    def test_storage_is_read_raw(self, chain: EvmChain, token: Contract) -> None:
        issuer, ann = chain.account("issuer"), chain.account("ann")
        chain.submit(issuer, token, "transfer", ann.address, 5)
        chain.submit(ann, token, "approve", issuer.address, 3)
        chain.mine(1)
        assert token.storage_balance(ann.address) == 5
        assert token.storage_word("supply") == SUPPLY
        assert token.storage_word("allowances", ann.address, issuer.address) == 3

    def test_going_back_undoes_everything(self, chain: EvmChain, token: Contract) -> None:
        issuer, ann = chain.account("issuer"), chain.account("ann")
        chain.submit(issuer, token, "transfer", ann.address, 5)
        chain.mine(1)
        waiting = chain.submit(issuer, token, "transfer", ann.address, 6)
        before = (chain.native_balance(issuer), token.storage_balance(ann.address), len(chain.blocks))
        outer = chain.snapshot()
        chain.mine(2)
        inner = chain.snapshot()
        chain.submit(issuer, token, "setParams", 10, 1)
        late = chain.account("late")
        chain.submit(late, token, "approve", ann.address, 1)
        chain.mine(3)
        made = chain.deploy(late, artefact("usdt"), 5, "Other", "OTH", 6)
        chain.revert(inner)
        assert token.read("basisPointsRate") == 0 and token.storage_balance(ann.address) == 11
        assert made.address_bytes not in chain.contracts and late.nonce == 0
        chain.revert(outer)
        assert waiting.receipt is None and chain.pending == 1
        assert before == (chain.native_balance(issuer), token.storage_balance(ann.address), len(chain.blocks))
        with pytest.raises(LookupError, match="no open snapshot"):
            chain.revert(inner)
        again = chain.mine(2).receipts
        assert [receipt.ok for receipt in again] == [True] and token.storage_balance(ann.address) == 11
        remade = chain.deploy(late, artefact("usdt"), 7, "Other", "OTH", 6)
        assert remade.read("totalSupply") == 7 and chain.native_balance(late) < FUNDING_WEI

    def test_a_released_snapshot_keeps_the_chain(self, chain: EvmChain, token: Contract) -> None:
        snapshot = chain.snapshot()
        chain.submit(chain.account("issuer"), token, "redeem", 1)
        chain.mine(1)
        chain.release(snapshot)
        assert token.storage_word("supply") == SUPPLY - 1
        with pytest.raises(LookupError):
            chain.release(snapshot)

    def test_time_goes_forward_only(self, chain: EvmChain, token: Contract) -> None:
        chain.mine(5)
        for time in (5, 4, True, 6.0):
            with pytest.raises(ValueError, match="does not come after"):
                chain.mine(time)  # type: ignore[arg-type]  # the mistake under test
        assert chain.mine(6).receipts == []

    def test_a_refused_deployment_leaves_no_contract(self, chain: EvmChain) -> None:
        with pytest.raises(ChainError, match="usdt was not deployed: out of gas"):
            chain.deploy(chain.account("x"), artefact("usdt"), 1, "T", "T", 6, gas_limit=400_000)
        assert chain.contracts == {} and chain.account("x").nonce == 1


class TestRevm(EngineConformance):
    engine = "revm"

    def test_many_snapshots_can_be_open(self, chain: EvmChain, token: Contract) -> None:
        """pyrevm itself fails silently beyond about a thousand."""
        issuer, ann = chain.account("issuer"), chain.account("ann")
        first = chain.snapshot()
        for units in range(1, 1_100):
            chain.snapshot()
            chain.submit(issuer, token, "transfer", ann.address, units)
            assert chain.mine(chain.time + 1).receipts[0].ok
        assert token.storage_balance(ann.address) == sum(range(1, 1_100))
        chain.revert(first)
        assert token.storage_balance(ann.address) == 0

    def test_the_journal_does_not_grow(self, chain: EvmChain, token: Contract) -> None:
        engine = chain.engine
        assert isinstance(engine, RevmEngine)
        issuer = chain.account("issuer")
        lengths = []
        for time in range(1, 4):
            for number in range(50):
                chain.submit(issuer, token, "transfer", chain.account(f"holder/{number}").address, time)
            chain.submit(issuer, token, "transfer", issuer.address, 10**18)
            chain.mine(time)
            token.read("balanceOf", issuer.address)
            lengths.append(
                (engine._evm.journal_len, engine._evm.journal_depth, len(engine._evm.journal_state))
            )
        assert len(set(lengths)) == 1, lengths

    def test_no_way_out_of_the_machine(self) -> None:
        with pytest.raises(ValueError, match="takes no fork_block, fork_url"):
            local_evm(fork_url="http://127.0.0.1:1", fork_block="latest")
        assert local_evm(spec_id="CANCUN").journal_depth == 0

    def test_a_panic_in_the_engine_is_a_fault(
        self, chain: EvmChain, token: Contract, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        panic = type("PanicException", (BaseException,), {})

        class Panicking:
            def snapshot(self) -> None: ...

            def revert(self, _: object) -> None: ...

            def set_block_env(self, _: object) -> None: ...

            def message_call(self, *_: object, **__: object) -> bytes:
                raise panic("in Rust")

        monkeypatch.setattr(chain.engine, "_evm", Panicking())
        with pytest.raises(EngineFault, match="in Rust"):
            token.read("totalSupply")
        chain.submit(chain.account("issuer"), token, "pause")
        with pytest.raises(EngineFault, match="in Rust"):
            chain.mine(1)


class TestReference(EngineConformance):
    engine = "eth-tester"

    def test_web3_sees_the_same_chain(self, chain: EvmChain, token: Contract) -> None:
        engine = chain.engine
        assert isinstance(engine, ReferenceEngine)
        issuer, ann = chain.account("issuer"), chain.account("ann")
        sent = chain.submit(issuer, token, "transfer", ann.address, 5)
        chain.mine(9)
        bound = engine.web3.eth.contract(
            address=engine.web3.to_checksum_address(token.address), abi=token.artefact.abi
        )
        assert bound.functions.balanceOf(ann.address).call({"from": ann.address}) == 5
        receipt = engine.web3.eth.get_transaction_receipt(chain.transaction_hash(sent.number))  # type: ignore[arg-type]  # text will do
        assert sent.receipt is not None and receipt["gasUsed"] == sent.receipt.gas_used
        assert bound.events.Transfer().process_receipt(receipt)[0]["args"] == sent.receipt.logs[0].args
        assert engine.web3.eth.get_block("latest")["timestamp"] == chain.blocks[-1].timestamp


def test_every_engine_is_in_the_suite() -> None:
    assert {suite.engine for suite in EngineConformance.__subclasses__()} == set(ENGINES)


def test_an_engine_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="no EVM engine 'geth'; there are revm, eth-tester"):
        EvmChain(engine="geth")
    monkeypatch.setitem(
        engines.ENGINES, "revm", ("sandbox.chains.evm.no_such_module", "RevmEngine", "pyrevm")
    )
    with pytest.raises(EngineMissing, match=r"needs pyrevm.*use 'eth-tester': same answers"):
        EvmChain(engine="revm")


def test_only_one_place_opens_an_evm() -> None:
    """The wrapper is of use only if nothing goes round it."""
    from pathlib import Path

    package = Path(engines.__file__).parents[2]
    opened = [
        path.name for path in package.rglob("*.py") if "pyrevm.EVM(" in path.read_text(encoding="utf-8")
    ]
    assert opened == ["revm.py"] and hasattr(pyrevm, "EVM")
