"""Chain assets in the books: every wallet is an account, and books move when a block does.

A movement is booked inside the block that holds its transaction, before anyone who waits for it goes on;
then the watchers (the auditor) are told which accounts the block touched. So at every block the
books say what the chain says, or the run stops.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import cast

from sandbox.chains.bitcoin import BitcoinBlocks, BitcoinTransaction, Confirmation, RegtestChain, Wallet
from sandbox.chains.bitcoin import Block as BitcoinBlock
from sandbox.chains.bitcoin import Reorg as BitcoinReorg
from sandbox.chains.evm import Account, Block, BlockProducer, Contract, EvmChain, Receipt
from sandbox.chains.evm.producer import Inclusion
from sandbox.journal.kinds import QuickKind as Kind
from sandbox.journal.kinds import QuickPurpose as Purpose
from sandbox.money import Asset
from sandbox.payments import Process
from sandbox.rail import Ground

#: (chain name, height, accounts touched): called at the end of every block.
Watcher = Callable[[str, int, Iterable[int]], None]

_BLOCK, _INCLUDED, _BROADCAST = int(Kind.BLOCK), int(Kind.INCLUDED), int(Kind.BROADCAST)


@dataclass(slots=True, eq=False)
class Movement:
    """What a transaction means to the books."""

    payment: int
    """Payment number, -1 for none."""
    touched: tuple[int, ...]
    """Book accounts whose addresses it moves."""
    booked: Callable[[bool], None]
    """Called in the block: books the movement (True) or what a refusal means (False)."""
    undone: Callable[[], None] | None = None
    """Called when a reorganisation takes its block away: books the compensation."""
    reorged: Callable[[int, int], None] | None = None
    """Called, after that, if it had been final: with its number and the reorganisation's depth."""
    conflicted: Callable[[], None] | None = None
    """Called if it can never stand in a block any more."""


class EvmLedger:
    """One token contract on an EVM chain and the accounts that mirror it."""

    def __init__(
        self, ground: Ground, chain: EvmChain, producer: BlockProducer, contract: Contract, asset: Asset
    ) -> None:
        self.chain = chain
        self.producer = producer
        self.contract = contract
        self.asset = asset
        self.entity = ground.journal.entity(chain.name)
        self.watchers: list[Watcher] = []
        self._ground = ground
        self._record = ground.journal.record
        self._keys: dict[int, Account] = {}
        producer.on_block.append(self._on_block)

    def open(self, owner: str, role: str, overdraft: bool = False) -> int:
        """A wallet of its own for an owner: a key, an address, an account."""
        return self.adopt(owner, role, self.chain.account(f"{owner}/{role}"), overdraft)

    def adopt(self, owner: str, role: str, key: Account, overdraft: bool = False) -> int:
        """The account of an address whose key exists already."""
        account = self._ground.books.open(
            owner, self.asset, role, overdraft, chain=self.chain.name, address=key.address
        )
        self._keys[account] = key
        return account

    def mirror(self, owner: str, role: str, contract: Contract) -> int:
        """The account of what another contract on the chain holds."""
        account = self._ground.books.open(
            owner, self.asset, role, chain=self.chain.name, address=contract.address
        )
        # A contract signs nothing: only its address is ever asked for.
        self._keys[account] = cast(Account, contract)
        return account

    def key(self, account: int) -> Account:
        """The chain account behind a book account."""
        return self._keys[account]

    def address(self, account: int) -> str:
        """Its address on this local chain."""
        return str(self._keys[account].address)

    def units_on_chain(self, account: int) -> int:
        """Minor units that the contract's storage says the address holds: a raw read."""
        return int(self.contract.storage_balance(self._keys[account].address))

    def readings(self, accounts: Iterable[int]) -> list[tuple[int, int]]:
        """Each account once, with what the contract's storage says its address holds."""
        each, keys = list(dict.fromkeys(accounts)), self._keys
        balances = self.contract.storage_balances([keys[account].address for account in each])
        return list(zip(each, balances, strict=True))

    @property
    def accounts(self) -> Collection[int]:
        """Every account that mirrors an address."""
        return self._keys.keys()

    def submit(self, movement: Movement, sender: Account, function: str, *args: object) -> Inclusion:
        """Offer a call to the chain; the event succeeds with the receipt when a block holds it."""
        return self.producer.submit(sender, self.contract, function, *args, tag=movement)

    def send(
        self, payment: int, actor: int, debit: int, credit: int, units: int, booked: Callable[[bool], None]
    ) -> Inclusion:
        """Transfer tokens between two wallets; the transfer is journalled as broadcast now."""
        keys = self._keys
        movement = Movement(payment, (debit, credit), booked)
        terms = (keys[credit].address, units)
        inclusion = self.producer.submit_call(keys[debit], self.contract, "transfer", terms, movement)
        self._record(_BROADCAST, payment, actor, self.entity, credit, units, inclusion.transaction.number)
        return inclusion

    def until_final(self, payment: int, receipt: Receipt) -> Process[None]:
        """Wait until a transfer whose receipt has just come is final, and journal it."""
        blocks = self.producer.finality_blocks
        if self.producer.final_delay:
            yield self.producer.final(receipt)
        self._record(Kind.FINAL, payment, self.entity, -1, blocks, receipt.block.height, receipt.number)

    def open_block(self) -> None:
        """Mine what has been submitted to the chain now, before the run: the opening balances."""
        self._on_block(self.chain.mine(self._ground.now))

    def _on_block(self, block: Block) -> None:
        record, me, height = self._record, self.entity, block.height
        receipts = block.receipts
        record(_BLOCK, -1, me, -1, len(receipts), height)
        transactions = self.chain.transactions
        touched: list[int] = []
        for index, receipt in enumerate(receipts):
            number = receipt.number
            transaction = transactions[number]
            movement = transaction.tag
            if isinstance(movement, Movement):
                # Booked once and for all: the chain need not keep the payment and its deal alive.
                transaction.tag = None
                record(_INCLUDED, movement.payment, me, int(receipt.ok), index, height, number)
                movement.booked(receipt.ok)
                touched += movement.touched
        for watch in self.watchers:
            watch(self.chain.name, height, touched)


class BitcoinLedger:
    """The wallets of a bitcoin chain and the accounts that mirror them."""

    asset = Asset.BTC

    def __init__(self, ground: Ground, chain: RegtestChain, blocks: BitcoinBlocks) -> None:
        self.chain = chain
        self.blocks = blocks
        self.entity = ground.journal.entity(chain.name)
        self.watchers: list[Watcher] = []
        self._ground = ground
        self._record = ground.journal.record
        self._wallets: dict[int, Wallet] = {}
        self._heights: dict[int, int] = {}
        self._respent: dict[bytes, tuple[int, int]] = {}
        self.make_room: Callable[[int, int], None] = lambda account, sats: None
        """Called before the chain takes satoshi from an account: reservations made since give way to it."""
        self.miners = ground.books.open("miners", Asset.BTC, "outside", overdraft=True)
        blocks.on_block.append(self._on_block)
        blocks.on_reorg.append(self._on_reorg)

    def open(self, owner: str, role: str) -> int:
        """A wallet of its own for an owner."""
        wallet = self.chain.wallet(f"{owner}/{role}")
        account = self._ground.books.open(
            owner, Asset.BTC, role, chain=self.chain.name, address=wallet.address
        )
        self._wallets[account] = wallet
        return account

    def wallet(self, account: int) -> Wallet:
        """The chain wallet behind a book account."""
        return self._wallets[account]

    def units_on_chain(self, account: int) -> int:
        """Satoshi in the wallet's confirmed outputs."""
        return int(self.chain.balance(self._wallets[account]))

    def readings(self, accounts: Iterable[int]) -> list[tuple[int, int]]:
        """Each account once, with what its wallet holds."""
        return [(account, self.units_on_chain(account)) for account in dict.fromkeys(accounts)]

    @property
    def accounts(self) -> Collection[int]:
        """Every account that mirrors a wallet."""
        return self._wallets.keys()

    def send(
        self,
        payment: int,
        actor: int,
        debit: int,
        credit: int,
        sats: int,
        feerate: float,
        booked: Callable[[bool], None],
        undone: Callable[[], None],
        reorged: Callable[[int, int], None] | None = None,
        conflicted: Callable[[], None] | None = None,
    ) -> tuple[Confirmation, int]:
        """Build, sign and broadcast a payment: the event of its k-th confirmation, and its fee in satoshi.

        ``booked`` is called in each block that holds it and ``undone`` when a reorganisation takes that block
        away, ``conflicted`` when its coins were spent otherwise; the miner's fee is booked and taken back
        here. Raises InsufficientFunds of the wallet.
        """
        transaction = self._wallets[debit].pay(self._wallets[credit], sats, feerate)
        fee = int(transaction.fee_sats or 0)
        books = self._ground.books

        def in_block(ok: bool) -> None:
            # The miner's fee is the sender's own cost; what a client pays for it is charged in roubles.
            self.make_room(debit, fee)
            books.transfer(-1, self.entity, debit, self.miners, fee, Purpose.NETWORK_FEE)
            booked(ok)

        def taken_away() -> None:
            self.make_room(credit, sats)
            undone()
            books.transfer(-1, self.entity, self.miners, debit, fee, Purpose.REORG)

        movement = Movement(payment, (debit, credit), in_block, taken_away, reorged, conflicted)
        confirmation = self.blocks.submit(transaction, tag=movement)
        self._record(_BROADCAST, payment, actor, self.entity, credit, sats, confirmation.number)
        return confirmation, fee

    def open_block(self, treasury: int, payments: list[tuple[int, int]], coins_each: int) -> None:
        """Hand out opening balances (account, satoshi) in one block now, each as several coins.

        No reorganisation reaches behind this block.
        """
        books = self._ground.books
        parts = [(account, sats // coins_each) for account, sats in payments]
        outputs = [(self._wallets[account], part) for account, part in parts for _ in range(coins_each)]
        transaction = self._wallets[treasury].pay_many(outputs)
        fee = int(transaction.fee_sats or 0)

        def booked(_: bool) -> None:
            legs = [(treasury, account, part * coins_each, Purpose.FUNDING) for account, part in parts]
            books.post(-1, self.entity, [*legs, (treasury, self.miners, fee, Purpose.NETWORK_FEE)])

        touched = (treasury, *(account for account, _ in payments))
        self.chain.broadcast(transaction, Movement(-1, touched, booked))
        self._on_block(self.chain.mine(self._ground.now))
        self.chain.base_height = self.chain.height

    def reorganise(self, depth: int, double_spend: bool) -> None:
        """Replace the last ``depth`` blocks now (fewer, if the run has not made as many; nothing, if it made none).

        What they held waits for a block again. With ``double_spend`` the new branch holds all of it but the
        oldest payment: the payer's coins go back to the payer there.
        """
        self.blocks.catch_up(depth)
        if self.chain.height == self.chain.base_height:
            return
        if double_spend:
            respent = self._respend_oldest(depth)
            if respent is not None:
                self.blocks.reorg(depth, [respent], carry=True)
                return
        self.blocks.reorg(depth)

    def _respend_oldest(self, depth: int) -> BitcoinTransaction | None:
        """Another spending of the oldest payment in the last blocks whose coins are older than they."""
        lowest = max(self.chain.base_height, self.chain.height - depth) + 1
        made_here: set[bytes] = set()
        for height in range(lowest, self.chain.height + 1):
            for number in self.chain.block_numbers(height):
                entry = self.chain.transactions[number]
                movement, transaction = entry.tag, entry.transaction
                made_here.add(transaction.hash)
                if not isinstance(movement, Movement) or movement.payment < 0:
                    continue
                # The double spend stands in the first new block: what it spends must stand before it.
                if all(given.outpoint[:32] not in made_here for given in transaction.inputs):
                    debit = movement.touched[0]
                    spent = self._wallets[debit].respend(transaction, None, 2.0)
                    self._respent[spent.hash] = (debit, int(spent.fee_sats or 0))
                    return spent
        return None

    def _on_block(self, block: BitcoinBlock) -> None:
        self._connect(block.height, block.transactions)

    def _connect(self, height: int, numbers: Iterable[int]) -> None:
        record, me = self._record, self.entity
        numbers = tuple(numbers)
        record(_BLOCK, -1, me, -1, len(numbers), height)
        touched: list[int] = []
        for number in numbers:
            entry = self.chain.transactions[number]
            movement = entry.tag
            if isinstance(movement, Movement):
                record(_INCLUDED, movement.payment, me, 1, entry.index, height, number)
                movement.booked(True)
                touched += movement.touched
            elif entry.transaction.hash in self._respent:
                debit, fee = self._respent[entry.transaction.hash]
                self.make_room(debit, fee)
                self._ground.books.transfer(-1, me, debit, self.miners, fee, Purpose.NETWORK_FEE)
        self._heights.update(dict.fromkeys(numbers, height))
        self._tell(height, touched)

    def _on_reorg(self, reorg: BitcoinReorg, lost: tuple[int, ...]) -> None:
        """Undo what stood in the blocks given up, newest first; then book the new blocks."""
        record, me = self._record, self.entity
        record(Kind.REORG, -1, me, -1, reorg.depth, reorg.fork_height)
        for number in reversed(reorg.disconnected):
            movement = self.chain.transactions[number].tag
            if isinstance(movement, Movement):
                record(Kind.REORGED, movement.payment, me, -1, reorg.depth, self._heights[number], number)
                if movement.undone is not None:
                    movement.undone()
        for number in reorg.conflicted:
            movement = self.chain.transactions[number].tag
            if isinstance(movement, Movement):
                record(Kind.CONFLICTED, movement.payment, me, -1, -1, 0, number)
                if movement.conflicted is not None:
                    movement.conflicted()
        for height in range(reorg.fork_height + 1, self.chain.height + 1):
            self._connect(height, self.chain.block_numbers(height))
        self._tell(self.chain.height, tuple(self._wallets))
        for number in lost:
            movement = self.chain.transactions[number].tag
            if isinstance(movement, Movement) and movement.reorged is not None:
                movement.reorged(number, reorg.depth)

    def _tell(self, height: int, touched: Iterable[int]) -> None:
        # While a branch is being replayed the chain already stands at its new tip: only there can it be read.
        if height == self.chain.height:
            for watch in self.watchers:
                watch(self.chain.name, height, touched)
