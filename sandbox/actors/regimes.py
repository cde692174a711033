"""All regimes that are open: which of them an order belongs to, and what each firm may use.

A world with one regime asks that one and nothing else. With several, an order belongs to the first regime that its
firm is a participant of and that has the order's rail.
"""

from typing import Protocol

import simpy

from sandbox.lifecycle import Reason
from sandbox.payments import Payment


class Regime(Protocol):
    """One regime's authority."""

    entity: int
    permitted: set[int]

    def has(self, firm: int) -> bool:
        """Whether the firm of this index is admitted now."""
        ...

    def permit(self, rail: int, permitted: bool) -> None:
        """The law opens or closes a rail."""
        ...

    def objection(self, payment: Payment) -> Reason:
        """What stands against an order before its volume is looked at."""
        ...

    def authorise(self, payment: Payment) -> Reason:
        """NONE (authorised), SL16 (over the cap) or the reason of a refusal."""
        ...

    @property
    def waits_for_quota(self) -> bool:
        """Whether an order over the cap waits."""
        ...

    def quota_turn(self, payment: Payment) -> simpy.Event:
        """An event that succeeds when a month has room for the order."""
        ...

    def fits_at_all(self, payment: Payment) -> bool:
        """Whether an empty month would hold the order."""
        ...

    def consume(self, payment: Payment, actor: int) -> Reason:
        """The last word at release."""
        ...

    def confirmed_alert(self, payment: Payment) -> None:
        """Analysts confirmed an alert on an order."""
        ...


class Regimes:
    """The regimes in order of their opening."""

    def __init__(self, first: Regime) -> None:
        self.all: list[Regime] = [first]

    def responsible(self, payment: Payment) -> Regime:
        """The regime an order belongs to."""
        first = self.all[0]
        if len(self.all) == 1:
            return first
        for regime in self.all:
            if regime.has(payment.importer) and payment.rail in regime.permitted:
                return regime
        return next((regime for regime in self.all if regime.has(payment.importer)), first)

    def may_use(self, firm: int, rail: int) -> bool:
        """Whether a firm (its index) is in a regime that has the rail."""
        return any(rail in regime.permitted and regime.has(firm) for regime in self.all)

    def permit(self, rail: int, permitted: bool) -> None:
        """The law opens or closes a rail of the regimes."""
        for regime in self.all:
            regime.permit(rail, permitted)

    def consume(self, payment: Payment, actor: int) -> Reason:
        """The last word at release, from the regime that authorised the order."""
        held = payment.authorisation
        for regime in self.all:
            if held is not None and held.regime == regime.entity:
                return regime.consume(payment, actor)
        return self.responsible(payment).consume(payment, actor)
