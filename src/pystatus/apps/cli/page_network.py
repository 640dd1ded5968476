"""The network of one's own that is made in the page of ``pystatus web``, and runs in its process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pystatus.apps.cli import own_network
from pystatus.apps.cli.network_reach import reach_of
from pystatus.apps.cli.output import Output
from pystatus.apps.web.networks import RunningNetwork
from pystatus.devp2p.enode import Enode
from pystatus.libp2p.multiaddr import PeerAddress

DIRECTORY = "network"
"""Its directory, in the data directory."""


class PageNetwork:
    """One network in one data directory."""

    def __init__(self, data_directory: Path, out: Output) -> None:
        self._directory = data_directory / DIRECTORY
        self._out = out

    def is_there(self) -> bool:
        """See :class:`pystatus.apps.web.networks.RunsNetwork`."""
        return own_network.is_there(self._directory)

    def make(self, name: str, host: str | None) -> None:
        """The same."""
        if host is not None:
            host = own_network.checked_host(host)
        own_network.create(self._directory, name, host, own_network.usual_or_free(host))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[RunningNetwork]:
        """The same."""
        from pystatus.apps.cli import network_runner

        network = own_network.opened(self._directory)
        fleet = network.fleet
        relay, bootnode = Enode.parse(fleet.relays[0]), Enode.parse(fleet.bootnodes[0])
        meeting = PeerAddress.parse(fleet.rendezvous_nodes[0])
        ports = (f"{relay.port}/tcp", f"{relay.udp_port}/udp", f"{bootnode.udp_port}/udp", f"{meeting.port}/tcp")
        async with network_runner.running(network, self._out) as (node, _):
            yield RunningNetwork(fleet, network.host, reach_of(network.host).value, ports)
            await node.drain()
