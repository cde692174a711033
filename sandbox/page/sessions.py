"""Who is asking: a signed cookie without a name in it, the token of its forms, and the room code.

A session is 128 bits of chance and a flag that says whether the room code was given; both are signed with a secret
that lies in the server's folder, so that a restart sends nobody out of the room. Joining makes a new session.
"""

import hashlib
import hmac
import os
import secrets
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path

COOKIE = "sandbox_session"
_SECRET_FILE = "secret"
_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Session:
    """One browser, or one script."""

    token: str
    joined: bool
    new: bool = False
    """Whether the browser does not know it yet."""

    @property
    def owner(self) -> str:
        """Who owns the jobs of this session; nothing leads back from it to the cookie."""
        return hashlib.sha256(self.token.encode()).hexdigest()[:24]


class Sessions:
    """Makes sessions and knows its own."""

    def __init__(self, folder: Path, room: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._key = _secret(folder / _SECRET_FILE)
        self._room = room

    def fresh(self, *, joined: bool) -> Session:
        """A session nobody has had before."""
        return Session(secrets.token_hex(16), joined, new=True)

    def read(self, cookie: str | None) -> Session | None:
        """The session of a cookie of ours; None for any other."""
        parts = (cookie or "").split(".")
        if len(parts) != 3:
            return None
        token, flag, signature = parts
        if flag not in ("0", "1") or not _same(self._signed(f"session {token} {flag}"), signature):
            return None
        return Session(token, flag == "1")

    def cookie(self, session: Session) -> str:
        """What the browser keeps."""
        flag = "1" if session.joined else "0"
        return f"{session.token}.{flag}.{self._signed(f'session {session.token} {flag}')}"

    def form_token(self, session: Session) -> str:
        """What every form of this session carries; another site cannot know it."""
        return self._signed(f"form {session.token}")

    def is_form_token(self, session: Session, token: str) -> bool:
        """Whether a form came from a page of this session."""
        return _same(self.form_token(session), token)

    def is_room(self, code: str) -> bool:
        """Whether this is the room code."""
        return bool(self._room) and _same(self._room, code)

    def _signed(self, text: str) -> str:
        return hmac.new(self._key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


class Rate:
    """At most so many in a minute for each name."""

    #: Names remembered; the oldest are forgotten first.
    _MOST_NAMES = 10_000

    def __init__(self, most: int) -> None:
        self._most = most
        self._times: dict[str, deque[float]] = {}

    def allows(self, name: str) -> bool:
        """Whether one more is within the bound; if so it is counted."""
        now = time.monotonic()
        times = self._times.pop(name, deque())
        while times and now - times[0] > _MINUTE:
            times.popleft()
        allowed = len(times) < self._most
        if allowed:
            times.append(now)
        self._times[name] = times
        if len(self._times) > self._MOST_NAMES:
            del self._times[next(iter(self._times))]
        return allowed


def _secret(path: Path) -> bytes:
    """The server's secret, made at its first start and readable by its user alone."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
    except FileExistsError:
        pass
    return path.read_bytes()


def _same(one: str, other: str) -> bool:
    """Equality that takes as long for a near miss as for a far one."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))
