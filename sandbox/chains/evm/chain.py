"""An EVM chain on simulated time: accounts, contracts, waiting transactions, blocks mined on demand.

Time is in whole seconds of the scenario; contracts see it as ``genesis_time`` plus those seconds. The chain's
genesis block lies a day before second 0, so that contracts can be deployed and set up before the start.
"""

from types import TracebackType
from typing import Any, Self

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from sandbox.chains.evm.accounts import Account, hash_of_call
from sandbox.chains.evm.artefact import Artefact
from sandbox.chains.evm.contract import Contract
from sandbox.chains.evm.engine import open_engine
from sandbox.chains.evm.errors import ChainError
from sandbox.chains.evm.records import Block, Receipt, Transaction

#: Seconds before the scenario at which the genesis block stands.
SET_UP_SECONDS = 86_400

#: What senders pay for at most, unless told otherwise: several times a token transfer.
CALL_GAS_LIMIT = 300_000
DEPLOY_GAS_LIMIT = 6_000_000

GWEI = 10**9

#: Above this a funded account could run out of native coin.
MOST_GAS_PRICE = 10**15


class EvmChain:
    """One local chain. The same submissions and mining times give the same chain on every engine."""

    def __init__(
        self,
        engine: str = "revm",
        name: str = "chain/evm",
        genesis_time: int = SET_UP_SECONDS,
        gas_price: int = GWEI,
    ) -> None:
        """``genesis_time``: Unix time of the scenario's second 0; ``gas_price``: wei a gas, for everybody."""
        if genesis_time < SET_UP_SECONDS:
            raise ValueError(f"genesis_time is at least {SET_UP_SECONDS}, not {genesis_time}")
        if not 0 <= gas_price <= MOST_GAS_PRICE:
            raise ValueError(f"gas_price is from 0 to {MOST_GAS_PRICE} wei, not {gas_price}")
        self.name = name
        self.genesis_time = genesis_time
        self.gas_price = gas_price
        self.engine = open_engine(engine, genesis_time - SET_UP_SECONDS, gas_price)
        self.blocks: list[Block] = [Block(self, 0, -SET_UP_SECONDS, 0, -SET_UP_SECONDS)]
        """All blocks by height; the genesis block is empty."""
        self.transactions: list[Transaction] = []
        """All transactions by number, waiting ones included."""
        self.contracts: dict[bytes, Contract] = {}
        """Contracts by address (20 bytes)."""
        self._accounts: dict[str, Account] = {}
        self._pending: list[Transaction] = []
        self._snapshots: list[_Snapshot] = []
        self._gas_used: dict[int, int] = {}
        self._outputs: dict[bytes, bytes] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the engine; records stay readable."""
        self.engine.close()

    # -- who and what ------------------------------------------------------------------------------

    def account(self, name: str) -> Account:
        """The account of this name, made and funded with native coin at the first mention."""
        found = self._accounts.get(name)
        if found is None:
            found = self._accounts[name] = Account(self, name)
            self.engine.fund(found.address)
        return found

    def deploy(
        self,
        sender: Account,
        made_from: Artefact,
        *args: Any,
        time: int | None = None,
        gas_limit: int = DEPLOY_GAS_LIMIT,
    ) -> Contract:
        """Deploy a contract in a block of its own, a second after the last block unless ``time`` says later.

        Raises ChainError if transactions are waiting or the constructor refuses.
        """
        if self._pending:
            raise ChainError("mine what is waiting before deploying")
        made_at = contract_address(sender.address_bytes, sender.nonce)
        contract = Contract(self, made_from, to_checksum_address(made_at))
        code = made_from.bytecode + contract.interface.constructor.encode(*args)
        words = -(-len(code) // 32)
        self._enqueue(sender, contract, "__init__", args, code, gas_limit, None, 53_000 + 2 * words)
        block = self.mine(self.time + 1 if time is None else time)
        if not block.receipts[0].ok:
            raise ChainError(f"{made_from.name} was not deployed: {block.receipts[0].reason}")
        self.contracts[made_at] = contract
        return contract

    # -- transactions ------------------------------------------------------------------------------

    def submit(
        self,
        sender: Account,
        contract: Contract,
        function: str,
        *args: Any,
        tag: object = None,
        gas_limit: int = CALL_GAS_LIMIT,
    ) -> Transaction:
        """Sign a call; it waits for the next block, behind those before it. Nothing is executed now.

        Raises LookupError for an unknown function and ValueError for arguments that cannot be encoded or a
        gas limit below what any such call costs.
        """
        return self.submit_call(sender, contract, function, args, tag, gas_limit)

    def submit_call(
        self,
        sender: Account,
        contract: Contract,
        function: str,
        args: tuple[Any, ...],
        tag: object = None,
        gas_limit: int = CALL_GAS_LIMIT,
    ) -> Transaction:
        """:meth:`submit` for those who have the arguments in a tuple."""
        known = contract.interface.functions.get(function) or contract.function(function)
        return self._enqueue(sender, contract, function, args, known.encode(*args), gas_limit, tag, 21_000)

    def submit_raw(
        self,
        sender: Account,
        contract: Contract,
        calldata: bytes,
        *,
        tag: object = None,
        gas_limit: int = CALL_GAS_LIMIT,
    ) -> Transaction:
        """Sign a call with calldata as it is, well formed or not."""
        return self._enqueue(sender, contract, "", (calldata,), calldata, gas_limit, tag, 21_000)

    def _enqueue(
        self,
        sender: Account,
        contract: Contract,
        function: str,
        args: tuple[Any, ...],
        data: bytes,
        gas_limit: int,
        tag: object,
        fixed_gas: int,
    ) -> Transaction:
        if sender.chain is not self or contract.chain is not self:
            raise ValueError(
                f"{sender.name} or {contract.artefact.name} is of another chain than {self.name}"
            )
        least = fixed_gas + 16 * len(data) - 12 * data.count(0)
        if gas_limit < least:
            raise ValueError(f"a gas limit of {gas_limit} is below the {least} that the calldata alone costs")
        transactions = self.transactions
        transaction = Transaction(len(transactions), sender, contract, function, args, data, gas_limit, tag)
        sender.nonce += 1
        transactions.append(transaction)
        self._pending.append(transaction)
        return transaction

    @property
    def pending(self) -> int:
        """Transactions waiting for a block."""
        return len(self._pending)

    @property
    def time(self) -> int:
        """Second of the last block."""
        return self.blocks[-1].time

    def mine(self, time: int, *, most: int | None = None, mined_at: int | None = None) -> Block:
        """Mine what is waiting, in order, into one block at this second of the scenario.

        ``most`` bounds the number of transactions; ``mined_at`` is the second kept beside the block's time
        where the two differ. Raises ValueError unless the time is after the last block's.
        """
        last = self.blocks[-1]
        if type(time) is not int or time <= last.time:
            raise ValueError(f"a block at {time!r} does not come after the one at {last.time}")
        first_number = len(self.transactions) - len(self._pending)
        cut = len(self._pending) if most is None else most
        batch, self._pending = self._pending[:cut], self._pending[cut:]
        block = Block(self, last.height + 1, time, first_number, time if mined_at is None else mined_at)
        outcomes = self.engine.run_block(block.height, block.timestamp, batch)
        same, alike = self._gas_used.setdefault, self._outputs.setdefault
        for transaction, (ok, gas_used, reason, output, _) in zip(batch, outcomes, strict=True):
            # Few different amounts of gas are ever used and few short answers given: one object for each.
            if len(output) <= 32:
                output = alike(output, output)
            receipt = Receipt(transaction.number, block, ok, same(gas_used, gas_used), reason, output)
            transaction.receipt = receipt
            block.receipts.append(receipt)
        block.keep_logs([outcome.packed_logs for outcome in outcomes])
        self.blocks.append(block)
        return block

    # -- looking -----------------------------------------------------------------------------------

    def native_balance(self, account: Account) -> int:
        """Wei of an account after the last block: its funding less the fees of its mined transactions."""
        return self.engine.native_balance(account.address)

    def transaction_hash(self, number: int) -> str:
        """The hash of a transaction: signed again for whoever looks, the same on every engine."""
        transaction = self.transactions[number]
        return hash_of_call(
            transaction.sender.name,
            nonce=transaction.nonce,
            gas_limit=transaction.gas_limit,
            gas_price=self.gas_price,
            to="" if transaction.deploys else transaction.contract.address,
            data=transaction.data,
        )

    # -- going back --------------------------------------------------------------------------------

    def snapshot(self) -> int:
        """Remember the chain as it is, waiting transactions included; the number takes it back.

        While a snapshot is open every change is logged; :meth:`revert` or :meth:`release` closes it.
        """
        kept = _Snapshot(self.engine.snapshot(), self)
        self._snapshots.append(kept)
        return len(self._snapshots) - 1

    def revert(self, snapshot: int) -> None:
        """Go back to a snapshot; it and later ones are used up.

        Raises LookupError for one that is not open.
        """
        if not 0 <= snapshot < len(self._snapshots):
            raise LookupError(f"no open snapshot {snapshot}")
        kept = self._snapshots[snapshot]
        del self._snapshots[snapshot:]
        self.engine.revert(kept.engine)
        del self.blocks[kept.height + 1 :], self.transactions[kept.transactions :]
        for transaction in kept.pending:
            transaction.receipt = None
        self._pending = list(kept.pending)
        for account in self._accounts.values():
            account.nonce = kept.nonces.get(account.name, 0)
        newer = [name for name in self._accounts if name not in kept.nonces]
        for name in newer:
            self.engine.fund(self._accounts[name].address)
        for address in [made for made in self.contracts if made not in kept.contracts]:
            del self.contracts[address]

    def release(self, snapshot: int) -> None:
        """Forget a snapshot and later ones, keeping the chain as it is."""
        if not 0 <= snapshot < len(self._snapshots):
            raise LookupError(f"no open snapshot {snapshot}")
        self.engine.release(self._snapshots[snapshot].engine)
        del self._snapshots[snapshot:]


def contract_address(sender: bytes, nonce: int) -> bytes:
    """Where a contract deployed by this transaction lies: the last 20 bytes of the digest of its RLP list."""
    digits = nonce.to_bytes(-(-nonce.bit_length() // 8), "big")
    item = digits if 0 < nonce < 0x80 else bytes([0x80 + len(digits)]) + digits
    payload = b"\x94" + sender + item
    return keccak(bytes([0xC0 + len(payload)]) + payload)[12:]


class _Snapshot:
    """The chain's own side of a snapshot."""

    __slots__ = ("contracts", "engine", "height", "nonces", "pending", "transactions")

    def __init__(self, engine: int, chain: EvmChain) -> None:
        self.engine = engine
        self.height = chain.blocks[-1].height
        self.transactions = len(chain.transactions)
        self.pending = list(chain._pending)
        self.nonces = {account.name: account.nonce for account in chain._accounts.values()}
        self.contracts = set(chain.contracts)
