"""What a consensus engine is: it judges blocks, keeps the chain with the most work, and says what moved.

Two engines stand behind this interface. ``kernel`` is Bitcoin Core's own validation code; ``python`` checks
the same rules for the transactions that this package makes, where Core's library cannot be installed and as
the oracle it is compared with. Both give Core's reason texts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import NamedTuple, Protocol


class ChainEvent(NamedTuple):
    """A block joined or left the active chain."""

    connected: bool
    height: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an engine says of one block."""

    accepted: bool
    """The block is valid as far as it was checked: on the active chain, or stored on a side branch."""
    reason: str
    """Bitcoin Core's reason for a refusal; empty when accepted."""
    events: tuple[ChainEvent, ...]
    """Blocks that left and joined the active chain, in order."""


class Engine(Protocol):
    """Consensus over blocks of regtest, in process."""

    def submit(self, raw: bytes, hash_: bytes) -> Verdict:
        """Offer a block whose hash is ``hash_``; it may extend the chain, fork it or be refused."""

    @property
    def height(self) -> int:
        """Height of the active chain's tip; genesis is 0."""

    def hash_at(self, height: int) -> bytes:
        """Hash of the active chain's block at ``height``."""

    def raw_at(self, height: int) -> bytes:
        """Bytes of the active chain's block at ``height`` (from 1), read back from the engine."""

    def spent_at(self, height: int) -> list[tuple[int, bytes, int, bool]]:
        """Coins that the block at ``height`` spent, by the engine's own undo data, in spending order.

        Each is (satoshi, script, height of its making, made by a coinbase).
        """

    def close(self) -> None:
        """Give back memory and files. Calling it twice is harmless."""


class EngineMissing(RuntimeError):
    """The library behind an engine is not installed."""


def _kernel() -> Engine:
    try:
        module = import_module("sandbox.chains.bitcoin.kernel_engine")
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] != "pbk":
            raise
        raise EngineMissing(
            "the Bitcoin engine 'kernel' needs the package py-bitcoinkernel==0.1.0a5, not installed; "
            "the engine 'python' gives the same answers"
        ) from missing
    engine: Engine = module.KernelEngine()
    return engine


def _python() -> Engine:
    from sandbox.chains.bitcoin.python_engine import PythonEngine

    return PythonEngine()


#: Every engine by name. An engine is imported only when it is asked for.
ENGINES: dict[str, Callable[[], Engine]] = {"kernel": _kernel, "python": _python}


def open_engine(name: str) -> Engine:
    """A fresh engine that knows the genesis block alone.

    Raises ValueError for an unknown name and EngineMissing where its library is not installed.
    """
    if name not in ENGINES:
        raise ValueError(f"unknown Bitcoin engine {name!r}; there are {', '.join(ENGINES)}")
    return ENGINES[name]()
