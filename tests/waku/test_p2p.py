"""P2P Message and P2P Request Complete: only from trusted peers (waku.md §4.8, §5.7)."""

from __future__ import annotations

import pytest

from pystatus.errors import LocalError
from pystatus.waku import packets
from pystatus.waku.dialects.dialect import Dialect
from pystatus.waku.dialects.shh_6 import SHH_6
from pystatus.waku.dialects.waku_0 import WAKU_0
from pystatus.waku.dialects.waku_1 import WAKU_1
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.events import EnvelopeReceived, P2PReceived, RequestCompleted
from pystatus.waku.relay.p2p import MAX_P2P_ENVELOPES
from pystatus.waku.relay.peer import Misbehaviour
from pystatus.waku.relay.relay import Relay
from tests.waku.network import NOW, OTHER_TOPIC, TOPIC, Network, Wire, change, envelope, events, topics, watching

every_dialect = pytest.mark.parametrize("dialect", [WAKU_1, WAKU_0, SHH_6], ids=lambda dialect: dialect.title)


def trusting(dialect: Dialect = WAKU_1) -> Wire:
    """A relay that trusts its peer."""
    wire = Wire(watching(), dialect=dialect)
    wire.relay.set_trusted("peer", True)
    return wire


@every_dialect
@pytest.mark.parametrize("count", [0, 1, 3])
def test_from_one_to_another(dialect: Dialect, count: int) -> None:
    """Nobody else hears of it."""
    net = Network(server=watching(), client=topics(TOPIC), other=watching())
    net.connect("server", "client", dialect)
    net.connect("client", "other")
    net["client"].set_trusted("server", True)
    for relay in net.relays.values():
        events(relay)
    sent = [envelope(number, now=NOW - 86_400) for number in range(count)]
    net["server"].send_p2p("client", sent)
    net.settle()
    assert events(net["client"]) == ([P2PReceived(tuple(sent), "server")] if sent else [])
    assert events(net["other"]) == events(net["server"]) == []
    assert all(len(relay.pool) == 0 for relay in net.relays.values())
    assert net["client"].counters.packets_received[packets.P2P_MESSAGE] == (count > 0)


def test_nothing_of_an_envelope_is_checked() -> None:
    """No proof of work, long expired, no lifetime, or from the future; and again when it comes again."""
    wire = trusting()
    sent = [
        envelope(1, now=NOW - 1_000_000),
        envelope(2, now=NOW + 1_000_000),
        Envelope.create(int(NOW), 0, TOPIC, b"", 0),
    ]
    for _ in range(2):
        wire.receive(packets.P2P_MESSAGE, packets.encode_messages(sent))
        assert events(wire.relay) == [P2PReceived(tuple(sent), "peer")]


def test_an_envelope_that_was_relayed_comes_once_more() -> None:
    wire = trusting()
    wire.give(envelope())
    wire.receive(packets.P2P_MESSAGE, packets.encode_messages([envelope()]))
    assert events(wire.relay) == [
        EnvelopeReceived(envelope(), "peer"),
        P2PReceived((envelope(),), "peer"),
    ]


def test_topics_that_nobody_watches_are_reported_too() -> None:
    """Whoever asked for a page has to see all of it."""
    wire = trusting()
    change(wire.relay, NOW, watched=frozenset([TOPIC]))
    wanted, unwanted = envelope(1, TOPIC), envelope(2, OTHER_TOPIC)
    wire.receive(packets.P2P_MESSAGE, packets.encode_messages([unwanted, wanted]))
    assert events(wire.relay) == [P2PReceived((unwanted, wanted), "peer")]


def test_trust_can_be_taken_back() -> None:
    wire = trusting()
    wire.relay.set_trusted("peer", False)
    wire.receive(packets.P2P_MESSAGE, packets.encode_messages([envelope()]))
    wire.receive(packets.P2P_REQUEST_COMPLETE, packets.encode_request_complete(bytes(32)))
    assert events(wire.relay) == []


def test_trust_ends_with_the_connection() -> None:
    wire = trusting()
    wire.relay.peer_disconnected("peer", NOW)
    wire.join("peer")
    events(wire.relay)
    wire.receive(packets.P2P_MESSAGE, packets.encode_messages([envelope()]))
    assert events(wire.relay) == []


@pytest.mark.parametrize("content", [bytes(32), bytes(64), bytes(100), b"ERROR=" + bytes(32) + b"no such thing"])
def test_a_completion(content: bytes) -> None:
    """waku.md D4."""
    wire = trusting()
    wire.receive(packets.P2P_REQUEST_COMPLETE, packets.encode_request_complete(content))
    assert events(wire.relay) == [RequestCompleted(content, "peer")]


@pytest.mark.parametrize(
    ("code", "payload"),
    [
        (packets.P2P_MESSAGE, b"\x80"),
        (packets.P2P_MESSAGE, b"\xc1\xc0"),
        (packets.P2P_MESSAGE, packets.encode_messages([envelope()] * (MAX_P2P_ENVELOPES + 1))),
        (packets.P2P_REQUEST_COMPLETE, b""),
        (packets.P2P_REQUEST_COMPLETE, packets.encode_request_complete(bytes(packets.MAX_COMPLETION_SIZE))),
    ],
)
def test_malformed_packets_of_a_trusted_peer_are_scored(code: int, payload: bytes) -> None:
    wire = trusting()
    with pytest.raises(Misbehaviour):
        for _ in range(10):
            wire.receive(code, payload)
    assert events(wire.relay) == []


def test_a_page_of_history_fits() -> None:
    wire = trusting()
    wire.receive(packets.P2P_MESSAGE, packets.encode_messages([envelope()] * MAX_P2P_ENVELOPES))
    assert events(wire.relay) == [P2PReceived((envelope(),) * MAX_P2P_ENVELOPES, "peer")]


def test_many_envelopes_are_split_into_packets() -> None:
    net = Network(server=watching(), client=watching())
    net.connect("server", "client")
    net["client"].set_trusted("server", True)
    events(net["client"])
    sent = [envelope(number, size=300_000) for number in range(10)]
    net["server"].send_p2p("client", sent)
    net.settle()  # checks the size of every packet
    pages = [event.envelopes for event in events(net["client"]) if isinstance(event, P2PReceived)]
    assert [envelope for page in pages for envelope in page] == sent


def test_what_cannot_be_sent() -> None:
    relay = Relay()
    with pytest.raises(LocalError, match="No peer"):
        relay.send_p2p("peer", [envelope()])
    with pytest.raises(LocalError, match="No peer"):
        relay.set_trusted("peer", True)
    wire = Wire(status=None)
    with pytest.raises(LocalError, match="handshake"):
        wire.relay.send_p2p("peer", [envelope()])
    wire = Wire()
    with pytest.raises(LocalError, match="does not fit"):
        wire.relay.send_p2p("peer", [envelope(), envelope(size=packets.MAX_SENT_PACKET_SIZE)])
    wire.relay.set_writable("peer", False)
    with pytest.raises(LocalError, match="too slowly"):
        wire.relay.send_p2p("peer", [envelope()])
    assert wire.sent() == []
