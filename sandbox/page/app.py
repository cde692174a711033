"""The application: routes from the tables of pages and endpoints, one answer for whatever else is asked."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from sandbox.page.api.answering import as_json
from sandbox.page.api.call import spoken_by
from sandbox.page.api.table import ENDPOINTS
from sandbox.page.classroom import mount as classroom
from sandbox.page.gate import App, Gate
from sandbox.page.pages.answering import as_page, refused
from sandbox.page.pages.table import PAGES
from sandbox.page.reception import Reception
from sandbox.page.refusals import Refusal
from sandbox.page.rendering import static_file
from sandbox.page.settings import Settings

Function = Callable[[Request], Awaitable[Response]]


def make_app(settings: Settings) -> App:
    """The whole application; its life starts and ends the clerk's work."""
    reception = Reception(settings)

    @asynccontextmanager
    async def life(_: Any) -> AsyncIterator[None]:
        await reception.open()
        try:
            yield
        finally:
            await reception.close()

    nothing = Place({}, partial(_unknown, reception))
    return Gate(Router(_routes(reception), redirect_slashes=False, default=nothing, lifespan=life), settings)


class Place:
    """One path: its functions by method, and the answer to any other method."""

    def __init__(self, functions: dict[str, Function], otherwise: Function) -> None:
        self._functions = functions
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        answer = self._functions.get(method, self._otherwise)
        response = await answer(Request(scope, receive, send))
        if self._functions and method not in self._functions:
            response.headers["allow"] = ", ".join(sorted(self._functions))
        await response(scope, receive, send)


def _routes(reception: Reception) -> list[Route]:
    by_path: dict[str, dict[str, Function]] = {
        "/static/{digest}/{name}": {"GET": partial(_static, reception)}
    }
    for endpoint in ENDPOINTS:
        function = partial(as_json, endpoint, reception)
        by_path.setdefault(endpoint.path, {})[endpoint.method] = function
    for method, path, handler, open_to_all in (*PAGES, *classroom.pages_of(reception)):
        function = partial(as_page, handler, open_to_all, reception)
        by_path.setdefault(path, {})[method] = function
    wrong = partial(_wrong_method, reception)
    return [Route(path, Place(functions, wrong)) for path, functions in by_path.items()]


async def _static(reception: Reception, request: Request) -> Response:
    """A file of the list, for good: its address has its digest."""
    found = static_file(request.path_params["name"])
    if found is None or found[2] != request.path_params["digest"]:
        return await _unknown(reception, request)
    headers = {"cache-control": "public, max-age=31536000, immutable"}
    return Response(found[0], media_type=found[1], headers=headers)


async def _unknown(reception: Reception, request: Request) -> Response:
    """What no route takes."""
    return _refused(reception, request, Refusal(404, "no_page", "there is nothing here"))


async def _wrong_method(reception: Reception, request: Request) -> Response:
    """A path with a method that it does not have."""
    return _refused(reception, request, Refusal(405, "method", "not with this method"))


def _refused(reception: Reception, request: Request, refusal: Refusal) -> Response:
    if request.url.path.startswith("/api/"):
        return JSONResponse(refusal.to_dict(spoken_by(request)), refusal.status)
    return refused(refusal, reception, request, reception.visitor(request))
