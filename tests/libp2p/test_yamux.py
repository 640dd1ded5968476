"""yamux: frames by hand, and what is none."""

from __future__ import annotations

import struct

import pytest

from pystatus.errors import LocalError, RemoteError
from pystatus.libp2p.yamux import WINDOW, Data, Ended, Event, Flag, FrameType, GoneAway, Opened, Pinged, Reset, Yamux

DATA, UPDATE, PING, AWAY = FrameType.DATA, FrameType.WINDOW_UPDATE, FrameType.PING, FrameType.GO_AWAY
SYN, ACK, FIN, RST = Flag.SYN, Flag.ACK, Flag.FIN, Flag.RST


def frame(kind: int, flags: int, stream: int, length: int = 0, data: bytes = b"", version: int = 0) -> bytes:
    return struct.pack(">BBHII", version, kind, flags, stream, length) + data


def data(stream: int, content: bytes, flags: int = 0) -> bytes:
    return frame(DATA, flags, stream, len(content), content)


def receive(yamux: Yamux, sent: bytes) -> list[Event]:
    return list(yamux.receive_data(sent))


@pytest.fixture
def server() -> Yamux:
    """A side that was dialled, with one stream that the other has opened."""
    yamux = Yamux(initiates=False)
    assert receive(yamux, frame(UPDATE, SYN, 1)) == [Opened(1)]
    return yamux


def test_streams_have_odd_and_even_numbers() -> None:
    dialler, server = Yamux(initiates=True), Yamux(initiates=False)
    assert [dialler.open(), dialler.open()] == [1, 3]
    assert [server.open(), server.open()] == [2, 4]
    assert dialler.data_to_send() == frame(UPDATE, SYN, 1) + frame(UPDATE, SYN, 3)


def test_a_conversation() -> None:
    dialler, server = Yamux(initiates=True), Yamux(initiates=False)
    stream = dialler.open()
    dialler.send(stream, b"hello")
    dialler.end(stream)
    assert receive(server, dialler.data_to_send()) == [Opened(1), Data(1, b"hello"), Ended(1)]
    server.accept(1)
    server.send(1, b"world")
    server.end(1)
    assert len(server) == 0
    assert receive(dialler, server.data_to_send()) == [Data(1, b"world"), Ended(1)]
    assert stream not in dialler
    dialler.end(stream)
    dialler.reset(stream)
    assert dialler.data_to_send() == b""


def test_frames_byte_by_byte(server: Yamux) -> None:
    sent = data(1, b"abc") + data(1, b"de", FIN) + frame(PING, SYN, 0, 77) + frame(AWAY, 0, 0, 1)
    events = [event for byte in sent for event in receive(server, bytes((byte,)))]
    assert events == [Data(1, b"a"), Data(1, b"b"), Data(1, b"c"), Data(1, b"d"), Data(1, b"e"), Ended(1),
                      Pinged(77), GoneAway(1)]  # fmt: skip


def test_data_that_opens_and_ends_a_stream() -> None:
    server = Yamux(initiates=False)
    assert receive(server, data(1, b"x", SYN | FIN)) == [Opened(1), Data(1, b"x"), Ended(1)]
    assert receive(server, frame(DATA, SYN | FIN, 3)) == [Opened(3), Ended(3)]


def test_a_stream_that_is_given_up_as_it_is_opened() -> None:
    server = Yamux(initiates=False)
    sent = data(1, b"x", SYN | RST) + frame(UPDATE, SYN | RST, 3)
    assert receive(server, sent) == [Opened(1), Reset(1), Opened(3), Reset(3)]
    assert len(server) == 0


def test_a_stream_that_the_peer_gives_up(server: Yamux) -> None:
    assert receive(server, frame(UPDATE, RST, 1)) == [Reset(1)]
    assert receive(server, frame(UPDATE, RST, 1)) == []
    with pytest.raises(LocalError, match="closed"):
        server.send(1, b"x")


def test_what_comes_on_a_stream_that_we_gave_up_is_dropped(server: Yamux) -> None:
    server.reset(1)
    assert server.data_to_send() == frame(UPDATE, RST, 1)
    assert receive(server, data(1, b"abc", FIN) + frame(UPDATE, 0, 1, 5) + frame(PING, SYN, 0, 1)) == [Pinged(1)]


def test_a_stream_that_is_given_up_while_its_data_comes(server: Yamux) -> None:
    sent = data(1, b"abcdef", FIN)
    assert receive(server, sent[:14]) == [Data(1, b"ab")]
    server.reset(1)
    assert receive(server, sent[14:]) == []


def test_pings_are_answered_and_answers_are_not() -> None:
    server = Yamux(initiates=False)
    server.pong(77)
    assert server.data_to_send() == frame(PING, ACK, 0, 77)
    assert receive(server, frame(PING, ACK, 0, 77)) == []
    server.go_away()
    assert server.data_to_send() == frame(AWAY, 0, 0)


def test_the_window_of_the_peer(server: Yamux) -> None:
    server.send(1, bytes(WINDOW))
    with pytest.raises(LocalError, match="does not read"):
        server.send(1, b"x")
    receive(server, frame(UPDATE, 0, 1, 1))
    server.send(1, b"x")
    receive(server, frame(UPDATE, 0, 1, 0xFFFFFFFF) + frame(UPDATE, 0, 1, 0xFFFFFFFF))
    server.send(1, bytes(WINDOW))


def test_our_window_is_opened_again(server: Yamux) -> None:
    half = WINDOW // 2
    receive(server, data(1, bytes(half - 1)))
    assert server.data_to_send() == b""
    receive(server, data(1, b"x"))
    assert server.data_to_send() == frame(UPDATE, 0, 1, half)


def test_more_than_our_window(server: Yamux) -> None:
    receive(server, data(1, bytes(WINDOW // 2 - 1)))
    with pytest.raises(RemoteError, match="more than the window"):
        receive(server, frame(DATA, 0, 1, WINDOW))


def test_after_the_end_nothing_is_sent(server: Yamux) -> None:
    server.end(1)
    server.end(1)
    assert server.data_to_send() == frame(UPDATE, FIN, 1)
    with pytest.raises(LocalError, match="closed"):
        server.send(1, b"x")


@pytest.mark.parametrize(
    "sent",
    [
        frame(DATA, 0, 1, 0, version=1),
        frame(4, 0, 1),
        frame(DATA, 0, 1, WINDOW + 1),
        frame(DATA, 0, 99, WINDOW + 1),
        frame(UPDATE, SYN, 1),
        frame(UPDATE, SYN, 2),
        frame(UPDATE, SYN, 0),
        data(1, b"", FIN) + data(1, b"x"),
        b"GET / HTTP/1.1\r\n\r\n",
    ],
    ids=["version", "type", "window", "window of none", "again", "ours", "zero", "after the end", "another protocol"],
)
def test_what_is_not_yamux(server: Yamux, sent: bytes) -> None:
    with pytest.raises(RemoteError):
        receive(server, sent)


def test_two_ends_of_a_stream_are_one(server: Yamux) -> None:
    assert receive(server, frame(UPDATE, FIN, 1) + frame(UPDATE, FIN, 1)) == [Ended(1)]
    assert receive(server, frame(UPDATE, FIN, 99)) == []
