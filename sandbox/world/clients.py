"""The importers as clients of their banks: accounts, and money that comes in from sales."""

from dataclasses import dataclass

from sandbox.actors.bank import Bank
from sandbox.journal.kinds import Purpose
from sandbox.money import Asset
from sandbox.payments import Payment
from sandbox.population import Importer, Population
from sandbox.rail import Ground


@dataclass(frozen=True, slots=True)
class Clients:
    """Who pays out of which account at which bank."""

    ground: Ground
    population: Population
    banks: list[Bank]
    outside: int
    """The rest of the economy's roubles."""

    def account(self, payment: Payment) -> int:
        """The importer's rouble account at its bank, opened when it is first needed."""
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

    def bank_fees(self, payment: Payment) -> tuple[int, int]:
        """The originator's bank, and its account for fees."""
        bank = self.banks[payment.bank]
        return bank.entity, bank.fees
