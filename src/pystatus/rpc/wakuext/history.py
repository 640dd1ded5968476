"""What is listened to, and what mailservers have kept of it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from pystatus.client.client import Client
from pystatus.errors import LocalError, StatusError
from pystatus.log_texts import get_logger
from pystatus.mailserver.timing import DAY, LONGEST_HISTORY
from pystatus.rpc.dispatcher import Method
from pystatus.rpc.encoding import to_hex
from pystatus.rpc.errors import limit_exceeded
from pystatus.rpc.wakuext import shapes
from pystatus.rpc.wakuext.calls import Calls
from pystatus.rpc.wakuext.reading import GivenRequest, GivenRetry, read_object, topic_bytes
from pystatus.rpc.wakuext.view import View

log = get_logger(__name__)

REQUEST_ID_SIZE = 32
"""Bytes of the id of a request."""
TIMEOUT = 10
"""Seconds that a request may take unless its caller says otherwise, as with status-go."""
MAX_TIMEOUT = 3_600
"""Seconds for which it is waited at most. Ours: a month takes minutes."""
MAX_REQUESTS = 100
"""Requests that are waited for at a time, of all callers. Ours: they wait for the same fetcher."""
MAX_TOPICS = 10_000
"""Topics of one request, as of a Status (6/WAKU1)."""

Completed = Callable[[str, str], None]
"""Told of the id of a request that has ended, and why it has failed; empty: it has not."""
Expired = Callable[[str], None]
"""Told of the id of a request that has taken too long."""


def with_defaults(given: GivenRequest, now: int) -> shapes.MessagesRequest:
    """A request as status-go completes it: until now, from a day before the end, within ten seconds.

    :param now: Unix seconds.
    """
    end = given.to or now
    return shapes.MessagesRequest(
        mail_server_peer=given.mail_server_peer,
        start=given.start or max(0, end - DAY),
        to=end,
        limit=given.limit,
        cursor=given.cursor,
        topic=given.topic or "0x00000000",
        topics=given.topics or None,
        sym_key_id=given.sym_key_id,
        timeout=given.timeout or TIMEOUT,
        force=given.force,
    )


class HistoryCalls(Calls):
    """The calls about topics and mailservers.

    Fetching is the client's: what is missing is fetched in any case, a page after the other, from any of the
    mailservers. A request looks at once, and further back. So cursors and limits are not the caller's to follow.
    """

    def __init__(self, client: Client, view: View, completed: Completed, expired: Expired) -> None:
        super().__init__(client, view)
        self._completed = completed
        self._expired = expired
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def methods(self) -> dict[str, Method]:
        """By name."""
        return {
            "wakuext_loadFilters": self.load_filters,
            "wakuext_removeFilters": self.remove_filters,
            "wakuext_updateMailservers": self.update_mailservers,
            "wakuext_requestMessages": self.request_messages,
            "wakuext_requestMessagesSync": self.request_messages_sync,
        }

    def close(self) -> None:
        """Nobody waits for history any more."""
        for task in self._tasks:
            task.cancel()

    def load_filters(self, filters: Any = None) -> list[shapes.Filter]:
        """Where something may come. What is given changes nothing: the chats decide it."""
        return [self._view.filter(channel) for channel in self._client.channels()]

    def remove_filters(self, filters: Any = None) -> None:
        """Nothing: who leaves a chat listens to it no longer."""

    async def update_mailservers(self, mailservers: list[str]) -> None:
        """Ask these mailservers, until the node is restarted."""
        await self._client.use_mailservers(mailservers)

    def request_messages(self, request: msgspec.Raw) -> str:
        """Fetch history; the id of the request, which ``mailserver.request.completed`` names when it has ended."""
        wanted = self._read(request)
        topics, since = self._checked(wanted)
        if len(self._tasks) >= MAX_REQUESTS:
            raise limit_exceeded(f"{MAX_REQUESTS} requests for history are under way: wait for one of them")
        number = to_hex(os.urandom(REQUEST_ID_SIZE))
        task = asyncio.create_task(self._fetch(number, topics, since, min(wanted.timeout, MAX_TIMEOUT)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return number

    async def request_messages_sync(self, retry: msgspec.Raw, request: msgspec.Raw) -> shapes.HistoryResponse:
        """The same, and wait until nothing is missing that a mailserver has."""
        read_object(retry, GivenRetry, "the retry configuration")
        wanted = self._read(request)
        topics, since = self._checked(wanted)
        try:
            async with asyncio.timeout(min(wanted.timeout, MAX_TIMEOUT)):
                await self._client.fetch_topics(topics, since)
        except TimeoutError:
            raise LocalError(
                f"This takes longer than {wanted.timeout} s. It goes on by itself; wait longer for it."
            ) from None
        return shapes.HistoryResponse(cursor="", error=None)

    def _read(self, request: msgspec.Raw) -> shapes.MessagesRequest:
        return with_defaults(read_object(request, GivenRequest, "the request"), int(self._client.now))

    def _checked(self, wanted: shapes.MessagesRequest) -> tuple[frozenset[bytes], int]:
        """The topics, all of ours if none is named, and from when on.

        :raises LocalError: times in a wrong order, no time to wait, too many topics, or one that is none of ours.
        """
        if wanted.start > wanted.to:
            raise LocalError("Query range is invalid: from > to.")
        if wanted.timeout < 0:
            raise LocalError("A request may take a number of seconds from 1 on.")
        own = frozenset(channel.topic for channel in self._client.channels())
        topics = _topics(wanted.topics or (), own)
        return topics or own, max(wanted.start, int(self._client.now) - LONGEST_HISTORY)

    async def _fetch(self, number: str, topics: frozenset[bytes], since: int, timeout: int) -> None:
        try:
            async with asyncio.timeout(timeout):
                await self._client.fetch_topics(topics, since)
        except TimeoutError:
            self._expired(number)
        except StatusError as error:
            self._completed(number, str(error))
        else:
            self._completed(number, "")


def _topics(given: Iterable[str], own: frozenset[bytes]) -> frozenset[bytes]:
    topics = frozenset(map(topic_bytes, given))
    if len(topics) > MAX_TOPICS:
        raise LocalError(f"A request has at most {MAX_TOPICS} topics.")
    if not topics <= own:
        raise LocalError("This node does not listen on all of these topics. Ask for those of wakuext_loadFilters.")
    return topics
