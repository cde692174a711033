"""Every block that was offered to the engine, on whichever branch, and the active chain among them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.chains.bitcoin.block import GENESIS_HASH, GENESIS_HEADER_TIME
from sandbox.chains.bitcoin.transaction import BitcoinTransaction, Coin

_MEDIAN_SPAN = 11


@dataclass(slots=True, eq=False)
class Node:
    """A block in the tree."""

    hash: bytes
    parent: bytes
    height: int
    header_time: int
    transactions: tuple[BitcoinTransaction, ...]
    """The coinbase first."""
    numbers: tuple[int, ...] = ()
    """Numbers of the other transactions, given when the block first joins the active chain."""
    spent: Sequence[Coin] = ()
    """Coins it spent, kept while it is on the active chain so that it can be undone."""


class BlockTree:
    """Blocks by hash, and the hashes of the active chain by height."""

    def __init__(self) -> None:
        genesis = Node(GENESIS_HASH, bytes(32), 0, GENESIS_HEADER_TIME, ())
        self.nodes = {GENESIS_HASH: genesis}
        self.active = [GENESIS_HASH]

    @property
    def height(self) -> int:
        """Height of the active chain's tip."""
        return len(self.active) - 1

    @property
    def tip(self) -> bytes:
        """Hash of the active chain's tip."""
        return self.active[-1]

    def at(self, height: int) -> Node:
        """The active chain's block at ``height``."""
        return self.nodes[self.active[height]]

    def median_time_past(self, hash_: bytes) -> int:
        """Median header time of the eleven blocks that end in ``hash_`` (fewer near genesis)."""
        times: list[int] = []
        while len(times) < _MEDIAN_SPAN and hash_ in self.nodes:
            node = self.nodes[hash_]
            times.append(node.header_time)
            hash_ = node.parent
        return sorted(times)[len(times) // 2]
