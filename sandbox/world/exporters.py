"""Exports: buyers abroad are put before the rails on which they may pay: correspondents, agents and tokens."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.actors.bank import Bank
from sandbox.actors.buyer import Buyers
from sandbox.actors.dealer import Dealers
from sandbox.actors.exchange import Exchange
from sandbox.actors.issuer import StablecoinIssuer
from sandbox.clock import Hours
from sandbox.market import Market
from sandbox.market.breaker import Breaker
from sandbox.mirror import EvmLedger
from sandbox.money import Asset
from sandbox.payments import Payment
from sandbox.population import Population
from sandbox.rail import Ground, Rail, Releaser
from sandbox.rails.agent import AgentRail
from sandbox.rails.correspondent import CorrespondentRail
from sandbox.rails.inward_agent import InwardAgentRail
from sandbox.rails.inward_correspondent import InwardCorrespondentRail, Receiver
from sandbox.rails.inward_usdt import InwardUsdtRail, TokenShop

#: What buyers pay in.
_CURRENCIES = (Asset.USD, Asset.CNY)


@dataclass(slots=True, frozen=True)
class Abroad:
    """Office hours on both ends of an export's payment."""

    buyers: Hours
    """Of the buyers' banks."""
    exporters: Hours
    """Of the exporters' banks."""


@dataclass(slots=True, frozen=True)
class TokenSide:
    """What the stablecoin's rail needs of the rest of the world."""

    ledger: EvmLedger
    issuer: StablecoinIssuer
    releaser: Releaser
    dealers: Dealers | None
    exchange: Exchange
    breaker: Breaker | None
    accepts: Callable[[Payment], bool]


def exporters(
    ground: Ground,
    market: Market,
    population: Population,
    banks: list[Bank],
    rails: dict[str, Rail],
    abroad: dict[Asset, int],
    hours: Abroad,
    tokens: TokenSide | None,
) -> tuple[Buyers, tuple[Rail, ...]]:
    """The buyers, and the rails they may pay on; other rails carry no exports."""
    books = ground.books
    outside = {
        asset: abroad[asset] if asset in abroad else books.open("outside", asset, "outside", overdraft=True)
        for asset in _CURRENCIES
    }
    buyers = Buyers(ground, population, outside)
    inward: list[Rail] = []
    outward = rails.get(CorrespondentRail.name)
    if isinstance(outward, CorrespondentRail):
        inward.append(_correspondent(ground, market, banks, outward, buyers, hours.buyers))
    agents = rails.get(AgentRail.name)
    if isinstance(agents, AgentRail):
        inward.append(InwardAgentRail(ground, market, agents, buyers, _CURRENCIES))
    if tokens is not None and "usdt" in rails:
        inward.append(_usdt(ground, market, banks, rails["usdt"], buyers, tokens, hours.exporters))
    return buyers, tuple(inward)


def _correspondent(
    ground: Ground,
    market: Market,
    banks: list[Bank],
    outward: CorrespondentRail,
    buyers: Buyers,
    hours: Hours,
) -> Rail:
    books = ground.books
    receivers = [
        Receiver(
            bank.entity,
            bank.cash,
            bank.fees,
            bank.nostro,
            {asset: books.open(bank.name, asset, "fee_income") for asset in _CURRENCIES},
        )
        for bank in banks
    ]
    transit = {asset: books.open("correspondent", asset, "in_transit") for asset in (Asset.RUB, *_CURRENCIES)}
    rounding = {asset: books.open("rounding", asset, "rounding") for asset in _CURRENCIES}
    return InwardCorrespondentRail(
        ground,
        market,
        outward,
        buyers,
        lambda payment: receivers[payment.bank],
        hours,
        transit,
        rounding,
    )


def _usdt(
    ground: Ground,
    market: Market,
    banks: list[Bank],
    outward: Rail,
    buyers: Buyers,
    tokens: TokenSide,
    hours: Hours,
) -> Rail:
    exchange, ledger = tokens.exchange, tokens.ledger
    assert tokens.dealers is not None, "tokens without dealers"
    shop = TokenShop(exchange.entity, exchange.hot[Asset.USDT], exchange.cash, exchange.income)

    def bank_of(payment: Payment) -> tuple[int, int]:
        bank = banks[payment.bank]
        return bank.entity, bank.fees

    return InwardUsdtRail(
        ground,
        market,
        ledger,
        outward.entity,
        tokens.dealers,
        shop,
        tokens.breaker,
        tokens.releaser,
        tokens.issuer,
        buyers,
        tokens.accepts,
        lambda payment: buyers.wallet(payment, Asset.USDT, ledger.open),
        bank_of,
        hours,
    )


__all__ = ["Abroad", "TokenSide", "exporters"]
