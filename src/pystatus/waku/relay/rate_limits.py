"""Rate limits on what peers send (6/WAKU1 "Rate Limiting", waku.md §5.5; attack A24).

A packet counts against three accounts: that of the peer, of its address and of its network. Those of addresses and
networks outlive the connection: whoever returns, under whatever node id, finds them as they were left. A Messages
packet that finds one of them empty is dropped.

Implements: WK-36, WK-37, WK-44
"""

from __future__ import annotations

from collections.abc import Hashable
from itertools import islice
from typing import Final, TypeAlias

from pystatus.records import dataclass
from pystatus.token_bucket import TokenBucket
from pystatus.waku.status import RateLimits

DEFAULT_PACKET_RATES: Final = RateLimits(ip=10_000, peer=5_000)
"""Packets a second. The reference sends four a second to a peer; ours sends as envelopes come, and relays 20,000
a second on one core, of which one peer gets a quarter in the long run."""
DEFAULT_BYTE_RATES: Final = RateLimits(ip=32 << 20, peer=16 << 20)
"""Bytes a second: four of the reference's packets of up to 8 MiB, when it bursts, are within the burst."""
RATE_BURST: Final = 20.0
"""Seconds' worth of a limit that may come at once: a peer that was cut off sends all that has not expired, and Status
envelopes live 15 s."""
PREFIX_FACTOR: Final = 2
"""What a network (IPv4 /24, IPv6 /48) may send, in limits of one address. The network side admits two inbound peers of
one network (overlay.md §10.1)."""
GUARANTEED_PART: Final = 4
"""The part of an address's limit, a quarter, that each of its peers has for itself while others of the address or the
network have used up the rest: nobody is starved for what another sends."""
EXCESS_FACTOR: Final = 3
"""What a peer may send in vain above all limits, in limits of its own, before that costs points. An honest relay of
ours stays below the limits that it is told; one that does not know them passes on what others send it, as fast as it
can."""
EXCESS_SECONDS: Final = 1.0
"""Seconds' worth of it that may come at once."""
MAX_ACCOUNTS: Final = 20_000
"""Accounts of addresses and networks, about 9 MB. Full ones are forgotten, as a new one is no different; and if there
are too many, those to which a connection came longest ago. Never those that a connection has."""
LOOK_AT: Final = 200
"""Accounts that are looked at for a new one. Those that are in use go to the end: however many connections there are,
the others are found in turn."""
MAX_TOPIC_ACCOUNTS: Final = 1024
"""Topics of one peer with accounts of their own, about 0.3 MB, while there is a limit for topics. Others share one."""

USED_RATE: Final = 0.9
"""The part of a peer's limit that we use in the long run."""
SECONDS_AT_ONCE: Final = 0.8
"""Seconds' worth of a peer's limit that we send it at once. The rest is for its step of a tenth of a second, and for a
tenth by which packets come closer together than they left."""
SECONDS_AT_FIRST: Final = 0.1
"""The same for a new connection: the peer may not have forgotten the one before."""
SURPLUS_RATE: Final = 1 << 20
"""Bytes a second by which the envelopes that one peer is sent may count more than they have (see ``charge`` in
:mod:`~pystatus.waku.packets`): four thousand of 50 bytes, and any number of 300 and more, as those of Status have. So a
flood of tiny ones wears itself out in our queue, and neither keeps the next relay busy nor fills its memory (A51)."""
SURPLUS_AT_ONCE: Final = 256 << 10
"""The same at once: a thousand of 50 bytes."""
LEAST_SURPLUS: Final = 16 << 10
"""The same in one packet at least; until there is room for it, the peer waits a sixtieth of a second."""

_UNLIMITED = float("inf")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a peer is, as far as limits are concerned."""

    host: Hashable
    """One IPv4 address, or one IPv6 /64."""
    prefix: Hashable
    """Its network: /24, or /48."""


class Account:
    """What may still be sent: packets and bytes at once. A limit of 0 is none."""

    __slots__ = (
        "_at",
        "_byte_rate",
        "_bytes",
        "_max_bytes",
        "_max_packets",
        "_packet_rate",
        "_packets",
        "kind",
        "users",
    )

    def __init__(self, kind: str, packet_rate: int, byte_rate: int, burst: float, now: float) -> None:
        self.kind = kind
        """In :attr:`Counters.rate_limited`."""
        self.users = 0
        """Connections that it is for."""
        # Without a limit there is an endless supply, to which nothing is added.
        self._packet_rate = packet_rate
        self._byte_rate = byte_rate
        self._max_packets = max(packet_rate * burst, 1.0) if packet_rate else _UNLIMITED
        self._max_bytes = byte_rate * burst if byte_rate else _UNLIMITED
        self._packets = self._max_packets
        self._bytes = self._max_bytes
        self._at = now

    def charge(self, size: int, now: float) -> bool:
        """Take a packet of ``size`` bytes from what may be sent. False: it exceeds the limit, and nothing is taken.

        Implements: WK-44
        """
        # One method instead of two token buckets, because it runs three times for each packet.
        elapsed = now - self._at
        self._at = now  # a clock that steps back refills nothing, and refilling goes on from there
        packets, stored = self._packets, self._bytes
        if elapsed > 0:
            packets += elapsed * self._packet_rate
            if packets > self._max_packets:
                packets = self._max_packets
            stored += elapsed * self._byte_rate
            if stored > self._max_bytes:
                stored = self._max_bytes
        if packets < 1 or stored < size:
            self._packets, self._bytes = packets, stored
            return False
        self._packets = packets - 1
        self._bytes = stored - size
        return True

    def charge_more(self, size: int) -> None:
        """Take bytes in any case; what is missing is owed."""
        self._bytes -= size

    def empty(self) -> Account:
        """The same with nothing in it yet, where there is a limit."""
        if self._packet_rate:
            self._packets = 0.0
        if self._byte_rate:
            self._bytes = 0.0
        return self

    def is_full(self, now: float) -> bool:
        """Whether a new one would be no different."""
        elapsed = max(0.0, now - self._at)
        return (
            self._packets + elapsed * self._packet_rate >= self._max_packets
            and self._bytes + elapsed * self._byte_rate >= self._max_bytes
        )


Key: TypeAlias = tuple[str, Hashable]


class Accounts:
    """All accounts of a relay, under one pair of limits.

    Implements: WK-36, WK-37
    """

    def __init__(self, packet_rates: RateLimits, byte_rates: RateLimits, burst: float) -> None:
        self.packet_rates = packet_rates
        self.byte_rates = byte_rates
        self._burst = burst
        self._shared: dict[Key, Account] = {}  # those of the latest connections at the end, and those in use

    def __len__(self) -> int:
        """Addresses and networks remembered."""
        return len(self._shared)

    def open(self, source: Source | None, now: float) -> tuple[Account, ...]:
        """The accounts of a peer that has just connected; without a ``source`` only one of its own.

        Implements: WK-37, WK-44
        """
        packets, sizes = self.packet_rates, self.byte_rates
        accounts: list[Account] = []
        if packets.peer or sizes.peer:
            accounts.append(Account("peer", packets.peer, sizes.peer, self._burst, now))
        if source is not None and (packets.ip or sizes.ip):
            accounts.append(self._account(("ip", source.host), 1, now))
            accounts.append(self._account(("prefix", source.prefix), PREFIX_FACTOR, now))
        return tuple(accounts)

    def guarantee(self, source: Source | None, now: float) -> Account | None:
        """What such a peer may send in any case: nothing at first, so that who returns gains nothing."""
        packets, sizes = self.packet_rates.ip, self.byte_rates.ip
        if source is None or not (packets or sizes):
            return None
        part = Account("guarantee", -(-packets // GUARANTEED_PART), -(-sizes // GUARANTEED_PART), self._burst, now)
        return part.empty()

    def excess(self, now: float) -> Account:
        """What such a peer may send in vain: see :data:`EXCESS_FACTOR`."""
        packets = lowest(self.packet_rates) * EXCESS_FACTOR
        return Account("excess", packets, lowest(self.byte_rates) * EXCESS_FACTOR, EXCESS_SECONDS, now)

    def topics(self) -> TopicAccounts | None:
        """Accounts for the topics of one peer, if there is a limit for them.

        Implements: WK-37, WK-44
        """
        packets, sizes = self.packet_rates.topic, self.byte_rates.topic
        return TopicAccounts(packets, sizes, self._burst) if packets or sizes else None

    def _account(self, key: Key, factor: int, now: float) -> Account:
        account = self._shared.pop(key, None)
        if account is None:
            self._make_room(now)
            account = Account(key[0], self.packet_rates.ip * factor, self.byte_rates.ip * factor, self._burst, now)
        account.users += 1
        self._shared[key] = account
        return account

    def close(self, accounts: tuple[Account, ...]) -> None:
        """A peer has gone. What it has used up is remembered."""
        for account in accounts:
            account.users -= 1

    def _make_room(self, now: float) -> None:
        """Some old accounts are looked at for each new one, so that the table follows what is in use."""
        for key in list(islice(self._shared, LOOK_AT)):
            account = self._shared[key]
            if account.users:
                self._shared[key] = self._shared.pop(key)
            elif account.is_full(now) or len(self._shared) >= MAX_ACCOUNTS:
                del self._shared[key]


class TopicAccounts:
    """What one peer may still send of each topic."""

    def __init__(self, packet_rate: int, byte_rate: int, burst: float) -> None:
        self._limits = (packet_rate, byte_rate, burst)
        self._accounts: dict[bytes, Account] = {}
        self._others: Account | None = None

    def charge(self, topic: bytes, size: int, now: float) -> bool:
        """Whether an envelope is within the limit of its topic; counts it if so."""
        account = self._accounts.get(topic)
        if account is None:
            account = self._open(topic, now)
        return account.charge(size, now)

    def _open(self, topic: bytes, now: float) -> Account:
        if len(self._accounts) >= MAX_TOPIC_ACCOUNTS:
            if self._others is not None and not self._others.is_full(now):
                return self._others
            self._accounts = {t: account for t, account in self._accounts.items() if not account.is_full(now)}
            if len(self._accounts) >= MAX_TOPIC_ACCOUNTS:
                self._others = Account("topic", *self._limits, now)
                return self._others
        account = self._accounts[topic] = Account("topic", *self._limits, now)
        return account


class Throttle:
    """What a peer that announces limits may be sent. It does not say how much it takes at once: a second's
    worth, as the reference has it, which refills it in steps of a tenth and remembers us when we return. So we begin
    with little, and stay below it.

    Implements: WK-42, WK-43
    """

    def __init__(self, packet_rates: RateLimits, byte_rates: RateLimits, now: float) -> None:
        self._packets = _bucket(packet_rates, now)
        self._bytes = _bucket(byte_rates, now)
        self._surplus = TokenBucket(SURPLUS_AT_ONCE, SURPLUS_RATE, now)

    def spend(self, size: int, now: float) -> None:
        """A packet goes out."""
        if self._packets is not None:
            self._packets.spend(now)
        if self._bytes is not None:
            self._bytes.spend(now, size)

    def spend_more(self, size: int, now: float) -> None:
        """The packet that went out counts so many bytes more than it has."""
        if size > 0:
            self._surplus.spend(now, size)
            if self._bytes is not None:
                self._bytes.spend(now, size)

    def wait(self, size: int, now: float) -> float:
        """Seconds until a packet of ``size`` bytes may go out; one that is too large for the limit waits for all that
        there can be."""
        return max(
            0.0 if self._packets is None else self._packets.seconds_until(1, now),
            0.0 if self._bytes is None else self._bytes.seconds_until(size, now),
            self._surplus.seconds_until(LEAST_SURPLUS, now),
        )

    def room(self, now: float) -> float:
        """Bytes that may go out now, if a packet may."""
        return _UNLIMITED if self._bytes is None else self._bytes.tokens(now)

    def surplus(self, now: float) -> float:
        """Bytes by which envelopes that go out now may count more than they have."""
        return self._surplus.tokens(now)


def throttle(packet_rates: RateLimits | None, byte_rates: RateLimits | None, now: float) -> Throttle | None:
    """How to send to a peer that announces these limits, or ``None`` if it announces none that concern us."""
    packets, sizes = packet_rates or RateLimits(), byte_rates or RateLimits()
    return Throttle(packets, sizes, now) if packets.ip or packets.peer or sizes.ip or sizes.peer else None


def lowest(rates: RateLimits) -> int:
    """What one peer may send if it is all that comes from its address, or not: the lower limit is safe. 0 is none."""
    return min((rate for rate in (rates.ip, rates.peer) if rate), default=0)


def _bucket(rates: RateLimits, now: float) -> TokenBucket | None:
    limit = lowest(rates)
    if not limit:
        return None
    capacity = max(1.0, SECONDS_AT_ONCE * limit)
    bucket = TokenBucket(capacity, USED_RATE * limit, now)
    bucket.spend(now, capacity - max(1.0, SECONDS_AT_FIRST * limit))
    return bucket
