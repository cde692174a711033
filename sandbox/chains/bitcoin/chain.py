"""A local Bitcoin chain on simulated time: wallets, a mempool and a miner above an engine of consensus."""

from collections.abc import Callable, Sequence
from dataclasses import replace as dataclass_replace
from types import TracebackType
from typing import Any

from sandbox.chains.bitcoin import utxo
from sandbox.chains.bitcoin.block import (
    GENESIS_HEADER_TIME,
    MAX_BLOCK_WEIGHT,
    block_hash,
    make_block,
    make_coinbase,
    parse_block,
    subsidy_sats,
)
from sandbox.chains.bitcoin.blocktree import Node
from sandbox.chains.bitcoin.engine import ChainEvent, Verdict, open_engine
from sandbox.chains.bitcoin.key import Key
from sandbox.chains.bitcoin.mempool import WeightAhead
from sandbox.chains.bitcoin.records import Block, BlockRefused, Rejected, Reorg, Status, TransactionRecord
from sandbox.chains.bitcoin.relay import checked_fee
from sandbox.chains.bitcoin.state import ChainState
from sandbox.chains.bitcoin.transaction import BitcoinTransaction, Coin
from sandbox.chains.bitcoin.wallet import Wallet

#: Chain time runs this far behind simulated time (3,652 days). Bitcoin Core refuses blocks from beyond the
#: present, so that without it a run about next year would fail today and pass next year.
CHAIN_TIME_LAG_SECONDS = 3652 * 86_400
#: Weight that a template keeps free for the header and the coinbase (Bitcoin Core's default).
RESERVED_WEIGHT = 8_000
#: Simulated seconds between blocks that were mined before the scenario began.
PREMINE_SPACING_SECONDS = 600

Listener = Callable[[int, tuple[int, ...]], object]


class RegtestChain:
    """One chain of regtest with its transactions numbered in the order in which they were first seen."""

    def __init__(
        self, engine: str = "kernel", genesis_time: int = 1_704_067_200, name: str = "bitcoin"
    ) -> None:
        """Open a chain that holds the genesis block alone.

        ``genesis_time`` is the Unix time of simulated second 0; ``name`` enters every key, so that two
        chains share none. Raises ValueError for an unknown engine or a time that regtest cannot show,
        EngineMissing where the engine's library is not installed.
        """
        if genesis_time - CHAIN_TIME_LAG_SECONDS <= GENESIS_HEADER_TIME:
            raise ValueError(
                "a Bitcoin chain cannot begin before 2021-02-02: regtest's genesis block is younger"
            )
        self.engine_name, self.genesis_time, self.name = engine, genesis_time, name
        self._engine = open_engine(engine)
        self._state = ChainState()
        self._wallets: dict[str, Wallet] = {}
        self._blocks_made = 0
        self.base_height = 0
        """Blocks up to this height were mined before the scenario; no reorganisation reaches them."""
        self.relay_floor_sat_vb: float = 1
        """Lowest feerate that the mempool takes (Bitcoin Core asked 1 until 2025-09, then 0.1)."""
        self.on_connected: list[Listener] = []
        self.on_disconnected: list[Listener] = []
        self.miner = self.wallet("miner")

    def __enter__(self) -> "RegtestChain":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give back the engine's memory and files. What was read before stays readable."""
        self._engine.close()

    # Wallets and coins.

    def wallet(self, name: str) -> Wallet:
        """The wallet of that name; the same name gives the same key in every run."""
        if name not in self._wallets:
            wallet = Wallet(self._state, name, Key(f"{self.name}/{name}"))
            self._wallets[name] = self._state.watchers[wallet.script] = wallet
        return self._wallets[name]

    def balance(self, wallet: Wallet) -> int:
        """Satoshi in a wallet's confirmed coins, kept from block to block."""
        return self._state.index.sats(wallet.script)

    def utxo_sum(self, wallet: Wallet) -> int:
        """The same, summed anew over its coins."""
        return sum(coin.sats for coin in self._state.index.of(wallet.script))

    # Reading the chain.

    @property
    def height(self) -> int:
        """Height of the tip; genesis is 0."""
        return self._state.tree.height

    @property
    def tip(self) -> bytes:
        """Hash of the tip, internal byte order."""
        return self._state.tree.tip

    @property
    def transactions(self) -> list[TransactionRecord]:
        """Every transaction seen, by number."""
        return self._state.transactions

    @property
    def waiting(self) -> list[int]:
        """Numbers of the transactions in the mempool, oldest first."""
        return sorted(self._state.mempool.waiting)

    def confirmations(self, number: int) -> int:
        """Blocks from a transaction's own to the tip, both counted; 0 while it stands in none."""
        record = self._state.transactions[number]
        return self.height - record.height + 1 if record.status is Status.INCLUDED else 0

    def block_numbers(self, height: int) -> tuple[int, ...]:
        """Numbers of the transactions in the active chain's block at ``height``."""
        return self._state.tree.at(height).numbers

    def block_hash(self, height: int) -> str:
        """Hash of the active chain's block at ``height``, as people read it."""
        return self._state.tree.active[height][::-1].hex()

    def utxo_digest(self) -> str:
        """SHA-256 of the unspent outputs as kept from block to block."""
        return utxo.digest(self._state.index.coins.values())

    def rescan(self) -> dict[bytes, Coin]:
        """The unspent outputs rebuilt from the engine's own blocks, from genesis.

        Raises RuntimeError if the engine's undo data name other coins than the blocks do.
        """
        index = utxo.CoinIndex()
        for height in range(1, self._engine.height + 1):
            spent = index.connect(height, parse_block(self._engine.raw_at(height))[1])
            undo = [(coin.sats, coin.script, coin.height, coin.coinbase) for coin in spent]
            if undo != self._engine.spent_at(height):
                raise RuntimeError(f"the engine's undo data of block {height} differ from its block")
        return index.coins

    def verify(self) -> None:
        """Compare tip and unspent outputs with the engine's. Raises RuntimeError on a difference."""
        if self._engine.hash_at(self._engine.height) != self._state.tree.tip:
            raise RuntimeError("the engine's tip is another than the chain's")
        if self.rescan() != self._state.index.coins:
            raise RuntimeError("the index of unspent outputs differs from a rescan of the chain")

    # Writing to the chain.

    def broadcast(self, transaction: BitcoinTransaction, tag: Any = None, replace: bool = False) -> int:
        """Offer a transaction to the mempool; returns its number.

        With ``replace`` it may take the place of waiting transactions that spend the same coins, if it
        pays more (BIP125 rules 3 and 4). Raises Rejected with Bitcoin Core's reason.
        """
        state = self._state
        known = state.numbers.get(transaction.hash)
        if known is not None and known in state.mempool:
            raise Rejected("txn-already-in-mempool")
        if known is not None and state.transactions[known].status is Status.INCLUDED:
            raise Rejected("txn-already-known")
        fee, replaced = checked_fee(state, transaction, self.relay_floor_sat_vb, replace)
        freed = state.evict(replaced)
        number = state.register(transaction, fee, tag)
        state.admit(number)
        state.tell_watchers([*freed, *map(transaction.outpoint, range(len(transaction.outputs)))])
        return number

    def mine(
        self, time: int, max_weight: int = MAX_BLOCK_WEIGHT, background: WeightAhead | None = None
    ) -> Block:
        """Mine the best-paying waiting transactions at simulated second ``time``.

        ``max_weight`` bounds the block (weight units, a reserve for the coinbase included); ``background``
        tells how much of it strangers' transactions take that pay at least a given feerate.
        """
        room = min(max_weight, MAX_BLOCK_WEIGHT) - RESERVED_WEIGHT
        return self._mined(time, self._state.mempool.template(room, background))

    def mine_empty(self, time: int) -> Block:
        """Mine a block that holds its coinbase alone, whatever waits."""
        return self._mined(time, [])

    def _mined(self, time: int, numbers: list[int]) -> Block:
        records = [self.transactions[number] for number in numbers]
        self._extend(self.tip, time, [record.transaction for record in records], self.miner)
        return Block(self.height, time, self.tip, tuple(numbers), sum(record.fee_sats for record in records))

    def offer_block(
        self,
        time: int,
        transactions: Sequence[BitcoinTransaction] = (),
        *,
        parent: bytes | None = None,
        claim_sats: int | None = None,
    ) -> Verdict:
        """Mine exactly these transactions, whatever they are, and let the engine judge the block.

        It stands on the tip or on the block with hash ``parent``; its coinbase claims ``claim_sats``, by
        default the subsidy alone.
        """
        on = self.tip if parent is None else parent
        claim = subsidy_sats(self._state.tree.nodes[on].height + 1) if claim_sats is None else claim_sats
        return self._offer(on, time, transactions, claim, self.miner)[1]

    def premine(self, wallet: Wallet, blocks: int = 110, *, before: Sequence[tuple[Wallet, int]] = ()) -> int:
        """Mine ``blocks`` blocks before simulated second 0, all paid to ``wallet``.

        ``before`` names other wallets and how many blocks are mined for each before them. Returns
        the satoshi that can be spent in the next block: a coinbase must be 100 blocks old.
        """
        owners = [owner for owner, count in (*before, (wallet, blocks)) for _ in range(count)]
        for left, owner in zip(range(len(owners), 0, -1), owners, strict=True):
            self._extend(self.tip, -left * PREMINE_SPACING_SECONDS, (), owner)
        self.base_height = self.height
        return wallet.spendable_sats

    def reorg(
        self,
        depth: int,
        time: int,
        replace: Sequence[int | BitcoinTransaction] = (),
        carry: bool = False,
    ) -> Reorg:
        """Replace the last ``depth`` blocks by ``depth`` + 1 others.

        Transactions given in ``replace`` are mined in the first new block (a double spend, say). With
        ``carry`` the new blocks hold again what the old ones held, each at its old height, except numbers
        given in ``replace`` and what conflicts with its transactions; without it they hold nothing else.
        What does not stand in the new blocks waits again or is conflicted. Raises ValueError for a depth
        that reaches blocks mined before the scenario, BlockRefused if the new branch is not valid.
        """
        tree, fork = self._state.tree, self.height - depth
        if depth < 1 or fork < self.base_height:
            raise ValueError(
                f"a reorganisation is 1 to {self.height - self.base_height} blocks deep, not {depth}"
            )
        old = [tree.at(height) for height in range(fork + 1, self.height + 1)]
        disconnected = tuple(number for node in old for number in node.numbers)
        alive = [*disconnected, *self.waiting]
        bodies = self._new_branch(old, replace, carry)
        parent = tree.active[fork]
        for body in bodies:
            parent = self._extend(parent, time, body, self.miner)
        connected = tuple(n for at in range(fork + 1, self.height + 1) for n in self.block_numbers(at))
        conflicted = tuple(n for n in sorted(alive) if self.transactions[n].status is Status.CONFLICTED)
        return Reorg(fork, depth, time, disconnected, connected, conflicted)

    def _new_branch(
        self, old: Sequence[Node], replace: Sequence[int | BitcoinTransaction], carry: bool
    ) -> list[list[BitcoinTransaction]]:
        """The transactions of each block that replaces ``old``, and of the one more that outweighs it."""
        mined = [item for item in replace if isinstance(item, BitcoinTransaction)]
        omitted = {self.transactions[item].transaction.hash for item in replace if isinstance(item, int)}
        used = {given.outpoint for transaction in mined for given in transaction.inputs}
        bodies: list[list[BitcoinTransaction]] = [mined]
        for node in old if carry else ():
            kept = []
            for transaction in node.transactions[1:]:
                # What spends an omitted or displaced transaction goes with it.
                needed = {given.outpoint for given in transaction.inputs}
                if needed & used or transaction.hash in omitted or any(o[:32] in omitted for o in needed):
                    omitted.add(transaction.hash)
                else:
                    kept.append(transaction)
            bodies[-1] = [*bodies[-1], *kept]
            bodies.append([])
        return [*bodies, *([] for _ in range(len(old) + 1 - len(bodies)))]

    def _extend(
        self, parent: bytes, time: int, transactions: Sequence[BitcoinTransaction], wallet: Wallet
    ) -> bytes:
        """Mine a block that must be valid; returns its hash. Raises BlockRefused if the engine refuses it."""
        claim = subsidy_sats(self._state.tree.nodes[parent].height + 1)
        claim += sum(map(self._fee, transactions))
        hash_, verdict = self._offer(parent, time, transactions, claim, wallet)
        if not verdict.accepted:
            raise BlockRefused(verdict.reason)
        return hash_

    def _fee(self, transaction: BitcoinTransaction) -> int:
        number = self._state.numbers.get(transaction.hash)
        return (transaction.fee_sats or 0) if number is None else self.transactions[number].fee_sats

    def _offer(
        self,
        parent: bytes,
        time: int,
        transactions: Sequence[BitcoinTransaction],
        claim_sats: int,
        wallet: Wallet,
    ) -> tuple[bytes, Verdict]:
        """Build a block on ``parent``, submit it and follow what the engine says."""
        tree = self._state.tree
        height = tree.nodes[parent].height + 1
        header_time = max(
            self.genesis_time + time - CHAIN_TIME_LAG_SECONDS, tree.median_time_past(parent) + 1
        )
        self._blocks_made += 1
        coinbase = make_coinbase(height, claim_sats, wallet.script, transactions, self._blocks_made)
        raw = make_block(parent, header_time, coinbase, transactions)
        hash_ = block_hash(raw)
        tree.nodes[hash_] = Node(hash_, parent, height, header_time, (coinbase, *transactions))
        verdict = self._engine.submit(raw, hash_)
        if not verdict.accepted:
            del tree.nodes[hash_]
        self._follow(verdict.events)
        return hash_, verdict

    def _follow(self, events: Sequence[ChainEvent]) -> None:
        """Move with the engine, then tell the listeners in the order of the events."""
        if not events:
            return
        self._state.follow(events)
        for event in events:
            numbers = self._state.tree.nodes[event.hash].numbers
            for listener in self.on_connected if event.connected else self.on_disconnected:
                listener(event.height, numbers)

    def clone(self) -> "RegtestChain":
        """An independent chain in the same state: active chain, mempool, wallets and numbers.

        The blocks are replayed through a new engine. Side branches, listeners and coins set aside for
        payments not yet broadcast are left behind.
        """
        twin = RegtestChain(self.engine_name, self.genesis_time, self.name)
        for name in self._wallets:
            twin.wallet(name)
        twin.relay_floor_sat_vb, twin._blocks_made = self.relay_floor_sat_vb, self._blocks_made
        state = twin._state
        for record in self.transactions:
            state.numbers[record.transaction.hash] = record.number
            state.transactions.append(dataclass_replace(record, height=-1, index=-1))
        for height in range(1, self.height + 1):
            node = self._state.tree.at(height)
            state.tree.nodes[node.hash] = Node(
                node.hash, node.parent, node.height, node.header_time, node.transactions
            )
            twin._follow(twin._engine.submit(self._engine.raw_at(height), node.hash).events)
        for number in self.waiting:
            state.admit(number)
            made = state.transactions[number].transaction
            state.tell_watchers(map(made.outpoint, range(len(made.outputs))))
        twin.base_height = self.base_height
        return twin
