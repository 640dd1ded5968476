"""A client of a profile that another process has open: the same methods, features and events."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from weakref import WeakValueDictionary

from pystatus.client import Client, Event, EventsLost, EventStream, Receipt
from pystatus.client.events import EventHub
from pystatus.client.features.feature import ClientFeature
from pystatus.client.handlers import all_events
from pystatus.client.sending import Receipts, follow
from pystatus.errors import LocalError
from pystatus.faces.attach.connection import (
    PATIENCE,
    BlockingConnection,
    Connection,
    HolderGone,
    HolderHangs,
    gone,
)
from pystatus.faces.attach.forwarding import forward
from pystatus.faces.attach.place import REMEMBERED, socket_path
from pystatus.json_values import Json
from pystatus.media.limits import MAX_FILE_BYTES
from pystatus.net.clock import SystemClock
from pystatus.node.life import Life
from pystatus.rpc.client_api.calls import RESULTS, UPLOAD, Call
from pystatus.rpc.client_api.uploads import MAX_PART
from pystatus.storage.descriptions import Profile
from pystatus.version import VERSION

if TYPE_CHECKING:
    from pystatus.node import Node
    from pystatus.peers.cache import CachedPeer

F = TypeVar("F", bound=ClientFeature[Any])

_EVENTS: Mapping[str, type[Event]] = {kind.__name__: kind for kind in all_events()}
_FILE = "file"
"""What the one file is called that is on its way."""
PAGE = 1_000
"""Events that are asked for together."""


class AttachedClient(Client):
    """Use it as any client. Closing it ends nothing but the connection."""

    def __init__(self, profile: Profile) -> None:
        """
        :param profile: that somebody has open, see :func:`~pystatus.faces.attach.place.is_served`.
        """
        self._profile = profile
        self._selector = profile.name
        self._clock = SystemClock()
        self._hub = EventHub()
        self._life = Life("client", "async with client: …, or: await client.start()", "AttachedClient(…)")
        self._blocking: BlockingConnection | None = None
        self._connection = Connection(self._notified, self._holder_gone)
        self._receipts: Receipts = WeakValueDictionary()
        self._gone: HolderGone | EventsLost | None = None
        self._over = asyncio.Event()
        self._uploading = asyncio.Lock()
        self._features: dict[str, ClientFeature[Any]] = {name: kind(self) for name, kind in _FEATURES.items()}

    # life

    async def start(self) -> Self:
        """Attach.

        :raises HolderGone: nobody has the profile open.
        :raises LocalError: who has it open is another version of pystatus; or this was started before.
        """
        self._life.begin()
        try:
            async with asyncio.timeout(PATIENCE):
                await self._connection.open(socket_path(self._profile))
                _check_version(await self._connection.call("daemon_hello", {}))
                await self._connection.call("events_subscribe", {})
        except TimeoutError:
            await self._connection.close()
            self._life.did_not_begin()
            raise gone("it takes too long") from None
        except BaseException:
            await self._connection.close()
            self._life.did_not_begin()
            raise
        self._life.opened()
        return self

    @contextmanager
    def reading(self) -> Iterator[Self]:
        """For who reads something, and neither waits for anything nor has an event loop."""
        try:
            yield self
        finally:
            self._hang_up()

    def _hang_up(self) -> None:
        blocking, self._blocking = self._blocking, None
        if blocking is not None:
            blocking.close()

    async def close(self) -> None:
        """Hang up. The profile stays open where it is."""
        self._life.close(self._gone)
        await self._connection.close()
        self._hang_up()
        for receipt in list(self._receipts.values()):
            receipt.end()
        self._over.set()
        await self._hub.close(self._gone)

    async def run_forever(self) -> None:
        """Wait until the client is closed.

        :raises HolderGone: the process that has the profile open has ended.
        """
        self._life.check_started()
        await self._over.wait()
        if self._gone is not None:
            raise self._gone

    @property
    def _failure(self) -> BaseException | None:
        return self._gone

    def _holder_gone(self, failure: HolderGone | EventsLost) -> None:
        self._gone = self._gone or failure
        self._over.set()
        for receipt in list(self._receipts.values()):
            receipt.end()
        self._ending = asyncio.ensure_future(self._hub.close(self._gone))

    # what is of this process

    @property
    def profile(self) -> Profile:
        """The profile in use."""
        return self._profile

    @property
    def node(self) -> Node:
        """
        :raises LocalError: always; the connections are another process's. See :meth:`network`.
        """
        raise LocalError("The node is in the process that has the profile open. What it knows: client.network().")

    def feature(self, kind: type[F]) -> F:
        """See :meth:`Client.feature`."""
        feature = self._features.get(getattr(kind, "NAME", ""))
        return super().feature(kind) if feature is None else cast(F, feature)

    def _check_mailserver(self) -> None:
        """Whether there is one is known where the profile is open."""

    def remembered_peers(self) -> Sequence[CachedPeer]:
        """The relays and mailservers of earlier runs, the best of each topic first.

        :raises HolderGone: nobody has the profile open any more.
        """
        from pystatus.peers.cache import CachedPeer  # few ask for them

        found: Sequence[CachedPeer] = RESULTS.decode(self.call_now(REMEMBERED, {}), Sequence[CachedPeer])
        return found

    # events

    def events(self, after: int | None = None) -> EventStream:
        """See :meth:`Client.events`."""
        if after is None:
            return self._hub.stream(self._check_readable)
        self._life.check()
        self.call_now("events_page", {"after": after, "limit": 0})  # whether all of them are kept
        return self._hub.stream(self._check_readable, after, self._past(after, self.cursor))

    def _past(self, after: int, until: int) -> Iterator[tuple[int, Event]]:
        while after < until:
            page = self.call_now("events_page", {"after": after, "limit": PAGE})
            for one in page["events"]:
                event = _event(one["event"])
                if event is not None:
                    yield one["cursor"], event
            after = page["cursor"]

    def _notified(self, params: Mapping[str, Any]) -> None:
        if "lost" in params:
            self._holder_gone(EventsLost(params["lost"]))
            return
        event = _event(params["event"])
        if event is None:
            return
        follow(self._receipts, event)
        self._hub.tell(event, params["cursor"] or 0)

    # calls

    def call_now(self, method: str, params: Mapping[str, Json]) -> Json:
        """The answer to a call that waits for nothing but a database.

        :raises HolderGone: there is none.
        :raises StatusError: the call was refused.
        """
        if self._life.is_closed:
            self._life.check()
        self._life.check_here()
        if isinstance(self._gone, HolderHangs):
            raise self._gone
        try:
            if self._blocking is None:
                self._blocking = BlockingConnection(socket_path(self._profile))
                _check_version(self._blocking.call("daemon_hello", {}))
            return self._blocking.call(method, params)
        except HolderGone as error:
            self._hang_up()
            if isinstance(error, HolderHangs):  # who does not wait for one answer does not wait for others
                self._holder_gone(error)
            raise

    async def call(self, call: Call, params: Mapping[str, Json]) -> Any:
        """The result of a call that may wait. Its receipt is that of this process."""
        self._life.check()
        large = next((name for name, value in params.items() if _is_large(value)), None)
        if large is None:
            answer = await self._connection.call(call.name, params)
        else:
            async with self._uploading:
                await self._upload(params[large]["base64"])
                answer = await self._connection.call(call.name, {**params, large: {"upload": _FILE}})
        result = call.result.decode(answer)
        return self._receipt(result) if call.gives_receipt else result

    async def _upload(self, text: str) -> None:
        """Send a file that is too large for one request. Nothing of it is written to a disk.

        :raises HolderGone: there is no answer.
        :raises LocalError: it is larger than it may be anywhere.
        """
        if len(text) // 4 * 3 - text[-2:].count("=") > MAX_FILE_BYTES:
            raise LocalError(f"A file has at most {MAX_FILE_BYTES} bytes. Send a smaller one.")
        await self._connection.call(UPLOAD, {"name": "", "base64": ""})  # what one that broke off has left
        for start in range(0, len(text), MAX_PART):
            await self._connection.call(UPLOAD, {"name": _FILE, "base64": text[start : start + MAX_PART]})

    def _receipt(self, message: Any) -> Receipt:
        receipt = Receipt(message)
        self._receipts[message.id] = receipt
        try:
            now = self.message(message.id)  # what became of it before the answer came
        except HolderGone as error:  # it is stored, and goes out by itself
            receipt.end()
            self._holder_gone(error)
            return receipt
        if now is not None and now.state is not None:
            receipt.advance(now.state)
        return receipt


def _is_large(value: Json) -> bool:
    return isinstance(value, dict) and len(value.get("base64", "")) > MAX_PART


def _check_version(hello: Mapping[str, Any]) -> None:
    """
    :raises LocalError: who has the profile open is of another version.
    """
    if hello.get("version") != VERSION:
        raise LocalError(
            f"The pystatus that has the profile open is version {hello.get('version')}, this one is {VERSION}. Stop "
            "that one, or run the command of its version."
        )


def _event(fields: dict[str, Any]) -> Event | None:
    kind = _EVENTS.get(fields.pop("event"))
    return None if kind is None else cast(Event, RESULTS.decode(fields, kind))


_LOCAL = frozenset({"public_key", "chat_key", "name", "now"})
"""What follows from the profile, or is of this process."""
_FEATURES = forward(AttachedClient, _LOCAL | vars(AttachedClient).keys())
