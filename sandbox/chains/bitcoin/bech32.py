"""Addresses of the local test chain: bech32 of a version-0 witness program (BIP173).

The human-readable part is ``bcrt`` and nothing else: a main-network address is refused by name.
"""

from collections.abc import Iterable

HRP = "bcrt"
_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def _polymod(values: Iterable[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for i, generator in enumerate(_GENERATOR):
            check ^= generator if top >> i & 1 else 0
    return check


def _expanded(hrp: str) -> list[int]:
    return [ord(letter) >> 5 for letter in hrp] + [0] + [ord(letter) & 31 for letter in hrp]


def bech32_encode(hrp: str, values: list[int]) -> str:
    """Five-bit values with their human-readable part and checksum."""
    check = _polymod([*_expanded(hrp), *values, 0, 0, 0, 0, 0, 0]) ^ 1
    tail = [check >> 5 * (5 - i) & 31 for i in range(6)]
    return hrp + "1" + "".join(_ALPHABET[value] for value in [*values, *tail])


def bech32_decode(text: str) -> tuple[str, list[int]]:
    """Human-readable part and five-bit values of a bech32 string.

    Raises ValueError for mixed case, a wrong length, a foreign letter or a wrong checksum.
    """
    if text != text.lower() and text != text.upper():
        raise ValueError("an address is all lower or all upper case")
    text = text.lower()
    hrp, separator, data = text.rpartition("1")
    if not separator or not hrp or len(data) < 6 or len(text) > 90:
        raise ValueError("not a bech32 address: its length or separator is wrong")
    if any(not 33 <= ord(letter) <= 126 for letter in hrp) or any(letter not in _ALPHABET for letter in data):
        raise ValueError("not a bech32 address: it has a letter outside the alphabet")
    values = [_ALPHABET.index(letter) for letter in data]
    if _polymod(_expanded(hrp) + values) != 1:
        raise ValueError("not a bech32 address: the checksum is wrong")
    return hrp, values[:-6]


def _regrouped(values: Iterable[int], from_bits: int, to_bits: int, pad: bool) -> list[int]:
    accumulator = bits = 0
    out = []
    for value in values:
        accumulator = (accumulator << from_bits) | value
        bits += from_bits
        while bits >= to_bits:
            bits -= to_bits
            out.append(accumulator >> bits & (1 << to_bits) - 1)
    if pad and bits:
        out.append(accumulator << (to_bits - bits) & (1 << to_bits) - 1)
    elif not pad and (bits >= from_bits or accumulator & (1 << bits) - 1):
        raise ValueError("not a witness program: its padding is wrong")
    return out


def address_of(key_hash: bytes) -> str:
    """The ``bcrt1q…`` address of a 20-byte public key hash."""
    return bech32_encode(HRP, [0, *_regrouped(key_hash, 8, 5, pad=True)])


def key_hash_of(address: str) -> bytes:
    """The public key hash behind a ``bcrt1q…`` address.

    Raises ValueError for an address of another network or kind, or one mistyped.
    """
    hrp, values = bech32_decode(address)
    if hrp != HRP:
        raise ValueError(f"an address of this local chain begins with {HRP}1, not {hrp}1")
    program = bytes(_regrouped(values[1:], 5, 8, pad=False)) if values else b""
    if not values or values[0] != 0 or len(program) != 20:
        raise ValueError("only version-0 public key hash addresses are used here")
    return program
