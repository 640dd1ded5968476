"""Between a fetcher of history and the mailservers that it asks: connections, trust, packets and time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Protocol, TypeAlias

from pystatus.errors import LocalError
from pystatus.log_texts import get_logger
from pystatus.mailserver.client.actions import (
    Connect,
    Disconnect,
    DropCoverage,
    EnvelopesFound,
    Progress,
    SaveCoverage,
    SaveQuota,
    SaveStart,
    SendRequest,
)
from pystatus.mailserver.client.fetcher import Fetcher
from pystatus.net.listeners import PeerListener
from pystatus.net.peer import Peer
from pystatus.net.static import StaticPeer
from pystatus.outage import Outage
from pystatus.waku.relay.events import P2PReceived, RequestCompleted

log = get_logger(__name__)

Outcome: TypeAlias = EnvelopesFound | SaveCoverage | SaveQuota | SaveStart | DropCoverage | Progress
"""What comes of it for whoever wants the history, in order: what is found before what is kept of it."""


class SessionNode(Protocol):
    """What an inquiry needs of its node; see :class:`~pystatus.node.node.Node`."""

    @property
    def now(self) -> float: ...

    @property
    def peers(self) -> tuple[Peer, ...]: ...

    @property
    def static_peers(self) -> tuple[StaticPeer, ...]: ...

    def add_peer(self, enode: str) -> None: ...

    def remove_peer(self, enode: str, why: str = "") -> None: ...

    def trust(self, enode: str, trusted: bool = True) -> None: ...

    def send_request(self, peer: Peer, payload: bytes) -> None: ...


class MailserverSession(PeerListener):
    """One fetcher at work on one node."""

    def __init__(
        self,
        node: SessionNode,
        fetcher: Fetcher,
        enodes: Mapping[bytes, str],
        take: Callable[[Outcome], None],
        when_stored: Callable[[Callable[[], None]], None] | None = None,
        reject: Callable[[bytes, str], None] = lambda server, reason: None,
    ) -> None:
        """
        :param enodes: where the fetcher's mailservers are, by node id.
        :param take: called with every outcome; must not block.
        :param when_stored: calls back when everything that was found so far is stored, or never. With it the next page
            is asked for only then, so that no more is under way than can be stored.
        :param reject: called with a mailserver that is left for a while, and why: one that was found is of no use.
        """
        self._reject = reject
        self._when_stored = when_stored
        self._awaited: dict[bytes, RequestCompleted] = {}
        self._node = node
        self._fetcher = fetcher
        self._enodes = enodes
        self._take = take
        self._ready: dict[bytes, Peer] = {}
        self._added: set[bytes] = set()
        self._trusted: set[bytes] = set()
        self._outages: dict[bytes, Outage] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._is_closed = False

    def start(self) -> None:
        """Begin: who is connected already can be asked at once."""
        for peer in self._node.peers:
            if peer.is_connected:
                self.peer_ready(peer)
        self._go_on(self._node.now)

    def close(self) -> None:
        """Ask nobody any more, and leave the mailservers that are no peers otherwise. Nothing is reported any more."""
        self._is_closed = True
        if self._timer is not None:
            self._timer.cancel()
        for server in list(self._trusted):
            self._let_go(server)

    def asks(self, peer: object) -> bool:
        """Whether this peer is one of the mailservers."""
        return not self._is_closed and isinstance(peer, Peer) and peer.id in self._enodes

    def do(self, what: Callable[[Fetcher, float], None]) -> None:
        """Give the fetcher an input, with the time, and do what it wants then. The clock is read once: what is decided
        by it and when the timer is due belong together."""
        if not self._is_closed:
            now = self._node.now
            what(self._fetcher, now)
            self._go_on(now)

    # What the node reports

    def peer_ready(self, peer: Peer) -> None:
        """A peer has finished its handshake."""
        if peer.id in self._enodes:
            self._ready[peer.id] = peer
            self.do(lambda fetcher, now: fetcher.server_ready(peer.id, now))

    def peer_gone(self, peer: Peer) -> None:
        """A peer is not connected any more."""
        if self._ready.get(peer.id) is peer:
            del self._ready[peer.id]
            self._awaited.pop(peer.id, None)
            self.do(lambda fetcher, now: fetcher.server_gone(peer.id, now))

    def p2p_received(self, event: P2PReceived) -> None:
        """A trusted peer has sent envelopes to us alone."""
        assert isinstance(event.peer, Peer)
        server = event.peer.id
        self.do(lambda fetcher, now: fetcher.received(server, event.envelopes, now))

    def request_completed(self, event: RequestCompleted) -> None:
        """A trusted peer says that a request is answered."""
        assert isinstance(event.peer, Peer)
        server = event.peer.id
        if self._when_stored is None:
            self._complete(server, event)
            return
        waits_already = server in self._awaited
        self._awaited[server] = event
        if not waits_already:
            self._when_stored(lambda: self._stored(server, event))

    def _stored(self, server: bytes, event: RequestCompleted) -> None:
        latest = self._awaited.get(server)
        if latest is event:
            del self._awaited[server]
            self._complete(server, event)
        elif latest is not None and self._when_stored is not None:
            # It said more meanwhile. One word of it waits at a time: else whoever says nothing but that it has answered
            # would fill a queue.
            self._when_stored(lambda: self._stored(server, latest))

    def _complete(self, server: bytes, event: RequestCompleted) -> None:
        if server in self._outages:
            self._outages[server].worked(asyncio.get_running_loop().time())
        self.do(lambda fetcher, now: fetcher.completed(server, event.content, now))

    # What the fetcher wants

    def _go_on(self, now: float) -> None:
        while not self._is_closed and (action := self._fetcher.next_action()) is not None:
            match action:
                case Connect(server):
                    self._connect(server, now)
                case Disconnect(server, reason):
                    self._disconnect(server, reason)
                case SendRequest(server, payload):
                    self._node.send_request(self._ready[server], payload)
                case _:
                    self._take(action)
        if not self._is_closed:
            self._set_timer(now)

    def _connect(self, server: bytes, now: float) -> None:
        """Be connected to a mailserver, and read its P2P packets.

        Implements: WU-26, WU-27, WM-15
        """
        enode = self._enodes[server]
        self._node.trust(enode)
        self._trusted.add(server)
        if server in self._ready:  # it is one of our relays, too
            self._fetcher.server_ready(server, now)
        elif not any(static.enode.node_id == server for static in self._node.static_peers):
            try:
                self._node.add_peer(enode)
            except LocalError as error:  # it is this node itself: it never becomes ready, and others are asked
                log.warning("a mailserver cannot be connected: %s", error)
            else:
                self._added.add(server)

    def _disconnect(self, server: bytes, reason: str) -> None:
        name = server[:8].hex()
        outage = self._outages.setdefault(
            server,
            Outage(
                log, f"the mailserver {name} is left for a while", f"the mailserver {name} answers again", logging.INFO
            ),
        )
        outage.failed(asyncio.get_running_loop().time(), reason)
        self._let_go(server, why := f"we left this mailserver for a while: {reason}")
        self._reject(server, why)

    def _let_go(self, server: bytes, why: str = "") -> None:
        enode = self._enodes[server]
        self._node.trust(enode, False)
        self._trusted.discard(server)
        self._awaited.pop(server, None)
        if server in self._added:
            self._added.discard(server)
            self._node.remove_peer(enode, why)

    def _set_timer(self, now: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        delay = max(0.0, self._fetcher.next_timer() - now)
        self._timer = asyncio.get_running_loop().call_later(delay, self.do, Fetcher.on_timer)
