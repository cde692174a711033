"""What the chain tells of itself: transactions and their fate, blocks, reorganisations, refusals."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from sandbox.chains.bitcoin.transaction import BitcoinTransaction


class Status(Enum):
    """Where a transaction stands."""

    MEMPOOL = "mempool"  #: waits for a block
    INCLUDED = "included"  #: stands in a block of the active chain
    CONFLICTED = "conflicted"  #: cannot be mined any more: a coin it spends was spent otherwise


class Rejected(ValueError):
    """The mempool did not take a transaction; ``reason`` is Bitcoin Core's text."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BlockRefused(RuntimeError):
    """The consensus engine refused a block that the chain had built; ``reason`` is Bitcoin Core's text."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True, eq=False)
class TransactionRecord:
    """A transaction that the chain has seen, under its running number."""

    number: int
    transaction: BitcoinTransaction
    fee_sats: int
    tag: Any = None
    """Whatever the one who broadcast it wants to find again; the chain never looks at it."""
    status: Status = Status.MEMPOOL
    height: int = -1
    """Height of its block; -1 while it stands in none."""
    index: int = -1
    """Position in its block, the coinbase at 0; -1 while it stands in none."""

    @property
    def raw(self) -> bytes:
        """The exact bytes."""
        return self.transaction.raw


@dataclass(frozen=True, slots=True)
class Block:
    """A block that was mined on the active chain."""

    height: int
    time: int
    """Simulated seconds."""
    hash: bytes
    transactions: tuple[int, ...]
    """Numbers of its transactions in order, the coinbase not counted."""
    fees_sats: int


@dataclass(frozen=True, slots=True)
class Reorg:
    """A reorganisation: the last ``depth`` blocks gave way to ``depth`` + 1 others."""

    fork_height: int
    """Height of the last block that both branches share."""
    depth: int
    time: int
    """Simulated seconds."""
    disconnected: tuple[int, ...]
    """Transactions that stood in the blocks given up, in chain order."""
    connected: tuple[int, ...]
    """Transactions in the new blocks, in chain order."""
    conflicted: tuple[int, ...]
    """Transactions that can no longer be mined because of it."""
