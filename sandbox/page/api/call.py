"""One request and one endpoint, as the table and the functions of the API see them."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from starlette.requests import Request

from sandbox.page.jobs import Job, Kind
from sandbox.page.reception import Reception
from sandbox.page.refusals import Refusal
from sandbox.page.sessions import Session
from sandbox.page.viewers import Viewer
from sandbox.page.words import LANGUAGES, language_of

_PAYMENT = re.compile(r"^(?:P-)?(\d{1,9})$", re.ASCII)
_NUMBER = re.compile(r"^\d{1,12}$", re.ASCII)


def spoken_by(request: Request) -> str:
    """The language of sentences for people: the visitor's; English for a script that asks for none."""
    return language_of(request.cookies, request.headers.get("accept-language", ""), LANGUAGES[0])


@dataclass(frozen=True, slots=True)
class Call:
    """One request, as an endpoint sees it."""

    reception: Reception
    request: Request
    session: Session

    @property
    def spoken(self) -> str:
        """The language of sentences for people in an answer of the API."""
        return spoken_by(self.request)

    @property
    def owner(self) -> str:
        """Whose jobs these are."""
        return self.reception.owner(self.request, self.session)

    @property
    def viewer(self) -> Viewer:
        """What there is to see for whoever asks."""
        return self.reception.viewer(self.request, self.session)

    def job(self, kind: Kind, job_id: str | None = None) -> Job:
        """The job of an id, else of that in the path. Refusal 404 for one that is not there, or not for this viewer."""
        return self.reception.job(self.path("id") if job_id is None else job_id, kind, self.viewer)

    def path(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params[name])

    def number(self, name: str) -> int:
        """A part of the path that is a whole number. Refusal 404 for anything else."""
        if not _NUMBER.match(self.path(name)):
            raise Refusal(404, "no_page", "there is nothing here")
        return int(self.path(name))

    def payment(self) -> int:
        """The number of the payment in the path. Refusal 404 for what is no payment."""
        found = _PAYMENT.match(self.path("payment"))
        if found is None:
            raise Refusal(404, "no_payment", "this run has no such payment")
        return int(found[1])


Answer = tuple[int, dict[str, Any]]
Handler = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One line of the API."""

    method: str
    path: str
    summary: str
    handler: Handler
    shape: str
    """Name of the answer among the shapes."""
    answers: tuple[int, ...] = (200,)
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
