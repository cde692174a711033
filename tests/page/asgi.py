"""The page without a socket: its whole application in this process, spoken to as a browser or a script would."""

import asyncio
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from sandbox.page.app import make_app
from sandbox.page.settings import Settings


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8")

    @property
    def json(self) -> Any:
        """The body as a document."""
        return json.loads(self.body)

    def header(self, name: str) -> str:
        """A header's value; "" if it is not there."""
        return next((value for key, value in self.headers if key == name), "")


class Server:
    """One running application; its loop lives in a thread of its own."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.app = make_app(settings)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._to_life: asyncio.Queue[Any] = asyncio.Queue()
        self._from_life: asyncio.Queue[Any] = asyncio.Queue()
        self._life = asyncio.run_coroutine_threadsafe(self._live(), self._loop)
        self._tell("startup")

    async def _live(self) -> None:
        await self.app({"type": "lifespan", "state": {}}, self._to_life.get, self._from_life.put)

    def _tell(self, word: str) -> None:
        async def exchange() -> Any:
            await self._to_life.put({"type": f"lifespan.{word}"})
            return await self._from_life.get()

        answer = asyncio.run_coroutine_threadsafe(exchange(), self._loop).result(30)
        assert answer["type"] == f"lifespan.{word}.complete", answer

    def close(self) -> None:
        """Shut down as a server does when told to."""
        self._tell("shutdown")
        self._life.result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()

    def send(
        self,
        method: str,
        path: str,
        headers: list[tuple[bytes, bytes]],
        chunks: list[bytes],
        query: bytes = b"",
    ) -> Answer:
        """One request as raw as HTTP allows."""
        return asyncio.run_coroutine_threadsafe(
            self._send(method, path, headers, chunks, query), self._loop
        ).result(120)

    async def _send(
        self, method: str, path: str, headers: list[tuple[bytes, bytes]], chunks: list[bytes], query: bytes
    ) -> Answer:
        waiting = list(chunks)
        started: dict[str, Any] = {}
        body = bytearray()

        async def receive() -> dict[str, Any]:
            if not waiting:
                await asyncio.sleep(3600)
            chunk = waiting.pop(0)
            return {"type": "http.request", "body": chunk, "more_body": bool(waiting)}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                started.update(message)
            else:
                body.extend(message.get("body", b""))

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode("utf-8", "surrogatepass"),
            "query_string": query,
            "root_path": "",
            "headers": headers,
            "client": ("127.0.0.1", 50_000),
            "server": ("127.0.0.1", self.settings.port),
        }
        await self.app(scope, receive, send)
        found = [
            (key.decode("latin-1").lower(), value.decode("latin-1")) for key, value in started["headers"]
        ]
        return Answer(started["status"], found, bytes(body))


@dataclass
class Browser:
    """Keeps cookies and follows the address after a form, as a browser does; a script is one without cookies."""

    server: Server
    cookies: dict[str, str] = field(default_factory=dict)
    keeps_cookies: bool = True
    extra: Mapping[str, str] = field(default_factory=dict)

    def ask(
        self,
        method: str,
        address: str,
        body: bytes = b"",
        *,
        host: str | None = None,
        **headers: str,
    ) -> Answer:
        """One request."""
        path, _, query = address.partition("?")
        named = {"host": host or f"127.0.0.1:{self.server.settings.port}", **self.extra}
        named |= {key.replace("_", "-"): value for key, value in headers.items()}
        if self.cookies:
            named["cookie"] = "; ".join(f"{key}={value}" for key, value in self.cookies.items())
        raw = [(key.encode(), value.encode("latin-1")) for key, value in named.items()]
        answer = self.server.send(method, path, raw, [body], query.encode())
        if self.keeps_cookies:
            for key, value in answer.headers:
                if key == "set-cookie":
                    self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(value).items()}
        return answer

    def get(self, address: str, **headers: str) -> Answer:
        """GET."""
        return self.ask("GET", address, **headers)

    def post_json(self, address: str, document: Any, **headers: str) -> Answer:
        """POST of a document."""
        return self.ask(
            "POST", address, json.dumps(document).encode(), content_type="application/json", **headers
        )

    def post_form(self, address: str, fields: Mapping[str, str], *, on: str = "/compare") -> Answer:
        """A form of the page at ``on``, sent with the token that stands in it."""
        token = self.get(on).text.partition('name="token" value="')[2].partition('"')[0]
        body = urlencode({"token": token, **fields}).encode()
        return self.ask("POST", address, body, content_type="application/x-www-form-urlencoded")

    def wait(self, address: str, seconds: float = 120) -> Any:
        """The document of a job that has ended."""
        until = time.monotonic() + seconds
        while not (document := self.get(address).json)["ended"]:
            assert time.monotonic() < until, document
            time.sleep(0.1)
        return document
