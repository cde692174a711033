"""The reference engine: py-evm under eth-tester, reached through web3's contract API.

Slow, and trusted: calldata is built and signed by web3 and eth-account, receipts are read back through web3
over the in-process provider, the only provider there is. Its encoding of each call is compared with ours.

Transactions are applied to py-evm's pending block directly, because eth-tester itself takes only one waiting
transaction a sender, and the pending header carries the simulated time before they run. Block hashes mean
nothing here and are never shown.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from eth.constants import GENESIS_PARENT_HASH
from eth.vm.forks import CancunVM
from eth.vm.spoof import SpoofTransaction
from eth_tester import EthereumTester, PyEVMBackend
from eth_tester.backends.pyevm.main import get_default_genesis_params
from eth_utils.address import to_checksum_address
from web3 import EthereumTesterProvider, Web3

from sandbox.chains.evm.abi import revert_reason
from sandbox.chains.evm.accounts import LOCAL_CHAIN_ID
from sandbox.chains.evm.engine import BLOCK_GAS_LIMIT, FUNDING_WEI, READ_GAS_LIMIT, Answer, Outcome
from sandbox.chains.evm.errors import EngineFault
from sandbox.chains.evm.records import pack_logs

if TYPE_CHECKING:
    from sandbox.chains.evm.contract import Contract
    from sandbox.chains.evm.records import Transaction

_HALTS = {"InvalidInstruction": "invalid opcode", "OutOfGas": "out of gas"}
_NOBODY = b"\0" * 19 + b"\x01"


class ReferenceEngine:
    """py-evm behind :class:`sandbox.chains.evm.engine.Engine`."""

    name = "eth-tester"

    def __init__(self, genesis_timestamp: int, gas_price: int) -> None:
        overrides = {"timestamp": genesis_timestamp, "gas_limit": BLOCK_GAS_LIMIT}
        genesis = get_default_genesis_params(overrides=overrides) | {"base_fee_per_gas": 0}
        nobody = {_NOBODY: {"balance": 0, "nonce": 0, "code": b"", "storage": {}}}
        backend = PyEVMBackend(genesis, nobody, vm_configuration=((0, CancunVM),))
        tester = EthereumTester(backend=backend, auto_mine_transactions=False)
        self.web3 = Web3(EthereumTesterProvider(tester), middleware=[])
        """For whoever wants to look at the chain with web3."""
        if self.web3.eth.chain_id != LOCAL_CHAIN_ID:
            raise EngineFault(f"chain id {self.web3.eth.chain_id} is not the local one")
        self._chain: Any = backend.chain
        self._gas_price = gas_price
        self._funded: list[str] = []
        self._bound: dict[str, Any] = {}
        self._snapshots: list[tuple[Any, int]] = []

    # -- transactions ------------------------------------------------------------------------------

    def fund(self, address: str) -> None:
        """Give a new account its funding, in the state that the pending block starts from."""
        self._funded.append(address)
        self._grant([address])

    def _grant(self, addresses: Sequence[str]) -> None:
        state = self._chain.get_vm().state
        for address in addresses:
            state.set_balance(bytes.fromhex(address[2:]), FUNDING_WEI)
        state.persist()
        self._chain.header = self._chain.header.copy(state_root=state.state_root)

    def run_block(self, height: int, timestamp: int, batch: Sequence["Transaction"]) -> list[Outcome]:
        """Mine a block of these transactions, in order."""
        self._chain.header = self._chain.header.copy(timestamp=timestamp)
        ran = [self._apply(transaction) for transaction in batch]
        # A fixed mix hash, where eth-tester would draw one from the machine.
        block = self._chain.mine_block(coinbase=bytes(20), mix_hash=bytes(32))
        if block.number != height or block.header.timestamp != timestamp:
            raise EngineFault(
                f"mined {block.number} at {block.header.timestamp}, not {height} at {timestamp}"
            )
        return [self._outcome(transaction_hash, computation) for transaction_hash, computation in ran]

    def _apply(self, transaction: "Transaction") -> tuple[str, Any]:
        fields = self._fields(transaction)
        if bytes.fromhex(str(fields["data"])[2:]) != transaction.data:
            raise EngineFault(f"web3 encodes {transaction!r} otherwise")
        raw, transaction_hash = transaction.sender.signed(fields)
        signed = self._chain.get_vm().get_transaction_builder().decode(raw)
        _, _, computation = self._chain.apply_transaction(signed)
        return transaction_hash, computation

    def _fields(self, transaction: "Transaction") -> dict[str, Any]:
        """The transaction as web3's contract API builds it."""
        paid: Any = {
            "nonce": transaction.nonce,
            "gas": transaction.gas_limit,
            "gasPrice": self._gas_price,
            "value": 0,
            "chainId": LOCAL_CHAIN_ID,
        }
        contract = transaction.contract
        if not transaction.function:
            return {**paid, "to": contract.address, "data": "0x" + transaction.data.hex()}
        abi = contract.artefact.abi
        if transaction.deploys:
            maker = self.web3.eth.contract(abi=abi, bytecode=contract.artefact.bytecode)
            fields = dict(maker.constructor(*transaction.args).build_transaction(paid))
            fields["to"] = b""
            return fields
        bound = self._bound.get(contract.address)
        if bound is None:
            bound = self.web3.eth.contract(address=to_checksum_address(contract.address), abi=abi)
            self._bound[contract.address] = bound
        return dict(bound.functions[transaction.function](*transaction.args).build_transaction(paid))

    def _outcome(self, transaction_hash: str, computation: Any) -> Outcome:
        receipt: Any = self.web3.eth.get_transaction_receipt(transaction_hash)  # type: ignore[arg-type]  # typed as bytes, takes text too
        logs = [
            (
                _raw(entry["address"]),
                [_raw(topic) for topic in entry["topics"]],
                _raw(entry["data"]),
            )
            for entry in receipt["logs"]
        ]
        ok = receipt["status"] == 1
        if ok == computation.is_error:
            raise EngineFault(f"receipt of {transaction_hash} and computation disagree")
        made = receipt["contractAddress"] is not None and ok
        output = b"" if made else bytes(computation.output)
        return Outcome(ok, receipt["gasUsed"], _reason(computation), output, pack_logs(logs))

    # -- reading -----------------------------------------------------------------------------------

    def call(self, contract: "Contract", calldata: bytes, sender: str) -> Answer:
        """Call without changing anything, as if at the end of the last block."""
        last = self._chain.get_canonical_head()
        header = self._chain.header.copy(block_number=last.block_number, timestamp=last.timestamp)
        vm = self._chain.get_vm(at_header=header)
        unsigned = vm.create_unsigned_transaction(
            nonce=vm.state.get_nonce(bytes.fromhex(sender[2:])),
            gas_price=0,
            gas=READ_GAS_LIMIT,
            to=contract.address_bytes,
            value=0,
            data=calldata,
        )
        computation = vm.state.apply_transaction(SpoofTransaction(unsigned, from_=bytes.fromhex(sender[2:])))
        if computation.is_error:
            return Answer(False, bytes(computation.output), _reason(computation))
        return Answer(True, bytes(computation.output), "")

    def storage(self, address: str, slot: int) -> int:
        """A word of storage."""
        word: int = self._chain.get_vm().state.get_storage(bytes.fromhex(address[2:]), slot)
        return word

    def words(self, address: str, slots: Sequence[int]) -> list[int]:
        """Several words of one contract's storage."""
        return [self.storage(address, slot) for slot in slots]

    def native_balance(self, address: str) -> int:
        """Wei of an account."""
        wei: int = self._chain.get_vm().state.get_balance(bytes.fromhex(address[2:]))
        return wei

    # -- going back --------------------------------------------------------------------------------

    def snapshot(self) -> int:
        """Remember the last block, and who was funded by then."""
        self._snapshots.append((self._chain.get_canonical_head(), len(self._funded)))
        return len(self._snapshots) - 1

    def revert(self, snapshot: int) -> None:
        """Make an earlier block the last again, and fund anew those whom that undid."""
        head, funded = self._snapshots[snapshot]
        del self._snapshots[snapshot:]
        database = self._chain.chaindb
        database._set_as_canonical_chain_head(database.db, head, GENESIS_PARENT_HASH)
        self._chain.header = self._chain.create_header_from_parent(head)
        del self._funded[funded:]
        missing = [address for address in self._funded if self.native_balance(address) == 0]
        self._grant(missing)

    def release(self, snapshot: int) -> None:
        """Forget a snapshot and later ones."""
        del self._snapshots[snapshot:]

    def close(self) -> None:
        """Let go of the chain."""
        del self._chain, self.web3


def _raw(value: Any) -> bytes:
    return bytes.fromhex(value.removeprefix("0x")) if isinstance(value, str) else bytes(value)


def _reason(computation: Any) -> str:
    if not computation.is_error:
        return ""
    kind = type(computation.error).__name__
    return revert_reason(bytes(computation.output)) if kind == "Revert" else _HALTS.get(kind, "halted")
