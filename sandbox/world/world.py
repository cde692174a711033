"""What exists in one run, once it is put together."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from sandbox.actors.bank import Bank, Office, Permits
from sandbox.actors.dealer import Dealers
from sandbox.actors.derisking import Derisking
from sandbox.actors.exchange import Exchange
from sandbox.actors.importer import Importers
from sandbox.actors.issuer import StablecoinIssuer
from sandbox.actors.operator import PlatformOperator
from sandbox.actors.regimes import Regimes
from sandbox.actors.regulator import Regulator
from sandbox.actors.screening import Screening
from sandbox.actors.shipper import Shipments
from sandbox.actors.supplier import Suppliers
from sandbox.clock import Hours
from sandbox.desk import Desk
from sandbox.goods import ExportBar
from sandbox.market import Market, PressureIndex
from sandbox.market.breaker import Breaker
from sandbox.money import Asset
from sandbox.population import Orders, Population
from sandbox.rail import Ground, Rail
from sandbox.scenario.schema import Scenario
from sandbox.stage import MAIN_REGIME
from sandbox.trade import Contracts
from sandbox.world.chains import Chains
from sandbox.world.mining import Mining
from sandbox.world.review import Record


@dataclass(slots=True)
class World:
    """Everything that exists in one run. It is created and connected; nothing has happened yet."""

    scenario: Scenario
    ground: Ground
    market: Market
    breaker: Breaker | None
    """Stops the dealers' quotes of a stablecoin off its peg; None where no rail uses one."""
    pressure: PressureIndex
    population: Population
    orders: Orders
    banks: list[Bank]
    suppliers: Suppliers
    importers: Importers
    chains: Chains
    rails: dict[str, Rail]
    office: Office
    desks: dict[str, Desk]
    exchange: Exchange
    derisking: Derisking
    """How careful the banks are now."""
    permits: Permits
    """Which rails are lawful now."""
    hours: Hours
    """Office hours of Russian institutions."""
    outside: int
    """The rest of the economy's roubles."""
    abroad: dict[Asset, int]
    """The rest of the world's money, by currency (where correspondents are used)."""
    nostro_level: Callable[[Asset], int]
    """What a bank wants to hold at its correspondents, in minor units."""
    pressure_series: tuple[tuple[date, float], ...]
    """The library's pressure index, for scenarios that name no level of their own."""
    first_pressure: date
    """Day on which secondary sanctions were announced."""
    digital_ruble_start: date
    digital_ruble_grace: date
    """Until this day the platform charges nothing."""
    regulator: Regulator | None = None
    """The first regime's."""
    regulators: list[Regulator] = field(default_factory=list)
    """Of every regime, in order of opening."""
    regimes: Regimes | None = None
    screening: Screening | None = None
    record: Record | None = None
    """What a review of the regime will read (None: no review is on the timeline)."""
    review_at: int = -1
    """Second of the first review that firms anticipate (-1: none)."""
    dealers: Dealers | None = None
    mining: Mining | None = None
    issuer: StablecoinIssuer | None = None
    operator: PlatformOperator | None = None
    contracts: Contracts | None = None
    """Terms and times of every contract, where the scenario has goods."""
    goods: Shipments | None = None
    export_rules: dict[tuple[str, str], ExportBar] = field(default_factory=dict)
    """(country, category) -> what may not leave the country."""

    def regime(self, name: str) -> Regulator | None:
        """The regulator of a regime as a timeline calls it; None: there is no such regime now."""
        if name == MAIN_REGIME:
            return self.regulator
        entity = self.ground.journal.entity(f"regime/{name}")
        return next((each for each in self.regulators if each.entity == entity), None)

    def close(self) -> None:
        """Let go of the chains' engines."""
        self.chains.close()
