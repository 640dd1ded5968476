"""The numbers of Discovery v5, and of a bootnode, which has no others."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator, Mapping

from pystatus.discovery.discv5.outbox import TYPE_NAMES
from pystatus.discovery.discv5.refusals import Reason
from pystatus.metrics.series import DISCOVERY, SERIES, Sample, Series
from pystatus.metrics.source import Source
from pystatus.net.discv5 import DiscoveryNode
from pystatus.net.own_address import OwnAddress
from pystatus.version import VERSION
from pystatus.waku.relay.clock_judgement import ClockJudgement

_INFO, _READY, _MAPPED = "pystatus_info", "pystatus_ready", "pystatus_ports_mapped"
OVERSIZED = "oversized"
"""The reason of a datagram that is longer than any packet."""
PASSED_OVER = "passed_over"
"""The reason of one that a stranger sent while strangers had had their share of the processor."""


def discovery_samples(node: DiscoveryNode) -> Iterator[Sample]:
    """The numbers of Discovery v5 now; none before it runs."""
    udp = node.udp
    if udp is None:
        return
    counters = udp.discovery.counters
    for direction, by_type in (("in", counters.received), ("out", counters.sent)):
        for name in TYPE_NAMES.values():
            yield "pystatus_discovery_datagrams_total", (direction, name), by_type.get(name, 0)
    yield "pystatus_discovery_bytes_total", ("in",), counters.bytes_in
    yield "pystatus_discovery_bytes_total", ("out",), counters.bytes_out
    for reason in Reason:
        yield "pystatus_discovery_refused_total", (reason.value,), counters.refused.get(reason, 0)
    yield "pystatus_discovery_refused_total", (OVERSIZED,), udp.oversized
    yield "pystatus_discovery_refused_total", (PASSED_OVER,), udp.passed_over
    for error, count in (udp.send_errors + udp.receive_errors).items():
        yield "pystatus_discovery_socket_errors_total", (error,), count
    yield "pystatus_discovery_rests_total", (), udp.rests
    yield "pystatus_discovery_nodes", (), len(udp.discovery.table)
    yield "pystatus_discovery_ads", (), udp.discovery.ad_count
    yield "pystatus_discovery_lookups_total", (), udp.discovery.lookups


class BootnodeSource(Source):
    """A bootnode in this process. The nodes in its table are what a relay's peers are."""

    def __init__(self, node: DiscoveryNode, own: OwnAddress | None = None) -> None:
        """
        :param own: where others reach it; ``None``: nobody asks a router.
        """
        self._node = node
        self._own = own

    @property
    def series(self) -> Mapping[str, Series]:
        return {series.name: series for series in (SERIES[_INFO], SERIES[_READY], SERIES[_MAPPED], *DISCOVERY)}

    async def measure(self) -> None:
        """Nothing to do."""

    @property
    def is_listening(self) -> bool:
        return self._node.udp is not None

    @property
    def peers(self) -> int:
        return 0 if self._node.udp is None else len(self._node.discovery.table)

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
        yield _INFO, (VERSION, platform.python_version()), 1
        yield _READY, (), ready
        yield _MAPPED, (), int(self._own is not None and self._own.is_mapped)
        yield from discovery_samples(self._node)
