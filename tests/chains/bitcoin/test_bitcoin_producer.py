"""Blocks in simulated time: when they come, whom they wake, and what reorganisations do to who waits."""

from collections.abc import Callable, Generator, Iterator
from functools import partial
from typing import Any

import pytest
import simpy
from scipy import optimize, stats

from sandbox.chains.bitcoin import (
    COIN,
    BackgroundTraffic,
    BitcoinBlocks,
    Block,
    Confirmation,
    RegtestChain,
    Rejected,
    Reorg,
    Status,
    TransactionConflicted,
)
from sandbox.chains.bitcoin.block import MAX_BLOCK_WEIGHT
from sandbox.chains.bitcoin.chain import RESERVED_WEIGHT
from sandbox.randomness import Streams

Begin = Callable[..., BitcoinBlocks]


@pytest.fixture
def chain() -> Iterator[RegtestChain]:
    with RegtestChain("python") as chain:
        chain.premine(chain.wallet("treasury"))
        yield chain
        chain.verify()


@pytest.fixture
def env() -> simpy.Environment:
    return simpy.Environment(initial_time=0)


@pytest.fixture
def begin(env: simpy.Environment, chain: RegtestChain) -> Begin:
    def begun(**settings: Any) -> BitcoinBlocks:
        return BitcoinBlocks(env, chain, Streams(11).named("chain/bitcoin/blocks"), **settings)

    return begun


class EverySoOften:
    """A stream whose every draw is its mean: blocks at regular times."""

    def exponential(self, mean: float, /) -> float:
        return mean


def regular(env: simpy.Environment, chain: RegtestChain, **settings: Any) -> BitcoinBlocks:
    return BitcoinBlocks(env, chain, EverySoOften(), **settings)


def pay(blocks: BitcoinBlocks, feerate: float = 2, sats: int = COIN, **settings: Any) -> Confirmation:
    treasury, payee = blocks.chain.wallet("treasury"), blocks.chain.wallet("payee")
    return blocks.submit(treasury.pay(payee, sats, feerate), **settings)


def test_a_payment_is_included_then_confirmed(env: simpy.Environment, chain: RegtestChain) -> None:
    blocks = regular(env, chain, confirmations=3)
    env.run(until=100)
    wait = pay(blocks, tag="order 7")
    assert blocks.awaited == [wait.number]
    env.run(wait.included)
    record = chain.transactions[wait.number]
    assert (env.now, record.tag, record.status) == (700, "order 7", Status.INCLUDED)
    env.run(wait)
    assert wait.included.value is wait.value is record
    assert (env.now, chain.confirmations(wait.number)) == (1_900, 3)
    env.run(until=50_000)
    assert (blocks.awaited, chain.height) == ([], 113)


def test_every_block_is_mined_when_asked(env: simpy.Environment, chain: RegtestChain) -> None:
    seen: list[Block] = []
    regular(env, chain, blocks="all", on_block=[seen.append])
    env.run(until=6_001)
    assert [(block.height, block.time) for block in seen] == [(110 + n, 600 * n) for n in range(1, 11)]


def test_listeners_hear_of_a_block_before_waiters_wake(env: simpy.Environment, chain: RegtestChain) -> None:
    order: list[str] = []
    blocks = regular(env, chain, confirmations=1, on_block=[lambda _: order.append("listener")])
    wait = pay(blocks)
    wait.callbacks.append(lambda _: order.append("waiter"))
    env.run(until=1_000)
    assert order == ["listener", "waiter"]


def test_payments_may_ask_for_different_confirmations(env: simpy.Environment, chain: RegtestChain) -> None:
    blocks = regular(env, chain)
    waits = {k: pay(blocks, confirmations=k) for k in (4, 1, 2)}
    again = blocks.watch(waits[4].number, 3)
    times: dict[object, float] = {}

    def note(key: object, _: simpy.Event) -> None:
        times[key] = env.now

    for key, wait in [*waits.items(), ("again", again)]:
        wait.callbacks.append(partial(note, key))
    env.run(until=10_000)
    assert times == {1: 600, 2: 1_200, "again": 1_800, 4: 2_400}


@pytest.mark.parametrize("kind", ["needed", "all"])
def test_waiting_for_k_blocks_is_gamma_distributed(env: simpy.Environment, begin: Begin, kind: str) -> None:
    """Exponential blocks, whether or not idle ones are mined: the wait for k of them is Gamma(k, 600)."""
    blocks = begin(confirmations=4, blocks=kind)
    waits: list[int] = []

    def payer() -> Generator[simpy.Event, Any, None]:
        for _ in range(400):
            began = int(env.now)
            yield pay(blocks)
            waits.append(int(env.now) - began)
            yield env.timeout(777)

    env.run(env.process(payer()))
    assert stats.kstest(waits, stats.gamma(4, scale=600).cdf).pvalue > 0.01
    # The test can tell one confirmation more or less.
    for wrong in (3, 5):
        assert stats.kstest(waits, stats.gamma(wrong, scale=600).cdf).pvalue < 1e-6


def test_a_shallow_reorganisation_makes_payments_wait_again(
    env: simpy.Environment, chain: RegtestChain
) -> None:
    told: list[tuple[Reorg, tuple[int, ...]]] = []
    blocks = regular(env, chain, confirmations=3, on_reorg=[lambda *heard: told.append(heard)])
    wait = pay(blocks)
    process = blocks.reorg_at(1_500, 2)
    env.run(process)
    reorg = process.value
    assert isinstance(reorg, Reorg)
    assert (env.now, reorg.disconnected, told) == (1_500, (wait.number,), [(reorg, ())])
    assert (chain.waiting, wait.triggered, wait.included.processed) == ([wait.number], False, True)
    env.run(wait)
    assert (env.now, chain.confirmations(wait.number)) == (3_000, 3)


def test_a_reorganisation_deeper_than_finality_names_what_it_undid(
    env: simpy.Environment, chain: RegtestChain
) -> None:
    told: list[tuple[int, ...]] = []
    blocks = regular(env, chain, confirmations=2, on_reorg=[lambda _, lost: told.append(lost)])
    first, second = pay(blocks), pay(blocks, confirmations=6)
    env.run(until=1_201)
    assert (first.triggered, second.triggered) == (True, False)
    blocks.reorg_at(1_300, 2)
    env.run(until=1_301)
    assert told == [(first.number,)]
    assert blocks.awaited == [second.number]
    again = blocks.watch(first.number)
    env.run(again)
    assert chain.confirmations(first.number) == 2


def test_a_carried_final_payment_stays_final(env: simpy.Environment, chain: RegtestChain) -> None:
    told: list[tuple[int, ...]] = []
    blocks = regular(env, chain, confirmations=2, on_reorg=[lambda _, lost: told.append(lost)])
    env.run(pay(blocks))
    blocks.reorg(2, carry=True)
    assert told == [()]


def test_a_double_spend_ends_the_waiting_with_an_error(env: simpy.Environment, chain: RegtestChain) -> None:
    blocks = regular(env, chain, confirmations=3)
    wait, unheard = pay(blocks), pay(blocks)
    payments = [chain.transactions[w.number].transaction for w in (wait, unheard)]
    thefts = [chain.wallet("treasury").respend(payment, feerate_sat_vb=9) for payment in payments]
    blocks.reorg_at(700, 1, thefts)
    outcome: list[int] = []

    def patient() -> Generator[simpy.Event, Any, None]:
        try:
            yield wait
        except TransactionConflicted as conflict:
            outcome.append(conflict.number)

    env.process(patient())
    env.run(until=5_000)
    assert outcome == [wait.number]
    assert (blocks.awaited, chain.wallet("payee").balance_sats) == ([], 0)


def test_a_replaced_payment_fails_and_its_replacement_settles(
    env: simpy.Environment, chain: RegtestChain
) -> None:
    blocks = regular(env, chain, confirmations=1)
    wait = pay(blocks)
    payment = chain.transactions[wait.number].transaction
    bumped = blocks.submit(chain.wallet("treasury").bumped(payment, 40), replace=True)
    env.run(bumped)
    assert isinstance(wait.value, TransactionConflicted)
    with pytest.raises(Rejected, match="missingorspent"):
        blocks.submit(payment)


def test_idle_blocks_shield_old_payments_from_a_reorganisation(
    env: simpy.Environment, chain: RegtestChain
) -> None:
    """Blocks that nobody waited for were found nevertheless: a reorganisation counts them."""
    told: list[tuple[int, ...]] = []
    seen: list[int] = []
    blocks = regular(
        env,
        chain,
        confirmations=1,
        on_reorg=[lambda _, lost: told.append(lost)],
        on_block=[lambda block: seen.append(block.time)],
    )
    old = pay(blocks)
    blocks.reorg_at(100_000, 3)
    env.run(until=100_001)
    assert (chain.confirmations(old.number) > 3, told) == (True, [()])
    late = pay(blocks)
    env.run(late)
    assert seen == sorted(seen)
    assert seen[:4] == [600, 98_200, 98_800, 99_400]
    assert blocks.reorg(1).disconnected == (late.number,)


def test_a_reorganisation_ends_where_the_scenario_began(env: simpy.Environment, chain: RegtestChain) -> None:
    blocks = regular(env, chain, confirmations=1)
    wait = pay(blocks)
    env.run(wait)
    assert blocks.reorg(40).depth == 1
    assert chain.base_height == 110


def test_no_block_is_found_during_a_halt(env: simpy.Environment, chain: RegtestChain) -> None:
    blocks = regular(env, chain, confirmations=1)
    blocks.halt(10_000)
    wait = pay(blocks)
    env.run(wait)
    assert env.now == 10_600


def test_a_fee_spike_holds_back_cheap_payments(env: simpy.Environment, chain: RegtestChain) -> None:
    blocks = regular(env, chain, confirmations=1, background=BackgroundTraffic([(1, MAX_BLOCK_WEIGHT)]))
    blocks.spike(10)
    cheap, dear = pay(blocks, 5), pay(blocks, 20)
    env.run(until=3_000)
    assert (dear.processed, cheap.triggered) == (True, False)
    blocks.spike(1)
    env.run(until=3_601)
    assert cheap.processed


def test_the_same_stream_gives_the_same_blocks(env: simpy.Environment) -> None:
    heights = []
    for _ in range(2):
        world = simpy.Environment(initial_time=0)
        with RegtestChain("python") as chain:
            chain.premine(chain.wallet("treasury"))
            blocks = BitcoinBlocks(world, chain, Streams(3).named("blocks"), deepest_reorg=2)
            for start in range(0, 90_000, 9_000):
                world.run(until=start + 1)
                pay(blocks)
            world.run(until=100_000)
            heights.append((chain.height, chain.tip))
    assert heights[0] == heights[1]


def test_a_block_that_loses_its_race_is_replaced_with_the_next(
    env: simpy.Environment, chain: RegtestChain
) -> None:
    """Asked about the second block only, which holds the payment: that is found again after the race."""
    verdicts = iter([False, True])
    seen: list[Reorg] = []
    blocks = regular(
        env,
        chain,
        confirmations=2,
        loses_race=lambda: next(verdicts, False),
        on_reorg=[lambda reorg, lost: seen.append(reorg)],
    )
    first = pay(blocks)
    env.run(until=601)
    second = pay(blocks)
    env.run(until=4_000)
    assert [(reorg.depth, reorg.time, reorg.disconnected) for reorg in seen] == [(1, 1_800, (second.number,))]
    assert first.processed and second.processed
    # The branch that won holds nothing of it: it waits for the block after.
    assert chain.transactions[second.number].height == seen[0].fork_height + 3


def test_a_race_is_settled_although_nobody_waits(env: simpy.Environment, chain: RegtestChain) -> None:
    """The payment was final with one confirmation; the next block takes it away."""
    verdicts = iter([True])
    seen: list[tuple[int, tuple[int, ...]]] = []
    blocks = regular(
        env,
        chain,
        confirmations=1,
        loses_race=lambda: next(verdicts, False),
        on_reorg=[lambda reorg, lost: seen.append((reorg.time, lost))],
    )
    wait = pay(blocks)
    env.run(until=10_000)
    assert wait.processed and seen == [(1_200, (wait.number,))]
    assert chain.transactions[wait.number].status is Status.MEMPOOL


def test_impossible_settings_are_refused(env: simpy.Environment, chain: RegtestChain) -> None:
    for settings in ({"confirmations": 0}, {"mean_seconds": 0}):
        with pytest.raises(ValueError, match="confirmation"):
            regular(env, chain, **settings)


def test_scarce_block_space_gives_the_wait_of_a_batch_service_queue(
    env: simpy.Environment, chain: RegtestChain, begin: Begin
) -> None:
    """Poisson payments and blocks with room for K: an M/M^[K]/1 queue, whose mean wait is known.

    With arrival rate a and block rate m the number waiting is geometric with the root r in (0, 1) of
    m r^(K+1) − (a + m) r + a = 0; by Little's law the mean wait is r / ((1 − r) a).
    """
    room, block_rate = 20, 1 / 600
    arrival_rate = 0.5 * room * block_rate
    root = optimize.brentq(
        lambda r: block_rate * r ** (room + 1) - (arrival_rate + block_rate) * r + arrival_rate, 0.01, 0.9999
    )
    expected = root / ((1 - root) * arrival_rate)
    assert expected == pytest.approx(774, abs=1)
    treasury = chain.wallet("treasury")
    for _ in range(2):
        chain.broadcast(treasury.split(400))
    chain.mine(0)
    # A payment weighs 560 to 562 units, so that twenty fit and no more.
    blocks = begin(confirmations=1, max_weight=RESERVED_WEIGHT + room * 562)
    arrivals = Streams(11).named("arrivals")
    waits: list[float] = []

    def wait_for_block() -> Generator[simpy.Event, Any, None]:
        began = env.now
        yield pay(blocks, sats=COIN // 1_000)
        waits.append(env.now - began)

    def payers() -> Generator[simpy.Event, Any, None]:
        due = 0.0
        for _ in range(4_000):
            due += arrivals.exponential(1 / arrival_rate)
            yield env.timeout(max(0, round(due) - int(env.now)))
            env.process(wait_for_block())

    env.process(payers())
    env.run(until=400_000)
    assert len(waits) == 4_000
    assert sum(waits) / len(waits) == pytest.approx(expected, rel=0.1)
    # Room enough for all would give the plain wait for one block, well outside that tolerance.
    assert abs(600 - expected) > 0.2 * expected
