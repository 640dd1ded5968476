"""One connection between two nodes, without I/O (overlay.md §2).

    KEYS ──auth and ack──> HELLO ──both Hellos──> OPEN
      └──────────────────────┴──────────────────────┴──> CLOSED

Rules of the state machine:

* KEYS: the encryption handshake. Whatever goes wrong here ends the connection without a word.
* When the keys are agreed, ``admit`` is asked. If it names a reason, a Disconnect is sent in place of our Hello.
* HELLO: our Hello is sent. The first message must be Hello or Disconnect, small and uncompressed.
* A Hello of another key than the proven one, without a common capability, or not admitted a second time (somebody else
  may have taken the place meanwhile) is answered by a Disconnect, which is compressed if the peer speaks version 5.
* OPEN: packets both ways. Ping is answered; Pong, a second Hello and the ids 4 to 15 are ignored. All of these take a
  token, and a peer that has none left is disconnected. An id beyond all capabilities ends the connection without a
  word, as do MACs, lengths, compression and Hellos that are wrong.
* CLOSED: nothing is read and nothing more is said. The last event is always :class:`ConnectionClosed`.
* Bytes from the peer never raise: a :class:`RemoteError` from below becomes :class:`ConnectionClosed`.

``now`` is in seconds on any clock; only differences count. Prefer one that never steps.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from enum import Enum, auto

from pystatus.crypto.keys import PublicKey
from pystatus.crypto.random import RandomSource
from pystatus.devp2p.capabilities import BASE_PROTOCOL_LENGTH, Capability, SharedCapability
from pystatus.devp2p.events import ConnectionClosed, Event, PacketReceived
from pystatus.devp2p.limits import ConnectionLimits
from pystatus.devp2p.local_node import LocalNode
from pystatus.devp2p.messages import (
    EMPTY_PAYLOAD,
    MAX_BASE_MESSAGE_SIZE,
    MAX_HELLO_SIZE,
    Disconnect,
    DisconnectReason,
    Hello,
    HelloError,
    MessageId,
    reason_text,
)
from pystatus.devp2p.opening import Admit, Opening, admit_everybody
from pystatus.devp2p.rlpx.frames import (
    MAX_FRAME_SIZE,
    MAX_MESSAGE_ID_SIZE,
    SNAPPY_VERSION,
    FrameReader,
    FrameWriter,
    compress,
    decompress,
    encode_message_id,
    max_compressed_size,
    split_message,
)
from pystatus.devp2p.rlpx.handshake import Initiator, Responder, Secrets
from pystatus.errors import LocalError, RemoteError
from pystatus.token_bucket import TokenBucket


class State(Enum):
    """Where a connection is in its life."""

    KEYS = auto()
    HELLO = auto()
    OPEN = auto()
    CLOSED = auto()


_TRANSITIONS: dict[State, frozenset[State]] = {
    State.KEYS: frozenset({State.HELLO, State.CLOSED}),
    State.HELLO: frozenset({State.OPEN, State.CLOSED}),
    State.OPEN: frozenset({State.CLOSED}),
    State.CLOSED: frozenset(),
}


class Connection:
    """Bytes in, events out. Make one with :meth:`initiate` or :meth:`respond`, then::

    connection.receive_data(data, now)      # and eof_received when the transport ends
    while (event := connection.next_event) is not None: ...
    transport.write(connection.data_to_send)
    # at connection.next_timer: connection.on_timer(now)

    Implements: WK-1
    """

    __slots__ = (
        "_base_messages",
        "_compressed",
        "_events",
        "_last_frame",
        "_limits",
        "_local",
        "_next_ping",
        "_opening",
        "_output",
        "_reader",
        "_shared",
        "_writer",
        "pending_bytes",
        "state",
    )

    state: State
    pending_bytes: int
    """Bytes that wait for :meth:`data_to_send`."""
    _opening: Opening
    """Until both have said Hello."""
    _reader: FrameReader
    _writer: FrameWriter
    _last_frame: float
    _next_ping: float
    _base_messages: TokenBucket

    def __init__(
        self, local: LocalNode, handshake: Initiator | Responder, now: float, admit: Admit, limits: ConnectionLimits
    ) -> None:
        self._local = local
        self._limits = limits
        self._opening = Opening(local, handshake, now, admit, limits)
        self._compressed = False
        self._shared: dict[Capability, SharedCapability] = {}
        self._events: deque[Event] = deque()
        self._output: list[bytes] = []
        self.pending_bytes = 0
        self.state = State.KEYS
        self._send_keys()

    @classmethod
    def initiate(
        cls,
        local: LocalNode,
        remote: PublicKey,
        random: RandomSource,
        now: float,
        *,
        admit: Admit = admit_everybody,
        limits: ConnectionLimits | None = None,
    ) -> Connection:
        """We dialled and expect the holder of ``remote``'s private key."""
        return cls(local, Initiator(local.key, remote, random), now, admit, limits or ConnectionLimits())

    @classmethod
    def respond(
        cls,
        local: LocalNode,
        random: RandomSource,
        now: float,
        *,
        admit: Admit = admit_everybody,
        limits: ConnectionLimits | None = None,
    ) -> Connection:
        """Somebody dialled us."""
        return cls(local, Responder(local.key, random), now, admit, limits or ConnectionLimits())

    # What the shell calls

    def receive_data(self, data: bytes, now: float) -> None:
        """Take bytes from the transport, cut in any way. Never raises; look at the events."""
        if self.state is State.CLOSED:
            return
        try:
            if self.state is State.KEYS:
                self._read_keys(data, now)
            else:
                self._read_frames(data, now)
        except HelloError as error:
            self._disconnect(error.reason, str(error))
        except RemoteError as error:
            why = str(error) if self.state is State.OPEN else self._opening.not_understood(data, error)
            self._close(None, by_peer=False, error=why)

    def eof_received(self) -> None:
        """The transport has ended."""
        self.data_to_send()  # nobody reads it
        if self.state is not State.CLOSED:
            is_open = self.state is State.OPEN
            why = "the peer closed the connection" if is_open else self._opening.closed_by_peer
            self._close(None, by_peer=True, error=why)

    def next_event(self) -> Event | None:
        """The next event, or None."""
        return self._events.popleft() if self._events else None

    @property
    def unfinished(self) -> int:
        """Bytes of a frame that has begun."""
        return 0 if self.state in (State.KEYS, State.CLOSED) else self._reader.buffered

    def data_to_send(self) -> bytes:
        """Everything that is to be written to the transport now."""
        output = self._output[0] if len(self._output) == 1 else b"".join(self._output)
        self._output.clear()
        self.pending_bytes = 0
        return output

    def next_timer(self) -> float | None:
        """When :meth:`on_timer` wants to be called; None when there is nothing to wait for. Traffic moves it later, so
        a shell need not look again before that time."""
        if self.state is State.CLOSED:
            return None
        if self.state is State.OPEN:
            return min(self._next_ping, self._last_frame + self._limits.idle_timeout)
        return self._opening.next_timer()

    def on_timer(self, now: float) -> None:
        """Do what is due at ``now``: Pings, and giving up on peers that are silent or slow."""
        if self.state is State.CLOSED:
            return
        if self.state is State.OPEN:
            if now >= self._last_frame + self._limits.idle_timeout:
                self._close(None, by_peer=False, error="the peer has been silent for too long")
            elif now >= self._next_ping:
                self._next_ping = now + self._limits.ping_interval
                self._send_message(MessageId.PING, EMPTY_PAYLOAD)
        else:
            if (overdue := self._opening.overdue(now)) is not None:
                self._close(None, by_peer=False, error=overdue)

    # What the application calls

    def send(self, capability: Capability, code: int, payload: bytes) -> None:
        """:meth:`queue` a packet while the connection is open.

        :raises LocalError: it is not; and as there.
        """
        if self.state is not State.OPEN:
            raise LocalError("Packets can be sent only while the connection is open.")
        self.queue(capability, code, payload)

    def queue(self, capability: Capability, code: int, payload: bytes) -> None:
        """Queue a packet of a shared capability; ``code`` counts from the start of that capability's codes. Nothing
        happens if the connection is not open.

        :raises LocalError: not a shared capability, no such code, or larger than we may send.
        """
        if self.state is not State.OPEN:
            return
        shared = self._shared.get(capability)
        if shared is None or not 0 <= code < shared.length:
            raise LocalError(f"Code {code} of {capability} does not exist on this connection.")
        if len(payload) > self._limits.max_sent_packet_size:
            raise LocalError(
                f"A packet has at most {self._limits.max_sent_packet_size} bytes, not {len(payload)}: split it."
            )
        self._send_message(shared.offset + code, payload)

    def disconnect(self, reason: DisconnectReason, error: str = "") -> None:
        """Leave: a Disconnect is queued if the keys are agreed, and packets that were not fetched yet are dropped."""
        if self.state is State.CLOSED:
            while len(self._events) > 1:  # the last one is ConnectionClosed
                self._events.popleft()
            return
        self._events.clear()
        if self.state is State.KEYS:
            self._close(None, by_peer=False, error=error or f"we gave up: {reason_text(reason)}")
        else:
            self._disconnect(reason, error or f"we disconnected: {reason_text(reason)}")

    def give_up(self, error: str) -> None:
        """Leave without a word, because it would not arrive: what waits in either direction is dropped."""
        if self.state is not State.CLOSED:
            self._events.clear()
            self.data_to_send()  # nobody reads it
            self._close(None, by_peer=False, error=error)

    # The handshakes

    def _read_keys(self, data: bytes, now: float) -> None:
        agreed = self._opening.receive_data(data)
        self._send_keys()
        if agreed is not None:
            self._enter_hello(agreed[0])
            if self.state is State.HELLO:
                self._read_frames(agreed[1], now)

    def _send_keys(self) -> None:
        if data := self._opening.data_to_send():
            self._output.append(data)
            self.pending_bytes += len(data)

    def _enter_hello(self, secrets: Secrets) -> None:
        self._enter(State.HELLO)
        self._writer = FrameWriter(secrets)
        self._reader = FrameReader(secrets, MAX_MESSAGE_ID_SIZE + MAX_HELLO_SIZE)
        if (reason := self._opening.refusal()) is not None:
            self._disconnect(reason, f"peer not admitted: {reason_text(reason)}")
        else:
            self._send_message(MessageId.HELLO, self._local.hello().encode())

    def _first_message(self, message_id: int, payload: bytes, now: float) -> None:
        if len(payload) > MAX_HELLO_SIZE:
            raise RemoteError(f"first message of {len(payload)} bytes")
        if message_id == MessageId.DISCONNECT:
            self._disconnected(payload)
        elif message_id == MessageId.HELLO:
            self._enter_open(Hello.decode(payload), now)
        else:
            raise RemoteError(f"first message has id {message_id}: neither Hello nor Disconnect")

    def _enter_open(self, hello: Hello, now: float) -> None:
        self._compressed = hello.version >= SNAPPY_VERSION
        connected = self._opening.accept(hello)
        self._enter(State.OPEN)
        limits = self._limits
        largest = max_compressed_size(limits.max_packet_size) if self._compressed else limits.max_packet_size
        self._reader.max_size = min(MAX_MESSAGE_ID_SIZE + largest, MAX_FRAME_SIZE)
        self._shared = {entry.capability: entry for entry in connected.shared}
        self._base_messages = TokenBucket(limits.base_message_burst, limits.base_messages_per_second, now)
        self._last_frame = now
        self._next_ping = now + limits.ping_interval
        self._events.append(connected)
        del self._opening  # a connection may stay for months

    # Messages

    def _read_frames(self, data: bytes, now: float) -> None:
        reader = self._reader
        reader.receive_data(data)
        while (frame_data := reader.next_frame()) is not None:
            message_id, payload = split_message(frame_data)
            if self.state is State.OPEN:
                self._last_frame = now
                self._message(message_id, payload, now)
            else:
                self._first_message(message_id, payload, now)
            if self.state is State.CLOSED:
                return

    def _message(self, message_id: int, payload: bytes, now: float) -> None:
        if message_id == MessageId.DISCONNECT:
            self._disconnected(payload)
            return
        if message_id >= BASE_PROTOCOL_LENGTH:
            for shared in self._shared.values():
                code = message_id - shared.offset
                if 0 <= code < shared.length:
                    self._events.append(PacketReceived(shared.capability, code, self._packet(shared, code, payload)))
                    return
            raise RemoteError(f"message id {message_id} belongs to no shared capability")
        self._contents(payload, MAX_BASE_MESSAGE_SIZE)
        if not self._base_messages.take(now):
            self._disconnect(DisconnectReason.BREACH_OF_PROTOCOL, "the peer floods us with Pings or the like")
        elif message_id == MessageId.PING:
            self._send_message(MessageId.PONG, EMPTY_PAYLOAD)

    def _packet(self, shared: SharedCapability, code: int, payload: bytes) -> bytes:
        """What a packet of a shared capability holds; of a code that we ignore, what came."""
        limit = self._limits.max_packet_size
        if shared.max_sizes is not None:
            if (size := shared.max_sizes.get(code)) is None:
                return payload
            limit = size if size < limit else limit
        return decompress(payload, limit) if self._compressed else self._contents(payload, limit)

    def _contents(self, payload: bytes, limit: int) -> bytes:
        """The message without compression.

        :raises RemoteError: larger than ``limit``, which is known before it is inflated.

        Implements: WK-10
        """
        if self._compressed:
            return decompress(payload, limit)
        if len(payload) > limit:
            raise RemoteError(f"message of {len(payload)} bytes where at most {limit} are taken")
        return payload

    def _disconnected(self, payload: bytes) -> None:
        if self._compressed:
            # A peer that leaves after its own Hello and before it has read ours does not compress yet.
            with suppress(RemoteError):
                payload = decompress(payload, MAX_BASE_MESSAGE_SIZE)
        reason = Disconnect.decode(payload).reason
        self._close(reason, by_peer=True, error=f"the peer disconnected: {reason_text(reason)}")

    # Output and the end

    def _send_message(self, message_id: int, payload: bytes) -> None:
        frame = self._writer.frame(encode_message_id(message_id), compress(payload) if self._compressed else payload)
        self._output.append(frame)
        self.pending_bytes += len(frame)

    def _disconnect(self, reason: DisconnectReason, error: str) -> None:
        self._send_message(MessageId.DISCONNECT, Disconnect(reason).encode())
        self._close(reason, by_peer=False, error=error)

    def _close(self, reason: int | None, *, by_peer: bool, error: str) -> None:
        if self.state is not State.KEYS:  # whoever keeps the connection does not keep an unfinished frame
            self._reader.forget()
        self._enter(State.CLOSED)
        self._events.append(ConnectionClosed(reason, by_peer, error))

    def _enter(self, state: State) -> None:
        assert state in _TRANSITIONS[self.state], f"{self.state} -> {state}"
        self.state = state
