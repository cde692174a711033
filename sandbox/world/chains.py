"""The local chains of a world, and the accounts on them that exist before the first order."""

from dataclasses import dataclass, field
from typing import Literal

from sandbox.actors.issuer import StablecoinIssuer
from sandbox.actors.operator import PlatformOperator
from sandbox.chains.bitcoin import BitcoinBlocks, RegtestChain
from sandbox.chains.evm import BlockProducer, EvmChain, artefact
from sandbox.journal.kinds import Purpose
from sandbox.mirror import BitcoinLedger, EvmLedger, Movement
from sandbox.money import Asset
from sandbox.rail import Ground
from sandbox.world.arrivals import DriftedArrivals

#: Units of USDT in the exchange's hands at the start: far more than all orders of a run together.
EXCHANGE_USDT = 20_000_000_000 * 10**6

#: Moscow time is three hours ahead of UTC all year.
_ZONE_SECONDS = 3 * 3_600

#: Coins a dealer's opening inventory is cut into, so that many payments fit in a block.
COINS_EACH = 8


@dataclass(frozen=True, slots=True)
class Engines:
    """Which engine each kind of chain runs on; the answers are the same."""

    evm: Literal["revm", "eth-tester"] = "revm"
    bitcoin: Literal["kernel", "python"] = "kernel"


@dataclass(slots=True)
class Chains:
    """What a world has of chains; None where no rail needs it."""

    tokens: EvmLedger | None = None
    coins: BitcoinLedger | None = None
    rubles: EvmLedger | None = None
    assets: EvmLedger | None = None
    open_chains: list[EvmChain | RegtestChain] = field(default_factory=list)

    @property
    def ledgers(self) -> "dict[str, EvmLedger | BitcoinLedger]":
        """Chain name -> its ledger."""
        found: list[EvmLedger | BitcoinLedger | None] = [self.tokens, self.coins, self.rubles, self.assets]
        return {ledger.chain.name: ledger for ledger in found if ledger is not None}

    def close(self) -> None:
        """Let go of every engine."""
        for chain in self.open_chains:
            chain.close()


def token_chain(
    ground: Ground, engine: str, confirmations: int, blocks: Literal["needed", "all"]
) -> tuple[EvmLedger, BlockProducer]:
    """An EVM chain with the USDT-like token; its issuer owns it."""
    chain = EvmChain(engine, "chain/evm", genesis_time=ground.clock.unix(0))
    owner = chain.account("issuer/owner")
    token = chain.deploy(owner, artefact("usdt"), 0, "Tether USD", "USDT", 6)
    interval = int(ground.number("usdt.evm_block_interval_s"))
    producer = BlockProducer(ground.env, chain, interval, confirmations, blocks=blocks)
    return EvmLedger(ground, chain, producer, token, Asset.USDT), producer


def bitcoin_chain(
    ground: Ground,
    engine: str,
    confirmations: int,
    blocks: Literal["needed", "all"],
    deepest_reorg: int,
    drifted: bool = False,
) -> BitcoinLedger:
    """A regtest chain; blocks come at exponential intervals from a stream of their own, ``drifted`` or at one rate."""
    arrivals = ground.streams.named("bitcoin/blocks")
    chain = RegtestChain(engine, genesis_time=ground.clock.unix(0), name="chain/bitcoin")
    stale, races = ground.number("btc.btc_stale_rate"), ground.streams.named("bitcoin/races")
    producer = BitcoinBlocks(
        ground.env,
        chain,
        DriftedArrivals(ground, arrivals) if drifted else arrivals,
        mean_seconds=ground.number("btc.block_interval_s"),
        confirmations=confirmations,
        blocks=blocks,
        deepest_reorg=deepest_reorg,
        idle_stream=ground.streams.named("bitcoin/idle-blocks"),
        loses_race=(lambda: races.bernoulli(stale)) if stale else None,
    )
    return BitcoinLedger(ground, chain, producer)


def ruble_chain(ground: Ground, engine: str) -> EvmLedger:
    """The digital-ruble platform: a chain of its own, one block an order."""
    chain = EvmChain(engine, "chain/digital_ruble", genesis_time=ground.clock.unix(0))
    operator = chain.account("operator/platform")
    contract = chain.deploy(operator, artefact("digital_ruble"), 0, _ZONE_SECONDS)
    producer = BlockProducer(ground.env, chain, 0, 0)
    return EvmLedger(ground, chain, producer, contract, Asset.DRUB)


def set_up_platform(
    ledger: EvmLedger, operator: PlatformOperator, banks: int, operation: int, holding: int
) -> None:
    """Admit the banks, set the limits, and open the operator's own account for fees."""
    key = ledger.chain.account("operator/platform")
    operator.fees = ledger.adopt("operator", "fee_income", key)
    nothing = Movement(-1, (), lambda ok: None)
    for index in range(banks):
        bank = ledger.chain.account(f"bank/{index + 1}/intermediary")
        ledger.chain.submit(key, ledger.contract, "admit_bank", bank.address, tag=nothing)
    if operation or holding:
        ledger.chain.submit(key, ledger.contract, "set_limits", operation, holding, 0, tag=nothing)
    ledger.open_block()


def open_token_inventories(
    ground: Ground, ledger: EvmLedger, issuer: StablecoinIssuer, hot: int, dealers: list[tuple[int, int]]
) -> None:
    """Issue the exchange's tokens and hand the dealers their opening inventories, in the first block."""
    issuer.issue_at_start(hot, EXCHANGE_USDT)
    chain, books = ledger.chain, ground.books
    for wallet, units in dealers:

        def booked(ok: bool, wallet: int = wallet, units: int = units) -> None:
            assert ok, "an opening balance cannot be refused"
            books.transfer(-1, ledger.entity, hot, wallet, units, Purpose.FUNDING)

        tag = Movement(-1, (hot, wallet), booked)
        chain.submit(ledger.key(hot), ledger.contract, "transfer", ledger.address(wallet), units, tag=tag)
    ledger.open_block()


def open_coin_inventories(
    ground: Ground, ledger: BitcoinLedger, hot: int, dealers: list[tuple[int, int]]
) -> None:
    """Mine the treasury before the start, split it, and hand the dealers their opening inventories."""
    chain, books = ledger.chain, ground.books
    treasury = ledger.wallet(hot)
    # A coinbase can be spent 100 blocks later: of these, the first 110 can be spent at once (5,500 BTC).
    chain.premine(treasury, 210)
    total = chain.balance(treasury)
    books.transfer(-1, ledger.entity, ledger.miners, hot, total, Purpose.OPENING)
    ledger.open_block(hot, dealers, COINS_EACH)
