"""Two nodes in memory: no transport, no clock, reproducible randomness."""

import hashlib
from collections.abc import Sequence

from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.capabilities import Capability, Subprotocol
from pystatus.devp2p.connection import Connection
from pystatus.devp2p.events import Connected, ConnectionClosed, Event, PacketReceived
from pystatus.devp2p.limits import ConnectionLimits
from pystatus.devp2p.local_node import LocalNode
from pystatus.devp2p.messages import Hello, encode_message_id
from pystatus.devp2p.opening import Admit, admit_everybody
from pystatus.devp2p.rlpx.frames import MAX_FRAME_SIZE, FrameReader, FrameWriter
from pystatus.devp2p.rlpx.handshake import Initiator, Responder, Secrets
from pystatus.wire import rlp

ALICE = PrivateKey(b"\xa1" * 32)
BOB = PrivateKey(b"\xb0" * 32)
CAROL = PrivateKey(b"\xc0" * 32)

TOY = Capability("toy", 1)
WAKU = Capability("waku", 1)
TOYS = (Subprotocol(TOY, 8),)


class SeededRandom:
    """A random source that is the same in every run."""

    def __init__(self, seed: bytes) -> None:
        self._seed = seed
        self._draws = 0

    def __call__(self, size: int) -> bytes:
        self._draws += 1
        return hashlib.shake_128(self._seed + self._draws.to_bytes(8, "big")).digest(size)


def node(key: PrivateKey, subprotocols: Sequence[Subprotocol] = TOYS, client_id: str = "test") -> LocalNode:
    return LocalNode(key, client_id, tuple(subprotocols))


def alice(
    subprotocols: Sequence[Subprotocol] = TOYS,
    *,
    remote: PrivateKey = BOB,
    limits: ConnectionLimits | None = None,
    admit: Admit = admit_everybody,
) -> Connection:
    """Alice dials Bob at time 0."""
    local = node(ALICE, subprotocols, "alice")
    return Connection.initiate(local, remote.public_key, SeededRandom(b"alice"), 0.0, admit=admit, limits=limits)


def bob(
    subprotocols: Sequence[Subprotocol] = TOYS,
    *,
    limits: ConnectionLimits | None = None,
    admit: Admit = admit_everybody,
) -> Connection:
    """Bob answers at time 0."""
    local = node(BOB, subprotocols, "bob")
    return Connection.respond(local, SeededRandom(b"bob"), 0.0, admit=admit, limits=limits)


def exchange(a: Connection, b: Connection, now: float = 0.0) -> None:
    """Carry bytes both ways until both are silent."""
    while a.pending_bytes or b.pending_bytes:
        b.receive_data(a.data_to_send(), now)
        a.receive_data(b.data_to_send(), now)


def events(connection: Connection) -> list[Event]:
    """All events that wait."""
    collected = []
    while (event := connection.next_event()) is not None:
        collected.append(event)
    return collected


def packets(connection: Connection) -> list[PacketReceived]:
    """All events that wait, which must be packets."""
    received = events(connection)
    assert all(isinstance(event, PacketReceived) for event in received), received
    return [event for event in received if isinstance(event, PacketReceived)]


def closed(connection: Connection) -> ConnectionClosed:
    """The one event that waits, which must be the end."""
    (event,) = events(connection)
    assert isinstance(event, ConnectionClosed)
    return event


def connected_pair(a: Connection | None = None, b: Connection | None = None) -> tuple[Connection, Connection]:
    """Alice and Bob after both handshakes, their Connected events fetched."""
    a, b = a or alice(), b or bob()
    exchange(a, b)
    (event_a,), (event_b,) = events(a), events(b)
    assert isinstance(event_a, Connected), event_a
    assert isinstance(event_b, Connected), event_b
    return a, b


class RawPeer:
    """Carol at the level of frames: she has agreed keys with a connection and can say anything."""

    def __init__(self, connection: Connection, key: PrivateKey = CAROL, *, now: float = 0.0) -> None:
        """Dial ``connection`` (a responder) as the holder of ``key``."""
        self.connection = connection
        self._key = key
        initiator = Initiator(key, BOB.public_key, SeededRandom(b"carol"))
        connection.receive_data(initiator.data_to_send(), now)
        agreed = initiator.receive_data(connection.data_to_send())
        assert agreed is not None
        secrets, rest = agreed
        self._start(secrets, rest)

    def _start(self, secrets: Secrets, rest: bytes) -> None:
        self.writer = FrameWriter(secrets)
        self.reader = FrameReader(secrets, MAX_FRAME_SIZE)
        self.reader.receive_data(rest)

    def hello(self, version: int = 5, capabilities: Sequence[Capability] = (TOY,), client_id: str = "raw") -> bytes:
        """The payload of an honest Hello."""
        return Hello(version, client_id, tuple(capabilities), 0, self._key.public_key.xy).encode()

    def frame(self, message_id: int, payload: bytes) -> bytes:
        """A frame with exactly this payload."""
        return self.writer.frame(encode_message_id(message_id), payload)

    def say(self, message_id: int, payload: bytes, now: float = 0.0) -> None:
        """Send one frame with exactly this payload."""
        self.connection.receive_data(self.frame(message_id, payload), now)

    def say_hello(self) -> None:
        """Speak version 4, without compression, from here on."""
        self.say(0, self.hello(version=4))
        (event,) = events(self.connection)
        assert isinstance(event, Connected), event
        self.heard()

    def heard(self) -> list[bytes]:
        """The frame data that the connection has sent meanwhile."""
        self.reader.receive_data(self.connection.data_to_send())
        frames = []
        while (frame := self.reader.next_frame()) is not None:
            frames.append(frame)
        return frames


def dialled_by(initiator: Connection, key: PrivateKey = BOB) -> RawPeer:
    """Like RawPeer, but the connection has dialled ``key``."""
    peer = RawPeer.__new__(RawPeer)
    peer.connection = initiator
    peer._key = key
    responder = Responder(key, SeededRandom(b"raw responder"))
    agreed = responder.receive_data(initiator.data_to_send())
    assert agreed is not None
    initiator.receive_data(responder.data_to_send(), 0.0)
    peer._start(*agreed)
    return peer


def raw_disconnect(reason: int) -> bytes:
    """Frame data of an uncompressed Disconnect."""
    return b"\x01" + rlp.encode([reason])
