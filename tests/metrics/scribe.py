"""A scribe that writes run folders by hand, record by record, in any order."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sandbox.journal.kinds import Kind, Purpose
from sandbox.journal.writer import Journal
from sandbox.lifecycle import Reason, State
from sandbox.money import Asset


class Scribe:
    """Collects records in any order and writes them by time; records of one second keep their order."""

    def __init__(self) -> None:
        self._events: list[tuple[int, dict[str, Any]]] = []
        self._orders: list[dict[str, Any]] = []
        self._accounts: list[tuple[str, Asset, str]] = []
        self._names: list[str] = []

    def entity(self, name: str) -> int:
        """Id of a name, by first use."""
        if name not in self._names:
            self._names.append(name)
        return self._names.index(name)

    def account(self, owner: str, asset: Asset, role: str) -> int:
        """Number of the one account of that owner, asset and role."""
        key = (owner, asset, role)
        if key not in self._accounts:
            self.entity(owner)
            self._accounts.append(key)
        return self._accounts.index(key)

    def record(self, time: int, kind: Kind, **columns: int) -> None:
        """One journal record."""
        self._events.append((time, {"kind": kind, **columns}))

    def order(self, created: int, value: int, **attributes: Any) -> int:
        """A payment order worth ``value`` US dollars; gives its number."""
        given = {"importer": "importer/0", "bank": "bank/0", "country": "CN", "category": "civil"}
        given |= {"terms": "prepay", "due": -1, "prohibited": False, "direction": "import"} | attributes
        row = given | {
            "created": created,
            "importer": self.entity(given["importer"]),
            "bank": self.entity(given["bank"]),
            "beneficiary": self.entity("supplier/0"),
            "currency": int(Asset.CNY),
            "invoice_usd_cents": value * 100,
            "payout_units": value * 720,
        }
        self._orders.append(row)
        return len(self._orders) - 1

    def path(
        self,
        payment: int,
        rail: str | None,
        moves: Sequence[tuple[int, State] | tuple[int, State, Reason]],
        attempt: int = 1,
    ) -> None:
        """The states of one attempt, each with the second it is entered and perhaps a reason."""
        entity = self.entity(f"rail/{rail}") if rail else -1
        left = 0 if attempt == 1 else State.RETRY
        for time, state, *reason in moves:
            columns = {"subject": left, "object": state, "amount": attempt, "extra": entity}
            columns["reason"] = reason[0] if reason else 0
            self.record(time, Kind.MOVED, payment=payment, **columns)
            left = state

    def charge(self, time: int, payment: int, purpose: Purpose, asset: Asset, units: int) -> None:
        """A posted charge from the client's account in ``asset``."""
        debit = self.account("importer/0", asset, "client")
        credit = self.account("bank/0", asset, "fee_income")
        columns = {"subject": debit, "object": credit, "amount": units}
        self.record(time, Kind.POSTED, payment=payment, reason=purpose, **columns)

    def price(self, time: int, base: Asset, quote: Asset, price: float) -> None:
        """A price in whole units from ``time`` on."""
        self.record(time, Kind.PRICE, subject=base, object=quote, amount=round(price * 10**8))

    def desk(self, name: str, entered: int, waiting: int, started: int, work: int, finished: int) -> None:
        """One visit to a desk from joining the queue to the end of service."""
        actor = self.entity(f"desk/{name}")
        self.record(entered, Kind.DESK_ENTERED, actor=actor, extra=waiting)
        self.record(started, Kind.DESK_STARTED, actor=actor, amount=work, extra=started - entered)
        self.record(finished, Kind.DESK_FINISHED, actor=actor, extra=finished - started)

    def write(self, directory: Path) -> Path:
        """Write the run folder."""
        now = 0
        journal = Journal(lambda: now, directory)
        for name in self._names:
            journal.entity(name)
        for number, (owner, asset, role) in enumerate(self._accounts):
            journal.account(number, journal.entity(owner), asset, role, False)
        for now, columns in sorted(self._events, key=lambda event: event[0]):  # noqa: B007 - the clock reads it
            journal.record(**columns)
        if self._orders:
            journal.describe_payments({name: [row[name] for row in self._orders] for name in self._orders[0]})
        journal.close()
        return directory
