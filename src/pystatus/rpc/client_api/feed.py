"""The events of a client for callers: in pages, or as notifications of a subscription, both from a cursor on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

import msgspec

from pystatus.client import Client, Event, EventsLost, EventStream
from pystatus.errors import StatusError
from pystatus.log_texts import get_logger
from pystatus.rpc.client_api.calls import RESULTS
from pystatus.rpc.dispatcher import Method
from pystatus.rpc.errors import APPLICATION_ERROR, RpcError
from pystatus.rpc.session import Session

log = get_logger(__name__)

MAX_PAGE = 1_000
"""Events in a page: some 300 kB."""
REMEMBERED = 1_024
"""Events of which the JSON is kept for the next reader: several read the same at about the same time."""
MAX_REMEMBERED_BYTES = 4 << 20
"""Bytes of it: strangers choose the length of what they write."""
NOTIFICATION = b"event"
"""The method that notifications name."""

Count = Annotated[int, msgspec.Meta(ge=0)]


def event_fields(event: Event) -> dict[str, Any]:
    """An event as JSON: ``"event"`` says which one, the other members are its fields."""
    return {"event": type(event).__name__, **RESULTS.encode(event, type(event))}


class EventFeed:
    """Of one client, for all callers."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._tasks: dict[asyncio.Task[None], None] = {}
        self._written: dict[int, bytes] = {}
        self._written_bytes = 0
        self._count = 0

    @property
    def methods(self) -> Mapping[str, Method]:
        """By name."""
        return {
            "events_subscribe": self.subscribe,
            "events_unsubscribe": self.unsubscribe,
            "events_page": self.page,
        }

    def close(self) -> None:
        """Notify nobody any more."""
        for task in list(self._tasks):
            task.cancel()

    def page(self, after: Count, limit: Count = MAX_PAGE) -> dict[str, Any]:
        """What came after a cursor, the oldest first, and the cursor to read on from. Reading empties nothing."""
        stream = self._stream(after)
        newest = self._client.cursor
        found: list[dict[str, Any]] = []
        while len(found) < min(limit, MAX_PAGE):
            event = stream.next_past()
            if event is None:
                return {"events": found, "cursor": newest}
            found.append({"cursor": stream.cursor, "event": event_fields(event)})
        return {"events": found, "cursor": stream.cursor}

    def _stream(self, after: int | None) -> EventStream:
        try:
            return self._client.events(after)
        except StatusError as error:
            raise RpcError(APPLICATION_ERROR, str(error), {"kind": type(error).__name__}) from None

    def subscribe(self, session: Session, after: Count | None = None) -> str:
        """Notify the caller of every event from now on, or of those that came after a cursor first. Its id comes before
        its first notification, ``{"subscription": …, "cursor": …, "event": {…}}``. With ``"lost"`` in place of
        ``"event"`` it is at its end: the caller was too slow, and reads the state anew."""
        session.require_notifications()
        stream = self._stream(after)
        self._count += 1
        subscription = f"0x{self._count:032x}"
        task = asyncio.create_task(self._notify(stream, subscription, session))
        self._tasks[task] = None
        task.add_done_callback(self._tasks.pop)
        session.begin(subscription, partial(_cancel, task))
        return subscription

    def unsubscribe(self, id: str, session: Session) -> bool:
        """From the answer on there are no notifications."""
        session.end(id)
        return True

    async def _notify(self, stream: EventStream, subscription: str, session: Session) -> None:
        try:
            async for event in stream:
                cursor = stream.cursor if stream.is_stored else None
                self._tell(session, subscription, cursor, b"event", self.written(event, stream))
                await session.drained()
        except EventsLost as error:
            self._tell(session, subscription, stream.cursor, b"lost", msgspec.json.encode(str(error)))
        except StatusError as error:
            log.info("a subscription of events ends: %s", error)  # so does the client, whose user is told
        except Exception:  # a fault of ours: who waits for events is not left waiting
            log.exception("a subscription of events has failed because of a fault in pystatus")
            lost = msgspec.json.encode("a fault in pystatus; its log says more")
            self._tell(session, subscription, stream.cursor, b"lost", lost)

    def _tell(self, session: Session, subscription: str, cursor: int | None, what: bytes, written: bytes) -> None:
        """
        :param cursor: of what is told; None: it is of this moment alone, and nobody can read on there.
        """
        place = b"null" if cursor is None else b"%d" % cursor
        message = b'{"jsonrpc":"2.0","method":"%s","params":{"subscription":"%s","cursor":%s,"%s":%s}}' % (
            NOTIFICATION, subscription.encode(), place, what, written,
        )  # fmt: skip
        session.notify(subscription, lambda: message)

    def written(self, event: Event, stream: EventStream) -> bytes:
        """The JSON of the event that was just read of a stream. What is of this moment alone has no cursor of its own,
        and is written for each reader."""
        if not stream.is_stored:
            return msgspec.json.encode(event_fields(event))
        written = self._written.get(stream.cursor)
        if written is None:
            written = self._written[stream.cursor] = msgspec.json.encode(event_fields(event))
            self._written_bytes += len(written)
            while len(self._written) > REMEMBERED or self._written_bytes > MAX_REMEMBERED_BYTES:
                self._written_bytes -= len(self._written.pop(next(iter(self._written))))
        return written


def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
