"""A block: its header, its coinbase, and the search for a nonce that regtest accepts."""

from collections.abc import Sequence
from dataclasses import dataclass
from struct import Struct

from sandbox.chains.bitcoin.serialization import (
    ZERO_HASH,
    compact_size,
    merkle_root,
    read_compact_size,
    script_number,
    sha256d,
)
from sandbox.chains.bitcoin.transaction import COIN, NULL_OUTPOINT, BitcoinTransaction, Input, Output

#: Hash of regtest's genesis block, internal byte order.
GENESIS_HASH = bytes.fromhex("0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206")[::-1]
#: Unix time of regtest's genesis block: no block may be as old.
GENESIS_HEADER_TIME = 1_296_688_602
#: Compact target of every regtest block: about one hash in two passes.
REGTEST_BITS = 0x207FFFFF
REGTEST_TARGET = 0x7FFFFF << 8 * (0x20 - 3)
#: Blocks between two halvings of the subsidy on regtest.
HALVING_BLOCKS = 150
#: Blocks that must lie between a coinbase and its spending.
COINBASE_MATURITY = 100
#: Weight units a block may hold (BIP141).
MAX_BLOCK_WEIGHT = 4_000_000
VERSION = 0x20000000

_HEADER = Struct("<i32s32sIII")
_COMMITMENT_HEAD = bytes.fromhex("6a24aa21a9ed")


def subsidy_sats(height: int) -> int:
    """New satoshi that the block at ``height`` may create."""
    halvings = height // HALVING_BLOCKS
    return 50 * COIN >> halvings if halvings < 64 else 0


@dataclass(frozen=True, slots=True)
class Header:
    """The eighty bytes that the proof of work covers."""

    version: int
    previous: bytes
    merkle: bytes
    time: int
    """Unix seconds on the chain's own scale."""
    bits: int
    nonce: int

    @classmethod
    def parse(cls, raw: bytes) -> "Header":
        """Read the first eighty bytes of a block."""
        return cls(*_HEADER.unpack_from(raw))


def block_hash(raw: bytes) -> bytes:
    """Hash of a block (or of its header), internal byte order."""
    return sha256d(raw[:80])


def parse_block(raw: bytes) -> tuple[Header, list[BitcoinTransaction]]:
    """Header and transactions of a block. Raises ValueError if bytes are missing; bytes beyond are ignored.

    Bitcoin Core's library ignores them too.
    """
    if len(raw) < 81:
        raise ValueError("not a block: its bytes end early")
    count, at = read_compact_size(raw, 80)
    transactions = []
    for _ in range(count):
        transaction, at = BitcoinTransaction.parse_at(raw, at)
        transactions.append(transaction)
    return Header.parse(raw), transactions


def commitment_script(transactions: Sequence[BitcoinTransaction]) -> bytes:
    """The coinbase output that commits to every witness in the block (BIP141)."""
    root = merkle_root([ZERO_HASH, *(transaction.witness_hash for transaction in transactions)])
    return _COMMITMENT_HEAD + sha256d(root + ZERO_HASH)


def is_commitment(script: bytes) -> bool:
    """Whether an output script is a witness commitment."""
    return len(script) >= 38 and script.startswith(_COMMITMENT_HEAD)


def make_coinbase(
    height: int, sats: int, script: bytes, transactions: Sequence[BitcoinTransaction], extra: int
) -> BitcoinTransaction:
    """The transaction that pays a block's miner; ``extra`` keeps two blocks of one height apart."""
    outputs = [Output(sats, script)]
    if transactions:
        outputs.append(Output(0, commitment_script(transactions)))
    unlock = script_number(height) + b"\x04" + extra.to_bytes(4, "little")
    witness = (ZERO_HASH,) if transactions else ()
    return BitcoinTransaction.build((Input(NULL_OUTPOINT, unlock, 0xFFFFFFFF, witness),), tuple(outputs))


def make_block(
    previous: bytes, time: int, coinbase: BitcoinTransaction, transactions: Sequence[BitcoinTransaction]
) -> bytes:
    """A block on ``previous`` with a nonce that meets regtest's target (two tries on average)."""
    everything = [coinbase, *transactions]
    merkle = merkle_root([transaction.hash for transaction in everything])
    head = _HEADER.pack(VERSION, previous, merkle, time, REGTEST_BITS, 0)[:76]
    nonce = 0
    while True:
        header = head + nonce.to_bytes(4, "little")
        # The target's top byte is 0x7f, so the last byte of the hash decides all but one case in 2**23.
        digest = sha256d(header)
        if digest[31] < 0x7F or int.from_bytes(digest, "little") <= REGTEST_TARGET:
            break
        nonce += 1
    return header + compact_size(len(everything)) + b"".join(transaction.raw for transaction in everything)
