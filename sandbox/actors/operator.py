"""The digital ruble's operator: a platform in two tiers on its own local chain, one block an order."""

from hashlib import blake2b

import simpy

from sandbox.chains.evm import Account, Receipt
from sandbox.clock import DAY, HOUR
from sandbox.journal.kinds import Kind, Purpose
from sandbox.mirror import EvmLedger, Movement
from sandbox.money import Asset
from sandbox.payments import Payment, Process
from sandbox.rail import Ground


class PlatformOperator:
    """Opens wallets through the banks, issues against debited bank money, moves, and takes back."""

    def __init__(
        self,
        ground: Ground,
        ledger: EvmLedger,
        key: Account,
        bank_keys: list[Account],
    ) -> None:
        self.entity = ground.journal.entity("operator")
        self._ground = ground
        self._ledger = ledger
        self._key = key
        self._banks = bank_keys
        books = ground.books
        self.emission = books.open("operator", Asset.DRUB, "issuer", overdraft=True)
        self.bank_money = books.open("operator", Asset.RUB, "cash", overdraft=True)
        self.fees = -1
        self._importer_wallets: dict[int, int] = {}
        self._supplier_wallets: dict[int, int] = {}
        self._references = 0
        self._under_way = 0
        """Orders between their quote of the tariff and their end."""
        self._announced: list[int] = []
        """Tariffs that wait for those orders, the next one first."""
        self._changed: simpy.Event | None = None
        """Succeeds when the next tariff is in force."""
        self._empty = ground.env.event()

    def fee_units(self) -> int:
        """Kopecks a transfer costs: nothing in the period of grace, the tariff after it."""
        return int(self._ledger.contract.read("fee"))

    def operation_limit(self) -> int:
        """Kopecks one transfer may move (0: any number)."""
        return int(self._ledger.contract.read("operation_limit"))

    def dearest_fee(self) -> int:
        """Kopecks a transfer ordered now may cost: the tariff, or one that is about to replace it."""
        return max(self.fee_units(), *self._announced) if self._announced else self.fee_units()

    def charge(self, kopecks: int) -> Process[None]:
        """Set the tariff on the platform, once the orders under way have ended; new ones wait for it.

        An order is charged what it was promised: between the issue of its digital rubles and their transfer
        lie seconds in which the platform's tariff must not change.
        """
        self._announced.append(kopecks)
        while self._changed is not None:
            yield self._changed
        changed = self._changed = self._ground.env.event()
        if self._under_way:
            self._empty = self._ground.env.event()
            yield self._empty
        yield self._ledger.submit(Movement(-1, (), lambda ok: None), self._key, "set_fee", kopecks)
        self._announced.remove(kopecks)
        self._changed = None
        changed.succeed()

    def enter(self) -> Process[None]:
        """Begin an order in the platform's hours, after a change of the tariff that is under way."""
        while self._changed is not None:
            yield self._changed
        # Who waits for the platform to open is under way: the tariff it was promised stands until then.
        self._under_way += 1
        closed = self.closed_for()
        if closed:
            yield self._ground.env.timeout(closed)

    def closed_for(self) -> int:
        """Seconds until the platform works again (0: it does). Its hours lie around noon, on every day."""
        open_for = round(self._ground.number("digital_ruble.dr_hours") * HOUR)
        opens = (DAY - open_for) // 2
        second = self._ground.now % DAY
        if second < opens:
            return opens - second
        return DAY - second + opens if second >= opens + open_for else 0

    def leave(self) -> None:
        """End an order."""
        self._under_way -= 1
        if self._changed is not None and not self._under_way:
            self._empty.succeed()

    def wallet_of_importer(self, payment: Payment) -> Process[int]:
        """The originator's wallet."""
        return (yield from self._wallet(self._importer_wallets, payment.importer, "importer", payment.bank))

    def wallet_of_supplier(self, payment: Payment) -> Process[int]:
        """The beneficiary's wallet, opened through the originator's bank (the bridge's gateway)."""
        return (yield from self._wallet(self._supplier_wallets, payment.supplier, "supplier", payment.bank))

    def _wallet(self, known: dict[int, int], index: int, kind: str, bank: int) -> Process[int]:
        found = known.get(index)
        if found is not None:
            return found
        owner = f"{kind}/{index + 1}"
        account = known[index] = self._ledger.open(owner, "wallet")
        client = blake2b(owner.encode(), digest_size=32).digest()

        def booked(ok: bool) -> None:
            assert ok, f"the platform refused a wallet for {owner}"
            journal = self._ground.journal
            journal.record(
                Kind.WALLET_OPENED, actor=self.entity, subject=account, object=journal.entity(owner)
            )

        yield self._ledger.submit(
            Movement(-1, (account,), booked),
            self._banks[bank],
            "open_wallet",
            client,
            self._ledger.address(account),
        )
        return account

    def issue(self, payment: Payment, client: int, wallet: int, units: int) -> Process[Receipt]:
        """Debit bank money and issue as many digital rubles, in one instant."""
        books, number = self._ground.books, payment.number
        self._references += 1
        reference = blake2b(f"debit/{self._references}".encode(), digest_size=32).digest()

        def booked(ok: bool) -> None:
            if not ok:
                return
            books.post_hold(
                payment.hold,
                self.entity,
                [
                    (client, self.bank_money, units, Purpose.REDEEM),
                    (self.emission, wallet, units, Purpose.ISSUE),
                ],
            )
            payment.hold = -1

        bank = self._banks[payment.bank].address
        receipt: Receipt = yield self._ledger.submit(
            Movement(number, (wallet,), booked),
            self._key,
            "mint",
            bank,
            self._ledger.address(wallet),
            units,
            reference,
        )
        return receipt

    def transfer(self, payment: Payment, debit: int, credit: int, units: int, fee: int) -> Process[Receipt]:
        """Move digital rubles; the platform's fee goes to the operator."""
        ground, number = self._ground, payment.number

        def booked(ok: bool) -> None:
            if not ok:
                return
            legs = [(debit, credit, units, Purpose.PRINCIPAL)]
            if fee:
                ground.journal.record(
                    Kind.ITEMISED, number, self.entity, Asset.DRUB, -1, fee, 0, Purpose.PLATFORM_FEE
                )
                legs.append((debit, self.fees, fee, Purpose.PLATFORM_FEE))
            ground.books.post(number, self.entity, legs)

        touched = (debit, credit, self.fees)
        inclusion = self._ledger.submit(
            Movement(number, touched, booked),
            self._ledger.key(debit),
            "transfer",
            self._ledger.address(credit),
            units,
        )
        ground.journal.record(
            Kind.BROADCAST,
            number,
            self.entity,
            self._ledger.entity,
            credit,
            units,
            inclusion.transaction.number,
        )
        receipt: Receipt = yield inclusion
        return receipt

    def withdraw(self, payment: Payment, client: int, wallet: int, units: int) -> Process[Receipt]:
        """Turn digital rubles back into bank money."""
        books = self._ground.books
        self._references += 1
        reference = blake2b(f"credit/{self._references}".encode(), digest_size=32).digest()

        def booked(ok: bool) -> None:
            if ok:
                books.post(
                    payment.number,
                    self.entity,
                    [
                        (wallet, self.emission, units, Purpose.REDEEM),
                        (self.bank_money, client, units, Purpose.RETURN),
                    ],
                )

        receipt: Receipt = yield self._ledger.submit(
            Movement(payment.number, (wallet,), booked), self._ledger.key(wallet), "redeem", units, reference
        )
        return receipt
