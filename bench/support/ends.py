"""The peers of a relay that is measured: they speak Waku over TCP, and count instead of relaying."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.capabilities import Capability
from pystatus.devp2p.enode import Enode
from pystatus.devp2p.limits import ConnectionLimits
from pystatus.devp2p.local_node import LocalNode
from pystatus.net.config import NetworkConfig
from pystatus.net.manager import PeerManager
from pystatus.net.peer import Peer
from pystatus.node import WAKU_1, client_id
from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from pystatus.waku.status import StatusOptions

EVERYTHING = StatusOptions(pow_requirement=0.0)
"""The Status of a full node that takes any proof of work."""


class End:
    """One peer of a relay. It is dialled in :meth:`connect` and stays until :meth:`close`."""

    def __init__(
        self,
        on_envelope: Callable[[bytes], None] | None = None,
        status: StatusOptions = EVERYTHING,
        *,
        listens: bool = False,
        on_packet: Callable[[int, bytes], None] | None = None,
    ) -> None:
        """
        :param on_envelope: given every envelope, raw, from the event loop.
        :param listens: it can be dialled, see :meth:`listen`.
        :param on_packet: given code and body of every other packet but a Status.
        """
        self.received = 0
        """Envelopes, all of them, whether or not they came before."""
        self.gone: list[str] = []
        """Why connections ended that nobody here has closed."""
        self._on_envelope = on_envelope
        self._on_packet = on_packet
        self._status = status
        self._ready = asyncio.Event()
        self._is_closing = False
        self._awaited = 0
        self._arrived = asyncio.Event()
        self._peer: Peer
        self._network = PeerManager(
            LocalNode(PrivateKey.generate(os.urandom), client_id(), (WAKU_1,)),
            self,
            NetworkConfig(
                listen_hosts=("127.0.0.1",) if listens else (),
                connection=ConnectionLimits(max_sent_packet_size=packets.MAX_PACKET_SIZE),
            ),
        )

    @property
    def enode(self) -> Enode:
        """Where an end that listens is dialled."""
        return self._network.enode

    async def listen(self) -> None:
        """Be dialled by another end, in place of a relay."""
        await self._network.start()

    async def connect(self, enode: Enode) -> None:
        """Return when the relay's Status is here: from then on it passes on what is sent to it."""
        await self._network.start()
        self._network.add_static(enode)
        self._peer = await self._network.wait_for_peer()
        await self._ready.wait()

    async def wait_for(self, envelopes: int) -> None:
        """Return when so many have been received altogether."""
        self._awaited = envelopes
        self._arrived.clear()
        if self.received < envelopes:
            await self._arrived.wait()

    async def close(self) -> None:
        self._is_closing = True
        await self._network.close()

    @property
    def pending_bytes(self) -> int:
        """What was sent and is still here."""
        return self._peer.pending_bytes

    def send(self, envelopes: list[Envelope]) -> None:
        """Send one packet."""
        self.send_packet(packets.encode_messages(envelopes))

    def send_packet(self, payload: bytes, code: int = packets.MESSAGES) -> None:
        """Send a packet whose body is made already."""
        self._peer.send(WAKU_1.capability, code, payload)

    # What the network calls: see PeerApplication

    def peer_connected(self, peer: Peer) -> None:
        self._peer = peer
        peer.send(WAKU_1.capability, packets.STATUS, self._status.encode())

    def packet_received(self, peer: Peer, capability: Capability, code: int, payload: bytes) -> None:
        if code == packets.STATUS:
            self._ready.set()
        elif code == packets.MESSAGES:
            envelopes = packets.split_messages(payload)
            self.received += len(envelopes)
            if self.received >= self._awaited:
                self._arrived.set()
            if self._on_envelope is not None:
                for raw in envelopes:
                    self._on_envelope(raw)
        elif self._on_packet is not None:
            self._on_packet(code, payload)

    def peer_disconnected(self, peer: Peer, reason: str) -> None:
        if not self._is_closing:
            self.gone.append(reason)
