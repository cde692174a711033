"""Keys of the local test chain: made from a name, good for nothing elsewhere."""

from hashlib import sha256

from coincurve import PrivateKey

from sandbox.chains.bitcoin.bech32 import address_of, key_hash_of
from sandbox.chains.bitcoin.ripemd160 import ripemd160
from sandbox.chains.bitcoin.serialization import SIGHASH_ALL

_PURPOSE = b"elr-sandbox bitcoin regtest key\x00"


class Key:
    """A secp256k1 key whose secret is a hash of its name, and the script that pays it (P2WPKH)."""

    __slots__ = ("_secret", "key_hash", "public_key", "script")

    def __init__(self, name: str) -> None:
        self._secret = PrivateKey(sha256(_PURPOSE + name.encode()).digest())
        self.public_key: bytes = self._secret.public_key.format()
        self.key_hash = ripemd160(sha256(self.public_key).digest())
        self.script = script_of(self.key_hash)

    @property
    def address(self) -> str:
        """The ``bcrt1q…`` address."""
        return address_of(self.key_hash)

    def witness(self, digest: bytes) -> tuple[bytes, bytes]:
        """Signature over a BIP143 digest (deterministic nonce, RFC 6979) and the public key."""
        signature: bytes = self._secret.sign(digest, hasher=None)
        return signature + bytes((SIGHASH_ALL,)), self.public_key


def script_of(key_hash: bytes) -> bytes:
    """The output script that pays a public key hash: version 0, twenty bytes."""
    return b"\x00\x14" + key_hash


def script_to(address: str) -> bytes:
    """The output script behind a ``bcrt1q…`` address. Raises ValueError for any other address."""
    return script_of(key_hash_of(address))
