"""The escrow contract on the token's chain, mirrored by an account of the books."""

from dataclasses import dataclass

from sandbox.chains.evm import Account, Contract, artefact
from sandbox.market.liquidity import Dealer
from sandbox.mirror import EvmLedger, Movement
from sandbox.money import Asset

_ENDLESS = 2**256 - 1


@dataclass(slots=True, frozen=True)
class EscrowContract:
    """The contract and who may release."""

    contract: Contract
    agent: Account
    account: int


def open_escrow(ledger: EvmLedger) -> EscrowContract:
    """Deploy the contract for the ledger's token, before any transaction waits."""
    chain = ledger.chain
    agent = chain.account("escrow/agent")
    contract = chain.deploy(agent, artefact("escrow"), ledger.contract.address, agent.address)
    return EscrowContract(contract, agent, ledger.mirror("escrow", "in_transit", contract))


def let_dealers_lock(ledger: EvmLedger, escrow: EscrowContract, dealers: list[Dealer]) -> None:
    """Every dealer gives the contract an endless allowance, in the block of the opening balances."""
    for dealer in dealers:
        key = ledger.key(dealer.inventory[Asset.USDT])
        nothing = Movement(-1, (), lambda ok: None)
        ledger.chain.submit(key, ledger.contract, "approve", escrow.contract.address, _ENDLESS, tag=nothing)
