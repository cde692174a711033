"""The platform of digital financial assets in a world: its chain, its operator, its rail."""

from collections.abc import Callable

from sandbox.actors.asset_platform import OPERATOR, AssetOperator
from sandbox.actors.bank import Bank
from sandbox.chains.evm import BlockProducer, EvmChain, artefact
from sandbox.clock import Hours
from sandbox.market import Market
from sandbox.mirror import EvmLedger
from sandbox.money import Asset
from sandbox.payments import Payment
from sandbox.rail import Ground, PayOut, Releaser
from sandbox.rails.dfa import DfaRail


def asset_chain(ground: Ground, engine: str) -> EvmLedger:
    """The platform's chain beside the digital ruble's: one block an order."""
    chain = EvmChain(engine, "chain/dfa", genesis_time=ground.clock.unix(0))
    contract = chain.deploy(chain.account(f"{OPERATOR}/platform"), artefact("dfa"))
    ledger = EvmLedger(ground, chain, BlockProducer(ground.env, chain, 0, 0), contract, Asset.DFA)
    ledger.open_block()
    return ledger


def asset_rail(
    ground: Ground,
    market: Market,
    ledger: EvmLedger,
    releaser: Releaser,
    pay_out: PayOut,
    banks: list[Bank],
    outside_rub: int,
    accepts: Callable[[Payment], bool],
    client_account: Callable[[Payment], int],
    hours: Hours,
) -> DfaRail:
    """The operator and the rail over it."""
    key = ledger.chain.account(f"{OPERATOR}/platform")
    operator = AssetOperator(ground, ledger, key, [bank.fees for bank in banks], outside_rub)
    return DfaRail(
        ground,
        market,
        operator,
        releaser,
        pay_out,
        accepts,
        client_account,
        lambda payment: banks[payment.bank].entity,
        hours,
    )
