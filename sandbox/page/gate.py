"""The gate: what every request passes before anybody reads it, and every answer on its way out.

Host names are allowed by list, so that a name that points here from outside reaches nothing. Requests that change
something must come from our own pages or from no browser at all. Answers carry the same strict headers, and an
exception becomes a number that leads to the log, never its text.
"""

import asyncio
import ipaddress
import logging
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from sandbox.page.settings import Settings
from sandbox.page.words import chosen
from sandbox.page.words.sentences import book
from sandbox.speech import LANGUAGES

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

_log = logging.getLogger("sandbox.page")

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
#: Scripts come from this server only. Plotly writes style elements of its own, so styles may stand in the page.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
)


class _TooLong(Exception):
    """The body is longer than allowed."""


class _TooSlow(Exception):
    """The body did not come in time."""


class Gate:
    """An ASGI application around the page's own."""

    def __init__(self, app: App, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                present = {name.lower() for name, _ in message.get("headers", ())}
                extra = [pair for pair in _HEADERS if pair[0] not in present]
                if b"cache-control" not in present:
                    extra.append((b"cache-control", b"no-store"))
                message = {**message, "headers": [*message.get("headers", ()), *extra]}
            await send(message)

        headers = _headers(scope)
        refused = self._refused(scope, headers)
        if refused is not None:
            await _answer(sending, headers, *refused)
            return
        try:
            await self._app(scope, self._bounded(receive), sending)
        except _TooLong:
            await _answer(sending, headers, 413, "too_long", "the request is longer than allowed")
        except _TooSlow:
            await _answer(sending, headers, 408, "too_slow", "the request did not arrive in time")
        except Exception:
            number = secrets.token_hex(6)
            _log.exception("error %s", number)
            if not started:
                await _answer(
                    sending, headers, 500, "error", f"something went wrong here; error {number} in the log"
                )

    def _refused(
        self, scope: MutableMapping[str, Any], headers: dict[str, list[str]]
    ) -> tuple[int, str, str] | None:
        """Why this request goes no further, if it does not."""
        hosts = headers.get("host", [])
        if len(hosts) != 1 or not self._is_own(hosts[0]):
            return 421, "host", "this server does not go by that name"
        lengths = headers.get("content-length", [])
        if lengths and (
            not lengths[0].isdecimal() or int(lengths[0][:12]) > self._settings.limits.body_bytes
        ):
            return 413, "too_long", "the request is longer than allowed"
        if scope["method"] not in _SAFE_METHODS and not _from_here(headers, hosts[0]):
            return 403, "origin", "requests that change something must come from this server's own pages"
        return None

    def _is_own(self, host: str) -> bool:
        """Whether a Host header names this machine: localhost or an address, never a name from outside."""
        name, port = _split(host)
        if port not in ("", str(self._settings.port)):
            return False
        if name == "localhost":
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        return address.is_loopback or (self._settings.lan and address.is_private)

    def _bounded(self, receive: Receive) -> Receive:
        """The body counted while it comes, and given a time to come in."""
        limits = self._settings.limits
        loop = asyncio.get_running_loop()
        until, taken, complete = loop.time() + limits.request_seconds, 0, False

        async def receiving() -> Message:
            nonlocal taken, complete
            if complete:
                return await receive()
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError:
                raise _TooSlow from None
            if message["type"] == "http.request":
                taken += len(message.get("body", b""))
                complete = not message.get("more_body", False)
                if taken > limits.body_bytes:
                    raise _TooLong
            return message

        return receiving


def _headers(scope: MutableMapping[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return found


def _split(host: str) -> tuple[str, str]:
    """Name and port of a Host header; brackets of an IPv6 address are taken off."""
    if host.startswith("["):
        name, end, rest = host[1:].partition("]")
        return (name, rest.removeprefix(":")) if end else ("", "")
    name, _, port = host.partition(":")
    return name.lower(), port


def _from_here(headers: dict[str, list[str]], host: str) -> bool:
    """Whether a browser says that one of our own pages asks, or no browser asks at all."""
    origins, sites = headers.get("origin", []), headers.get("sec-fetch-site", [])
    return all(origin == f"http://{host}" for origin in origins) and all(
        site in ("same-origin", "none") for site in sites
    )


async def _answer(send: Send, headers_of: dict[str, list[str]], status: int, code: str, message: str) -> None:
    """A short answer that needs none of the page's machinery."""
    accepted = ", ".join(headers_of.get("accept-language", ()))
    said = book(chosen(None, accepted, LANGUAGES[0])).told(message)
    body = f'{{"schema": "sandbox.refusal/1", "code": "{code}", "message": "{said}"}}\n'.encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if status in (408, 413):
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
