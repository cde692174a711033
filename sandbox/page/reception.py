"""What every request meets behind the gate: the settings, the clerk, the sessions, the open folders."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from sandbox.page import beside
from sandbox.page.classroom.book import TEAM_OWNER, Book
from sandbox.page.clerk import LOG, Clerk
from sandbox.page.jobs import Job, Kind, State
from sandbox.page.opened import Opened, OpenFolders
from sandbox.page.paper_desk import PaperDesk
from sandbox.page.refusals import Refusal
from sandbox.page.sessions import COOKIE, Rate, Session, Sessions
from sandbox.page.settings import Settings
from sandbox.page.shelf import Paper
from sandbox.page.viewers import Viewer
from sandbox.report.wording import language, of_author

T = TypeVar("T")


def _metrics(opened: Opened) -> list[dict[str, Any]]:
    """Every measured number of a run."""
    return list(opened.run.metrics)


def _column(job: Job, place: int) -> str:
    """The heading of one of two runs."""
    return f"{place}: {of_author(job.arms[0].title) or job.arms[0].name}"


class Reception:
    """One for each server."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clerk = Clerk(settings)
        self.papers = PaperDesk(self.clerk.shelf, settings.folder / LOG, settings.limits)
        self.sessions = Sessions(settings.folder, settings.room)
        self.folders = OpenFolders()
        self.submits = Rate(settings.limits.submits_a_minute)
        self.completions = Rate(settings.limits.completions_a_minute)
        self.guesses = Rate(settings.limits.guesses_a_minute)
        self.book = Book(settings.folder, settings.teams) if settings.teams else None
        """The class book; None where there is no classroom."""

    async def open(self) -> None:
        """Take up what a former server left unfinished, and begin to work."""
        await self.clerk.open()

    async def close(self) -> None:
        """Stop all work, and let go of the class book."""
        await asyncio.gather(self.clerk.close(), self.papers.close())
        if self.book is not None:
            self.book.close()

    def visitor(self, request: Request) -> Session:
        """The session of a request; a new one for who has none. Joined unless the room asks for a code."""
        known = self.sessions.read(request.cookies.get(COOKIE))
        if known is not None:
            return known
        return self.sessions.fresh(joined=not self.settings.lan)

    def let_in(self, request: Request, session: Session) -> None:
        """Refusal 403 for whoever has to give the room code first; scripts give it in a header."""
        if not self.settings.lan or session.joined:
            return
        code = request.headers.get("x-room-code", "")
        if not code:
            raise Refusal(403, "room", "give the room code first")
        self.guess(request, code)

    def guess(self, request: Request, code: str) -> None:
        """Whether the room code is right. Refusal 429 for too many attempts, 403 for a wrong code."""
        address = request.client.host if request.client else ""
        if not self.sessions.is_room(code):
            if not self.guesses.allows(address):
                raise Refusal(
                    429, "too_many", "too many attempts; wait a minute", headers={"Retry-After": "60"}
                )
            raise Refusal(403, "room", "this is not the room code")

    def owner(self, request: Request, session: Session) -> str:
        """Whose jobs these are: the team's, else the session's, or for a script without one its address's."""
        if self.book is not None and (team := self.book.team_of(session.owner)) is not None:
            return team.owner
        if session.new and request.client:
            return f"script {request.client.host}"
        return session.owner

    def count_submit(self, owner: str) -> None:
        """Refusal 429 for a visitor who submits too often, 409 for a team while the teacher has stopped all."""
        if self.book is not None and self.book.frozen and owner.startswith(TEAM_OWNER):
            raise Refusal(409, "frozen", "the teacher has stopped all teams")
        self._count(self.submits, owner, "too many submissions; wait a minute")

    def count_completion(self, owner: str) -> None:
        """Refusal 429 for a visitor who asks for completions faster than anybody types."""
        self._count(self.completions, owner, "too many completions; wait a minute")

    def _count(self, rate: Rate, owner: str, message: str) -> None:
        if not rate.allows(owner):
            raise Refusal(429, "too_many", message, headers={"Retry-After": "60"})

    def viewer(self, request: Request, session: Session) -> Viewer:
        """Who asks, and what there is to see and to stop for them."""
        teaches = self.book is not None and self.book.is_teacher(session.owner)
        return Viewer(
            self.owner(request, session),
            sees_all=teaches or self.book is None,
            stops_all=teaches or (self.book is None and not self.settings.lan),
        )

    def job(self, job_id: str, kind: Kind, viewer: Viewer) -> Job:
        """A job of that kind. Refusal 404, the same for one that is not there and one that is not the viewer's."""
        job = self.clerk.shelf.find(job_id)
        if job is None or job.kind is not kind or not viewer.sees(job):
            raise Refusal(404, f"no_{kind}", f"there is no such {kind}")
        return job

    def jobs(self, viewer: Viewer) -> list[Job]:
        """All jobs that are there for the viewer, the newest first."""
        return [job for job in self.clerk.shelf.jobs() if viewer.sees(job)]

    async def read(self, job: Job, reading: Callable[..., T], *asked: Any, remember: bool = True) -> T:
        """A reading of a finished run's folder. Refusal 409 for one that is not complete."""
        if job.state is not State.COMPLETE or job.kind is not Kind.RUN:
            raise Refusal(409, "not_complete", "this run is not complete")
        folder = self.clerk.shelf.run_folder(job)
        return await run_in_threadpool(self.folders.read, folder, reading, *asked, remember=remember)

    async def pair(self, first: Job, second: Job) -> dict[str, Any]:
        """The tables that put two finished runs side by side. Refusal 409 for one that is not complete."""
        one, other = [await self.read(job, _metrics) for job in (first, second)]
        return beside.tables(one, other, (_column(first, 1), _column(second, 2)))

    async def result(self, job: Job) -> dict[str, Any]:
        """What the page shows of a finished job, in the language spoken. Refusal 409 for one that is not complete."""
        return await run_in_threadpool(self._document, await self.papers.paper(job, Paper.RESULT, language()))

    def _document(self, path: Path) -> dict[str, Any]:
        import json

        try:
            document = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise Refusal(409, "run_damaged", "the files are not those that were written") from None
        return dict(document)

    def view(self, job: Job) -> dict[str, Any]:
        """A job as the page and scripts see it."""
        progress = self.clerk.progress.get(job.id)
        return {
            "id": job.id,
            "number": job.number,
            "kind": str(job.kind),
            "name": job.arms[0].name,
            "title": job.arms[0].title,
            "question": job.arms[-1].question,
            "arms": [{"name": arm.name, "title": arm.title, "hash": arm.hash} for arm in job.arms],
            "seed": job.seed,
            "replications": job.replications,
            "state": str(job.state),
            "message": job.message,
            "ended": job.ended,
            "before": self.clerk.turns.before(job.id),
            "progress": progress if job.state is State.RUNNING else None,
        }
