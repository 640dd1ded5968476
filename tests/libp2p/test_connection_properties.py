"""Whatever strangers send, a connection answers with events and never with an error."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from pystatus.libp2p.connection import Libp2pConnection, State
from pystatus.libp2p.events import ConnectionClosed, StreamFailed, StreamOpened
from pystatus.libp2p.framing import FrameBuffer
from pystatus.libp2p.multistream import PROTOCOL, message
from pystatus.libp2p.secio import PROTOCOL as SECIO
from pystatus.wire.proto import libp2p_pb2
from tests.devp2p.support import SeededRandom
from tests.libp2p.support import BOB, ECHO, Pair, events

GREETINGS = (b"", message(PROTOCOL), message(PROTOCOL) + message("/noise"), message(PROTOCOL) + message(SECIO))
FRAMES = st.builds(
    lambda kind, flags, stream, data, is_true: (
        struct.pack(">BBHII", 0, kind, flags, stream, len(data) if is_true else len(data) * 7 + 1)
        + (data if kind == 0 else b"")
    ),
    st.integers(0, 4),
    st.integers(0, 15),
    st.integers(0, 6),
    st.one_of(
        st.binary(max_size=40),
        st.sampled_from((message(PROTOCOL), message(ECHO), message(PROTOCOL) + message(ECHO), message("/x"))),
    ),
    st.booleans(),
)


@given(st.sampled_from(GREETINGS), st.lists(st.binary(max_size=200), max_size=6))
def test_before_anybody_is_known(greeting: bytes, sent: list[bytes]) -> None:
    bob = Libp2pConnection.listen(BOB, SeededRandom(b"bob"), 0.0, (ECHO,))
    for data in (greeting, *sent):
        bob.receive_data(data, 0.0)
    bob.on_timer(1000.0)
    assert bob.state is State.CLOSED
    happened = events(bob)
    assert len(happened) == 1
    assert isinstance(happened[0], ConnectionClosed)


@given(st.binary(max_size=300), st.binary(max_size=40), st.binary(max_size=80))
def test_proposals_of_secio(proposal: bytes, nonce: bytes, key: bytes) -> None:
    frames = FrameBuffer(4, 4096)
    for said in (
        proposal,
        libp2p_pb2.SecioPropose(nonce=nonce, public_key=key, exchanges=proposal).SerializeToString(),
    ):
        bob = Libp2pConnection.listen(BOB, SeededRandom(b"bob"), 0.0, (ECHO,))
        bob.receive_data(message(PROTOCOL) + message(SECIO) + frames.frame(said), 0.0)
        assert bob.state is State.CLOSED


@given(st.lists(FRAMES, max_size=20), st.integers(1, 60))
def test_after_that(frames: list[bytes], step: int) -> None:
    """A peer that is known and speaks yamux as it likes."""
    pair = Pair()
    pair.talk()
    sent = b"".join(frames)
    opened: set[int] = set()
    for start in range(0, len(sent), step):
        pair.bob.receive_data(pair.alice._channel.seal(sent[start : start + step]), 0.0)
        for event in events(pair.bob):
            if isinstance(event, StreamOpened):
                opened.add(event.stream)
            if isinstance(event, StreamFailed):
                assert event.stream in opened
        if pair.bob.state is State.OPEN:
            assert set(pair.bob._streams) == set(pair.bob._muxer._streams)
    pair.bob.on_timer(1000.0)
    assert not pair.bob._streams
    assert pair.bob.pending_bytes < 100 * len(frames) + 1000
