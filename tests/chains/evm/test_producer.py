"""Blocks on simulated time: when they fall, in which order things are told, and what a halt does."""

from collections.abc import Generator
from itertools import pairwise
from typing import Any

import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.chains.evm import Block, BlockProducer, Contract, EvmChain, Receipt, artefact


def token_on(chain: EvmChain) -> Contract:
    return chain.deploy(chain.account("issuer"), artefact("usdt"), 10**12, "Tether USD", "USDT", 6)


class Street:
    """A chain with a producer, and payers that note when their receipt comes."""

    def __init__(self, interval: int = 3, **options: Any) -> None:
        self.env = simpy.Environment()
        self.chain = EvmChain()
        self.token = token_on(self.chain)
        self.told: list[tuple[str, int, int]] = []
        self.producer = BlockProducer(self.env, self.chain, interval, 19, [self._on_block], **options)

    def _on_block(self, block: Block) -> None:
        self.told.append(("block", int(self.env.now), block.height))

    def pay(self, at: int, units: int) -> None:
        self.env.process(self._pay(at, units))

    def _pay(self, at: int, units: int) -> Generator[simpy.Event, Any, None]:
        yield self.env.timeout(at)
        issuer, ann = self.chain.account("issuer"), self.chain.account("ann")
        inclusion = self.producer.submit(issuer, self.token, "transfer", ann.address, units, tag=units)
        receipt: Receipt = yield inclusion
        assert not self.producer.interval_seconds or self.env.now > at, "only what came before the block"
        assert receipt.transaction is inclusion.transaction and receipt.transaction.tag == units
        self.told.append(("paid", int(self.env.now), units))


def test_a_block_falls_on_the_next_multiple_and_speaks_before_its_payers() -> None:
    street = Street()
    for at, units in [(1, 10), (2, 11), (3, 12), (13, 13)]:
        street.pay(at, units)
    street.env.run()
    assert street.told == [
        ("block", 3, 2),
        ("paid", 3, 10),
        ("paid", 3, 11),
        ("block", 6, 3),
        ("paid", 6, 12),
        ("block", 15, 4),
        ("paid", 15, 13),
    ]
    assert street.producer.final_delay == 57


def test_a_refused_transaction_still_tells_its_payer() -> None:
    street = Street()
    street.pay(0, 10**15)
    street.env.run()
    assert street.told[-1] == ("paid", 3, 10**15)
    receipt = street.chain.transactions[-1].receipt
    assert receipt is not None and not receipt.ok


def test_all_blocks_are_mined_when_asked_for() -> None:
    street = Street(blocks="all")
    street.env.run(until=10)
    assert [time for _, time, _ in street.told] == [3, 6, 9]


def test_without_an_interval_each_order_has_its_block_at_once() -> None:
    street = Street(interval=0)
    for at, units in [(5, 1), (5, 2), (5, 3), (6, 4)]:
        street.pay(at, units)
    street.env.run()
    assert [told for told in street.told if told[0] == "paid"] == [
        ("paid", 5, 1),
        ("paid", 5, 2),
        ("paid", 5, 3),
        ("paid", 6, 4),
    ]
    blocks = street.chain.blocks[2:]
    assert [len(block.receipts) for block in blocks] == [1, 1, 1, 1]
    assert [(block.mined_at, block.time) for block in blocks] == [(5, 5), (5, 6), (5, 7), (6, 8)]


def test_a_halt_holds_back_blocks_and_keeps_the_order() -> None:
    street = Street()
    street.pay(1, 10)
    street.pay(8, 11)
    street.producer.halt(until=10)
    assert street.producer.halted
    street.env.run()
    assert street.told == [("block", 12, 2), ("paid", 12, 10), ("paid", 12, 11)]


def test_an_open_halt_ends_when_resumed_and_the_later_end_wins() -> None:
    street = Street()
    street.pay(1, 10)
    street.producer.halt(until=5)
    street.producer.halt()
    street.env.run(until=100)
    assert street.told == [] and street.chain.pending == 1
    street.producer.resume()
    street.env.run()
    assert street.told == [("block", 102, 2), ("paid", 102, 10)]


def test_a_halt_that_begins_before_a_due_block_stops_it() -> None:
    street = Street()
    street.pay(1, 10)
    street.env.run(until=2)
    street.producer.halt(until=3)
    street.env.run()
    assert street.told[0] == ("block", 3, 2), "a halt ends before its last second"
    street.pay(0, 11)
    street.env.run(until=4)
    street.producer.halt(until=7)
    street.env.run()
    assert street.told[2] == ("block", 9, 3)


def test_wrong_settings_are_refused() -> None:
    env = simpy.Environment()
    with EvmChain() as chain:
        for settings_ in [(-1, 0, "needed"), (1, -1, "needed"), (0, 1, "all"), (1, 1, "some")]:
            with pytest.raises(ValueError):
                BlockProducer(env, chain, settings_[0], settings_[1], blocks=settings_[2])  # type: ignore[arg-type]  # the mistake under test


@settings(max_examples=30, deadline=None)
@given(
    st.integers(0, 5),
    st.lists(st.tuples(st.integers(0, 30), st.integers(1, 10)), max_size=12),
    st.lists(st.tuples(st.integers(0, 30), st.integers(1, 20)), max_size=3),
)
def test_every_payer_is_told_once_and_times_rise(
    interval: int, payments: list[tuple[int, int]], halts: list[tuple[int, int]]
) -> None:
    street = Street(interval=interval)

    def faults(at: int, lasts: int) -> Generator[simpy.Event, Any, None]:
        yield street.env.timeout(at)
        street.producer.halt(until=at + lasts)

    for at, units in payments:
        street.pay(at, units)
    for at, lasts in halts:
        street.env.process(faults(at, lasts))
    street.env.run()
    paid = sorted(units for kind, _, units in street.told if kind == "paid")
    assert paid == sorted(units for _, units in payments)
    assert all(before.time < after.time for before, after in pairwise(street.chain.blocks))
    for kind, time, _ in street.told:
        assert not interval or time % interval == 0
        halted = any(at < time < at + lasts for at, lasts in halts)
        assert not (kind == "block" and halted)
