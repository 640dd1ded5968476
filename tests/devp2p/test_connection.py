"""Conversations between two connections, and with a peer that says odd things (overlay.md §2.5 to §2.8)."""

import pytest

from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.capabilities import Capability, SharedCapability, Subprotocol
from pystatus.devp2p.connection import State
from pystatus.devp2p.events import Connected, ConnectionClosed, PacketReceived
from pystatus.devp2p.limits import ConnectionLimits
from pystatus.devp2p.messages import Disconnect, DisconnectReason, Hello
from pystatus.devp2p.rlpx.frames import compress, decompress
from pystatus.errors import LocalError
from pystatus.wire import rlp
from tests.devp2p.support import (
    ALICE,
    BOB,
    CAROL,
    TOY,
    TOYS,
    WAKU,
    RawPeer,
    SeededRandom,
    alice,
    bob,
    closed,
    connected_pair,
    events,
    exchange,
    node,
    packets,
    raw_disconnect,
)

PING, PONG = b"\x02\xc0", b"\x03\xc0"


def test_two_nodes_connect_and_talk() -> None:
    a, b = alice(), bob()
    exchange(a, b)
    assert events(a) == [
        Connected(BOB.public_key.xy, "bob", (TOY,), (SharedCapability(TOY, 16, 8),), 0),
    ]
    assert events(b) == [
        Connected(ALICE.public_key.xy, "alice", (TOY,), (SharedCapability(TOY, 16, 8),), 0),
    ]
    a.send(TOY, 0, b"hello bob")
    a.send(TOY, 7, b"")
    b.send(TOY, 3, bytes(100_000))
    exchange(a, b)
    assert events(b) == [PacketReceived(TOY, 0, b"hello bob"), PacketReceived(TOY, 7, b"")]
    assert events(a) == [PacketReceived(TOY, 3, bytes(100_000))]
    a.disconnect(DisconnectReason.CLIENT_QUITTING)
    exchange(a, b)
    assert closed(a) == ConnectionClosed(8, False, "we disconnected: client quitting")
    assert closed(b) == ConnectionClosed(8, True, "the peer disconnected: client quitting")
    assert (a.state, b.state) == (State.CLOSED, State.CLOSED)


@pytest.mark.parametrize("version", [4, 5, 6, 2**40])
def test_compression_follows_the_version(version: int) -> None:
    connection = bob()
    peer = RawPeer(connection)
    (hello,) = peer.heard()
    assert hello[0] == 0x80
    assert Hello.decode(hello[1:]).version == 5
    peer.say(0, peer.hello(version))
    (connected,) = events(connection)
    assert isinstance(connected, Connected)
    connection.send(TOY, 1, b"payload")
    (frame,) = peer.heard()
    assert frame[:1] == b"\x11"
    if version >= 5:
        assert decompress(frame[1:], 100) == b"payload"
        peer.say(17, compress(b"answer"))
    else:
        assert frame[1:] == b"payload"
        peer.say(17, b"answer")
    assert packets(connection) == [PacketReceived(TOY, 1, b"answer")]


class TestMultiplexing:
    LES, SHH, WAKU1 = (
        Subprotocol(Capability("les", 2), 22),
        Subprotocol(Capability("shh", 6), 128),
        Subprotocol(WAKU, 128),
    )

    def test_ids_of_two_byte_codes(self) -> None:
        a, b = connected_pair(alice([self.WAKU1]), bob([self.WAKU1]))
        a.send(WAKU, 126, b"request")
        a.send(WAKU, 127, b"direct")
        exchange(a, b)
        assert packets(b) == [PacketReceived(WAKU, 126, b"request"), PacketReceived(WAKU, 127, b"direct")]

    def test_three_subprotocols_on_one_connection(self) -> None:
        ours = [self.WAKU1, self.LES, self.SHH, *TOYS]
        theirs = [self.SHH, self.WAKU1, self.LES, Subprotocol(Capability("other", 1), 5)]
        a, b = connected_pair(alice(ours), bob(theirs))
        sent = [(self.LES, 0), (self.LES, 21), (self.SHH, 0), (self.SHH, 127), (self.WAKU1, 0), (self.WAKU1, 127)]
        for subprotocol, code in sent:
            a.send(subprotocol.capability, code, b"x")
        exchange(a, b)
        assert packets(b) == [PacketReceived(subprotocol.capability, code, b"x") for subprotocol, code in sent]

    def test_the_highest_common_version(self) -> None:
        a = alice([Subprotocol(Capability("toy", 1), 8), Subprotocol(Capability("toy", 2), 9)])
        b = bob([Subprotocol(Capability("toy", 2), 9), Subprotocol(Capability("toy", 1), 8)])
        connected_pair(a, b)
        a.send(Capability("toy", 2), 8, b"")
        with pytest.raises(LocalError):
            a.send(Capability("toy", 1), 0, b"")
        exchange(a, b)
        assert packets(b) == [PacketReceived(Capability("toy", 2), 8, b"")]


class TestOurCallerIsWrong:
    def test_sending_before_and_after(self) -> None:
        a, b = alice(), bob()
        with pytest.raises(LocalError, match="open"):
            a.send(TOY, 0, b"")
        connected_pair(a, b)
        a.disconnect(DisconnectReason.REQUESTED)
        with pytest.raises(LocalError, match="open"):
            a.send(TOY, 0, b"")

    @pytest.mark.parametrize(("capability", "code"), [(TOY, 8), (TOY, -1), (WAKU, 0)])
    def test_codes_that_do_not_exist(self, capability: Capability, code: int) -> None:
        a, _ = connected_pair()
        with pytest.raises(LocalError, match="does not exist"):
            a.send(capability, code, b"")
        assert a.pending_bytes == 0

    def test_packets_too_large_to_send(self) -> None:
        a, b = connected_pair(alice(limits=ConnectionLimits(max_sent_packet_size=100)))
        with pytest.raises(LocalError, match="split it"):
            a.send(TOY, 0, bytes(101))
        a.send(TOY, 0, bytes(100))
        exchange(a, b)
        assert len(packets(b)) == 1

    @pytest.mark.parametrize(
        ("client_id", "subprotocols"),
        [
            ("x" * 257, TOYS),
            ("x", [Subprotocol(Capability("ninechars", 1), 1)]),
            ("x", [Subprotocol(Capability("tøy", 1), 1)]),
            ("x", [Subprotocol(Capability("", 1), 1)]),
            ("x", [Subprotocol(Capability("toy", version), 1) for version in range(65)]),
            ("\ud800", TOYS),
        ],
    )
    def test_a_hello_that_peers_would_refuse(self, client_id: str, subprotocols: list[Subprotocol]) -> None:
        with pytest.raises(LocalError, match="refuse our Hello"):
            node(ALICE, subprotocols, client_id)


class TestPeerChecks:
    def test_not_admitted_after_the_keys(self) -> None:
        asked: list[bytes] = []

        def admit(remote_id: bytes) -> DisconnectReason:
            asked.append(remote_id)
            return DisconnectReason.TOO_MANY_PEERS

        a, b = alice(), bob(admit=admit)
        exchange(a, b)
        assert asked == [ALICE.public_key.xy]
        assert closed(b) == ConnectionClosed(4, False, "peer not admitted: too many peers")
        assert closed(a) == ConnectionClosed(4, True, "the peer disconnected: too many peers")

    def test_the_refusal_stands_in_place_of_hello_and_is_not_compressed(self) -> None:
        connection = bob(admit=lambda _: DisconnectReason.ALREADY_CONNECTED)
        assert RawPeer(connection).heard() == [raw_disconnect(5)]

    def test_not_admitted_after_hello(self) -> None:
        answers = [None, DisconnectReason.ALREADY_CONNECTED]
        connection = bob(admit=lambda _: answers.pop(0))
        peer = RawPeer(connection)
        peer.heard()
        peer.say(0, peer.hello())
        assert closed(connection).reason == 5
        (frame,) = peer.heard()
        assert (frame[0], Disconnect.decode(decompress(frame[1:], 10))) == (1, Disconnect(5))


class TestHello:
    def hello(self, payload: bytes, message_id: int = 0) -> tuple[ConnectionClosed, list[bytes]]:
        """What a connection makes of this first message."""
        connection = bob()
        peer = RawPeer(connection)
        peer.heard()
        peer.say(message_id, payload)
        return closed(connection), peer.heard()

    def test_of_another_key(self) -> None:
        hello = Hello(5, "liar", (TOY,), 0, ALICE.public_key.xy)
        event, (frame,) = self.hello(hello.encode())
        assert event.reason == DisconnectReason.UNEXPECTED_IDENTITY
        assert Disconnect.decode(decompress(frame[1:], 10)) == Disconnect(9)

    def test_without_a_common_capability(self) -> None:
        hello = Hello(5, "eth", (Capability("eth", 63), Capability("toy", 2)), 0, CAROL.public_key.xy)
        event, (frame,) = self.hello(hello.encode())
        assert event == ConnectionClosed(
            3, False, "it is a node of another network: it speaks eth/63, toy/2, and not toy/1"
        )
        assert Disconnect.decode(decompress(frame[1:], 10)) == Disconnect(3)

    @pytest.mark.parametrize("node_id", [bytes(64), b"\x01" * 63, b""])
    def test_with_an_invalid_id(self, node_id: bytes) -> None:
        event, frames = self.hello(rlp.encode([5, b"", [[b"toy", 1]], 0, node_id]))
        assert event.reason == DisconnectReason.INVALID_IDENTITY
        assert frames == [raw_disconnect(7)]

    @pytest.mark.parametrize(
        ("message_id", "payload"),
        [(0, b"\xc0"), (0, b""), (0, b"\xff" * 20), (2, b"\xc0"), (16, b"\xc0"), (4, b"\xc0")],
    )
    def test_that_is_none_ends_in_silence(self, message_id: int, payload: bytes) -> None:
        event, frames = self.hello(payload, message_id)
        assert event.reason is None
        assert not event.by_peer
        assert frames == []

    @pytest.mark.parametrize("size", [2049, 10_000])
    def test_too_large(self, size: int) -> None:
        event, frames = self.hello(bytes(size))
        assert (event.reason, frames) == (None, [])

    def test_disconnect_instead(self) -> None:
        event, frames = self.hello(Disconnect(4).encode(), message_id=1)
        assert event == ConnectionClosed(4, True, "the peer disconnected: too many peers")
        assert frames == []

    def test_a_name_that_would_garble_a_terminal(self) -> None:
        connection = bob()
        peer = RawPeer(connection)
        peer.say(0, peer.hello(client_id="evil\x1b[2J\u202ename\n"))
        (event,) = events(connection)
        assert isinstance(event, Connected)
        assert event.client_id == "evil\ufffd[2J\ufffdname\ufffd"


class TestOpen:
    def test_ping_is_answered(self) -> None:
        connection = bob()
        peer = RawPeer(connection)
        peer.say_hello()
        peer.say(2, b"\xc0")
        assert peer.heard() == [PONG]

    def test_bytes_behind_the_end_are_not_looked_at(self) -> None:
        connection = bob()
        peer = RawPeer(connection)
        peer.say_hello()
        last = peer.frame(17, b"last") + peer.frame(1, b"\xc1\x08")
        connection.receive_data(last + peer.frame(17, b"too late") + bytes(100), 0.0)
        assert [type(event) for event in events(connection)] == [PacketReceived, ConnectionClosed]
        connection.receive_data(bytes(100), 0.0)
        connection.eof_received()
        connection.on_timer(1e9)
        connection.disconnect(DisconnectReason.REQUESTED)
        assert events(connection) == []
        assert connection.next_timer() is None

    def test_what_was_good_before_an_error_is_delivered(self) -> None:
        connection = bob()
        peer = RawPeer(connection)
        peer.say_hello()
        connection.receive_data(peer.frame(17, b"good") + bytes(64), 0.0)
        packet, end = events(connection)
        assert packet == PacketReceived(TOY, 1, b"good")
        assert isinstance(end, ConnectionClosed)

    def test_a_peer_that_leaves_before_it_has_read_our_hello(self) -> None:
        # It has said Hello, so we expect compression, and it cannot know yet that it should compress.
        connection = bob()
        peer = RawPeer(connection)
        connection.receive_data(peer.frame(0, peer.hello()) + peer.frame(1, Disconnect(8).encode()), 0.0)
        connected, end = events(connection)
        assert isinstance(connected, Connected)
        assert end == ConnectionClosed(8, True, "the peer disconnected: client quitting")

    def test_our_own_disconnect_drops_what_was_not_fetched(self) -> None:
        a, b = connected_pair()
        b.send(TOY, 1, b"one")
        b.send(TOY, 1, b"two")
        exchange(a, b)
        assert a.next_event() == PacketReceived(TOY, 1, b"one")
        a.disconnect(DisconnectReason.SUBPROTOCOL_ERROR, "nonsense in packet one")
        assert closed(a) == ConnectionClosed(16, False, "nonsense in packet one")


class TestSizes:
    LIMITS = ConnectionLimits(max_packet_size=1000)

    @pytest.mark.parametrize("version", [4, 5])
    def test_the_limit_is_inclusive(self, version: int) -> None:
        connection = bob(limits=self.LIMITS)
        peer = RawPeer(connection)
        peer.say(0, peer.hello(version))
        events(connection)
        random = SeededRandom(b"incompressible")
        for payload in (bytes(1000), random(1000)):
            peer.say(17, compress(payload) if version == 5 else payload)
            assert packets(connection) == [PacketReceived(TOY, 1, payload)]
        peer.say(17, compress(bytes(1001)) if version == 5 else bytes(1004))
        assert closed(connection).reason is None

    def test_default_limits_take_8_mebibytes(self) -> None:
        generous = ConnectionLimits(max_sent_packet_size=8 * 2**20)
        a, b = connected_pair(alice(limits=generous))
        payload = SeededRandom(b"large")(8 * 2**20)
        a.send(TOY, 0, payload)
        exchange(a, b)
        assert packets(b) == [PacketReceived(TOY, 0, payload)]


class TestTimers:
    def test_silence_at_first(self) -> None:
        connection = bob()
        assert connection.next_timer() == 2.0
        connection.receive_data(b"", 1.0)
        connection.on_timer(1.9)
        assert events(connection) == []
        connection.on_timer(2.0)
        assert closed(connection) == ConnectionClosed(None, False, "the peer dialled and said nothing")

    def test_no_hello(self) -> None:
        connection = bob()
        RawPeer(connection, now=1.0)
        assert connection.next_timer() == 5.0
        connection.on_timer(4.9)
        assert events(connection) == []
        connection.on_timer(5.0)
        assert closed(connection).reason is None

    def test_the_initiator_waits_for_an_ack(self) -> None:
        a = alice()
        assert a.next_timer() == 5.0
        a.on_timer(5.0)
        assert closed(a).error == (
            "it accepts connections and says nothing within 5 seconds; another program may listen there"
        )

    def test_the_responder_waits_for_a_hello(self) -> None:
        connection = bob()
        RawPeer(connection)
        connection.on_timer(5.0)
        assert closed(connection).error == "the handshake took too long"

    def test_pings_keep_both_alive(self) -> None:
        a, b = connected_pair()
        now, pings = 0.0, 0
        while now < 600:
            timers = [timer for timer in (a.next_timer(), b.next_timer()) if timer is not None]
            now = min(timers)
            a.on_timer(now)
            b.on_timer(now)
            pings += bool(a.pending_bytes)
            exchange(a, b, now)
        assert events(a) == events(b) == []
        assert pings == 40

    def test_silence_ends_it(self) -> None:
        a, _ = connected_pair()
        a.on_timer(15.0)
        assert a.pending_bytes > 0
        assert a.next_timer() == 30.0
        a.on_timer(29.9)
        assert events(a) == []
        a.on_timer(30.0)
        assert closed(a) == ConnectionClosed(None, False, "the peer has been silent for too long")

    def test_an_unfinished_frame_is_no_sign_of_life(self) -> None:
        connection = bob()
        peer = RawPeer(connection)
        peer.say_hello()
        for second, byte in enumerate(peer.frame(17, bytes(200))[:40]):
            connection.receive_data(bytes([byte]), float(second))
            connection.on_timer(float(second))
        assert closed(connection).error == "the peer has been silent for too long"

    def test_any_frame_is(self) -> None:
        connection = bob()
        peer = RawPeer(connection)
        peer.say_hello()
        for second in range(0, 300, 29):
            peer.say(17, b"", float(second))
            connection.on_timer(second + 28.0)
        assert connection.state is State.OPEN


class TestTheTransportEnds:
    def test_during_the_keys(self) -> None:
        a = alice()
        a.eof_received()
        assert "it may be another node than its enode or the invitation says" in closed(a).error

    def test_before_hello(self) -> None:
        connection = bob()
        RawPeer(connection)
        connection.eof_received()
        assert closed(connection) == ConnectionClosed(
            None, True, "the peer closed the connection instead of saying Hello"
        )

    def test_while_open(self) -> None:
        a, _ = connected_pair()
        a.eof_received()
        a.eof_received()
        assert closed(a) == ConnectionClosed(None, True, "the peer closed the connection")


class TestWeLeave:
    def test_packets_of_a_peer_that_has_left_can_be_dropped(self) -> None:
        a, b = connected_pair()
        for payload in (b"one", b"two", b"three"):
            b.send(TOY, 1, payload)
        b.disconnect(DisconnectReason.REQUESTED)
        exchange(a, b)
        assert a.next_event() == PacketReceived(TOY, 1, b"one")
        a.disconnect(DisconnectReason.SUBPROTOCOL_ERROR)
        assert closed(a).by_peer
        a.disconnect(DisconnectReason.SUBPROTOCOL_ERROR)
        assert events(a) == []

    def test_giving_up_says_nothing(self) -> None:
        a, b = connected_pair()
        b.send(TOY, 1, b"unread")
        exchange(a, b)
        a.send(TOY, 1, b"unsent")
        a.give_up("no use")
        a.give_up("no use at all")
        assert closed(a) == ConnectionClosed(None, False, "no use")
        assert a.data_to_send() == b""

    def test_during_the_keys_nothing_can_be_said(self) -> None:
        connection = bob()
        connection.disconnect(DisconnectReason.CLIENT_QUITTING)
        assert closed(connection) == ConnectionClosed(None, False, "we gave up: client quitting")
        assert connection.data_to_send() == b""

    def test_before_hello(self) -> None:
        connection = bob()
        peer = RawPeer(connection)
        peer.heard()
        connection.disconnect(DisconnectReason.CLIENT_QUITTING)
        assert peer.heard() == [raw_disconnect(8)]


def test_pending_bytes_tell_how_much_waits() -> None:
    a, _ = connected_pair()
    assert a.pending_bytes == 0
    for _ in range(10):
        a.send(TOY, 0, SeededRandom(b"")(1000))
    assert a.pending_bytes > 10_000
    assert len(a.data_to_send()) > 10_000
    assert a.pending_bytes == 0


def test_dialling_somebody_else_ends_without_an_ack() -> None:
    a, b = alice(remote=PrivateKey(b"\x77" * 32)), bob()
    exchange(a, b)
    assert closed(b).reason is None
    assert events(a) == []
