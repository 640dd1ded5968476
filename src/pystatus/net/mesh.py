"""A connection between two processes of one node, over a pair of Unix sockets that their parent made.

    frame = length(4) ‖ code(1) ‖ payload

Nobody else can hold an end of such a pair, so there is no handshake, no encryption and no compression: what remains of
a packet's cost is that of the system calls. To the application the other process is a peer like any other.
"""

from __future__ import annotations

import asyncio
import os
import struct
import time
from typing import Protocol, cast

from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.capabilities import Capability, SharedCapability
from pystatus.devp2p.enode import Enode
from pystatus.devp2p.events import Connected
from pystatus.devp2p.messages import DisconnectReason, reason_text
from pystatus.devp2p.session import TURN_SECONDS, Work
from pystatus.discovery.addresses import parse_address
from pystatus.errors import RemoteError
from pystatus.net.peer import Peer, PeerApplication
from pystatus.net.scheduler import Scheduler

MAX_FRAME_SIZE = 16 << 20
"""Bytes of a frame that are accepted: twice the largest packet that a node takes from anybody."""

HIGH_WATER = 512 << 10
"""Unread bytes at which the other process is behind: half of those at which a node stops giving it more."""

_HEADER = struct.Struct(">IB")
_CODE_COUNT = 256


class MeshOwner(Protocol):
    """Whoever keeps the mesh links."""

    application: PeerApplication
    turns: Scheduler
    """Shared with all links that bring much."""

    def mesh_full(self, link: MeshLink) -> None:
        """The other process has much to read yet."""

    def mesh_drained(self, link: MeshLink) -> None:
        """It has read most of it, or is gone."""

    def mesh_lost(self, link: MeshLink) -> None:
        """The other process is gone, or has broken off. Called once for every link that was made."""


class MeshLink(asyncio.Protocol):
    """Carries the packets of one capability between this process and ``name``."""

    inbound = False
    is_within_node = True
    address = parse_address("127.0.0.1")
    """A Unix socket has none; this one is local, which is what matters."""

    def __init__(self, owner: MeshOwner, capability: Capability, name: str) -> None:
        self._owner = owner
        self._application = owner.application
        self._capability = capability
        self.name = name
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport
        self._received = bytearray()
        self._work: Work | None = None
        self._is_held = False
        self._output: list[bytes] = []
        self._unwritten = 0
        self._is_write_due = False
        self.reason = "the other process has ended"
        self.is_open = False
        self.lost: asyncio.Future[None] = self._loop.create_future()
        """Done when the socket is gone."""
        # Unique among the peers, as the application expects; nothing has to be proven to anybody.
        identity = PrivateKey.generate(os.urandom).public_key
        shared = (SharedCapability(capability, 0, _CODE_COUNT),)
        self.peer = Peer(
            self, Enode(identity, "localhost"), Connected(identity.xy, name, (capability,), shared, listen_port=0)
        )

    # For the peer

    @property
    def pending_bytes(self) -> int:
        """Bytes that the system has not taken yet."""
        return self._unwritten + self._transport.get_write_buffer_size()

    @property
    def local_address(self) -> str:
        """This machine; a Unix socket has no port."""
        return "local"

    @property
    def remote_address(self) -> str:
        """The other process, by its name."""
        return f"local:{self.name}"

    def send(self, capability: Capability, code: int, payload: bytes) -> None:
        """Queue a packet that leaves with the others of this turn of the event loop; nothing happens if the connection
        has ended."""
        self.queue(capability, code, payload)
        if self._output and not self._is_write_due:
            self._is_write_due = True
            self._loop.call_soon(self._write)

    def queue(self, capability: Capability, code: int, payload: bytes) -> None:
        """The same, but it leaves with the next :meth:`flush`, or what is sent next."""
        if not self.is_open:
            return
        frame = _HEADER.pack(1 + len(payload), code) + payload
        self._output.append(frame)
        self._unwritten += len(frame)

    def flush(self) -> int:
        """Write what is queued.

        :returns: bytes that the system has not taken yet.
        """
        self._write()
        return self._transport.get_write_buffer_size()

    def disconnect(self, reason: DisconnectReason, error: str = "") -> None:
        """End the connection, after what was sent is written."""
        if self.is_open:
            self._write()
            self.reason = error or f"we disconnected: {reason_text(reason)}"
            self.is_open = False
            self._transport.close()

    def abort(self) -> None:
        """End it at once; what was not written is lost."""
        self._transport.abort()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=HIGH_WATER)
        self.is_open = True
        self._application.peer_connected(self.peer)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._is_held:
            self._deliver()

    def _deliver(self) -> None:
        """Hand over what has come, and what takes long when it is its turn: what other processes pass on is as much
        work as what peers bring, and peers must not wait for all of it."""
        end = time.monotonic() + TURN_SECONDS
        while self.is_open and (self._work is not None or self._take_frame()):
            try:
                if self._work is not None and next(self._work, self) is self:
                    self._work = None
            except RemoteError as error:
                self._refuse(error)
            if self.is_open and (self._work is not None or time.monotonic() > end):
                self._hold()
                return
        if self._is_held:
            self._is_held = False
            if self.is_open:
                self._transport.resume_reading()

    def _hold(self) -> None:
        """It is the others' turn."""
        if not self._is_held:
            self._is_held = True
            self._transport.pause_reading()
        self._owner.turns.wait(self._deliver)

    def _take_frame(self) -> bool:
        """Hand over the next packet, if all of it is here."""
        buffer = self._received
        if len(buffer) < _HEADER.size:
            return False
        length, code = _HEADER.unpack_from(buffer)
        if not 0 < length <= MAX_FRAME_SIZE:
            self.disconnect(DisconnectReason.BREACH_OF_PROTOCOL, f"a frame of {length} bytes between processes")
            return False
        end = 4 + length
        if end > len(buffer):
            return False
        payload = bytes(buffer[_HEADER.size : end])
        del buffer[:end]
        try:
            self._work = self._application.packet_received(self.peer, self._capability, code, payload)
        except RemoteError as error:
            self._refuse(error)
        return True

    def _refuse(self, error: RemoteError) -> None:
        self.disconnect(DisconnectReason.SUBPROTOCOL_ERROR, str(error))

    def pause_writing(self) -> None:
        self._owner.mesh_full(self)

    def resume_writing(self) -> None:
        self._owner.mesh_drained(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_open = False
        self._work = None
        self._received.clear()
        self._application.peer_disconnected(self.peer, self.reason)
        self._owner.mesh_drained(self)
        self._owner.mesh_lost(self)
        if not self.lost.done():  # whoever waited for it may have been cancelled
            self.lost.set_result(None)

    def _write(self) -> None:
        self._is_write_due = False
        if self.is_open and self._output:
            self._transport.write(b"".join(self._output))
        self._output.clear()
        self._unwritten = 0
