"""The correspondent rail alone: one bank whose nostros never run dry, and payments sent one after another."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sandbox.clock import ALWAYS
from sandbox.journal.kinds import Kind, Purpose
from sandbox.lifecycle import State
from sandbox.market import Market, PressureIndex
from sandbox.money import Asset
from sandbox.payments import Payment, Process
from sandbox.rail import Ground
from sandbox.rails.agent import AgentRail
from sandbox.rails.correspondent import BankSide, CorrespondentRail
from sandbox.validation.laboratory import laboratory, run_out

#: Cents at the bank's correspondents: more than all payments of a check together.
_COVER = 10**15


def constant_market() -> Market:
    """Opening prices that stay: 90 roubles and 7.2 yuan a dollar, bitcoin at 60,000."""
    return Market([90.0], [7.2], [60_000.0])


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the payments, from the journal."""

    credited: NDArray[np.int64]
    """Seconds from sending to the beneficiary's credit, of those credited, in order of payment."""
    returned: int
    total: int
    moved: NDArray[np.int64]
    """(second, cents put in transit, less those taken out) of every posting on the transit account."""


class DirectBanking:
    """One importer, one bank, the correspondent rail, at a pressure that stays."""

    def __init__(self, pressure: float, values: Mapping[str, object] | None = None, seed: int = 1) -> None:
        self.ground = laboratory(values, seed=seed)
        self.index = PressureIndex(self.ground.journal, pressure)
        books = self.ground.books
        self._outside = {
            asset: books.open("outside", asset, "outside", overdraft=True) for asset in (Asset.RUB, Asset.USD)
        }
        self._client = books.open("importer/1", Asset.RUB, "client")
        self._supplier = books.open("supplier/1", Asset.USD, "beneficiary")
        nostro = books.open("bank/1", Asset.USD, "nostro")
        bank = BankSide(
            entity=self.ground.journal.entity("bank/1"),
            cash=books.open("bank/1", Asset.RUB, "cash", overdraft=True),
            fees=books.open("bank/1", Asset.RUB, "fee_income"),
            nostro={Asset.USD: nostro},
        )
        books.transfer(-1, bank.entity, self._outside[Asset.USD], nostro, _COVER, Purpose.OPENING)
        self.rail = CorrespondentRail(
            self.ground,
            constant_market(),
            self.index,
            ALWAYS,
            lambda _: bank,
            lambda _: self._client,
            lambda _: self._supplier,
            self._bring_in,
            books.open("rounding", Asset.RUB, "rounding"),
        )

    def send(self, seconds: NDArray[np.int64], cents: NDArray[np.int64]) -> Sent:
        """Send a payment of so many cents at each second, and wait until all have ended."""
        self.ground.env.process(self._orders(seconds.tolist(), cents.tolist()))
        run_out(self.ground)
        return self._seen(seconds)

    def _orders(self, seconds: list[int], cents: list[int]) -> Process[None]:
        env = self.ground.env
        for number, (second, amount) in enumerate(zip(seconds, cents, strict=True)):
            if second > env.now:
                yield env.timeout(second - int(env.now))
            payment = plain_payment(number, second, amount)
            wanted = self.rail.reserve_units(payment)
            self._bring_in(payment, self._client, wanted)
            payment.hold = self.ground.books.reserve(number, self._client, wanted)
            env.process(self.rail.settle(payment))

    def _bring_in(self, payment: Payment, account: int, units: int) -> None:
        self.ground.books.transfer(
            payment.number, 0, self._outside[Asset.RUB], account, units, Purpose.FUNDING
        )

    def _seen(self, seconds: NDArray[np.int64]) -> Sent:
        rows = self.ground.journal.array()
        moved = rows[rows["kind"] == int(Kind.MOVED)]
        ends = moved[moved["object"] == int(State.CREDITED)]
        ends = ends[np.argsort(ends["payment"], kind="stable")]
        transit = next(
            account.number
            for account in self.ground.books.accounts
            if account.role == "in_transit" and account.asset is Asset.USD
        )
        posted = rows[rows["kind"] == int(Kind.POSTED)]
        signs = (posted["object"] == transit).astype(np.int64) - (posted["subject"] == transit)
        flows = np.column_stack((posted["time"].astype(np.int64), signs * posted["amount"]))[signs != 0]
        return Sent(
            credited=ends["time"].astype(np.int64) - seconds[ends["payment"]],
            returned=int((moved["object"] == int(State.RETURNED)).sum()),
            total=len(seconds),
            moved=flows,
        )


def plain_payment(number: int, second: int, cents: int) -> Payment:
    """A prepaid civil order in dollars that stands before its release."""
    return Payment(
        number=number,
        created=second,
        importer=0,
        supplier=0,
        bank=0,
        country="AE",
        category="civil",
        prepaid=True,
        currency=Asset.USD,
        invoice_cents=cents,
        payout_units=cents,
        due=-1,
        prohibited=False,
        state=State.FUNDS,
        attempt=1,
    )


def each_minute(count: int, cents: int = 100_000_00) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """So many equal payments, one a minute."""
    return np.arange(count, dtype=np.int64) * 60, np.full(count, cents, dtype=np.int64)


def agents(ground: Ground, pressure: float) -> AgentRail:
    """The payment-agent rail alone."""
    index = PressureIndex(ground.journal, pressure)
    return AgentRail(ground, constant_market(), index, ALWAYS, lambda _: 0, lambda _: 0)
