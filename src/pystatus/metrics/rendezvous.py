"""The numbers of a Rendezvous node."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping

from pystatus.metrics.series import RENDEZVOUS, SERIES, Sample, Series
from pystatus.metrics.source import Source
from pystatus.net.rendezvous_server import RendezvousServer
from pystatus.version import VERSION
from pystatus.waku.relay.clock_judgement import ClockJudgement

_INFO, _READY = "pystatus_info", "pystatus_ready"
KNOWN_TOPICS = ("whisper", "whispermail")
"""Topics that have a number of their own; what strangers call theirs makes no series (overlay.md §3.7)."""
OTHER_TOPICS = "other"


class RendezvousServerSource(Source):
    """A Rendezvous node in this process. What is registered is to it what peers are to a relay."""

    def __init__(self, server: RendezvousServer) -> None:
        self._server = server

    @property
    def series(self) -> Mapping[str, Series]:
        return {series.name: series for series in (SERIES[_INFO], SERIES[_READY], *RENDEZVOUS)}

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

    def samples(self, *, ready: bool) -> Iterable[Sample]:
        server = self._server
        yield _INFO, (VERSION, platform.python_version()), 1
        yield _READY, (), ready
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
