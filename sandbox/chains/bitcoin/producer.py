"""Blocks in simulated time: found at random, mined when someone waits for them.

Times between blocks are exponential. They forget how long one has waited already, so that blocks which
nobody waits for need not be mined: the next block after a submission is as far away as it would have been.
"""

from collections.abc import Callable, Generator, Iterable, Sequence
from math import ceil
from typing import Any, Literal, Protocol

import simpy

from sandbox.chains.bitcoin.background import BackgroundTraffic
from sandbox.chains.bitcoin.block import MAX_BLOCK_WEIGHT
from sandbox.chains.bitcoin.chain import RegtestChain
from sandbox.chains.bitcoin.records import Block, Reorg, Status, TransactionRecord
from sandbox.chains.bitcoin.transaction import BitcoinTransaction


class ExponentialStream(Protocol):
    """Where the times between blocks are drawn from, one draw a block."""

    def exponential(self, mean: float, /) -> float:
        """A draw from the exponential distribution with this mean."""


class TransactionConflicted(Exception):
    """A coin of the transaction was spent otherwise: it will never have its confirmations."""

    def __init__(self, number: int) -> None:
        # SimPy raises a copy made from the arguments: they must be what made the first.
        super().__init__(number)
        self.number = number

    def __str__(self) -> str:
        return f"transaction {self.number} conflicts with one in the chain or the mempool"


class Confirmation(simpy.Event):
    """Succeeds with the transaction's record once it has its confirmations.

    Fails with TransactionConflicted if it can never have them; nobody has to listen.
    """

    def __init__(self, env: simpy.Environment, number: int, confirmations: int) -> None:
        super().__init__(env)
        self.number = number
        self.confirmations = confirmations
        """Confirmations it waits for."""
        self.included = env.event()
        """Succeeds with the record when a block first holds the transaction; a reorganisation may undo it."""


#: Called with each block that is mined, before anyone who waits is woken.
BlockListener = Callable[[Block], object]
#: Called with a reorganisation and the numbers of transactions that had been final and are no longer.
ReorgListener = Callable[[Reorg, tuple[int, ...]], object]


class BitcoinBlocks:
    """The miner of a chain, as a process of the simulation."""

    def __init__(
        self,
        env: simpy.Environment,
        chain: RegtestChain,
        stream: ExponentialStream,
        mean_seconds: float = 600,
        confirmations: int = 6,
        on_block: Iterable[BlockListener] = (),
        on_reorg: Iterable[ReorgListener] = (),
        *,
        blocks: Literal["needed", "all"] = "needed",
        background: BackgroundTraffic | None = None,
        max_weight: int = MAX_BLOCK_WEIGHT,
        deepest_reorg: int = 0,
        idle_stream: ExponentialStream | None = None,
        loses_race: Callable[[], bool] | None = None,
    ) -> None:
        """``blocks="all"`` mines every block; ``"needed"`` only while a transaction waits for a block or for
        its confirmations. ``mean_seconds``, ``background`` and ``max_weight`` may be changed during a run.

        A reorganisation counts blocks that nobody waited for too. As many of them as ``deepest_reorg`` (and
        every ``reorg_at``) may reach are mined after the fact, at times drawn from ``idle_stream``.

        ``loses_race`` is asked about each block when it is found: if it says so, another block of the same height
        and the next one replace it, when that one is found.
        """
        if confirmations < 1 or mean_seconds <= 0:
            raise ValueError("finality takes at least one confirmation, and a block some time")
        self.env, self.chain, self.confirmations = env, chain, confirmations
        self.mean_seconds, self.background, self.max_weight = mean_seconds, background, max_weight
        self.on_block, self.on_reorg = list(on_block), list(on_reorg)
        self._stream, self._every_block = stream, blocks == "all"
        self._idle_stream = stream if idle_stream is None else idle_stream
        self._deepest_reorg = deepest_reorg
        self._loses_race = loses_race
        self._losing = False
        """Whether the last block will lose its race: the next one settles it, whether anybody waits or not."""
        self._halted_until = 0
        self._idle_since = int(env.now)
        self._awaited: dict[int, list[Confirmation]] = {}
        self._due: dict[int, list[int]] = {}
        self._final: dict[int, int] = {}
        self._idle: simpy.Event | None = None
        env.process(self._mine_blocks())

    @property
    def awaited(self) -> list[int]:
        """Numbers of the transactions that still lack confirmations, oldest first."""
        return list(self._awaited)

    def submit(
        self,
        transaction: BitcoinTransaction,
        tag: Any = None,
        *,
        confirmations: int | None = None,
        replace: bool = False,
    ) -> Confirmation:
        """Broadcast a transaction and wait for its confirmations (the chain's usual number unless given).

        Raises Rejected if the mempool refuses it. With ``replace``, what it pushes out fails.
        """
        number = self.chain.broadcast(transaction, tag, replace)
        if replace:
            self._give_up_conflicted()
        return self.watch(number, confirmations)

    def watch(self, number: int, confirmations: int | None = None) -> Confirmation:
        """Wait (again) for the confirmations of a transaction that the chain knows."""
        wait = Confirmation(self.env, number, confirmations or self.confirmations)
        self._awaited.setdefault(number, []).append(wait)
        self._look_at([number])
        if self._idle is not None and self._awaited:
            self._idle.succeed()
            self._idle = None
        return wait

    def halt(self, until: int) -> None:
        """No block is found before simulated second ``until`` (miners stop; transactions still arrive)."""
        self._halted_until = max(self._halted_until, until)

    def spike(self, factor: float) -> None:
        """Multiply the background's ordinary feerates by ``factor``; 1 ends the spike."""
        if self.background is not None:
            self.background = self.background.spiking(factor)

    def reorg_at(
        self, time: int, depth: int, replace: Sequence[int | BitcoinTransaction] = (), carry: bool = False
    ) -> simpy.Process:
        """Reorganise the chain at a simulated second; see ``RegtestChain.reorg``. Ends with the Reorg."""
        self._deepest_reorg = max(self._deepest_reorg, depth)
        return self.env.process(self._reorganise(time, depth, replace, carry))

    def reorg(
        self, depth: int, replace: Sequence[int | BitcoinTransaction] = (), carry: bool = False
    ) -> Reorg:
        """Reorganise the chain now, at most back to where the scenario began.

        Transactions short of their confirmations wait for them anew. Those that had been final and no
        longer have their confirmations are named to the ``on_reorg`` listeners; waiting for them again is
        the listener's choice (``watch``).
        """
        self.catch_up(depth)
        self._losing = False
        deepest = self.chain.height - self.chain.base_height
        reorg = self.chain.reorg(min(depth, deepest), int(self.env.now), replace, carry)
        lost = tuple(
            number
            for number in reorg.disconnected
            if number in self._final and self.chain.confirmations(number) < self._final[number]
        )
        for number in lost:
            del self._final[number]
        for listener in self.on_reorg:
            listener(reorg, lost)
        self._due.clear()
        self._give_up_conflicted()
        self._look_at(list(self._awaited))
        return reorg

    def catch_up(self, depth: int) -> None:
        """Mine what a reorganisation of this depth may reach of the blocks that nobody waited for."""
        if self._idle is not None:
            self._fill_idle_time(depth)

    def _reorganise(
        self, time: int, depth: int, replace: Sequence[int | BitcoinTransaction], carry: bool
    ) -> Generator[simpy.Event, Any, Reorg]:
        yield self.env.timeout(time - int(self.env.now))
        return self.reorg(depth, replace, carry)

    def _mine_blocks(self) -> Generator[simpy.Event, Any, None]:
        """Find blocks for ever. Seconds are whole; the fraction is carried from block to block."""
        found = float(self.env.now)
        while True:
            if not (self._every_block or self._awaited or self._losing):
                self._idle, self._idle_since = self.env.event(), int(self.env.now)
                yield self._idle
                self._fill_idle_time(self._deepest_reorg)
                found = float(self.env.now)
            found += self._stream.exponential(self.mean_seconds)
            yield self.env.timeout(max(0, ceil(found) - int(self.env.now)))
            if self.env.now < self._halted_until:
                # A draw forgets the past: after the halt the wait begins anew.
                yield self.env.timeout(self._halted_until - int(self.env.now))
                found = float(self.env.now)
            elif self._losing:
                self.reorg(1)
            elif self._every_block or self._awaited:
                self._mine()

    def _fill_idle_time(self, most: int) -> None:
        """Mine the last blocks, at most ``most``, that were found while nobody waited.

        Seen backwards from now, too, the times between them are exponential.
        """
        began = max(self._idle_since, self._halted_until)
        times: list[int] = []
        found = float(self.env.now)
        while len(times) < most:
            found -= self._idle_stream.exponential(self.mean_seconds)
            if found <= began:
                break
            times.append(int(found))
        for time in reversed(times):
            self._tell(self.chain.mine_empty(time))
        self._idle_since = int(self.env.now)

    def _tell(self, block: Block) -> None:
        for listener in self.on_block:
            listener(block)

    def _mine(self) -> None:
        block = self.chain.mine(int(self.env.now), self.max_weight, self.background)
        self._losing = self._loses_race is not None and self._loses_race()
        self._tell(block)
        self._look_at(block.transactions)
        self._look_at(self._due.pop(block.height, ()))

    def _look_at(self, numbers: Iterable[int]) -> None:
        """Wake whoever waits for these transactions as far as the chain now allows."""
        for number in numbers:
            waits = self._awaited.get(number, ())
            record = self.chain.transactions[number]
            if record.status is Status.MEMPOOL or not waits:
                continue
            still = [wait for wait in waits if not self._ended(wait, record)]
            if still:
                self._awaited[number] = still
            else:
                del self._awaited[number]

    def _ended(self, wait: Confirmation, record: TransactionRecord) -> bool:
        """Tell one who waits how the transaction stands; whether the waiting is over."""
        if record.status is Status.CONFLICTED:
            wait.fail(TransactionConflicted(record.number))
            wait.defused = True
            return True
        if not wait.included.triggered:
            wait.included.succeed(record)
        if self.chain.confirmations(record.number) >= wait.confirmations:
            self._final[record.number] = wait.confirmations
            wait.succeed(record)
            return True
        self._due.setdefault(record.height + wait.confirmations - 1, []).append(record.number)
        return False

    def _give_up_conflicted(self) -> None:
        self._look_at([n for n in self._awaited if self.chain.transactions[n].status is Status.CONFLICTED])
