"""A deployed contract: reading it, and where its storage lies."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from eth_utils.address import to_canonical_address

from sandbox.chains.evm.abi import UNREADABLE, Function, Interface, decoded
from sandbox.chains.evm.artefact import Artefact
from sandbox.chains.evm.engine import NOBODY
from sandbox.chains.evm.errors import ContractRefused
from sandbox.chains.evm.writes import Storage, write_plans

if TYPE_CHECKING:
    from sandbox.chains.evm.chain import EvmChain


class Contract:
    """One contract on one chain; made by :meth:`EvmChain.deploy`."""

    def __init__(self, chain: "EvmChain", artefact: Artefact, address: str) -> None:
        self.chain = chain
        """The chain it is deployed on."""
        self.artefact = artefact
        self.address = address
        """0x and 40 hexadecimal digits with the EIP-55 checksum."""
        self.address_bytes = to_canonical_address(address)
        self.interface = Interface(artefact.abi)
        self.slots = Storage(artefact)
        """Where its state variables lie."""
        self.plans = write_plans(artefact, self.interface, self.slots)
        self._balance_slots = (
            self.slots.mapping("balances") if "balances" in artefact.storage_layout else None
        )

    def __repr__(self) -> str:
        return f"Contract({self.artefact.name!r}, {self.address})"

    def function(self, name: str) -> Function:
        """A function of the interface; raises LookupError naming those there are."""
        try:
            return self.interface.functions[name]
        except KeyError:
            known = ", ".join(sorted(self.interface.functions))
            raise LookupError(f"{self.artefact.name} has no function {name!r}; there are {known}") from None

    def parsed(self, calldata: bytes) -> tuple[Function, tuple[Any, ...]] | None:
        """The function and arguments that raw calldata asks for; None if it asks for nothing that can run."""
        for function in self.interface.functions.values():
            if calldata[:4] == function.selector:
                try:
                    return function, decoded([kind for _, kind in function.inputs], calldata[4:])
                except UNREADABLE:
                    return None
        return None

    def read(self, function: str, *args: Any, sender: str = NOBODY) -> Any:
        """What a function answers in the state after the last block, without changing anything.

        One value comes bare, several as a tuple. Raises ContractRefused with the contract's reason.
        """
        known = self.function(function)
        answer = self.chain.engine.call(self, known.encode(*args), sender)
        if not answer.ok:
            raise ContractRefused(function, answer.reason)
        values = decoded(known.outputs, answer.output)
        return values[0] if len(values) == 1 else values

    def storage_balance(self, address: str) -> int:
        """Minor units that storage says ``address`` holds: a raw read that runs no code of the contract."""
        if self._balance_slots is None:
            raise LookupError(f"{self.artefact.name} keeps no mapping called balances")
        return self.chain.engine.storage(self.address, self._balance_slots[address])

    def storage_balances(self, addresses: Iterable[str]) -> list[int]:
        """:meth:`storage_balance` of several addresses at once."""
        slots = self._balance_slots
        if slots is None:
            raise LookupError(f"{self.artefact.name} keeps no mapping called balances")
        return self.chain.engine.words(self.address, [slots[address] for address in addresses])

    def storage_word(self, variable: str, *keys: Any) -> int:
        """The raw word of a state variable or of a mapping's entry."""
        slot = self.slots.entry(variable, *keys) if keys else self.slots.slots(variable)[0]
        return self.chain.engine.storage(self.address, slot)
