"""The nouns: the payment order, and what an attempt to settle it can end in."""

from collections.abc import Generator
from dataclasses import dataclass, field
from hashlib import blake2b
from struct import Struct
from typing import Any, NamedTuple, TypeAlias, TypeVar

from sandbox.lifecycle import NOT_YET, Reason
from sandbox.money import Asset

T = TypeVar("T")

#: A SimPy process that waits and ends with a ``T``.
Process: TypeAlias = Generator[Any, Any, T]

#: The whole numbers among an order's terms.
_TERMS = Struct("<7q")

#: Attempts that have random numbers of their own; index of a payment's draw = number * ATTEMPTS + attempt - 1.
ATTEMPTS = 8


@dataclass(eq=False, kw_only=True)
class Payment:
    """One payment order: an obligation of an importer towards a supplier, and how far it has come.

    What only its story sets has its first value at the class: a new order does not pay for it.
    """

    number: int
    """The order's identity (end-to-end id ``P-00042``), unchanged by retries."""
    created: int
    """Second of the order."""
    importer: int
    """Index of the originator."""
    supplier: int
    """Index of the beneficiary."""
    bank: int
    """Index of the originator's authorised bank."""
    country: str
    """Country code of the beneficiary."""
    category: str
    """Declared goods category; a retry never changes it."""
    prepaid: bool
    """Payment before shipment (else open account)."""
    currency: Asset
    """What the beneficiary is owed."""
    invoice_cents: int
    """Value in US cents at the order's rate."""
    payout_units: int
    """What the beneficiary is owed, in minor units of ``currency``."""
    due: int
    """Second by which it should arrive (-1: prepaid, as soon as possible)."""
    prohibited: bool
    """Latent truth: the payment belongs to a prohibited class.

    No actor sees it; draws of screening and of warnings depend on it.
    """
    contract: int = field(default=-1, init=False)
    """The order that names its contract and goods (-1: the world has no goods)."""
    contract_void: bool = field(default=False, init=False)
    """The supplier has given the contract up before this order was made."""
    export: bool = False
    """The flow is reversed: the partner abroad pays, and the firm at home, an exporter, is credited in roubles.

    ``importer`` is then the exporter, ``supplier`` its buyer, ``bank`` the exporter's bank.
    """
    export_refused: bool = False
    """The supplier's country refuses the export of these goods."""
    screened: bool = field(default=False, init=False)
    """The bank has screened this obligation; its answer holds for retries."""
    documents_asked: bool = field(default=False, init=False)
    """The bank has looked at what documents the obligation has; it asks for them once."""
    state: int = NOT_YET
    attempt: int = 0
    rail: int = -1
    """Entity of the rail of the present attempt."""
    hold: int = field(default=-1, init=False)
    """Open hold on the originator's account."""
    authorisation: "Authorisation | None" = field(default=None, init=False)
    quote: "Quote | None" = field(default=None, init=False)
    """What the rail of the present attempt promised when it was chosen."""
    chosen_at: int = field(default=-1, init=False)
    """Second of that choice."""
    set_aside: int = field(default=0, init=False)
    """Seconds of the present attempt under review or frozen: nobody learns from them."""
    failures: list[tuple[int, Reason]] = field(default_factory=list)
    """(rail entity, reason) of each attempt that did not settle."""
    fingerprint: "tuple[tuple[int | str, ...], int] | None" = field(default=None, init=False)
    """What :func:`order_hash` last digested of the order, and what came out."""

    @property
    def draw(self) -> int:
        """Index of this attempt's draw in every stream that belongs to payments."""
        return self.number * ATTEMPTS + self.attempt - 1

    @property
    def name(self) -> str:
        """``P-00042``."""
        return f"P-{self.number:05d}"


class Authorisation(NamedTuple):
    """The regulator's consent to one order on one rail."""

    order_hash: int
    expires: int
    regime: int = -1
    """Entity of the regime that gave it."""


class Quote(NamedTuple):
    """What a rail says before anything happens: pure, nothing changes and no time passes."""

    cost_share: float
    """All-in price as a share of the value."""
    seconds: float
    """Expected time to the beneficiary's credit."""
    failure: float
    """Probability that it does not settle."""


@dataclass(slots=True, frozen=True)
class Settled:
    """The beneficiary is credited, finally."""


#: The one object that says so: there is nothing to tell two of them apart.
SETTLED = Settled()


@dataclass(slots=True, frozen=True)
class NotSettled:
    """The attempt ended without settlement; the payment stands in a state from which the story goes on."""

    reason: Reason


@dataclass(slots=True, frozen=True)
class Lost:
    """The value is gone: frozen and destroyed, or lost by an intermediary."""

    reason: Reason


Outcome: TypeAlias = Settled | NotSettled | Lost


def order_hash(payment: Payment, rail: int) -> int:
    """63-bit fingerprint of what an authorisation is for; any change of the order changes it.

    The same order is digested once: asked again, its terms are compared with those digested.
    """
    terms = (
        payment.number,
        payment.importer,
        payment.supplier,
        payment.bank,
        payment.invoice_cents,
        payment.currency,
        rail,
        payment.category,
    )
    known = payment.fingerprint
    if known is not None and known[0] == terms:
        return known[1]
    order = _TERMS.pack(*terms[:-1]) + payment.category.encode()
    mark = int.from_bytes(blake2b(order, digest_size=8).digest(), "big") >> 1
    payment.fingerprint = terms, mark
    return mark
