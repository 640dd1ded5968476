"""Status and Status Update: who may say what when (6/WAKU1 "Status", attacks A15, A21, A23)."""

from dataclasses import replace

import pytest

from pystatus.errors import LocalError, RemoteError
from pystatus.waku import packets
from pystatus.waku.bloom import FULL_BLOOM, topics_bloom
from pystatus.waku.interest import EVERYTHING, Interest
from pystatus.waku.relay.config import RELAY_MIN_POW, RelayConfig
from pystatus.waku.relay.events import PeerReady
from pystatus.waku.relay.peer import ASSUMED_MIN_POW, Misbehaviour
from pystatus.waku.relay.rate_limits import DEFAULT_BYTE_RATES, DEFAULT_PACKET_RATES
from pystatus.waku.relay.relay import Relay
from pystatus.waku.status import RateLimits, StatusOptions
from pystatus.wire import rlp
from tests.waku.network import NOW, OTHER_TOPIC, TOPIC, Network, Wire, change, envelope, events, topics, watching


@pytest.mark.requirement("WK-16", "WU-4")
def test_a_connection_begins_with_our_status() -> None:
    wire = Wire(status=None)
    ((code, payload),) = wire.sent()
    assert code == packets.STATUS
    keys = [rlp.as_int(rlp.as_list(pair, 2)[0]) for pair in rlp.as_list(rlp.decode(payload))]
    assert keys == [0, 1, 2, 3, 4, 6]


@pytest.mark.requirement("WK-17", "WK-18")
def test_status_comes_first_and_alone() -> None:
    """WK-17, WK-18: nothing but our Status goes out before the peer's has come."""
    wire = Wire(status=None)
    posted = envelope(pow_target=ASSUMED_MIN_POW)  # what a peer that has not said anything takes, too
    wire.relay.post(posted, NOW)
    ((code, payload),) = wire.sent()
    assert code == packets.STATUS
    assert StatusOptions.decode(payload) == StatusOptions(
        pow_requirement=RELAY_MIN_POW,
        bloom_filter=FULL_BLOOM,
        light_node=False,
        confirmations_enabled=False,
        packet_rate_limits=DEFAULT_PACKET_RATES,
        bytes_rate_limits=DEFAULT_BYTE_RATES,
    )
    change(wire.relay, NOW, interest=Interest.in_topics([TOPIC]))
    assert wire.sent() == []
    assert events(wire.relay) == []
    wire.receive(packets.STATUS, StatusOptions(pow_requirement=0.0).encode())
    assert events(wire.relay) == [PeerReady("peer")]
    assert wire.relay.ready_peers == ["peer"]
    update, messages = wire.sent()
    assert update == (packets.STATUS_UPDATE, StatusOptions(topic_interest=(TOPIC,)).encode())
    assert packets.decode_messages(messages[1]) == [posted]


@pytest.mark.parametrize(
    ("config", "announced"),
    [
        (topics(), StatusOptions(topic_interest=())),
        (topics(OTHER_TOPIC, TOPIC), StatusOptions(topic_interest=(OTHER_TOPIC, TOPIC))),
        (
            RelayConfig(interest=Interest.in_bloom(topics_bloom([TOPIC])), min_pow=0.5),
            StatusOptions(bloom_filter=topics_bloom([TOPIC]), pow_requirement=0.5),
        ),
        (RelayConfig(light=True, confirmations=True), StatusOptions(light_node=True, confirmations_enabled=True)),
    ],
)
def test_what_we_say_of_ourselves(config: RelayConfig, announced: StatusOptions) -> None:
    options = StatusOptions.decode(Wire(config, status=None).sent()[0][1])
    for field in ("topic_interest", "bloom_filter", "pow_requirement", "light_node", "confirmations_enabled"):
        if getattr(announced, field) is not None:
            assert getattr(options, field) == getattr(announced, field)
    assert options.topic_interest is None or options.bloom_filter is None


@pytest.mark.requirement("WK-20")
@pytest.mark.parametrize("payload", [b"", b"\x80", b"\xc1\x80", rlp.encode([(1, bytes(63))]), rlp.encode([(2, 2)])])
def test_a_bad_status(payload: bytes) -> None:
    """WK-20."""
    wire = Wire(status=None)
    with pytest.raises(RemoteError):
        wire.receive(packets.STATUS, payload)
    assert wire.relay.ready_peers == []


@pytest.mark.requirement("WK-27", "WK-59")
def test_unknown_options_are_no_reason_to_part() -> None:
    wire = Wire(status=None)
    wire.receive(packets.STATUS, rlp.encode([(99, b"future"), (b"name", [b"nested"]), (0, 0), (5, [TOPIC])]))
    assert wire.relay.ready_peers == ["peer"]
    wire.receive(packets.STATUS_UPDATE, rlp.encode([(100, 7)] * 20))
    for number, topic in enumerate((TOPIC, OTHER_TOPIC)):
        wire.relay.post(envelope(number, topic), NOW)
    assert [packets.decode_messages(body) for code, body in wire.sent() if code == packets.MESSAGES] == [
        [envelope(0, TOPIC)]
    ]


@pytest.mark.requirement("WU-1", "WU-2")
def test_the_work_that_a_relay_asks_for_by_default() -> None:
    """At most 0.002 for small payloads and 0.000002 for large ones: one number can only be the smaller."""
    announced = StatusOptions.decode(Wire(status=None).sent()[0][1]).pow_requirement
    assert announced is not None
    assert announced <= 0.000002
    wire = Wire(watching())
    small, large = envelope(1, pow_target=0.002), envelope(2, size=60_000, pow_target=0.000002)
    wire.give(small, large)
    assert [type(event).__name__ for event in events(wire.relay)] == ["EnvelopeReceived"] * 2


def test_a_peer_that_answered_is_not_timed_out() -> None:
    wire = Wire()
    wire.relay.on_timer(NOW + 100)
    assert events(wire.relay) == []


@pytest.mark.requirement("WK-29")
def test_peers_are_told_of_changes() -> None:
    """WK-29: only what has changed. WK-32, WK-34: the last filter counts."""
    net = Network(a=topics(TOPIC), b=watching(), c=watching())
    net.connect("a", "b")
    for interest in (Interest.in_topics([OTHER_TOPIC]), Interest.in_bloom(topics_bloom([TOPIC])), EVERYTHING):
        change(net["a"], net.now, interest=interest)
        net.wait(1)
    change(net["a"], net.now, min_pow=0.25)
    change(net["a"], net.now, min_pow=0.25)
    net.wait(1)
    change(net["a"], net.now, interest=EVERYTHING)
    net.wait(1)
    assert net.updates("a", "b") == [
        StatusOptions(topic_interest=(OTHER_TOPIC,)),
        StatusOptions(bloom_filter=topics_bloom([TOPIC])),
        StatusOptions(bloom_filter=FULL_BLOOM),
        StatusOptions(pow_requirement=0.25),
    ]


def test_changes_are_sent_together() -> None:
    """The first at once, then at most ten a second."""
    net = Network(a=topics(TOPIC), b=watching())
    net.connect("a", "b")
    change(net["a"], net.now, interest=Interest.in_topics([OTHER_TOPIC]))
    net.settle()
    assert len(net.updates("a", "b")) == 1
    for number in range(50):
        change(net["a"], net.now, interest=Interest.in_topics([number.to_bytes(4, "big")]))
        change(net["a"], net.now, min_pow=0.001 * number)
        net.settle()
    assert len(net.updates("a", "b")) == 1
    net.wait(0.2)
    assert net.updates("a", "b")[1:] == [
        StatusOptions(topic_interest=((49).to_bytes(4, "big"),), pow_requirement=0.001 * 49)
    ]


def test_a_change_and_back_is_no_news() -> None:
    net = Network(a=topics(TOPIC), b=watching())
    net.connect("a", "b")
    change(net["a"], net.now, interest=Interest.in_topics([OTHER_TOPIC]))
    change(net["a"], net.now, interest=Interest.in_topics([TOPIC]))
    net.wait(1)
    assert net.updates("a", "b") == []


def test_a_clock_that_jumps_back_does_not_silence_us() -> None:
    wire = Wire(topics(TOPIC))
    change(wire.relay, NOW, interest=Interest.in_topics([OTHER_TOPIC]))
    assert len(wire.sent()) == 1
    change(wire.relay, NOW - 3600, interest=Interest.in_topics([TOPIC]))
    assert len(wire.sent(NOW - 3599.9)) == 1


def test_settings_that_nobody_would_accept() -> None:
    for value in (-1.0, float("nan"), float("inf")):
        with pytest.raises(LocalError):
            RelayConfig(min_pow=value)
        with pytest.raises(LocalError):
            change(Relay(), NOW, min_pow=value)


@pytest.mark.requirement("WK-28")
def test_an_empty_update_changes_nothing() -> None:
    """WK-28."""
    wire = Wire(status=StatusOptions(topic_interest=(TOPIC,), pow_requirement=0.0))
    wire.receive(packets.STATUS_UPDATE, b"\xc0")
    wanted, other = envelope(3, TOPIC), envelope(3, OTHER_TOPIC)
    assert wanted.pow() < ASSUMED_MIN_POW
    wire.relay.post(wanted, NOW)
    wire.relay.post(other, NOW)
    ((_, payload),) = wire.sent()
    assert packets.decode_messages(payload) == [wanted]


def test_bad_updates_are_scored() -> None:
    """One is forgiven, a habit is not."""
    wire = Wire()
    for _ in range(9):
        wire.receive(packets.STATUS_UPDATE, rlp.encode([(1, bytes(63))]))
    with pytest.raises(Misbehaviour):
        wire.receive(packets.STATUS_UPDATE, b"\x00")


@pytest.mark.requirement("WK-8", "WK-9", "WK-10")
def test_a_packet_that_is_too_large() -> None:
    """WK-9, WK-10: its size ends it before anything is decoded, which would find that it is no list."""
    wire = Wire(RelayConfig(max_packet_size=1000))
    with pytest.raises(RemoteError, match="packet of 1001 bytes"):
        wire.receive(packets.MESSAGES, bytes(1001))


@pytest.mark.requirement("WK-12")
def test_limits_are_our_own() -> None:
    """Packets of 1.5 MB and envelopes of 1 MB by default, and what the settings say else."""
    large = envelope(1, size=(1 << 20) - 100)
    packet = packets.encode_messages([large, *(envelope(number, size=50_000) for number in range(2, 12))])
    assert len(packet) > 1_500_000
    default = RelayConfig(watched=None, min_pow=0.0, packet_rates=RateLimits(), byte_rates=RateLimits())
    wire = Wire(default)
    wire.receive(packets.MESSAGES, packet)
    assert len(events(wire.relay)) == 11
    wire = Wire(replace(default, max_envelope_size=large.size - 1))
    wire.receive(packets.MESSAGES, packet)
    assert len(events(wire.relay)) == 10
    wire = Wire(replace(default, max_packet_size=len(packet) - 1))
    with pytest.raises(RemoteError):
        wire.receive(packets.MESSAGES, packet)


@pytest.mark.requirement("WK-14", "WK-57")
@pytest.mark.parametrize("code", [2, 3, 20, 34, 123, 124, packets.P2P_REQUEST, packets.P2P_REQUEST_COMPLETE, 5000])
@pytest.mark.parametrize("payload", [b"", b"\xc0", b"garbage"])
def test_other_codes_are_ignored(code: int, payload: bytes) -> None:
    """WK-14, waku.md D1: 34 is what the prose calls 0x22."""
    wire = Wire()
    wire.receive(code, payload)
    assert wire.sent() == []
    assert events(wire.relay) == []


def test_the_shell_keeps_its_books() -> None:
    relay = Relay()
    relay.peer_connected("peer", NOW)
    with pytest.raises(LocalError):
        relay.peer_connected("peer", NOW)
    relay.peer_disconnected("peer", NOW)
    with pytest.raises(LocalError):
        relay.peer_disconnected("peer", NOW)
    with pytest.raises(LocalError):
        relay.receive_packet("peer", packets.STATUS, b"\xc0", NOW)
    with pytest.raises(LocalError):
        relay.peer("peer")
    assert relay.packets_to_send(NOW) == []
    assert relay.next_timer() is None
    relay.peer_connected("peer", NOW)
    assert len(relay.packets_to_send(NOW)) == 1


@pytest.mark.requirement("WK-53")
def test_traffic_is_counted() -> None:
    wire = Wire(status=None)
    ((_, status),) = wire.sent()
    wire.receive(packets.STATUS, b"\xc0")
    wire.give(envelope())
    assert wire.relay.peer("peer").traffic == (1 + len(packets.encode_messages([envelope()])), len(status))
