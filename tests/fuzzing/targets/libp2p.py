"""libp2p as far as Rendezvous needs it: negotiation, SECIO, Noise, yamux, and a connection of all of them."""

from __future__ import annotations

import struct
from functools import cache, partial

from pystatus.crypto.agreement import P256Key, X25519Key
from pystatus.libp2p.connection import Libp2pConnection
from pystatus.libp2p.framing import FrameBuffer
from pystatus.libp2p.multistream import Negotiation, message
from pystatus.libp2p.noise import XX, CipherState, NoiseChannel, SymmetricState
from pystatus.libp2p.peer_id import PeerId
from pystatus.libp2p.secio import SecioChannel, _Direction, agreed_secret, stretch
from pystatus.libp2p.secure import SecureChannel
from pystatus.libp2p.yamux import Yamux
from tests.devp2p.support import SeededRandom
from tests.fuzzing.target import RUNS, Target, as_text, each, every
from tests.libp2p.support import ALICE, BOB, ECHO, Pair

ID = PeerId(ALICE.public_key)


def _in_parts(channel: SecureChannel | Negotiation | FrameBuffer, data: bytes) -> None:
    for part in (data[:1], data[1:9], data[9:]):
        channel.receive_data(part)


def _negotiation(data: bytes) -> None:
    every(*(partial(_in_parts, Negotiation((ECHO, "/b"), proposes=proposes), data) for proposes in (True, False)))


def _frames(data: bytes) -> None:
    for prefix in (2, 4):
        frames = FrameBuffer(prefix, 500)
        _in_parts(frames, data)
        while frames.next_frame() is not None:
            pass


def _yamux(data: bytes) -> None:
    """With a stream of ours that is open; the peer's are taken."""
    muxer = Yamux(initiates=True)
    muxer.open()
    for part in (data[:5], data[5:]):
        for event in muxer.receive_data(part):
            assert event is not None
    assert len(muxer) < 1000


def _yamux_frames() -> list[bytes]:
    def said(stream: int, kind: int, flags: int, length: int, body: bytes = b"") -> bytes:
        return struct.pack(">BBHII", 0, kind, flags, stream, length) + body

    open_one = said(2, 1, 1, 0)
    return [
        open_one, open_one + said(2, 0, 0, 5, b"hello"), open_one + said(2, 0, 4, 0), said(1, 1, 2, 0),
        said(0, 2, 1, 7), said(0, 3, 0, 0), open_one + said(2, 1, 8, 0), said(1, 0, 2, 3, b"abc"),
    ]  # fmt: skip


def _noise(data: bytes) -> None:
    """The first byte says who reads it."""
    initiates = bool(data[:1] and data[0] & 1)
    _in_parts(NoiseChannel(BOB, SeededRandom(b"noise"), None, initiates=initiates), data[1:])


def _noise_pieces(data: bytes) -> None:
    static, ephemeral = X25519Key(bytes([1] * 32)), X25519Key(bytes([2] * 32))
    every(
        lambda: CipherState(bytes(32)).decrypt(data),
        lambda: SymmetricState().decrypt_and_hash(data),
        lambda: XX(static, ephemeral, initiates=False).read(data),
        lambda: static.agree(data),
    )


def _secio(data: bytes) -> None:
    _in_parts(SecioChannel(BOB, SeededRandom(b"secio"), None), data)


def _secio_pieces(data: bytes) -> None:
    ours = P256Key.generate(SeededRandom(b"p256"))
    mine, _ = stretch(bytes(32))
    every(
        partial(agreed_secret, ours, data), partial(ours.agree, data), lambda: _Direction(mine).open(data)
    )  # fmt: skip


def _handshakes() -> list[bytes]:
    """What Alice says first, in both ways."""
    noise = NoiseChannel(ALICE, SeededRandom(b"alice"), None, initiates=True)
    answer = NoiseChannel(BOB, SeededRandom(b"bob"), None, initiates=False)
    first = noise.data_to_send()
    answer.receive_data(first)
    return [b"\0" + first, b"\1" + answer.data_to_send()]


def _proposals() -> list[bytes]:
    alice, bob = (SecioChannel(key, SeededRandom(bytes(key.secret[:4])), None) for key in (ALICE, BOB))
    first = alice.data_to_send()
    bob.receive_data(first)
    alice.receive_data(bob.data_to_send())
    return [first, first + alice.data_to_send()]


def _points() -> list[bytes]:
    return [P256Key.generate(SeededRandom(b"point")).public, _Direction(stretch(bytes(32))[0]).seal(b"hello")]


def _noise_messages() -> list[bytes]:
    static, ephemeral = X25519Key(bytes([3] * 32)), X25519Key(bytes([4] * 32))
    return [XX(static, ephemeral, initiates=True).write(b""), static.public, CipherState(bytes(32)).encrypt(b"hello")]


def _connection(data: bytes) -> None:
    """A fresh one hears it in clear; and one that is open hears it as a peer whose keys are agreed says it."""
    fresh = Libp2pConnection.listen(BOB, SeededRandom(b"bob"), 100.0, (ECHO,))
    fresh.receive_data(data, 100.0)
    pair = Pair()
    pair.talk()
    pair.alice._write_sealed(data)
    pair.bob.receive_data(pair.alice.data_to_send(), pair.now)
    while pair.bob.next_event() is not None:
        pass
    pair.bob.on_timer(pair.now + 100)


@cache
def _streams() -> list[bytes]:
    opened = _yamux_frames()[0]
    said = message("/multistream/1.0.0") + message(ECHO)
    data = bytes((0, 0, 0, 0)) + (2).to_bytes(4, "big") + len(said).to_bytes(4, "big") + said
    return [*_yamux_frames(), opened + data, message("/multistream/1.0.0")]


TARGETS = (
    Target(
        "multistream",
        _negotiation,
        lambda: [message("/multistream/1.0.0") + message(one) for one in (ECHO, "/b", "na", "ls", "/c")],
        ("libp2p/multistream.py:Negotiation.receive_data",),
    ),
    Target("libp2p-frames", _frames, lambda: [bytes((0, 3)) + b"abc", bytes((0, 0, 0, 3)) + b"abc"],
           ("libp2p/framing.py:FrameBuffer.receive_data",)),
    Target("yamux", _yamux, _yamux_frames, ("libp2p/yamux.py:Yamux.receive_data",)),
    Target("noise", _noise, _handshakes, ("libp2p/noise.py:NoiseChannel.receive_data",
                                          "libp2p/secure.py:SecureChannel.receive_data")),
    Target(
        "noise-pieces",
        _noise_pieces,
        _noise_messages,
        ("libp2p/noise.py:CipherState.decrypt", "libp2p/noise.py:SymmetricState.decrypt_and_hash",
         "libp2p/noise.py:XX.read", "crypto/agreement.py:X25519Key.agree"),
        max_input=300,
    ),
    Target("secio", _secio, _proposals, ("libp2p/secio.py:SecioChannel.receive_data",)),
    Target(
        "secio-pieces",
        _secio_pieces,
        _points,
        ("libp2p/secio.py:agreed_secret", "libp2p/secio.py:_Direction.open", "crypto/agreement.py:P256Key.agree"),
        max_input=300,
    ),
    Target(
        "peer-id",
        each(PeerId.from_bytes, PeerId.from_key, as_text(PeerId.parse)),
        lambda: [bytes(ID), ID.key, str(ID).encode()],
        ("libp2p/peer_id.py:PeerId.from_bytes", "libp2p/peer_id.py:PeerId.from_key", "libp2p/peer_id.py:PeerId.parse"),
        max_input=100,
    ),
    Target(
        "libp2p-connection",
        _connection,
        _streams,
        ("libp2p/connection.py:Libp2pConnection.receive_data",),
        max_input=1_000,
        runs=RUNS // 10,  # two key exchanges come before each; the parts have targets of their own
    ),
)  # fmt: skip
