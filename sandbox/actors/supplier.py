"""Foreign suppliers: which rails they take, and where they are credited."""

from collections.abc import Callable

from sandbox.market import PressureIndex
from sandbox.money import Asset
from sandbox.payments import Payment
from sandbox.population import Population, Supplier
from sandbox.rail import Ground


class Suppliers:
    """The beneficiaries' side: acceptance agreed at contract time, accounts and wallets opened when first needed."""

    def __init__(self, ground: Ground, population: Population, pressure: PressureIndex) -> None:
        self._ground = ground
        self._all = population.suppliers
        self._pressure = pressure
        self.acceptance: dict[str, float] = {}
        """Rail -> share of suppliers that take it, where a dated event has set one."""

    def of(self, payment: Payment) -> Supplier:
        """The payment's beneficiary."""
        return self._all[payment.supplier]

    def takes_usdt(self, payment: Payment) -> bool:
        """By country; fewer under high pressure (part of the loss above a threshold)."""
        ground, supplier = self._ground, self._all[payment.supplier]
        given = self.acceptance.get("usdt")
        if given is not None:
            return supplier.luck["usdt"] < given
        by_country = ground.table("supplier.accept_usdt")
        share = by_country.get(supplier.country, min(by_country.values()))
        bend = ground.table("supplier.accept_usdt_pressure")
        over = max(0.0, self._pressure.level - bend["threshold"]) / bend["width"]
        return supplier.luck["usdt"] < share * (1.0 - bend["loss"] * over)

    def takes_btc(self, payment: Payment) -> bool:
        """The same share everywhere."""
        share = self.acceptance.get("btc", None)
        if share is None:
            share = self._ground.number("supplier.accept_btc")
        return self._all[payment.supplier].luck["btc"] < share

    def takes_digital_ruble(self, payment: Payment) -> bool:
        """Hardly any abroad before there is a bridge."""
        share = self.acceptance.get("digital_ruble", None)
        if share is None:
            share = self._ground.number("supplier.accept_dr")
        return self._all[payment.supplier].luck["digital_ruble"] < share

    def takes_dfa(self, payment: Payment) -> bool:
        """The same share everywhere: few hold claims on a Russian platform."""
        share = self.acceptance.get("dfa")
        if share is None:
            share = self._ground.number("supplier.accept_dfa")
        return self._all[payment.supplier].luck["dfa"] < share

    def account(self, payment: Payment) -> int:
        """The beneficiary's bank account in its own currency."""
        supplier = self._all[payment.supplier]
        if supplier.account < 0:
            supplier.account = self._ground.books.open(
                f"supplier/{supplier.index + 1}", supplier.currency, "beneficiary"
            )
        return supplier.account

    def wallet(self, payment: Payment, asset: Asset, open_wallet: Callable[[str, str], int]) -> int:
        """The beneficiary's wallet for a chain asset."""
        supplier = self._all[payment.supplier]
        found = supplier.wallets.get(asset)
        if found is None:
            found = supplier.wallets[asset] = open_wallet(f"supplier/{supplier.index + 1}", "wallet")
        return found

    def holders(self, asset: Asset) -> list[Supplier]:
        """Suppliers that have a wallet for an asset, those paid most first."""
        holding = [supplier for supplier in self._all if asset in supplier.wallets]
        return sorted(holding, key=lambda supplier: (-supplier.received_cents, supplier.index))
