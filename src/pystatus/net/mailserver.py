"""A mailserver on a node: answers requests of peers out of an archive, and fills it (8/WAKU-MAIL)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

from pystatus.discovery.addresses import subnet_key
from pystatus.log_texts import get_logger
from pystatus.mailserver.completion import Failed
from pystatus.mailserver.server.archive import Archive, ArchiveBusy, ArchiveError, Page
from pystatus.mailserver.server.server import Server, Work
from pystatus.net.archiver import Archiver
from pystatus.net.clock import Clock
from pystatus.net.listeners import PeerListener
from pystatus.net.peer import Peer
from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.events import PeerId

log = get_logger(__name__)

UNREAD_BYTES = 1 << 20
"""Bytes that a peer has not read yet at which the next packet waits."""
UNREAD_RETRY = 0.05
"""Seconds between two looks at a peer that reads slowly."""
PUSH_TIMEOUT = 60.0
"""Seconds that a peer has to read one packet; then the request has failed (waku.md §7.6)."""
TICK_SECONDS = 60.0
"""Between two clean-ups of what the server remembers."""


class _Gone(Exception):
    """The peer has left; nobody is to be told."""


class Mailserver(PeerListener):
    """One archive, and those who ask for what is in it. Start it before the node, close it after."""

    def __init__(
        self,
        server: Server,
        archive: Archive,
        archiver: Archiver,
        clock: Clock,
        send: Callable[[Peer, int, bytes], None],
        wake: Callable[[], None],
    ) -> None:
        """
        :param send: sends a packet, code and body, to a peer.
        :param wake: says that the relay has something to send.
        """
        self._wake = wake
        self.server = server
        self.archiver = archiver
        self._archive = archive
        self._clock = clock
        self._send = send
        self._peers: dict[bytes, Peer] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._is_closing = False

    async def start(self) -> None:
        """Begin to store what comes."""
        self.archiver.start()
        self._tick()

    async def close(self) -> None:
        """Break off the answers, store what is waiting, close the archive."""
        self._is_closing = True
        if self._timer is not None:
            self._timer.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.archiver.close()
        await self._archive.close()

    def accepted(self, envelope: Envelope) -> None:
        """See :meth:`pystatus.waku.relay.archive_port.EnvelopeSink.accepted`.

        Implements: WM-1
        """
        self.archiver.add(envelope)

    def when_stored(self, then: Callable[[], None]) -> None:
        """See :meth:`pystatus.waku.relay.archive_port.EnvelopeSink.when_stored`."""

        def stored() -> None:
            then()
            self._wake()

        self.archiver.when_stored(stored)

    def requested(self, peer_id: PeerId, payload: bytes) -> None:
        """See :meth:`pystatus.waku.relay.archive_port.EnvelopeSink.requested`."""
        peer = cast("Peer", peer_id)
        self._peers[peer.id] = peer
        failed = self.server.receive(peer.id, payload, self._clock.now(), subnet_key(peer.address))
        if failed is not None:
            log.info("a request of %s is refused: %s", peer.id[:8].hex(), failed.text)
            if peer.pending_bytes <= UNREAD_BYTES:  # else it would not read why, and asks to pile up refusals
                self._send(peer, packets.P2P_REQUEST_COMPLETE, failed.encode())
            return
        self._work()

    def peer_gone(self, peer: Peer) -> None:
        """The peer has disconnected."""
        if self._peers.get(peer.id) is peer:
            del self._peers[peer.id]
            self.server.peer_gone(peer.id)

    def _work(self) -> None:
        while not self._is_closing and (work := self.server.next_work()) is not None:
            task = asyncio.create_task(self._serve(work))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _serve(self, work: Work) -> None:
        assert isinstance(work.peer, bytes)
        peer = self._peers.get(work.peer)
        rest: Work | None = None
        try:
            if peer is not None:
                rest = await self._answer(peer, work)
        except _Gone:
            log.info("%s has left while it was answered", work.peer[:8].hex())
        finally:
            self.server.done(work)
            if rest is not None and peer is not None and self._peers.get(work.peer) is peer:
                self._resume(peer, rest)
            self._work()

    def _resume(self, peer: Peer, rest: Work) -> None:
        failed = self.server.resume(rest, self._clock.now())
        if failed is not None:
            self._fail(peer, rest, failed.text)

    async def _answer(self, peer: Peer, work: Work) -> Work | None:
        """Send a portion, and wait until it is read. What is left to send then."""
        try:
            page = await self._read(work)
            rest = self.server.rest(work, page)
            await self._send_portion(peer, work, page)
            if rest is not None:
                del page  # the peer may take its time
                await self._until_read(peer)
        except ArchiveBusy as error:
            self._fail(peer, work, str(error))
        except ArchiveError as error:
            log.debug("history cannot be read: %s", error)
            self._fail(peer, work, "the archive cannot be read at present: ask again later")
        except TimeoutError:
            self._fail(peer, work, "you read too slowly: ask for fewer envelopes")
        else:
            return rest
        return None

    async def _read(self, work: Work) -> Page:
        try:
            return await self._archive.page(work.portion)
        finally:
            self.server.read(work)
            self._work()

    async def _send_portion(self, peer: Peer, work: Work, page: Page) -> None:
        for code, payload in self.server.answer(work, page):
            await self._until_read(peer)
            self._send(peer, code, payload)
            await asyncio.sleep(0)  # other peers, and the socket, have their turn

    def _fail(self, peer: Peer, work: Work, text: str) -> None:
        self._send(peer, packets.P2P_REQUEST_COMPLETE, Failed(work.request_id, text).encode())

    async def _until_read(self, peer: Peer) -> None:
        async with asyncio.timeout(PUSH_TIMEOUT):
            while peer.is_connected and peer.pending_bytes > UNREAD_BYTES:  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(UNREAD_RETRY)
        if not peer.is_connected:
            raise _Gone

    def _tick(self) -> None:
        self.server.on_timer(self._clock.now())
        self._timer = asyncio.get_running_loop().call_later(TICK_SECONDS, self._tick)
