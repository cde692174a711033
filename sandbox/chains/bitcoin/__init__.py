"""A local Bitcoin chain on simulated time: Bitcoin Core's consensus, our wallets, mempool and miner.

It knows nothing of payments in the model's sense and can be used alone.
"""

from sandbox.chains.bitcoin.background import BackgroundTraffic
from sandbox.chains.bitcoin.block import subsidy_sats
from sandbox.chains.bitcoin.chain import CHAIN_TIME_LAG_SECONDS, RegtestChain
from sandbox.chains.bitcoin.engine import ENGINES, EngineMissing, Verdict
from sandbox.chains.bitcoin.producer import BitcoinBlocks, Confirmation, TransactionConflicted
from sandbox.chains.bitcoin.records import Block, BlockRefused, Rejected, Reorg, Status, TransactionRecord
from sandbox.chains.bitcoin.transaction import COIN, BitcoinTransaction
from sandbox.chains.bitcoin.wallet import InsufficientFunds, Wallet

__all__ = [
    "CHAIN_TIME_LAG_SECONDS",
    "COIN",
    "ENGINES",
    "BackgroundTraffic",
    "BitcoinBlocks",
    "BitcoinTransaction",
    "Block",
    "BlockRefused",
    "Confirmation",
    "EngineMissing",
    "InsufficientFunds",
    "RegtestChain",
    "Rejected",
    "Reorg",
    "Status",
    "TransactionConflicted",
    "TransactionRecord",
    "Verdict",
    "Wallet",
    "subsidy_sats",
]
