"""Several relays in memory, joined by connections that carry packets at once."""

from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Any

from pystatus.simulation.clock import VirtualClock
from pystatus.waku import packets
from pystatus.waku.dialects.dialect import Dialect
from pystatus.waku.dialects.waku_1 import WAKU_1
from pystatus.waku.envelope import Envelope
from pystatus.waku.interest import Interest
from pystatus.waku.relay.config import RelayConfig
from pystatus.waku.relay.events import Event
from pystatus.waku.relay.relay import Relay
from pystatus.waku.status import StatusOptions

NOW = 1_600_000_000.0
TOPIC = bytes.fromhex("cd423760")
OTHER_TOPIC = bytes.fromhex("9c22ff5f")


def envelope(
    number: int = 0, topic: bytes = TOPIC, *, now: float = NOW, ttl: int = 15, size: int = 300, pow_target: float = 0.0
) -> Envelope:
    """An envelope sent at ``now``; different numbers make different ones."""
    return Envelope.mine(now, ttl, topic, number.to_bytes(4, "big") * (size // 4), pow_target)


def topics(*wanted: bytes) -> RelayConfig:
    """The settings of a client that wants these topics, and hears of every envelope that it takes."""
    return RelayConfig(interest=Interest.in_topics(wanted), watched=None)


def watching() -> RelayConfig:
    """The settings of a full node that hears of everything."""
    return RelayConfig(watched=None)


def change(relay: Relay, now: float, **settings: Any) -> None:
    """Give a relay some other settings at this time."""
    relay.configure(replace(relay.config, **settings), now)


def repeat(count: int, action: Callable[[], object]) -> None:
    for _ in range(count):
        action()


def events(relay: Relay) -> list[Event]:
    """All events that are waiting."""
    found: list[Event] = []
    while (event := relay.next_event()) is not None:
        found.append(event)
    return found


class Network:
    """Relays by name. Peers know each other by name, too."""

    def __init__(self, **configs: RelayConfig) -> None:
        self.clock = VirtualClock(NOW)
        self.clock.watch(self._next_timer, self._tick)
        self.relays = {name: Relay(config) for name, config in configs.items()}
        self.links: set[tuple[str, str]] = set()
        self.carried: list[tuple[str, str, int, bytes]] = []
        """Every packet: from, to, code, body."""

    @property
    def now(self) -> float:
        """Everybody's time."""
        return self.clock.now()

    def __getitem__(self, name: str) -> Relay:
        return self.relays[name]

    def connect(self, one: str, other: str, dialect: Dialect = WAKU_1) -> None:
        self.links |= {(one, other), (other, one)}
        self[one].peer_connected(other, self.now, dialect=dialect)
        self[other].peer_connected(one, self.now, dialect=dialect)
        self.settle()

    def disconnect(self, one: str, other: str) -> None:
        self.links -= {(one, other), (other, one)}
        self[one].peer_disconnected(other, self.now)
        self[other].peer_disconnected(one, self.now)

    def settle(self) -> None:
        """Carry packets until nobody has any."""
        busy = True
        while busy:
            busy = False
            for sender, relay in self.relays.items():
                for receiver, code, payload in relay.packets_to_send(self.now):
                    assert isinstance(receiver, str)
                    assert len(payload) <= packets.MAX_SENT_PACKET_SIZE
                    busy = True
                    if (sender, receiver) in self.links:
                        self.carried.append((sender, receiver, code, payload))
                        self.relays[receiver].receive_packet(sender, code, payload, self.now)

    def wait(self, seconds: float) -> None:
        """Let time pass; every timer fires when it is due."""
        self.clock.wait(seconds)
        self._tick()

    def _next_timer(self) -> float | None:
        return min((due for relay in self.relays.values() if (due := relay.next_timer()) is not None), default=None)

    def _tick(self) -> None:
        for relay in self.relays.values():
            relay.on_timer(self.now)
        self.settle()

    def post(self, name: str, *envelopes: Envelope) -> None:
        for posted in envelopes:
            self[name].post(posted, self.now)
        self.settle()

    def deliveries(self, posted: Envelope) -> Counter[tuple[str, str]]:
        """How often this envelope went from whom to whom."""
        return Counter(
            (sender, receiver)
            for sender, receiver, code, payload in self.carried
            if code == packets.MESSAGES
            for carried in packets.decode_messages(payload)
            if carried == posted
        )

    def updates(self, sender: str, receiver: str) -> list[StatusOptions]:
        """The Status Updates that went from ``sender`` to ``receiver``."""
        return [
            StatusOptions.decode(payload)
            for source, target, code, payload in self.carried
            if (source, target, code) == (sender, receiver, packets.STATUS_UPDATE)
        ]


class Wire:
    """One relay, and a peer of it that is played by the test."""

    def __init__(
        self,
        config: RelayConfig | None = None,
        status: StatusOptions | None = StatusOptions(),  # noqa: B008
        dialect: Dialect = WAKU_1,
    ) -> None:
        self.relay = Relay(config)
        self.relay.peer_connected("peer", NOW, dialect=dialect)
        if status is not None:
            self.relay.receive_packet("peer", packets.STATUS, dialect.encode_status(status), NOW)
            self.sent()
            events(self.relay)

    def receive(self, code: int, payload: bytes, now: float = NOW) -> None:
        self.relay.receive_packet("peer", code, payload, now)

    def give(self, *envelopes: Envelope, now: float = NOW) -> None:
        self.receive(packets.MESSAGES, packets.encode_messages(envelopes), now)

    def sent(self, now: float = NOW, peer: Hashable = "peer") -> list[tuple[int, bytes]]:
        """What the relay writes to this peer now."""
        return [(code, payload) for receiver, code, payload in self.relay.packets_to_send(now) if receiver == peer]

    def join(self, name: str, status: StatusOptions | None = None, now: float = NOW) -> None:
        """Another peer, whose Status has arrived."""
        self.relay.peer_connected(name, now)
        self.relay.receive_packet(name, packets.STATUS, (status or StatusOptions(pow_requirement=0.0)).encode(), now)
