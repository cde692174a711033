"""From a request to its answer: the page, or the page that says why not."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from sandbox.page.api.call import Call
from sandbox.page.pages.outcomes import Download, Elsewhere, Handler, Outcome, Shown
from sandbox.page.reception import Reception
from sandbox.page.refusals import Refusal
from sandbox.page.rendering import render
from sandbox.page.sessions import COOKIE, Session
from sandbox.page.words import language_of
from sandbox.report.wording import speaking

_COOKIE_TERMS: Mapping[str, Any] = {"httponly": True, "samesite": "strict", "path": "/"}


async def as_page(handler: Handler, open_to_all: bool, reception: Reception, request: Request) -> Response:
    """The page for a request, or the page that says why not."""
    session = reception.visitor(request)
    with speaking(_language_of(request, reception)):
        response = await _answered(handler, open_to_all, Call(reception, request, session))
    if session.new and f"{COOKIE}=" not in response.headers.get("set-cookie", ""):
        response.set_cookie(COOKIE, reception.sessions.cookie(session), **_COOKIE_TERMS)
    return response


async def _answered(handler: Handler, open_to_all: bool, call: Call) -> Response:
    reception, request, session = call.reception, call.request, call.session
    try:
        if not open_to_all and reception.settings.lan and not session.joined:
            return RedirectResponse("/join" if call.reception.book is None else "/class", 303)
        return _response(await handler(call), reception, request, session)
    except Refusal as refusal:
        return refused(refusal, reception, request, session)


def refused(refusal: Refusal, reception: Reception, request: Request, session: Session) -> Response:
    """The page of a refusal."""
    shown = Shown("error.html.j2", {"refusal": refusal}, refusal.status)
    response = _response(shown, reception, request, session)
    response.headers.update(refusal.headers)
    return response


def _response(outcome: Outcome, reception: Reception, request: Request, session: Session) -> Response:
    if isinstance(outcome, Elsewhere):
        response: Response = RedirectResponse(outcome.address, 303)
        for name, value in outcome.cookies.items():
            response.set_cookie(name, value, **_COOKIE_TERMS)
        return response
    if isinstance(outcome, Download):
        headers = {"content-disposition": f'attachment; filename="{outcome.name}"'}
        return Response(outcome.data, media_type=outcome.media_type, headers=headers)
    values = {
        **outcome.values,
        "section": outcome.section,
        "token": reception.sessions.form_token(session),
        "classroom": reception.book is not None,
        "here": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
    }
    spoken = _language_of(request, reception)
    with speaking(spoken):
        return HTMLResponse(render(outcome.template, spoken, values), outcome.status)


def _language_of(request: Request, reception: Reception) -> str:
    """The visitor's language."""
    accepted = request.headers.get("accept-language", "")
    return language_of(request.cookies, accepted, reception.settings.language)
