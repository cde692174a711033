"""The operator of an information system for digital financial assets, on its own local chain, one block an order."""

from hashlib import blake2b

from sandbox.chains.evm import Account, Receipt
from sandbox.journal.kinds import Kind, Purpose
from sandbox.mirror import EvmLedger, Movement
from sandbox.money import Asset
from sandbox.payments import Payment, Process
from sandbox.rail import Ground

#: The operator's name in the journal.
OPERATOR = "dfa_operator"


class AssetOperator:
    """Registers holders, issues claims against debited roubles, passes them on, and redeems them."""

    def __init__(
        self, ground: Ground, ledger: EvmLedger, key: Account, bank_fees: list[int], outside_rub: int
    ) -> None:
        self.entity = ground.journal.entity(OPERATOR)
        self._ground = ground
        self._ledger = ledger
        self._key = key
        self._bank_fees = bank_fees
        self._outside = outside_rub
        books = ground.books
        self.emission = books.open(OPERATOR, ledger.asset, "issuer", overdraft=True)
        self.bank_money = books.open(OPERATOR, Asset.RUB, "cash")
        self.fees = books.open(OPERATOR, Asset.RUB, "fee_income")
        self._importers: dict[int, int] = {}
        self._suppliers: dict[int, int] = {}
        self._references = 0

    def holder_of_importer(self, payment: Payment) -> Process[int]:
        """The originator's registered wallet."""
        return (
            yield from self._holder(self._importers, f"importer/{payment.importer + 1}", payment.importer)
        )

    def holder_of_supplier(self, payment: Payment) -> Process[int]:
        """The beneficiary's registered wallet."""
        return (
            yield from self._holder(self._suppliers, f"supplier/{payment.supplier + 1}", payment.supplier)
        )

    def _holder(self, known: dict[int, int], owner: str, index: int) -> Process[int]:
        found = known.get(index)
        if found is not None:
            return found
        ledger, journal = self._ledger, self._ground.journal
        account = known[index] = ledger.open(owner, "wallet")
        client = blake2b(owner.encode(), digest_size=32).digest()

        def booked(ok: bool) -> None:
            assert ok, f"the platform refused to register {owner}"
            journal.record(
                Kind.WALLET_OPENED, actor=self.entity, subject=account, object=journal.entity(owner)
            )

        movement = Movement(-1, (account,), booked)
        yield ledger.submit(movement, self._key, "register_holder", client, ledger.address(account))
        return account

    def issue(
        self, payment: Payment, client: int, wallet: int, units: int, fee: int, bank_fee: int
    ) -> Process[Receipt]:
        """Debit bank money and the two charges (kopecks), and issue as many claims as ``units``."""
        books, number, record = self._ground.books, payment.number, self._ground.journal.record
        bank_fees = self._bank_fees[payment.bank]

        def booked(ok: bool) -> None:
            if not ok:
                return
            legs = [(client, self.bank_money, units, Purpose.REDEEM)]
            for account, charge, purpose in (
                (self.fees, fee, Purpose.PLATFORM_FEE),
                (bank_fees, bank_fee, Purpose.BANK_FEE),
            ):
                if charge:
                    record(Kind.ITEMISED, number, self.entity, Asset.RUB, -1, charge, 0, purpose)
                    legs.append((client, account, charge, purpose))
            legs.append((self.emission, wallet, units, Purpose.ISSUE))
            books.post_hold(payment.hold, self.entity, legs)
            payment.hold = -1

        movement = Movement(number, (wallet,), booked)
        address = self._ledger.address(wallet)
        receipt: Receipt = yield self._ledger.submit(
            movement, self._key, "issue", address, units, self._reference("debit")
        )
        return receipt

    def transfer(self, payment: Payment, debit: int, credit: int, units: int) -> Process[Receipt]:
        """Pass claims on between two registered holders."""
        books = self._ground.books

        def booked(ok: bool) -> None:
            if ok:
                books.transfer(payment.number, self.entity, debit, credit, units, Purpose.PRINCIPAL)

        receipt: Receipt = yield self._ledger.send(payment.number, self.entity, debit, credit, units, booked)
        return receipt

    def withdraw(self, payment: Payment, client: int, wallet: int, units: int) -> Process[Receipt]:
        """Redeem claims that could not be passed on: the originator has its money back, the charges stay."""
        return (yield from self._redeem(payment, wallet, units, client, Purpose.RETURN))

    def redeem(self, payment: Payment, wallet: int, units: int) -> Process[Receipt]:
        """Redeem the beneficiary's claims; their roubles go to the currency market."""
        receipt = yield from self._redeem(payment, wallet, units, self._outside, Purpose.FX_LEG)
        assert receipt.ok, f"the platform refused to redeem for {payment.name}: {receipt.reason}"
        return receipt

    def _redeem(
        self, payment: Payment, wallet: int, units: int, roubles_to: int, purpose: Purpose
    ) -> Process[Receipt]:
        books = self._ground.books

        def booked(ok: bool) -> None:
            if ok:
                books.post(
                    payment.number,
                    self.entity,
                    [
                        (wallet, self.emission, units, Purpose.REDEEM),
                        (self.bank_money, roubles_to, units, purpose),
                    ],
                )

        receipt: Receipt = yield self._ledger.submit(
            Movement(payment.number, (wallet,), booked),
            self._ledger.key(wallet),
            "redeem",
            units,
            self._reference("credit"),
        )
        return receipt

    def _reference(self, side: str) -> bytes:
        """A number of its own for every debit and credit of bank money."""
        self._references += 1
        return blake2b(f"{side}/{self._references}".encode(), digest_size=32).digest()
