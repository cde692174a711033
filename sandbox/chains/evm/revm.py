"""The fast engine: revm in process, through pyrevm.

pyrevm leaves its journal open between calls, so that storage stays warm and gas comes out wrong from the
second call on. Here every transaction runs on a checkpoint of its own: call, read back the slots the function
may write (:mod:`sandbox.chains.evm.writes`), revert, and put those words into the database under the journal.
Each transaction then starts cold, as on a real chain; gas is exact and the journal never grows.

pyrevm neither bumps nonces nor charges fees on a call: nonces are the chain's, fees are summed here.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pyrevm
from eth_utils.address import to_checksum_address

from sandbox.chains.evm.abi import ADDRESS_WORDS, revert_reason
from sandbox.chains.evm.accounts import LOCAL_CHAIN_ID
from sandbox.chains.evm.engine import BLOCK_GAS_LIMIT, FUNDING_WEI, NOBODY, READ_GAS_LIMIT, Answer, Outcome
from sandbox.chains.evm.errors import EngineFault
from sandbox.chains.evm.records import log_head

if TYPE_CHECKING:
    from sandbox.chains.evm.contract import Contract
    from sandbox.chains.evm.records import Transaction

_REVERT = re.compile(r"^Revert \{ gas_used: (\d+), output: 0x([0-9a-f]*) \}$")
_HALT = re.compile(r"^Halt \{ reason: (\w+)(?:\(\w+\))?, gas_used: (\d+) \}$")
_HALTS = {"InvalidFEOpcode": "invalid opcode", "OutOfGas": "out of gas"}
_NO_CODE = pyrevm.AccountInfo(nonce=0, code=b"")
_ALLOWED = frozenset({"env", "gas_limit", "spec_id"})

#: Answers to "which slots" that are remembered for one contract.
_PLANS_KEPT = 20_000


def local_evm(**options: Any) -> Any:
    """A pyrevm EVM that cannot leave this machine.

    ``fork_url`` would open a connection from Rust, which no guard written in Python can see: it, and whatever
    else is not known to be harmless, is refused with ValueError.
    """
    if refused := sorted(set(options) - _ALLOWED):
        raise ValueError(f"a local chain takes no {', '.join(refused)}")
    return pyrevm.EVM(**options)


class _ContractState:
    """Looks at one contract just before a call, remembering state variables until they are written."""

    __slots__ = ("_contract", "_engine", "known", "planned")

    def __init__(self, engine: "RevmEngine", contract: "Contract") -> None:
        self._engine = engine
        self._contract = contract
        self.known: dict[int, int] = {}
        self.planned: dict[tuple[str, ...], Sequence[int]] = {}
        """Function, caller and addresses given -> slots it may change, as long as no state variable changes."""

    def scalar(self, slot: int) -> int:
        if slot not in self.known:
            self.known[slot] = self._engine.storage(self._contract.address, slot)
        return self.known[slot]

    def view(self, function: str) -> int:
        calldata = self._contract.interface.functions[function].encode()
        return int.from_bytes(self._engine.call(self._contract, calldata, NOBODY).output, "big")


class RevmEngine:
    """revm behind :class:`sandbox.chains.evm.engine.Engine`."""

    name = "revm"

    def __init__(self, genesis_timestamp: int, gas_price: int) -> None:
        self._block = _block(0, genesis_timestamp)
        env = pyrevm.Env(cfg=pyrevm.CfgEnv(chain_id=LOCAL_CHAIN_ID), block=self._block)
        self._evm = local_evm(env=env, gas_limit=BLOCK_GAS_LIMIT, spec_id="CANCUN")
        self._gas_price = gas_price
        self._wei: dict[str, int] = {}
        self._states: dict[str, _ContractState] = {}
        self._contracts: dict[str, Contract] = {}
        self._undo: list[tuple[str, int, int]] = []
        self._snapshots: list[tuple[int, dict[str, int], set[str], Any]] = []

    # -- transactions ------------------------------------------------------------------------------

    def fund(self, address: str) -> None:
        """Give a new account its funding."""
        self._wei[address] = FUNDING_WEI

    def run_block(self, height: int, timestamp: int, batch: Sequence["Transaction"]) -> list[Outcome]:
        """Mine a block of these transactions, in order."""
        self._block = _block(height, timestamp)
        self._evm.set_block_env(self._block)
        outcomes = []
        wei, price = self._wei, self._gas_price
        for transaction in batch:
            run = self._deploy if transaction.function == "__init__" else self._call
            outcome = run(transaction)
            wei[transaction.sender.address] -= outcome.gas_used * price
            outcomes.append(outcome)
        return outcomes

    def _call(self, transaction: "Transaction") -> Outcome:
        contract, sender = transaction.contract, transaction.sender.address
        address = contract.address
        slots, elsewhere = self._may_write(transaction)
        evm = self._evm
        checkpoint = evm.snapshot()
        try:
            output = evm.message_call(sender, address, transaction.data, gas=transaction.gas_limit)
        except RuntimeError as error:
            evm.revert(checkpoint)
            return _refused(str(error))
        except BaseException as error:
            raise _fault(error) from error
        result = evm.result
        if elsewhere is None:
            # No other contract was called: all events are its own, and pyrevm need not write out whose they are.
            speaker = contract.address_bytes
            logs = b"".join([_packed(speaker, *log.data) for log in result.logs])
        else:
            logs = b"".join(map(_packed_log, result.logs))
        storage = evm.storage
        words = []
        for slot in slots:
            words.append(storage(address, slot))  # no frame of a comprehension for two slots
        foreign = [(target, slot, storage(target, slot)) for target, slot in elsewhere] if elsewhere else ()
        evm.revert(checkpoint)
        self._keep(address, slots, words)
        for target, slot, word in foreign:
            self._keep(target, [slot], [word])
        return Outcome(True, result.gas_used, "", output, logs)

    def _deploy(self, transaction: "Transaction") -> Outcome:
        contract, sender, evm = transaction.contract, transaction.sender.address, self._evm
        address = contract.address
        state = self._states[address] = _ContractState(self, contract)
        slots = contract.plans["__init__"].slots(sender, transaction.args, state)
        checkpoint = evm.snapshot()
        evm.insert_account_info(sender, pyrevm.AccountInfo(nonce=transaction.nonce))
        try:
            made = evm.deploy(sender, transaction.data, gas=transaction.gas_limit)
        except RuntimeError as error:
            evm.revert(checkpoint)
            del self._states[address]
            return _refused(str(error))
        except BaseException as error:
            raise _fault(error) from error
        if made.lower() != address.lower():
            raise EngineFault(f"deployed at {made}, not at {address}")
        result = evm.result
        logs = b"".join(map(_packed_log, result.logs))
        gas_used = result.gas_used
        # Taken from the EVM, the account's code comes with its jump table; given as bytes, every call would
        # work the table out again.
        account = evm.basic(address)
        words = [evm.storage(address, slot) for slot in slots]
        evm.revert(checkpoint)
        evm.insert_account_info(address, account)
        self._contracts[address] = contract
        self._keep(address, slots, words)
        return Outcome(True, gas_used, "", b"", logs)

    def _may_write(self, transaction: "Transaction") -> tuple[Sequence[int], list[tuple[str, int]] | None]:
        """Slots of its contract that the transaction may change, and (address, slot) of those it may call.

        None in place of the latter: it calls no other contract.
        """
        function, args, contract = transaction.function, transaction.args, transaction.contract
        if not function:
            parsed = contract.parsed(transaction.data)
            if parsed is None:
                return (), None
            function, args = parsed[0].name, parsed[1]
        sender, plan = transaction.sender.address, contract.plans.get(function)
        if plan is None or plan.depends_on is None:
            return self._planned(contract, function, sender, args)
        question = (function, sender, *[args[place] for place in plan.depends_on])
        planned = self._states[contract.address].planned
        slots = planned.get(question)
        if slots is not None:
            return slots, None
        slots, elsewhere = self._planned(contract, function, sender, args)
        if elsewhere is None:
            if len(planned) >= _PLANS_KEPT:
                planned.clear()
            planned[question] = slots
        return slots, elsewhere

    def _planned(
        self, contract: "Contract", function: str, sender: str, args: tuple[Any, ...]
    ) -> tuple[Sequence[int], list[tuple[str, int]] | None]:
        plan = contract.plans.get(function)
        if plan is None:
            return (), None
        state = self._states[contract.address]
        slots = plan.slots(sender, args, state)
        elsewhere: list[tuple[str, int]] | None = None
        for call in plan.foreign:
            word = state.scalar(call.target_slot)
            target = self._contract_at(word) if word else None
            if target is not None:
                passed = tuple([key(sender, args, state) for key in call.args])
                its, further = self._planned(target, call.function, contract.address, passed)
                elsewhere = [*(elsewhere or ()), *((target.address, slot) for slot in its), *(further or ())]
        return slots, elsewhere

    def _contract_at(self, word: int) -> "Contract | None":
        return self._contracts.get(to_checksum_address(word.to_bytes(20, "big")))

    def _keep(self, address: str, slots: Sequence[int], words: Sequence[int]) -> None:
        """Write words under the journal.

        On an account that is not loaded, pyrevm writes straight to its database and then loads the account;
        the checkpoint around each write unloads it again.
        """
        evm, state = self._evm, self._states[address]
        known = state.known
        snapshot, insert, revert = evm.snapshot, evm.insert_account_storage, evm.revert
        logged = bool(self._snapshots)
        for slot, word in zip(slots, words, strict=True):
            if slot in known and known[slot] != word:
                known[slot] = word
                state.planned.clear()
            if logged:
                self._undo.append((address, slot, self.storage(address, slot)))
            checkpoint = snapshot()
            insert(address, slot, word)
            revert(checkpoint)

    # -- reading -----------------------------------------------------------------------------------

    def call(self, contract: "Contract", calldata: bytes, sender: str) -> Answer:
        """Call without changing anything."""
        evm = self._evm
        checkpoint = evm.snapshot()
        try:
            output = evm.message_call(sender, contract.address, calldata, gas=READ_GAS_LIMIT)
        except RuntimeError as error:
            refused = _refused(str(error))
            return Answer(False, refused.output, refused.reason)
        except BaseException as error:
            raise _fault(error) from error
        finally:
            evm.revert(checkpoint)
        return Answer(True, output, "")

    def storage(self, address: str, slot: int) -> int:
        """A word of storage, read on a checkpoint so that it does not stay warm."""
        evm = self._evm
        checkpoint = evm.snapshot()
        word: int = evm.storage(address, slot)
        evm.revert(checkpoint)
        return word

    def words(self, address: str, slots: Sequence[int]) -> list[int]:
        """Several words of one contract's storage, on one checkpoint."""
        evm = self._evm
        checkpoint = evm.snapshot()
        read = evm.storage
        words = [read(address, slot) for slot in slots]
        evm.revert(checkpoint)
        return words

    def native_balance(self, address: str) -> int:
        """Wei of an account."""
        return self._wei.get(address, 0)

    # -- going back --------------------------------------------------------------------------------

    def snapshot(self) -> int:
        """Remember the state: changed words are logged, as pyrevm's own snapshots are few and shallow."""
        self._snapshots.append((len(self._undo), dict(self._wei), set(self._contracts), self._block))
        return len(self._snapshots) - 1

    def revert(self, snapshot: int) -> None:
        """Go back to a snapshot."""
        length, wei, contracts, self._block = self._snapshots[snapshot]
        outer = self._snapshots[:snapshot]
        self._snapshots = []  # so that going back is not logged in its turn
        for address, slot, word in reversed(self._undo[length:]):
            self._keep(address, [slot], [word])
        del self._undo[length:]
        self._snapshots = outer
        self._wei = wei
        self._evm.set_block_env(self._block)
        for address in [made for made in self._contracts if made not in contracts]:
            self._evm.insert_account_info(address, _NO_CODE)
            del self._contracts[address], self._states[address]

    def release(self, snapshot: int) -> None:
        """Forget a snapshot and later ones, keeping the state."""
        del self._snapshots[snapshot:]
        if not self._snapshots:
            self._undo.clear()

    def close(self) -> None:
        """Let go of the EVM."""
        del self._evm


def _block(height: int, timestamp: int) -> Any:
    return pyrevm.BlockEnv(
        number=height,
        timestamp=timestamp,
        gas_limit=BLOCK_GAS_LIMIT,
        basefee=0,
        prevrandao=bytes(32),
        excess_blob_gas=0,
    )


def _packed_log(log: Any) -> bytes:
    """An event as :mod:`sandbox.chains.evm.records` keeps it."""
    return _packed(ADDRESS_WORDS[log.address][12:], *log.data)


def _packed(address: bytes, topics: Sequence[bytes], data: bytes) -> bytes:
    return b"".join((log_head(address, len(topics), len(data)), *topics, data))


def _refused(text: str) -> Outcome:
    """A failed call, from the exception's text: the only place where pyrevm tells gas and revert data."""
    if revert := _REVERT.match(text):
        output = bytes.fromhex(revert[2])
        return Outcome(False, int(revert[1]), revert_reason(output), output, b"")
    if halt := _HALT.match(text):
        return Outcome(False, int(halt[2]), _HALTS.get(halt[1], "halted"), b"", b"")
    raise EngineFault(f"revm: {text}")


def _fault(error: BaseException) -> BaseException:
    """A Rust panic is a BaseException that ``except Exception`` misses; an interrupt stays what it is."""
    if type(error).__name__ == "PanicException":
        return EngineFault(f"revm panicked: {error}")
    return error
