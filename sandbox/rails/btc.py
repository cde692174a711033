"""The bitcoin rail: a dealer's coins go straight to the supplier's deposit address.

Final after ``confirmations`` blocks of the active chain. A reorganisation deeper than that takes a settled, even a
credited payment back: every booking gets its compensation, and the payment goes on from there.
"""

from collections.abc import Callable
from typing import Literal

import simpy
from pydantic import Field

from sandbox.chains.bitcoin import InsufficientFunds, TransactionConflicted
from sandbox.clock import Hours
from sandbox.journal.kinds import QuickKind as Kind
from sandbox.journal.kinds import QuickPurpose as Purpose
from sandbox.lifecycle import QuickState as State
from sandbox.lifecycle import Reason
from sandbox.market import Market
from sandbox.market.network_fees import NetworkFees
from sandbox.market.prices import paid_units
from sandbox.market.purchase import Deal, Purchases
from sandbox.mirror import BitcoinLedger
from sandbox.money import Asset
from sandbox.payments import NotSettled, Outcome, Payment, Process, Quote, Settled
from sandbox.rail import Ground, PayOut, Releaser, turned_down
from sandbox.spec import Day, Spec

#: Virtual bytes of a payment with one input and two outputs; fees are quoted for this size.
_TYPICAL_VBYTES = 141

#: Virtual bytes for which a dealer keeps the fee ready: a payment out of eight coins.
_LARGE_VBYTES = 620


class BtcSpec(Spec):
    """Bitcoin on a local regtest chain."""

    confirmations: int = Field(
        default=6, ge=1, le=100, description="confirmations after which a transfer is final"
    )
    opens: Day | None = Field(
        default=None, description="day the rail is permitted (default: with the regime)"
    )
    beneficiary: Literal["exchange", "keep"] = Field(
        default="exchange",
        description="the supplier's exchange pays out its currency, or the supplier keeps the coins",
    )
    source: Literal["exchange", "mined", "both"] = Field(
        default="exchange",
        description="where dealers get their coins: the exchange, domestic miners only, or both",
    )
    blocks: Literal["needed", "all"] = Field(
        default="needed", description="mine only while one of our transactions waits, or always"
    )
    block_arrivals: Literal["exponential", "drifted"] = Field(
        default="exponential",
        description="blocks at a constant rate, or faster within each difficulty period as computing power grows",
    )


class _Transfer:
    """One payment's coins on their way."""

    __slots__ = ("booked", "credited", "deal", "fee", "lost", "number", "payment", "wallet")

    def __init__(self, payment: Payment, deal: Deal, wallet: int, lost: simpy.Event) -> None:
        self.payment = payment
        self.deal = deal
        self.wallet = wallet
        self.fee = 0
        self.number = -1
        self.lost = lost
        """Succeeds when a reorganisation takes finality away while the payment is still on its way."""
        self.booked = False
        """A block has held it: the client has paid the dealer."""
        self.credited = False


class BtcRail:
    """Settlement in bitcoin by Core's consensus rules."""

    name = "btc"
    needs_authorisation = True
    needs_profile = True
    proof = "chain"

    def __init__(
        self,
        ground: Ground,
        market: Market,
        ledger: BitcoinLedger,
        purchases: Purchases,
        releaser: Releaser,
        pay_out: PayOut,
        accepts: Callable[[Payment], bool],
        network_fees: NetworkFees,
        wallet: Callable[[Payment], int],
        bank_entity: Callable[[Payment], int],
        client_account: Callable[[Payment], int],
        resume: Callable[[Payment, Process[Outcome]], Process[None]],
        hours_abroad: Hours,
        keep: bool,
    ) -> None:
        self.entity = ground.journal.entity("rail/btc")
        self._ground = ground
        self._market = market
        self._ledger = ledger
        self._purchases = purchases
        self._releaser = releaser
        self._pay_out = pay_out
        self._accepts = accepts
        self._network_fees = network_fees
        self._wallet = wallet
        self._bank = bank_entity
        self._client = client_account
        self._resume = resume
        self._hours = hours_abroad
        self._keep = keep
        self._fees = ground.streams.indexed("btc/fee")

    def accepts(self, payment: Payment) -> bool:
        """The supplier's own choice at contract time."""
        return self._accepts(payment)

    def quote(self, payment: Payment) -> Quote:
        """Dealer, bank, off-ramp and chain; the mean wait for the confirmations."""
        number = self._ground.number
        share = self._purchases.cost_share(payment)
        share += self._network_fees.median() * 100.0 / payment.invoice_cents
        if not self._keep:
            share += number("liquidity.offramp_pct_usdt") / 100.0
        return Quote(share, self._ledger.blocks.confirmations * number("btc.block_interval_s"), 0.0)

    def units(self, payment: Payment) -> int:
        """Satoshi to send at today's price, so that the supplier gets what it is owed after its exchange's fee."""
        face = paid_units(payment.invoice_cents, self._market.cross(Asset.USD, Asset.BTC, self._ground.now))
        if self._keep:
            return face
        return face + round(face * self._ground.number("liquidity.offramp_pct_usdt") / 100.0)

    def _feerate(self, payment: Payment) -> float:
        """Satoshi a virtual byte: the dollar fee of a typical payment, at least the relay floor of 1."""
        fees = self._network_fees
        usd = self._fees.lognormal(payment.draw, fees.median(), fees.sigma())
        sats = usd / self._market.usd(Asset.BTC, self._ground.now) * 10**8
        return max(1.0, round(sats / _TYPICAL_VBYTES, 1))

    def _fee_in_roubles(self, sats: int) -> int:
        return max(1, paid_units(sats, self._market.cross(Asset.BTC, Asset.RUB, self._ground.now)))

    def reserve_units(self, payment: Payment) -> int:
        """Kopecks for the coins, the dealer, the bank and the chain."""
        fee = self._fee_in_roubles(int(self._feerate(payment) * _TYPICAL_VBYTES))
        return self._purchases.cost_units(payment, self.units(payment), fee)

    def settle(self, payment: Payment) -> Process[Outcome]:
        """Dealer, release, chain, confirmations, the supplier's exchange."""
        ground, move, bank = self._ground, self._ground.move, self._bank(payment)
        move(payment, State.CONVERSION, bank)
        fee = int(self._feerate(payment) * _LARGE_VBYTES)
        deal = yield from self._purchases.strike(payment, self.units(payment), fee)
        if isinstance(deal, NotSettled):
            return deal
        move(payment, State.RELEASE, bank)
        refusal = self._releaser.consume(payment, bank)
        if refusal:
            self._purchases.unwind(deal)
            move(payment, turned_down(refusal), bank, refusal)
            return NotSettled(refusal)
        transfer = _Transfer(payment, deal, self._wallet(payment), ground.env.event())
        try:
            confirmed = self._broadcast(transfer)
        except InsufficientFunds:
            # The books know of coins that the wallet cannot spend now: they wait for a block themselves.
            self._purchases.unwind(deal)
            move(payment, State.REJECTED, deal.dealer.entity, Reason.ELR_LPINV)
            return NotSettled(Reason.ELR_LPINV)
        move(payment, State.IN_FLIGHT, bank)
        return (yield from self._confirmed(transfer, confirmed))

    def _confirmed(self, transfer: _Transfer, confirmed: simpy.Event) -> Process[Outcome]:
        """Wait for the k-th confirmation, or give up if the coins were spent otherwise."""
        payment = transfer.payment
        try:
            yield confirmed
            while transfer.lost.triggered:  # taken away again in this very second
                transfer.lost = self._ground.env.event()
                yield self._ledger.blocks.watch(transfer.number)
        except TransactionConflicted:
            self._purchases.unwind(transfer.deal)
            if transfer.booked:
                self._refund(transfer)
            self._ground.move(payment, State.TECHNICAL_FAILURE, self._ledger.entity, Reason.ELR_REORG)
            return NotSettled(Reason.ELR_REORG)
        return (yield from self._final(transfer))

    def _broadcast(self, transfer: _Transfer) -> simpy.Event:
        payment, deal = transfer.payment, transfer.deal

        def booked(_: bool) -> None:
            if not transfer.booked:
                transfer.booked = True
                self._purchases.book(payment, deal, transfer.wallet, self._fee_in_roubles(transfer.fee))
            else:
                self._book_again(transfer)

        def undone() -> None:
            self._take_back(transfer)

        def reorged(number: int, depth: int) -> None:
            del number, depth
            self._reorganised(transfer)

        confirmation, fee = self._ledger.send(
            payment.number,
            deal.dealer.entity,
            deal.dealer.inventory[Asset.BTC],
            transfer.wallet,
            deal.units,
            self._feerate(payment),
            booked,
            undone,
            reorged,
        )
        transfer.fee = fee
        transfer.number = confirmation.number
        return confirmation

    def _final(self, transfer: _Transfer) -> Process[Outcome]:
        """k confirmations are there: settled, then paid out in the bank's hours abroad."""
        ground, move, payment = self._ground, self._ground.move, transfer.payment
        record = self._ledger.chain.transactions[transfer.number]
        ground.journal.record(
            Kind.FINAL,
            payment.number,
            self._ledger.entity,
            -1,
            self._ledger.blocks.confirmations,
            record.height,
            transfer.number,
        )
        move(payment, State.SETTLED, self.entity)
        if not self._keep:
            me = self._pay_out.entity
            move(payment, State.OFFRAMP, me)
            opens = self._hours.next_open(ground.now)
            if opens > ground.now:
                yield ground.env.any_of([ground.until(opens), transfer.lost])
                if transfer.lost.triggered:
                    return (yield from self._after_reorganisation(transfer))
            fee = round(payment.payout_units * ground.number("liquidity.offramp_pct_usdt") / 100.0)
            self._pay_out.pay(payment, fee)
        transfer.credited = True
        move(payment, State.CREDITED, self.entity)
        return Settled()

    # -- reorganisations -----------------------------------------------------------------------------

    def _take_back(self, transfer: _Transfer) -> None:
        """The block that held the transfer is gone: the coins are the dealer's again in the books."""
        dealer, payment = transfer.deal.dealer, transfer.payment
        self._ground.books.transfer(
            payment.number,
            self._ledger.entity,
            transfer.wallet,
            dealer.inventory[Asset.BTC],
            transfer.deal.units,
            Purpose.REORG,
        )
        self._purchases.hold_again(transfer.deal)

    def _book_again(self, transfer: _Transfer) -> None:
        """A later block holds it after all."""
        dealer, payment = transfer.deal.dealer, transfer.payment
        self._purchases.give_way(transfer.deal)
        self._ground.books.transfer(
            payment.number,
            self._ledger.entity,
            dealer.inventory[Asset.BTC],
            transfer.wallet,
            transfer.deal.units,
            Purpose.PRINCIPAL,
        )

    def _reorganised(self, transfer: _Transfer) -> None:
        """It had been final. Wake the payment on its way, or take up one that had ended."""
        if transfer.credited:
            transfer.credited = False
            if not self._keep:
                self._pay_out.take_back(transfer.payment)
            self._ground.env.process(self._resume(transfer.payment, self._after_reorganisation(transfer)))
        elif not transfer.lost.triggered:
            transfer.lost.succeed()

    def _after_reorganisation(self, transfer: _Transfer) -> Process[Outcome]:
        """Wait for the confirmations anew, or give up if the coins were spent otherwise."""
        ground, move, payment = self._ground, self._ground.move, transfer.payment
        me = self._ledger.entity
        transfer.lost = ground.env.event()
        move(payment, State.REORGED, me, Reason.ELR_REORG)
        move(payment, State.IN_FLIGHT, me)
        return (yield from self._confirmed(transfer, self._ledger.blocks.watch(transfer.number)))

    def _refund(self, transfer: _Transfer) -> None:
        """The coins never left for good: the dealer hands the client's roubles back."""
        deal, payment = transfer.deal, transfer.payment
        roubles = paid_units(deal.units, deal.mid)
        self._ground.books.transfer(
            payment.number,
            deal.dealer.entity,
            deal.dealer.cash,
            self._client(payment),
            roubles,
            Purpose.RETURN,
        )
