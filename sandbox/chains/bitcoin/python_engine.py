"""Consensus in plain Python for blocks of P2WPKH payments: a stand-in for Bitcoin Core and a check on it.

Blocks are checked in Core's order, so that of several faults the same one is named. The branch with the
most work wins; on regtest every block weighs the same, so that is the longest, and among equals the one
seen first. A branch's coins and signatures are checked only when it would win, as Core does.
"""

from dataclasses import dataclass

from sandbox.chains.bitcoin.block import GENESIS_HASH, GENESIS_HEADER_TIME, parse_block, subsidy_sats
from sandbox.chains.bitcoin.engine import ChainEvent, Verdict
from sandbox.chains.bitcoin.rules import (
    RuleBroken,
    check_amounts,
    check_block,
    check_body,
    check_header,
    check_work,
)
from sandbox.chains.bitcoin.script import check_witnesses
from sandbox.chains.bitcoin.transaction import BitcoinTransaction, Coin
from sandbox.chains.bitcoin.utxo import CoinIndex, coins_made

_MEDIAN_SPAN = 11


@dataclass(slots=True, eq=False)
class _Stored:
    """A block that passed all checks which need no coins."""

    hash: bytes
    parent: "_Stored | None"
    height: int
    time: int
    raw: bytes
    spent: list[Coin]
    checked: bool = False
    """Its coins and signatures were found good."""
    invalid: bool = False


class PythonEngine:
    """Blocks by hash, the active chain, and its unspent coins."""

    def __init__(self) -> None:
        genesis = _Stored(GENESIS_HASH, None, 0, GENESIS_HEADER_TIME, b"", [], checked=True)
        self._blocks = {GENESIS_HASH: genesis}
        self._active = [genesis]
        self._coins = CoinIndex()
        self._open = True

    @property
    def height(self) -> int:
        """Height of the active chain's tip."""
        return len(self._active) - 1

    def hash_at(self, height: int) -> bytes:
        """Hash of the active chain's block at ``height``."""
        return self._active[height].hash

    def raw_at(self, height: int) -> bytes:
        """Bytes of the active chain's block at ``height``."""
        return self._active[height].raw

    def spent_at(self, height: int) -> list[tuple[int, bytes, int, bool]]:
        """Coins that the block at ``height`` spent; see ``Engine.spent_at``."""
        return [(c.sats, c.script, c.height, c.coinbase) for c in self._active[height].spent]

    def close(self) -> None:
        """Forget that the engine is open; nothing is held outside Python's memory."""
        self._open = False

    def submit(self, raw: bytes, hash_: bytes) -> Verdict:
        """Offer a block; see ``Engine.submit``."""
        if not self._open:
            raise RuntimeError("the engine is closed")
        try:
            block = self._stored(raw, hash_)
        except RuleBroken as broken:
            return Verdict(False, broken.reason, ())
        if not self._outweighs(block):
            return Verdict(True, "", ())
        events: list[ChainEvent] = []
        before = self._active[-1]
        try:
            self._activate(block, events)
        except RuleBroken as broken:
            self._activate(before, events)
            return Verdict(False, broken.reason, tuple(events))
        return Verdict(True, "", tuple(events))

    def _outweighs(self, block: _Stored) -> bool:
        """Whether the branch that ends in ``block`` has more work than the active chain; a tie has not."""
        return block.height > self.height

    def _stored(self, raw: bytes, hash_: bytes) -> _Stored:
        """Check all that needs no coins, and keep the block."""
        try:
            header, transactions = parse_block(raw)
        except ValueError:
            raise RuleBroken("bad-block-serialization") from None
        check_work(header, hash_)
        check_block(header, transactions)
        known = self._blocks.get(hash_)
        if known is not None and not known.invalid:
            raise RuleBroken("duplicate")
        if known is not None:
            name = hash_[::-1].hex()
            raise RuleBroken(f"duplicate-invalid, block {name} was previously marked invalid")
        parent = self._blocks.get(header.previous)
        if parent is None:
            raise RuleBroken("prev-blk-not-found")
        if parent.invalid:
            raise RuleBroken("bad-prevblk")
        median = _median_time_past(parent)
        check_header(header, median)
        block = _Stored(hash_, parent, parent.height + 1, header.time, raw, [])
        try:
            check_body(transactions, block.height, median)
        except RuleBroken as broken:
            # A body that may have been swapped under an honest header does not condemn the header.
            if not broken.reason.startswith(("bad-witness", "unexpected-witness")):
                block.invalid = True
                self._blocks[hash_] = block
            raise
        self._blocks[hash_] = block
        return block

    def _activate(self, block: _Stored, events: list[ChainEvent]) -> None:
        """Make ``block`` the tip. Raises RuleBroken at the first block on the way that proves invalid."""
        path = []
        step: _Stored | None = block
        while step is not None and (step.height > self.height or self._active[step.height] is not step):
            path.append(step)
            step = step.parent
        fork = step.height if step is not None else 0
        while self.height > fork:
            gone = self._active.pop()
            self._coins.disconnect(parse_block(gone.raw)[1], gone.spent)
            events.append(ChainEvent(False, gone.height, gone.hash))
        for position in range(len(path) - 1, -1, -1):
            try:
                self._connect(path[position])
            except RuleBroken:
                for descendant in path[: position + 1]:
                    descendant.invalid = True
                raise
            events.append(ChainEvent(True, path[position].height, path[position].hash))

    def _connect(self, block: _Stored) -> None:
        transactions = parse_block(block.raw)[1]
        if not block.checked:
            self._check_spending(block.height, transactions)
            block.checked = True
        block.spent = self._coins.connect(block.height, transactions)
        self._active.append(block)

    def _check_spending(self, height: int, transactions: list[BitcoinTransaction]) -> None:
        """Coins, amounts and signatures of a block on the present tip, transaction by transaction."""
        fees = 0
        fresh = {coin.outpoint: coin for coin in coins_made(transactions[0], height, True)}
        gone: set[bytes] = set()
        for transaction in transactions[1:]:
            try:
                coins = self._coins_for(transaction, fresh, gone)
                fees += check_amounts(transaction, coins, height)
            except RuleBroken as broken:
                raise RuleBroken(f"{broken.reason} in transaction {transaction.txid}") from None
            check_witnesses(transaction, coins)
            fresh.update((coin.outpoint, coin) for coin in coins_made(transaction, height, False))
        claimed, allowed = transactions[0].sats_out, subsidy_sats(height) + fees
        if claimed > allowed:
            raise RuleBroken(f"bad-cb-amount, coinbase pays too much (actual={claimed} vs limit={allowed})")

    def _coins_for(
        self, transaction: BitcoinTransaction, fresh: dict[bytes, Coin], gone: set[bytes]
    ) -> list[Coin]:
        """The coins it spends: of the chain or made earlier in the block, and spent there by none before."""
        coins = []
        for given in transaction.inputs:
            coin = fresh.get(given.outpoint) or self._coins.coins.get(given.outpoint)
            if coin is None or given.outpoint in gone:
                raise RuleBroken("bad-txns-inputs-missingorspent, CheckTxInputs: inputs missing/spent")
            coins.append(coin)
        gone.update(given.outpoint for given in transaction.inputs)
        return coins


def _median_time_past(block: _Stored | None) -> int:
    times: list[int] = []
    while block is not None and len(times) < _MEDIAN_SPAN:
        times.append(block.time)
        block = block.parent
    return sorted(times)[len(times) // 2]
