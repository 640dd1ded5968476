"""Peers of different dialects around one relay (waku.md §1.2 to §1.4)."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from pystatus.errors import RemoteError
from pystatus.waku import interest as interest_module
from pystatus.waku import packets
from pystatus.waku.bloom import topics_bloom
from pystatus.waku.dialects.dialect import Dialect
from pystatus.waku.dialects.shh_6 import BLOOM_FILTER, NOTHING, POW_REQUIREMENT, RATE_LIMITS, SHH_6
from pystatus.waku.dialects.waku_0 import WAKU_0
from pystatus.waku.dialects.waku_1 import WAKU_1
from pystatus.waku.interest import EVERYTHING, Interest
from pystatus.waku.relay.config import RelayConfig
from pystatus.waku.relay.events import EnvelopeConfirmed, EnvelopeReceived, EnvelopeSent, PeerReady
from pystatus.waku.relay.peer import SMALL_UPDATE, UPDATE_BURST, Misbehaviour
from pystatus.waku.status import MAX_OPTIONS_SIZE, RateLimits, StatusOptions
from pystatus.wire import rlp
from tests.waku.network import NOW, OTHER_TOPIC, TOPIC, Network, Wire, change, envelope, events, topics, watching

DIALECTS = (WAKU_1, WAKU_0, SHH_6)
every_dialect = pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.title)


@every_dialect
def test_a_conversation(dialect: Dialect) -> None:
    """Status, envelopes both ways, a change of interest, envelopes again."""
    net = Network(a=watching(), b=watching())
    net.connect("a", "b", dialect)
    assert events(net["a"]) == [PeerReady("b")]
    there, back, unwanted, wanted = (envelope(number) for number in range(4))
    net.post("a", there)
    net.post("b", back)
    assert net.deliveries(there) == {("a", "b"): 1}
    assert net.deliveries(back) == {("b", "a"): 1}
    change(net["b"], net.now, interest=Interest.in_bloom(topics_bloom([OTHER_TOPIC])))
    net.settle()
    net.post("a", unwanted)
    assert not net.deliveries(unwanted)
    change(net["b"], net.now, interest=EVERYTHING)
    net.wait(1)
    net.post("a", wanted)
    assert net.deliveries(wanted) == {("a", "b"): 1}
    assert net.deliveries(unwanted) == {("a", "b"): 1}


@every_dialect
def test_a_proof_of_work_is_asked_for_and_respected(dialect: Dialect) -> None:
    net = Network(a=watching(), b=RelayConfig(min_pow=1.0))
    net.connect("a", "b", dialect)
    poor, good, later = envelope(1), envelope(2, pow_target=1.0), envelope(3, pow_target=1.0)
    net.post("a", poor, good)
    assert not net.deliveries(poor)
    assert net.deliveries(good)
    change(net["b"], net.now, min_pow=50.0)
    net.wait(1)
    net.post("a", later)
    assert not net.deliveries(later)


@every_dialect
def test_confirmations(dialect: Dialect) -> None:
    """Whisper nodes have them on by default."""
    net = Network(a=watching(), b=RelayConfig(confirmations=True))
    net.connect("a", "b", dialect)
    events(net["a"])
    one = envelope()
    net.post("a", one)
    assert events(net["a"]) == [EnvelopeSent(one.hash, "b"), EnvelopeConfirmed(one.hash, "b")]


@every_dialect
def test_light_nodes(dialect: Dialect) -> None:
    net = Network(a=RelayConfig(light=True), b=RelayConfig(light=True))
    with pytest.raises(RemoteError, match="light"):
        net.connect("a", "b", dialect)


def test_a_client_without_topics_is_sent_nothing_in_whisper_either() -> None:
    net = Network(a=watching(), b=topics())
    net.connect("a", "b", SHH_6)
    net.post("a", envelope())
    assert not net.deliveries(envelope())


@pytest.mark.requirement("EI-11", "WH-1")
def test_what_a_whisper_node_may_send_us() -> None:
    """A proof of work of 0.002, or less, and ten seconds to live."""
    wire = Wire(watching(), dialect=SHH_6)
    wire.give(envelope(pow_target=0.002, ttl=10))
    assert [type(event) for event in events(wire.relay)] == [EnvelopeReceived]
    relay = Wire(status=None, dialect=SHH_6)
    announced = SHH_6.decode_status(relay.sent()[0][1]).pow_requirement
    assert announced is not None
    assert announced <= 0.002


def test_what_fits_only_our_filter_does_not_make_us_compute_the_filter_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of thousands of topics it takes milliseconds, and a peer may send very many envelopes."""
    wire = Wire(topics(*(number.to_bytes(4, "big") for number in range(1, 2000))), dialect=SHH_6)
    made: list[Iterable[bytes]] = []

    def make(wanted: Iterable[bytes]) -> bytes:
        made.append(wanted)
        return topics_bloom(wanted)

    monkeypatch.setattr(interest_module, "topics_bloom", make)
    wire.give(*(envelope(number, topic=OTHER_TOPIC, pow_target=0.002, ttl=10) for number in range(5)))
    assert wire.relay.counters.envelopes_refused.total() == 5
    assert made == []


def test_a_change_that_whisper_does_not_know() -> None:
    """A Status Update from a Whisper node, and a Whisper packet from a Waku node, are unknown codes."""
    wire = Wire(dialect=SHH_6)
    wire.receive(packets.STATUS_UPDATE, StatusOptions(topic_interest=()).encode())
    wire.relay.post(envelope(), NOW)
    assert len(wire.sent()) == 1
    wire = Wire(status=StatusOptions(pow_requirement=0.0))
    wire.receive(BLOOM_FILTER, rlp.encode(bytes(64)))
    wire.relay.post(envelope(), NOW)
    assert len(wire.sent()) == 1


@pytest.mark.requirement("WK-14")
@pytest.mark.parametrize("code", [123, 124, 126, 40])
def test_synchronising_mailservers_is_not_for_relays(code: int) -> None:
    """waku.md §7.9."""
    wire = Wire(watching(), dialect=SHH_6)
    wire.receive(code, packets.encode_messages([envelope()]))
    assert wire.sent() == []
    assert events(wire.relay) == []


@pytest.mark.parametrize("code", [POW_REQUIREMENT, BLOOM_FILTER, RATE_LIMITS])
def test_malformed_changes_in_whisper_are_scored(code: int) -> None:
    wire = Wire(dialect=SHH_6)
    with pytest.raises(Misbehaviour):
        for _ in range(10):
            wire.receive(code, b"\xc1")


def test_changes_in_whisper_are_taken_above_the_rate_limits_too() -> None:
    """Like Status Updates, they have a limit of their own."""
    limits = RelayConfig(watched=None, packet_rates=RateLimits(peer=1))
    wire = Wire(limits, dialect=SHH_6, status=StatusOptions(pow_requirement=0.0))
    for _ in range(50):
        wire.receive(BLOOM_FILTER, rlp.encode(bytes(64)))
    wire.relay.post(envelope(), NOW)
    assert wire.sent() == []


@pytest.mark.requirement("WH-3")
def test_limits_are_announced_in_whisper() -> None:
    """In the Status, and when they change."""
    net = Network(a=RelayConfig(packet_rates=RateLimits(10, 5, 1)), b=watching())
    net.connect("a", "b", SHH_6)
    assert SHH_6.decode_status(net.carried[0][3]).packet_rate_limits == RateLimits(10, 5, 1)
    change(net["a"], net.now, packet_rates=RateLimits(20, 10, 2), byte_rates=RateLimits())
    net.wait(1)
    assert net.carried[-1] == ("a", "b", RATE_LIMITS, rlp.encode((20, 10, 2)))


# The bridge: one relay, one pool


@pytest.mark.requirement("WH-5")
def test_a_bridge_relays_between_all_dialects() -> None:
    """Unmodified, to each peer once, and never back."""
    net = Network(bridge=watching(), new=watching(), old=watching(), whisper=watching())
    for name, dialect in (("new", WAKU_1), ("old", WAKU_0), ("whisper", SHH_6)):
        net.connect("bridge", name, dialect)
    for number, name in enumerate(("new", "old", "whisper")):
        one = envelope(number)
        net.post(name, one)
        others = {("bridge", other): 1 for other in ("new", "old", "whisper") if other != name}
        assert net.deliveries(one) == {(name, "bridge"): 1, **others}
        assert all(one.hash in relay.pool for relay in net.relays.values())
    assert net["bridge"].counters.packets_by_dialect.keys() == {"waku/1", "waku/0", "shh/6"}


@pytest.mark.requirement("WH-5")
def test_two_bridges_make_no_loop() -> None:
    net = Network(one=watching(), two=watching(), waku=watching(), whisper=watching())
    for bridge in ("one", "two"):
        net.connect(bridge, "waku", WAKU_1)
        net.connect(bridge, "whisper", SHH_6)
    posted = envelope()
    net.post("waku", posted)
    net.wait(5)
    deliveries = net.deliveries(posted)
    assert max(deliveries.values()) == 1
    assert len(deliveries) <= 6
    assert posted.hash in net["whisper"].pool


def test_what_stalls_on_one_side_holds_up_nobody_on_the_other() -> None:
    """The bounded queue of a peer that does not read is its own."""
    net = Network(bridge=watching(), waku=watching(), whisper=watching(), stalled=watching())
    net.connect("bridge", "waku", WAKU_1)
    net.connect("bridge", "whisper", SHH_6)
    net.connect("bridge", "stalled", SHH_6)
    net["bridge"].set_writable("stalled", False)
    sent = [envelope(number) for number in range(100)]
    net.post("waku", *sent)
    assert all(net.deliveries(one)["bridge", "whisper"] == 1 for one in sent)
    assert not any(net.deliveries(one)["bridge", "stalled"] for one in sent)


def test_a_whisper_node_that_is_told_to_send_nothing_is_sent_nothing() -> None:
    """What a bridge answers on the Whisper side of a peer with which it speaks Waku."""
    wire = Wire(watching(), status=None, dialect=SHH_6)
    wire.receive(packets.STATUS, NOTHING)
    wire.sent()
    wire.relay.post(envelope(), NOW)
    assert wire.sent() == []


def test_what_a_peer_may_say_aside() -> None:
    """In Whisper, while Waku is spoken with it: a Status and changes now and then."""
    wire = Wire(watching(), status=None)
    wire.relay.receive_aside("peer", SHH_6.encode_status(StatusOptions()), NOW)
    wire.receive(packets.STATUS, b"\xc0")
    wire.sent()
    events(wire.relay)
    for second in range(1000):
        wire.relay.receive_aside("peer", rlp.encode(bytes(64)), NOW + second)
    assert wire.sent() == []
    assert events(wire.relay) == []
    assert wire.relay.ready_peers == ["peer"]


@pytest.mark.parametrize(("size", "count"), [(MAX_OPTIONS_SIZE + 1, 1), (10, int(UPDATE_BURST / SMALL_UPDATE) + 1)])
def test_what_is_too_much_aside(size: int, count: int) -> None:
    wire = Wire()
    with pytest.raises(RemoteError, match="not spoken"):
        for _ in range(count):
            wire.relay.receive_aside("peer", bytes(size), NOW)
    assert wire.relay.ready_peers == []
    wire.relay.receive_aside("peer", b"", NOW)
    assert events(wire.relay) == []


# Codes


@pytest.mark.requirement("WK-58")
def test_only_codes_of_the_specification_are_sent() -> None:
    """WK-58: there is no new code of ours that a peer might leave unanswered."""
    net = Network(a=RelayConfig(confirmations=True), b=topics(TOPIC))
    net.connect("a", "b")
    net.post("b", envelope(1))
    change(net["b"], net.now, interest=Interest.in_topics([TOPIC, OTHER_TOPIC]))
    net.wait(1)
    net["a"].send_p2p("b", [envelope(2)])
    net.settle()
    assert {code for _, _, code, _ in net.carried} == {
        packets.STATUS,
        packets.MESSAGES,
        packets.BATCH_ACKNOWLEDGED,
        packets.MESSAGE_RESPONSE,
        packets.STATUS_UPDATE,
        packets.P2P_MESSAGE,
    }
