"""Who may use the page: sessions, each with a secret that is in one tab of a browser and nowhere else.

There is no cookie: browsers send cookies of ``127.0.0.1`` to every port of it, so to whatever else is served there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus

from pystatus import sanitise
from pystatus.apps.web.refusals import PageError
from pystatus.crypto.random import RandomSource

SECRET_SIZE = 32
"""Bytes of the secret of a session."""
ID_SIZE = 4
"""Bytes of the id by which a session is named: nothing secret."""
MAX_SESSIONS = 10
"""Sessions at a time. Ours: more windows than somebody looks at."""
MAX_SOCKETS = 4
"""WebSockets of one session at a time, of which the oldest gives way: a tab that was copied has the same secret.
Ours."""
_SCHEME = "bearer "


@dataclass(eq=False)
class PageSession:
    """One of them. ``since`` and ``last_used`` are Unix seconds; ``sockets`` are its open connections, and how each is
    ended."""

    id: str
    name: str
    since: float
    last_used: float
    sockets: dict[object, Callable[[int], None]] = field(default_factory=dict)
    """What ends each connection, given the code of the end."""

    def attach(self, key: object, end: Callable[[int], None]) -> None:
        """It has another connection."""
        if len(self.sockets) >= MAX_SOCKETS:
            oldest = next(iter(self.sockets))
            self.sockets.pop(oldest)(CLOSE_ELSEWHERE)
        self.sockets[key] = end

    def detach(self, key: object) -> None:
        """A connection has ended."""
        self.sockets.pop(key, None)

    def end(self, code: int) -> None:
        """Hang up on all its connections."""
        for end in list(self.sockets.values()):
            end(code)
        self.sockets.clear()


CLOSE_UNKNOWN, CLOSE_LOCKED, CLOSE_ELSEWHERE = 4401, 4423, 4409
"""Codes with which a WebSocket ends: no or no valid secret, locked, and replaced by a newer one of the same session."""


class Sessions:
    """All of one server, by the hashes of their secrets."""

    def __init__(self, random: RandomSource, now: Callable[[], float]) -> None:
        """
        :param now: Unix seconds.
        """
        self._random = random
        self._now = now
        self._sessions: dict[bytes, PageSession] = {}

    def begin(self, name: str) -> tuple[str, PageSession]:
        """A new session and its secret, 64 hexadecimal digits. If there are too many, the one gives way that has been
        used by nobody for longest and has no connection.

        :param name: what the page calls itself; made safe here.
        :raises PageError: there are too many, and all are in use.
        """
        if len(self._sessions) >= MAX_SESSIONS:
            idle = [key for key, one in self._sessions.items() if not one.sockets]
            if not idle:
                raise PageError(
                    HTTPStatus.FORBIDDEN,
                    "sessions-full",
                    f"The page is open in {MAX_SESSIONS} windows, and no more are served. Close one of them.",
                )
            del self._sessions[min(idle, key=lambda key: self._sessions[key].last_used)]
        secret, now = self._random(SECRET_SIZE).hex(), self._now()
        session = PageSession(self._random(ID_SIZE).hex(), sanitise.name(name) or "?", now, now)
        self._sessions[_hash(secret)] = session
        return secret, session

    def of_secret(self, secret: str) -> PageSession | None:
        """The session with this secret; ``None``: there is none."""
        session = self._sessions.get(_hash(secret))
        if session is not None:
            session.last_used = self._now()
        return session

    def of_header(self, authorization: str | None) -> PageSession:
        """The session that a request is of.

        :raises PageError: of none.
        """
        given = authorization or ""
        session = self.of_secret(given[len(_SCHEME) :].strip()) if given.lower().startswith(_SCHEME) else None
        if session is None:
            raise PageError(
                HTTPStatus.UNAUTHORIZED,
                "no-session",
                "This window may not use the page any more. Run: pystatus web --open",
                {"WWW-Authenticate": "Bearer"},
            )
        return session

    @property
    def all(self) -> list[PageSession]:
        """The last used first."""
        return sorted(self._sessions.values(), key=lambda one: -one.last_used)

    def revoke(self, session_id: str) -> bool:
        """End a session; whether there was one."""
        for key, session in list(self._sessions.items()):
            if session.id == session_id:
                del self._sessions[key]
                session.end(CLOSE_UNKNOWN)
                return True
        return False

    def drop_all(self) -> None:
        """None of them is valid any more. Their connections are open until each is ended."""
        self._sessions = {}


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode(errors="replace")).digest()
