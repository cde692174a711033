"""The Bank of Russia: it admits firms, authorises orders, keeps the caps, and may take admission back."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

import simpy

from sandbox.clock import Hours
from sandbox.desk import Desk
from sandbox.journal.kinds import QuickKind as Kind
from sandbox.lifecycle import Reason
from sandbox.payments import Authorisation, Payment, Process, order_hash
from sandbox.policies.caps import Group, VolumeCaps
from sandbox.policies.quota_line import QuotaLine
from sandbox.policies.selection import Rule
from sandbox.population import Importer, Population
from sandbox.rail import Ground

#: Onboarding at the banks has a stream of its own for each regime but the first.
_BANKS = {"regulator": "bank"}

#: Nothing stands against an order; a name of the module, since an enumeration's members are slow to find.
_GO_ON = Reason.NONE
#: Breach code of a threat of laundering.
_LAUNDERING = 2
#: More places, and more US cents, than there can be.
_NO_LIMIT = 1 << 62


class Nominator(Protocol):
    """Who names the firms that are asked to apply: the focus group's operator."""

    def draw_up(self, rule: Rule, quotas: dict[str, int], again: Sequence[Importer]) -> None:
        """Put the firms that nobody has named yet, and those to be ranked ``again``, in a new order."""
        ...

    def strike_off(self, firm: Importer) -> None:
        """A firm that applied of its own accord need not be named any more."""
        ...

    def name_next(self, wave: int) -> Importer | None:
        """The next candidate; None when the list is at its end."""
        ...


class Reviewer(Protocol):
    """Who looks at applications: the desk and the agencies behind it."""

    def review(self, firm: Importer) -> Process[bool]:
        """True if the firm is found fit."""
        ...

    def at(self, desk: Desk) -> "Reviewer":
        """The same review by the officers of another desk."""
        ...


class Overseer(Protocol):
    """Who watches participants."""

    reports_due: int
    reports_in_time: int

    def admitted(self, firm: Importer) -> None:
        """A firm joins."""
        ...

    def confirmed_alert(self, firm: Importer) -> None:
        """Analysts confirmed an alert on an order of a participant."""
        ...


class Regulator:
    """Admission is of a firm; authorisation is of an order and is used up once."""

    def __init__(
        self,
        ground: Ground,
        population: Population,
        candidates: Nominator,
        reviewer: Reviewer | None,
        hours: Hours,
        places: int,
        caps: VolumeCaps,
        valid_seconds: int,
        name: str = "regulator",
        own_rails: frozenset[int] | None = None,
    ) -> None:
        self.entity = ground.journal.entity(name)
        self.is_open = False
        self.permitted: set[int] = set()
        """Entities of the regime rails that are lawful now and open to this regime's participants."""
        self.own_rails = own_rails
        """Rails that may ever be open to them (None: all of the regime's rails)."""
        self.participants: list[Importer] = []
        """Firms in order of admission, those revoked included."""
        self._ground = ground
        self._firms = population.importers
        self._hours = hours
        self._candidates = candidates
        self.reviewer = reviewer
        self._caps = caps
        self._valid = valid_seconds
        self._at_opening = places
        self._places = 0
        self._filled = 0
        self._names_candidates = True
        self._closing = False
        """The regime is being wound down."""
        self._pending = 0
        self._wave = 0
        self._asked: set[int] = set()
        self._found_fit: list[Importer] = []
        """Approved firms for which there was no place, in order of approval."""
        self._revoked: set[int] = set()
        self._barred: set[int] = set()
        """Firms whose admission ended over a threat of laundering."""
        self.supervisor: Overseer | None = None
        self._members: dict[int, int] = {}
        """Index of each firm admitted now, and the second of its admission."""
        self._beside: list[Regulator] = []
        """The other regimes."""
        self._apart: list[Regulator] = []
        """Those of them whose firms do not join this one."""
        self._line: QuotaLine[Group, tuple[int, simpy.Event]] = QuotaLine()
        """Orders that wait for the next month, with their US cents."""
        self._categories: dict[str, int] = {}
        self._onboarding = ground.streams.indexed(f"{_BANKS.get(name, name)}/onboarding")
        self._gaps = ground.streams.named(f"{name}/wave-gaps")

    # -- admission ----------------------------------------------------------------------------------

    def open(self) -> None:
        """The regime opens: the first firms on the list are asked to apply."""
        self.is_open = True
        self.add_places(self._at_opening)

    def add_places(
        self,
        count: int,
        rule: Rule | None = None,
        quotas: dict[str, int] | None = None,
        spread: bool = False,
    ) -> None:
        """More places: as many further firms are asked, all at once or (``spread``) at random times one by one.

        ``rule`` and ``quotas`` draw the list of candidates up anew for this wave and those after it; firms that
        were found fit before and have no place are on it too. Without a rule these come first.
        """
        self._wave += 1
        self._places += count
        if rule is not None:
            self._candidates.draw_up(rule, quotas or {}, self._found_fit)
        if self.is_open:
            self._invite(spread, ranked=rule is not None)

    def open_to_all(self) -> None:
        """The regime is permanent: whoever applies and is found fit is admitted; nobody is named any more."""
        self._places, self._names_candidates = _NO_LIMIT, False
        self._invite()

    def stop_orders(self) -> None:
        """The regime is wound down: no admission and no order from now on; those who wait for quota go on."""
        self._closing = True
        for _, turn in self._line.admit(lambda group: _NO_LIMIT, lambda group, entry: None):
            turn.succeed()

    def end(self) -> None:
        """The wind-down is over: nothing is released any more, and every admission ends."""
        self.is_open = False
        self.permitted = set()
        for firm in self.participants:
            if not any(other.has(firm.index) for other in self._beside):
                firm.admitted_at = -1
        self._ground.journal.record(Kind.WOUND_DOWN, actor=self.entity)

    def unsolicited(self, firm: Importer) -> None:
        """A firm applies of its own accord; it takes the desk's time and waits for a place."""
        if firm.index not in self._asked and not self._closing:
            self._candidates.strike_off(firm)
            self._ask(firm)
            self._pending += 1
            self._apply(firm)

    def revoke(self, rank: int) -> None:
        """Withdraw the admission of the firm admitted ``rank``-th; nothing happens if there is none."""
        if rank > len(self.participants):
            return
        firm = self.participants[rank - 1]
        if self.has(firm.index):
            self.withdraw(firm)

    def withdraw(self, firm: Importer, breach: int = 0) -> None:
        """A participant loses its admission, for a breach or by a decision from outside (0).

        Its place goes to the next firm. After a threat of laundering orders of its own that wait
        for their release are stopped for good.
        """
        self._members.pop(firm.index, None)
        if not any(other.has(firm.index) for other in self._beside):
            firm.admitted_at = -1
        self._filled -= 1
        self._revoked.add(firm.index)
        if breach == _LAUNDERING:
            self._barred.add(firm.index)
        self._ground.journal.record(Kind.REVOKED, actor=self.entity, subject=firm.entity, extra=breach)
        self._invite()

    def _invite(self, spread: bool = False, ranked: bool = False) -> None:
        """Fill places with firms already found fit, then ask the next on the list until each has a candidate."""
        if self._closing:
            return
        while not ranked and self._found_fit and self._filled < self._places:
            self._admit(self._found_fit.pop(0))
        delay = 0.0
        while self._names_candidates and self._filled + self._pending < self._places:
            firm = self._candidates.name_next(self._wave)
            if firm is None:
                return
            if firm in self._found_fit:
                self._found_fit.remove(firm)
                self._admit(firm)
                continue
            self._ask(firm)
            self._pending += 1
            if not spread:
                self._apply(firm)
                continue
            delay += self._gaps.exponential(
                self._ground.number("hours.business_day")
                * 3_600
                / self._ground.number("regulator.application_rate")
            )
            self._ground.env.process(self._apply_later(firm, int(delay)))

    def _apply_later(self, firm: Importer, work_seconds: int) -> Process[None]:
        yield self._ground.until(self._hours.finish(self._ground.now, work_seconds))
        self._apply(firm)

    def _apply(self, firm: Importer) -> None:
        self._ground.journal.record(Kind.APPLIED, actor=self.entity, subject=firm.entity)
        if self.reviewer is None:
            self._pending -= 1
            self._admit_if_place(firm)
        else:
            self._ground.env.process(self._decide(firm, self.reviewer))

    def _decide(self, firm: Importer, reviewer: Reviewer) -> Process[None]:
        fit = yield from reviewer.review(firm)
        self._pending -= 1
        if fit:
            self._admit_if_place(firm)
        else:
            self._ground.journal.record(Kind.ADMISSION_REFUSED, actor=self.entity, subject=firm.entity)
            self._invite()

    def _admit_if_place(self, firm: Importer) -> None:
        """Places go in the order of the decisions; who comes too late waits for the next one."""
        if self._closing:
            self._ground.journal.record(Kind.ADMISSION_REFUSED, actor=self.entity, subject=firm.entity)
        elif self._filled < self._places:
            self._admit(firm)
        else:
            self._ground.journal.record(Kind.FOUND_FIT, actor=self.entity, subject=firm.entity)
            self._found_fit.append(firm)

    def _admit(self, firm: Importer) -> None:
        ground = self._ground
        firm.admitted_at = ground.now
        self._members[firm.index] = ground.now
        self._filled += 1
        self.participants.append(firm)
        ground.journal.record(Kind.ADMITTED, actor=self.entity, subject=firm.entity, amount=self._wave)
        if self.supervisor is not None:
            self.supervisor.admitted(firm)
        days = ground.table("bank.onboarding_bd")
        wait = self._onboarding.lognormal(firm.index, days["median"], days["sigma"])
        firm.regime_ready = self._hours.finish(
            ground.now, int(wait * ground.number("hours.business_day") * 3_600)
        )

    # -- other regimes -----------------------------------------------------------------------------

    def has(self, firm: int) -> bool:
        """Whether the firm of this index is admitted now."""
        return firm in self._members

    def admitted_since(self, firm: Importer) -> int:
        """Second of the admission that stands (-1: none does)."""
        return self._members.get(firm.index, -1) if self.is_open else -1

    def stand_beside(self, other: "Regulator", overlap: bool) -> None:
        """There is another regime; without ``overlap`` a firm that has applied to the one is not of the other."""
        for one, two in ((self, other), (other, self)):
            one._beside.append(two)
            if not overlap:
                one._apart.append(two)
                for index in sorted(two._asked):
                    one.leave_out(index)

    def leave_out(self, firm: int) -> None:
        """A firm (its index) does not come into question here."""
        self._asked.add(firm)
        self._candidates.strike_off(self._firms[firm])

    def _ask(self, firm: Importer) -> None:
        self._asked.add(firm.index)
        for other in self._apart:
            other.leave_out(firm.index)

    def permit(self, rail: int, permitted: bool) -> None:
        """The law opens or closes a rail; one that this regime never has stays closed."""
        if not permitted:
            self.permitted = self.permitted - {rail}
        elif self.own_rails is None or rail in self.own_rails:
            self.permitted = self.permitted | {rail}

    # -- orders ---------------------------------------------------------------------------------------

    def objection(self, payment: Payment) -> Reason:
        """What stands against an order before its volume is looked at: admission and rail."""
        firm = self._firms[payment.importer]
        if firm.index in self._revoked:
            return Reason.AG01_REVOKED
        if firm.index not in self._members:
            return Reason.AG08
        if self._closing or not self.is_open or payment.rail not in self.permitted:
            return Reason.AG03
        return _GO_ON

    def authorise(self, payment: Payment) -> Reason:
        """Decide on an order: NONE (authorised, quota taken), SL16 (over the cap) or the reason of a refusal."""
        objection = self.objection(payment)
        if objection:
            return objection
        firm = self._firms[payment.importer]
        if self._caps.any:
            over = self._take_quota(firm, payment)
            if over:
                return over
        now = self._ground.now
        mark = order_hash(payment, payment.rail)
        payment.authorisation = Authorisation(mark, now + self._valid, self.entity)
        self._ground.journal.record(
            Kind.AUTHORISED, payment.number, self.entity, -1, payment.rail, mark, now + self._valid
        )
        return _GO_ON

    def confirmed_alert(self, payment: Payment) -> None:
        """Analysts confirmed an alert on an order on a rail of the regime."""
        if self.supervisor is not None:
            self.supervisor.confirmed_alert(self._firms[payment.importer])

    @property
    def waits_for_quota(self) -> bool:
        """Whether an order over the cap waits for the next month."""
        return self._caps.wait

    def fits_at_all(self, payment: Payment) -> bool:
        """Whether an empty month would hold the order."""
        return self._caps.ever_fits(_group(payment), payment.invoice_cents, self._ground.today)

    def quota_turn(self, payment: Payment) -> simpy.Event:
        """An event that succeeds in the first second of the month that has room for the order, in its turn."""
        if not len(self._line):
            self._ground.env.process(self._admit_from_line())
        turn = self._ground.env.event()
        self._line.join(_group(payment), payment.invoice_cents, (payment.invoice_cents, turn))
        return turn

    def _admit_from_line(self) -> Process[None]:
        """At the turn of each month, as long as anybody waits: those whom the caps' room holds go on."""
        ground = self._ground
        waiting = True
        while waiting:
            yield ground.until(self._next_month())
            plan, today = self._caps.planned(), ground.today

            def use(group: Group, entry: tuple[int, simpy.Event], plan: VolumeCaps = plan) -> None:
                plan.take(group, entry[0], ground.today)

            def room(group: Group, plan: VolumeCaps = plan, today: date = today) -> int:
                return plan.room(group, today)

            for _, turn in self._line.admit(room, use):
                turn.succeed()
            waiting = len(self._line) > 0

    def _next_month(self) -> int:
        """First second of the next calendar month."""
        today = self._ground.today
        year, month = (today.year + 1, 1) if today.month == 12 else (today.year, today.month + 1)
        return self._ground.clock.second(today.replace(year=year, month=month, day=1))

    def consume(self, payment: Payment, actor: int) -> Reason:
        """The last word at release: the authorisation fits, is unexpired, unrevoked and is used up now."""
        held = payment.authorisation
        mark = order_hash(payment, payment.rail)
        firm = self._firms[payment.importer]
        if firm.index in self._barred:
            return Reason.RR04
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
        return _GO_ON

    def _take_quota(self, firm: Importer, payment: Payment) -> Reason:
        """Count the order against its caps, or say that one has no room; what is in flight counts too."""
        uses = self._caps.take(_group(payment), payment.invoice_cents, self._ground.today)
        if uses is None:
            return Reason.SL16
        for use in uses:
            self._ground.journal.record(
                Kind.QUOTA_USED,
                payment.number,
                self.entity,
                -1 if use.firm < 0 else firm.entity,
                self._category(use.category),
                use.used,
                use.limit,
            )
        return _GO_ON

    def _category(self, name: str) -> int:
        """Entity that stands for a goods category in the caps' rows (-1: all categories)."""
        if not name:
            return -1
        found = self._categories.get(name)
        if found is None:
            found = self._categories[name] = self._ground.journal.entity(f"category/{name}")
        return found


def _group(payment: Payment) -> Group:
    return payment.importer, payment.category
