"""Whether a witness may spend a P2WPKH coin, by the consensus rules and with Bitcoin Core's reasons."""

from collections.abc import Sequence
from hashlib import sha256

from coincurve import PublicKey

from sandbox.chains.bitcoin.ripemd160 import ripemd160
from sandbox.chains.bitcoin.rules import NotSupported, RuleBroken
from sandbox.chains.bitcoin.serialization import SIGHASH_ALL, witness_digests
from sandbox.chains.bitcoin.transaction import BitcoinTransaction, Coin

_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_FALSE = "Script evaluated without error but finished with a false/empty top stack element"
#: A script element is at most this long.
_ELEMENT_BYTES = 520


def is_p2wpkh(script: bytes) -> bool:
    """Whether an output script pays a public key hash by witness version 0."""
    return len(script) == 22 and script.startswith(b"\x00\x14")


def check_witnesses(transaction: BitcoinTransaction, coins: Sequence[Coin]) -> None:
    """Check every input's witness against the coin it spends.

    Raises RuleBroken with the first failure, NotSupported for a coin that is not P2WPKH or a signature of
    another kind than SIGHASH_ALL.
    """
    if any(not is_p2wpkh(coin.script) for coin in coins):
        raise NotSupported("the Python engine spends P2WPKH coins only")
    digests = witness_digests(
        version=transaction.version,
        inputs=[(given.outpoint, given.sequence) for given in transaction.inputs],
        outputs=b"".join(output.serialized() for output in transaction.outputs),
        locktime=transaction.locktime,
        key_hashes=[coin.script[2:] for coin in coins],
        amounts=[coin.sats for coin in coins],
    )
    for at, (given, coin, digest) in enumerate(zip(transaction.inputs, coins, digests, strict=True)):
        failure = _failure(given.script, given.witness, coin.script[2:], digest)
        if failure:
            source = f"{coin.outpoint[31::-1].hex()}:{int.from_bytes(coin.outpoint[32:], 'little')}"
            raise RuleBroken(
                f"block-script-verify-flag-failed ({failure}), input {at} of {transaction.txid} "
                f"(wtxid {transaction.witness_hash[::-1].hex()}), spending {source}"
            )


def _failure(script: bytes, witness: tuple[bytes, ...], key_hash: bytes, digest: bytes) -> str:
    """Why the witness does not open the coin; empty if it does."""
    if script:
        return "Witness requires empty scriptSig"
    if len(witness) != 2:
        return "Witness program hash mismatch"
    signature, public_key = witness
    if max(len(signature), len(public_key)) > _ELEMENT_BYTES:
        return "Push value size limit exceeded"
    if ripemd160_of_sha256(public_key) != key_hash:
        return "Script failed an OP_EQUALVERIFY operation"
    if not signature:
        return _FALSE
    numbers = der_numbers(signature[:-1])
    if numbers is None:
        return "Non-canonical DER signature"
    if signature[-1] != SIGHASH_ALL:
        raise NotSupported("the Python engine checks SIGHASH_ALL signatures only")
    return "" if _signed(public_key, digest, *numbers) else _FALSE


#: Hashes of public keys met so far: each wallet signs many times with one key.
_key_hashes: dict[bytes, bytes] = {}
_KEYS_KEPT = 100_000


def ripemd160_of_sha256(public_key: bytes) -> bytes:
    """The 20-byte hash of a public key."""
    found = _key_hashes.get(public_key)
    if found is None:
        found = ripemd160(sha256(public_key).digest())
        if len(_key_hashes) < _KEYS_KEPT:
            _key_hashes[public_key] = found
    return found


def der_numbers(signature: bytes) -> tuple[int, int] | None:
    """The two numbers of a strictly encoded signature (BIP66), or None if the encoding is not strict."""
    if not 8 <= len(signature) <= 72 or signature[0] != 0x30 or signature[1] != len(signature) - 2:
        return None
    first, at = _der_integer(signature, 2)
    second, end = _der_integer(signature, at) if first is not None else (None, 0)
    return None if first is None or second is None or end != len(signature) else (first, second)


def _der_integer(data: bytes, at: int) -> tuple[int | None, int]:
    if at + 2 > len(data) or data[at] != 0x02:
        return None, at
    size, start = data[at + 1], at + 2
    body = data[start : start + size]
    padded = size > 1 and body[:1] == b"\x00" and len(body) > 1 and not body[1] & 0x80
    if size == 0 or len(body) != size or body[0] & 0x80 or padded:
        return None, at
    return int.from_bytes(body, "big"), start + size


def _signed(public_key: bytes, digest: bytes, r: int, s: int) -> bool:
    if not 0 < r < _ORDER or not 0 < s < _ORDER:
        return False
    # Consensus accepts either of the two equivalent signatures; the library verifies the low one only.
    low = min(s, _ORDER - s)
    try:
        key = PublicKey(public_key)
    except ValueError:
        return False
    return bool(key.verify(_der(r, low), digest, hasher=None))


def _der(r: int, s: int) -> bytes:
    body = b"".join(
        b"\x02"
        + bytes((number.bit_length() // 8 + 1,))
        + number.to_bytes(number.bit_length() // 8 + 1, "big")
        for number in (r, s)
    )
    return b"\x30" + bytes((len(body),)) + body
