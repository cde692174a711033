"""The interface of EVM engines, and the table of those there are.

An engine runs the transactions of one block at a time and answers static calls and storage reads in the state
after the last block. Whatever it is, the same batch of transactions gives the same status, gas, logs, return
data and reasons: one conformance suite checks all engines.
"""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, Protocol

from sandbox.chains.evm.errors import EngineMissing

if TYPE_CHECKING:
    from sandbox.chains.evm.contract import Contract
    from sandbox.chains.evm.records import Transaction

#: Wei a new account holds: enough for a billion transactions at any sensible price.
FUNDING_WEI = 10**30

#: Gas a block may hold: so much that blocks are never full. Congestion is the scenario's business.
BLOCK_GAS_LIMIT = 2**45

#: Gas a static call may use.
READ_GAS_LIMIT = 10_000_000

#: Who asks when nobody in particular does.
NOBODY = "0x" + "00" * 20


class Outcome(NamedTuple):
    """What became of one transaction."""

    ok: bool
    gas_used: int
    reason: str
    """Why it was refused; empty if ok."""
    output: bytes
    """Return data; of a refused transaction its revert data; of a deployment nothing."""
    packed_logs: bytes
    """See :func:`sandbox.chains.evm.records.pack_logs`."""


class Answer(NamedTuple):
    """What a static call gave."""

    ok: bool
    output: bytes
    reason: str


class Engine(Protocol):
    """One EVM with its state."""

    name: str

    def fund(self, address: str) -> None:
        """Give a new account :data:`FUNDING_WEI`, from outside, as at genesis."""

    def run_block(self, height: int, timestamp: int, batch: Sequence["Transaction"]) -> list[Outcome]:
        """Mine a block of these transactions, in order."""

    def call(self, contract: "Contract", calldata: bytes, sender: str) -> Answer:
        """Call without changing anything, at the last block."""

    def storage(self, address: str, slot: int) -> int:
        """A word of a contract's storage, raw, after the last block."""

    def words(self, address: str, slots: Sequence[int]) -> list[int]:
        """Several words of one contract's storage, raw, after the last block."""

    def native_balance(self, address: str) -> int:
        """Wei of an account after the last block: its funding less the fees it has paid."""

    def snapshot(self) -> int:
        """Remember the state; the number takes it back. Only the innermost snapshots can nest."""

    def revert(self, snapshot: int) -> None:
        """Go back to a snapshot; it and later ones are used up."""

    def release(self, snapshot: int) -> None:
        """Forget a snapshot and later ones, keeping the state."""

    def close(self) -> None:
        """Let go of everything."""


#: Engine name to (module, class, distribution it needs). The first is the default.
ENGINES: dict[str, tuple[str, str, str]] = {
    "revm": ("sandbox.chains.evm.revm", "RevmEngine", "pyrevm"),
    "eth-tester": ("sandbox.chains.evm.reference", "ReferenceEngine", "eth-tester, py-evm and web3"),
}


def open_engine(name: str, genesis_timestamp: int, gas_price: int) -> Engine:
    """A fresh engine by name, loaded only now.

    Raises ValueError for a name that is not in :data:`ENGINES`, EngineMissing if its packages are not there.
    """
    if name not in ENGINES:
        raise ValueError(f"no EVM engine {name!r}; there are {', '.join(ENGINES)}")
    module, made, needs = ENGINES[name]
    try:
        maker: Callable[[int, int], Engine] = getattr(import_module(module), made)
    except ImportError as error:
        others = " or ".join(repr(other) for other in ENGINES if other != name)
        message = (
            f"EVM engine {name!r} needs {needs}, not to be had here ({error}); use {others}: same answers"
        )
        raise EngineMissing(message) from error
    return maker(genesis_timestamp, gas_price)
