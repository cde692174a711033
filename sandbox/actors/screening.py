"""Screening: a two-class Bayes test, a manual desk for its alerts, and an authority for the hard ones.

An alert comes with probability ``sensitivity`` if the payment is truly prohibited and ``1 - specificity`` if not.
An analyst confirms a true hit with probability ``alert_confirm`` and clears a false one; a share of cases
goes up to the financial intelligence unit, which answers within its time. A confirmed hit stops the
obligation for good, on every rail.
"""

from sandbox.desk import Desk
from sandbox.journal.kinds import QuickKind as Kind
from sandbox.lifecycle import QuickState as State
from sandbox.lifecycle import Reason
from sandbox.payments import Payment, Process
from sandbox.rail import Ground

_CLEARED, _CONFIRMED, _ESCALATED = 0, 1, 2


class Screening:
    """The banks' automatic check and the pooled desk behind it."""

    def __init__(self, ground: Ground, desk: Desk) -> None:
        self._ground = ground
        self.desk = desk
        streams = ground.streams
        self._alert = streams.indexed("screening/alert")
        self._work = streams.indexed("screening/review-hours")
        self._finding = streams.indexed("screening/finding")
        self._upwards = streams.indexed("screening/escalation")
        self._authority = streams.indexed("screening/authority-days")
        self.truly = 0
        """Truly prohibited payments screened so far (known to the laboratory only)."""
        self.caught = 0
        """Those of them that raised an alert."""
        self.unit = ground.journal.entity("financial-intelligence-unit")

    def alerts(self, payment: Payment, bank: int) -> bool:
        """The automatic check; it takes no time.

        Screening is of the obligation: the same parties and goods ordered again have an answer already.
        """
        if payment.screened:
            return False
        payment.screened = True
        number = self._ground.number
        likely = number("aml.aml_sensitivity") if payment.prohibited else 1.0 - number("aml.aml_specificity")
        alert = self._alert.bernoulli(payment.draw, likely)
        if payment.prohibited:
            self.truly += 1
            self.caught += alert
        self._ground.journal.record(
            Kind.SCREENED, payment.number, bank, -1, -1, int(alert), int(payment.prohibited)
        )
        return alert

    def decide(self, payment: Payment) -> Process[bool]:
        """From alert to answer: True lets the payment go on, False stops it; the states on the way are written."""
        ground = self._ground
        ground.move(payment, State.MANUAL_REVIEW, self.desk.entity, Reason.NARR)
        hours = self._work.exponential(payment.draw, ground.number("aml.aml_review_hours"))
        yield self.desk.payment(payment.number, int(hours * 3_600))
        confirmed = payment.prohibited and self._finding.bernoulli(
            payment.draw, ground.number("aml.alert_confirm")
        )
        if self._upwards.bernoulli(payment.draw, ground.number("aml.p_escalate")):
            self._write(payment, _ESCALATED)
            ground.move(payment, State.ESCALATED, self.unit, Reason.NARR)
            days = self._authority.uniform(payment.draw) * ground.number("aml.suspension_days_max")
            answer = min(days, ground.number("aml.escalation_answer_days"))
            yield ground.env.timeout(int(answer * 86_400))
            if days > answer:
                ground.move(payment, State.SUSPENDED, self.unit, Reason.ELR_SUSPENDED)
                yield ground.env.timeout(int(days * 86_400) - int(answer * 86_400))
        self._write(payment, _CONFIRMED if confirmed else _CLEARED)
        return not confirmed

    def _write(self, payment: Payment, decision: int) -> None:
        self._ground.journal.record(
            Kind.ALERT_DECIDED, payment.number, self.desk.entity, -1, -1, decision, int(payment.prohibited)
        )
