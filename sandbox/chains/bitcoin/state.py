"""What is known of the chain beside the engine: blocks, coins, transactions seen, and the mempool.

It only follows. The engine says which blocks joined and left the active chain; the index of coins, the fate
of each transaction and the mempool move with that, and wallets are told which coins to look at anew.
"""

from collections.abc import Iterable, Sequence
from struct import unpack_from
from typing import Any, Protocol

from sandbox.chains.bitcoin.block import COINBASE_MATURITY
from sandbox.chains.bitcoin.blocktree import BlockTree, Node
from sandbox.chains.bitcoin.engine import ChainEvent
from sandbox.chains.bitcoin.mempool import Mempool
from sandbox.chains.bitcoin.records import Status, TransactionRecord
from sandbox.chains.bitcoin.transaction import BitcoinTransaction, Coin
from sandbox.chains.bitcoin.utxo import CoinIndex


class CoinWatcher(Protocol):
    """Who wants to hear of the coins of one script."""

    def offer(self, outpoint: bytes) -> None:
        """The coin may have become spendable."""

    def spent(self, outpoint: bytes) -> None:
        """A transaction in the mempool spends the coin."""


class ChainState:
    """Blocks, coins and transactions as they stand now."""

    def __init__(self) -> None:
        self.tree = BlockTree()
        self.index = CoinIndex()
        self.mempool = Mempool()
        self.transactions: list[TransactionRecord] = []
        self.numbers: dict[bytes, int] = {}
        """Number of each transaction by its hash."""
        self.watchers: dict[bytes, CoinWatcher] = {}
        """Wallets by script."""
        self._coinbases: dict[bytes, Node] = {}

    # Coins.

    @property
    def height(self) -> int:
        """Height of the tip."""
        return self.tree.height

    def coin(self, outpoint: bytes) -> Coin | None:
        """An output that is unspent on the active chain or made by a waiting transaction, else None."""
        found = self.index.coins.get(outpoint)
        if found is None and (maker := self.mempool.maker(outpoint)) is not None:
            return _output(maker, outpoint, -1, False)
        return found

    def coin_ever(self, outpoint: bytes) -> Coin:
        """An output that any transaction seen here ever made, spent or not. Raises KeyError if none did."""
        node = self._coinbases.get(outpoint[:32])
        if node is not None:
            return _output(node.transactions[0], outpoint, node.height, True)
        record = self.transactions[self.numbers[outpoint[:32]]]
        return _output(record.transaction, outpoint, record.height, False)

    def maturity_height(self, coin: Coin) -> int:
        """Height of the tip from which on a coinbase can be spent in the next block."""
        return coin.height + COINBASE_MATURITY - 1

    def mature(self, coin: Coin) -> bool:
        """Whether the next block may spend the coin as far as its age goes."""
        return not coin.coinbase or self.tree.height >= self.maturity_height(coin)

    def is_spent_in_mempool(self, outpoint: bytes) -> bool:
        """Whether a waiting transaction spends the output."""
        return self.mempool.spender(outpoint) is not None

    def is_change(self, coin: Coin) -> bool:
        """Whether a waiting transaction pays the coin back to the script that funded it."""
        maker = self.mempool.maker(coin.outpoint)
        return maker is not None and self.coin_ever(maker.inputs[0].outpoint).script == coin.script

    def unconfirmed_ancestors(self, coins: Iterable[Coin]) -> int:
        """How many waiting transactions a spender of these coins would depend on."""
        makers = {self.numbers[coin.outpoint[:32]] for coin in coins if coin.height < 0}
        return len(self.mempool.ancestors(makers))

    # The mempool.

    def register(self, transaction: BitcoinTransaction, fee_sats: int, tag: Any = None) -> int:
        """The number of a transaction, a new one if it is seen for the first time."""
        number = self.numbers.setdefault(transaction.hash, len(self.transactions))
        if number == len(self.transactions):
            self.transactions.append(TransactionRecord(number, transaction, fee_sats, tag))
        return number

    def admit(self, number: int) -> None:
        """Put a checked transaction into the mempool."""
        record = self.transactions[number]
        self.mempool.add(number, record.transaction, record.fee_sats)
        record.status = Status.MEMPOOL
        for given in record.transaction.inputs:
            watcher = self.watchers.get(self.coin_ever(given.outpoint).script)
            if watcher is not None:
                watcher.spent(given.outpoint)

    def evict(self, numbers: Iterable[int]) -> list[bytes]:
        """Mark waiting transactions and all that depend on them as conflicted; the coins this frees."""
        freed: list[bytes] = []
        for number in sorted(self.mempool.descendants(numbers)):
            record = self.transactions[number]
            self.mempool.remove(number)
            record.status = Status.CONFLICTED
            freed.extend(given.outpoint for given in record.transaction.inputs)
        return freed

    def tell_watchers(self, outpoints: Iterable[bytes]) -> None:
        """Let each coin's wallet look at it anew."""
        for outpoint in outpoints:
            coin = self.coin(outpoint)
            watcher = self.watchers.get(coin.script) if coin is not None else None
            if watcher is not None:
                watcher.offer(outpoint)

    # Following the engine.

    def follow(self, events: Sequence[ChainEvent]) -> None:
        """Move with the blocks that left and joined the active chain, in their order."""
        touched: list[bytes] = []
        returned: set[int] = set()
        for event in events:
            node = self.tree.nodes[event.hash]
            if event.connected:
                touched += self._connect(node)
            else:
                touched += self._disconnect(node)
                returned.update(node.numbers)
        if returned:
            touched += self._refill(returned)
        self.tell_watchers(touched)

    def _connect(self, node: Node) -> list[bytes]:
        node.spent = self.index.connect(node.height, node.transactions)
        self.tree.active.append(node.hash)
        self._coinbases[node.transactions[0].hash] = node
        node.numbers = tuple(self.register(t, t.fee_sats or 0) for t in node.transactions[1:])
        touched: list[bytes] = []
        for index, number in enumerate(node.numbers, 1):
            record = self.transactions[number]
            if number in self.mempool:
                self.mempool.remove(number)
            else:
                touched += self.evict(self.mempool.conflicts(record.transaction))
            record.status, record.height, record.index = Status.INCLUDED, node.height, index
        for transaction in node.transactions:
            touched += map(transaction.outpoint, range(len(transaction.outputs)))
        return touched

    def _disconnect(self, node: Node) -> list[bytes]:
        self.index.disconnect(node.transactions, node.spent)
        self.tree.active.pop()
        for number in node.numbers:
            record = self.transactions[number]
            record.status, record.height, record.index = Status.CONFLICTED, -1, -1
        touched = [coin.outpoint for coin in node.spent]
        node.spent = ()
        return touched

    def _refill(self, returned: set[int]) -> list[bytes]:
        """Build the mempool anew from what waited and what lost its block, parents before children.

        A number never stands before the number of a transaction it spends, so that rising order is enough.
        """
        candidates = returned | self.mempool.waiting.keys()
        self.mempool = Mempool()
        touched: list[bytes] = []
        for number in sorted(candidates):
            record = self.transactions[number]
            if record.status is Status.INCLUDED:
                continue
            if self._can_wait(record.transaction):
                self.admit(number)
                touched += map(record.transaction.outpoint, range(len(record.transaction.outputs)))
            else:
                record.status = Status.CONFLICTED
                touched += [given.outpoint for given in record.transaction.inputs]
        return touched

    def _can_wait(self, transaction: BitcoinTransaction) -> bool:
        for given in transaction.inputs:
            coin = self.coin(given.outpoint)
            if coin is None or not self.mature(coin) or self.is_spent_in_mempool(given.outpoint):
                return False
        return True


def _output(transaction: BitcoinTransaction, outpoint: bytes, height: int, coinbase: bool) -> Coin:
    """The output that ``outpoint`` names. Raises KeyError if the transaction has no such output."""
    at: int = unpack_from("<I", outpoint, 32)[0]
    if at >= len(transaction.outputs):
        raise KeyError(outpoint)
    output = transaction.outputs[at]
    return Coin(outpoint, output.sats, output.script, height, coinbase)
