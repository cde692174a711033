"""The rails of a scenario, each with what it needs of the actors, the market and the chains."""

from collections.abc import Callable
from dataclasses import dataclass

import simpy

from sandbox.actors.dealer import Dealers
from sandbox.actors.exchange import Exchange
from sandbox.actors.issuer import StablecoinIssuer
from sandbox.actors.operator import PlatformOperator
from sandbox.actors.regimes import Regimes
from sandbox.actors.supplier import Suppliers
from sandbox.clock import Hours
from sandbox.market import Market, PressureIndex
from sandbox.market.breaker import Breaker
from sandbox.market.network_fees import NetworkFees
from sandbox.market.purchase import Purchases
from sandbox.mirror import BitcoinLedger, EvmLedger
from sandbox.money import Asset
from sandbox.payments import Outcome, Payment, Process
from sandbox.rail import Ground, Rail
from sandbox.rails import RailSpecs
from sandbox.rails.agent import AgentRail
from sandbox.rails.btc import BtcRail
from sandbox.rails.correspondent import BankSide, CorrespondentRail
from sandbox.rails.digital_ruble import DigitalRubleRail
from sandbox.rails.escrow import Escrow
from sandbox.rails.usdt import UsdtRail
from sandbox.world.asset_platform import asset_rail
from sandbox.world.chains import Chains
from sandbox.world.clients import Clients
from sandbox.world.escrow import EscrowContract


@dataclass(frozen=True, slots=True, kw_only=True)
class RailMaker:
    """What there is to make rails of; actors that a scenario lacks are None."""

    ground: Ground
    specs: RailSpecs
    market: Market
    breaker: Breaker | None
    network_fees: NetworkFees
    pressure: PressureIndex
    clients: Clients
    suppliers: Suppliers
    chains: Chains
    exchange: Exchange
    dealers: Dealers | None
    issuer: StablecoinIssuer | None
    escrow: EscrowContract | None
    operator: PlatformOperator | None
    regimes: Regimes | None
    rounding: int
    office: Hours
    """Of agents."""
    payments: Hours
    """Of banks' payment departments."""
    abroad: Hours
    """Of suppliers' banks."""
    platform: Hours
    """Of the platform for digital financial assets."""
    resume: Callable[[Payment, Process[Outcome]], Process[None]]
    """Takes up a payment whose settlement was undone; the office that does comes into being after the rails."""
    shipped: Callable[[Payment], simpy.Event]
    """When customs has released an order's goods; these too come into being after the rails."""

    def rails(self) -> list[Rail]:
        """The rails in the order in which importers see them."""
        specs, chains = self.specs, self.chains
        rails: list[Rail] = []
        if specs.correspondent is not None:
            rails.append(self._correspondent())
        if specs.agent is not None:
            rails.append(self._agent())
        if specs.usdt is not None and chains.tokens is not None:
            rails.append(self._usdt(chains.tokens, specs.usdt.beneficiary == "keep"))
        if specs.btc is not None and chains.coins is not None:
            rails.append(self._btc(chains.coins, specs.btc.beneficiary == "keep"))
        if specs.digital_ruble is not None:
            rails.append(self._digital_ruble())
        if chains.assets is not None:
            rails.append(self._dfa(chains.assets))
        return rails

    def _correspondent(self) -> Rail:
        sides = [BankSide(bank.entity, bank.cash, bank.fees, bank.nostro) for bank in self.clients.banks]
        return CorrespondentRail(
            self.ground,
            self.market,
            self.pressure,
            self.payments,
            lambda bank: sides[bank],
            self.clients.account,
            self.suppliers.account,
            self.clients.bring_in,
            self.rounding,
        )

    def _agent(self) -> Rail:
        return AgentRail(
            self.ground,
            self.market,
            self.pressure,
            self.office,
            self.clients.account,
            self.suppliers.account,
        )

    def _usdt(self, ledger: EvmLedger, keep: bool) -> Rail:
        assert self.issuer is not None and self.regimes is not None
        return UsdtRail(
            self.ground,
            self.market,
            ledger,
            self._purchases(Asset.USDT),
            self.regimes,
            self.issuer,
            self.exchange,
            self.suppliers.takes_usdt,
            self._wallet_opener(Asset.USDT, ledger.open, keep),
            self.clients.bank_entity,
            self.abroad,
            keep,
            self._custody(ledger),
        )

    def _custody(self, ledger: EvmLedger) -> Escrow | None:
        """Delivery versus payment, where the scenario has it."""
        if self.escrow is None:
            return None
        return Escrow(
            self.ground,
            ledger,
            self.escrow.contract,
            self.escrow.agent,
            self.escrow.account,
            self._purchases(Asset.USDT),
            self.clients.account,
            self.shipped,
        )

    def _btc(self, ledger: BitcoinLedger, keep: bool) -> Rail:
        assert self.regimes is not None
        return BtcRail(
            self.ground,
            self.market,
            ledger,
            self._purchases(Asset.BTC),
            self.regimes,
            self.exchange,
            self.suppliers.takes_btc,
            self.network_fees,
            self._wallet_opener(Asset.BTC, ledger.open, keep),
            self.clients.bank_entity,
            self.clients.account,
            self.resume,
            self.abroad,
            keep,
        )

    def _digital_ruble(self) -> Rail:
        assert self.operator is not None
        return DigitalRubleRail(
            self.ground,
            self.market,
            self.operator,
            self.suppliers.takes_digital_ruble,
            self.clients.account,
            self.clients.bank_entity,
        )

    def _dfa(self, ledger: EvmLedger) -> Rail:
        assert self.regimes is not None
        return asset_rail(
            self.ground,
            self.market,
            ledger,
            self.regimes,
            self.exchange,
            self.clients.banks,
            self.clients.outside,
            self.suppliers.takes_dfa,
            self.clients.account,
            self.platform,
        )

    def _purchases(self, asset: Asset) -> Purchases:
        assert self.dealers is not None
        return Purchases(
            self.ground,
            self.dealers,
            asset,
            self.clients.account,
            self.clients.bank_fees,
            self.clients.bring_in,
            self.rounding,
            self.breaker if asset is Asset.USDT else None,
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
