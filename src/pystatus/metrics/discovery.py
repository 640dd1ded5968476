"""The numbers of Discovery v5, and of a bootnode, which has no others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pystatus.discovery.discv5.outbox import TYPE_NAMES
from pystatus.discovery.discv5.refusals import Reason
from pystatus.metrics.overlay_role import OverlayRole
from pystatus.metrics.series import DISCOVERY, Sample
from pystatus.net.discv5 import DiscoveryNode
from pystatus.net.own_address import OwnAddress

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


class BootnodeSource(OverlayRole):
    """A bootnode. The nodes in its table are what a relay's peers are."""

    def __init__(self, node: DiscoveryNode, own: OwnAddress | None = None) -> None:
        """
        :param own: where others reach it; ``None``: nobody asks a router.
        """
        super().__init__(DISCOVERY, own)
        self._node = node

    @property
    def is_listening(self) -> bool:
        return self._node.udp is not None

    @property
    def peers(self) -> int:
        return 0 if self._node.udp is None else len(self._node.discovery.table)

    def _samples(self) -> Iterable[Sample]:
        return discovery_samples(self._node)
