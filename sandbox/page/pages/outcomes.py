"""What becomes of a call: a template with its values, another address, or a file; and what pages share."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.page.api.call import Call
from sandbox.page.asked import PageQuery
from sandbox.page.bodies import form_body
from sandbox.page.jobs import Job
from sandbox.page.refusals import Refusal

#: Fields that a form may carry beside those of its own.
_TOKEN_FIELD = "token"


@dataclass(frozen=True, slots=True)
class Shown:
    """A template with its values."""

    template: str
    values: Mapping[str, Any]
    status: int = 200
    section: str = ""
    """Which entry of the navigation this page belongs to."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another address, fetched with GET after a form was taken."""

    address: str
    cookies: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Download:
    """A file to keep."""

    data: bytes
    name: str
    media_type: str


Outcome = Shown | Elsewhere | Download
Handler = Callable[[Call], Awaitable[Outcome]]


async def own_form(call: Call) -> dict[str, str]:
    """The fields of one of our own forms. Refusal 403 for a form of anybody else's making."""
    form = await form_body(call.request)
    if call.session.new or not call.reception.sessions.is_form_token(
        call.session, form.pop(_TOKEN_FIELD, "")
    ):
        raise Refusal(403, "form", "this form is too old, or not of this server; open the page again")
    return form


def whole_number(text: str) -> int | str:
    """A form's number; what is none stays text, and the model says what is wrong with it."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 20 else text


def base_of(job: Job) -> str:
    """Where the pages of a job begin."""
    return f"/{job.kind}s/{job.id}"


def part_of(query: PageQuery) -> dict[str, int]:
    """Which part of a list is shown, for the links to its neighbours."""
    return {"offset": query.offset, "limit": query.limit}
