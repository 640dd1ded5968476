"""The client's offline inbox: what mailservers have kept of its topics (8/WAKU-MAIL)."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable

from pystatus import sanitise
from pystatus.client.events import HistoryProgress
from pystatus.client.inbox_config import InboxConfig
from pystatus.crypto.keys import PrivateKey
from pystatus.errors import LocalError
from pystatus.mailserver.client.actions import (
    DropCoverage,
    EnvelopesFound,
    Progress,
    SaveCoverage,
    SaveQuota,
    SaveStart,
)
from pystatus.mailserver.client.fetcher import Fetcher
from pystatus.mailserver.time_ranges import TimeRanges
from pystatus.node import Node
from pystatus.node.config import complete_enode
from pystatus.node.mailserver_session import MailserverSession, Outcome
from pystatus.storage.history import SqlHistoryStore
from pystatus.transport.topics import symmetric_key
from pystatus.waku.envelope import Envelope

MAX_PROBLEM = 500
"""Code points of a problem: a mailserver's own words may be in it."""


class Inbox:
    """Fetches, for as long as the client is open."""

    def __init__(
        self,
        config: InboxConfig,
        node: Node,
        store: SqlHistoryStore,
        *,
        receive: Callable[[Envelope], None],
        keep: Callable[[SaveCoverage | SaveStart | SaveQuota | DropCoverage], None],
        tell: Callable[[HistoryProgress], None],
        when_handled: Callable[[Callable[[], None]], None],
    ) -> None:
        """
        :param receive: called with each envelope that was found.
        :param keep: called with what is to be stored, after the envelopes that it is about.
        :param tell: called with how far it is, after all that has come of it.
        :param when_handled: calls back when everything that was found so far is stored. The next page is asked for only
            then, so that no more waits than a page of each mailserver.
        """
        self.ids = frozenset(complete_enode(enode).node_id for enode in config.mailservers)
        """Node ids of the mailservers."""
        self._receive = receive
        self._keep = keep
        self._tell = tell
        self._when_handled = when_handled
        self._waiting: list[asyncio.Future[None]] = []
        self._progress = Progress(0, 0, 0)
        key = symmetric_key(config.password)
        self._fetcher = Fetcher(
            dict.fromkeys(sorted(self.ids), key),
            PrivateKey.generate(os.urandom),  # nobody learns from it who asks
            os.urandom,
            config.fetch,
            pinned=None if config.pinned is None else complete_enode(config.pinned).node_id,
            entries=store.entries(),
            starts=store.starts(),
            spent=store.spent(),
            now=node.now,
        )
        self._node = node
        self._mailservers = config.mailservers
        self._inquiry: MailserverSession | None = None

    def start(self) -> None:
        """Begin to ask. The node has started."""
        self._inquiry = self._node.fetch_history(self._fetcher, self._mailservers, self._take, self._when_handled)

    def take_place_of(self, former: Inbox) -> None:
        """Be asked in place of another one, whose mailserver is gone: whoever waits for that one waits for this."""
        self._waiting, former._waiting = former._waiting, []

    def close(self, failure: BaseException | None = None) -> None:
        """Whoever waits waits no more.

        :param failure: why the client ends; None if somebody closes it.
        """
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_exception(failure or LocalError("The client is closed."))

    def asks(self, peer: object) -> bool:
        """Whether a peer is a mailserver that is asked: what it sends to this node alone is the answer."""
        return self._inquiry is not None and self._inquiry.asks(peer)

    @property
    def is_connected(self) -> bool:
        """Whether one of the mailservers is a peer."""
        return any(peer.id in self.ids for peer in self._node.peers)

    def set_topics(self, topics: Iterable[bytes]) -> None:
        """Fetch the history of these topics."""
        self._do(lambda fetcher, now: fetcher.set_topics(topics, now))

    def want(self, topics: Iterable[bytes], since: float) -> None:
        """Fetch the history of these topics from a Unix second on."""
        self._do(lambda fetcher, now: fetcher.want(topics, since, now))

    async def fetched(self) -> None:
        """Look once more, and wait until nothing is missing that can be had, and nothing is being asked once more."""
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        self._do(Fetcher.ask_again)
        await waiting

    def gaps(self, topics: Iterable[bytes]) -> TimeRanges:
        """The seconds of which something of these topics may be missing."""
        return self._fetcher.gaps(topics)

    @property
    def until(self) -> int:
        """The Unix second of which and after which :meth:`gaps` says nothing."""
        return self._fetcher.until

    def _do(self, what: Callable[[Fetcher, float], None]) -> None:
        if self._inquiry is None:
            what(self._fetcher, self._node.now)
        else:
            self._inquiry.do(what)

    def _take(self, outcome: Outcome) -> None:
        match outcome:
            case EnvelopesFound(_, envelopes):
                for envelope in envelopes:
                    self._receive(envelope)
            case Progress():
                self._advance(outcome)
            case _:
                self._keep(outcome)

    def _advance(self, progress: Progress) -> None:
        if progress != self._progress:
            self._progress = progress
            problem = None if progress.problem is None else sanitise.one_line(progress.problem, MAX_PROBLEM)
            self._tell(HistoryProgress(progress.missing, progress.total, progress.envelopes, problem, progress.lacking))
        if progress.is_complete and not progress.is_asking:
            waiting, self._waiting = self._waiting, []
            for one in waiting:
                if not one.done():
                    one.set_result(None)
