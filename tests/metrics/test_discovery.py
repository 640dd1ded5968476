"""The numbers of Discovery v5: all of them, from the first scrape on."""

from __future__ import annotations

import os

from pystatus.metrics.discovery import BootnodeSource, discovery_samples
from pystatus.metrics.series import DISCOVERY, SERIES
from pystatus.net.discv5 import DiscoveryNode
from tests.net.support import key

ERRORS = "pystatus_discovery_socket_errors_total"


def node() -> DiscoveryNode:
    return DiscoveryNode(key(1), (("127.0.0.1",), 0), [], os.urandom, lambda event: None)


async def test_a_node_has_all_its_numbers_from_the_beginning_and_none_when_it_is_closed() -> None:
    async with node() as running:
        source = BootnodeSource(running)
        await source.measure()
        samples = list(source.samples(ready=True))
        assert {name for name, _, _ in samples} == source.series.keys() - {ERRORS}
        assert all(len(labels) == len(SERIES[name].labels) for name, labels, _ in samples)
        values = {(name, *labels): value for name, labels, value in samples}
        assert values["pystatus_discovery_refused_total", "expired"] == 0
        assert values["pystatus_discovery_datagrams_total", "in", "topicQuery"] == 0
        assert (source.is_listening, source.peers, source.archive_problem) == (True, 0, None)
        assert not source.clock.is_suspected
    assert (source.is_listening, source.peers, list(discovery_samples(running))) == (False, 0, [])
    assert {series.name for series in DISCOVERY} <= SERIES.keys()


async def test_errors_of_the_sockets_are_told_by_name() -> None:
    async with node() as running:
        assert running.udp is not None
        running.udp.send_errors["ENETUNREACH"] += 2
        running.udp.receive_errors["ENETUNREACH"] += 1
        found = {labels: value for name, labels, value in discovery_samples(running) if name == ERRORS}
        assert found == {("ENETUNREACH",): 3}
