"""The miners of a world: their treasuries, mined before the start, and their connection to dealers and exchange."""

from sandbox.actors.dealer import Dealers
from sandbox.actors.miner import Miners, national_rate, site_sats_a_day
from sandbox.chains.bitcoin import Wallet, subsidy_sats
from sandbox.journal.kinds import Purpose
from sandbox.market import Market
from sandbox.mirror import BitcoinLedger
from sandbox.money import Asset
from sandbox.rail import Ground
from sandbox.scenario.mining import mined, opening_stocks
from sandbox.scenario.parameters import ParameterLibrary
from sandbox.scenario.schema import Scenario
from sandbox.world.chains import COINS_EACH

#: A coinbase can be spent this many blocks later.
_MATURITY = 100


class Mining:
    """Miners as events meet them."""

    def __init__(self, ground: Ground, miners: Miners) -> None:
        self._ground = ground
        self.miners = miners

    def run(self, operator: str, sites: int, mw_per_site: float | None, offered: float | None) -> None:
        """An operator has so many sites from now on."""
        number = self._ground.number
        power = number("miner.komi_mw_per_site") if mw_per_site is None else mw_per_site
        share = number("miner.share_mined_to_elr") if offered is None else offered
        whole = site_sats_a_day(sites, power, number("miner.btc_per_mw_year"))
        if operator in self.miners.miners:
            self.miners.offer(operator, round(whole * share))


def open_mining(
    ground: Ground,
    market: Market,
    ledger: BitcoinLedger,
    dealers: Dealers,
    hot: int,
    outside_rub: int,
    scenario: Scenario,
    parameters: ParameterLibrary,
) -> Mining:
    """Mine every treasury, hand the dealers their opening stock if they have one, and let the miners begin."""
    miners = Miners(
        ground,
        market,
        ledger,
        dealers.dealers,
        dealers.target,
        dealers.arrived,
        hot,
        outside_rub,
    )
    treasuries = {}
    for name, bitcoin in mined(scenario, parameters).items():
        account = ledger.open(f"miner/{name}", "inventory")
        treasuries[account] = bitcoin
        miners.open(name, account)
    stocks = opening_stocks(scenario, parameters)
    _mine(ground, ledger, hot, treasuries, stocks)
    stock = dealers.target(Asset.BTC) if stocks else 0
    if stock:
        inventories = [(dealer.inventory[Asset.BTC], stock) for dealer in dealers.dealers]
        ledger.open_block(hot, inventories, COINS_EACH)
    mining = Mining(ground, miners)
    miners.begin(ground.clock.second(scenario.policy.opens))
    if "national" in miners.miners:
        miners.offer("national", national_rate(ground))
    if sites := int(ground.number("miner.komi_sites")):
        mining.run("regional", sites, None, None)
    return mining


def _mine(
    ground: Ground, ledger: BitcoinLedger, hot: int, treasuries: dict[int, float], stocks: float
) -> None:
    """One block after another to each wallet until it has what it needs; the exchange's last ones mature others."""
    chain, height = ledger.chain, ledger.chain.height
    plan: list[tuple[Wallet, int]] = []
    for account, bitcoin in (*treasuries.items(), (hot, stocks)):
        blocks, sats = 0, 0
        while sats < bitcoin * Asset.BTC.scale:
            height, blocks = height + 1, blocks + 1
            sats += subsidy_sats(height)
        plan.append((ledger.wallet(account), blocks))
    chain.premine(ledger.wallet(hot), _MATURITY, before=plan)
    for account in (*treasuries, hot):
        total = ledger.units_on_chain(account)
        ground.books.transfer(-1, ledger.entity, ledger.miners, account, total, Purpose.OPENING)


__all__ = ["Mining", "open_mining"]
