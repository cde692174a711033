"""The bytes of Bitcoin: integers, hashes, Merkle roots and the digest that a witness signature signs.

Everything here is a pure function of its arguments. Hashes stand in internal byte order; only what people
read (transaction ids, block hashes as hex) is reversed.
"""

from collections.abc import Sequence
from hashlib import sha256
from struct import pack

#: ``SIGHASH_ALL``: the signature covers every input and every output (BIP143).
SIGHASH_ALL = 1

ZERO_HASH = bytes(32)


def sha256d(data: bytes) -> bytes:
    """SHA-256 applied twice: the hash of blocks and transactions."""
    return sha256(sha256(data).digest()).digest()


def compact_size(number: int) -> bytes:
    """A length of one, three, five or nine bytes."""
    if number < 0xFD:
        return bytes((number,))
    if number <= 0xFFFF:
        return b"\xfd" + pack("<H", number)
    if number <= 0xFFFFFFFF:
        return b"\xfe" + pack("<I", number)
    return b"\xff" + pack("<Q", number)


def read_compact_size(data: bytes, at: int) -> tuple[int, int]:
    """The length written at ``at``, and the position after it.

    Raises ValueError if bytes are missing or the length is not written in the shortest way.
    """
    width = {0xFD: 2, 0xFE: 4, 0xFF: 8}.get(data[at], 0) if at < len(data) else 0
    if at + 1 + width > len(data):
        raise ValueError("the bytes end early")
    if not width:
        return data[at], at + 1
    number = int.from_bytes(data[at + 1 : at + 1 + width], "little")
    if len(compact_size(number)) != 1 + width:
        raise ValueError("bytes of a length are wasted")
    return number, at + 1 + width


def with_length(data: bytes) -> bytes:
    """The bytes preceded by their length."""
    return compact_size(len(data)) + data


def merkle_root(hashes: Sequence[bytes]) -> bytes:
    """Root of the tree over ``hashes``; an odd last one is paired with itself."""
    return merkle_root_and_repeat(hashes)[0]


def merkle_root_and_repeat(hashes: Sequence[bytes]) -> tuple[bytes, bool]:
    """The root, and whether some pair in the tree is twice the same hash.

    Since an odd hash is paired with itself, a list that repeats its tail can have the root of the shorter
    list (CVE-2012-2459). Such a pair gives it away.
    """
    level = list(hashes)
    repeat = False
    while len(level) > 1:
        repeat = repeat or any(level[i] == level[i + 1] for i in range(0, len(level) - 1, 2))
        if len(level) % 2:
            level.append(level[-1])
        level = [sha256d(level[i] + level[i + 1]) for i in range(0, len(level), 2)]
    return level[0], repeat


def script_number(number: int) -> bytes:
    """A non-negative number as a script pushes it (BIP34 writes the height of a coinbase so)."""
    if number == 0:
        return b"\x00"
    if number <= 16:
        return bytes((0x50 + number,))
    # One more bit than the number has: the top bit of the last byte is the sign.
    body = number.to_bytes(number.bit_length() // 8 + 1, "little")
    return bytes((len(body),)) + body


def witness_digests(
    *,
    version: int,
    inputs: Sequence[tuple[bytes, int]],
    outputs: bytes,
    locktime: int,
    key_hashes: Sequence[bytes],
    amounts: Sequence[int],
) -> list[bytes]:
    """The digest that each P2WPKH input signs with ``SIGHASH_ALL`` (BIP143).

    ``inputs`` are (outpoint, sequence), ``outputs`` the serialised outputs without their count,
    ``key_hashes`` and ``amounts`` (satoshi) belong to the coins spent, one an input.
    """
    head = pack("<i", version) + sha256d(b"".join(outpoint for outpoint, _ in inputs))
    head += sha256d(b"".join(pack("<I", sequence) for _, sequence in inputs))
    tail = sha256d(outputs) + pack("<II", locktime, SIGHASH_ALL)
    return [
        sha256d(
            head
            + outpoint
            + b"\x19\x76\xa9\x14"
            + key_hash
            + b"\x88\xac"
            + pack("<qI", sats, sequence)
            + tail
        )
        for (outpoint, sequence), key_hash, sats in zip(inputs, key_hashes, amounts, strict=True)
    ]
