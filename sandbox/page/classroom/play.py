"""A team's game: which quarter it is in, how its runs stand, and what each quarter was worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.classroom.game.decisions import Decision, decision_of
from sandbox.classroom.game.deck import Card, deal
from sandbox.classroom.game.objectives import Figures, Points, figures_of, score, total
from sandbox.classroom.game.quarters import LAST
from sandbox.classroom.game.scenario import scenario_text
from sandbox.page.classroom.book import Book, Team, Turn
from sandbox.page.clerk import Order, Wanted
from sandbox.page.jobs import Job, Kind, State
from sandbox.page.reception import Reception
from sandbox.page.refusals import Refusal
from sandbox.report.wording import language


@dataclass(frozen=True, slots=True)
class Quarter:
    """One quarter that is over."""

    number: int
    decision: Decision
    card: Card | None
    """What came in it; None in the first."""
    points: tuple[Points, ...]
    job: str

    @property
    def total(self) -> float:
        """Points of the quarter."""
        return total(self.points)


@dataclass(frozen=True, slots=True)
class Standing:
    """A team's game as it stands."""

    team: Team
    quarters: tuple[Quarter, ...]
    running: Job | None
    """The job of the quarter that was decided last, while it waits or runs."""

    @property
    def total(self) -> float:
        """Points so far."""
        return sum(each.total for each in self.quarters)

    @property
    def over(self) -> bool:
        """Whether all quarters are played."""
        return len(self.quarters) == LAST

    @property
    def next(self) -> int:
        """The quarter to be decided, or being run."""
        return len(self.quarters) + 1


class Play:
    """The games of all teams of a room."""

    def __init__(self, reception: Reception, book: Book) -> None:
        self._reception = reception
        self._book = book

    async def standing(self, team: Team) -> Standing:
        """How a team stands. A quarter whose run did not come to its end may be decided anew."""
        quarters: list[Quarter] = []
        running = None
        cards = deal(self._book.seed)
        for turn in self._book.turns(team):
            job = self._reception.clerk.shelf.find(turn.job)
            if turn.figures is None and (job is None or (job.ended and job.state is not State.COMPLETE)):
                self._book.take_back(team, turn.quarter)
                break
            if turn.figures is None and job is not None and not job.ended:
                running = job
                break
            figures = await self._figures(team, turn, job)
            card = cards.get(turn.quarter)
            quarters.append(Quarter(turn.quarter, figures.decision, card, score(figures), turn.job))
        return Standing(team, tuple(quarters), running)

    async def _figures(self, team: Team, turn: Turn, job: Job | None) -> Figures:
        decision = decision_of(turn.decision)
        if turn.figures is None:
            assert job is not None
            rows = await self._reception.read(job, metric_rows)
            found = figures_of(turn.quarter, decision, rows)
            self._book.measured(team, turn.quarter, found.metrics)
            return found
        return Figures(turn.quarter, decision, turn.figures)

    async def decide(self, team: Team, quarter: int, decision: Decision) -> None:
        """Take a quarter's decision and have it run. Refusal 409 where it is not that quarter's turn."""
        standing = await self.standing(team)
        if standing.running is not None or standing.over or quarter != standing.next:
            raise Refusal(409, "not_this_quarter", "this quarter is not the one to decide now")
        decisions = [each.decision for each in standing.quarters] + [decision]
        order = Order(
            kind=Kind.RUN,
            owner=team.owner,
            wanted=(Wanted(text=scenario_text(decisions, self._book.seed)),),
            seed=self._book.seed,
            language=language(),
        )
        job, _ = await self._reception.clerk.submit(order)
        if not self._book.decide(team, quarter, decision.model_dump(mode="json"), job.id):
            raise Refusal(409, "not_this_quarter", "a team-mate has decided this quarter meanwhile")

    async def league(self) -> list[Standing]:
        """All teams, the most points first; equal ones in the order of their founding."""
        standings = [await self.standing(team) for team in self._book.teams()]
        return sorted(standings, key=lambda each: (-each.total, each.team.number))


def metric_rows(opened: Any) -> Sequence[Any]:
    """The measured rows of a finished run."""
    rows: Sequence[Any] = opened.run.metrics
    return rows
