"""The unspent outputs of the active chain, kept block by block and able to step back.

Bitcoin Core's library cannot be asked for one output, so the chain keeps this index itself; ``rescanned``
builds the same from the blocks alone and is what the index is checked against.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from struct import pack

from sandbox.chains.bitcoin.transaction import BitcoinTransaction, Coin

_OP_RETURN = 0x6A
_NO_COINS: dict[bytes, Coin] = {}


class CoinIndex:
    """Unspent outputs by outpoint and by script, with the satoshi each script holds."""

    def __init__(self) -> None:
        self.coins: dict[bytes, Coin] = {}
        self._by_script: dict[bytes, dict[bytes, Coin]] = {}
        self._sats: dict[bytes, int] = {}

    def sats(self, script: bytes) -> int:
        """Satoshi in the unspent outputs of a script, as kept from block to block."""
        return self._sats.get(script, 0)

    def of(self, script: bytes) -> list[Coin]:
        """Unspent outputs of a script, oldest first."""
        return list(self._by_script.get(script, _NO_COINS).values())

    def connect(self, height: int, transactions: Sequence[BitcoinTransaction]) -> list[Coin]:
        """Apply a block (coinbase first); returns the coins it spent, in spending order.

        Raises KeyError if a coin is not there: the engine would have refused such a block.
        """
        spent: list[Coin] = []
        for position, transaction in enumerate(transactions):
            if position:
                spent.extend(self._take(given.outpoint) for given in transaction.inputs)
            for coin in coins_made(transaction, height, position == 0):
                self._put(coin)
        return spent

    def disconnect(self, transactions: Sequence[BitcoinTransaction], spent: Sequence[Coin]) -> None:
        """Undo a block, given the coins it spent in spending order."""
        undo = list(spent)
        for position in range(len(transactions) - 1, -1, -1):
            transaction = transactions[position]
            for number, output in enumerate(transaction.outputs):
                if is_spendable(output.script):
                    self._take(transaction.outpoint(number))
            if position:
                for _ in transaction.inputs:
                    self._put(undo.pop())

    def _put(self, coin: Coin) -> None:
        self.coins[coin.outpoint] = coin
        self._by_script.setdefault(coin.script, {})[coin.outpoint] = coin
        self._sats[coin.script] = self._sats.get(coin.script, 0) + coin.sats

    def _take(self, outpoint: bytes) -> Coin:
        coin = self.coins.pop(outpoint)
        del self._by_script[coin.script][outpoint]
        self._sats[coin.script] -= coin.sats
        return coin


def is_spendable(script: bytes) -> bool:
    """Whether an output enters the set of unspent outputs: data carriers never do."""
    return not script or script[0] != _OP_RETURN


def coins_made(transaction: BitcoinTransaction, height: int, coinbase: bool) -> list[Coin]:
    """The coins that a transaction in the block at ``height`` makes."""
    return [
        Coin(transaction.outpoint(number), output.sats, output.script, height, coinbase)
        for number, output in enumerate(transaction.outputs)
        if is_spendable(output.script)
    ]


def digest(coins: Iterable[Coin]) -> str:
    """SHA-256 over a set of coins in the order of their outpoints: equal sets, equal digests."""
    state = sha256()
    for coin in sorted(coins):
        state.update(coin.outpoint + pack("<qi?", coin.sats, coin.height, coin.coinbase) + coin.script)
    return state.hexdigest()
