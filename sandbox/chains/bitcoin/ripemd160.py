"""RIPEMD-160 (Dobbertin, Bosselaers, Preneel 1996), the second half of a public key hash.

OpenSSL 3 keeps it among its legacy algorithms, so ``hashlib`` cannot be relied on for it. One call a wallet,
therefore plain rather than fast.
"""

from struct import pack, unpack

_MASK = 0xFFFFFFFF
# One row a round of sixteen steps: which message word a step takes, and by how many bits it turns.
_LEFT_WORDS = bytes.fromhex(
    "000102030405060708090a0b0c0d0e0f"
    "07040d010a060f030c000905020e0b08"
    "030a0e04090f0801020700060d0b050c"
    "01090b0a00080c040d03070f0e050602"
    "04000509070c020a0e0103080b060f0d"
)
_RIGHT_WORDS = bytes.fromhex(
    "050e070009020b040d060f08010a030c"
    "060b0307000d050a0e0f080c04090102"
    "0f050103070e06090b080c020a00040d"
    "08060401030b0f00050c020d09070a0e"
    "0c0f0a040105080706020d0e0003090b"
)
_LEFT_TURNS = bytes.fromhex(
    "0b0e0f0c050807090b0d0e0f06070908"
    "0706080d0b09070f070c0f090b070d0c"
    "0b0d06070e090d0f0e080d06050c0705"
    "0b0c0e0f0e0f0908090e05060806050c"
    "090f050b06080d0c050c0d0e0b080506"
)
_RIGHT_TURNS = bytes.fromhex(
    "0809090b0d0f0f050707080b0e0e0c06"
    "090d0f070c08090b07070c07060f0d0b"
    "09070f0b0806060e0c0d050e0d0d0705"
    "0f05080b0e0e060e06090c090c050f08"
    "08050c090c050e06080d06050f0d0b0b"
)
_LEFT_ADDENDS = (0x00000000, 0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xA953FD4E)
_RIGHT_ADDENDS = (0x50A28BE6, 0x5C4DD124, 0x6D703EF3, 0x7A6D76E9, 0x00000000)


def _mix(round_number: int, x: int, y: int, z: int) -> int:
    if round_number == 0:
        return x ^ y ^ z
    if round_number == 1:
        return (x & y) | (~x & z)
    if round_number == 2:
        return (x | ~y) ^ z
    if round_number == 3:
        return (x & z) | (y & ~z)
    return x ^ (y | ~z)


def _turn(word: int, bits: int) -> int:
    word &= _MASK
    return ((word << bits) | (word >> (32 - bits))) & _MASK


def _line(state: tuple[int, ...], words: tuple[int, ...], left: bool) -> tuple[int, ...]:
    """One of the two parallel lines of eighty steps."""
    order, turns, addends = (
        (_LEFT_WORDS, _LEFT_TURNS, _LEFT_ADDENDS) if left else (_RIGHT_WORDS, _RIGHT_TURNS, _RIGHT_ADDENDS)
    )
    a, b, c, d, e = state
    for step in range(80):
        number = step // 16
        mixed = _mix(number if left else 4 - number, b, c, d)
        a = _turn(a + mixed + words[order[step]] + addends[number], turns[step]) + e
        a, b, c, d, e = e, a & _MASK, b, _turn(c, 10), d
    return a, b, c, d, e


def ripemd160(data: bytes) -> bytes:
    """The 20-byte digest of ``data``."""
    state: tuple[int, ...] = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0)
    padded = data + b"\x80" + bytes((55 - len(data)) % 64) + pack("<Q", 8 * len(data))
    for start in range(0, len(padded), 64):
        words = unpack("<16I", padded[start : start + 64])
        left, right = _line(state, words, True), _line(state, words, False)
        state = tuple((state[(i + 1) % 5] + left[(i + 2) % 5] + right[(i + 3) % 5]) & _MASK for i in range(5))
    return pack("<5I", *state)
