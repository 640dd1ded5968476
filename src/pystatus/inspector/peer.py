"""A passive peer of a node: says what it wants to see, and nothing else."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager

from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.capabilities import Capability
from pystatus.devp2p.enode import Enode
from pystatus.devp2p.local_node import LocalNode
from pystatus.errors import LocalError
from pystatus.net.config import NetworkConfig
from pystatus.net.manager import PeerManager
from pystatus.net.peer import Peer
from pystatus.net.route import Route
from pystatus.waku import packets
from pystatus.waku.interest import EVERYTHING, Interest
from pystatus.waku.status import StatusOptions
from pystatus.waku_connection.capabilities import DIALECTS, WAKU_0, WAKU_1, client_id, spoken

OnPacket = Callable[[int, bytes], None]
"""Called with the code and the body of every packet."""


class Observer:
    """What is done with the node's packets: they are looked at. It calls itself a light node, which is true: it never
    forwards anything."""

    def __init__(self, topics: Collection[bytes] | None, on_packet: OnPacket) -> None:
        """
        :param topics: what to ask for; None: everything.
        :raises LocalError: more topics than a node may ask for.
        """
        interest = EVERYTHING if topics is None else Interest.in_topics(topics)
        wanted = interest.announcement()
        self._status = StatusOptions(
            pow_requirement=0.0,
            bloom_filter=wanted.bloom_filter,
            topic_interest=wanted.topic_interest,
            light_node=True,
            confirmations_enabled=False,
        )
        self._on_packet = on_packet
        self.peer: Peer | None = None
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        """Why the connection ended."""

    def peer_connected(self, peer: Peer) -> None:
        self.peer = peer
        capability = spoken(peer.capabilities)
        peer.send(capability, packets.STATUS, DIALECTS[capability].encode_status(self._status))

    def packet_received(self, peer: Peer, capability: Capability, code: int, payload: bytes) -> None:
        self._on_packet(code, payload)

    def peer_disconnected(self, peer: Peer, reason: str) -> None:
        if not self.ended.done():
            self.ended.set_result(reason)


@asynccontextmanager
async def observing(node: Enode, observer: Observer, route: Route) -> AsyncIterator[Peer]:
    """Inside, ``observer`` sees what ``node`` sends.

    :param route: how it is reached.
    :raises LocalError: it cannot be reached, or does not want us; the sentence says why.
    """
    local = LocalNode(PrivateKey.generate(os.urandom), client_id(), (WAKU_1, WAKU_0))
    async with PeerManager(local, observer, NetworkConfig(route=route)) as network:
        failure = await network.dial(node)
        if failure is not None:
            raise LocalError(f"There is no connection to the node: {failure}.")
        assert observer.peer is not None, "dialling has succeeded"
        yield observer.peer
