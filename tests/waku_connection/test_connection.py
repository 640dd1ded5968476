"""A connection and a relay as one object: bytes in, events out, time as the caller says."""

from __future__ import annotations

import pytest

from pystatus.devp2p.connection import State
from pystatus.devp2p.events import Connected, ConnectionClosed, PacketReceived
from pystatus.devp2p.messages import DisconnectReason
from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.config import RelayConfig
from pystatus.waku.relay.events import EnvelopeReceived, EnvelopeSent, PeerFailed, PeerReady
from pystatus.waku.relay.relay import Relay
from pystatus.waku.relay.steps import STEP_BYTES
from pystatus.waku_connection.capabilities import WAKU_1
from tests.waku_connection.memory import UNIX, WATCHING, Party, carry, local, overlay_pair, two

TOPIC = bytes(4)


def envelope(number: int = 0, size: int = 100, *, now: float = UNIX) -> Envelope:
    return Envelope.mine(now, 15, TOPIC, number.to_bytes(4, "big") * (size // 4), 0.0)


def connected() -> tuple[Party, Relay, Party, Relay]:
    parties = two()
    carry(parties[0], parties[2])
    for party in (parties[0], parties[2]):
        party.hear()
    return parties


def test_both_handshakes_and_both_status_make_a_peer() -> None:
    one, relay, other, _ = two()
    assert one.waku.capabilities == ()
    carry(one, other)
    for party in (one, other):
        shook, status, ready = party.hear()
        assert isinstance(shook, Connected)
        assert isinstance(status, PacketReceived)
        assert (status.capability, status.code) == (WAKU_1.capability, packets.STATUS)
        assert ready == PeerReady(party.waku)
        assert party.waku.capabilities == (WAKU_1.capability,)
    assert relay.ready_peers == [one.waku]


def test_an_envelope_goes_over_once() -> None:
    one, relay, other, _ = connected()
    posted = envelope()
    relay.post(posted, UNIX)
    carry(one, other)
    assert [event for event in one.hear() if isinstance(event, EnvelopeSent)] == [EnvelopeSent(posted.hash, one.waku)]
    packet, received = other.hear()
    assert isinstance(packet, PacketReceived)
    assert packets.decode_messages(packet.payload) == [posted]
    assert received == EnvelopeReceived(posted, other.waku)
    relay.post(posted, UNIX)
    carry(one, other)
    assert other.hear() == []


def test_a_large_packet_is_worked_off_with_its_bytes() -> None:
    one, _, other, _ = connected()
    envelopes = [envelope(number, 2_000) for number in range(2 * STEP_BYTES // 2_000)]
    one.waku.queue(WAKU_1.capability, packets.MESSAGES, packets.encode_messages(envelopes))
    carry(one, other)
    assert other.received == [one.hash for one in envelopes]


def test_a_peer_that_does_not_begin_with_its_status_is_sent_away() -> None:
    dials, answers = overlay_pair(local(), local())
    relay = Relay(WATCHING)
    party = Party(answers, relay)
    data = dials.data_to_send()
    while data:  # only the handshakes of devp2p
        party.waku.receive_data(data, 0.0, UNIX)
        dials.receive_data(party.waku.connection.data_to_send(), 0.0)
        data = dials.data_to_send()
    dials.send(WAKU_1.capability, packets.MESSAGES, packets.encode_messages([envelope()]))
    party.waku.receive_data(dials.data_to_send(), 0.0, UNIX)
    party.note()
    shook, end = party.hear()
    assert isinstance(shook, Connected)
    assert end == ConnectionClosed(DisconnectReason.SUBPROTOCOL_ERROR, False, "packet 1 before the Status")
    assert relay.ready_peers == []
    while dials.next_event() is not None:
        pass
    dials.receive_data(party.waku.data_to_send(UNIX), 0.0)
    assert dials.next_event() is not None, "it is told why"
    assert dials.state is State.CLOSED


def test_the_end_is_the_last_event_and_the_relay_knows() -> None:
    one, relay, other, _ = connected()
    relay.post(envelope(), UNIX)
    other.waku.receive_data(one.waku.data_to_send(UNIX), 0.0, UNIX)
    other.waku.eof_received(0.0, UNIX)  # before anybody has looked
    other.note()
    packet, received, end = other.hear()
    assert isinstance(packet, PacketReceived)
    assert isinstance(received, EnvelopeReceived)
    assert end == ConnectionClosed(None, True, "the peer closed the connection")
    one.waku.disconnect(DisconnectReason.CLIENT_QUITTING)
    one.note()
    *_, end = one.hear()
    assert isinstance(end, ConnectionClosed)
    assert (end.reason, end.by_peer) == (DisconnectReason.CLIENT_QUITTING, False)
    assert relay.ready_peers == []
    assert one.waku.data_to_send(UNIX), "the Disconnect"
    one.waku.disconnect(DisconnectReason.CLIENT_QUITTING)
    one.waku.queue(WAKU_1.capability, packets.MESSAGES, b"")
    one.note()
    assert one.hear() == []


def test_both_clocks_keep_time() -> None:
    """The relay gives up on a peer without a Status, the connection pings: each on its own clock."""
    dials, answers = overlay_pair(local(), local())
    party = Party(answers, Relay(RelayConfig(status_timeout=5.0)))
    data = dials.data_to_send()
    while data:
        party.waku.receive_data(data, 100.0, UNIX)
        dials.receive_data(party.waku.connection.data_to_send(), 100.0)
        data = dials.data_to_send()
    party.note()
    party.hear()
    party.waku.data_to_send(UNIX)
    due = party.waku.next_timer(100.0, UNIX)
    assert due == pytest.approx(105.0), "the Status is due in Unix seconds, before the Ping of the connection"
    party.waku.on_timer(105.0, UNIX + 5.0)
    party.note()
    failed, end = party.hear()
    assert isinstance(failed, PeerFailed)
    assert isinstance(end, ConnectionClosed)
    assert (end.reason, end.error) == (DisconnectReason.SUBPROTOCOL_ERROR, "no Status in time")
    assert party.waku.next_timer(105.0, UNIX + 5.0) is None


def test_a_ping_is_sent_in_time() -> None:
    one, _, other, _ = connected()
    due = one.waku.next_timer(0.0, UNIX)
    seconds = 0.0
    while due is not None and seconds < 20.0:
        seconds = due
        one.waku.on_timer(seconds, UNIX + seconds)
        carry(one, other, seconds)
        due = one.waku.next_timer(seconds, UNIX + seconds)
    assert one.waku.state is State.OPEN
    assert other.waku.connection._last_frame >= 15.0, "it has heard the Ping"
