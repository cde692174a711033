"""The Bank of Russia: it admits firms, authorises orders, keeps the caps, and may take admission back."""

from dataclasses import dataclass

from sandbox.clock import Hours
from sandbox.desk import Desk
from sandbox.journal.kinds import QuickKind as Kind
from sandbox.lifecycle import Reason
from sandbox.payments import Authorisation, Payment, Process, order_hash
from sandbox.policies.selection import Rule, ordered
from sandbox.population import Importer, Population, lognormal_from_mean
from sandbox.rail import Ground

#: Working hours of one business day at the application desk.
_DAY_HOURS = 8


@dataclass(slots=True, frozen=True)
class Caps:
    """Volume limits in US cents a calendar month (None: no limit)."""

    month: int | None
    participant_month: int | None
    wait: bool
    """An order over the cap waits for the next month (else it is refused)."""


@dataclass(slots=True, frozen=True)
class Admission:
    """How the focus group is made up."""

    places: int
    rule: Rule
    quotas: dict[str, int]
    through_desk: bool


class Regulator:
    """Admission is of a firm; authorisation is of an order and is used up once."""

    def __init__(
        self,
        ground: Ground,
        population: Population,
        applications: Desk,
        hours: Hours,
        admission: Admission,
        caps: Caps,
        valid_seconds: int,
    ) -> None:
        self.entity = ground.journal.entity("regulator")
        self.applications = applications
        self.is_open = False
        self.permitted: set[int] = set()
        """Entities of the regime rails that are lawful now."""
        self.participants: list[Importer] = []
        """Firms in order of admission, those revoked included."""
        self._ground = ground
        self._firms = population.importers
        self._hours = hours
        self._admission = admission
        self._caps = caps
        self._valid = valid_seconds
        self._places = 0
        self._filled = 0
        self._pending = 0
        self._wave = 0
        self._asked: set[int] = set()
        self._found_fit: list[Importer] = []
        """Approved firms for which there was no place, in order of approval."""
        self._month_used = (-1, 0)
        self._revoked: set[int] = set()
        streams = ground.streams
        self._review = streams.indexed("regulator/review")
        self._verdict = streams.indexed("regulator/verdict")
        self._agencies = streams.indexed("regulator/agencies")
        self._onboarding = streams.indexed("bank/onboarding")
        lots = streams.named("regulator/lot").uniforms(len(self._firms))
        self._list = ordered(
            [(firm.index, firm.turnover, firm.sector, float(lots[firm.index])) for firm in self._firms],
            admission.rule,
            admission.quotas,
        )

    # -- admission ----------------------------------------------------------------------------------

    def open(self) -> None:
        """The regime opens: the first firms on the list are asked to apply."""
        self.is_open = True
        self.add_places(self._admission.places)

    def add_places(self, count: int) -> None:
        """More places: as many further firms are asked."""
        self._wave += 1
        self._places += count
        if self.is_open:
            self._invite()

    def unsolicited(self, firm: Importer) -> None:
        """A firm applies of its own accord; it takes the desk's time and waits for a place."""
        if firm.index not in self._asked:
            self._apply(firm)

    def revoke(self, rank: int) -> None:
        """Withdraw the admission of the firm admitted ``rank``-th; nothing happens if there is none."""
        if rank > len(self.participants):
            return
        firm = self.participants[rank - 1]
        if not firm.admitted:
            return
        firm.admitted_at = -1
        self._filled -= 1
        self._revoked.add(firm.index)
        self._ground.journal.record(Kind.REVOKED, actor=self.entity, subject=firm.entity)
        self._invite()

    def _invite(self) -> None:
        """Fill places with firms already found fit, then ask the next on the list until each has a candidate."""
        while self._found_fit and self._filled < self._places:
            self._admit(self._found_fit.pop(0))
        for index in self._list:
            if self._filled + self._pending >= self._places:
                return
            if index not in self._asked:
                self._apply(self._firms[index])

    def _apply(self, firm: Importer) -> None:
        self._asked.add(firm.index)
        self._ground.journal.record(Kind.APPLIED, actor=self.entity, subject=firm.entity)
        if not self._admission.through_desk:
            self._admit_if_place(firm)
            return
        self._pending += 1
        self._ground.env.process(self._review_of(firm))

    def _review_of(self, firm: Importer) -> Process[None]:
        """The desk's review, then the other agencies' concurrence, side by side; then the decision."""
        ground = self._ground
        review = ground.table("regulator.review_service_bd")
        median, sigma = lognormal_from_mean(review["mean"], review["cv"])
        days = self._review.lognormal(firm.index, median, sigma)
        yield self.applications.firm(firm.entity, int(days * _DAY_HOURS * 3_600))
        others = ground.table("regulator.interagency_bd")
        slowest = max(
            (
                self._agencies.exponential(firm.index * 8 + agency, others["mean"])
                for agency in range(int(others["agencies"]))
            ),
            default=0.0,
        )
        yield ground.until(self._hours.finish(ground.now, int(slowest * _DAY_HOURS * 3_600)))
        self._pending -= 1
        if self._verdict.bernoulli(firm.index, ground.number("regulator.p_reject_application")):
            ground.journal.record(Kind.ADMISSION_REFUSED, actor=self.entity, subject=firm.entity)
            self._invite()
        else:
            self._admit_if_place(firm)

    def _admit_if_place(self, firm: Importer) -> None:
        """Places go in the order of the decisions; who comes too late waits for the next one."""
        if self._filled < self._places:
            self._admit(firm)
        else:
            self._found_fit.append(firm)

    def _admit(self, firm: Importer) -> None:
        ground = self._ground
        firm.admitted_at = ground.now
        self._filled += 1
        self.participants.append(firm)
        ground.journal.record(Kind.ADMITTED, actor=self.entity, subject=firm.entity, amount=self._wave)
        days = ground.table("bank.onboarding_bd")
        wait = self._onboarding.lognormal(firm.index, days["median"], days["sigma"])
        firm.regime_ready = self._hours.finish(ground.now, int(wait * _DAY_HOURS * 3_600))

    # -- orders ---------------------------------------------------------------------------------------

    def objection(self, payment: Payment) -> Reason:
        """What stands against an order before its volume is looked at: admission and rail."""
        firm = self._firms[payment.importer]
        if firm.index in self._revoked:
            return Reason.AG01_REVOKED
        if not firm.admitted:
            return Reason.AG08
        if not self.is_open or payment.rail not in self.permitted:
            return Reason.AG03
        return Reason.NONE

    def authorise(self, payment: Payment) -> Reason:
        """Decide on an order: NONE (authorised, quota taken), SL16 (over the cap) or the reason of a refusal."""
        objection = self.objection(payment)
        if objection:
            return objection
        firm = self._firms[payment.importer]
        over = self._take_quota(firm, payment)
        if over:
            return over
        now = self._ground.now
        mark = order_hash(payment, payment.rail)
        payment.authorisation = Authorisation(mark, now + self._valid)
        self._ground.journal.record(
            Kind.AUTHORISED, payment.number, self.entity, -1, payment.rail, mark, now + self._valid
        )
        return Reason.NONE

    @property
    def waits_for_quota(self) -> bool:
        """Whether an order over the cap waits for the next month."""
        return self._caps.wait

    def next_period(self) -> int:
        """First second of the next calendar month."""
        today = self._ground.today
        year, month = (today.year + 1, 1) if today.month == 12 else (today.year, today.month + 1)
        return self._ground.clock.second(today.replace(year=year, month=month, day=1))

    def fits_at_all(self, payment: Payment) -> bool:
        """Whether an empty month would hold the order."""
        limits = (self._caps.month, self._caps.participant_month)
        return all(limit is None or payment.invoice_cents <= limit for limit in limits)

    def consume(self, payment: Payment, actor: int) -> Reason:
        """The last word at release: the authorisation fits, is unexpired, unrevoked and is used up now."""
        held = payment.authorisation
        mark = order_hash(payment, payment.rail)
        firm = self._firms[payment.importer]
        if firm.index in self._revoked:
            return Reason.AG01_REVOKED
        if held is None or held.order_hash != mark or payment.rail not in self.permitted:
            return Reason.AG03
        if held.expires <= self._ground.now:
            return Reason.AB03
        payment.authorisation = None
        self._ground.journal.record(
            Kind.CONSUMED, payment.number, actor, -1, payment.rail, mark, held.expires
        )
        return Reason.NONE

    def _take_quota(self, firm: Importer, payment: Payment) -> Reason:
        """Count the order against both caps, or say which it breaks; what is in flight counts too."""
        caps = self._caps
        if caps.month is None and caps.participant_month is None:
            return Reason.NONE
        today = self._ground.today
        month = today.year * 12 + today.month
        total = payment.invoice_cents + (self._month_used[1] if self._month_used[0] == month else 0)
        own = payment.invoice_cents + (firm.month_used[1] if firm.month_used[0] == month else 0)
        if caps.participant_month is not None and own > caps.participant_month:
            return Reason.SL16
        if caps.month is not None and total > caps.month:
            return Reason.SL16
        self._month_used = (month, total)
        firm.month_used = (month, own)
        limit = -1 if caps.month is None else caps.month
        self._ground.journal.record(Kind.QUOTA_USED, payment.number, self.entity, -1, -1, total, limit)
        return Reason.NONE
