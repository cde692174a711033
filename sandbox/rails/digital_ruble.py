"""The digital-ruble rail: two tiers, registered wallets, final at once.

The originator's bank debits its account, the operator issues as many digital rubles to the originator's wallet, and
the platform moves them to the beneficiary's wallet; each order is a block of the platform's own chain and has the
operator's receipt.
"""

from collections.abc import Callable
from typing import Protocol

from pydantic import Field

from sandbox.chains.evm import Receipt
from sandbox.journal.kinds import QuickKind as Kind
from sandbox.lifecycle import QuickState as State
from sandbox.lifecycle import Reason
from sandbox.market import Market
from sandbox.market.prices import paid_units
from sandbox.money import Asset
from sandbox.payments import NotSettled, Outcome, Payment, Process, Quote, Settled
from sandbox.rail import Ground
from sandbox.spec import Day, RubAmount, Spec


class DigitalRubleSpec(Spec):
    """The central bank's two-tier platform on its own local chain."""

    opens: Day | None = Field(
        default=None, description="day the rail is permitted (default: parameter digital_ruble.dr_start)"
    )
    operation_limit: RubAmount | None = Field(default=None, description="roubles one order may move")
    holding_limit: RubAmount | None = Field(
        default=None,
        description="roubles one wallet may hold (default: parameter digital_ruble.dr_wallet_limit_rub)",
    )


class Platform(Protocol):
    """The operator's platform, as the rail meets it."""

    entity: int

    def wallet_of_importer(self, payment: Payment) -> Process[int]:
        """The originator's registered wallet, opened by its bank if there is none yet."""
        ...

    def wallet_of_supplier(self, payment: Payment) -> Process[int]:
        """The beneficiary's registered wallet."""
        ...

    def issue(self, payment: Payment, client: int, wallet: int, units: int) -> Process[Receipt]:
        """Debit bank money and issue as many digital rubles."""
        ...

    def transfer(self, payment: Payment, debit: int, credit: int, units: int, fee: int) -> Process[Receipt]:
        """Move digital rubles between two registered wallets."""
        ...

    def withdraw(self, payment: Payment, client: int, wallet: int, units: int) -> Process[Receipt]:
        """Turn digital rubles back into bank money."""
        ...

    def fee_units(self) -> int:
        """Kopecks a transfer costs today."""
        ...

    def dearest_fee(self) -> int:
        """Kopecks a transfer ordered now may cost, a change of the tariff under way included."""
        ...

    def enter(self) -> Process[None]:
        """Begin an order: from here to :meth:`leave` the tariff stands."""
        ...

    def closed_for(self) -> int:
        """Seconds until the platform works again (0: it does)."""
        ...

    def leave(self) -> None:
        """End an order."""
        ...

    def operation_limit(self) -> int:
        """Kopecks one transfer may move (0: any number)."""
        ...


class DigitalRubleRail:
    """Settlement in central bank money on the operator's platform."""

    name = "digital_ruble"
    needs_authorisation = False
    needs_profile = False
    proof = "receipt"

    def __init__(
        self,
        ground: Ground,
        market: Market,
        platform: Platform,
        accepts: Callable[[Payment], bool],
        client_account: Callable[[Payment], int],
        bank_entity: Callable[[Payment], int],
    ) -> None:
        self.entity = ground.journal.entity("rail/digital_ruble")
        self._ground = ground
        self._market = market
        self._platform = platform
        self._accepts = accepts
        self._client = client_account
        self._bank = bank_entity

    def accepts(self, payment: Payment) -> bool:
        """Whether the beneficiary has access to the platform (a bridge, mostly)."""
        return self._accepts(payment)

    def _units(self, payment: Payment) -> int:
        return paid_units(
            payment.payout_units, self._market.cross(payment.currency, Asset.RUB, self._ground.now)
        )

    def quote(self, payment: Payment) -> Quote:
        """The platform's fee and its seconds, and the wait until it opens."""
        share = self._platform.fee_units() / max(1, self._units(payment))
        seconds = self._ground.number("digital_ruble.dr_settle_s") + self._platform.closed_for()
        return Quote(share, seconds, 0.0)

    def reserve_units(self, payment: Payment) -> int:
        """Kopecks of the order and the platform's fee."""
        return self._units(payment) + self._platform.dearest_fee()

    def settle(self, payment: Payment) -> Process[Outcome]:
        """Wallets, issue against bank money, transfer, receipt."""
        # Agreed when the funds were reserved; opening a wallet may take until another day's rate.
        units = self._units(payment)
        yield from self._platform.enter()
        outcome = yield from self._order(payment, units)
        self._platform.leave()
        return outcome

    def _order(self, payment: Payment, units: int) -> Process[Outcome]:
        ground, move, platform = self._ground, self._ground.move, self._platform
        bank, client, number = self._bank(payment), self._client(payment), payment.number
        limit = platform.operation_limit()
        fee = platform.fee_units()
        mine = yield from platform.wallet_of_importer(payment)
        theirs = yield from platform.wallet_of_supplier(payment)
        move(payment, State.RELEASE, bank)
        if limit and units > limit:
            move(payment, State.REJECTED, platform.entity, Reason.AM13)
            return NotSettled(Reason.AM13)
        receipt = yield from platform.issue(payment, client, mine, units + fee)
        if not receipt.ok:
            move(payment, State.REJECTED, platform.entity, Reason.AM14)
            return NotSettled(Reason.AM14)
        move(payment, State.IN_FLIGHT, bank)
        yield ground.env.timeout(int(ground.number("digital_ruble.dr_settle_s")))
        receipt = yield from platform.transfer(payment, mine, theirs, units, fee)
        if not receipt.ok:
            yield from platform.withdraw(payment, client, mine, units + fee)
            move(payment, State.TECHNICAL_FAILURE, platform.entity, Reason.ED05)
            return NotSettled(Reason.ED05)
        ground.journal.record(Kind.RECEIPT, number, platform.entity, -1, -1, receipt.number)
        move(payment, State.SETTLED, self.entity)
        move(payment, State.CREDITED, self.entity)
        return Settled()


__all__ = ["DigitalRubleRail", "DigitalRubleSpec"]
