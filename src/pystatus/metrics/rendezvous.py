"""The numbers of a Rendezvous node."""

from __future__ import annotations

from collections.abc import Iterator

from pystatus.metrics.overlay_role import OverlayRole
from pystatus.metrics.series import RENDEZVOUS, Sample
from pystatus.net.own_address import OwnAddress
from pystatus.net.rendezvous_server import RendezvousServer

KNOWN_TOPICS = ("whisper", "whispermail")
"""Topics that have a number of their own; what strangers call theirs makes no series (overlay.md §3.7)."""
OTHER_TOPICS = "other"


class RendezvousServerSource(OverlayRole):
    """A Rendezvous node. What is registered is to it what peers are to a relay."""

    def __init__(self, server: RendezvousServer, own: OwnAddress | None = None) -> None:
        """
        :param own: where others reach it; ``None``: nobody asks a router.
        """
        super().__init__(RENDEZVOUS, own)
        self._server = server

    @property
    def is_listening(self) -> bool:
        return self._server.is_listening

    @property
    def peers(self) -> int:
        return len(self._server.registry)

    def _samples(self) -> Iterator[Sample]:
        server = self._server
        yield "pystatus_rendezvous_connections", (), server.connections
        yield "pystatus_rendezvous_refused_connections_total", (), server.refused_connections
        for (request, status), count in server.counters.answered.items():
            yield "pystatus_rendezvous_requests_total", (request, str(int(status))), count
        yield "pystatus_rendezvous_records_total", (), server.counters.records_out
        topics = server.registry.topics()
        known = {name: topics.get(name.encode(), 0) for name in KNOWN_TOPICS}
        for name, count in known.items():
            yield "pystatus_rendezvous_registrations", (name,), count
        yield "pystatus_rendezvous_registrations", (OTHER_TOPICS,), sum(topics.values()) - sum(known.values())
