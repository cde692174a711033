"""What every consensus engine must do, asked of Bitcoin Core's code and of the Python engine alike."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox.chains.bitcoin import (
    COIN,
    BitcoinTransaction,
    BlockRefused,
    RegtestChain,
    Rejected,
    Status,
    Wallet,
)
from sandbox.chains.bitcoin.block import GENESIS_HASH, make_block, make_coinbase
from sandbox.chains.bitcoin.engine import open_engine
from sandbox.chains.bitcoin.transaction import Output

FALSE_TOP = "Script evaluated without error but finished with a false/empty top stack element"


def with_witness(transaction: BitcoinTransaction, *witness: bytes) -> BitcoinTransaction:
    """The transaction with another witness in its first input."""
    first, *others = transaction.inputs
    return BitcoinTransaction.build((first._replace(witness=witness), *others), transaction.outputs)


def with_bad_signature(transaction: BitcoinTransaction) -> BitcoinTransaction:
    """The transaction with one bit of its first signature turned."""
    signature, public_key = transaction.inputs[0].witness
    turned = bytearray(signature)
    turned[-3] ^= 1
    return with_witness(transaction, bytes(turned), public_key)


class Conformance:
    """Inherited once for each engine."""

    engine: str

    @pytest.fixture
    def chain(self) -> Iterator[RegtestChain]:
        with RegtestChain(self.engine) as chain:
            chain.premine(chain.wallet("treasury"))
            yield chain
            chain.verify()

    @pytest.fixture
    def treasury(self, chain: RegtestChain) -> Wallet:
        return chain.wallet("treasury")

    @pytest.fixture
    def payee(self, chain: RegtestChain) -> Wallet:
        return chain.wallet("payee")

    def test_a_fresh_engine_knows_genesis_alone(self) -> None:
        engine = open_engine(self.engine)
        assert (engine.height, engine.hash_at(0)) == (0, GENESIS_HASH)
        with pytest.raises(IndexError):
            engine.hash_at(1)
        engine.close()
        engine.close()
        with pytest.raises(RuntimeError, match="closed"):
            engine.submit(b"", bytes(32))

    def test_premined_coins_ripen_after_a_hundred_blocks(self, chain: RegtestChain, treasury: Wallet) -> None:
        assert (treasury.spendable_sats, treasury.balance_sats) == (11 * 50 * COIN, 110 * 50 * COIN)
        chain.mine(600)
        assert treasury.spendable_sats == 12 * 50 * COIN

    def test_a_payment_waits_is_included_and_gains_confirmations(
        self, chain: RegtestChain, treasury: Wallet, payee: Wallet
    ) -> None:
        payment = treasury.pay(payee.address, 3 * COIN, 2.5)
        number = chain.broadcast(payment, tag="invoice")
        record = chain.transactions[number]
        assert (record.status, chain.confirmations(number), payee.balance_sats) == (Status.MEMPOOL, 0, 0)
        block = chain.mine(600)
        assert (block.height, block.time, block.transactions) == (111, 600, (number,))
        assert block.fees_sats == record.fee_sats == payment.fee_sats
        assert (record.status, record.height, record.index) == (Status.INCLUDED, 111, 1)
        assert (record.tag, record.raw) == ("invoice", payment.raw)
        chain.mine(1_200)
        assert chain.confirmations(number) == 2
        assert payee.balance_sats == chain.utxo_sum(payee) == 3 * COIN
        assert chain.miner.balance_sats == 2 * 50 * COIN + block.fees_sats
        assert treasury.balance_sats == 110 * 50 * COIN - 3 * COIN - block.fees_sats

    @pytest.mark.parametrize(
        ("spoiled", "reason"),
        [
            (with_bad_signature, FALSE_TOP),
            (lambda t: with_witness(t), "Witness program hash mismatch"),
            (lambda t: with_witness(t, b"", t.inputs[0].witness[1]), FALSE_TOP),
            (lambda t: with_witness(t, b"\x01", t.inputs[0].witness[1]), "Non-canonical DER signature"),
            (
                lambda t: with_witness(t, t.inputs[0].witness[0], b"\x02" * 33),
                "Script failed an OP_EQUALVERIFY",
            ),
        ],
        ids=["bad signature", "no witness", "empty signature", "malformed signature", "another key"],
    )
    def test_a_block_with_a_wrong_witness_is_refused(
        self,
        chain: RegtestChain,
        treasury: Wallet,
        payee: Wallet,
        spoiled: Callable[[BitcoinTransaction], BitcoinTransaction],
        reason: str,
    ) -> None:
        tip = chain.tip
        wrong = spoiled(treasury.pay(payee, COIN, 2))
        verdict = chain.offer_block(600, [wrong])
        assert not verdict.accepted
        assert verdict.reason.startswith(f"block-script-verify-flag-failed ({reason}")
        assert chain.tip == tip
        with pytest.raises(Rejected, match="mempool-script-verify-flag-failed"):
            chain.broadcast(wrong)

    def test_blocks_that_break_a_rule_of_amounts_are_refused(
        self, chain: RegtestChain, treasury: Wallet, payee: Wallet
    ) -> None:
        coin, young = treasury.utxos[0], treasury.utxos[50]
        payment = treasury.sign([coin], [Output(COIN, payee.script)])
        offers = {
            "bad-txns-inputs-missingorspent": [payment, treasury.respend(payment)],
            "bad-txns-in-belowout": [treasury.sign([coin], [Output(coin.sats + 1, payee.script)])],
            "bad-txns-premature-spend-of-coinbase": [treasury.sign([young], [Output(COIN, payee.script)])],
            "bad-txns-vout-negative": [treasury.sign([coin], [Output(-1, payee.script)])],
            "bad-txns-inputs-duplicate": [treasury.sign([coin, coin], [Output(COIN, payee.script)])],
        }
        for reason, transactions in offers.items():
            verdict = chain.offer_block(600, transactions)
            assert (verdict.accepted, verdict.reason.split(",")[0]) == (False, reason)
        verdict = chain.offer_block(600, claim_sats=50 * COIN + 1)
        assert (
            verdict.reason == "bad-cb-amount, coinbase pays too much (actual=5000000001 vs limit=5000000000)"
        )
        verdict = chain.offer_block(600, [payment], claim_sats=50 * COIN + (payment.fee_sats or 0) + 1)
        assert verdict.reason.startswith("bad-cb-amount")
        assert chain.height == 110

    def test_a_coin_spent_in_an_earlier_block_cannot_be_spent_again(
        self, chain: RegtestChain, treasury: Wallet, payee: Wallet
    ) -> None:
        payment = treasury.pay(payee, COIN, 2)
        chain.broadcast(payment)
        chain.mine(600)
        again = treasury.respend(payment)
        assert "bad-txns-inputs-missingorspent" in chain.offer_block(1_200, [again]).reason
        with pytest.raises(Rejected, match="bad-txns-inputs-missingorspent"):
            chain.broadcast(again)

    def test_reasons_of_a_malformed_block(self, chain: RegtestChain) -> None:
        engine, tip = open_engine(self.engine), GENESIS_HASH
        script = chain.miner.script

        def offered(height: int, time: int, parent: bytes, turned: int | None = None) -> str:
            raw = bytearray(make_block(parent, time, make_coinbase(height, 1, script, (), 7), ()))
            if turned is not None:
                raw[turned] ^= 1
            from sandbox.chains.bitcoin.block import block_hash

            return engine.submit(bytes(raw), block_hash(bytes(raw))).reason

        time = 1_400_000_000
        assert offered(1, time, bytes(32)) == "prev-blk-not-found"
        assert offered(1, 1_296_688_602, tip) == "time-too-old, block's timestamp is too early"
        assert offered(2, time, tip) == "bad-cb-height, block height mismatch in coinbase"
        assert offered(1, time, tip, turned=-6) == "bad-txnmrklroot, hashMerkleRoot mismatch"
        assert engine.submit(b"\x00" * 40, bytes(32)).reason == "bad-block-serialization"
        assert offered(1, time, tip) == ""
        assert offered(1, time, tip) == "duplicate"
        assert engine.height == 1
        engine.close()

    def test_equal_work_keeps_the_block_seen_first_and_more_work_wins(
        self, chain: RegtestChain, treasury: Wallet, payee: Wallet
    ) -> None:
        fork = chain.tip
        number = chain.broadcast(treasury.pay(payee, COIN, 2))
        first = chain.mine(600).hash
        rival = chain.offer_block(700, parent=fork)
        assert (rival.accepted, rival.events, chain.tip) == (True, (), first)
        sides = [hash_ for hash_ in chain._state.tree.nodes if hash_ not in chain._state.tree.active]
        heavier = chain.offer_block(800, parent=sides[0])
        assert [(event.connected, event.height) for event in heavier.events] == [
            (False, 111),
            (True, 111),
            (True, 112),
        ]
        assert (chain.confirmations(number), chain.waiting) == (0, [number])

    def test_a_heavier_branch_with_a_bad_block_changes_nothing(
        self, chain: RegtestChain, treasury: Wallet, payee: Wallet
    ) -> None:
        fork = chain.tip
        chain.broadcast(treasury.pay(payee, COIN, 2))
        first = chain.mine(600).hash
        digest = chain.utxo_digest()
        assert chain.offer_block(700, parent=fork, claim_sats=51 * COIN).accepted
        side = next(hash_ for hash_ in chain._state.tree.nodes if hash_ not in chain._state.tree.active)
        verdict = chain.offer_block(800, parent=side)
        assert (verdict.accepted, verdict.reason.split(",")[0]) == (False, "bad-cb-amount")
        assert (chain.tip, chain.utxo_digest()) == (first, digest)

    @pytest.mark.parametrize("depth", [1, 6])
    def test_a_reorganisation_returns_its_payments_to_the_mempool(
        self, chain: RegtestChain, treasury: Wallet, payee: Wallet, depth: int
    ) -> None:
        numbers = []
        for step in range(6):
            numbers.append(chain.broadcast(treasury.pay(payee, (step + 1) * COIN, 2)))
            chain.mine(600 * (step + 1))
        before = chain.height
        reorg = chain.reorg(depth, 4_000)
        lost = tuple(numbers[-depth:])
        assert (reorg.fork_height, reorg.disconnected, reorg.connected) == (before - depth, lost, ())
        assert chain.height == before + 1
        assert chain.waiting == list(lost)
        assert all(chain.confirmations(number) == 0 for number in lost)
        assert payee.balance_sats == sum(step + 1 for step in range(6 - depth)) * COIN
        chain.verify()
        assert set(chain.mine(4_600).transactions) == set(lost)
        assert payee.balance_sats == 21 * COIN

    def test_a_reorganisation_may_carry_the_payments_over(
        self, chain: RegtestChain, treasury: Wallet, payee: Wallet
    ) -> None:
        kept, omitted = (chain.broadcast(treasury.pay(payee, COIN, rate)) for rate in (2, 3))
        chain.mine(600)
        reorg = chain.reorg(1, 700, replace=[omitted], carry=True)
        assert (reorg.connected, chain.waiting) == ((kept,), [omitted])
        assert chain.confirmations(kept) == 2

    def test_a_double_spend_in_the_new_branch_conflicts_the_payment_and_what_hangs_on_it(
        self, chain: RegtestChain, treasury: Wallet, payee: Wallet
    ) -> None:
        payment = treasury.pay(payee, COIN, 2)
        number = chain.broadcast(payment)
        chain.mine(600)
        onward = chain.broadcast(payee.pay(chain.wallet("third"), COIN // 2, 2))
        thief = treasury.respend(payment, chain.wallet("thief"), 5)
        reorg = chain.reorg(1, 700, replace=[thief])
        assert reorg.conflicted == (number, onward)
        assert chain.transactions[number].status is Status.CONFLICTED
        assert chain.transactions[onward].status is Status.CONFLICTED
        assert (payee.balance_sats, chain.waiting) == (0, [])
        assert chain.wallet("thief").balance_sats == thief.sats_out
        with pytest.raises(Rejected, match="bad-txns-inputs-missingorspent"):
            chain.broadcast(payment)

    def test_a_reorganisation_that_would_break_a_rule_is_refused(
        self, chain: RegtestChain, treasury: Wallet, payee: Wallet
    ) -> None:
        chain.mine(600)
        spoiled = with_bad_signature(treasury.pay(payee, COIN, 2))
        tip = chain.tip
        with pytest.raises(BlockRefused, match="block-script-verify-flag-failed"):
            chain.reorg(1, 700, replace=[spoiled])
        assert chain.tip == tip
        for depth in (0, 2):
            with pytest.raises(ValueError, match="1 to 1 blocks deep"):
                chain.reorg(depth, 800)

    def test_a_clone_is_equal_and_independent(
        self, chain: RegtestChain, treasury: Wallet, payee: Wallet
    ) -> None:
        chain.broadcast(treasury.pay(payee, COIN, 2))
        chain.mine(600)
        waiting = chain.broadcast(treasury.pay(payee, COIN, 2))
        with chain.clone() as twin:
            assert (twin.tip, twin.utxo_digest(), twin.waiting) == (chain.tip, chain.utxo_digest(), [waiting])
            assert twin.mine(1_200).hash == chain.mine(1_200).hash
            twin.verify()
            twin.mine(1_800)
            assert (twin.height, chain.height) == (113, 112)
            paid = twin.wallet("treasury").pay(twin.wallet("payee"), COIN, 2)
            assert paid.raw == treasury.pay(payee, COIN, 2).raw

    def test_the_chain_is_the_same_every_time(self) -> None:
        tips = set()
        for _ in range(2):
            with RegtestChain(self.engine, genesis_time=1_725_148_800) as chain:
                wallet = chain.wallet("a")
                chain.premine(wallet)
                chain.broadcast(wallet.pay(chain.wallet("b"), COIN, 3))
                tips.add(chain.mine(0).hash)
        assert len(tips) == 1

    def test_listeners_hear_of_blocks_in_order(
        self, chain: RegtestChain, treasury: Wallet, payee: Wallet
    ) -> None:
        heard: list[tuple[str, int, tuple[int, ...]]] = []
        chain.on_connected.append(lambda height, numbers: heard.append(("+", height, numbers)))
        chain.on_disconnected.append(lambda height, numbers: heard.append(("-", height, numbers)))
        number = chain.broadcast(treasury.pay(payee, COIN, 2))
        chain.mine(600)
        chain.reorg(1, 700)
        assert heard == [("+", 111, (number,)), ("-", 111, (number,)), ("+", 111, ()), ("+", 112, ())]


class TestKernel(Conformance):
    engine = "kernel"

    def test_two_engines_live_side_by_side_and_leave_no_files(self) -> None:
        from sandbox.chains.bitcoin.kernel_engine import KernelEngine

        one, other = KernelEngine(), KernelEngine()
        places = [Path(engine._directory) for engine in (one, other)]
        assert places[0] != places[1] and all(place.is_dir() for place in places)
        one.close()
        assert (other.height, places[0].exists(), places[1].exists()) == (0, False, True)
        other.close()
        assert not places[1].exists()


class TestPython(Conformance):
    engine = "python"
