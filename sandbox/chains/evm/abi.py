"""Words in and out of contracts: calldata, results and event logs.

One encoder is composed per function when the contract is met, because encoding stands in the hot path of
every transfer. Static types take a word each and are done here; a function with a dynamic type goes through
``eth_abi``, which the tests also use to check the rest.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from eth_abi.abi import decode as abi_decode
from eth_abi.abi import encode as abi_encode
from eth_abi.exceptions import DecodingError, EncodingError
from eth_utils.address import is_address, to_canonical_address, to_checksum_address
from eth_utils.crypto import keccak

Encoder = Callable[..., bytes]
_INTEGER = re.compile(r"^(u?)int(\d+)$", re.ASCII)
_FIXED_BYTES = re.compile(r"^bytes(\d+)$", re.ASCII)

#: What ``eth_abi`` raises for bytes that are no values of the types asked for: besides its own errors an offset too
#: large for the machine, and a text that is not UTF-8.
UNREADABLE = (DecodingError, OverflowError, UnicodeDecodeError)


class _AddressWords(dict[str, bytes]):
    """Address text to its 32-byte word, checked once."""

    def __missing__(self, address: str) -> bytes:
        if not isinstance(address, str) or not _is_written_right(address):
            raise ValueError(f"not an address: {address!r}")
        word = bytes(12) + to_canonical_address(address)
        self[address] = word
        return word


def _is_written_right(address: str) -> bool:
    """All in small letters, or with the letters' case that EIP-55 asks for."""
    return is_address(address) and address in (address.lower(), to_checksum_address(address))


#: The words of all addresses met so far.
ADDRESS_WORDS = _AddressWords()


def _address(value: str) -> bytes:
    try:
        return ADDRESS_WORDS[value]
    except TypeError:
        raise ValueError(f"not an address: {value!r}") from None


def _uint256(value: int) -> bytes:
    if type(value) is not int:
        raise ValueError(f"not an int: {value!r}")
    try:
        return value.to_bytes(32, "big")
    except OverflowError:
        raise ValueError(f"{value} is no uint256") from None


def _boolean(value: bool) -> bytes:
    if type(value) is not bool:
        raise ValueError(f"not a bool: {value!r}")
    return value.to_bytes(32, "big")


def _integer(bits: int, signed: bool) -> Callable[[int], bytes]:
    low, high = (-(1 << bits - 1), 1 << bits - 1) if signed else (0, 1 << bits)

    def encode(value: int) -> bytes:
        if type(value) is not int or not low <= value < high:
            raise ValueError(f"{value!r} is no {'' if signed else 'u'}int{bits}")
        return value.to_bytes(32, "big", signed=signed)

    return encode


def _fixed_bytes(size: int) -> Callable[[bytes], bytes]:
    def encode(value: bytes) -> bytes:
        if type(value) is not bytes or len(value) > size:
            raise ValueError(f"{value!r} is no bytes{size}")
        return value.ljust(32, b"\0")

    return encode


def _word_encoder(kind: str) -> Callable[[Any], bytes] | None:
    """The encoder of one static type, None for a type that does not fit a word."""
    plain: dict[str, Callable[[Any], bytes]] = {"address": _address, "uint256": _uint256, "bool": _boolean}
    if kind in plain:
        return plain[kind]
    if integer := _INTEGER.match(kind):
        return _integer(int(integer[2]), signed=not integer[1])
    if size := _FIXED_BYTES.match(kind):
        return _fixed_bytes(int(size[1]))
    return None


def encoder(selector: bytes, kinds: Sequence[str]) -> Encoder:
    """A function from arguments to ``selector`` followed by their encoding.

    It raises ValueError for a wrong number of arguments, a wrong type or a value out of range.
    """
    words = [_word_encoder(kind) for kind in kinds]
    static = [word for word in words if word is not None]
    if len(static) < len(words):
        return _dynamic_encoder(selector, list(kinds))
    if len(static) == 2:
        first, second = static

        def encode_two(*args: Any) -> bytes:
            try:
                one, two = args
            except ValueError:
                raise ValueError(f"takes 2 arguments, not {len(args)}") from None
            return selector + first(one) + second(two)

        return encode_two

    def encode(*args: Any) -> bytes:
        if len(args) != len(static):
            raise ValueError(f"takes {len(static)} arguments, not {len(args)}")
        return selector + b"".join([word(arg) for word, arg in zip(static, args, strict=True)])

    return encode


def _dynamic_encoder(selector: bytes, kinds: list[str]) -> Encoder:
    def encode(*args: Any) -> bytes:
        if len(args) != len(kinds):
            raise ValueError(f"takes {len(kinds)} arguments, not {len(args)}")
        try:
            return selector + abi_encode(kinds, args)
        except EncodingError as error:
            raise ValueError(str(error)) from None

    return encode


def decoded(kinds: Sequence[str], data: bytes) -> tuple[Any, ...]:
    """Values of ``data`` by type; addresses come with their checksum."""
    if len(kinds) == 1 and kinds[0] == "uint256" and len(data) == 32:
        return (int.from_bytes(data, "big"),)
    values = abi_decode(list(kinds), data)
    return tuple(
        to_checksum_address(value) if kind == "address" else value
        for kind, value in zip(kinds, values, strict=True)
    )


def revert_reason(output: bytes) -> str:
    """The text a contract gave for refusing, or "reverted" where it gave none."""
    if output[:4] == b"\x08\xc3\x79\xa0":
        try:
            return str(abi_decode(["string"], output[4:])[0])
        except UNREADABLE:
            return "reverted"
    return "reverted"


class Function:
    """One function of a contract's interface."""

    __slots__ = ("encode", "inputs", "name", "outputs", "selector", "view")

    def __init__(self, entry: dict[str, Any]) -> None:
        self.name: str = entry.get("name", "__init__")
        self.inputs: list[tuple[str, str]] = [(given["name"], given["type"]) for given in entry["inputs"]]
        """Names and types of the arguments."""
        self.outputs: list[str] = [given["type"] for given in entry.get("outputs", [])]
        self.view: bool = entry.get("stateMutability") in ("view", "pure")
        """Does the interface promise that it changes nothing?"""
        kinds = [kind for _, kind in self.inputs]
        deploys = entry["type"] == "constructor"
        self.selector: bytes = b"" if deploys else keccak(f"{self.name}({','.join(kinds)})".encode())[:4]
        self.encode: Encoder = encoder(self.selector, kinds)


class EventType:
    """One event of a contract's interface."""

    __slots__ = ("_indexed", "_plain", "name", "topic")

    def __init__(self, entry: dict[str, Any]) -> None:
        self.name: str = entry["name"]
        inputs = entry["inputs"]
        self.topic: bytes = keccak(f"{self.name}({','.join(given['type'] for given in inputs)})".encode())
        self._indexed = [(given["name"], given["type"]) for given in inputs if given["indexed"]]
        self._plain = [(given["name"], given["type"]) for given in inputs if not given["indexed"]]

    def arguments(self, topics: Sequence[bytes], data: bytes) -> dict[str, Any]:
        """The event's arguments by name: indexed ones from ``topics`` (without the first), then the rest."""
        values = {
            name: decoded([kind], topic)[0] for (name, kind), topic in zip(self._indexed, topics, strict=True)
        }
        plain = decoded([kind for _, kind in self._plain], data)
        return values | dict(zip((name for name, _ in self._plain), plain, strict=True))


class Interface:
    """The functions, constructor and events of one contract."""

    __slots__ = ("constructor", "events", "functions")

    def __init__(self, abi: Sequence[dict[str, Any]]) -> None:
        found = [Function(entry) for entry in abi if entry["type"] == "function"]
        self.functions = {function.name: function for function in found}
        if len(self.functions) < len(found):
            raise ValueError("two functions have one name: overloads are not supported")
        makers = [Function(entry) for entry in abi if entry["type"] == "constructor"]
        self.constructor = makers[0] if makers else Function({"type": "constructor", "inputs": []})
        self.events = {event.topic: event for event in map(EventType, _events(abi))}


def _events(abi: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [entry for entry in abi if entry["type"] == "event"]
