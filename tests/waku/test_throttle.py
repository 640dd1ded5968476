"""Peers that announce limits, and drop whoever exceeds them (waku.md §5.5)."""

from __future__ import annotations

import math

import pytest

from pystatus.waku import packets
from pystatus.waku.status import RateLimits, StatusOptions
from tests.waku.network import NOW, Wire, envelope, watching


class ReferenceLimiter:
    """How status-go enforces a limit: a second's worth at once, refilled by a tenth of it ten times a second; a packet
    that does not fit is counted and takes nothing."""

    def __init__(self, limit: int, level: float) -> None:
        self.limit = limit
        self.tokens = level
        self.ticks = 0
        self.exceeded = 0

    def receive(self, amount: int, now: float) -> None:
        ticks = math.floor((now - NOW) * 10)
        step = math.floor(0.5 + self.limit * 0.1)
        self.tokens = min(self.limit, self.tokens + (ticks - self.ticks) * step)
        self.ticks = ticks
        if amount > self.tokens:
            self.exceeded += 1
        else:
            self.tokens -= amount


@pytest.mark.requirement("WK-42")
@pytest.mark.parametrize("level", [0.2, 1.0], ids=["we have just been there", "we are new"])
@pytest.mark.parametrize("jitter", [0.0, 0.09])
def test_the_reference_never_finds_us_above_its_limits(level: float, jitter: float) -> None:
    """2,000 envelopes wait for it; it takes 10 packets and 200 kB a second. Every other packet comes late."""
    limits = StatusOptions(
        pow_requirement=0.0, packet_rate_limits=RateLimits(ip=10), bytes_rate_limits=RateLimits(peer=200_000)
    )
    wire = Wire(watching(), limits)
    in_packets, in_bytes = ReferenceLimiter(10, 10 * level), ReferenceLimiter(200_000, 200_000 * level)
    for number in range(2000):
        wire.relay.post(envelope(number, ttl=60, size=1100), NOW)
    now = at = NOW
    arrived = 0
    count = 0
    while arrived < 2000:
        for code, payload in wire.sent(now):
            assert code == packets.MESSAGES
            count += 1
            at = now + (count % 2) * jitter
            in_packets.receive(1, at)
            in_bytes.receive(len(payload), at)
            arrived += len(packets.decode_messages(payload))
        now = next_time(wire, now)
    assert arrived == 2000
    assert (in_packets.exceeded, in_bytes.exceeded) == (0, 0)
    assert 2000 * 1100 / 200_000 < at - NOW < 15


def test_a_limit_of_one_packet_a_second_still_lets_packets_through() -> None:
    wire = Wire(watching(), StatusOptions(pow_requirement=0.0, packet_rate_limits=RateLimits(peer=1)))
    now = next_time(wire, NOW)
    for number in range(3):
        wire.relay.post(envelope(number), NOW)
        while not (sent := wire.sent(now)):
            now = next_time(wire, now)
        assert [packets.decode_messages(body) for _, body in sent] == [[envelope(number)]]
        assert NOW + number <= now < NOW + 1.2 * (number + 1)


def next_time(wire: Wire, now: float) -> float:
    """Wait as long as the relay wants."""
    due = wire.relay.next_timer()
    now = now if due is None else max(now, due)
    wire.relay.on_timer(now)
    return now
