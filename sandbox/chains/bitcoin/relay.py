"""Whether the mempool takes a transaction: Bitcoin Core's policy as far as our transactions meet it."""

from sandbox.chains.bitcoin.mempool import ANCESTOR_LIMIT
from sandbox.chains.bitcoin.records import Rejected
from sandbox.chains.bitcoin.rules import RuleBroken, check_amounts, check_transaction
from sandbox.chains.bitcoin.script import check_witnesses, is_p2wpkh
from sandbox.chains.bitcoin.state import ChainState
from sandbox.chains.bitcoin.transaction import BitcoinTransaction, Coin
from sandbox.chains.bitcoin.wallet import DUST_SATS, fee_sats

#: Most transactions that one replacement may push out (BIP125 rule 5).
_MOST_REPLACED = 100


def checked_fee(
    state: ChainState, transaction: BitcoinTransaction, relay_floor_sat_vb: float, replace: bool
) -> tuple[int, set[int]]:
    """Fee in satoshi of a transaction that may wait, and the numbers of those it would push out.

    Signatures of our own wallets are taken as good; those of a transaction that came as bytes are checked.
    Raises Rejected with Bitcoin Core's reason.
    """
    conflicts = state.mempool.conflicts(transaction)
    if conflicts and not replace:
        raise Rejected("txn-mempool-conflict")
    try:
        check_transaction(transaction)
        coins = _coins(state, transaction)
        fee = check_amounts(transaction, coins, state.height + 1)
        if transaction.fee_sats is None:
            check_witnesses(transaction, coins)
    except RuleBroken as broken:
        raise Rejected(broken.reason.replace("block-script-verify", "mempool-script-verify")) from None
    if any(output.sats < DUST_SATS and is_p2wpkh(output.script) for output in transaction.outputs):
        raise Rejected("dust")
    least = fee_sats(transaction.weight, relay_floor_sat_vb)
    if fee < least:
        raise Rejected(f"min relay fee not met, {fee} < {least}")
    if state.unconfirmed_ancestors(coins) + 1 > ANCESTOR_LIMIT:
        raise Rejected("too-long-mempool-chain")
    return fee, _replaced(state, transaction, fee, least, conflicts)


def _coins(state: ChainState, transaction: BitcoinTransaction) -> list[Coin]:
    coins = []
    for given in transaction.inputs:
        coin = state.coin(given.outpoint)
        if coin is None:
            raise Rejected("bad-txns-inputs-missingorspent")
        coins.append(coin)
    return coins


def _replaced(
    state: ChainState, transaction: BitcoinTransaction, fee: int, relay_fee: int, conflicts: set[int]
) -> set[int]:
    """All that a replacement pushes out, if it pays enough for that. Raises Rejected if it does not.

    It pays a higher feerate than each it meets, and as much as all it pushes out together, with the floor
    for its own bytes on top (BIP125 rules 3 and 4).
    """
    if not conflicts:
        return conflicts
    pushed_out = state.mempool.descendants(conflicts)
    if len(pushed_out) > _MOST_REPLACED:
        raise Rejected("too many potential replacements")
    if pushed_out & state.mempool.ancestors(state.mempool.parents_of(transaction)):
        raise Rejected("bad-txns-spends-conflicting-tx")
    entries = [state.mempool.waiting[number] for number in sorted(pushed_out)]
    direct = [state.mempool.waiting[number] for number in sorted(conflicts)]
    if (
        any(fee * entry.transaction.weight <= entry.fee_sats * transaction.weight for entry in direct)
        or fee < sum(entry.fee_sats for entry in entries) + relay_fee
    ):
        raise Rejected("insufficient fee")
    return pushed_out
