"""What hangs on the relays of a made-up network: a simulated device, or a real client in memory."""

from __future__ import annotations

from typing import Protocol

from pystatus.waku.envelope import Envelope


class Endpoint(Protocol):
    """One end of a connection to the relays; the network calls it."""

    @property
    def topics(self) -> frozenset[bytes]:
        """What it asks for."""

    @property
    def link(self) -> int | None:
        """Its connection, by number; None: it has none."""

    def connected(self, link: int) -> None:
        """There is a connection to the relays."""

    def disconnected(self) -> None:
        """It is lost."""

    def confirmed(self, envelope: Envelope) -> None:
        """The relays have an envelope that it has made."""

    def receive(self, envelope: Envelope) -> bool:
        """An envelope from the relays; False if it is refused."""
