"""The links of this process to the other processes of its node."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from pystatus.devp2p.capabilities import Capability
from pystatus.devp2p.messages import DisconnectReason
from pystatus.log_texts import get_logger
from pystatus.net.config import NetworkConfig
from pystatus.net.mesh import MeshLink
from pystatus.net.peer import PeerApplication
from pystatus.net.scheduler import Scheduler

log = get_logger(__name__)


class MeshLinks:
    """All of them, by the names of the other processes. It is the :class:`~pystatus.net.mesh.MeshOwner` of each."""

    def __init__(
        self,
        application: PeerApplication,
        turns: Scheduler,
        config: NetworkConfig,
        *,
        pause: Callable[[], None],
        resume: Callable[[], None],
    ) -> None:
        """
        :param turns: shared with the peers.
        :param pause: is called when another process is behind: no more is to be read from peers.
        :param resume: is called when more may be read.
        """
        self.application = application
        self.turns = turns
        self._config = config
        self._pause = pause
        self._resume = resume
        self._links: dict[str, MeshLink] = {}
        self._joining = asyncio.Lock()
        self._full: set[MeshLink] = set()
        self._enough: asyncio.TimerHandle | None = None

    async def join(self, end: socket.socket, capability: Capability, name: str) -> MeshLink:
        """See :meth:`pystatus.net.manager.PeerManager.join`."""
        async with self._joining:
            before = self._links.pop(name, None)
            if before is not None:
                before.disconnect(DisconnectReason.REQUESTED)
            link = self._links[name] = MeshLink(self, capability, name)
            await asyncio.get_running_loop().create_unix_connection(lambda: link, sock=end)
        return link

    async def close(self) -> None:
        """Let the other processes read what they have not read yet, but only for a moment."""
        links = list(self._links.values())
        for link in links:
            link.disconnect(DisconnectReason.CLIENT_QUITTING)
        if links:
            await asyncio.wait([link.lost for link in links], timeout=self._config.disconnect_timeout)
        for link in links:
            link.abort()

    # What links tell: see MeshOwner

    def mesh_full(self, link: MeshLink) -> None:
        """Peers wait, as they do for a node in one process: else what they send would pile up here for the process that
        is behind, and be lost."""
        if not self._full:
            self._enough = asyncio.get_running_loop().call_later(self._config.mesh_patience, self._read_on)
            self._pause()
        self._full.add(link)

    def mesh_drained(self, link: MeshLink) -> None:
        self._full.discard(link)
        if not self._full and self._enough is not None:
            self._enough.cancel()
            self._read_on()

    def _read_on(self) -> None:
        self._enough = None
        self._resume()

    def mesh_lost(self, link: MeshLink) -> None:
        if self._links.get(link.name) is link:
            del self._links[link.name]
        log.info("no longer joined with %s: %s", link.name, link.reason)
