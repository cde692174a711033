"""Consensus rules that the transactions and blocks of this package can meet, with Bitcoin Core's reasons.

Left out because nothing here uses them: scripts other than P2WPKH, signature operation counts, relative
locks (BIP68). A block that would need them is an error of the caller, not a verdict.
"""

from collections.abc import Sequence

from sandbox.chains.bitcoin.block import (
    COINBASE_MATURITY,
    MAX_BLOCK_WEIGHT,
    REGTEST_BITS,
    REGTEST_TARGET,
    Header,
    commitment_script,
    is_commitment,
)
from sandbox.chains.bitcoin.serialization import ZERO_HASH, merkle_root_and_repeat, script_number
from sandbox.chains.bitcoin.transaction import MAX_SATS, NULL_OUTPOINT, BitcoinTransaction, Coin

_LOCKTIME_IS_TIME = 500_000_000
_FINAL_SEQUENCE = 0xFFFFFFFF


class RuleBroken(Exception):
    """A rule of consensus does not hold; ``reason`` is Bitcoin Core's text."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotSupported(NotImplementedError):
    """The Python engine does not know the rule that this block needs; the kernel engine does."""


def is_coinbase(transaction: BitcoinTransaction) -> bool:
    """Whether it spends nothing but the null outpoint."""
    return len(transaction.inputs) == 1 and transaction.inputs[0].outpoint == NULL_OUTPOINT


def check_transaction(transaction: BitcoinTransaction) -> None:
    """Rules that need no other transaction."""
    if not transaction.inputs:
        raise RuleBroken("bad-txns-vin-empty")
    if not transaction.outputs:
        raise RuleBroken("bad-txns-vout-empty")
    total = 0
    for output in transaction.outputs:
        if output.sats < 0:
            raise RuleBroken("bad-txns-vout-negative")
        if output.sats > MAX_SATS:
            raise RuleBroken("bad-txns-vout-toolarge")
        total += output.sats
        if total > MAX_SATS:
            raise RuleBroken("bad-txns-txouttotal-toolarge")
    if len({given.outpoint for given in transaction.inputs}) < len(transaction.inputs):
        raise RuleBroken("bad-txns-inputs-duplicate")
    if is_coinbase(transaction):
        if not 2 <= len(transaction.inputs[0].script) <= 100:
            raise RuleBroken("bad-cb-length")
    elif any(given.outpoint == NULL_OUTPOINT for given in transaction.inputs):
        raise RuleBroken("bad-txns-prevout-null")


def check_amounts(transaction: BitcoinTransaction, coins: Sequence[Coin], height: int) -> int:
    """Fee in satoshi of a transaction in the block at ``height`` that spends ``coins``."""
    total = 0
    for coin in coins:
        age = height - coin.height
        if coin.coinbase and age < COINBASE_MATURITY:
            raise RuleBroken(f"bad-txns-premature-spend-of-coinbase, tried to spend coinbase at depth {age}")
        total += coin.sats
    paid = transaction.sats_out
    if total < paid:
        raise RuleBroken(f"bad-txns-in-belowout, value in ({_bitcoin(total)}) < value out ({_bitcoin(paid)})")
    return total - paid


def _bitcoin(sats: int) -> str:
    """The amount as Core prints it: at least two decimals, no zeros beyond them."""
    decimals = f"{sats % 100_000_000:08d}"
    return f"{sats // 100_000_000}.{decimals[:2]}{decimals[2:].rstrip('0')}"


def check_work(header: Header, hash_: bytes) -> None:
    """The hash meets the target that the header itself states, and that target is not too easy."""
    size, mantissa = header.bits >> 24, header.bits & 0x7FFFFF
    target = mantissa << 8 * (size - 3) if size > 3 else mantissa >> 8 * (3 - size)
    negative = bool(header.bits & 0x800000)
    if negative or not 0 < target <= REGTEST_TARGET or int.from_bytes(hash_, "little") > target:
        raise RuleBroken("high-hash, proof of work failed")


def check_header(header: Header, median_time_past: int) -> None:
    """Target, time and version of a block whose parent is known. A time in the future is not noticed."""
    if header.bits != REGTEST_BITS:
        raise RuleBroken("bad-diffbits, incorrect proof of work")
    if header.time <= median_time_past:
        raise RuleBroken("time-too-old, block's timestamp is too early")
    if header.version < 4:
        raise RuleBroken(
            f"bad-version(0x{header.version:08x}), rejected nVersion=0x{header.version:08x} block"
        )


def check_block(header: Header, transactions: Sequence[BitcoinTransaction]) -> None:
    """Rules of a block's body that need no other block."""
    hashes = [transaction.hash for transaction in transactions]
    root, repeat = merkle_root_and_repeat(hashes) if hashes else (ZERO_HASH, False)
    if root != header.merkle:
        raise RuleBroken("bad-txnmrklroot, hashMerkleRoot mismatch")
    if repeat:
        raise RuleBroken("bad-txns-duplicate, duplicate transaction")
    if not transactions:
        raise RuleBroken("bad-blk-length, size limits failed")
    if not is_coinbase(transactions[0]):
        raise RuleBroken("bad-cb-missing, first tx is not coinbase")
    if any(map(is_coinbase, transactions[1:])):
        raise RuleBroken("bad-cb-multiple, more than one coinbase")
    for transaction in transactions:
        try:
            check_transaction(transaction)
        except RuleBroken as broken:
            note = f"Transaction check failed (tx hash {transaction.txid}) "
            raise RuleBroken(f"{broken.reason}, {note}") from None


def check_body(transactions: Sequence[BitcoinTransaction], height: int, median_time_past: int) -> None:
    """Rules of a block's body that depend on where it stands: locks, height, witness commitment, weight."""
    for transaction in transactions:
        if not _is_final(transaction, height, median_time_past):
            raise RuleBroken("bad-txns-nonfinal, non-final transaction")
    coinbase = transactions[0]
    if not coinbase.inputs[0].script.startswith(script_number(height)):
        raise RuleBroken("bad-cb-height, block height mismatch in coinbase")
    _check_witness_commitment(transactions)
    # The header, and the count of transactions, each of weight four a byte.
    weight = 4 * (80 + _count_bytes(len(transactions))) + sum(t.weight for t in transactions)
    if weight > MAX_BLOCK_WEIGHT:
        raise RuleBroken("bad-blk-weight, ContextualCheckBlock : weight limit failed")


def _count_bytes(count: int) -> int:
    return 1 if count < 0xFD else 3


def _is_final(transaction: BitcoinTransaction, height: int, median_time_past: int) -> bool:
    lock = transaction.locktime
    if lock == 0 or lock < (height if lock < _LOCKTIME_IS_TIME else median_time_past):
        return True
    return all(given.sequence == _FINAL_SEQUENCE for given in transaction.inputs)


def _check_witness_commitment(transactions: Sequence[BitcoinTransaction]) -> None:
    coinbase = transactions[0]
    commitments = [output.script for output in coinbase.outputs if is_commitment(output.script)]
    if commitments:
        witness = coinbase.inputs[0].witness
        if len(witness) != 1 or witness[0] != ZERO_HASH:
            if len(witness) == 1 and len(witness[0]) == 32:
                raise NotSupported("a witness reserved value other than zero")
            raise RuleBroken(
                "bad-witness-nonce-size, CheckWitnessMalleation : invalid witness reserved value size"
            )
        if commitments[-1][:38] != commitment_script(transactions[1:]):
            raise RuleBroken(
                "bad-witness-merkle-match, CheckWitnessMalleation : witness merkle commitment mismatch"
            )
        return
    if any(given.witness for transaction in transactions for given in transaction.inputs):
        raise RuleBroken("unexpected-witness, CheckWitnessMalleation : unexpected witness data found")
