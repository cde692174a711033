"""What banks hold at their correspondents abroad."""

from sandbox.actors.bank import Bank
from sandbox.journal.kinds import Purpose
from sandbox.market import Market
from sandbox.money import Asset
from sandbox.rail import Ground


def nostro_level(ground: Ground, market: Market, asset: Asset) -> int:
    """What a bank wants to hold at its correspondents in a currency, in minor units."""
    share = ground.table("population.share_country").get("CN", 0.5)
    part = share if asset is Asset.CNY else 1.0 - share
    usd = ground.number("bank.nostro_usd") * part
    return int(usd / market.usd(asset, 0) * asset.scale)


def fill_nostros(ground: Ground, market: Market, banks: list[Bank]) -> dict[Asset, int]:
    """Bring every bank to its level; gives the accounts of the rest of the world, by currency."""
    books = ground.books
    abroad = {
        asset: books.open("outside", asset, "outside", overdraft=True) for asset in (Asset.USD, Asset.CNY)
    }
    for bank in banks:
        for asset, account in bank.nostro.items():
            level = nostro_level(ground, market, asset)
            if level > 0:
                books.transfer(-1, bank.entity, abroad[asset], account, level, Purpose.OPENING)
    return abroad
