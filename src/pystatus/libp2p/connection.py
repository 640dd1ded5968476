"""One libp2p connection, without I/O: security, multiplexer and streams (overlay.md §4.1).

    SECURITY ──/noise or /secio/1.0.0──> KEYS ──peer proved──> MUXER ──/yamux/1.0.0──> OPEN
        └──────────────────────────────────┴──────────────────────┴──────────────────────┴──> CLOSED

Rules:

* Until OPEN there is one time limit, and every message is bounded (:mod:`pystatus.libp2p.limits`).
* OPEN: both open streams and agree on a protocol on each. Of the peer's, those for the protocols that we were given are
  taken; to all others, identify among them, the answer is "na". A stream that is silent, or that we ended, is given up.
* All bytes of the peer take tokens, and new streams and Pings others besides. A peer that has none left is left.
* Bytes from the peer never raise. The last event is always :class:`~pystatus.libp2p.events.ConnectionClosed`.

``now`` is in seconds on a clock that never steps.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from enum import Enum, auto

from pystatus.crypto.keys import PrivateKey
from pystatus.crypto.random import RandomSource
from pystatus.errors import LocalError, RemoteError
from pystatus.libp2p import noise, secio, yamux
from pystatus.libp2p.events import (
    Connected,
    ConnectionClosed,
    Event,
    StreamData,
    StreamEnded,
    StreamFailed,
    StreamOpened,
)
from pystatus.libp2p.limits import Libp2pLimits
from pystatus.libp2p.multistream import Negotiation
from pystatus.libp2p.peer_id import PeerId
from pystatus.libp2p.secure import SecureChannel
from pystatus.libp2p.stream import OpenStream
from pystatus.libp2p.yamux import Yamux
from pystatus.token_bucket import TokenBucket

SECURITY = (noise.PROTOCOL, secio.PROTOCOL)
"""What is offered, the better first."""
MUXERS = (yamux.PROTOCOL,)
"""The reference offers mplex besides, as its second choice."""


class State(Enum):
    """Where a connection is in its life."""

    SECURITY = auto()
    KEYS = auto()
    MUXER = auto()
    OPEN = auto()
    CLOSED = auto()


class Libp2pConnection:
    """Bytes in, events out. Make one with :meth:`dial` or :meth:`listen`, then::

    connection.receive_data(data, now)      # and eof_received when the transport ends
    while (event := connection.next_event()) is not None: ...
    transport.write(connection.data_to_send())
    # at connection.next_timer(): connection.on_timer(now)
    """

    __slots__ = (
        "_bytes",
        "_channel",
        "_control",
        "_deadline",
        "_events",
        "_initiates",
        "_key",
        "_limits",
        "_muxer",
        "_negotiation",
        "_output",
        "_protocols",
        "_random",
        "_remote",
        "_streams",
        "pending_bytes",
        "security",
        "state",
    )

    _channel: SecureChannel
    _muxer: Yamux
    state: State
    security: str
    """What was agreed on, behind :data:`State.SECURITY`."""
    pending_bytes: int
    """Bytes that wait for :meth:`data_to_send`."""

    def __init__(
        self,
        key: PrivateKey,
        remote: PeerId | None,
        random: RandomSource,
        now: float,
        protocols: Sequence[str],
        security: Sequence[str],
        limits: Libp2pLimits,
    ) -> None:
        self._key = key
        self._remote = remote
        self._random = random
        self._protocols = protocols
        self._limits = limits
        self._initiates = remote is not None
        self._negotiation = Negotiation(security, proposes=self._initiates)
        self._streams: dict[int, OpenStream] = {}
        self._events: deque[Event] = deque()
        self._output: list[bytes] = []
        self._bytes = TokenBucket(limits.bytes_burst, limits.bytes_per_second, now)
        self._control = TokenBucket(limits.control_burst, limits.control_per_second, now)
        self._deadline = now + limits.handshake_timeout
        """Of the handshakes; when the connection is open, of the time without streams."""
        self.pending_bytes = 0
        self.state = State.SECURITY
        self._write(self._negotiation.data_to_send())

    @classmethod
    def dial(
        cls,
        key: PrivateKey,
        remote: PeerId,
        random: RandomSource,
        now: float,
        *,
        security: Sequence[str] = SECURITY,
        limits: Libp2pLimits | None = None,
    ) -> Libp2pConnection:
        """We dialled, expect ``remote``, and answer no streams.

        :param key: our identity on this connection.
        """
        return cls(key, remote, random, now, (), security, limits or Libp2pLimits())

    @classmethod
    def listen(
        cls,
        key: PrivateKey,
        random: RandomSource,
        now: float,
        protocols: Sequence[str],
        *,
        security: Sequence[str] = SECURITY,
        limits: Libp2pLimits | None = None,
    ) -> Libp2pConnection:
        """Somebody dialled us.

        :param protocols: of the streams that we answer.
        """
        return cls(key, None, random, now, protocols, security, limits or Libp2pLimits())

    # What the shell calls

    def receive_data(self, data: bytes, now: float) -> None:
        """Take bytes from the transport, cut in any way. Never raises; look at the events."""
        if self.state is State.CLOSED:
            return
        try:
            if not self._bytes.take(now, len(data)):
                raise RemoteError("peer sends more than this connection is for")
            self._receive(data, now)
        except RemoteError as error:
            self._close(str(error))

    def eof_received(self) -> None:
        """The transport has ended."""
        if self.state is not State.CLOSED:
            self._close("the peer closed the connection")

    def next_event(self) -> Event | None:
        """The next event, or None."""
        return self._events.popleft() if self._events else None

    def data_to_send(self) -> bytes:
        """Everything that is to be written to the transport now."""
        output = b"".join(self._output)
        self._output.clear()
        self.pending_bytes = 0
        return output

    def next_timer(self) -> float | None:
        """When :meth:`on_timer` wants to be called; None when there is nothing to wait for."""
        if self.state is State.CLOSED:
            return None
        return min((stream.deadline for stream in self._streams.values()), default=self._deadline)

    def on_timer(self, now: float) -> None:
        """Give up what is overdue at ``now``."""
        if self.state is State.OPEN:
            for number, stream in [(number, one) for number, one in self._streams.items() if now >= one.deadline]:
                self._fail(number, stream.why_late, now)
            if not self._streams and now >= self._deadline:
                self.close("nothing was asked for a while")
            else:
                self._flush()
        elif self.state is not State.CLOSED and now >= self._deadline:
            self._close("the peer did not finish the handshakes in time")

    # What the application calls

    def open_stream(self, protocol: str, now: float) -> int:
        """Open a stream: its number. What becomes of it is an event.

        :raises LocalError: the connection is not open.
        """
        if self.state is not State.OPEN:
            raise LocalError("Streams can be opened only while the connection is open.")
        number = self._muxer.open()
        self._begin(number, Negotiation((protocol,), proposes=True), now, by_peer=False)
        self._flush()
        return number

    def send(self, stream: int, data: bytes) -> None:
        """Send bytes on a stream that was opened.

        :raises LocalError: it is closed, or the peer does not read what is sent to it.
        """
        if self.state is not State.OPEN:
            raise LocalError("Nothing can be sent on a connection that is closed.")
        self._muxer.send(stream, data)
        self._flush()

    def end(self, stream: int, now: float) -> None:
        """Send nothing more on a stream. Nothing happens if it is closed."""
        if self.state is State.OPEN:
            self._muxer.end(stream)
            if stream in self._streams:
                self._streams[stream].has_ended = True
            self._forget_closed(stream, now)
            self._flush()

    def reset(self, stream: int, now: float) -> None:
        """Give a stream up; there are no more events of it. Nothing happens if it is closed."""
        if self.state is State.OPEN:
            self._muxer.reset(stream)
            self._forget_closed(stream, now)
            self._flush()

    def close(self, error: str) -> None:
        """Leave; the peer is told if it can be. Nothing happens if the connection is closed."""
        if self.state is State.OPEN:
            self._muxer.go_away()
            self._flush()
        if self.state is not State.CLOSED:
            self._close(error)

    # The handshakes

    def _receive(self, data: bytes, now: float) -> None:
        if self.state is State.SECURITY:
            if (agreed := self._negotiate(data)) is None:
                return
            self.security = agreed
            self._channel = self._make_channel(agreed)
            self.state = State.KEYS
            data = self._negotiation.rest
        opened = self._open(data)
        if self.state is State.KEYS:
            if (remote := self._channel.remote) is None:
                return
            self._remote = remote
            self._negotiation = Negotiation(MUXERS, proposes=self._initiates)
            self.state = State.MUXER
            self._write_sealed(self._negotiation.data_to_send())
        if self.state is State.MUXER:
            if self._negotiate(opened) is None:
                return
            self._muxer = Yamux(initiates=self._initiates)
            self.state = State.OPEN
            self._deadline = now + self._limits.idle_timeout
            assert self._remote is not None
            self._events.append(Connected(self._remote, self.security))
            opened = self._negotiation.rest
        for event in self._muxer.receive_data(opened):
            self._muxer_event(event, now)
        self._flush()

    def _negotiate(self, data: bytes) -> str | None:
        """What is agreed on, if it is yet; says what there is to say."""
        negotiation = self._negotiation
        try:
            negotiation.receive_data(data)
        finally:
            output = negotiation.data_to_send()
            if self.state is State.SECURITY:
                self._write(output)
            else:
                self._write_sealed(output)
        return negotiation.agreed

    def _make_channel(self, security: str) -> SecureChannel:
        if security == noise.PROTOCOL:
            return noise.NoiseChannel(self._key, self._random, self._remote, initiates=self._initiates)
        return secio.SecioChannel(self._key, self._random, self._remote)

    def _open(self, data: bytes) -> bytes:
        channel = self._channel
        opened = channel.receive_data(data)
        self._write(channel.data_to_send())
        return opened

    # Streams

    def _muxer_event(self, event: yamux.Event, now: float) -> None:
        match event:
            case yamux.Opened(number):
                self._take_control(now)
                if sum(stream.by_peer for stream in self._streams.values()) >= self._limits.max_streams:
                    self._muxer.reset(number)
                else:
                    self._muxer.accept(number)
                    self._begin(number, Negotiation(self._protocols, proposes=False), now, by_peer=True)
            case yamux.Data(number, data):
                self._data(number, data, now)
            case yamux.Ended(number):
                self._ended(number, now)
            case yamux.Reset(number):
                self._fail(number, "the peer gave the stream up", now)
            case yamux.Pinged(value):
                self._take_control(now)
                self._muxer.pong(value)
            case _:
                raise RemoteError("the peer goes away")

    def _take_control(self, now: float) -> None:
        if not self._control.take(now):
            raise RemoteError("peer floods us with streams or Pings")

    def _begin(self, number: int, negotiation: Negotiation, now: float, *, by_peer: bool) -> None:
        self._streams[number] = OpenStream(negotiation, now + self._limits.stream_timeout, by_peer=by_peer)
        self._muxer.send(number, negotiation.data_to_send())

    def _data(self, number: int, data: bytes, now: float) -> None:
        stream = self._streams[number]
        if not stream.has_ended:
            stream.deadline = now + self._limits.stream_timeout
        negotiation = stream.negotiation
        if negotiation is None:
            self._events.append(StreamData(number, data))
            return
        try:
            negotiation.receive_data(data)
            if output := negotiation.data_to_send():
                self._muxer.send(number, output)
        except (RemoteError, LocalError) as error:
            self._fail(number, str(error), now)
            return
        if negotiation.agreed is not None:
            stream.negotiation = None
            self._events.append(StreamOpened(number, negotiation.agreed, stream.by_peer))
            if negotiation.rest:
                self._events.append(StreamData(number, negotiation.rest))

    def _ended(self, number: int, now: float) -> None:
        if self._streams[number].negotiation is not None:
            self._fail(number, "the peer ended the stream before its protocol was agreed", now)
            return
        self._events.append(StreamEnded(number))
        self._forget_closed(number, now)

    def _fail(self, number: int, error: str, now: float) -> None:
        stream = self._streams[number]
        self._muxer.reset(number)
        self._forget_closed(number, now)
        if stream.negotiation is None or not stream.by_peer:  # else nobody has heard of it
            self._events.append(StreamFailed(number, error))

    def _forget_closed(self, number: int, now: float) -> None:
        if number not in self._muxer and self._streams.pop(number, None) is not None:
            self._idle_from(now)

    def _idle_from(self, now: float) -> None:
        self._deadline = now + self._limits.idle_timeout

    # Output and the end

    def _flush(self) -> None:
        self._write_sealed(self._muxer.data_to_send())

    def _write_sealed(self, data: bytes) -> None:
        if data:
            self._write(self._channel.seal(data))

    def _write(self, data: bytes) -> None:
        if data:
            self._output.append(data)
            self.pending_bytes += len(data)

    def _close(self, error: str) -> None:
        self.state = State.CLOSED
        self._streams.clear()
        self._events.append(ConnectionClosed(error))
