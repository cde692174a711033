"""Foreign buyers: they pay the exporters' orders out of accounts in their own currency."""

from collections.abc import Callable

from sandbox.journal.kinds import QuickPurpose as Purpose
from sandbox.money import Asset
from sandbox.payments import Payment
from sandbox.population import Population
from sandbox.rail import Ground


class Buyers:
    """The payers' side of exports: accounts and wallets opened when first needed, filled from their sales."""

    def __init__(self, ground: Ground, population: Population, outside: dict[Asset, int]) -> None:
        self._ground = ground
        self._partners = population.suppliers
        self._outside = outside
        self._accounts: dict[int, int] = {}
        self._exporters: dict[int, int] = {}
        self._firms = population.importers

    def entity(self, payment: Payment) -> int:
        """The order's payer, as the journal names it."""
        return self._partners[payment.supplier].entity

    def currency(self, payment: Payment) -> Asset:
        """What the buyer pays in."""
        return self._partners[payment.supplier].currency

    def account(self, payment: Payment) -> int:
        """The buyer's bank account in its own currency."""
        buyer = self._partners[payment.supplier]
        found = self._accounts.get(buyer.index)
        if found is None:
            name = f"buyer/{buyer.index + 1}"
            found = self._accounts[buyer.index] = self._ground.books.open(name, buyer.currency, "client")
        return found

    def exporter_account(self, payment: Payment) -> int:
        """The rouble account on which the exporter is credited."""
        firm = self._firms[payment.importer]
        found = self._exporters.get(firm.index)
        if found is None:
            name = f"exporter/{firm.index + 1}"
            found = self._exporters[firm.index] = self._ground.books.open(name, Asset.RUB, "beneficiary")
        return found

    def wallet(self, payment: Payment, asset: Asset, open_wallet: Callable[[str, str], int]) -> int:
        """The buyer's own address on a chain."""
        buyer = self._partners[payment.supplier]
        found = buyer.wallets.get(asset)
        if found is None:
            found = buyer.wallets[asset] = open_wallet(f"buyer/{buyer.index + 1}", "wallet")
        return found

    def reserve(self, payment: Payment, wanted: int) -> int:
        """Hold so many minor units of the buyer's currency on its account; the hold."""
        self.bring_in(payment, wanted)
        return self._ground.books.reserve(payment.number, self.account(payment), wanted)

    def bring_in(self, payment: Payment, wanted: int) -> None:
        """The buyer pays in from its sales what its account is short of."""
        books, account = self._ground.books, self.account(payment)
        short = wanted - books.available(account)
        if short > 0:
            buyer = self._partners[payment.supplier]
            outside = self._outside[buyer.currency]
            books.transfer(payment.number, buyer.entity, outside, account, short, Purpose.FUNDING)


__all__ = ["Buyers"]
