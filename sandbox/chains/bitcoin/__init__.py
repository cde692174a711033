"""A local Bitcoin chain on simulated time: Bitcoin Core's consensus, our wallets, mempool and miner.

It knows nothing of payments in the model's sense and can be used alone.
"""

from sandbox.chains.bitcoin.chain import CHAIN_TIME_LAG_SECONDS, RegtestChain
from sandbox.chains.bitcoin.engine import ENGINES, EngineMissing, Verdict
from sandbox.chains.bitcoin.records import Block, BlockRefused, Rejected, Reorg, Status, TransactionRecord
from sandbox.chains.bitcoin.transaction import COIN, BitcoinTransaction
from sandbox.chains.bitcoin.wallet import InsufficientFunds, Wallet

__all__ = [
    "CHAIN_TIME_LAG_SECONDS",
    "COIN",
    "ENGINES",
    "BitcoinTransaction",
    "Block",
    "BlockRefused",
    "EngineMissing",
    "InsufficientFunds",
    "RegtestChain",
    "Rejected",
    "Reorg",
    "Status",
    "TransactionRecord",
    "Verdict",
    "Wallet",
]
