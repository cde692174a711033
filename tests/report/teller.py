"""Writes payments into a journal the way a run would, with the real journal and books."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sandbox.books import Books
from sandbox.journal import Journal, Kind, Purpose, names_of
from sandbox.lifecycle import Reason, State
from sandbox.money import Asset


class Teller:
    """Writes payments into a journal the way a run would."""

    def __init__(self, directory: Path) -> None:
        self.second = 0
        codes = {"state": names_of(State), "reason": names_of(Reason)}
        self.journal = Journal(lambda: self.second, directory, codes=codes)
        self.books = Books(self.journal)
        self.state: dict[int, int] = {}
        self.attempt: dict[int, int] = {}
        self.rail: dict[int, int] = {}
        self.columns: dict[str, list[Any]] = {}
        self._accounts: dict[tuple[str, Asset, str], int] = {}

    def entity(self, name: str) -> int:
        """An entity's id."""
        return self.journal.entity(name)

    def account(self, owner: str, asset: Asset, role: str, units: int = 0) -> int:
        """The account, opened at its first use and funded from outside."""
        key = (owner, asset, role)
        if key not in self._accounts:
            chain = {Asset.USDT: "chain/evm", Asset.BTC: "chain/bitcoin", Asset.DRUB: "chain/digital_ruble"}
            overdraft = role in ("outside", "issuer")
            address = f"local-{len(self._accounts)}" if asset in chain else ""
            self._accounts[key] = self.books.open(owner, asset, role, overdraft, chain.get(asset), address)
        if units:
            outside = self.account("world", asset, "outside")
            self.books.transfer(
                -1, self.entity("world"), outside, self._accounts[key], units, Purpose.OPENING
            )
        return self._accounts[key]

    def record(self, kind: Kind, payment: int = -1, actor: str = "", **columns: int) -> None:
        """A record with a named actor."""
        self.journal.record(kind, payment, self.entity(actor) if actor else -1, **columns)

    def order(self, payment: int, *, rail: str, cents: int, currency: Asset, **static: Any) -> None:
        """Create a payment and let the importer choose its rail."""
        importer, supplier = f"importer/{payment}", f"supplier/{payment}"
        row = {
            "payment": payment, "created": self.second, "importer": self.entity(importer),
            "beneficiary": self.entity(supplier), "bank": self.entity("bank/0"), "country": "CN",
            "category": "civil", "terms": "prepay", "currency": int(currency), "invoice_usd_cents": cents,
            "payout_units": cents * 725 // 100 if currency is Asset.CNY else cents,
            "due": -1, "prohibited": False, "direction": "import",
        } | static  # fmt: skip
        for name, value in row.items():
            self.columns.setdefault(name, []).append(value)
        self.state[payment], self.attempt[payment], self.rail[payment] = 0, 1, -1
        self.record(Kind.CREATED, payment, importer, subject=row["beneficiary"], amount=cents, extra=-1)
        self.move(payment, State.CREATED, importer)
        self.choose(payment, rail)

    def choose(self, payment: int, rail: str) -> None:
        """The importer's choice of rail for this attempt."""
        self.rail[payment] = self.entity(f"rail/{rail}")
        self.record(
            Kind.CHOSE_RAIL, payment, f"importer/{payment}",
            object=self.rail[payment], amount=0b111, extra=self.attempt[payment],
        )  # fmt: skip

    def move(self, payment: int, to: State, actor: str = "bank/0", reason: Reason = Reason.NONE) -> None:
        """One transition."""
        self.record(
            Kind.MOVED, payment, actor, subject=self.state[payment], object=int(to),
            amount=self.attempt[payment], extra=self.rail[payment], reason=int(reason),
        )  # fmt: skip
        self.state[payment] = int(to)

    def walk(self, payment: int, *states: State) -> None:
        """Transitions at one second."""
        for state in states:
            self.move(payment, state)

    def desk(self, payment: int, desk: str, *, waits: int, works: int) -> None:
        """A service at a desk that takes ``waits + works`` seconds."""
        self.record(Kind.DESK_ENTERED, payment, desk, extra=0)
        self.second += waits
        self.record(Kind.DESK_STARTED, payment, desk, amount=works, extra=waits)
        self.second += works
        self.record(Kind.DESK_FINISHED, payment, desk, extra=works)

    def charge(self, payment: int, purpose: Purpose, units: int, *, to: str) -> tuple[int, int, int, Purpose]:
        """Itemise a charge in roubles and give its leg."""
        self.record(Kind.ITEMISED, payment, to, subject=int(Asset.RUB), amount=units, reason=int(purpose))
        client = self.account(f"importer/{payment}", Asset.RUB, "client")
        return client, self.account(to, Asset.RUB, "fee_income"), units, purpose

    def post(self, payment: int, legs: Sequence[tuple[int, int, int, Purpose]]) -> None:
        """One entry."""
        self.books.post(payment, self.entity("bank/0"), list(legs))

    def broadcast(self, payment: int, chain: str, number: int, to: int, units: int, sender: str) -> None:
        """A transaction leaves for a chain."""
        self.record(
            Kind.BROADCAST, payment, sender, subject=self.entity(chain), object=to, amount=units, extra=number
        )

    def include(self, payment: int, chain: str, number: int, height: int) -> None:
        """A block takes the transaction in."""
        self.record(Kind.BLOCK, -1, chain, amount=height, object=1)
        self.record(Kind.INCLUDED, payment, chain, subject=1, object=0, amount=height, extra=number)
