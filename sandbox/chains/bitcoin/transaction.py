"""A Bitcoin transaction: what it spends, what it pays, and its exact bytes."""

from dataclasses import dataclass
from struct import pack, unpack_from
from typing import NamedTuple

from sandbox.chains.bitcoin.serialization import (
    ZERO_HASH,
    compact_size,
    read_compact_size,
    sha256d,
    with_length,
)

COIN = 100_000_000  #: satoshi in one bitcoin
MAX_SATS = 21_000_000 * COIN  #: no amount exceeds it (consensus ``MAX_MONEY``)
#: Replaceable, no relative lock, no absolute lock: what our wallets write into every input.
SEQUENCE = 0xFFFFFFFD
#: The outpoint that a coinbase spends: nothing.
NULL_OUTPOINT = ZERO_HASH + b"\xff\xff\xff\xff"


class Coin(NamedTuple):
    """An output that can be spent."""

    outpoint: bytes
    """Transaction hash and output index, 36 bytes."""
    sats: int
    script: bytes
    height: int
    """Height of the block that made it; -1 while it is unconfirmed."""
    coinbase: bool


class Input(NamedTuple):
    """A coin spent, with the witness that permits it."""

    outpoint: bytes
    script: bytes
    sequence: int
    witness: tuple[bytes, ...]


class Output(NamedTuple):
    """An amount in satoshi locked by a script."""

    sats: int
    script: bytes

    def serialized(self) -> bytes:
        """Amount and script as they stand in a transaction."""
        return pack("<q", self.sats) + with_length(self.script)


@dataclass(frozen=True, slots=True, eq=False)
class BitcoinTransaction:
    """One transaction, parsed once. Hashes are in internal byte order; ``txid`` is what people read."""

    raw: bytes
    """The full serialisation, witness included."""
    hash: bytes
    """Hash without the witness: the transaction's identity."""
    witness_hash: bytes
    """Hash with the witness: what the block's witness commitment covers."""
    version: int
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    locktime: int
    weight: int
    """Weight units (BIP141): three times the bytes without witness plus all bytes."""
    fee_sats: int | None = None
    """What it leaves to the miner, as the wallet that signed it knows; None if it was only parsed."""

    @property
    def txid(self) -> str:
        """The identity in hexadecimal, byte order reversed, as wallets and explorers show it."""
        return self.hash[::-1].hex()

    @property
    def vsize(self) -> int:
        """Virtual bytes: a quarter of the weight, rounded up."""
        return (self.weight + 3) // 4

    @property
    def sats_out(self) -> int:
        """Satoshi paid, change included."""
        return sum(output.sats for output in self.outputs)

    def outpoint(self, index: int) -> bytes:
        """The name of output ``index``."""
        return self.hash + pack("<I", index)

    @classmethod
    def build(
        cls,
        inputs: tuple[Input, ...],
        outputs: tuple[Output, ...],
        *,
        version: int = 2,
        locktime: int = 0,
        fee_sats: int | None = None,
    ) -> "BitcoinTransaction":
        """Serialise a transaction and hash it."""
        head, tail = pack("<i", version), pack("<I", locktime)
        body = compact_size(len(inputs)) + b"".join(
            i.outpoint + with_length(i.script) + pack("<I", i.sequence) for i in inputs
        )
        body += compact_size(len(outputs)) + b"".join(output.serialized() for output in outputs)
        stripped = raw = head + body + tail
        if any(i.witness for i in inputs):
            witness = b"".join(
                compact_size(len(i.witness)) + b"".join(map(with_length, i.witness)) for i in inputs
            )
            raw = head + b"\x00\x01" + body + witness + tail
        return cls(
            raw,
            sha256d(stripped),
            sha256d(raw),
            version,
            inputs,
            outputs,
            locktime,
            3 * len(stripped) + len(raw),
            fee_sats,
        )

    @classmethod
    def parse(cls, raw: bytes) -> "BitcoinTransaction":
        """Read one whole transaction. Raises ValueError if the bytes are not exactly one."""
        transaction, end = cls.parse_at(raw, 0)
        if end != len(raw):
            raise ValueError("not a transaction: bytes are left over")
        return transaction

    @classmethod
    def parse_at(cls, data: bytes, at: int) -> "tuple[BitcoinTransaction, int]":
        """Read the transaction that begins at ``at``; also the position after it.

        Raises ValueError if bytes are missing or Bitcoin Core would not read them.
        """
        reader = _Reader(data, at)
        version = int.from_bytes(reader.take(4), "little", signed=True)
        # No inputs, then something: the mark of a transaction with witnesses (BIP144).
        marker = data[reader.at : reader.at + 2]
        segwit = marker[:1] == b"\x00" and marker[1:] != b"\x00"
        reader.at += 2 if segwit else 0
        bare = [
            (reader.take(36), reader.text(), int.from_bytes(reader.take(4), "little"))
            for _ in range(reader.count())
        ]
        outputs = tuple(
            Output(unpack_from("<q", reader.take(8))[0], reader.text()) for _ in range(reader.count())
        )
        inputs = tuple(
            Input(outpoint, script, sequence, reader.witness() if segwit else ())
            for outpoint, script, sequence in bare
        )
        if segwit and (marker != b"\x00\x01" or not any(given.witness for given in inputs)):
            raise ValueError("bytes announce witnesses that are not there")
        locktime = int.from_bytes(reader.take(4), "little")
        return cls.build(inputs, outputs, version=version, locktime=locktime), reader.at


class _Reader:
    """A position in bytes that moves forward as parts are taken."""

    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.at = data, at

    def take(self, size: int) -> bytes:
        part = self.data[self.at : self.at + size]
        if len(part) != size:
            raise ValueError("the bytes end early")
        self.at += size
        return part

    def count(self) -> int:
        number, self.at = read_compact_size(self.data, self.at)
        return number

    def text(self) -> bytes:
        return self.take(self.count())

    def witness(self) -> tuple[bytes, ...]:
        return tuple(self.text() for _ in range(self.count()))
