"""Local EVM chains on simulated time. They know nothing of payments and can be used alone::

with EvmChain(engine="revm") as chain:
    issuer, holder = chain.account("issuer"), chain.account("holder")
    token = chain.deploy(issuer, artefact("usdt"), 10**12, "Tether USD", "USDT", 6)
    chain.submit(issuer, token, "transfer", holder.address, 5_000_000)
    block = chain.mine(3)
    assert block.receipts[0].ok and token.read("balanceOf", holder.address) == 5_000_000
"""

from sandbox.chains.evm.accounts import Account, hash_of_call
from sandbox.chains.evm.artefact import Artefact, artefact
from sandbox.chains.evm.chain import EvmChain
from sandbox.chains.evm.contract import Contract
from sandbox.chains.evm.errors import (
    ChainError,
    ContractRefused,
    EngineFault,
    EngineMissing,
    UndeclaredWrites,
)
from sandbox.chains.evm.producer import BlockProducer
from sandbox.chains.evm.records import Block, Log, Receipt, Transaction

__all__ = [
    "Account",
    "Artefact",
    "Block",
    "BlockProducer",
    "ChainError",
    "Contract",
    "ContractRefused",
    "EngineFault",
    "EngineMissing",
    "EvmChain",
    "Log",
    "Receipt",
    "Transaction",
    "UndeclaredWrites",
    "artefact",
    "hash_of_call",
]
