"""What a chain keeps of its transactions, receipts and blocks: as little as holds, decoded when looked at.

A hundred thousand transactions must fit in tens of megabytes, so a receipt packs its logs into one bytes
object and reads height, index and fee off its block.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.chains.evm.accounts import Account
    from sandbox.chains.evm.chain import EvmChain
    from sandbox.chains.evm.contract import Contract

RawLog = tuple[bytes, Sequence[bytes], bytes]
"""Address (20 bytes), topics, data."""


def pack_logs(logs: Sequence[RawLog]) -> bytes:
    """Logs one after another: address, count of topics (1 byte), length of data (4 bytes), topics, data."""
    return b"".join(
        b"".join((log_head(address, len(topics), len(data)), *topics, data)) for address, topics, data in logs
    )


@lru_cache(maxsize=256)
def log_head(address: bytes, topics: int, length: int) -> bytes:
    """What comes before the topics of a packed log; a chain has few contracts and few shapes of event."""
    return address + topics.to_bytes(1, "big") + length.to_bytes(4, "big")


def unpack_logs(packed: bytes) -> list[RawLog]:
    """The logs that :func:`pack_logs` packed."""
    logs: list[RawLog] = []
    at = 0
    while at < len(packed):
        address, topic_count = packed[at : at + 20], packed[at + 20]
        start = at + 25
        data_at = start + 32 * topic_count
        end = data_at + int.from_bytes(packed[at + 21 : start], "big")
        topics = [packed[place : place + 32] for place in range(start, data_at, 32)]
        logs.append((address, topics, packed[data_at:end]))
        at = end
    return logs


@dataclass(frozen=True, slots=True)
class Log:
    """One event that a contract told of."""

    contract: "Contract"
    """Who told it."""
    name: str
    """Name of the event."""
    args: dict[str, Any]
    """Its arguments by name."""


class Transaction:
    """A signed wish of an account, waiting or mined."""

    __slots__ = (
        "args",
        "contract",
        "data",
        "function",
        "gas_limit",
        "nonce",
        "number",
        "receipt",
        "sender",
        "tag",
    )

    def __init__(
        self,
        number: int,
        sender: "Account",
        contract: "Contract",
        function: str,
        args: tuple[Any, ...],
        data: bytes,
        gas_limit: int,
        tag: object,
    ) -> None:
        self.number = number
        """Place among all transactions of the chain, from 0: the order in which they were submitted."""
        self.sender = sender
        self.nonce = sender.nonce
        """Place among the sender's transactions, from 0."""
        self.contract = contract
        """The contract called, or made when ``function`` is ``__init__``."""
        self.function = function
        """Name of the function; ``__init__`` deploys; empty for raw calldata, then the one argument."""
        self.args = args
        self.data = data
        """Calldata, or the code it deploys with its encoded arguments."""
        self.gas_limit = gas_limit
        """Gas the sender pays for at most."""
        self.tag = tag
        """Whatever the submitter wants to find again; the chain never looks at it."""
        self.receipt: Receipt | None = None
        """What became of it; None while it waits."""

    @property
    def deploys(self) -> bool:
        """Does it make a contract?"""
        return self.function == "__init__"

    def __repr__(self) -> str:
        return f"Transaction({self.number}, {self.sender.name}, {self.function or 'raw'}{self.args!r})"


class Receipt:
    """What became of a mined transaction."""

    __slots__ = ("block", "gas_used", "number", "ok", "output", "reason")

    def __init__(
        self, number: int, block: "Block", ok: bool, gas_used: int, reason: str, output: bytes
    ) -> None:
        self.number = number
        """Number of the transaction."""
        self.block = block
        """The block that holds it."""
        self.ok = ok
        """Did the contract accept it? A refused transaction moves nothing and still pays for its gas."""
        self.gas_used = gas_used
        self.reason = reason
        """Why refused: the contract's words, "reverted", "invalid opcode" or "out of gas"; empty if ok."""
        self.output = output
        """What the contract returned, raw."""

    @property
    def height(self) -> int:
        """Height of the block."""
        return self.block.height

    @property
    def index(self) -> int:
        """Place in the block, from 0."""
        return self.number - self.block.first_number

    @property
    def fee_wei(self) -> int:
        """What the sender paid to the network: gas used at the chain's fixed price."""
        return self.gas_used * self.block.chain.gas_price

    @property
    def transaction(self) -> Transaction:
        """The transaction itself."""
        return self.block.chain.transactions[self.number]

    @property
    def raw_logs(self) -> list[RawLog]:
        """Address, topics and data of each event."""
        return unpack_logs(self.block.packed_logs(self.index))

    @property
    def logs(self) -> list[Log]:
        """The events, decoded. One of a contract or event unknown to the chain is left out."""
        found = []
        for address, topics, data in self.raw_logs:
            contract = self.block.chain.contracts.get(address)
            event = contract.interface.events.get(topics[0]) if contract and topics else None
            if contract and event:
                found.append(Log(contract, event.name, event.arguments(topics[1:], data)))
        return found

    def __repr__(self) -> str:
        ending = "ok" if self.ok else f"refused: {self.reason}"
        return f"Receipt({self.number}, height {self.height}, {ending}, gas {self.gas_used})"


class Block:
    """A mined block."""

    __slots__ = ("_log_ends", "_logs", "chain", "first_number", "height", "mined_at", "receipts", "time")

    def __init__(self, chain: "EvmChain", height: int, time: int, first_number: int, mined_at: int) -> None:
        self.chain = chain
        self.height = height
        """Blocks below it."""
        self.time = time
        """Its second of the scenario by the chain's clock, always after the block before."""
        self.mined_at = mined_at
        """The second at which it was mined: before ``time`` only where blocks crowd into one second."""
        self.first_number = first_number
        """Number of its first transaction."""
        self.receipts: list[Receipt] = []
        """What became of its transactions, in order."""
        self._logs = b""
        self._log_ends: array[int] = array("Q")

    def keep_logs(self, packed: Sequence[bytes]) -> None:
        """Keep the packed logs of each transaction, in order, as one piece of memory."""
        self._logs = b"".join(packed)
        self._log_ends = array("Q", accumulate(map(len, packed)))

    def packed_logs(self, index: int) -> bytes:
        """The packed logs of one transaction of the block."""
        return self._logs[self._log_ends[index - 1] if index else 0 : self._log_ends[index]]

    @property
    def timestamp(self) -> int:
        """Its time as contracts see it: seconds of the Unix epoch."""
        return self.chain.genesis_time + self.time

    def __repr__(self) -> str:
        return f"Block({self.height}, time {self.time}, {len(self.receipts)} transactions)"
