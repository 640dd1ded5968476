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
from collections.abc import Callable, Iterable
from contextlib import suppress
from enum import Enum, auto
from typing import TypeAlias

from pystatus import sanitise
from pystatus.crypto.keys import PublicKey
from pystatus.crypto.random import RandomSource
from pystatus.errors import LocalError, RemoteError
from pystatus.overlay.devp2p.capabilities import (
    BASE_PROTOCOL_LENGTH,
    Capability,
    SharedCapability,
    negotiate,
)
from pystatus.overlay.devp2p.compression import SNAPPY_VERSION, compress, decompress, max_compressed_size
from pystatus.overlay.devp2p.messages import (
    EMPTY_PAYLOAD,
    MAX_BASE_MESSAGE_SIZE,
    MAX_HELLO_SIZE,
    MAX_MESSAGE_ID_SIZE,
    Disconnect,
    DisconnectReason,
    Hello,
    HelloError,
    MessageId,
    encode_message_id,
    reason_text,
    split_message,
)
from pystatus.overlay.events import Connected, ConnectionClosed, Event, PacketReceived
from pystatus.overlay.limits import ConnectionLimits
from pystatus.overlay.local_node import LocalNode
from pystatus.overlay.rlpx.frames import MAX_FRAME_SIZE, FrameReader, FrameWriter
from pystatus.overlay.rlpx.handshake import Initiator, Responder, Secrets
from pystatus.token_bucket import TokenBucket
from pystatus.wording import counted


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

_CLOSED_BY_PEER = {
    State.KEYS: "the peer closed the connection during the encryption handshake; the key in its enode may be wrong, "
    "or it takes nobody from here at present",
    State.HELLO: "the peer closed the connection instead of saying Hello",
    State.OPEN: "the peer closed the connection",
}

MAX_GREETING = 40
"""Bytes of what other software says in place of the handshake that are shown: the protocol is at their beginning."""
LEAST_GREETING = 4
"""Printable bytes that are more than chance: of random ones a hundredth is as long."""

Admit: TypeAlias = Callable[[bytes], DisconnectReason | None]
"""Asked with the peer's 64-byte node id whether it may stay; a reason means no (overlay.md §2.8)."""


def admit_everybody(_remote_id: bytes) -> None:
    """No peer check."""


def _listed(capabilities: Iterable[Capability]) -> str:
    """``eth/66, les/4``, safe to show. A Hello has 64 at most."""
    return sanitise.one_line(", ".join(map(str, capabilities))) or "nothing"


def _greeting(data: bytes) -> str:
    """How other software greets, which says what it is: ``SSH-2.0-OpenSSH_9.6``. Empty if it greets with no text."""
    line = data[:MAX_GREETING].split(b"\n")[0].rstrip(b"\r")
    if len(line) < LEAST_GREETING or not all(0x20 <= byte < 0x7F for byte in line):
        return ""
    return f' (it says "{line.decode("ascii")}")'


class Connection:
    """Bytes in, events out. Make one with :meth:`initiate` or :meth:`respond`, then::

    connection.receive_data(data, now)      # and eof_received when the transport ends
    while (event := connection.next_event) is not None: ...
    transport.write(connection.data_to_send)
    # at connection.next_timer: connection.on_timer(now)

    Implements: WK-1
    """

    __slots__ = (
        "_admit",
        "_base_messages",
        "_compressed",
        "_events",
        "_first_byte_deadline",
        "_handshake",
        "_handshake_deadline",
        "_last_frame",
        "_limits",
        "_local",
        "_next_ping",
        "_output",
        "_reader",
        "_remote",
        "_shared",
        "_writer",
        "pending_bytes",
        "state",
    )

    state: State
    pending_bytes: int
    """Bytes that wait for :meth:`data_to_send`."""
    _reader: FrameReader
    _writer: FrameWriter
    _remote: PublicKey
    _last_frame: float
    _next_ping: float
    _base_messages: TokenBucket

    def __init__(
        self, local: LocalNode, handshake: Initiator | Responder, now: float, admit: Admit, limits: ConnectionLimits
    ) -> None:
        self._local = local
        self._handshake = handshake
        self._admit = admit
        self._limits = limits
        self._handshake_deadline = now + limits.handshake_timeout
        self._first_byte_deadline = now + limits.first_byte_timeout if isinstance(handshake, Responder) else None
        self._compressed = False
        self._shared: dict[Capability, SharedCapability] = {}
        self._events: deque[Event] = deque()
        self._output: list[bytes] = []
        self.pending_bytes = 0
        self.state = State.KEYS
        self._queue(handshake.data_to_send())

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
        handshake = Initiator(local.key, remote, random)
        return cls(local, handshake, now, admit, limits or ConnectionLimits())

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
            what = str(error)
            if self.state is State.KEYS and self._dialled:
                what = f"what answers there is no relay{_greeting(data) or f': {error}'}"
            self._close(None, by_peer=False, error=what)

    def eof_received(self) -> None:
        """The transport has ended."""
        self._drop_output()
        if self.state is not State.CLOSED:
            self._close(None, by_peer=True, error=_CLOSED_BY_PEER[self.state])

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
        if self._first_byte_deadline is not None:
            return min(self._first_byte_deadline, self._handshake_deadline)
        return self._handshake_deadline

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
        elif now >= self._handshake_deadline:
            self._close(None, by_peer=False, error=self._too_slow())
        elif self._first_byte_deadline is not None and now >= self._first_byte_deadline:
            self._close(None, by_peer=False, error="the peer dialled and said nothing")

    # What the application calls

    def send(self, capability: Capability, code: int, payload: bytes) -> None:
        """Queue a packet of a shared capability; ``code`` counts from the start of that capability's codes.

        :raises LocalError: not open, not a shared capability, no such code, or larger than we may send.
        """
        if self.state is not State.OPEN:
            raise LocalError("packets can be sent only while the connection is open")
        shared = self._shared.get(capability)
        if shared is None or not 0 <= code < shared.length:
            raise LocalError(f"code {code} of {capability} does not exist on this connection")
        if len(payload) > self._limits.max_sent_packet_size:
            raise LocalError(
                f"a packet has at most {self._limits.max_sent_packet_size} bytes, not {len(payload)}: split it"
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
            self._drop_output()
            self._close(None, by_peer=False, error=error)

    # The handshakes

    @property
    def _dialled(self) -> bool:
        return isinstance(self._handshake, Initiator)

    def _too_slow(self) -> str:
        if self.state is State.KEYS and self._dialled:
            patience = counted(self._limits.handshake_timeout, "second")
            return f"it accepts connections and says nothing within {patience}; another program may listen there"
        return "the handshake took too long"

    def _read_keys(self, data: bytes, now: float) -> None:
        if data:
            self._first_byte_deadline = None
        agreed = self._handshake.receive_data(data)
        self._queue(self._handshake.data_to_send())
        if agreed is None:
            return
        secrets, rest = agreed
        self._enter_hello(secrets)
        if self.state is State.HELLO:
            self._read_frames(rest, now)

    def _enter_hello(self, secrets: Secrets) -> None:
        self._enter(State.HELLO)
        self._remote = secrets.remote
        self._writer = FrameWriter(secrets)
        self._reader = FrameReader(secrets, MAX_MESSAGE_ID_SIZE + MAX_HELLO_SIZE)
        reason = self._refusal()
        if reason is not None:
            self._disconnect(reason, f"peer not admitted: {reason_text(reason)}")
        else:
            self._send_message(MessageId.HELLO, self._local.hello().encode())

    def _refusal(self) -> DisconnectReason | None:
        if self._remote == self._local.key.public_key:
            return DisconnectReason.SELF
        return self._admit(self._remote.xy)

    def _first_message(self, frame_data: bytes, now: float) -> None:
        message_id, payload = split_message(frame_data)
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
        if hello.node_id != self._remote.xy:
            raise HelloError(DisconnectReason.UNEXPECTED_IDENTITY, "the Hello names another key than the proven one")
        shared = negotiate(self._local.subprotocols, hello.capabilities)
        if not shared:
            raise HelloError(
                DisconnectReason.USELESS_PEER,
                f"it is a node of another network: it speaks {_listed(hello.capabilities)}, "
                f"and not {_listed(one.capability for one in self._local.subprotocols)}",
            )
        reason = self._refusal()
        if reason is not None:
            raise HelloError(reason, f"peer not admitted: {reason_text(reason)}")

        self._enter(State.OPEN)
        limits = self._limits
        largest = limits.max_packet_size
        if self._compressed:
            largest = max_compressed_size(largest)
        self._reader.max_size = min(MAX_MESSAGE_ID_SIZE + largest, MAX_FRAME_SIZE)
        self._shared = {entry.capability: entry for entry in shared}
        self._base_messages = TokenBucket(limits.base_message_burst, limits.base_messages_per_second, now)
        self._last_frame = now
        self._next_ping = now + limits.ping_interval
        # One place cleans the peer's name for itself, so that it can be logged and shown without a thought.
        client_id = "".join(
            character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in hello.client_id
        )
        self._events.append(Connected(self._remote.xy, client_id, hello.capabilities, shared, hello.listen_port))

    # Messages

    def _read_frames(self, data: bytes, now: float) -> None:
        reader = self._reader
        reader.receive_data(data)
        while (frame_data := reader.next_frame()) is not None:
            if self.state is State.OPEN:
                self._last_frame = now
                self._message(frame_data, now)
            else:
                self._first_message(frame_data, now)
            if self.state is State.CLOSED:
                return

    def _message(self, frame_data: bytes, now: float) -> None:
        message_id, payload = split_message(frame_data)
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
            size = shared.max_sizes.get(code)
            if size is None:
                return payload
            if size < limit:
                limit = size
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
        if self._compressed:
            payload = compress(payload)
        self._queue(self._writer.frame(encode_message_id(message_id), payload))

    def _queue(self, data: bytes) -> None:
        if data:
            self._output.append(data)
            self.pending_bytes += len(data)

    def _drop_output(self) -> None:
        self._output.clear()
        self.pending_bytes = 0

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
