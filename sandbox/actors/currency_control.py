"""Currency control at the banks: contracts registered above a value, supporting documents above another.

A contract whose orders are worth more than ``currency_control.contract_registration_import_rub`` (an exporter's:
``contract_registration_export_rub``) is registered by the firm's bank before its first payment. Above
``currency_control.documents_from_rub`` the bank asks for documents when they do not lie before it.
"""

from sandbox.clock import Hours
from sandbox.journal.kinds import QuickKind as Kind
from sandbox.lifecycle import QuickState as State
from sandbox.lifecycle import Reason
from sandbox.market import Market
from sandbox.market.prices import paid_units
from sandbox.money import Asset
from sandbox.payments import Payment, Process
from sandbox.population import Population
from sandbox.rail import Ground


class CurrencyControl:
    """One register of contracts for all banks: a contract is known by its importer and supplier."""

    def __init__(self, ground: Ground, market: Market, population: Population, hours: Hours) -> None:
        self._ground = ground
        self._market = market
        self._population = population
        self._hours = hours
        self._registered: dict[tuple[int, int], int] = {}
        """(importer, supplier) -> second from which the contract is registered."""
        self._missing = ground.streams.indexed("bank/documents-missing")

    def register(self, payment: Payment, bank: int) -> Process[None]:
        """Wait until the order's contract is registered, if its value asks for that."""
        kopecks = self._roubles(payment)
        threshold = f"currency_control.contract_registration_{'export' if payment.export else 'import'}_rub"
        if kopecks <= self._ground.number(threshold) * 100:
            return
        contract = (payment.importer, payment.supplier)
        ready = self._registered.get(contract)
        if ready is None:
            days = self._ground.number("currency_control.registration_bd")
            ready = self._business_days(days)
            self._registered[contract] = ready
            yield self._ground.until(ready)
            firm = self._population.importers[payment.importer].entity
            supplier = self._population.suppliers[payment.supplier].entity
            self._ground.journal.record(Kind.REGISTERED, payment.number, bank, firm, supplier, kopecks)
        elif ready >= self._ground.now:
            # Of those that wait for one registration none goes on in its second, before it stands written.
            yield self._ground.until(ready + 1)

    def documents(self, payment: Payment, bank: int) -> Process[None]:
        """Ask for documents once, where the value asks for them and they are not there."""
        ground = self._ground
        if self._roubles(payment) <= ground.number("currency_control.documents_from_rub") * 100:
            return
        if payment.documents_asked:
            return
        payment.documents_asked = True
        if not self._missing.bernoulli(payment.number, ground.number("currency_control.documents_missing")):
            return
        ground.move(payment, State.DOCUMENTS, bank, Reason.G003)
        yield ground.until(self._business_days(ground.number("currency_control.documents_bd")))
        if not payment.export_refused:
            ground.move(payment, State.PROFILE, bank)

    def _business_days(self, days: float) -> int:
        hours = self._ground.number("hours.business_day")
        return self._hours.finish(self._ground.now, max(1, int(days * hours * 3_600)))

    def _roubles(self, payment: Payment) -> int:
        """Kopecks of the invoice at the official rate of the day."""
        return paid_units(payment.invoice_cents, self._market.cross(Asset.USD, Asset.RUB, self._ground.now))
