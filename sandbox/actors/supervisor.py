"""Supervision of participants: their periodic reports, inspections, notices, and what may end in revocation.

Every participant owes a report on each period, and files it after a time of its own. Late reports and alerts that
analysts confirmed lie on its file. A file that is full brings an inspection at once; others come at random. An
inspection that finds a breach ends with some probability in a revocation; where the breach is a threat of
laundering, notice is given first, and the admission ends when the notice's time is over.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from sandbox.clock import DAY, HOUR, Hours
from sandbox.journal.kinds import QuickKind as Kind
from sandbox.payments import Process
from sandbox.policies.dated_rate import DatedRate, arrival
from sandbox.population import Importer, lognormal_from_mean
from sandbox.rail import Ground

#: Reports, inspections: each firm's own numbers, so that index = firm * _EACH + count.
_EACH = 1_024


class Breach(IntEnum):
    """What an inspection looks into or finds, and why an admission ends; the codes stand in the journal."""

    NONE = 0
    """A routine inspection; nothing found; a decision from outside supervision."""
    REPORTS = 1
    LAUNDERING = 2


@dataclass(slots=True, frozen=True)
class Rules:
    """The levers of supervision; None: as the parameters ``regulator.*`` say."""

    report_every: int
    """Seconds of a reporting period."""
    report_limit_days: int | None = None
    """Business days in which a report is due."""
    inspections_per_year: float | DatedRate | None = None
    """The same all the time, or by the second from which each rate holds."""
    revoke_probability: float | None = None
    """Probability that a breach found costs the admission."""


@dataclass(slots=True)
class _File:
    """What is held against one participant."""

    since: int
    """Second of the admission it belongs to."""
    late: deque[int] = field(default_factory=deque)
    hits: deque[int] = field(default_factory=deque)
    inspected: int = 0
    """Inspections so far."""
    open: bool = False
    """An inspection or a notice is under way."""


class Supervisor:
    """Watches participants from their admission to its end."""

    def __init__(
        self,
        ground: Ground,
        hours: Hours,
        entity: int,
        rules: Rules,
        withdraw: Callable[[Importer, int], None],
        admitted_since: Callable[[Importer], int],
        regime: str = "",
    ) -> None:
        """``regime`` is the name of any regime but the first: its chances are its own, and reports say it."""
        self._ground = ground
        self._hours = hours
        self._entity = entity
        self._rules = rules
        self._withdraw = withdraw
        self._admitted_since = admitted_since
        self._named = entity if regime else -1
        self._files: dict[int, _File] = {}
        self.reports_due = 0
        """Reports whose time was over so far."""
        self.reports_in_time = 0
        streams = ground.streams
        self._filing = streams.indexed(f"{regime or 'importer'}/report-days")
        self._gaps = streams.indexed(f"{regime or 'regulator'}/inspection-gaps")
        self._verdict = streams.indexed(f"{regime or 'regulator'}/revocation")

    def admitted(self, firm: Importer) -> None:
        """A firm joins: its reports and routine inspections begin."""
        file = self._files[firm.index] = _File(self._ground.now)
        self._ground.env.process(self._periods(firm, file))
        self._ground.env.process(self._routine(firm, file))

    def confirmed_alert(self, firm: Importer) -> None:
        """Analysts confirmed an alert on an order of a participant on the regime's rails."""
        file = self._files.get(firm.index)
        if file is not None and self._takes_part(firm, file):
            file.hits.append(self._ground.now)
            self._look(firm, file)

    # -- reports ----------------------------------------------------------------------------------

    def _periods(self, firm: Importer, file: _File) -> Process[None]:
        number = 0
        while True:
            yield self._ground.env.timeout(self._rules.report_every)
            if not self._takes_part(firm, file):
                return
            number += 1
            self._ground.env.process(self._report(firm, file, number))

    def _report(self, firm: Importer, file: _File, number: int) -> Process[None]:
        """One report, from the end of its period to its filing."""
        ground = self._ground
        limit = self._rules.report_limit_days
        days = ground.number("regulator.report_limit_bd") if limit is None else limit
        due = self._hours.finish(ground.now, int(days * self._day_seconds()))
        ground.journal.record(
            Kind.REPORT_DUE, actor=self._entity, subject=firm.entity, amount=number, extra=due
        )
        mean, cv = ground.number("regulator.report_delay_bd"), ground.number("regulator.report_delay_cv")
        median, sigma = lognormal_from_mean(mean, cv)
        work = self._filing.lognormal(firm.index * _EACH + number % _EACH, median, sigma)
        yield ground.until(self._hours.finish(ground.now, int(work * self._day_seconds())))
        ground.journal.record(
            Kind.REPORT_FILED,
            actor=firm.entity,
            subject=firm.entity,
            object=self._named,
            amount=number,
            extra=due,
        )
        self.reports_due += 1
        if ground.now <= due:
            self.reports_in_time += 1
        elif self._takes_part(firm, file):
            file.late.append(ground.now)
            self._look(firm, file)

    # -- inspections ------------------------------------------------------------------------------

    def _look(self, firm: Importer, file: _File) -> None:
        """Send inspectors at once if the file is full."""
        found = self._held_against(file, "on_file")
        if found and not file.open:
            self._ground.env.process(self._inspect(firm, file, found))

    def _routine(self, firm: Importer, file: _File) -> Process[None]:
        count = 0
        while True:
            second = self._next_routine(firm.index * _EACH + count % _EACH)
            if second is None:
                return
            count += 1
            yield self._ground.until(second)
            if not self._takes_part(firm, file):
                return
            if not file.open:
                yield self._ground.env.process(self._inspect(firm, file, Breach.NONE))

    def _next_routine(self, index: int) -> int | None:
        """Second of a firm's next routine inspection; None: there will be none."""
        asked, now = self._rules.inspections_per_year, self._ground.now
        if asked is not None and not isinstance(asked, int | float):
            return arrival(now, self._gaps.exponential(index, 1.0), asked)
        rate = self._ground.number("regulator.inspection_rate") if asked is None else asked
        return now + max(1, int(self._gaps.exponential(index, 365 * DAY / rate))) if rate > 0 else None

    def _inspect(self, firm: Importer, file: _File, cause: Breach) -> Process[None]:
        """Some days on the spot; a breach found is punished or forgiven, and the file is closed."""
        ground = self._ground
        file.open = True
        work = int(ground.number("regulator.inspection_bd") * self._day_seconds())
        yield ground.until(self._hours.finish(ground.now, work))
        found = self._held_against(file, "at_inspection")
        ground.journal.record(
            Kind.INSPECTED, actor=self._entity, subject=firm.entity, amount=found, extra=cause
        )
        index, file.inspected = firm.index * _EACH + file.inspected % _EACH, file.inspected + 1
        if found and self._takes_part(firm, file):
            file.late.clear()
            file.hits.clear()
            asked = self._rules.revoke_probability
            likely = ground.number("regulator.p_revoke_given_breach") if asked is None else asked
            if self._verdict.bernoulli(index, likely):
                yield from self._end(firm, file, found)
        file.open = False

    def _end(self, firm: Importer, file: _File, found: Breach) -> Process[None]:
        """The admission ends: at once, or after the notice that a threat of laundering asks for."""
        ground = self._ground
        if found is Breach.LAUNDERING:
            until = ground.now + int(ground.number("regulator.notice_days_ml")) * DAY
            ground.journal.record(
                Kind.NOTICE_GIVEN, actor=self._entity, subject=firm.entity, amount=found, extra=until
            )
            yield ground.until(until)
        if self._takes_part(firm, file):
            self._withdraw(firm, found)

    def _held_against(self, file: _File, bar: str) -> Breach:
        """What the entries that still count amount to; laundering weighs more."""
        oldest = self._ground.now - int(self._ground.number("regulator.file_days") * DAY)
        for entries in (file.late, file.hits):
            while entries and entries[0] <= oldest:
                entries.popleft()
        if len(file.hits) >= self._ground.table("regulator.breach_confirmed_alerts")[bar]:
            return Breach.LAUNDERING
        if len(file.late) >= self._ground.table("regulator.breach_late_reports")[bar]:
            return Breach.REPORTS
        return Breach.NONE

    def _day_seconds(self) -> float:
        """Of the work of a business day."""
        return self._ground.number("hours.business_day") * HOUR

    def _takes_part(self, firm: Importer, file: _File) -> bool:
        """Whether the admission to which the file belongs still stands."""
        return self._admitted_since(firm) == file.since


__all__ = ["Breach", "Rules", "Supervisor"]
