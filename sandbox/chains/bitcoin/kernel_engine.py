"""Bitcoin Core's consensus code through py-bitcoinkernel, one regtest chain in memory.

The library's Python classes are bypassed where they cost more than the work they wrap. Its return values do
not judge a block: it says "processed" of a block that then fails to connect. The verdict is therefore read
from the ``block_checked`` callback and from the active chain, and the reason from Core's log.
"""

import ctypes
import os
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import Any

import pbk
import pbk.capi.bindings as capi
from pbk.util.callbacks import _initialize_callbacks

from sandbox.chains.bitcoin.engine import ChainEvent, Verdict
from sandbox.chains.bitcoin.index_check import switch_off_index_check
from sandbox.chains.bitcoin.kernel_log import reasons_logged

_VALID = 0
_HASH = ctypes.c_ubyte * 32


class KernelEngine:
    """One chainstate manager of Bitcoin Core on regtest: databases in memory, block files in one place."""

    def __init__(self) -> None:
        self._log = reasons_logged()
        self._events: list[ChainEvent] = []
        self._invalid = False
        self._directory = _private_directory()
        self._finalizer = weakref.finalize(self, _remove, self._directory, os.getpid())
        self._callbacks = self._listening()
        options = pbk.ContextOptions()
        options.set_chainparams(pbk.ChainParameters(pbk.ChainType.REGTEST))
        options.set_validation_interface(self._callbacks)
        self._context: Any = pbk.Context(options)
        blocks = str(Path(self._directory, "blocks"))
        settings = pbk.ChainstateManagerOptions(self._context, self._directory, blocks)
        settings.update_block_tree_db_in_memory(True)
        settings.update_chainstate_db_in_memory(True)
        settings.set_worker_threads_num(0)
        self._manager: Any = pbk.ChainstateManager(settings)
        self.index_check_off = switch_off_index_check(self._manager, self._directory)
        self._chain: Any = self._manager.get_active_chain()
        self._events.clear()

    def _listening(self) -> Any:
        """Callbacks that note what joined and left the chain.

        Exceptions cannot leave a callback, so these three only append; nothing in them can fail.
        """
        hash_of, height_of = capi.btck_block_tree_entry_get_block_hash, capi.btck_block_tree_entry_get_height
        to_bytes, destroy = capi.btck_block_hash_to_bytes, capi.btck_block_destroy
        events, reference = self._events, weakref.ref(self)

        def noted(connected: bool, block: Any, entry: Any) -> None:
            buffer = _HASH()
            to_bytes(hash_of(entry), buffer)
            events.append(ChainEvent(connected, height_of(entry), bytes(buffer)))
            destroy(block)

        def checked(_data: Any, block: Any, state: Any) -> None:
            engine = reference()
            if engine is not None and capi.btck_block_validation_state_get_validation_mode(state) != _VALID:
                engine._invalid = True
            destroy(block)

        callbacks = capi.btck_ValidationInterfaceCallbacks()
        _initialize_callbacks(
            callbacks,
            None,
            block_checked=checked,
            block_connected=lambda _data, block, entry: noted(True, block, entry),
            block_disconnected=lambda _data, block, entry: noted(False, block, entry),
        )
        return callbacks

    def submit(self, raw: bytes, hash_: bytes) -> Verdict:
        """Offer a block; see ``Engine.submit``."""
        manager = self._opened(self._manager)
        self._events.clear()
        self._log.clear()
        self._invalid = False
        block = capi.btck_block_create(raw, len(raw))
        if not block:
            return Verdict(False, "bad-block-serialization", ())
        new = ctypes.c_int()
        try:
            failed = capi.btck_chainstate_manager_process_block(manager, block, ctypes.byref(new))
        finally:
            capi.btck_block_destroy(block)
        events = tuple(self._events)
        if failed or self._invalid:
            return Verdict(False, self._log[-1] if self._log else "rejected", events)
        if not new.value:
            return Verdict(False, "duplicate", events)
        return Verdict(True, "", events)

    @property
    def height(self) -> int:
        """Height of the active chain's tip."""
        return int(capi.btck_chain_get_height(self._opened(self._chain)))

    def hash_at(self, height: int) -> bytes:
        """Hash of the active chain's block at ``height``."""
        buffer = _HASH()
        entry = self._entry(height)
        capi.btck_block_hash_to_bytes(capi.btck_block_tree_entry_get_block_hash(entry), buffer)
        return bytes(buffer)

    def raw_at(self, height: int) -> bytes:
        """Bytes of the active chain's block at ``height``, read back from Core's block file."""
        return bytes(self._manager.blocks[self._entry(height)])

    def spent_at(self, height: int) -> list[tuple[int, bytes, int, bool]]:
        """Coins that the block at ``height`` spent, from Core's undo file; see ``Engine.spent_at``."""
        undo = self._manager.block_spent_outputs[self._entry(height)]
        return [
            (coin.output.amount, bytes(coin.output.script_pubkey), coin.confirmation_height, coin.is_coinbase)
            for transaction in undo.transactions
            for coin in transaction.coins
        ]

    def _entry(self, height: int) -> Any:
        """The active chain's entry at ``height``. Core does not check: a wrong height would be a crash."""
        if not 0 <= height <= self.height:
            raise IndexError(f"the chain has no block at height {height}")
        return self._chain._get_by_height(height)

    @staticmethod
    def _opened(part: Any) -> Any:
        """A part of the open engine; what is closed must not reach Core as a null pointer."""
        if part is None:
            raise RuntimeError("the engine is closed")
        return part

    def close(self) -> None:
        """Destroy the chainstate and remove its directory."""
        self._chain = self._manager = self._context = None
        self._finalizer()


def _private_directory() -> str:
    """A directory of this engine's own, in memory where the system has such a place."""
    shared = Path("/dev/shm")
    return tempfile.mkdtemp(prefix="elr-sandbox-btc-", dir=shared if shared.is_dir() else None)


def _remove(directory: str, owner: int) -> None:
    """Remove an engine's directory, unless this is a forked child of the process that owns it."""
    if os.getpid() == owner:
        shutil.rmtree(directory, ignore_errors=True)
