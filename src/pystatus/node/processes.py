"""A node of several processes: what one of them takes over from the others, and how they are joined."""

from __future__ import annotations

import asyncio
import socket

from pystatus.arguments import checked
from pystatus.errors import LocalError
from pystatus.net.manager import PeerManager
from pystatus.node.life import Life
from pystatus.waku_connection.capabilities import WAKU_1


@checked
class OtherProcesses:
    """The other processes of a node."""

    def __init__(self, network: PeerManager, life: Life) -> None:
        self._network = network
        self._life = life

    async def adopt(self, accepted: socket.socket) -> None:
        """Take over a TCP connection that another process has accepted for us.

        :raises LocalError: the node is not open, or it is another kind of socket.
        """
        self._life.check()
        if accepted.family not in (socket.AF_INET, socket.AF_INET6) or accepted.type is not socket.SOCK_STREAM:
            raise LocalError("A node takes over TCP connections: give the socket that accept() returned.")
        await self._network.adopt(accepted)

    async def join(self, end: socket.socket, name: str) -> asyncio.Future[None]:
        """Exchange all envelopes with another process over ``end``, a connected Unix socket whose other end it joins.
        ``name`` is what it is called here. The future is done when the two are no longer joined.

        :raises LocalError: the node is not open, or it is another kind of socket.
        """
        self._life.check()
        if end.family is not socket.AF_UNIX:
            raise LocalError("Processes of a node are joined by Unix sockets: give one end of socket.socketpair().")
        return (await self._network.join(end, WAKU_1.capability, name)).lost
