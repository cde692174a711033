"""The USDT rail: a dealer's tokens go straight to the supplier's wallet on an EVM chain.

Final after ``confirmations`` blocks. The supplier's wallet is a deposit address at its exchange, which pays out the
supplier's currency in its bank's hours; a frozen address is not paid out.
"""

from collections.abc import Callable
from typing import Literal, Protocol

import simpy
from pydantic import Field

from sandbox.chains.evm import Receipt
from sandbox.clock import Hours
from sandbox.lifecycle import QuickState as State
from sandbox.lifecycle import Reason
from sandbox.market import Market
from sandbox.market.prices import PRICE_SCALE
from sandbox.market.purchase import Deal, Purchases
from sandbox.mirror import EvmLedger
from sandbox.money import Asset
from sandbox.payments import SETTLED, Lost, NotSettled, Outcome, Payment, Process, Quote
from sandbox.rail import Ground, Issuer, PayOut, Releaser, turned_down
from sandbox.spec import Day, Spec

_USD, _RUB, _USDT = Asset.USD, Asset.RUB, Asset.USDT


class UsdtSpec(Spec):
    """A dollar stablecoin on an EVM test chain."""

    confirmations: int = Field(
        default=19, ge=1, le=10_000, description="blocks after which a transfer is final"
    )
    opens: Day | None = Field(
        default=None, description="day the rail is permitted (default: with the regime)"
    )
    beneficiary: Literal["exchange", "keep"] = Field(
        default="exchange",
        description="the supplier's exchange pays out its currency, or the supplier keeps the token",
    )
    blocks: Literal["needed", "all"] = Field(
        default="needed", description="make only blocks that hold a transaction, or every one"
    )
    delivery_versus_payment: bool = Field(
        default=False,
        description="prepayments wait in a contract until customs has released the goods (needs goods)",
    )


class Custody(Protocol):
    """An escrow, as the rail meets it."""

    def suits(self, payment: Payment) -> bool:
        """Whether the order's price is to be locked."""
        ...

    def hold(
        self, payment: Payment, deal: Deal, wallet: int, network_fee: int, bank: int
    ) -> Process[Receipt | Outcome]:
        """Lock, wait for the goods, and close: the receipt that paid the supplier, or how it ended otherwise."""
        ...


class UsdtRail:
    """Settlement in a dollar stablecoin by contract bytecode."""

    name = "usdt"
    needs_authorisation = True
    needs_profile = True
    proof = "chain"

    def __init__(
        self,
        ground: Ground,
        market: Market,
        ledger: EvmLedger,
        purchases: Purchases,
        releaser: Releaser,
        issuer: Issuer,
        pay_out: PayOut,
        accepts: Callable[[Payment], bool],
        wallet: Callable[[Payment], int],
        bank_entity: Callable[[Payment], int],
        hours_abroad: Hours,
        keep: bool,
        escrow: Custody | None = None,
    ) -> None:
        self._escrow = escrow
        self.entity = ground.journal.entity("rail/usdt")
        self._ground = ground
        self._market = market
        self._ledger = ledger
        self._purchases = purchases
        self._releaser = releaser
        self._issuer = issuer
        self._pay_out = pay_out
        self._accepts = accepts
        self._wallet = wallet
        self._bank = bank_entity
        self._hours = hours_abroad
        self._keep = keep
        self._asked: tuple[int, float] | None = None
        self._fee = 0

    def accepts(self, payment: Payment) -> bool:
        """By the supplier's country and the pressure on it."""
        return self._accepts(payment)

    def quote(self, payment: Payment) -> Quote:
        """Dealer, bank, off-ramp and chain; seconds to finality."""
        number = self._ground.number
        share = self._purchases.cost_share(payment)
        share += number("usdt.usdt_fee_usd") * 100.0 / payment.invoice_cents
        if not self._keep:
            share += number("liquidity.offramp_pct_usdt") / 100.0
        return Quote(share, float(self._ledger.producer.final_delay), 0.0)

    def units(self, payment: Payment) -> int:
        """Token units to send at today's price, so that the supplier gets what it is owed after its exchange's fee.

        One for one at the peg, more when the token is below it.
        """
        dollars = self._market.usd(_USDT, self._ground.now)
        units = payment.invoice_cents * 10_000
        face = units if dollars == 1.0 else round(units / dollars)
        if self._keep:
            return face
        return face + round(face * self._ground.number("liquidity.offramp_pct_usdt") / 100.0)

    def _network_fee(self) -> int:
        """The dealer's charge for the chain fee, in kopecks."""
        question = self._market.cross(_USD, _RUB, self._ground.now), self._ground.number("usdt.usdt_fee_usd")
        if question != self._asked:  # it changes by the hour at most, and every order asks twice
            self._asked, (rate, dollars) = question, question
            self._fee = max(1, round(dollars * 100 * rate / PRICE_SCALE))
        return self._fee

    def reserve_units(self, payment: Payment) -> int:
        """Kopecks for the tokens, the dealer, the bank and the chain."""
        return self._purchases.cost_units(payment, self.units(payment), self._network_fee())

    def settle(self, payment: Payment) -> Process[Outcome]:
        """Dealer, release, chain, finality, the supplier's exchange."""
        ground, move, bank = self._ground, self._ground.move, self._bank(payment)
        move(payment, State.CONVERSION, bank)
        while (until := self._issuer.paused_until) > ground.now:
            move(payment, State.MARKET_WAIT, bank, Reason.ELR_ISSUER_PAUSE)
            yield ground.until(until)
            move(payment, State.CONVERSION, bank)
        deal = yield from self._purchases.strike(payment, self.units(payment))
        if isinstance(deal, NotSettled):
            return deal
        move(payment, State.RELEASE, bank)
        refusal = self._releaser.consume(payment, bank)
        if refusal:
            self._purchases.unwind(deal)
            move(payment, turned_down(refusal), bank, refusal)
            return NotSettled(refusal)
        if self._escrow is not None and self._escrow.suits(payment):
            wallet, fee = self._wallet(payment), self._network_fee()
            closed = yield from self._escrow.hold(payment, deal, wallet, fee, bank)
            if not isinstance(closed, Receipt):
                return closed
            receipt = closed
        else:
            inclusion = self._broadcast(payment, deal)
            move(payment, State.IN_FLIGHT, bank)
            receipt = yield inclusion
        if not receipt.ok:
            move(payment, State.TECHNICAL_FAILURE, self._ledger.entity, Reason.ED05)
            return NotSettled(Reason.ED05)
        yield from self._ledger.until_final(payment.number, receipt)
        move(payment, State.SETTLED, self.entity)
        if self._keep:
            move(payment, State.CREDITED, self.entity)
            return SETTLED
        return (yield from self._off_ramp(payment))

    def _broadcast(self, payment: Payment, deal: Deal) -> simpy.Event:
        wallet = self._wallet(payment)
        network_fee = self._network_fee()

        def booked(ok: bool) -> None:
            if ok:
                self._purchases.book(payment, deal, wallet, network_fee)
            else:
                self._purchases.unwind(deal)

        dealer = deal.dealer
        return self._ledger.send(payment.number, dealer.entity, deal.inventory, wallet, deal.units, booked)

    def _off_ramp(self, payment: Payment) -> Process[Outcome]:
        """The supplier's exchange pays out in its bank's hours, unless the issuer has frozen the address."""
        ground, move, me = self._ground, self._ground.move, self._pay_out.entity
        move(payment, State.OFFRAMP, me)
        while True:
            opens = self._hours.next_open(ground.now)
            if opens > ground.now:
                yield ground.until(opens)
            wallet = self._wallet(payment)
            if not self._issuer.is_frozen(wallet):
                fee_cents = round(
                    payment.payout_units * self._ground.number("liquidity.offramp_pct_usdt") / 100.0
                )
                self._pay_out.pay(payment, fee_cents)
                move(payment, State.CREDITED, me)
                return SETTLED
            move(payment, State.ACCEPTED_NOT_POSTED, me, Reason.ELR_ISSUER_FREEZE)
            move(payment, State.FROZEN, self._issuer.entity, Reason.AC06)
            frozen_at = self._ground.now
            lifted = yield self._issuer.verdict(wallet)
            payment.set_aside += self._ground.now - frozen_at
            if not lifted:
                return Lost(Reason.ELR_ISSUER_FREEZE)
            move(payment, State.UNFROZEN, self._issuer.entity)
            move(payment, State.OFFRAMP, me)


__all__ = ["UsdtRail", "UsdtSpec"]
