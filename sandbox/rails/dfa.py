"""The rail of digital financial assets: a claim on roubles is issued, passed on and redeemed.

The originator's bank debits its account and the platform issues as many claims, payable after a few business days;
they pass to the beneficiary at once and with the platform's receipt. On the day they fall due the beneficiary
redeems them, and the roubles buy its currency.
"""

from collections.abc import Callable
from typing import Protocol

from pydantic import Field

from sandbox.chains.evm import Receipt
from sandbox.clock import Hours
from sandbox.journal.kinds import QuickKind as Kind
from sandbox.lifecycle import QuickState as State
from sandbox.lifecycle import Reason
from sandbox.market import Market
from sandbox.market.prices import paid_units
from sandbox.money import Asset
from sandbox.payments import NotSettled, Outcome, Payment, Process, Quote, Settled
from sandbox.rail import Ground, PayOut, Releaser, turned_down
from sandbox.spec import Day, Spec


class DfaSpec(Spec):
    """Digital financial assets on an information system with its own local chain."""

    opens: Day | None = Field(
        default=None, description="day the rail is permitted (default: with the regime)"
    )


class AssetPlatform(Protocol):
    """The information system's operator, as the rail meets it."""

    entity: int

    def holder_of_importer(self, payment: Payment) -> Process[int]:
        """The originator's registered wallet."""
        ...

    def holder_of_supplier(self, payment: Payment) -> Process[int]:
        """The beneficiary's registered wallet."""
        ...

    def issue(
        self, payment: Payment, client: int, wallet: int, units: int, fee: int, bank_fee: int
    ) -> Process[Receipt]:
        """Debit bank money and the two charges (kopecks), and issue as many claims as ``units``."""
        ...

    def transfer(self, payment: Payment, debit: int, credit: int, units: int) -> Process[Receipt]:
        """Pass claims on between two registered holders."""
        ...

    def withdraw(self, payment: Payment, client: int, wallet: int, units: int) -> Process[Receipt]:
        """Redeem claims that could not be passed on: the originator has its money back."""
        ...

    def redeem(self, payment: Payment, wallet: int, units: int) -> Process[Receipt]:
        """Redeem the beneficiary's claims; their roubles go to the currency market."""
        ...


class DfaRail:
    """Settlement in claims on roubles under the regime's authorisation."""

    name = "dfa"
    needs_authorisation = True
    needs_profile = True
    proof = "receipt"

    def __init__(
        self,
        ground: Ground,
        market: Market,
        platform: AssetPlatform,
        releaser: Releaser,
        pay_out: PayOut,
        accepts: Callable[[Payment], bool],
        client_account: Callable[[Payment], int],
        bank_entity: Callable[[Payment], int],
        hours: Hours,
    ) -> None:
        self.entity = ground.journal.entity("rail/dfa")
        self._ground = ground
        self._market = market
        self._platform = platform
        self._releaser = releaser
        self._pay_out = pay_out
        self._accepts = accepts
        self._client = client_account
        self._bank = bank_entity
        self._hours = hours

    def accepts(self, payment: Payment) -> bool:
        """Whether the beneficiary holds such claims at all."""
        return self._accepts(payment)

    def _units(self, payment: Payment) -> int:
        """Kopecks that the beneficiary's currency costs now."""
        return paid_units(
            payment.payout_units, self._market.cross(payment.currency, Asset.RUB, self._ground.now)
        )

    def _charges(self, units: int) -> tuple[int, int]:
        """The platform's fee and the bank's, in kopecks."""
        number = self._ground.number
        return (
            round(units * number("dfa.dfa_fee_pct") / 100.0),
            round(units * number("bank.bank_fee_elr_pct") / 100.0),
        )

    def _due(self) -> int:
        """Second at which claims issued now fall due."""
        days = round(self._ground.number("dfa.dfa_issue_days"))
        return self._hours.next_open(self._hours.business_days_after(self._ground.now, days))

    def quote(self, payment: Payment) -> Quote:
        """The two fees and the days until the claims fall due."""
        number = self._ground.number
        share = (number("dfa.dfa_fee_pct") + number("bank.bank_fee_elr_pct")) / 100.0
        return Quote(share, float(self._due() - self._ground.now), 0.0)

    def reserve_units(self, payment: Payment) -> int:
        """Kopecks of the order and of both fees."""
        units = self._units(payment)
        return units + sum(self._charges(units))

    def settle(self, payment: Payment) -> Process[Outcome]:
        """Holders, release, issue, transfer with its receipt, redemption on the due day."""
        ground, move, platform = self._ground, self._ground.move, self._platform
        bank, client, number = self._bank(payment), self._client(payment), payment.number
        # Agreed when the funds were reserved; registering a holder may take until another day's rate.
        units = self._units(payment)
        fee, bank_fee = self._charges(units)
        mine = yield from platform.holder_of_importer(payment)
        theirs = yield from platform.holder_of_supplier(payment)
        move(payment, State.RELEASE, bank)
        refusal = self._releaser.consume(payment, bank)
        if refusal:
            move(payment, turned_down(refusal), bank, refusal)
            return NotSettled(refusal)
        receipt = yield from platform.issue(payment, client, mine, units, fee, bank_fee)
        if not receipt.ok:
            move(payment, State.REJECTED, platform.entity, Reason.ED05)
            return NotSettled(Reason.ED05)
        due = self._due()
        move(payment, State.IN_FLIGHT, bank)
        receipt = yield from platform.transfer(payment, mine, theirs, units)
        if not receipt.ok:
            yield from platform.withdraw(payment, client, mine, units)
            move(payment, State.TECHNICAL_FAILURE, platform.entity, Reason.ED05)
            return NotSettled(Reason.ED05)
        ground.journal.record(Kind.RECEIPT, number, platform.entity, -1, -1, receipt.number)
        move(payment, State.SETTLED, self.entity)
        move(payment, State.OFFRAMP, platform.entity)
        yield ground.until(due)
        yield from platform.redeem(payment, theirs, units)
        self._pay_out.pay(payment, 0)
        move(payment, State.CREDITED, self._pay_out.entity)
        return Settled()


__all__ = ["DfaRail", "DfaSpec"]
