"""The dealers who sell tokens and coins, what they hold on the first day, and who brings them more."""

from sandbox.actors.dealer import Dealers
from sandbox.actors.exchange import Exchange
from sandbox.actors.issuer import StablecoinIssuer
from sandbox.market import Market
from sandbox.market.liquidity import Dealer
from sandbox.mirror import EvmLedger
from sandbox.money import Asset
from sandbox.rail import Ground
from sandbox.world.chains import Chains, open_coin_inventories, open_token_inventories
from sandbox.world.escrow import EscrowContract, let_dealers_lock


def open_dealers(ground: Ground, market: Market, chains: Chains, exchange: Exchange) -> Dealers | None:
    """Dealers with empty inventories; None where no rail buys of them."""
    if chains.tokens is None and chains.coins is None:
        return None
    count = int(ground.number("liquidity.lp_count"))
    return Dealers(
        ground, market, [_dealer(ground, chains, index) for index in range(count)], exchange.restock
    )


def stock_tokens(
    ground: Ground,
    ledger: EvmLedger,
    dealers: Dealers,
    exchange: Exchange,
    issuer: StablecoinIssuer,
    escrow: EscrowContract | None,
) -> None:
    """The issuer's first tokens reach the exchange and the dealers, in the chain's first block."""
    hot = ledger.open("exchange", "inventory")
    dealers.is_frozen = issuer.is_frozen
    exchange.trade_tokens(ledger, hot, issuer.is_frozen)
    stock = dealers.target(Asset.USDT)
    inventories = [(dealer.inventory[Asset.USDT], stock) for dealer in dealers.dealers]
    if escrow is not None:
        let_dealers_lock(ledger, escrow, dealers.dealers)
    open_token_inventories(ground, ledger, issuer, hot, inventories)


def open_coin_trade(chains: Chains, dealers: Dealers, exchange: Exchange) -> int:
    """The exchange trades coins with the dealers; gives its wallet."""
    assert chains.coins is not None
    chains.coins.make_room = dealers.make_room
    hot = chains.coins.open("exchange", "inventory")
    exchange.trade_coins(chains.coins, hot)
    return hot


def stock_coins(ground: Ground, chains: Chains, dealers: Dealers, hot: int) -> None:
    """Coins mined before the start reach the dealers."""
    assert chains.coins is not None
    stock = dealers.target(Asset.BTC)
    inventories = [(dealer.inventory[Asset.BTC], stock) for dealer in dealers.dealers]
    open_coin_inventories(ground, chains.coins, hot, inventories)


def _dealer(ground: Ground, chains: Chains, index: int) -> Dealer:
    name, books = f"dealer/{index + 1}", ground.books
    inventory: dict[Asset, int] = {}
    if chains.tokens is not None:
        inventory[Asset.USDT] = chains.tokens.open(name, "inventory")
    if chains.coins is not None:
        inventory[Asset.BTC] = chains.coins.open(name, "inventory")
    return Dealer(
        index=index,
        name=name,
        entity=ground.journal.entity(name),
        cash=books.open(name, Asset.RUB, "cash", overdraft=True),
        margin=books.open(name, Asset.RUB, "fee_income"),
        inventory=inventory,
    )
