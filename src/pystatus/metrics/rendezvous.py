"""The numbers of a Rendezvous node."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping

from pystatus.metrics.series import RENDEZVOUS, SERIES, Sample, Series
from pystatus.metrics.source import Source
from pystatus.net.own_address import OwnAddress
from pystatus.net.rendezvous_server import RendezvousServer
from pystatus.version import VERSION
from pystatus.waku.relay.clock_judgement import ClockJudgement

_INFO, _READY, _MAPPED = "pystatus_info", "pystatus_ready", "pystatus_ports_mapped"
KNOWN_TOPICS = ("whisper", "whispermail")
"""Topics that have a number of their own; what strangers call theirs makes no series (overlay.md §3.7)."""
OTHER_TOPICS = "other"


class RendezvousServerSource(Source):
    """A Rendezvous node in this process. What is registered is to it what peers are to a relay."""

    def __init__(self, server: RendezvousServer, own: OwnAddress | None = None) -> None:
        """
        :param own: where others reach it; ``None``: nobody asks a router.
        """
        self._server = server
        self._own = own

    @property
    def series(self) -> Mapping[str, Series]:
        return {series.name: series for series in (SERIES[_INFO], SERIES[_READY], SERIES[_MAPPED], *RENDEZVOUS)}

    async def measure(self) -> None:
        """Nothing to do."""

    @property
    def is_listening(self) -> bool:
        return self._server.is_listening

    @property
    def peers(self) -> int:
        return len(self._server.registry)

    @property
    def clock(self) -> ClockJudgement:
        """Nobody says what time it is."""
        return ClockJudgement()

    @property
    def archive_problem(self) -> str | None:
        return None

    @property
    def address_problem(self) -> str | None:
        return None if self._own is None else self._own.problem

    def samples(self, *, ready: bool) -> Iterable[Sample]:
        server = self._server
        yield _INFO, (VERSION, platform.python_version()), 1
        yield _READY, (), ready
        yield _MAPPED, (), int(self._own is not None and self._own.is_mapped)
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
