"""A libp2p connection as a conversation."""

from __future__ import annotations

import json
import struct
from ipaddress import ip_address
from pathlib import Path

import pytest

from pystatus.devp2p.enr import NodeRecord
from pystatus.discovery.rendezvous.client import (
    AnswerReader,
    check_registered,
    discover_request,
    read_records,
    register_request,
)
from pystatus.discovery.rendezvous.messages import PROTOCOL as RENDEZVOUS
from pystatus.discovery.rendezvous.messages import MessageType
from pystatus.discovery.rendezvous.registry import Registry
from pystatus.discovery.rendezvous.server import Counters, ServerConnection, ServerStream
from pystatus.errors import LocalError
from pystatus.libp2p import connection, noise, secio, yamux
from pystatus.libp2p.connection import Libp2pConnection, State
from pystatus.libp2p.events import (
    Connected,
    ConnectionClosed,
    StreamData,
    StreamEnded,
    StreamFailed,
    StreamOpened,
)
from pystatus.libp2p.limits import Libp2pLimits
from pystatus.libp2p.multistream import PROTOCOL, message
from pystatus.libp2p.peer_id import PeerId
from tests.devp2p.support import SeededRandom
from tests.libp2p.support import ALICE, BOB, CAROL, ECHO, Pair, events

ALICE_ID, BOB_ID = PeerId(ALICE.public_key), PeerId(BOB.public_key)


@pytest.mark.parametrize("step", [1, 7, 1 << 20])
@pytest.mark.parametrize("security", [noise.PROTOCOL, secio.PROTOCOL])
def test_two_peers_connect(security: str, step: int) -> None:
    pair = Pair(offers=(security,), step=step)
    assert pair.talk() == ([Connected(BOB_ID, security)], [Connected(ALICE_ID, security)])
    assert pair.alice.state is pair.bob.state is State.OPEN
    assert pair.alice.security == security


def test_noise_is_preferred_and_old_peers_are_met_with_secio() -> None:
    assert Pair().talk()[0] == [Connected(BOB_ID, noise.PROTOCOL)]
    assert Pair(takes=(secio.PROTOCOL,)).talk()[0] == [Connected(BOB_ID, secio.PROTOCOL)]
    assert Pair(offers=("/tls/1.0.0", secio.PROTOCOL)).talk()[0] == [Connected(BOB_ID, secio.PROTOCOL)]


def test_nothing_in_common() -> None:
    heard, _ = Pair(offers=("/tls/1.0.0",)).talk()
    assert heard == [ConnectionClosed("peer does not speak /tls/1.0.0")]


def test_a_peer_without_yamux(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = Pair()
    while pair.alice.state is not State.CLOSED:
        pair.bob.receive_data(pair.alice.data_to_send(), pair.now)
        with monkeypatch.context() as patch:
            patch.setattr(connection, "MUXERS", ("/mplex/6.7.0",))
            pair.alice.receive_data(pair.bob.data_to_send(), pair.now)
    assert events(pair.alice) == [ConnectionClosed("peer does not speak /mplex/6.7.0")]
    assert pair.bob.state is State.MUXER


@pytest.mark.parametrize("security", [noise.PROTOCOL, secio.PROTOCOL])
def test_somebody_else_answers(security: str) -> None:
    pair = Pair(expected=CAROL, offers=(security,))
    (closed,) = pair.talk()[0]
    assert isinstance(closed, ConnectionClosed)
    assert closed.error == f"peer is {BOB_ID}, and not the {PeerId(CAROL.public_key)} of its address"


def test_a_stream() -> None:
    pair = Pair()
    pair.talk()
    number = pair.alice.open_stream(ECHO, pair.now)
    assert pair.talk() == ([StreamOpened(number, ECHO, False)], [StreamOpened(number, ECHO, True)])
    pair.alice.send(number, b"hello")
    pair.alice.end(number, pair.now)
    assert pair.talk() == ([], [StreamData(number, b"hello"), StreamEnded(number)])
    pair.bob.send(number, b"world")
    pair.bob.end(number, pair.now)
    assert pair.talk() == ([StreamData(number, b"world"), StreamEnded(number)], [])
    with pytest.raises(LocalError, match="closed"):
        pair.alice.send(number, b"more")
    pair.alice.end(number, pair.now)
    pair.alice.reset(number, pair.now)
    assert pair.alice.data_to_send() == b""


def test_data_that_comes_with_the_proposal() -> None:
    """The reference does not wait for the answer where it knows what the peer speaks."""
    pair = Pair()
    pair.talk()
    number = pair.raw_stream()
    pair.say(number, message(PROTOCOL) + message(ECHO) + b"hello")
    _, heard = pair.talk()
    assert heard == [StreamOpened(number, ECHO, True), StreamData(number, b"hello")]


def test_a_protocol_that_nobody_answers() -> None:
    """Identify among them: the reference asks each peer for it."""
    pair = Pair()
    pair.talk()
    number = pair.alice.open_stream("/ipfs/id/1.0.0", pair.now)
    assert pair.talk() == ([StreamFailed(number, "peer does not speak /ipfs/id/1.0.0")], [])
    assert pair.open_stream() == number + 2
    number = pair.bob.open_stream("/ipfs/id/1.0.0", pair.now)
    heard = pair.talk()
    assert heard[1] == [StreamFailed(number, "peer does not speak /ipfs/id/1.0.0")]


def test_streams_end_in_every_way() -> None:
    pair = Pair()
    pair.talk()
    given_up, ended_early = pair.open_stream(), pair.raw_stream()
    pair.alice.reset(given_up, pair.now)
    pair.alice._muxer.end(ended_early)
    pair.alice._flush()
    _, heard = pair.talk()
    assert heard == [StreamFailed(given_up, "the peer gave the stream up")]
    assert not pair.bob._streams
    number = pair.open_stream()
    pair.bob.reset(number, pair.now)
    assert pair.talk()[0] == [StreamFailed(number, "the peer gave the stream up")]


def test_a_stream_that_is_lost_while_data_is_on_its_way() -> None:
    pair = Pair()
    pair.talk()
    number = pair.open_stream()
    pair.alice.send(number, b"hello")
    pair.alice.end(number, pair.now)
    pair.bob.reset(number, pair.now)
    assert pair.talk() == ([StreamFailed(number, "the peer gave the stream up")], [])


def test_garbage_on_a_stream_costs_the_stream() -> None:
    pair = Pair()
    pair.talk()
    number = pair.raw_stream()
    pair.say(number, b"\0")
    assert pair.talk() == ([StreamFailed(number, "the peer gave the stream up")], [])
    assert number not in pair.bob._muxer
    assert pair.open_stream()


def test_leaving() -> None:
    pair = Pair()
    pair.talk()
    pair.alice.close("enough")
    assert pair.talk() == ([ConnectionClosed("enough")], [ConnectionClosed("the peer goes away")])
    assert pair.alice.next_timer() is None
    pair.alice.on_timer(1e9)
    pair.alice.close("again")
    pair.alice.eof_received()
    pair.alice.receive_data(b"x", 0)
    pair.alice.end(1, 0)
    pair.alice.reset(1, 0)
    assert events(pair.alice) == []
    with pytest.raises(LocalError, match="only while the connection is open"):
        pair.alice.open_stream(ECHO, 0)
    with pytest.raises(LocalError, match="closed"):
        pair.alice.send(1, b"x")


def test_leaving_before_anybody_is_known() -> None:
    pair = Pair()
    pair.alice.close("enough")
    assert events(pair.alice) == [ConnectionClosed("enough")]


def test_the_transport_ends() -> None:
    pair = Pair()
    pair.talk()
    number = pair.open_stream()
    pair.alice.eof_received()
    assert events(pair.alice) == [ConnectionClosed("the peer closed the connection")]
    assert number


class TestTime:
    LIMITS = Libp2pLimits()

    def test_handshakes_have_a_limit(self) -> None:
        bob = Libp2pConnection.listen(BOB, SeededRandom(b"bob"), 100.0, (ECHO,))
        assert bob.next_timer() == 100.0 + self.LIMITS.handshake_timeout
        bob.receive_data(message(PROTOCOL), 105.0)
        bob.on_timer(109.9)
        assert bob.state is State.SECURITY
        bob.on_timer(110.0)
        assert events(bob) == [ConnectionClosed("the peer did not finish the handshakes in time")]

    def test_a_silent_stream_is_given_up(self) -> None:
        pair = Pair()
        pair.talk()
        number = pair.open_stream()
        pair.now += 5
        pair.alice.send(number, b"hello")
        pair.talk()
        assert pair.bob.next_timer() == pair.now + self.LIMITS.stream_timeout
        pair.now += self.LIMITS.stream_timeout
        pair.bob.on_timer(pair.now)
        heard = pair.talk()
        assert heard[1] == [StreamFailed(number, "the peer is silent")]
        assert heard[0] == [StreamFailed(number, "the peer gave the stream up")]

    def test_a_stream_that_we_have_ended_is_given_up_whatever_comes(self) -> None:
        """A server that answers and goes on, a byte at a time, keeps nothing of the questions of hours."""
        pair = Pair()
        pair.talk()
        number = pair.open_stream()
        pair.bob.send(number, b"the answer")
        pair.talk()
        pair.alice.end(number, pair.now)
        for _ in range(2):
            pair.now += self.LIMITS.stream_timeout / 2
            pair.bob.send(number, b".")
            pair.talk()
        pair.alice.on_timer(pair.now)
        assert StreamFailed(number, "the peer does not end the stream") in pair.talk()[0]
        assert not len(pair.alice._muxer)

    def test_a_stream_whose_protocol_is_never_agreed_is_given_up(self) -> None:
        pair = Pair()
        pair.talk()
        number = pair.raw_stream()
        pair.alice._flush()
        pair.talk()
        pair.now += self.LIMITS.stream_timeout
        pair.bob.on_timer(pair.now)
        assert pair.talk() == ([StreamFailed(number, "the peer gave the stream up")], [])
        assert not len(pair.bob._muxer)

    def test_without_streams_it_ends(self) -> None:
        pair = Pair()
        pair.talk()
        assert pair.bob.next_timer() == pair.now + self.LIMITS.idle_timeout
        number = pair.open_stream()
        pair.now += 3
        pair.alice.reset(number, pair.now)
        pair.talk()
        assert pair.bob.next_timer() == pair.now + self.LIMITS.idle_timeout
        pair.bob.on_timer(pair.now + 1)
        assert pair.talk() == ([], [])
        pair.bob.on_timer(pair.now + self.LIMITS.idle_timeout)
        assert pair.talk()[1] == [ConnectionClosed("nothing was asked for a while")]


class TestStrangers:
    """Whatever they send costs them the connection, and us nothing that grows."""

    @pytest.mark.parametrize(
        "data",
        [
            b"\x16\x03\x01\x02\x00" + bytes(20),
            b"GET / HTTP/1.1\r\n" + b"x" * 100,
            b"\xff" * 1000,
            message(PROTOCOL) + b"\0",
        ],
    )
    def test_other_protocols(self, data: bytes) -> None:
        bob = Libp2pConnection.listen(BOB, SeededRandom(b"bob"), 0.0, (ECHO,))
        bob.receive_data(data, 0.0)
        (closed,) = events(bob)
        assert isinstance(closed, ConnectionClosed)

    def test_many_bytes(self) -> None:
        limits = Libp2pLimits(bytes_burst=2000.0, bytes_per_second=10.0)
        pair = Pair(limits=limits)
        pair.talk()
        number = pair.open_stream()
        pair.now += 60
        pair.alice.send(number, bytes(500))
        assert pair.talk()[1] == [StreamData(number, bytes(500))]
        pair.alice.send(number, bytes(2000))
        _, heard = pair.talk()
        assert heard == [ConnectionClosed("peer sends more than this connection is for")]

    def test_many_pings(self) -> None:
        limits = Libp2pLimits()
        pair = Pair(limits=limits)
        pair.talk()
        ping = struct.pack(">BBHII", 0, yamux.FrameType.PING, yamux.Flag.SYN, 0, 7)
        pair.bob.receive_data(pair.alice._channel.seal(ping * int(limits.control_burst)), pair.now)
        assert events(pair.bob) == []
        answer = pair.bob.data_to_send()
        assert len(pair.alice._channel.receive_data(answer)) == len(ping) * limits.control_burst
        pair.bob.receive_data(pair.alice._channel.seal(ping), pair.now)
        assert events(pair.bob) == [ConnectionClosed("peer floods us with streams or Pings")]

    def test_many_streams(self) -> None:
        limits = Libp2pLimits(max_streams=2)
        pair = Pair(limits=limits)
        pair.talk()
        first, second, third = (pair.alice.open_stream(ECHO, pair.now) for _ in range(3))
        heard, _ = pair.talk()
        assert StreamFailed(third, "the peer gave the stream up") in heard
        assert len(pair.bob._streams) == 2
        pair.alice.reset(first, pair.now)
        pair.talk()
        assert StreamOpened(pair.alice.open_stream(ECHO, pair.now), ECHO, False) in pair.talk()[0]
        assert second in pair.bob._streams

    def test_streams_that_come_and_go(self) -> None:
        pair = Pair()
        pair.talk()
        for _ in range(int(Libp2pLimits().control_burst)):
            number = pair.raw_stream()
            pair.alice._muxer.reset(number)
        pair.alice._flush()
        assert pair.talk() == ([], [])
        assert not pair.bob._streams
        pair.raw_stream()
        pair.alice._flush()
        assert pair.talk()[1] == [ConnectionClosed("peer floods us with streams or Pings")]

    def test_a_window_that_stays_closed(self) -> None:
        """What is sent must fit in: nothing waits for a peer that does not read."""
        pair = Pair()
        pair.talk()
        number = pair.open_stream()
        pair.bob.send(number, bytes(200_000))
        pair.bob.data_to_send()
        with pytest.raises(LocalError, match="does not read"):
            pair.bob.send(number, bytes(100_000))

    def test_a_stream_that_is_gone_before_it_is_looked_at(self) -> None:
        """All in one read of the socket."""
        pair = Pair()
        pair.talk()
        number = pair.raw_stream()
        pair.alice._muxer.send(number, message(PROTOCOL) + message(ECHO) + b"hello")
        pair.alice._muxer.reset(number)
        pair.alice._flush()
        assert pair.talk()[1] == [
            StreamOpened(number, ECHO, True),
            StreamData(number, b"hello"),
            StreamFailed(number, "the peer gave the stream up"),
        ]

    def test_a_stream_that_is_closed_by_a_proposal_without_a_window(self) -> None:
        pair = Pair()
        pair.talk()
        number = pair.raw_stream()
        pair.alice._flush()
        pair.talk()
        pair.bob._muxer._streams[number].window = 0
        pair.say(number, message(PROTOCOL) + message("/x"))
        assert pair.talk() == ([StreamFailed(number, "the peer gave the stream up")], [])
        assert number not in pair.bob._muxer


def test_a_conversation_with_the_reference() -> None:
    """What the server of status-im/rendezvous v1.3.0 (go-libp2p 0.4.2) sent while we registered and asked, recorded
    over loopback. Everything random on our side comes from a seed, so it means the same to us each time."""
    recording = json.loads((Path(__file__).parent / "server_recording.json").read_text(encoding="utf-8"))
    record = NodeRecord.sign(ALICE, 0, {b"ip": bytes((127, 0, 0, 1)), b"tcp": 30303, b"udp": 0})
    questions = [
        (MessageType.REGISTER_RESPONSE, register_request("whisper", record)),
        (MessageType.DISCOVER_RESPONSE, discover_request("whisper")),
    ]
    alice = Libp2pConnection.dial(ALICE, BOB_ID, SeededRandom(b"recording"), 0.0)
    answers: list[bytes] = []
    connected: list[Connected] = []
    reader: AnswerReader | None = None
    for received in recording["received"]:
        alice.receive_data(bytes.fromhex(received), 0.0)
        while (event := alice.next_event()) is not None:
            assert not isinstance(event, (ConnectionClosed, StreamFailed))
            if isinstance(event, Connected):
                connected.append(event)
                alice.open_stream(RENDEZVOUS, 0.0)
            elif isinstance(event, StreamOpened):
                kind, request = questions.pop(0)
                reader = AnswerReader(kind)
                alice.send(event.stream, request)
            elif isinstance(event, StreamData):
                assert reader is not None
                if (body := reader.receive_data(event.data)) is not None:
                    answers.append(body)
                    alice.end(event.stream, 0.0)
                    if questions:
                        alice.open_stream(RENDEZVOUS, 0.0)
    assert connected == [Connected(BOB_ID, secio.PROTOCOL)]
    assert [answer.hex() for answer in answers] == recording["answers"]
    check_registered(answers[0])
    assert read_records(answers[1], ip_address("127.0.0.1")).records == (record,)


def test_a_client_of_the_reference() -> None:
    """What status-go v0.64.0 sent to register as a relay, recorded over loopback. It speaks SECIO alone."""
    recording = json.loads((Path(__file__).parent / "client_recording.json").read_text(encoding="utf-8"))
    bob = Libp2pConnection.listen(BOB, SeededRandom(b"recording"), 0.0, (RENDEZVOUS,))
    registry = Registry(SeededRandom(b"registry"))
    client = ServerConnection(registry, ip_address("127.0.0.1"), 0.0, Counters(), tells_address=False)
    streams: dict[int, ServerStream] = {}
    for received in recording["received"]:
        bob.receive_data(bytes.fromhex(received), 0.0)
        while (event := bob.next_event()) is not None:
            match event:
                case Connected(_, security):
                    assert security == secio.PROTOCOL
                case StreamOpened(number):
                    streams[number] = ServerStream(client)
                case StreamData(number, data):
                    if answer := streams[number].receive_data(data, 0.0):
                        bob.send(number, answer)
                case StreamEnded(number):
                    assert streams.pop(number).end() == b""
                    bob.end(number, 0.0)
                case _:
                    raise AssertionError(event)
    assert [record.encoded.hex() for record in registry.records(b"whisper")] == [recording["record"]]
    assert not streams
