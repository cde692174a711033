"""What holds after every step of any history of payments, blocks and reorganisations, on either engine."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from sandbox.chains.bitcoin import InsufficientFunds, RegtestChain, Rejected, Status, Wallet
from sandbox.chains.bitcoin.state import ChainState
from sandbox.chains.bitcoin.utxo import CoinIndex


class ChainMachine(RuleBasedStateMachine):
    """Random histories of one chain with four wallets."""

    engine = "python"
    wallets = st.integers(0, 3)

    def __init__(self) -> None:
        super().__init__()
        self.chain = RegtestChain(self.engine)
        self.time = 0
        self.parties: list[Wallet] = [self.chain.wallet(f"party/{number}") for number in range(4)]
        self.chain.premine(self.parties[0], 103)
        self.chain.broadcast(self.parties[0].split(4))
        self.chain.mine(0)

    def teardown(self) -> None:
        self.chain.close()

    @rule(payer=wallets, payee=wallets, sats=st.integers(1_000, 10**9), feerate=st.integers(1, 50))
    def pay(self, payer: int, payee: int, sats: int, feerate: int) -> None:
        try:
            payment = self.parties[payer].pay(self.parties[payee], sats, feerate)
        except InsufficientFunds:
            return
        try:
            self.chain.broadcast(payment)
        except Rejected as refused:
            assert refused.reason == "too-long-mempool-chain"
            self.parties[payer].release(payment)

    @rule(payer=wallets, sats=st.integers(1_000, 10**8))
    def prepare_and_drop(self, payer: int, sats: int) -> None:
        try:
            self.parties[payer].release(self.parties[payer].pay(self.parties[0], sats))
        except InsufficientFunds:
            return

    @rule(pick=st.integers(0, 50), feerate=st.integers(2, 90))
    def replace(self, pick: int, feerate: int) -> None:
        if not self.chain.waiting:
            return
        old = self.chain.transactions[self.chain.waiting[pick % len(self.chain.waiting)]].transaction
        owner = self.owner(old.inputs[0].witness[1])
        try:
            self.chain.broadcast(owner.respend(old, self.parties[1], feerate), replace=True)
        except (Rejected, InsufficientFunds):
            return

    @rule(room=st.integers(0, 6))
    def mine(self, room: int) -> None:
        self.time += 600
        self.chain.mine(self.time, 8_000 + 700 * room)

    @rule(depth=st.integers(1, 4), carry=st.booleans(), pick=st.integers(0, 50))
    def reorganise(self, depth: int, carry: bool, pick: int) -> None:
        depth = min(depth, self.chain.height - self.chain.base_height)
        held = self.chain.block_numbers(self.chain.height - depth + 1)
        replace = [held[pick % len(held)]] if held else []
        self.chain.reorg(depth, self.time, replace, carry)

    @rule(pick=st.integers(0, 50))
    def steal_back(self, pick: int) -> None:
        held = self.chain.block_numbers(self.chain.height)
        if held:
            payment = self.chain.transactions[held[pick % len(held)]].transaction
            theft = self.owner(payment.inputs[0].witness[1]).respend(payment, feerate_sat_vb=2)
            self.chain.reorg(1, self.time, [theft], carry=True)

    def owner(self, public_key: bytes) -> Wallet:
        return next(wallet for wallet in self.parties if wallet.key.public_key == public_key)

    @invariant()
    def coins_are_those_of_a_rescan_from_genesis(self) -> None:
        self.chain.verify()
        for wallet in self.parties:
            assert self.chain.balance(wallet) == self.chain.utxo_sum(wallet) == wallet.balance_sats

    @invariant()
    def coins_are_what_coinbases_made_less_the_fees(self) -> None:
        tree = self.chain._state.tree
        made = sum(tree.at(height).transactions[0].sats_out for height in range(1, self.chain.height + 1))
        fees = sum(record.fee_sats for record in self.chain.transactions if record.status is Status.INCLUDED)
        assert sum(coin.sats for coin in self.chain.rescan().values()) == made - fees

    @invariant()
    def no_coin_is_spent_twice(self) -> None:
        alive = [r for r in self.chain.transactions if r.status is not Status.CONFLICTED]
        spent = [given.outpoint for record in alive for given in record.transaction.inputs]
        assert len(spent) == len(set(spent))

    @invariant()
    def a_status_says_where_the_transaction_is(self) -> None:
        placed: dict[int, tuple[int, int]] = {}
        for height in range(1, self.chain.height + 1):
            for index, number in enumerate(self.chain.block_numbers(height), 1):
                placed[number] = (height, index)
        for record in self.chain.transactions:
            included = record.status is Status.INCLUDED
            assert included == (record.number in placed)
            assert (record.height, record.index) == placed.get(record.number, (-1, -1))
            confirmations = self.chain.confirmations(record.number)
            assert confirmations == (self.chain.height - record.height + 1 if included else 0)
        waiting = [r.number for r in self.chain.transactions if r.status is Status.MEMPOOL]
        assert waiting == self.chain.waiting

    @invariant()
    def a_conflicted_transaction_cannot_be_mined(self) -> None:
        state = self.chain._state
        for record in self.chain.transactions:
            if record.status is Status.CONFLICTED:
                assert not state._can_wait(record.transaction)

    @invariant()
    def headers_link_and_times_exceed_the_median(self) -> None:
        tree = self.chain._state.tree
        for height in range(max(1, self.chain.height - 5), self.chain.height + 1):
            node = tree.at(height)
            assert (node.height, node.parent) == (height, tree.active[height - 1])
            assert node.header_time > tree.median_time_past(node.parent)


class KernelMachine(ChainMachine):
    """The same on Bitcoin Core's code."""

    engine = "kernel"


def histories(examples: int, steps: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )


def test_any_history_keeps_the_invariants() -> None:
    run_state_machine_as_test(ChainMachine, settings=histories(20, 20))


def test_any_history_keeps_the_invariants_on_the_kernel() -> None:
    run_state_machine_as_test(KernelMachine, settings=histories(4, 12))


def _forgets_what_blocks_spent(patch: pytest.MonkeyPatch) -> None:
    honest = CoinIndex.disconnect
    patch.setattr(CoinIndex, "disconnect", lambda index, made, spent: honest(index, made[:1], ()))


def _forgets_the_mempool(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ChainState, "_refill", lambda state, returned: [])


def _spends_silently(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ChainState, "is_spent_in_mempool", lambda state, outpoint: False)
    patch.setattr("sandbox.chains.bitcoin.mempool.Mempool.conflicts", lambda pool, transaction: set())


def _counts_sats_once_more(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(CoinIndex, "sats", lambda index, script: sum(c.sats for c in index.of(script)) + 1)


@pytest.mark.parametrize(
    "defect",
    [_forgets_what_blocks_spent, _forgets_the_mempool, _spends_silently, _counts_sats_once_more],
)
def test_a_defect_breaks_an_invariant(
    monkeypatch: pytest.MonkeyPatch, defect: Callable[[pytest.MonkeyPatch], None]
) -> None:
    """The invariants can fail: one short history finds each seeded defect."""
    defect(monkeypatch)
    machine = ChainMachine()
    party = machine.parties[0]
    invariants = (
        machine.coins_are_those_of_a_rescan_from_genesis,
        machine.no_coin_is_spent_twice,
        machine.a_status_says_where_the_transaction_is,
        machine.a_conflicted_transaction_cannot_be_mined,
    )
    with pytest.raises((AssertionError, RuntimeError, KeyError)):
        payment = party.pay(machine.parties[1], 5_000, 2)
        machine.chain.broadcast(payment)
        machine.chain.broadcast(party.respend(payment, machine.parties[2], 9), replace=True)
        for check in invariants:
            check()
        machine.mine(5)
        machine.reorganise(1, False, 0)
        for check in invariants:
            check()
    machine.teardown()


def test_the_history_of_the_defects_is_sound_without_them() -> None:
    machine = ChainMachine()
    party = machine.parties[0]
    payment = party.pay(machine.parties[1], 5_000, 2)
    machine.chain.broadcast(payment)
    machine.chain.broadcast(party.respend(payment, machine.parties[2], 9), replace=True)
    machine.mine(5)
    machine.reorganise(1, False, 0)
    machine.coins_are_those_of_a_rescan_from_genesis()
    machine.a_status_says_where_the_transaction_is()
    machine.a_conflicted_transaction_cannot_be_mined()
    machine.teardown()
