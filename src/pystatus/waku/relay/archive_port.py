"""What a relay tells a mailserver: the port between the two (8/WAKU-MAIL)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.events import PeerId


class EnvelopeSink(Protocol):
    """Keeps envelopes for those who are offline. Called in the middle of the relay's work: must not block."""

    def accepted(self, envelope: Envelope) -> None:
        """An envelope that was not known before has been accepted, or is an own one. P2P deliveries are not told."""
        ...

    def when_stored(self, then: Callable[[], None]) -> None:
        """Call ``then`` once everything that has been accepted so far is stored durably: at once, later, or, where
        something of it cannot be stored, never.
        """
        ...

    def requested(self, peer_id: PeerId, payload: bytes) -> None:
        """A peer has sent a P2P Request with this body.

        :raises RemoteError: malformed beyond an answer.
        """
        ...
