"""The Bank of Russia's application desk: officers review a firm, then the other agencies must agree."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

from sandbox.clock import Hours
from sandbox.desk import Desk
from sandbox.journal.kinds import QuickKind as Kind
from sandbox.payments import Process
from sandbox.population import Importer, lognormal_from_mean
from sandbox.rail import Ground

#: Most agencies that may have a say; each has a random number of its own for every firm.
MOST_AGENCIES = 8


@dataclass(slots=True, frozen=True)
class Agencies:
    """How the other agencies are asked. None: as the parameter ``regulator.interagency_bd`` says."""

    count: int | None = None
    """Agencies that must agree."""
    days_mean: float | None = None
    """Mean business days one of them takes."""
    in_turn: bool = False
    """One after another; else all are asked at once and the slowest decides (a fork and join)."""


class ApplicationDesk:
    """From a firm's application to the finding whether it is fit to take part."""

    def __init__(
        self,
        ground: Ground,
        desk: Desk,
        hours: Hours,
        firms: Sequence[Importer],
        agencies: Agencies,
        large_first: bool = False,
    ) -> None:
        self.desk = desk
        self._ground = ground
        self._hours = hours
        self._agencies = agencies
        self._large_from = (
            _threshold(firms, ground.number("regulator.large_firm_share")) if large_first else 0.0
        )
        streams = ground.streams
        self._review = streams.indexed("regulator/review")
        self._verdict = streams.indexed("regulator/verdict")
        self._answers = streams.indexed("regulator/agencies")

    def review(self, firm: Importer) -> Process[bool]:
        """Officers, then agencies; True if the firm is found fit."""
        ground = self._ground
        service = ground.table("regulator.review_service_bd")
        median, sigma = lognormal_from_mean(service["mean"], service["cv"])
        days = self._review.lognormal(firm.index, median, sigma)
        first = 0 if firm.turnover >= self._large_from else 1
        yield self.desk.firm(firm.entity, int(days * ground.number("hours.business_day") * 3_600), first)
        yield from self._consent(firm)
        return not self._verdict.bernoulli(firm.index, ground.number("regulator.p_reject_application"))

    def at(self, desk: Desk) -> "ApplicationDesk":
        """The same review by the officers of another desk: a firm's luck is its own, wherever it applies."""
        other = copy(self)
        other.desk = desk
        return other

    def _consent(self, firm: Importer) -> Process[None]:
        """Every agency's answer, in the order of time."""
        ground, asked = self._ground, self._ground.now
        others = ground.table("regulator.interagency_bd")
        mean = others["mean"] if self._agencies.days_mean is None else self._agencies.days_mean
        count = int(others["agencies"]) if self._agencies.count is None else self._agencies.count
        answers: list[tuple[int, int, int]] = []
        begins = asked
        for agency in range(count):
            days = self._answers.exponential(firm.index * MOST_AGENCIES + agency, mean)
            work = int(days * ground.number("hours.business_day") * 3_600)
            ends = self._hours.finish(begins, work)
            answers.append((ends, agency, work))
            if self._agencies.in_turn:
                begins = ends
        for ends, agency, work in sorted(answers):
            yield ground.until(ends)
            ground.journal.record(
                Kind.AGENCY_AGREED,
                actor=ground.journal.entity(f"agency/{agency + 1}"),
                subject=firm.entity,
                amount=work,
                extra=ground.now - asked,
            )


def _threshold(firms: Sequence[Importer], share: float) -> float:
    """Turnover from which a firm is one of the largest ``share`` of all."""
    ranked = sorted((firm.turnover for firm in firms), reverse=True)
    place = min(len(ranked), max(1, round(share * len(ranked))))
    return ranked[place - 1] if ranked else 0.0


__all__ = ["MOST_AGENCIES", "Agencies", "ApplicationDesk"]
