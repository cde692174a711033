"""The way back of a stablecoin payment: tokens return to a dealer on the chain, who hands out the roubles."""

from collections.abc import Callable, Sequence

from sandbox.books.ledger import Leg
from sandbox.journal.kinds import QuickKind as Kind
from sandbox.journal.kinds import QuickPurpose as Purpose
from sandbox.market.liquidity import Dealer
from sandbox.mirror import EvmLedger, Movement
from sandbox.money import Asset
from sandbox.payments import Payment, Process
from sandbox.rail import Ground, Issuer


class TokensBack:
    """The supplier's exchange buys the tokens from its own stock, or the supplier sends those it kept."""

    def __init__(
        self,
        ground: Ground,
        ledger: EvmLedger,
        issuer: Issuer,
        dealers: Sequence[Dealer],
        hot: int,
        exchange_cash: dict[Asset, int],
        beneficiary_account: Callable[[Payment], int],
        kept_wallet: Callable[[Payment], int] | None,
    ) -> None:
        self._ground = ground
        self._ledger = ledger
        self._issuer = issuer
        self._dealers = dealers
        self._hot = hot
        self._cash = exchange_cash
        self._beneficiary = beneficiary_account
        self._kept = kept_wallet

    def send(self, payment: Payment, roubles: int, client: int) -> Process[bool]:
        """One transfer on the chain; in its block the supplier, the dealer and the client are booked together."""
        ground, units = self._ground, payment.invoice_cents * 10_000
        source = self._hot if self._kept is None else self._kept(payment)
        dealer = next((d for d in self._dealers if not self._issuer.is_frozen(d.inventory[Asset.USDT])), None)
        stopped = self._issuer.is_frozen(source) or self._issuer.paused_until > ground.now
        if dealer is None or stopped or ground.books.available(source) < units:
            return False
        target = dealer.inventory[Asset.USDT]

        def booked(ok: bool) -> None:
            if not ok:
                return
            legs: list[Leg] = [(source, target, units, Purpose.RETURN)]
            if self._kept is None:
                cash = self._cash[payment.currency]
                legs.append((self._beneficiary(payment), cash, payment.payout_units, Purpose.RETURN))
            legs.append((dealer.cash, client, roubles, Purpose.RETURN))
            ground.books.post(payment.number, dealer.entity, legs)

        ledger = self._ledger
        # No second transfer of the order: the order's own has ended, and this one pays its payer.
        inclusion = ledger.submit(
            Movement(-1, (source, target), booked),
            ledger.key(source),
            "transfer",
            ledger.address(target),
            units,
        )
        ground.journal.record(
            Kind.BROADCAST, -1, dealer.entity, ledger.entity, target, units, inclusion.transaction.number
        )
        receipt = yield inclusion
        if receipt.ok:
            yield ground.env.timeout(ledger.producer.final_delay)
        return bool(receipt.ok)
