"""Blocks on simulated time: who submits gets an event that succeeds when the transaction is mined.

A block at second t holds what was submitted before t, whatever the order of events within that second. Blocks
fall on multiples of the interval and, unless all are asked for, only when something waits. An interval of 0
is a platform that executes each order at once, in a block of its own.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import simpy

from sandbox.chains.evm.accounts import Account
from sandbox.chains.evm.chain import EvmChain
from sandbox.chains.evm.contract import Contract
from sandbox.chains.evm.records import Block, Receipt, Transaction

OnBlock = Callable[[Block], None]


class Inclusion(simpy.Event):
    """Succeeds with the receipt when the transaction is mined, accepted by the contract or not."""

    def __init__(self, env: simpy.Environment, transaction: Transaction) -> None:
        # What simpy.Event does, without its frame: there is one for every payment.
        self.env = env
        self.callbacks = []
        self.transaction = transaction
        """What waits."""


class BlockProducer:
    """The process that mines a chain's blocks."""

    def __init__(
        self,
        env: simpy.Environment,
        chain: EvmChain,
        interval_seconds: int,
        finality_blocks: int,
        on_block: Sequence[OnBlock] = (),
        blocks: Literal["needed", "all"] = "needed",
    ) -> None:
        if interval_seconds < 0 or finality_blocks < 0:
            raise ValueError("interval and finality are not negative")
        if blocks not in ("needed", "all") or (blocks == "all" and interval_seconds == 0):
            raise ValueError(f"blocks are 'needed' or, with an interval, 'all', not {blocks!r}")
        self.env = env
        self.chain = chain
        self.interval_seconds = interval_seconds
        self.finality_blocks = finality_blocks
        """Blocks after which the scenario treats a transfer as final."""
        self.final_delay = finality_blocks * interval_seconds
        """Seconds from inclusion to finality, if all blocks come on time."""
        self.on_block: list[OnBlock] = list(on_block)
        """Called with each block, in order, before those who wait for its transactions go on."""
        self._all = blocks == "all"
        self._waiting: dict[int, Inclusion] = {}
        self._due = False
        self._last_second = -1
        self._submitted_in_last_second = 0
        self._halted_until: float = 0
        self._final: simpy.Event | None = None
        self._final_block: Block | None = None
        self._final_since = -1
        self._schedule()

    def submit(
        self, sender: Account, contract: Contract, function: str, *args: Any, tag: object = None
    ) -> Inclusion:
        """Submit a call; errors as for :meth:`EvmChain.submit`."""
        return self.submit_call(sender, contract, function, args, tag)

    def submit_call(
        self, sender: Account, contract: Contract, function: str, args: tuple[Any, ...], tag: object = None
    ) -> Inclusion:
        """:meth:`submit` for those who have the arguments in a tuple."""
        transaction = self.chain.submit_call(sender, contract, function, args, tag)
        inclusion = self._waiting[transaction.number] = Inclusion(self.env, transaction)
        now = int(self.env.now)
        if now != self._last_second:
            self._last_second, self._submitted_in_last_second = now, 0
        self._submitted_in_last_second += 1
        if not self._due:
            self._schedule()
        return inclusion

    # -- faults ------------------------------------------------------------------------------------

    @property
    def halted(self) -> bool:
        """Are no blocks mined now?"""
        return self.env.now < self._halted_until

    def halt(self, until: int | None = None) -> None:
        """Mine nothing before second ``until``, or before :meth:`resume`. A later end of a halt wins."""
        self._halted_until = max(self._halted_until, float("inf") if until is None else until)
        if until is not None and until > self.env.now:
            end = self.env.timeout(until - self.env.now)
            assert end.callbacks is not None  # a fresh event has a list
            end.callbacks.append(lambda _: self._schedule())

    def resume(self) -> None:
        """End a halt now; what waits is mined in its order at the next block."""
        self._halted_until = 0
        self._schedule()

    # -- blocks ------------------------------------------------------------------------------------

    def _schedule(self) -> None:
        """See to it that the next block comes, if one is wanted and none is on its way."""
        if self._due or not (self._all or self.chain.pending) or self.halted:
            return
        self._due = True
        interval = self.interval_seconds
        tick = self.env.timeout(interval - int(self.env.now) % interval if interval else 0)
        assert tick.callbacks is not None  # a fresh event has a list
        tick.callbacks.append(self._tick)

    def _tick(self, _: simpy.Event) -> None:
        self._due = False
        if not self.halted:
            self._mine()
            self._schedule()

    def _mine(self) -> None:
        now, most = int(self.env.now), 1
        if self.interval_seconds:
            fresh = self._submitted_in_last_second if now == self._last_second else 0
            most = self.chain.pending - fresh
            if not (most or self._all):
                return
        # Several orders in one second on a platform without interval: the chain's clock runs ahead of ours.
        time = max(now, self.chain.time + 1)
        block = self.chain.mine(time, mined_at=now, most=most)
        for call in self.on_block:
            call(block)
        told = []
        for receipt in block.receipts:
            inclusion = self._waiting.pop(receipt.number, None)
            if inclusion is not None:
                inclusion._ok, inclusion._value = True, receipt
                told.append(inclusion)
        if told:
            self._tell(told)

    def _tell(self, included: list[Inclusion]) -> None:
        """Those who wait for a block's transactions go on in order, by one event on the agenda for all of them."""
        news = simpy.Event(self.env)
        assert news.callbacks is not None  # a fresh event has a list

        def spread(_: simpy.Event) -> None:
            for inclusion in included:
                callbacks, inclusion.callbacks = inclusion.callbacks, None  # type: ignore[assignment]  # SimPy's mark of the past
                for callback in callbacks:
                    callback(inclusion)

        news.callbacks.append(spread)
        news.succeed()

    def final(self, receipt: Receipt) -> simpy.Event:
        """An event that comes when the block of a receipt just given is final, if all blocks come on time.

        All who ask in the block's own second wait for the same event.
        """
        now = int(self.env.now)
        if self._final is None or self._final_since != now or self._final_block is not receipt.block:
            self._final_block, self._final_since = receipt.block, now
            self._final = self.env.timeout(self.final_delay)
        return self._final
