"""Which transactions the mempool takes, which a miner takes first, and how wallets choose coins."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.chains.bitcoin import (
    COIN,
    BackgroundTraffic,
    BitcoinTransaction,
    InsufficientFunds,
    RegtestChain,
    Rejected,
    Status,
    Wallet,
)
from sandbox.chains.bitcoin.block import MAX_BLOCK_WEIGHT
from sandbox.chains.bitcoin.chain import RESERVED_WEIGHT
from sandbox.chains.bitcoin.mempool import ANCESTOR_LIMIT
from sandbox.chains.bitcoin.transaction import Output
from sandbox.chains.bitcoin.wallet import DUST_SATS


@pytest.fixture
def chain() -> Iterator[RegtestChain]:
    with RegtestChain("python") as chain:
        chain.premine(chain.wallet("treasury"))
        yield chain
        chain.verify()


@pytest.fixture
def treasury(chain: RegtestChain) -> Wallet:
    return chain.wallet("treasury")


@pytest.fixture
def payee(chain: RegtestChain) -> Wallet:
    return chain.wallet("payee")


def test_a_second_spender_of_a_coin_is_refused_and_the_first_stays(
    chain: RegtestChain, treasury: Wallet, payee: Wallet
) -> None:
    payment = treasury.pay(payee, COIN, 2)
    number = chain.broadcast(payment)
    with pytest.raises(Rejected, match="txn-mempool-conflict"):
        chain.broadcast(treasury.respend(payment, feerate_sat_vb=50))
    with pytest.raises(Rejected, match="txn-already-in-mempool"):
        chain.broadcast(payment)
    assert chain.waiting == [number]
    chain.mine(600)
    with pytest.raises(Rejected, match="txn-already-known"):
        chain.broadcast(payment)


def test_a_replacement_must_pay_more_and_pushes_out_what_hangs_on_the_old(
    chain: RegtestChain, treasury: Wallet, payee: Wallet
) -> None:
    old = treasury.pay(payee, COIN, 10)
    number = chain.broadcast(old)
    child = chain.broadcast(treasury.pay_many([(payee, 600 * COIN // 100)], 10))
    with pytest.raises(Rejected, match="insufficient fee"):
        chain.broadcast(treasury.bumped(old, 10.5), replace=True)
    bumped = treasury.bumped(old, 30)
    assert bumped.outputs[0] == old.outputs[0]
    replacement = chain.broadcast(bumped, replace=True)
    assert chain.transactions[number].status is Status.CONFLICTED
    assert chain.waiting == [child, replacement]
    chain.mine(600)
    assert payee.balance_sats == COIN + 6 * COIN


def test_the_relay_floor_can_fall(chain: RegtestChain, treasury: Wallet, payee: Wallet) -> None:
    cheap = treasury.pay(payee, COIN, 0.2)
    with pytest.raises(Rejected, match="min relay fee not met, 29 < 141"):
        chain.broadcast(cheap)
    chain.relay_floor_sat_vb = 0.1
    assert chain.broadcast(cheap) == 0


def test_a_parsed_transaction_is_checked_and_relayed(
    chain: RegtestChain, treasury: Wallet, payee: Wallet
) -> None:
    payment = treasury.pay(payee, COIN, 2)
    number = chain.broadcast(BitcoinTransaction.parse(payment.raw))
    assert chain.transactions[number].fee_sats == payment.fee_sats
    assert chain.mine(600).fees_sats == payment.fee_sats
    assert chain.miner.balance_sats == 50 * COIN + (payment.fee_sats or 0)


@pytest.mark.parametrize(
    ("sats", "reason"), [(51 * COIN, "bad-txns-in-belowout"), (-1, "bad-txns-vout-negative")]
)
def test_impossible_amounts_are_refused(
    chain: RegtestChain, treasury: Wallet, payee: Wallet, sats: int, reason: str
) -> None:
    with pytest.raises(Rejected, match=reason):
        chain.broadcast(treasury.sign([treasury.utxos[0]], [Output(sats, payee.script)]))
    with pytest.raises(Rejected, match="bad-txns-premature-spend-of-coinbase"):
        chain.broadcast(treasury.sign([treasury.utxos[60]], [Output(COIN, payee.script)]))


def test_change_is_respent_unconfirmed_up_to_the_ancestor_limit(
    chain: RegtestChain, treasury: Wallet, payee: Wallet
) -> None:
    chain.broadcast(treasury.pay(payee, COIN, 2))
    chain.mine(600)
    for _ in range(ANCESTOR_LIMIT):
        chain.broadcast(payee.pay(treasury, 1_000_000, 2))
    with pytest.raises(InsufficientFunds):
        payee.pay(treasury, 1_000_000, 2)
    assert len(chain.waiting) == ANCESTOR_LIMIT
    assert chain.mine(1_200).transactions == tuple(range(1, ANCESTOR_LIMIT + 1))
    chain.broadcast(payee.pay(treasury, 1_000_000, 2))


def test_money_received_but_unconfirmed_is_not_spent(
    chain: RegtestChain, treasury: Wallet, payee: Wallet
) -> None:
    chain.broadcast(treasury.pay(payee, COIN, 2))
    with pytest.raises(InsufficientFunds, match="payee needs 1110 satoshi with the fee and can spend 0 now"):
        payee.pay(treasury, 1_000)
    chain.mine(600)
    assert payee.pay(treasury, 1_000).sats_out < COIN


def test_prepared_payments_never_share_a_coin_and_released_coins_return(
    chain: RegtestChain, treasury: Wallet, payee: Wallet
) -> None:
    prepared = [treasury.pay(payee, 49 * COIN) for _ in range(11)]
    coins = [given.outpoint for payment in prepared for given in payment.inputs]
    assert len(set(coins)) == 11
    with pytest.raises(InsufficientFunds):
        treasury.pay(payee, COIN)
    treasury.release(prepared[3])
    assert treasury.pay(payee, COIN).inputs[0].outpoint == prepared[3].inputs[0].outpoint


def test_a_split_lets_many_payments_stand_in_one_block(
    chain: RegtestChain, treasury: Wallet, payee: Wallet
) -> None:
    chain.broadcast(treasury.split(60))
    chain.broadcast(treasury.split(40, sats=COIN))
    chain.mine(600)
    assert len([coin for coin in treasury.utxos if not coin.coinbase]) == 60 + 40 + 1
    for _ in range(90):
        chain.broadcast(treasury.pay(payee, COIN // 10))
    assert len(chain.mine(1_200).transactions) == 90


def test_change_not_worth_an_output_goes_to_the_miner(
    chain: RegtestChain, treasury: Wallet, payee: Wallet
) -> None:
    probe = treasury.pay(payee, COIN, 1)
    treasury.release(probe)
    exact = 50 * COIN - (probe.fee_sats or 0)
    for change, outputs in ((DUST_SATS, 2), (DUST_SATS - 1, 1)):
        payment = treasury.pay(payee, exact - change, 1)
        assert len(payment.outputs) == outputs
        assert payment.fee_sats == (probe.fee_sats or 0) + (change if outputs == 1 else 0)


def test_an_output_not_worth_spending_is_not_relayed(
    chain: RegtestChain, treasury: Wallet, payee: Wallet
) -> None:
    with pytest.raises(Rejected, match="dust"):
        chain.broadcast(treasury.pay(payee, DUST_SATS - 1))
    chain.broadcast(treasury.pay(payee, DUST_SATS))


def test_a_payment_is_positive_and_to_this_network(treasury: Wallet) -> None:
    with pytest.raises(ValueError, match="at least one satoshi"):
        treasury.pay(treasury, 0)
    with pytest.raises(ValueError, match="begins with bcrt1"):
        treasury.pay("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", COIN)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 400), st.integers(1, 40))
def test_a_fee_is_at_least_its_feerate_times_the_true_size(feerate_tenths: int, coins: int) -> None:
    with RegtestChain("python") as chain:
        wallet = chain.wallet("w")
        chain.premine(wallet, 100 + min(coins, 5))
        payment = wallet.pay(chain.wallet("x"), (50 * min(coins, 5) - 1) * COIN, feerate_tenths / 10)
        fee = payment.fee_sats or 0
        assert payment.vsize * feerate_tenths <= fee * 10
        # A signature may be up to two bytes shorter than assumed.
        assert fee * 10 <= (payment.vsize + len(payment.inputs)) * feerate_tenths + 10


def test_the_miner_takes_the_best_paid_first_and_the_older_of_equals(
    chain: RegtestChain, treasury: Wallet, payee: Wallet
) -> None:
    rates = [3, 9, 5, 9, 1]
    # One signature may be a byte shorter than another; the weights decide what "equal" means.
    numbers = [chain.broadcast(treasury.pay(payee, COIN, rate)) for rate in rates]
    records = [chain.transactions[number] for number in numbers]
    best = sorted(numbers, key=lambda n: (-records[n].fee_sats / records[n].transaction.weight, n))
    two = sum(chain.transactions[n].transaction.weight for n in best[:2])
    assert chain.mine(600, RESERVED_WEIGHT + two).transactions == tuple(best[:2])
    assert chain.mine(1_200).transactions == tuple(best[2:])


def test_a_child_pays_for_its_parent(chain: RegtestChain, treasury: Wallet, payee: Wallet) -> None:
    chain.broadcast(treasury.pay(payee, COIN, 2))
    chain.mine(600)
    parent = chain.broadcast(payee.pay(treasury, COIN // 4, 1))
    rival = chain.broadcast(treasury.pay(payee, COIN, 20))
    child = chain.broadcast(payee.pay(treasury, COIN // 4, 100))
    assert chain.transactions[child].transaction.inputs[0].outpoint[:32] == (
        chain.transactions[parent].transaction.hash
    )
    assert chain.mine(1_200).transactions == (parent, child, rival)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 3)), min_size=1, max_size=12), st.integers(1, 9))
def test_a_template_respects_dependence_and_weight(plan: list[tuple[int, int]], room: int) -> None:
    with RegtestChain("python") as chain:
        wallets = [chain.wallet(str(number)) for number in range(4)]
        chain.premine(wallets[0], 104)
        for wallet in wallets[1:]:
            chain.broadcast(wallets[0].pay(wallet, 10 * COIN))
        chain.mine(0)
        for feerate, payer in plan:
            chain.broadcast(wallets[payer].pay(wallets[0], 1_000, feerate))
        limit = RESERVED_WEIGHT + 565 * room
        chosen = chain.mine(600, limit).transactions
        records = [chain.transactions[number].transaction for number in chosen]
        assert sum(record.weight for record in records) <= limit - RESERVED_WEIGHT
        assert len(chosen) >= min(room, 1)
        chain.verify()


def test_background_traffic_takes_its_weight_first() -> None:
    traffic = BackgroundTraffic([(2, 1_000), (10, 500), (5, 200)])
    assert [traffic(rate) for rate in (0, 2, 2.1, 5, 9, 10, 10.1)] == [1_700, 1_700, 700, 700, 500, 500, 0]
    assert traffic.spiking(10)(30) == 700
    assert traffic.spiking(10).spiking(1)(30) == 0
    for levels, spike in (([(-1.0, 5)], 1.0), ([(1.0, -5)], 1.0), ([(1.0, 5)], 0.0)):
        with pytest.raises(ValueError, match="not negative"):
            BackgroundTraffic(levels, spike)


def test_a_payment_below_a_full_background_waits(
    chain: RegtestChain, treasury: Wallet, payee: Wallet
) -> None:
    poor, rich = (chain.broadcast(treasury.pay(payee, COIN, rate)) for rate in (3, 12))
    crowded = BackgroundTraffic([(10, MAX_BLOCK_WEIGHT - RESERVED_WEIGHT)])
    assert chain.mine(600, background=crowded).transactions == (rich,)
    assert chain.mine(1_200, background=crowded.spiking(0.2)).transactions == (poor,)
