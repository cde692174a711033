"""The server's life: it listens, says where, and is gone within three seconds of being told."""

import asyncio
import logging
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandbox.page.app import make_app
from sandbox.page.settings import Settings

#: After being told to stop, requests under way have this long.
_GRACE_SECONDS = 1


class PatientProtocol(H11Protocol):
    """HTTP whose patience ends: a connection that has sent no whole head in time is closed.

    Without it, a few hundred connections that send a byte a minute would hold all that the server has.
    """

    _deadline: asyncio.TimerHandle | None = None
    head_seconds = 10.0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._deadline = self.loop.call_later(self.head_seconds, self._close_if_silent)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        super().connection_lost(exc)

    def _close_if_silent(self) -> None:
        if self.cycle is None:
            self.transport.close()


def serve(settings: Settings) -> None:
    """Listen until told to stop (Ctrl-C or SIGTERM). Raises OSError where the port cannot be had."""
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    config = uvicorn.Config(
        make_app(settings),
        host="0.0.0.0" if settings.lan else settings.host,
        port=settings.port,
        http=PatientProtocol,
        ws="none",
        loop="asyncio",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=20,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        h11_max_incomplete_event_size=64 * 1024,
    )
    uvicorn.Server(config).run()
