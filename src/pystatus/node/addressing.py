"""The address of a node: followed while it runs, and told to all parts that say it to others."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pystatus.crypto.random import RandomSource
from pystatus.net.manager import PeerManager
from pystatus.node.config import NodeConfig
from pystatus.node.events import AddressChanged, NodeEvent

if TYPE_CHECKING:
    from pystatus.net.own_address import OwnAddress
    from pystatus.node.finding import Finding


class NodeAddress:
    """A :class:`~pystatus.node.services.Service`, to be started after the connections."""

    def __init__(
        self,
        network: PeerManager,
        config: NodeConfig,
        finding: Finding | None,
        random: RandomSource,
        report: Callable[[NodeEvent], None],
    ) -> None:
        """
        :param finding: what makes others find the node, if anything does.
        """
        self._network = network
        self._config = config
        self._finding = finding
        self._random = random
        self._report = report
        self._own: OwnAddress | None = None

    async def start(self) -> None:
        """Begin. The first address is no change of it."""
        if self._config.nat == "none" or not self._network.places_to_dial:
            return
        from pystatus.nat.method import NatMethod  # a node that asks no router loads nothing of it
        from pystatus.nat.ports import Protocol
        from pystatus.net.own_address import OwnAddress

        config, finding = self._config, self._finding
        if config.proxy is not None and NatMethod.parse(config.nat).asks_router:
            return  # with a proxy nothing goes another way
        answers_udp = config.discovery and bool(config.usable_bootnodes)
        self._own = own = OwnAddress(
            NatMethod.parse(config.nat),
            self._network.places_to_dial,
            (Protocol.TCP, Protocol.UDP) if answers_udp else (Protocol.TCP,),
            self._random,
            self._changed,
            advertised=config.advertised_host,
        )
        if finding is not None:
            finding.on_seen = own.seen
            finding.is_address_settled = lambda: own.is_settled
        await own.start()

    async def close(self) -> None:
        """End, and close the ports of the router."""
        if self._own is not None:
            await self._own.close()

    async def settled(self) -> None:
        """Wait until it is known whether a router opens the ports of this node: three seconds at most."""
        if self._own is not None:
            await self._own.settled()

    @property
    def is_mapped(self) -> bool:
        """Whether ports of a router are open for this node."""
        return self._own is not None and self._own.is_mapped

    @property
    def problem(self) -> str | None:
        """Why others may not reach this node, as a sentence; ``None``: nothing is known of a reason."""
        return None if self._own is None else self._own.problem

    def _changed(self) -> None:
        assert self._own is not None, "it tells"
        before = self._network.enode
        self._network.external = self._own.endpoint
        if self._finding is not None:
            self._finding.address_changed()
        if self._network.enode != before:
            self._report(AddressChanged(self._network.enode))
