"""Which storage a function may change, from the ``@custom:writes`` line of its source.

The fast engine keeps a call's changes by reading back exactly these slots, so the line must be complete; the
tests compare it with every store the reference engine makes. A line is a list of words::

    supply                             a state variable
    balances[msg.sender]               an entry of a mapping, by the caller
    allowances[holder][msg.sender]     by an argument, then by the caller
    balances[self.owner]               by another state variable, as it is before the call
    topped_up[wallet][this.month()]    by what a view of the same contract answers
    balances[self.owner]?basisPoints   only while the variable after the question mark is not zero

and ``@custom:calls`` names what may be called elsewhere:
``upgradedAddress.transferByLegacy(msg.sender,to,amount)``.
"""

import re
from collections.abc import Callable
from typing import Any, Protocol

from eth_utils.crypto import keccak

from sandbox.chains.evm.abi import ADDRESS_WORDS, Function, Interface
from sandbox.chains.evm.artefact import Artefact
from sandbox.chains.evm.errors import UndeclaredWrites

_VARIABLE = re.compile(r"^(\w+)((?:\[[^\[\]]+\])*)$", re.ASCII)
_CALL = re.compile(r"^(\w+)\.(\w+)\(([^()]*)\)$", re.ASCII)


class Peek(Protocol):
    """How a plan looks at one contract's state just before the call."""

    def scalar(self, slot: int) -> int:
        """The word in a slot."""

    def view(self, function: str) -> int:
        """What a view without arguments answers, as an int."""


Key = Callable[[str, tuple[Any, ...], Peek], Any]
"""From the caller's address, the arguments and the state to a mapping's key."""
SlotOf = Callable[[str, tuple[Any, ...], Peek], int]
Condition = tuple[int, SlotOf]
"""A slot that must not be zero for the other to be written."""


class MappingSlots(dict[Any, int]):
    """Slots of a mapping's entries by key: address text, int or bytes32.

    Entries by bytes are worked out afresh each time: they are references, met once and then never again.
    """

    __slots__ = ("_slot",)

    def __init__(self, slot: int) -> None:
        super().__init__()
        self._slot = slot.to_bytes(32, "big")

    def __missing__(self, key: Any) -> int:
        slot = int.from_bytes(keccak(self._slot + _word(key)), "big")
        if not isinstance(key, bytes):
            self[key] = slot
        return slot


def _word(key: Any) -> bytes:
    if isinstance(key, str):
        return ADDRESS_WORDS[key]
    if isinstance(key, bytes):
        return key.ljust(32, b"\0")
    return int(key).to_bytes(32, "big")


class Storage:
    """Slots of one contract's state variables, whatever its address."""

    def __init__(self, artefact: Artefact) -> None:
        self._layout = artefact.storage_layout
        self._mappings = {
            name: MappingSlots(int(entry["slot"]))
            for name, entry in self._layout.items()
            if entry["type"].startswith("HashMap")
        }
        self._inner: dict[int, MappingSlots] = {}

    def slots(self, variable: str) -> list[int]:
        """All slots of a variable that is no mapping."""
        if variable in self._mappings or variable not in self._layout:
            raise LookupError(f"no state variable {variable!r} outside mappings")
        first = int(self._layout[variable]["slot"])
        return list(range(first, first + int(self._layout[variable]["n_slots"])))

    def mapping(self, variable: str) -> MappingSlots:
        """Slots of a mapping by its (first) key."""
        if variable not in self._mappings:
            raise LookupError(f"no mapping {variable!r}")
        return self._mappings[variable]

    def entry(self, variable: str, *keys: Any) -> int:
        """The slot of one entry of a mapping."""
        slot = self.mapping(variable)[keys[0]]
        for key in keys[1:]:
            slot = self._inner.setdefault(slot, MappingSlots(slot))[key]
        return slot

    @property
    def scalars(self) -> list[int]:
        """All slots outside mappings, which a constructor may have set."""
        plain = [name for name in self._layout if name not in self._mappings]
        return [slot for name in plain for slot in self.slots(name)]


class ForeignCall:
    """A call that a function may make to another contract."""

    __slots__ = ("args", "function", "target_slot")

    def __init__(self, target_slot: int, function: str, args: list[Key]) -> None:
        self.target_slot = target_slot
        """Slot that holds the other contract's address (zero: no call)."""
        self.function = function
        self.args = args


class WritePlan:
    """What one function may change."""

    __slots__ = ("_conditional", "_terms", "depends_on", "foreign")

    def __init__(
        self,
        terms: list[SlotOf],
        conditional: list[Condition],
        foreign: list[ForeignCall],
        depends_on: tuple[int, ...] | None,
    ) -> None:
        self._terms = terms
        self._conditional = conditional
        self.foreign = foreign
        self.depends_on = depends_on
        """Places of the arguments that decide, with the caller and the state variables, which slots it changes.

        None: views or arguments that hardly come twice decide too.
        """

    def slots(self, sender: str, args: tuple[Any, ...], peek: Peek) -> list[int]:
        """Slots of its own contract that the call may change."""
        slots = []
        for term in self._terms:
            slots.append(term(sender, args, peek))  # no frame of a comprehension for two slots
        for condition, term in self._conditional:
            if peek.scalar(condition):
                slots.append(term(sender, args, peek))
        return slots


def write_plans(artefact: Artefact, interface: Interface, storage: Storage) -> dict[str, WritePlan]:
    """A plan for every function that can change anything, the constructor (``__init__``) among them.

    Raises UndeclaredWrites for a function without a line, or with a word that cannot be read.
    """
    plans = {}
    for function in [*interface.functions.values(), interface.constructor]:
        if function.view:
            continue
        maker = function is interface.constructor
        if not maker and function.name not in artefact.writes and function.name not in artefact.calls:
            raise UndeclaredWrites(f"{artefact.name}.{function.name} has no @custom:writes line")
        try:
            terms = [_constant(slot) for slot in storage.scalars] if maker else []
            conditional: list[Condition] = []
            for word in artefact.writes.get(function.name, []):
                place, _, condition = word.partition("?")
                found = _terms(place, function, storage)
                if condition:
                    conditional += [(storage.slots(condition)[0], term) for term in found]
                else:
                    terms += found
            foreign = [_foreign(word, function, storage) for word in artefact.calls.get(function.name, [])]
        except (LookupError, ValueError) as error:
            raise UndeclaredWrites(f"{artefact.name}.{function.name}: {error}") from None
        depends_on = _depends_on(artefact.writes.get(function.name, []), function)
        plans[function.name] = WritePlan(terms, conditional, foreign, depends_on)
    return plans


def _depends_on(words: list[str], function: Function) -> tuple[int, ...] | None:
    """Places of the addresses among the arguments that are keys in these words; None if other keys are."""
    names = [name for name, _ in function.inputs]
    places = set()
    for text in (text for word in words for text in re.findall(r"\[([^\[\]]+)\]", word)):
        if text == "msg.sender" or text.startswith("self."):
            continue
        if text not in names or function.inputs[names.index(text)][1] != "address":
            return None
        places.add(names.index(text))
    return tuple(sorted(places))


def _constant(slot: int) -> SlotOf:
    return lambda sender, args, peek: slot


def _terms(word: str, function: Function, storage: Storage) -> list[SlotOf]:
    found = _VARIABLE.match(word)
    if not found:
        raise ValueError(f"cannot read {word!r}")
    variable, brackets = found[1], found[2]
    if not brackets:
        return [_constant(slot) for slot in storage.slots(variable)]
    keys = [_key(text, function, storage) for text in brackets[1:-1].split("][")]
    if len(keys) > 1:
        return [
            lambda sender, args, peek: storage.entry(variable, *[key(sender, args, peek) for key in keys])
        ]
    slots, only = storage.mapping(variable), keys[0]
    if brackets == "[msg.sender]":
        return [lambda sender, args, peek: slots[sender]]
    return [lambda sender, args, peek: slots[only(sender, args, peek)]]


def _foreign(word: str, function: Function, storage: Storage) -> ForeignCall:
    found = _CALL.match(word)
    if not found:
        raise ValueError(f"cannot read {word!r}")
    keys = [_key(text, function, storage) for text in found[3].split(",") if text]
    return ForeignCall(storage.slots(found[1])[0], found[2], keys)


def _key(text: str, function: Function, storage: Storage) -> Key:
    if text == "msg.sender":
        return lambda sender, args, peek: sender
    if text.startswith("self."):
        slot = storage.slots(text.removeprefix("self."))[0]
        return lambda sender, args, peek: peek.scalar(slot)
    if text.startswith("this."):
        view = text.removeprefix("this.").removesuffix("()")
        return lambda sender, args, peek: peek.view(view)
    names = [name for name, _ in function.inputs]
    place = names.index(text)
    return lambda sender, args, peek: args[place]
