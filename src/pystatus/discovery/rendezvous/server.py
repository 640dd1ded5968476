"""A server's side of one connection: requests of a stream in, answers out (overlay.md §4.2, §4.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from pystatus.devp2p.enr import NodeRecord, NotSigned
from pystatus.discovery.addresses import IPAddress
from pystatus.discovery.rendezvous.messages import (
    Discover,
    DiscoverResponse,
    ItemReader,
    MessageType,
    Register,
    RegisterResponse,
    RemoteIpResponse,
    Status,
    read_type,
)
from pystatus.discovery.rendezvous.registry import Registry
from pystatus.errors import RemoteError
from pystatus.token_bucket import TokenBucket

REQUEST_BURST = 20.0
"""Requests of a connection at once. Ours: a node registers one or two topics every 5 seconds and asks for one or two
every 3 (overlay.md §4.4)."""
REQUESTS_PER_SECOND = 2.0
"""The same in the long run."""

_Handle: TypeAlias = Callable[[bytes, float], bytes]


@dataclass(slots=True)
class Counters:
    """What a server was asked and what it answered, since it began."""

    answered: dict[tuple[str, int], int] = field(default_factory=dict)
    """By request ("register", "discover", "remote_ip") and status."""
    records_out: int = 0

    def count(self, request: MessageType, status: int) -> None:
        """One answer."""
        key = (request.name.lower(), status)
        self.answered[key] = self.answered.get(key, 0) + 1


class ServerConnection:
    """What the streams of one connection share: where it comes from, and how much may be asked."""

    __slots__ = ("_requests", "counters", "registry", "source", "tells_address")

    def __init__(
        self, registry: Registry, source: IPAddress, now: float, counters: Counters, *, tells_address: bool
    ) -> None:
        """
        :param tells_address: REMOTEIP is answered. The reference of v0.64.0 does not know it and resets the stream.
        """
        self.registry = registry
        self.source = source
        self.counters = counters
        self.tells_address = tells_address
        self._requests = TokenBucket(REQUEST_BURST, REQUESTS_PER_SECOND, now)

    def take_request(self, now: float) -> None:
        """
        :raises RemoteError: too many. The connection is to be closed.
        """
        if not self._requests.take(now):
            raise TooManyRequests("peer asks too often")


class TooManyRequests(RemoteError):
    """The connection is to be closed, not the stream alone."""


class ServerStream:
    """The requests of one stream, one after the other.

    A request whose body is wrong is answered by status 104, and the next one is read if it is known where it begins. A
    type that no request has is the end of the stream.
    """

    __slots__ = ("_connection", "_reader", "_type", "is_over")

    def __init__(self, connection: ServerConnection) -> None:
        self._connection = connection
        self._reader = ItemReader()
        self._type: MessageType | None = None
        self.is_over = False
        """Nothing more is read; the stream is to be ended."""

    def receive_data(self, data: bytes, now: float) -> bytes:
        """Take bytes, cut in any way: what is to be answered.

        :raises RemoteError: no request; the stream is to be reset. :class:`TooManyRequests`: so is the connection.
        """
        answers: list[bytes] = []
        self._reader.receive_data(data)
        while not self.is_over:
            if self._type is None:
                item = self._reader.next_item()
                if item is None:
                    break
                self._connection.take_request(now)
                self._type = self._known(read_type(item))
                if self._type is not MessageType.REMOTE_IP:
                    continue
                answers.append(self._remote_ip())
            else:
                try:
                    item = self._reader.next_item()
                except RemoteError:  # where the next request begins nobody knows
                    self.is_over = True
                    answers.append(self._invalid(self._type))
                    break
                if item is None:
                    break
                answers.append(self._answer(self._type, item, now))
            self._type = None
        return b"".join(answers)

    def end(self) -> bytes:
        """The client sends nothing more: what is to be answered."""
        cut = None if self.is_over else self._type
        self.is_over = True
        return b"" if cut is None else self._invalid(cut)

    def _known(self, kind: int) -> MessageType:
        if kind in (MessageType.REGISTER, MessageType.DISCOVER):
            return MessageType(kind)
        if kind == MessageType.REMOTE_IP and self._connection.tells_address:
            return MessageType.REMOTE_IP
        raise RemoteError(f"request of unknown type {kind}")

    def _answer(self, kind: MessageType, body: bytes, now: float) -> bytes:
        try:
            if kind is MessageType.REGISTER:
                return self._register(Register.decode(body), now)
            return self._discover(Discover.decode(body), now)
        except RemoteError:
            return self._invalid(kind)

    def _register(self, request: Register, now: float) -> bytes:
        connection = self._connection
        record: NodeRecord | None
        try:
            record = NodeRecord.decode(request.record)
        except NotSigned:  # what is wrong besides has another status
            record = None
        outcome = connection.registry.register(request.topic, record, request.ttl, connection.source, now)
        connection.counters.count(MessageType.REGISTER, outcome.status)
        return RegisterResponse(outcome.status, outcome.message).encode()

    def _discover(self, request: Discover, now: float) -> bytes:
        connection = self._connection
        records = connection.registry.discover(request.topic, request.limit, now)
        connection.counters.count(MessageType.DISCOVER, Status.OK)
        connection.counters.records_out += len(records)
        return DiscoverResponse(Status.OK, records=tuple(record.encoded for record in records)).encode()

    def _remote_ip(self) -> bytes:
        connection = self._connection
        connection.counters.count(MessageType.REMOTE_IP, Status.OK)
        return RemoteIpResponse(Status.OK, str(connection.source)).encode()

    def _invalid(self, kind: MessageType) -> bytes:
        self._connection.counters.count(kind, Status.INVALID_CONTENT)
        if kind is MessageType.REGISTER:
            return RegisterResponse(Status.INVALID_CONTENT).encode()
        return DiscoverResponse(Status.INVALID_CONTENT).encode()
