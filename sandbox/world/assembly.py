"""A scenario becomes a world: who exists, what they hold, and how they are connected."""

from collections.abc import Callable
from functools import partial

import simpy

from sandbox.actors.bank import Office, Permits, open_bank
from sandbox.actors.currency_control import CurrencyControl
from sandbox.actors.exchange import Exchange
from sandbox.actors.importer import Importers
from sandbox.actors.issuer import StablecoinIssuer
from sandbox.actors.operator import PlatformOperator
from sandbox.actors.regimes import Regimes
from sandbox.actors.regulator import Regulator
from sandbox.actors.screening import Screening
from sandbox.actors.shipper import Shipments
from sandbox.actors.supplier import Suppliers
from sandbox.books import Books
from sandbox.clock import ALWAYS, Clock, Hours
from sandbox.goods import ExportBar
from sandbox.journal import Journal
from sandbox.money import Asset
from sandbox.payments import Outcome, Payment, Process
from sandbox.population import draw_orders, draw_population
from sandbox.rail import Ground, Rail
from sandbox.randomness import Streams
from sandbox.scenario.mining import sells
from sandbox.scenario.parameters import ParameterLibrary
from sandbox.scenario.schema import Scenario
from sandbox.trade import Contracts, agree
from sandbox.world.asset_platform import asset_chain
from sandbox.world.chains import (
    Chains,
    Engines,
    bitcoin_chain,
    ruble_chain,
    set_up_platform,
    token_chain,
)
from sandbox.world.clients import Clients
from sandbox.world.dealers import open_coin_trade, open_dealers, stock_coins, stock_tokens
from sandbox.world.derisking import derisking
from sandbox.world.desks import open_desks, order_desk
from sandbox.world.escrow import EscrowContract, open_escrow
from sandbox.world.exporters import Abroad, TokenSide, exporters
from sandbox.world.hours import desk_hours, hours_abroad, payment_hours
from sandbox.world.market import open_market, opening_pressure
from sandbox.world.mining import Mining, open_mining
from sandbox.world.nostros import fill_nostros, nostro_level
from sandbox.world.platform import holding_limit, operation_limit
from sandbox.world.rails import RailMaker
from sandbox.world.regime import set_up_regulator
from sandbox.world.review import kept_for
from sandbox.world.trade import Tokens, shipments
from sandbox.world.world import World


def assemble(
    scenario: Scenario,
    parameters: ParameterLibrary,
    env: simpy.Environment,
    journal: Journal,
    seed: int,
    replication: int,
    engines: Engines,
) -> World:
    """Create the world of a scenario. Raises EngineMissing if an engine's wheel is not installed."""
    clock = Clock(scenario.clock.start)
    ground = Ground(env, clock, journal, Books(journal), Streams(seed, replication), parameters)
    return _Assembly(scenario, parameters, ground, engines).world()


class _Assembly:
    """The order of creation, step by step; each step is a paragraph of the house's story."""

    def __init__(
        self, scenario: Scenario, parameters: ParameterLibrary, ground: Ground, engines: Engines
    ) -> None:
        self.scenario, self.parameters, self.ground, self.engines = scenario, parameters, ground, engines
        self.policy, self.specs = scenario.policy, scenario.rails
        books = ground.books
        self.hours = desk_hours(ground.clock, parameters)
        self.payment_hours = payment_hours(ground.clock, parameters)
        self.hours_abroad = hours_abroad(ground.clock, parameters)
        self.always = scenario.population.hours == "always"
        self.desk_hours: Hours = ALWAYS if self.always else self.hours
        self.outside = books.open("outside", Asset.RUB, "outside", overdraft=True)
        self.abroad: dict[Asset, int] = {}
        self.rounding = books.open("rounding", Asset.RUB, "rounding")
        self.horizon = scenario.clock.horizon
        self.export_rules: dict[tuple[str, str], ExportBar] = {}
        self.resume: Callable[[Payment, Process[Outcome]], Process[None]]

    def world(self) -> World:
        """Everything, in its order."""
        ground, policy = self.ground, self.policy
        self.market, self.breaker, self.network_fees = open_market(ground, self.scenario)
        self.pressure = opening_pressure(ground, self.scenario, self.market)
        self._people()
        self.desks = open_desks(ground, self.scenario, self.hours, self.desk_hours)
        self._regulator()
        self.exchange = Exchange(ground, self.market, self.suppliers.account, self.outside)
        self._chains()
        self._dealers()
        rails = {rail.name: rail for rail in self._rails()}
        satisficing = self.scenario.population.choice == "satisficing"
        importers = Importers(ground, self.population, tuple(rails.values()), satisficing)
        if policy.rails is not None:
            importers.regimes = self.regimes
        screening = Screening(ground, self.desks["aml"]) if policy.screening else None
        record, review_at = kept_for(self.scenario, ground, rails.values())
        series = tuple(
            (day, float(level))
            for day, level in self.parameters.dated("pressure.P_index")
            if isinstance(level, int | float)
        )
        permits = Permits()
        careful = derisking(ground, self.pressure, self.banks, rails.values())
        office = Office(
            ground,
            self.population,
            self.banks,
            importers,
            self.regimes,
            self.desks.get("kyc"),
            order_desk(policy, self.desks),
            screening,
            careful,
            permits,
            self.outside,
            CurrencyControl(ground, self.market, self.population, self.hours)
            if policy.currency_control
            else None,
        )
        self.resume = office.resume
        if self.scenario.population.exporters is not None:
            self._exporters(rails, importers, office)
        self.shipments = self._goods(rails)
        return World(
            scenario=self.scenario,
            ground=ground,
            market=self.market,
            breaker=self.breaker,
            pressure=self.pressure,
            population=self.population,
            orders=self.orders,
            banks=self.banks,
            suppliers=self.suppliers,
            importers=importers,
            chains=self.chains,
            rails=rails,
            office=office,
            permits=permits,
            derisking=careful,
            desks=self.desks,
            exchange=self.exchange,
            hours=self.hours,
            outside=self.outside,
            abroad=self.abroad,
            nostro_level=partial(nostro_level, ground, self.market),
            pressure_series=series,
            first_pressure=min(day for day, _ in series),
            digital_ruble_start=self.parameters.day("digital_ruble.dr_start", self.scenario.clock.start),
            digital_ruble_grace=self.parameters.day(
                "digital_ruble.fee_grace_ends", self.scenario.clock.start
            ),
            regulator=self.regulator,
            screening=screening,
            record=record,
            review_at=review_at,
            regulators=[] if self.regulator is None else [self.regulator],
            regimes=self.regimes,
            dealers=self.dealers,
            mining=self.mining,
            issuer=self.issuer,
            operator=self.operator,
            contracts=self.contracts,
            export_rules=self.export_rules,
            goods=self.shipments,
        )

    def _exporters(self, rails: dict[str, Rail], importers: Importers, office: Office) -> None:
        office.buyers, importers.inward = exporters(
            self.ground,
            self.market,
            self.population,
            self.banks,
            rails,
            self.abroad,
            Abroad(self.hours_abroad, ALWAYS if self.always else self.payment_hours),
            None
            if self.chains.tokens is None or self.issuer is None or self.regimes is None
            else TokenSide(
                self.chains.tokens,
                self.issuer,
                self.regimes,
                self.dealers,
                self.exchange,
                self.breaker,
                self.suppliers.takes_usdt,
            ),
        )

    def _goods(self, rails: dict[str, Rail]) -> Shipments | None:
        if self.contracts is None:
            return None
        tokens = None
        if self.chains.tokens is not None and self.specs.usdt is not None:
            assert self.issuer is not None and self.dealers is not None
            keep = self.specs.usdt.beneficiary == "keep"
            tokens = Tokens(self.chains.tokens, self.issuer, self.dealers.dealers, self.exchange, keep)
        return shipments(
            self.ground,
            self.market,
            self.population,
            self.orders,
            self.contracts,
            self.export_rules,
            rails,
            self.banks,
            self.suppliers,
            self.clients.account,
            tokens,
        )

    # -- people ------------------------------------------------------------------------------------------

    def _people(self) -> None:
        ground, spec = self.ground, self.scenario.population
        self.population = draw_population(
            ground,
            spec.importers,
            spec.suppliers_per_importer,
            self.policy.banks,
            spec.exporters.share if spec.exporters else 0.0,
        )
        calendar = None if self.always else self.hours
        self.orders = draw_orders(
            ground, self.population, self.horizon, spec.payments_per_business_day, calendar
        )
        self.contracts: Contracts | None = None
        if spec.goods:
            self.contracts, self.orders = agree(ground, self.orders)
        self.banks = [open_bank(ground, index) for index in range(self.policy.banks)]
        self.clients = Clients(ground, self.population, self.banks, self.outside)
        self.suppliers = Suppliers(ground, self.population, self.pressure)

    # -- regulator ---------------------------------------------------------------------------

    def _regulator(self) -> None:
        policy = self.policy
        self.regulator: Regulator | None = None
        self.regimes: Regimes | None = None
        if not policy.regime:
            return
        self.regulator = set_up_regulator(
            self.ground, self.population, policy, self.desks["applications"], self.hours
        )
        self.regimes = Regimes(self.regulator)

    # -- chains and dealers ----------------------------------------------------------------------------

    def _chains(self) -> None:
        ground, specs = self.ground, self.specs
        self.chains = Chains()
        self.escrow: EscrowContract | None = None
        self.issuer: StablecoinIssuer | None = None
        self.operator: PlatformOperator | None = None
        if specs.usdt is not None and self.policy.regime:
            ledger, _ = token_chain(ground, self.engines.evm, specs.usdt.confirmations, specs.usdt.blocks)
            if specs.usdt.delivery_versus_payment:
                self.escrow = open_escrow(ledger)
            self.chains.tokens = ledger
            self.chains.open_chains.append(ledger.chain)
            key = ledger.chain.account("issuer/owner")
            self.issuer = StablecoinIssuer(ground, ledger, key, self._token_holders)
        if specs.btc is not None and self.policy.regime:
            deepest = max(
                (event.depth for event in self.scenario.timeline.values() if event.kind == "reorg"), default=0
            )
            coins = bitcoin_chain(
                ground,
                self.engines.bitcoin,
                specs.btc.confirmations,
                specs.btc.blocks,
                deepest,
                specs.btc.block_arrivals == "drifted",
            )
            self.chains.coins = coins
            self.chains.open_chains.append(coins.chain)
        if specs.digital_ruble is not None:
            rubles = self.chains.rubles = ruble_chain(ground, self.engines.evm)
            self.chains.open_chains.append(rubles.chain)
            self.operator = self._operator()

        if specs.dfa is not None and self.policy.regime:
            self.chains.assets = asset_chain(ground, self.engines.evm)
            self.chains.open_chains.append(self.chains.assets.chain)

    def _operator(self) -> PlatformOperator:
        rubles, spec = self.chains.rubles, self.specs.digital_ruble
        assert rubles is not None and spec is not None
        chain = rubles.chain
        keys = [chain.account(f"bank/{bank.index + 1}/intermediary") for bank in self.banks]
        operator = PlatformOperator(self.ground, rubles, chain.account("operator/platform"), keys)
        set_up_platform(
            rubles,
            operator,
            len(self.banks),
            operation_limit(self.scenario),
            holding_limit(self.scenario, self.parameters),
        )
        return operator

    def _token_holders(self) -> list[int]:
        """Addresses of dealers and suppliers that hold the token."""
        assert self.chains.tokens is not None
        books = self.ground.books
        return [
            account
            for account in self.chains.tokens.accounts
            if books.balance(account) > 0
            and account != self.exchange.hot[Asset.USDT]
            and (self.escrow is None or account != self.escrow.account)
        ]

    def _dealers(self) -> None:
        """Dealers with their stock; domestic miners bring them coins, beside the exchange or in its place."""
        ground, chains, exchange, spec = self.ground, self.chains, self.exchange, self.specs.btc
        self.mining: Mining | None = None
        self.dealers = open_dealers(ground, self.market, chains, exchange)
        if self.dealers is None:
            return
        if chains.tokens is not None:
            assert self.issuer is not None
            stock_tokens(ground, chains.tokens, self.dealers, exchange, self.issuer, self.escrow)
        if chains.coins is None:
            return
        hot = open_coin_trade(chains, self.dealers, exchange)
        if not sells(self.scenario):
            stock_coins(ground, chains, self.dealers, hot)
            return
        assert spec is not None
        if spec.source == "mined":
            self.dealers.brought_only.add(Asset.BTC)
        self.mining = open_mining(
            ground, self.market, chains.coins, self.dealers, hot, self.outside, self.scenario, self.parameters
        )

    # -- rails ------------------------------------------------------------------------------------------

    def _rails(self) -> list[Rail]:
        if self.specs.correspondent is not None:
            self.abroad = fill_nostros(self.ground, self.market, self.banks)
        return RailMaker(
            ground=self.ground,
            specs=self.specs,
            market=self.market,
            breaker=self.breaker,
            network_fees=self.network_fees,
            pressure=self.pressure,
            clients=self.clients,
            suppliers=self.suppliers,
            chains=self.chains,
            exchange=self.exchange,
            dealers=self.dealers,
            issuer=self.issuer,
            escrow=self.escrow,
            operator=self.operator,
            regimes=self.regimes,
            rounding=self.rounding,
            office=self.hours,
            payments=self.payment_hours,
            abroad=self.hours_abroad,
            platform=self.desk_hours,
            resume=lambda payment, undone: self.resume(payment, undone),
            shipped=self._shipped,
        ).rails()

    def _shipped(self, payment: Payment) -> simpy.Event:
        assert self.shipments is not None
        return self.shipments.escrowed(payment)
