"""Any bytes, cut anywhere: events or a clean end, never another exception (attacks A04 to A10)."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pystatus.devp2p.capabilities import Capability, Subprotocol
from pystatus.devp2p.compression import compress
from pystatus.devp2p.connection import Connection, State
from pystatus.devp2p.events import Connected, ConnectionClosed, Event, PacketReceived
from pystatus.devp2p.messages import DisconnectReason
from tests.devp2p.support import TOY, TOYS, RawPeer, alice, bob, events

SUBPROTOCOLS = (*TOYS, Subprotocol(Capability("waku", 1), 128))
PAYLOADS = [b"", b"a", bytes(1000), bytes(range(256)) * 20]


def recorded(dialler_speaks: bool) -> bytes:
    """All bytes that one side sends in a conversation. Both sides are reproducible, so it can be played again."""
    speaker, listener = alice(SUBPROTOCOLS), bob(SUBPROTOCOLS)
    if not dialler_speaks:
        speaker, listener = listener, speaker
    stream = b""
    for turn in range(6):
        sent = speaker.data_to_send()
        stream += sent
        listener.receive_data(sent, 0.0)
        speaker.receive_data(listener.data_to_send(), 0.0)
        if turn == 3:
            for code, payload in enumerate(PAYLOADS):
                speaker.send(TOY, code, payload)
                speaker.send(Capability("waku", 1), 126, payload)
            speaker.on_timer(15.0)
        if turn == 4:
            speaker.disconnect(DisconnectReason.REQUESTED)
    return stream


STREAMS = {True: recorded(True), False: recorded(False)}


def play(dialler_speaks: bool, chunks: list[bytes]) -> list[Event]:
    """What the listener of the conversation sees."""
    listener = bob(SUBPROTOCOLS) if dialler_speaks else alice(SUBPROTOCOLS)
    seen = []
    listener.data_to_send()
    for chunk in chunks:
        listener.receive_data(chunk, 0.0)
        seen += events(listener)
        listener.data_to_send()
    return seen


EXPECTED = {side: play(side, [STREAMS[side]]) for side in (True, False)}
sides = pytest.mark.parametrize("dialler_speaks", [True, False], ids=["to the responder", "to the initiator"])


@sides
def test_the_conversation(dialler_speaks: bool) -> None:
    first, *middle, last = EXPECTED[dialler_speaks]
    assert isinstance(first, Connected)
    assert len(middle) == 2 * len(PAYLOADS)
    assert isinstance(last, ConnectionClosed)


@sides
def test_one_byte_at_a_time(dialler_speaks: bool) -> None:
    stream = STREAMS[dialler_speaks]
    assert play(dialler_speaks, [stream[i : i + 1] for i in range(len(stream))]) == EXPECTED[dialler_speaks]


@sides
@given(sizes=st.lists(st.integers(0, 400), max_size=50))
def test_random_pieces(dialler_speaks: bool, sizes: list[int]) -> None:
    stream = STREAMS[dialler_speaks]
    chunks = []
    for size in sizes:
        chunks.append(stream[:size])
        stream = stream[size:]
    assert play(dialler_speaks, [*chunks, stream]) == EXPECTED[dialler_speaks]


@sides
def test_a_flipped_bit_anywhere_delivers_nothing_false(dialler_speaks: bool) -> None:
    stream, expected = STREAMS[dialler_speaks], EXPECTED[dialler_speaks]
    for position in range(0, len(stream), 3):
        flipped = bytearray(stream)
        flipped[position] ^= 1 << position % 8
        listener = bob(SUBPROTOCOLS) if dialler_speaks else alice(SUBPROTOCOLS)
        listener.receive_data(bytes(flipped), 0.0)
        listener.eof_received()
        *seen, last = events(listener)
        assert seen == expected[: len(seen)]
        assert len(seen) < len(expected)
        assert isinstance(last, ConnectionClosed)
        assert last.reason is None


@sides
@given(cut=st.integers(0, 10_000))
def test_cut_short(dialler_speaks: bool, cut: int) -> None:
    stream, expected = STREAMS[dialler_speaks], EXPECTED[dialler_speaks]
    listener = bob(SUBPROTOCOLS) if dialler_speaks else alice(SUBPROTOCOLS)
    listener.receive_data(stream[: cut % len(stream)], 0.0)
    listener.eof_received()
    *seen, last = events(listener)
    assert seen == expected[: len(seen)]
    assert isinstance(last, ConnectionClosed)
    assert last.by_peer


@sides
@given(data=st.lists(st.binary(max_size=600), max_size=5))
@example(data=[b"\x04" * 2000])
@example(data=[b"\x01\x33" + bytes(600)])
def test_any_bytes_at_the_start(dialler_speaks: bool, data: list[bytes]) -> None:
    for event in play(dialler_speaks, data):
        assert isinstance(event, ConnectionClosed)


@given(
    message_id=st.sampled_from([*range(30), 127, 128, 151, 152, 300]),
    payload=st.binary(max_size=100),
    version=st.sampled_from([4, 5]),
    is_compressed=st.booleans(),
)
@settings(max_examples=300)
def test_any_message_of_a_peer_with_valid_keys(
    message_id: int, payload: bytes, version: int, is_compressed: bool
) -> None:
    connection = bob(SUBPROTOCOLS)
    peer = RawPeer(connection)
    peer.say(0, peer.hello(version))
    assert isinstance(connection.next_event(), Connected)
    peer.say(message_id, compress(payload) if is_compressed else payload)
    for event in events(connection):
        assert isinstance(event, PacketReceived | ConnectionClosed)
    assert (connection.state is State.CLOSED) == (connection.next_timer() is None)


@given(message_id=st.integers(0, 20), payload=st.binary(max_size=300))
def test_any_first_message(message_id: int, payload: bytes) -> None:
    connection: Connection = bob(SUBPROTOCOLS)
    RawPeer(connection).say(message_id, payload)
    (event,) = events(connection)
    assert isinstance(event, ConnectionClosed)
