"""The client of mailservers on a node: one fetcher at a time asks them (8/WAKU-MAIL)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Protocol

from pystatus.errors import LocalError
from pystatus.net.listeners import PeerListener
from pystatus.node.config import complete_enode

if TYPE_CHECKING:
    from pystatus.mailserver.client.fetcher import Fetcher
    from pystatus.node.finding import Finding
    from pystatus.node.mailserver_session import MailserverSession, Outcome, SessionNode


class Fetch(Protocol):
    """Lets a fetcher ask mailservers; see :meth:`pystatus.node.Node.fetch_history`."""

    def __call__(
        self,
        fetcher: Fetcher,
        mailservers: Iterable[str],
        take: Callable[[Outcome], None],
        when_stored: Callable[[Callable[[], None]], None] | None,
    ) -> MailserverSession: ...


class HistoryClient:
    """Where the session is that asks. A :class:`~pystatus.node.services.Service`."""

    def __init__(self, node: SessionNode, listeners: list[PeerListener], finding: Finding | None = None) -> None:
        """
        :param listeners: who hears of the node's peers; a session becomes one of them.
        :param finding: hears of mailservers that it has found and that are of no use.
        """
        self._finding = finding
        self._node = node
        self._listeners = listeners
        self._session: MailserverSession | None = None
        self._is_reserved = False

    async def start(self) -> None:
        """Nothing to do: :meth:`fetch` begins."""

    async def close(self) -> None:
        """Ask no mailserver any more."""
        self._end()

    def fetch(
        self,
        fetcher: Fetcher,
        mailservers: Iterable[str],
        take: Callable[[Outcome], None],
        when_stored: Callable[[Callable[[], None]], None] | None,
    ) -> MailserverSession:
        """See :meth:`pystatus.node.Node.fetch_history`.

        :raises LocalError: as there.
        """
        if self._is_reserved:
            raise LocalError(
                "This node is a mailserver, and asks others for what it lacks by itself: ask for history with another "
                "node, or read its archive."
            )
        return self._begin(fetcher, mailservers, take, when_stored)

    def reserve(self) -> Fetch:
        """From now on only the caller can ask, by what this returns: one session at a time, and none ends it."""
        self._is_reserved = True
        return self._begin

    def _begin(
        self,
        fetcher: Fetcher,
        mailservers: Iterable[str],
        take: Callable[[Outcome], None],
        when_stored: Callable[[Callable[[], None]], None] | None,
    ) -> MailserverSession:
        from pystatus.node.mailserver_session import (
            MailserverSession,  # a node that asks for nothing loads nothing of it
        )

        enodes = {complete_enode(enode).node_id: enode for enode in mailservers}
        self._end()
        self._session = session = MailserverSession(self._node, fetcher, enodes, take, when_stored, self._reject)
        self._listeners.append(session)
        session.start()
        return session

    def _reject(self, server: bytes, reason: str) -> None:
        if self._finding is not None:
            self._finding.reject_mailserver(server, reason)

    def asks(self, peer: object) -> bool:
        """Whether a peer is a mailserver that is asked: what it sends to this node alone goes to the fetcher."""
        return self._session is not None and self._session.asks(peer)

    def _end(self) -> None:
        if self._session is not None:
            self._session.close()
            self._listeners.remove(self._session)
            self._session = None
