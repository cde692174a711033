"""The contracts behind the orders: terms, and how long the goods will take, agreed and drawn at the start.

Orders keep their times in every arm of an experiment. A prepaid contract's goods begin with its order; goods on
open account began long enough before it that they are delivered ``terms`` days before the payment falls due, and
the importer orders the payment ``goods.payment_lead_days`` before that day. Two orders of one supplier may be the
advance and the balance of one milestone contract: the first takes its share of their common value.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sandbox.clock import DAY, HOUR
from sandbox.goods import Terms
from sandbox.population import Orders
from sandbox.rail import Ground

Seconds = NDArray[np.int64]


@dataclass(slots=True, frozen=True)
class Spans:
    """Seconds that the stages of each order's goods take; row = order number."""

    production: Seconds
    to_border: Seconds
    licence: Seconds
    """How long an export licence would take, if one is needed."""
    customs: Seconds
    from_border: Seconds

    @property
    def whole(self) -> Seconds:
        """From the contract to delivery, if nothing is waited for."""
        return self.production + self.to_border + self.customs + self.from_border


@dataclass(slots=True, frozen=True)
class Contracts:
    """What has been agreed about each order; row = order number."""

    terms: NDArray[np.int8]
    """Code of :class:`sandbox.goods.Terms`."""
    contract: NDArray[np.int64]
    """The order whose number names the contract and its goods: of a balance its advance, else the order itself."""
    days_to_pay: Seconds
    """Seconds from delivery to the day payment falls due (0 where the terms name none)."""
    begins: Seconds
    """Second at which the contract is made: of goods on open account mostly before the order, even before 0."""
    due: Seconds
    """Second by which the payment should arrive as planned (-1: none yet, or as soon as possible)."""
    spans: Spans


def agree(ground: Ground, orders: Orders) -> tuple[Contracts, Orders]:
    """Terms and times of every contract, and the orders with the milestone contracts' values divided."""
    spans = _spans(ground, len(orders))
    terms, contract, orders = _terms(ground, orders, spans)
    open_account = terms == Terms.OPEN_ACCOUNT
    middle, around = ground.number("population.open_account_days"), ground.number("goods.open_account_spread")
    luck = ground.streams.named("contracts/days-to-pay").uniforms(len(orders))
    days = np.where(open_account, middle + around * (2 * luck - 1), 0.0)
    days_to_pay = (days * DAY).astype(np.int64)
    lead = int(ground.number("goods.payment_lead_days") * DAY)
    due = np.where(open_account, orders.created + lead, -1)
    begins = np.where(open_account, due - days_to_pay - spans.whole, orders.created)
    return Contracts(terms, contract, days_to_pay, begins, due, spans), orders


def _spans(ground: Ground, count: int) -> Spans:
    """One draw for each stage and order, from streams of their own."""

    def lasts(stage: str, unit: int) -> Seconds:
        law = ground.table(f"goods.{stage}")
        luck = ground.streams.named(f"goods/{stage}").normals(count)
        return np.maximum(1, law["median"] * unit * np.exp(law["sigma"] * luck)).astype(np.int64)

    transit = lasts("transit_days", DAY)
    to_border = np.maximum(1, (transit * ground.number("goods.way_to_border"))).astype(np.int64)
    return Spans(
        production=lasts("production_days", DAY),
        to_border=to_border,
        licence=lasts("licence_days", DAY),
        customs=lasts("customs_hours", HOUR),
        from_border=np.maximum(1, transit - to_border),
    )


def _terms(
    ground: Ground, orders: Orders, spans: Spans
) -> tuple[NDArray[np.int8], NDArray[np.int64], Orders]:
    """Who pays when; a milestone's balance is the supplier's next such order after the goods can have arrived."""
    terms = np.where(orders.prepaid, int(Terms.PREPAY), int(Terms.OPEN_ACCOUNT)).astype(np.int8)
    contract = np.arange(len(orders), dtype=np.int64)
    luck = ground.streams.named("contracts/milestone").uniforms(len(orders))
    candidates = np.flatnonzero(
        ~orders.prepaid & ~orders.inward & (luck < ground.number("goods.share_milestone"))
    )
    share = ground.number("population.milestone_advance_share")
    invoice, prepaid = orders.invoice_cents.copy(), orders.prepaid.copy()
    arrives = orders.created + spans.whole
    advance_of: dict[int, int] = {}
    for number in candidates.tolist():
        supplier = int(orders.supplier[number])
        advance = advance_of.get(supplier)
        if advance is None:
            advance_of[supplier] = number
        elif orders.created[number] >= arrives[advance]:
            del advance_of[supplier]
            whole = int(invoice[advance] + invoice[number])
            invoice[advance] = max(1, int(whole * share))
            invoice[number] = whole - invoice[advance]
            terms[advance], terms[number] = int(Terms.MILESTONE_ADVANCE), int(Terms.MILESTONE_BALANCE)
            prepaid[advance] = True
            contract[number] = advance
    return terms, contract, replace(orders, invoice_cents=invoice, prepaid=prepaid)


__all__ = ["Contracts", "Spans", "agree"]
