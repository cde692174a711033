"""How goods are connected with the payments: shipments, and refunds of what was prepaid for barred goods."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sandbox.actors.bank import Bank
from sandbox.actors.buy_back import TokensBack
from sandbox.actors.exchange import Exchange
from sandbox.actors.issuer import StablecoinIssuer
from sandbox.actors.refunds import Refunds, WayBack
from sandbox.actors.shipper import Shipments
from sandbox.actors.supplier import Suppliers
from sandbox.goods import ExportBar
from sandbox.market import Market
from sandbox.market.liquidity import Dealer
from sandbox.mirror import EvmLedger
from sandbox.money import Asset
from sandbox.payments import Payment
from sandbox.population import Orders, Population
from sandbox.rail import Ground, Rail
from sandbox.trade import Contracts


@dataclass(slots=True, frozen=True)
class Tokens:
    """What the stablecoin's way back needs."""

    ledger: EvmLedger
    issuer: StablecoinIssuer
    dealers: list[Dealer]
    exchange: Exchange
    keep: bool
    """Suppliers keep the tokens."""


def shipments(
    ground: Ground,
    market: Market,
    population: Population,
    orders: Orders,
    contracts: Contracts,
    rules: Mapping[tuple[str, str], ExportBar],
    rails: dict[str, Rail],
    banks: list[Bank],
    suppliers: Suppliers,
    client_account: Callable[[Payment], int],
    tokens: Tokens | None,
) -> Shipments:
    """The goods of a run, with their refunds."""
    ways_back: dict[str, WayBack] = {}
    if tokens is not None:
        kept = (lambda payment: suppliers.of(payment).wallets[Asset.USDT]) if tokens.keep else None
        ways_back["usdt"] = TokensBack(
            ground,
            tokens.ledger,
            tokens.issuer,
            tokens.dealers,
            tokens.exchange.hot[Asset.USDT],
            tokens.exchange.cash,
            suppliers.account,
            kept,
        )
    refunds = Refunds(
        ground,
        market,
        population,
        rails,
        lambda payment: banks[payment.bank],
        client_account,
        suppliers.account,
        ways_back,
    )
    return Shipments(ground, population, orders, contracts, rules, refunds.owe)
