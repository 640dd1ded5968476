"""The servers that we register with: when each is tried, and what its answers change (push-notifications.md §5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from pystatus.crypto.keys import PublicKey
from pystatus.crypto.random import RandomSource
from pystatus.push.client.retrying import REGISTRATIONS
from pystatus.push.hashing import shake256
from pystatus.push.messages import PushNotificationRegistrationResponse, RegistrationError

DEFAULT_SERVERS: Final = 3
"""Servers of the fleet that are chosen where our user has named none (push-notifications.md §5)."""
MAX_MISMATCHES: Final = 3
"""Times in a row that we register anew because a server says that it knows our version. It does after an answer of its
was lost; a server that goes on saying so would keep us registering with all others."""
_DRAWN_BYTES: Final = 8
"""Of a random number that decides who is chosen among at most some dozens."""


class Outcome(Enum):
    """What an answer asks for."""

    REGISTERED = "registered"
    """The device is registered there; that is to be advertised."""
    REGISTER_ANEW = "register anew"
    """The server knows this version, or a later one: make a higher one."""
    WAIT = "wait"
    """It is tried again when it is due."""
    GIVEN_UP = "given up"
    """It will never take this registration."""
    IGNORED = "ignored"
    """It answers nothing that we have asked."""


@dataclass(frozen=True, slots=True)
class KnownServer:
    """One server, as far as the present registration has come with it."""

    key: PublicKey
    is_default: bool = False
    """Of the fleet; our user has named the others."""
    last_try: float = 0.0
    """Unix seconds."""
    tries: int = 0
    registered_at: float | None = None
    """Unix seconds."""
    is_given_up: bool = False
    mismatches: int = 0
    request_ids: tuple[bytes, ...] = ()
    """Of what was sent to it: an answer to any of them is one to the present registration."""

    @property
    def due(self) -> float | None:
        """When to try, Unix seconds; ``None``: no more."""
        if self.registered_at is not None or self.is_given_up:
            return None
        return REGISTRATIONS.due(self.last_try, self.tries)


def anew(server: KnownServer, now: float) -> KnownServer:
    """There is another registration: it is due at once, and answers to the one before count no more."""
    return KnownServer(server.key, server.is_default, last_try=now, mismatches=server.mismatches)


def tried(server: KnownServer, sealed: bytes, now: float) -> KnownServer:
    """A registration was sent, or could not be: that counts, too, so that nothing is sent without end."""
    sent = (*server.request_ids, shake256(sealed))
    return replace(server, last_try=now, tries=server.tries + 1, request_ids=sent)


def answered(
    server: KnownServer, response: PushNotificationRegistrationResponse, now: float
) -> tuple[KnownServer, Outcome]:
    """What the server with this key has answered."""
    if response.request_id not in server.request_ids:
        return server, Outcome.IGNORED
    if response.success:
        return replace(server, registered_at=now, is_given_up=False, mismatches=0), Outcome.REGISTERED
    if server.registered_at is not None:
        return server, Outcome.IGNORED  # of a copy that came later
    if response.error == RegistrationError.VERSION_MISMATCH and server.mismatches < MAX_MISMATCHES:
        return replace(server, mismatches=server.mismatches + 1), Outcome.REGISTER_ANEW
    if response.error in (RegistrationError.INTERNAL_ERROR, RegistrationError.UNKNOWN):
        return server, Outcome.WAIT
    return replace(server, is_given_up=True), Outcome.GIVEN_UP


def chosen(defaults: Sequence[PublicKey], random: RandomSource) -> tuple[KnownServer, ...]:
    """Some of the fleet's servers, drawn by lot."""
    lots = sorted((random(_DRAWN_BYTES), number) for number in range(len(defaults)))
    return tuple(KnownServer(defaults[number], is_default=True) for _, number in lots[:DEFAULT_SERVERS])
