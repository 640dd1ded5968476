"""Rate limits: what peers may send, what we send to peers that announce theirs, and how both become known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pystatus.errors import LocalError
from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from pystatus.waku.packets import LEAST_CHARGE
from pystatus.waku.relay import rate_limits
from pystatus.waku.relay.admission import Refusal
from pystatus.waku.relay.config import RelayConfig
from pystatus.waku.relay.peer import BAN_SCORE, Misbehaviour
from pystatus.waku.relay.rate_limits import (
    EXCESS_FACTOR,
    SECONDS_AT_FIRST,
    SURPLUS_AT_ONCE,
    SURPLUS_RATE,
    USED_RATE,
    Account,
    Accounts,
    Source,
    TopicAccounts,
    throttle,
)
from pystatus.waku.relay.send_queue import MAX_QUEUE_SIZE
from pystatus.waku.status import RateLimits, StatusOptions
from tests.waku.network import NOW, OTHER_TOPIC, TOPIC, Network, Wire, change, envelope, events, repeat, topics

NONE = RateLimits()
HOST = Source("1.2.3.4", "1.2.3.0/24")
NEIGHBOUR = Source("1.2.3.5", "1.2.3.0/24")
STRANGER = Source("9.9.9.9", "9.9.9.0/24")


def limited(packet_rates: RateLimits = NONE, byte_rates: RateLimits = NONE) -> RelayConfig:
    return RelayConfig(
        packet_rates=packet_rates, byte_rates=byte_rates, max_packet_size=100_000, min_pow=0.0, rate_burst=1.0
    )


class Crowd:
    """A relay and peers from everywhere."""

    def __init__(self, config: RelayConfig) -> None:
        self.relay = Wire(config).relay
        self.now = NOW
        self._number = 0

    def join(self, name: str, source: Source | None = None, *, unlimited: bool = False) -> None:
        self.relay.peer_connected(name, self.now, source, unlimited=unlimited)
        self.relay.receive_packet(name, packets.STATUS, StatusOptions().encode(), self.now)

    def send(self, name: str, count: int = 1, size: int = 300, topic: bytes = TOPIC) -> int:
        """Send packets of one new envelope each, and say how many were taken."""
        before = self.relay.counters.envelopes_new
        for _ in range(count):
            self._number += 1
            raw = envelope(self._number, topic, now=self.now, size=size).raw
            self.relay.receive_packet(name, packets.MESSAGES, b"\xf9" + len(raw).to_bytes(2, "big") + raw, self.now)
        return self.relay.counters.envelopes_new - before


# What peers may send


@pytest.mark.requirement("WK-36", "WK-37")
def test_packets_of_a_peer() -> None:
    crowd = Crowd(limited(RateLimits(peer=10)))
    crowd.join("one")
    crowd.join("other")
    assert crowd.send("one", 30) == 10
    assert crowd.send("other", 30) == 10
    crowd.now += 0.5
    assert crowd.send("one", 30) == 5
    assert crowd.relay.counters.rate_limited == {"peer": 65}


@pytest.mark.requirement("WK-44")
def test_bytes_of_a_peer() -> None:
    crowd = Crowd(limited(byte_rates=RateLimits(peer=100_000)))
    crowd.join("one")
    assert crowd.send("one", 3, size=40_000) == 2
    assert crowd.send("one", 1, size=15_000) == 1
    crowd.now += 1
    assert crowd.send("one", 3, size=40_000) == 2


@pytest.mark.requirement("WK-37", "WK-44")
def test_an_address_is_shared_by_its_peers_and_a_network_by_its_addresses() -> None:
    crowd = Crowd(limited(RateLimits(ip=12)))
    crowd.join("one", HOST)
    crowd.join("two", HOST)
    assert crowd.send("one", 7) + crowd.send("two", 20) == 12
    crowd.join("neighbour", NEIGHBOUR)
    assert crowd.send("neighbour", 7) == 7
    crowd.join("another", Source("1.2.3.6", HOST.prefix))
    assert crowd.send("another", 20) == 5  # of 24 for the network
    crowd.join("stranger", STRANGER)
    assert crowd.send("stranger", 20) == 12
    assert set(crowd.relay.counters.rate_limited) == {"ip", "prefix"}


@pytest.mark.requirement("WK-37", "WK-44")
def test_envelopes_of_a_topic() -> None:
    crowd = Crowd(limited(RateLimits(topic=5)))
    crowd.join("one")
    crowd.join("other")
    assert crowd.send("one", 8) == 5
    assert crowd.send("one", 8, topic=OTHER_TOPIC) == 5
    assert crowd.send("other", 8) == 5
    assert crowd.relay.counters.rate_limited == {"topic": 9}
    assert crowd.relay.counters.envelopes_refused == {Refusal.TOO_MANY: 9}


def test_bytes_of_a_topic() -> None:
    crowd = Crowd(
        RelayConfig(byte_rates=RateLimits(topic=2000), max_envelope_size=1000, rate_burst=1.0, packet_rates=NONE)
    )
    crowd.join("one")
    assert crowd.send("one", 10, size=900) == 2


def test_a_flood_of_topics_shares_one_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "MAX_TOPIC_ACCOUNTS", 3)
    accounts = TopicAccounts(2, 0, 1.0)
    assert [accounts.charge(bytes([number]), 1, NOW) for number in range(3)] == [True] * 3
    assert [accounts.charge(bytes([number]), 1, NOW) for number in range(3, 8)] == [True, True, False, False, False]
    assert accounts.charge(b"\x00", 1, NOW)  # a topic that was there before has its own
    # A second later all are full again, and forgotten for others.
    assert [accounts.charge(bytes([number]), 1, NOW + 1) for number in range(8, 11)] == [True] * 3
    assert not accounts.charge(b"\x08", 1, NOW + 1) or accounts.charge(b"\x09", 1, NOW + 1)


@pytest.mark.requirement("WK-39")
def test_who_does_not_stop_is_disconnected() -> None:
    crowd = Crowd(limited(RateLimits(peer=10)))
    crowd.join("one")
    with pytest.raises(Misbehaviour):
        crowd.send("one", 1000)
    assert crowd.relay.counters.misbehaved == 1
    assert crowd.relay.counters.rate_limited["peer"] == EXCESS_FACTOR * 10 + BAN_SCORE


def test_who_exceeds_it_a_little_stays() -> None:
    """A point a second is forgiven, so somebody who is slightly too fast only loses what is too much."""
    crowd = Crowd(limited(RateLimits(peer=10)))
    crowd.join("one")
    for _ in range(600):
        crowd.now += 1
        assert crowd.send("one", 11) == 10


def test_settings_are_heard_above_the_limit() -> None:
    crowd = Crowd(limited(RateLimits(peer=2)))
    crowd.join("one")
    assert crowd.send("one", 5) == 2
    update = StatusOptions(topic_interest=(OTHER_TOPIC,)).encode()
    crowd.relay.receive_packet("one", packets.STATUS_UPDATE, update, crowd.now)
    crowd.relay.post(envelope(1), crowd.now)
    assert [code for name, code, _ in crowd.relay.packets_to_send(crowd.now) if name == "one"] == [packets.STATUS]


def test_a_handshake_is_not_lost_to_the_neighbours() -> None:
    crowd = Crowd(limited(RateLimits(ip=5)))
    crowd.join("one", HOST)
    crowd.send("one", 10)
    crowd.join("two", HOST)
    assert "two" in crowd.relay.ready_peers


@pytest.mark.requirement("WK-38")
def test_the_whitelist() -> None:
    crowd = Crowd(limited(RateLimits(ip=10, peer=10, topic=10), RateLimits(ip=100_000, peer=100_000)))
    crowd.join("friend", HOST, unlimited=True)
    assert crowd.send("friend", 1000) == 1000
    crowd.relay.set_unlimited("friend", False, crowd.now)
    crowd.relay.set_unlimited("friend", False, crowd.now)
    assert crowd.send("friend", 50) == 10
    crowd.relay.set_unlimited("friend", True, crowd.now)
    assert crowd.send("friend", 50) == 50


def test_no_limits() -> None:
    crowd = Crowd(limited())
    crowd.join("one", HOST)
    assert crowd.send("one", 2000) == 2000


def test_a_burst_of_the_reference_is_within_the_defaults() -> None:
    """Packets of 8 MiB, one every 0.3 s, for half a minute: a reference that has been cut off sends no more."""
    accounts = Accounts(rate_limits.DEFAULT_PACKET_RATES, rate_limits.DEFAULT_BYTE_RATES, rate_limits.RATE_BURST).open(
        HOST, NOW
    )
    assert len(accounts) == 3
    assert all(account.charge(8 << 20, NOW + 0.3 * n) for n in range(75) for account in accounts)


def test_a_clock_that_steps_back_stops_nobody() -> None:
    account = Account("peer", 10, 0, 1.0, NOW)
    assert [account.charge(1, NOW) for _ in range(11)] == [True] * 10 + [False]
    assert not account.charge(1, NOW - 3600)
    assert account.charge(1, NOW - 3599)


@given(st.lists(st.tuples(st.floats(0, 2), st.integers(0, 400)), max_size=200))
def test_never_more_than_the_burst_and_the_rate(steps: list[tuple[float, int]]) -> None:
    account = Account("peer", 5, 1000, 2.0, NOW)
    now, count, size = NOW, 0, 0
    for pause, length in steps:
        now += pause
        if account.charge(length, now):
            count += 1
            size += length
    assert count <= 10 + 5 * (now - NOW) + 1e-3
    assert size <= 2000 + 1000 * (now - NOW) + 1e-3


# Configuration


@pytest.mark.requirement("WK-45")
def test_a_limit_below_one_packet_is_a_sentence() -> None:
    with pytest.raises(LocalError, match="less than one packet may have: allow 16777215 or more"):
        RelayConfig(byte_rates=RateLimits(peer=1000))
    with pytest.raises(LocalError, match="less than one packet"):
        RelayConfig(byte_rates=RateLimits(ip=1000))
    with pytest.raises(LocalError, match="less than one envelope"):
        RelayConfig(byte_rates=RateLimits(topic=1000))
    RelayConfig(byte_rates=RateLimits(ip=1000, peer=1000, topic=1000), max_packet_size=1000, max_envelope_size=1000)


def test_limits_that_make_no_sense_are_sentences() -> None:
    with pytest.raises(LocalError, match="not negative"):
        RelayConfig(packet_rates=RateLimits(peer=-1))
    with pytest.raises(LocalError, match="burst of one second or more"):
        RelayConfig(rate_burst=0.5)
    with pytest.raises(LocalError, match="transmission cycle"):
        RelayConfig(flush_interval=-1)


# Telling peers


@pytest.mark.requirement("WK-41")
def test_limits_are_in_the_status() -> None:
    config = limited(RateLimits(10, 5, 1), RateLimits(200_000, 100_000, 0))
    ((code, payload),) = Wire(config, status=None).sent()
    options = StatusOptions.decode(payload)
    assert code == packets.STATUS
    assert options.packet_rate_limits == RateLimits(10, 5, 1)
    assert options.bytes_rate_limits == RateLimits(200_000, 100_000, 0)


@pytest.mark.requirement("WK-40")
def test_limits_that_change_are_announced() -> None:
    net = Network(alice=limited(RateLimits(peer=10)), bob=RelayConfig())
    net.connect("alice", "bob")
    new = RateLimits(peer=20)
    change(net["alice"], net.now, packet_rates=new, byte_rates=RateLimits(ip=300_000))
    change(net["alice"], net.now, packet_rates=new, byte_rates=RateLimits(ip=200_000))
    net.settle()
    (update,) = net.updates("alice", "bob")
    assert update == StatusOptions(packet_rate_limits=new, bytes_rate_limits=RateLimits(ip=200_000))
    assert (net["alice"].config.packet_rates, net["alice"].config.byte_rates) == (new, RateLimits(ip=200_000))
    with pytest.raises(LocalError, match="less than one packet"):
        change(net["alice"], net.now, packet_rates=new, byte_rates=RateLimits(ip=1))
    assert net["alice"].config.byte_rates == RateLimits(ip=200_000)


def test_changed_limits_hold_at_once() -> None:
    crowd = Crowd(limited(RateLimits(peer=10)))
    crowd.join("one")
    assert crowd.send("one", 20) == 10
    change(crowd.relay, crowd.now, packet_rates=RateLimits(peer=30), byte_rates=NONE)
    assert crowd.send("one", 50) == 30


def test_a_change_of_something_else_gives_nobody_more() -> None:
    crowd = Crowd(limited(RateLimits(peer=10)))
    crowd.join("one")
    assert crowd.send("one", 20) == 10
    change(crowd.relay, crowd.now, confirmations=True, max_envelope_size=1_000_000)
    assert crowd.send("one", 20) == 0


def test_who_has_no_limits_is_told_so() -> None:
    crowd = Crowd(limited(RateLimits(peer=10)))
    crowd.join("stranger")
    crowd.join("friend", unlimited=True)
    told = {name: StatusOptions.decode(body) for name, _, body in crowd.relay.packets_to_send(crowd.now)}
    assert told["friend"].packet_rate_limits == NONE
    assert told["stranger"].packet_rate_limits == RateLimits(peer=10)
    crowd.relay.set_unlimited("friend", False, crowd.now)
    ((_, code, payload),) = crowd.relay.packets_to_send(crowd.now)
    assert (code, StatusOptions.decode(payload)) == (
        packets.STATUS_UPDATE,
        StatusOptions(packet_rate_limits=RateLimits(peer=10)),
    )


# What peers announce


def pump(wire: Wire, seconds: float) -> list[tuple[float, list[Envelope]]]:
    """What the relay sends to its peer, and when, while its timers are followed."""
    found = []
    now = NOW
    while now < NOW + seconds:
        wire.relay.on_timer(now)
        for code, payload in wire.sent(now):
            if code == packets.MESSAGES:
                found.append((now - NOW, packets.decode_messages(payload)))
        due = wire.relay.next_timer()
        now = max(now, NOW + seconds if due is None else due)
    return found


@pytest.mark.requirement("WK-42")
def test_packets_that_a_peer_accepts() -> None:
    """Ten packets a second, less what caution leaves; what waits meanwhile shares the next one."""
    wire = Wire(status=StatusOptions(pow_requirement=0.0, packet_rate_limits=RateLimits(ip=50, peer=10)))
    wire.join("source")
    posted = []
    sent = 0
    for number in range(100):
        posted.append(envelope(number, ttl=60))
        wire.relay.post(posted[-1], NOW)
        sent += len(wire.sent())
    assert sent == 10 * SECONDS_AT_FIRST
    rest = pump(wire, 3.0)
    assert [each for _, batch in rest for each in batch] == posted[1:]
    assert len(rest) == 1
    assert rest[0][0] == pytest.approx(0.1 / USED_RATE, abs=0.01)


@pytest.mark.requirement("WK-42")
@pytest.mark.parametrize("limits", [RateLimits(ip=10_000), RateLimits(peer=10_000), RateLimits(ip=10_000, peer=99_999)])
def test_bytes_that_a_peer_accepts(limits: RateLimits) -> None:
    wire = Wire(status=StatusOptions(pow_requirement=0.0, bytes_rate_limits=limits))
    posted = [envelope(number, size=1000, ttl=60) for number in range(50)]
    for each in posted:
        wire.relay.post(each, NOW)
    sent = pump(wire, 20.0)
    assert [each for _, batch in sent for each in batch] == posted
    size = 0
    for at, batch in sent:
        size += len(packets.encode_messages(batch))
        assert size <= 10_000 + 10_000 * at + 100
    assert sent[-1][0] == pytest.approx(size / 10_000 / USED_RATE, abs=0.5)


def test_an_envelope_above_the_limit_of_a_peer_waits_for_all_of_it() -> None:
    wire = Wire(status=StatusOptions(pow_requirement=0.0, bytes_rate_limits=RateLimits(peer=1000)))
    posted = [envelope(number, size=5000, ttl=60) for number in range(3)]
    for each in posted:
        wire.relay.post(each, NOW)
    sent = pump(wire, 20.0)
    assert [batch for _, batch in sent] == [[each] for each in posted]
    assert [round(at * USED_RATE) for at, _ in sent] == [1, 6, 11]


def test_what_expires_or_comes_back_while_a_peer_is_throttled_is_not_sent() -> None:
    wire = Wire(status=StatusOptions(pow_requirement=0.0, packet_rate_limits=RateLimits(peer=1)))
    wire.join("source")
    wire.relay.post(envelope(0), NOW)
    assert len(wire.sent()) == 1
    for each in (short := envelope(1, ttl=1), known := envelope(2), wanted := envelope(3)):
        wire.relay.post(each, NOW)
    assert wire.sent() == []
    wire.give(known)
    assert [(short in batch, known in batch, wanted in batch) for _, batch in pump(wire, 3.0)] == [(True, False, True)]
    wire.relay.post(envelope(4, now=NOW + 1), NOW + 1)
    wire.relay.post(envelope(5, now=NOW + 1, ttl=1), NOW + 1)
    assert wire.sent(NOW + 30) == []


def test_the_next_look_is_for_the_first_peer_that_takes_more() -> None:
    wire = Wire(status=StatusOptions(pow_requirement=0.0, packet_rate_limits=RateLimits(peer=2)))
    wire.join("slower", StatusOptions(pow_requirement=0.0, packet_rate_limits=RateLimits(peer=1)))
    for number in range(3):
        wire.relay.post(envelope(number), NOW)
        wire.sent()
    assert wire.relay.next_timer() == pytest.approx(NOW + 0.5)


def test_a_giant_is_left_out_when_throttled() -> None:
    wire = Wire(
        RelayConfig(max_envelope_size=2 << 20, min_pow=0.0),
        StatusOptions(pow_requirement=0.0, packet_rate_limits=RateLimits(peer=5)),
    )
    wire.relay.post(envelope(1, size=(1 << 20) + 100), NOW)
    wire.relay.post(envelope(2), NOW)
    assert [batch for _, batch in pump(wire, 1.0)] == [[envelope(2)]]


def test_the_queue_of_a_throttled_peer_is_bounded() -> None:
    wire = Wire(RelayConfig(min_pow=0.0), StatusOptions(pow_requirement=0.0, bytes_rate_limits=RateLimits(peer=1000)))
    wire.join("source")
    for start in range(0, 200, 10):
        batch = [envelope(number, size=100_000) for number in range(start, start + 10)]
        wire.relay.receive_packet("source", packets.MESSAGES, packets.encode_messages(batch), NOW)
        wire.sent()
    dropped = wire.relay.counters.envelopes_dropped
    assert dropped > 0
    assert (200 - dropped) * 100_000 <= MAX_QUEUE_SIZE + 200_000


def test_limits_that_a_peer_lifts() -> None:
    wire = Wire(status=StatusOptions(pow_requirement=0.0, packet_rate_limits=RateLimits(peer=1)))
    repeat(2, lambda: wire.relay.post(envelope(), NOW))
    for number in range(5):
        wire.relay.post(envelope(number), NOW)
        wire.sent()
    wire.receive(packets.STATUS_UPDATE, StatusOptions(packet_rate_limits=NONE).encode())
    assert len(wire.sent()) == 1
    wire.relay.post(envelope(9), NOW)
    assert len(wire.sent()) == 1


def test_a_long_backlog_of_a_throttled_peer_leaves_in_pieces() -> None:
    wire = Wire(RelayConfig(min_pow=0.0), StatusOptions(pow_requirement=0.0, packet_rate_limits=RateLimits(peer=1000)))
    wire.join("source")
    for start in range(0, 60, 30):
        batch = [envelope(number, size=100_000) for number in range(start, start + 30)]
        wire.relay.receive_packet("source", packets.MESSAGES, packets.encode_messages(batch), NOW)
    first = wire.sent()
    assert 4 <= len(first) <= 6
    assert (
        sum(len(batch) for _, batch in pump(wire, 1.0))
        + sum(len(packets.decode_messages(payload)) for _, payload in first)
        == 60
    )


@pytest.mark.requirement("WK-42")
def test_tiny_envelopes_go_on_no_faster_than_is_good_for_the_next_relay() -> None:
    """A51: a flood of them waits with us, where others have turns with it."""
    config = RelayConfig(min_pow=0.0, byte_rates=RateLimits(peer=16 << 20))
    net = Network(relay=config, behind=config)
    net.connect("relay", "behind")
    net.wait(1)
    tiny = [envelope(number, size=4, ttl=60) for number in range(8_000)]
    each_counts = LEAST_CHARGE - len(tiny[0].raw)
    for each in tiny:
        net.post("relay", each)
    net.wait(0.1)
    had = net["behind"].counters.envelopes_new
    assert 0 < had * each_counts <= SURPLUS_AT_ONCE + 0.2 * SURPLUS_RATE
    net["behind"].counters.envelopes_new = 0
    net.wait(1.0)
    assert net["behind"].counters.envelopes_new * each_counts == pytest.approx(SURPLUS_RATE, rel=0.1)


def test_only_what_concerns_us_throttles() -> None:
    assert throttle(None, None, NOW) is None
    assert throttle(RateLimits(topic=5), NONE, NOW) is None
    assert throttle(NONE, RateLimits(ip=5), NOW) is not None


@pytest.mark.requirement("WK-42", "WK-43")
def test_two_of_ours_never_exceed_each_others_limits() -> None:
    """A thousand envelopes at once between nodes that allow ten packets a second: nobody is dropped, all arrive."""
    config = RelayConfig(packet_rates=RateLimits(ip=10, peer=10), rate_burst=1.0)
    net = Network(alice=config, relay=config, bob=topics(TOPIC))
    net.connect("alice", "relay")
    net.connect("bob", "relay")
    posted = [envelope(number, ttl=60) for number in range(1000)]
    for each in posted:
        net.post("alice", each)
    net.wait(5)
    assert not net["relay"].counters.rate_limited
    assert {event.envelope.hash for event in events(net["bob"]) if hasattr(event, "envelope")} == {
        e.hash for e in posted
    }


# Memory


def test_the_table_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "MAX_ACCOUNTS", 10)
    accounts = Accounts(RateLimits(ip=1), NONE, 1.0)
    for number in range(50):
        opened = accounts.open(Source(number, number), NOW)
        assert all(account.charge(1, NOW) for account in opened)
        accounts.close(opened)
        assert len(accounts) <= 11


def test_the_table_is_bounded_however_many_peers_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their accounts are the oldest, and not the only ones that are looked at."""
    monkeypatch.setattr(rate_limits, "MAX_ACCOUNTS", 50)
    monkeypatch.setattr(rate_limits, "LOOK_AT", 10)
    accounts = Accounts(RateLimits(ip=1), NONE, 1.0)
    stay = [accounts.open(Source(f"host {number}", f"network {number}"), NOW) for number in range(20)]
    for number in range(500):
        opened = accounts.open(Source(number, number), NOW)
        assert all(account.charge(1, NOW) for account in opened)
        accounts.close(opened)
        assert len(accounts) <= 50 + 2 * len(stay)
    for number, opened in enumerate(stay):
        assert accounts.open(Source(f"host {number}", f"network {number}"), NOW) == opened


def test_accounts_in_use_are_never_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "MAX_ACCOUNTS", 4)
    accounts = Accounts(RateLimits(ip=1), NONE, 1.0)
    first = accounts.open(HOST, NOW)
    for number in range(20):
        accounts.close(accounts.open(Source(number, number), NOW))
    assert accounts.open(HOST, NOW) == first


def test_full_accounts_are_forgotten() -> None:
    accounts = Accounts(RateLimits(ip=1), NONE, 1.0)
    for number in range(50):
        opened = accounts.open(Source(number, number), NOW + number)
        assert all(account.charge(1, NOW + number) for account in opened)
        accounts.close(opened)
    assert len(accounts) < 10
