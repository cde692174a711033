"""A scenario becomes a world: who exists, what they hold, and how they are connected."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import simpy

from sandbox.actors.bank import Bank, Office, Permits, open_bank
from sandbox.actors.currency_control import CurrencyControl
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
from sandbox.books import Books
from sandbox.clock import ALWAYS, CHINA, RUSSIA, Clock, DeskHours, Hours
from sandbox.desk import Desk
from sandbox.goods import ExportBar
from sandbox.journal import Journal
from sandbox.journal.kinds import Purpose
from sandbox.market import Market, PressureIndex
from sandbox.market.breaker import Breaker
from sandbox.market.liquidity import Dealer
from sandbox.market.purchase import Purchases
from sandbox.mirror import EvmLedger
from sandbox.money import Asset
from sandbox.payments import Outcome, Payment, Process
from sandbox.population import Importer, Orders, Population, draw_orders, draw_population
from sandbox.rail import Ground, Rail
from sandbox.rails.agent import AgentRail
from sandbox.rails.btc import BtcRail
from sandbox.rails.correspondent import BankSide, CorrespondentRail
from sandbox.rails.digital_ruble import DigitalRubleRail
from sandbox.rails.escrow import Escrow
from sandbox.rails.usdt import UsdtRail
from sandbox.randomness import Streams
from sandbox.scenario.mining import sells
from sandbox.scenario.parameters import ParameterLibrary
from sandbox.scenario.schema import Scenario, Schedule
from sandbox.trade import Contracts, agree
from sandbox.world.asset_platform import asset_chain, asset_rail
from sandbox.world.chains import (
    Chains,
    Engines,
    bitcoin_chain,
    open_coin_inventories,
    open_token_inventories,
    ruble_chain,
    set_up_platform,
    token_chain,
)
from sandbox.world.derisking import derisking
from sandbox.world.escrow import EscrowContract, let_dealers_lock, open_escrow
from sandbox.world.market import open_market, opening_pressure
from sandbox.world.mining import Mining, open_mining
from sandbox.world.platform import holding_limit, operation_limit
from sandbox.world.regime import set_up_regulator
from sandbox.world.review import Record, kept_for
from sandbox.world.trade import Tokens, shipments

_KOPECKS = Asset.RUB.scale

#: Office hours in Moscow, for desks and for the banks' payment departments; assumptions, stated in the report.
DESK_OPENS, DESK_CLOSES, PAYMENT_CUTOFF = 9, 17, 16
#: Chinese banks' hours for pay-outs, in their own time zone.
ABROAD_OPENS, ABROAD_CLOSES, ABROAD_UTC = 9, 17, 8


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

    def close(self) -> None:
        """Let go of the chains' engines."""
        self.chains.close()


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
        self.hours = DeskHours(ground.clock, RUSSIA, DESK_OPENS, DESK_CLOSES)
        self.payment_hours = DeskHours(ground.clock, RUSSIA, DESK_OPENS, PAYMENT_CUTOFF)
        self.hours_abroad = DeskHours(ground.clock, CHINA, ABROAD_OPENS, ABROAD_CLOSES, ABROAD_UTC)
        self.always = scenario.population.hours == "always"
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
        self._desks()
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
            self._order_desk(),
            screening,
            careful,
            permits,
            self.outside,
            CurrencyControl(ground, self.market, self.population, self.hours)
            if policy.currency_control
            else None,
        )
        self.resume = office.resume
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
            nostro_level=self.nostro_level,
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
            self.client_account,
            tokens,
        )

    # -- people ------------------------------------------------------------------------------------------

    def _people(self) -> None:
        ground, spec = self.ground, self.scenario.population
        self.population = draw_population(
            ground, spec.importers, spec.suppliers_per_importer, self.policy.banks
        )
        calendar = None if self.always else self.hours
        self.orders = draw_orders(
            ground, self.population, self.horizon, spec.payments_per_business_day, calendar
        )
        self.contracts: Contracts | None = None
        if spec.goods:
            self.contracts, self.orders = agree(ground, self.orders, self.population)
        self.banks = [open_bank(ground, index) for index in range(self.policy.banks)]
        self.suppliers = Suppliers(ground, self.population, self.pressure)

    def client_account(self, payment: Payment) -> int:
        """The importer's rouble account at its bank."""
        firm: Importer = self.population.importers[payment.importer]
        if firm.account < 0:
            firm.account = self.ground.books.open(f"importer/{firm.index + 1}", Asset.RUB, "client")
        return firm.account

    def bring_in(self, payment: Payment, client: int, short: int) -> None:
        """The firm pays in from its sales what its account is short of."""
        entity = self.population.importers[payment.importer].entity
        self.ground.books.transfer(payment.number, entity, self.outside, client, short, Purpose.FUNDING)

    def bank_entity(self, payment: Payment) -> int:
        """The originator's bank."""
        return self.banks[payment.bank].entity

    # -- desks and regulator ---------------------------------------------------------------------------

    def _desks(self) -> None:
        ground, policy = self.ground, self.policy
        hours: Hours = ALWAYS if self.always else self.hours
        self.desks: dict[str, Desk] = {}
        if policy.screening:
            self.desks["aml"] = Desk(ground, "desk/aml", self._people_at_start(policy.aml_analysts), hours)
        if policy.regime and self.specs.needs_profile:
            self.desks["kyc"] = Desk(ground, "desk/kyc", self._people_at_start(policy.kyc_analysts), hours)
        if policy.regime:
            self.desks["applications"] = Desk(
                ground,
                "desk/applications",
                self._people_at_start(policy.review_officers),
                self.hours,
                "fifo" if policy.application_priority == "arrival" else "priority",
            )
        if policy.regime and policy.order_approval is not None:
            self.desks["orders"] = Desk(ground, "desk/orders", policy.order_approval.officers, hours)

    def _people_at_start(self, lever: int | Schedule[int]) -> int:
        """A lever's value on the first day: the last one dated by then, else the first there is."""
        if isinstance(lever, int):
            return lever
        past = [day for day in lever.values if day <= self.scenario.clock.start]
        return lever.values[max(past) if past else min(lever.values)].value

    def _order_desk(self) -> tuple[Desk, float, float] | None:
        approval = self.policy.order_approval
        if approval is None or "orders" not in self.desks:
            return None
        return self.desks["orders"], approval.hours_mean, approval.hours_cv

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
            self.ground,
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
        ground, chains = self.ground, self.chains
        self.dealers: Dealers | None = None
        self.mining: Mining | None = None
        if chains.tokens is None and chains.coins is None:
            return
        count = int(ground.number("liquidity.lp_count"))
        dealers = [self._dealer(index) for index in range(count)]
        self.dealers = Dealers(ground, self.market, dealers, self.exchange.restock)
        if chains.tokens is not None:
            assert self.issuer is not None
            hot = chains.tokens.open("exchange", "inventory")
            self.dealers.is_frozen = self.issuer.is_frozen
            self.exchange.trade_tokens(chains.tokens, hot, self.issuer.is_frozen)
            stock = self.dealers.target(Asset.USDT)
            inventories = [(dealer.inventory[Asset.USDT], stock) for dealer in dealers]
            if self.escrow is not None:
                let_dealers_lock(chains.tokens, self.escrow, dealers)
            open_token_inventories(ground, chains.tokens, self.issuer, hot, inventories)
        if chains.coins is not None:
            chains.coins.make_room = self.dealers.make_room
            hot = chains.coins.open("exchange", "inventory")
            self.exchange.trade_coins(chains.coins, hot)
            if sells(self.scenario):
                self._mining(hot)
                return
            stock = self.dealers.target(Asset.BTC)
            inventories = [(dealer.inventory[Asset.BTC], stock) for dealer in dealers]
            open_coin_inventories(ground, chains.coins, hot, inventories)

    def _mining(self, hot: int) -> None:
        """Domestic miners bring the dealers coins, beside the exchange or in its place."""
        dealers, coins, spec = self.dealers, self.chains.coins, self.specs.btc
        assert dealers is not None and coins is not None and spec is not None
        if spec.source == "mined":
            dealers.brought_only.add(Asset.BTC)
        self.mining = open_mining(
            self.ground, self.market, coins, dealers, hot, self.outside, self.scenario, self.parameters
        )

    def _dealer(self, index: int) -> Dealer:
        name, books, chains = f"dealer/{index + 1}", self.ground.books, self.chains
        inventory: dict[Asset, int] = {}
        if chains.tokens is not None:
            inventory[Asset.USDT] = chains.tokens.open(name, "inventory")
        if chains.coins is not None:
            inventory[Asset.BTC] = chains.coins.open(name, "inventory")
        return Dealer(
            index=index,
            name=name,
            entity=self.ground.journal.entity(name),
            cash=books.open(name, Asset.RUB, "cash", overdraft=True),
            margin=books.open(name, Asset.RUB, "fee_income"),
            inventory=inventory,
        )

    # -- rails ------------------------------------------------------------------------------------------

    def _rails(self) -> list[Rail]:
        specs, ground = self.specs, self.ground
        rails: list[Rail] = []
        if specs.correspondent is not None:
            self._fill_nostros()
            rails.append(self._correspondent())
        if specs.agent is not None:
            rails.append(
                AgentRail(
                    ground,
                    self.market,
                    self.pressure,
                    self.hours,
                    self.client_account,
                    self.suppliers.account,
                )
            )
        if specs.usdt is not None and self.chains.tokens is not None:
            rails.append(self._usdt(specs.usdt.beneficiary == "keep"))
        if specs.btc is not None and self.chains.coins is not None:
            rails.append(self._btc(specs.btc.beneficiary == "keep"))
        if specs.digital_ruble is not None:
            assert self.operator is not None
            rails.append(
                DigitalRubleRail(
                    ground,
                    self.market,
                    self.operator,
                    self.suppliers.takes_digital_ruble,
                    self.client_account,
                    self.bank_entity,
                )
            )
        if self.chains.assets is not None:
            rails.append(self._dfa(self.chains.assets))
        return rails

    def _dfa(self, ledger: EvmLedger) -> Rail:
        assert self.regimes is not None
        return asset_rail(
            self.ground,
            self.market,
            ledger,
            self.regimes,
            self.exchange,
            self.banks,
            self.outside,
            self.suppliers.takes_dfa,
            self.client_account,
            ALWAYS if self.always else self.hours,
        )

    def _correspondent(self) -> CorrespondentRail:
        sides = [BankSide(bank.entity, bank.cash, bank.fees, bank.nostro) for bank in self.banks]
        return CorrespondentRail(
            self.ground,
            self.market,
            self.pressure,
            self.payment_hours,
            lambda bank: sides[bank],
            self.client_account,
            self.suppliers.account,
            self.bring_in,
            self.rounding,
        )

    def nostro_level(self, asset: Asset) -> int:
        """What a bank wants to hold at its correspondents in a currency, in minor units."""
        share = self.ground.table("population.share_country").get("CN", 0.5)
        part = share if asset is Asset.CNY else 1.0 - share
        usd = self.ground.number("bank.nostro_usd") * part
        return int(usd / self.market.usd(asset, 0) * asset.scale)

    def _fill_nostros(self) -> None:
        books = self.ground.books
        self.abroad = {
            asset: books.open("outside", asset, "outside", overdraft=True) for asset in (Asset.USD, Asset.CNY)
        }
        for bank in self.banks:
            for asset, account in bank.nostro.items():
                level = self.nostro_level(asset)
                if level > 0:
                    books.transfer(-1, bank.entity, self.abroad[asset], account, level, Purpose.OPENING)

    def _purchases(self, asset: Asset) -> Purchases:
        assert self.dealers is not None

        def bank_fees(payment: Payment) -> tuple[int, int]:
            bank = self.banks[payment.bank]
            return bank.entity, bank.fees

        return Purchases(
            self.ground,
            self.dealers,
            asset,
            self.client_account,
            bank_fees,
            self.bring_in,
            self.rounding,
            self.breaker if asset is Asset.USDT else None,
        )

    def _usdt(self, keep: bool) -> UsdtRail:
        ledger, issuer, regulator = self.chains.tokens, self.issuer, self.regimes
        assert ledger is not None and issuer is not None and regulator is not None
        return UsdtRail(
            self.ground,
            self.market,
            ledger,
            self._purchases(Asset.USDT),
            regulator,
            issuer,
            self.exchange,
            self.suppliers.takes_usdt,
            self._wallet_opener(Asset.USDT, ledger.open, keep),
            self.bank_entity,
            self.hours_abroad,
            keep,
            self._custody(ledger),
        )

    def _custody(self, ledger: EvmLedger) -> Escrow | None:
        """Delivery versus payment, where the scenario has it; the goods come into being after the rails."""
        if self.escrow is None:
            return None

        def shipped(payment: Payment) -> simpy.Event:
            assert self.shipments is not None
            return self.shipments.escrowed(payment)

        return Escrow(
            self.ground,
            ledger,
            self.escrow.contract,
            self.escrow.agent,
            self.escrow.account,
            self._purchases(Asset.USDT),
            self.client_account,
            shipped,
        )

    def _btc(self, keep: bool) -> BtcRail:
        ledger, regulator = self.chains.coins, self.regimes
        assert ledger is not None and regulator is not None
        return BtcRail(
            self.ground,
            self.market,
            ledger,
            self._purchases(Asset.BTC),
            regulator,
            self.exchange,
            self.suppliers.takes_btc,
            self.network_fees,
            self._wallet_opener(Asset.BTC, ledger.open, keep),
            self.bank_entity,
            self.client_account,
            lambda payment, undone: self.resume(payment, undone),
            self.hours_abroad,
            keep,
        )

    def _wallet_opener(
        self, asset: Asset, open_wallet: Callable[[str, str], int], keep: bool
    ) -> Callable[[Payment], int]:
        """The supplier's address: its own, or a deposit address at its exchange that is swept."""

        def opened(owner: str, _: str) -> int:
            account = open_wallet(owner, "beneficiary" if keep else "wallet")
            if not keep:
                self.exchange.deposit_wallet(asset, account)
            return account

        return lambda payment: self.suppliers.wallet(payment, asset, opened)
