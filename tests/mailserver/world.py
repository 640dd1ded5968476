"""A client's fetcher, some mailservers, and the time: everything but the network and the clocks is real."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from pystatus.crypto.keys import PrivateKey
from pystatus.mailserver.client.actions import (
    Action,
    Connect,
    Disconnect,
    DropCoverage,
    EnvelopesFound,
    SaveCoverage,
    SaveQuota,
    SaveStart,
    SendRequest,
)
from pystatus.mailserver.client.config import FetchConfig
from pystatus.mailserver.client.fetcher import Fetcher
from pystatus.mailserver.completion import Failed
from pystatus.mailserver.coverage import CoverageEntry
from pystatus.mailserver.lacking import EVER, Holdings
from pystatus.mailserver.server.server import Server
from pystatus.mailserver.time_ranges import TimeRange, TimeRanges
from pystatus.mailserver.timing import BEGINNING, DAY, SETTLING
from pystatus.simulation.clock import VirtualClock
from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from tests.mailserver.inbox import keep
from tests.mailserver.servers import Packet, our_answer, reference_answer
from tests.mailserver.support import KEY, ListArchive
from tests.waku.network import NOW

LATENCY = 0.05
"""Seconds that a packet takes."""
CLIENT = "client"
SIGNER = PrivateKey(b"\x05" * 32)


class Mailserver:
    """One of ours: the newest envelope first, topics as asked for. It says when it was away or cut off."""

    states = True
    """Whether it says what it lacks. Older ones do not, and are said to have everything."""

    def __init__(self, number: int, skew: float) -> None:
        self.id = bytes([number]) * 64
        self.skew = skew
        self.archive = ListArchive()
        self.is_up = True
        self.hears = True
        self.packets_left: int | None = None
        """Before it falls silent; ``None``: it does not."""
        self.pending_until = 0.0
        """Until when it expects to get what it lacks."""
        self.late: dict[bytes, float] = {}
        """What it did not hear itself, and when it got that."""
        self._server = Server(KEY)
        if self.states:
            self._server.holdings = self.holdings
        self._here = TimeRanges([TimeRange(0, int(NOW) - DAY)])
        self._since: int | None = int(NOW) - DAY

    def answer(self, payload: bytes, now: float) -> list[Packet]:
        """What it sends, in answer to a P2P Request."""
        return our_answer(self._server, self.archive, CLIENT, payload, now + self.skew)

    # What it knows of itself, by its own clock

    def begins(self, now: float) -> None:
        """It hears everything from now on."""
        self._since = math.ceil(now + self.skew) + BEGINNING

    def breaks_off(self, now: float) -> None:
        """It notices that it does not."""
        if self._since is not None:
            self._here |= TimeRanges([TimeRange(self._since, int(now + self.skew) - SETTLING)])
        self._since = None

    def catches_up(self, other: Mailserver, now: float) -> None:
        """It fetches all that another one has."""
        for envelope in other.archive.envelopes.values():
            if envelope.hash not in self.archive.envelopes:
                self.late[envelope.hash] = now
                self.archive.envelopes[envelope.hash] = envelope
        settled = TimeRanges([TimeRange(0, int(now + self.skew) - SETTLING)])
        self._here |= settled - other.lacking

    @property
    def lacking(self) -> TimeRanges:
        """What it says that it lacks."""
        until = EVER.upper if self._since is None else self._since
        return TimeRanges([TimeRange(0, until)]) - self._here if self.states else TimeRanges()

    def holdings(self, now: float) -> Holdings:
        """See :attr:`pystatus.mailserver.server.server.Server.holdings`."""
        return Holdings(self.lacking, self.lacking if now < self.pending_until else TimeRanges(), 30.0)


class OldMailserver(Mailserver):
    """One of ours from before it could say what it lacks."""

    states = False


class ReferenceMailserver(OldMailserver):
    """The reference's. It says nothing of what it lacks, either."""

    def answer(self, payload: bytes, now: float) -> list[Packet]:
        return reference_answer(self.archive, payload)


@dataclass
class Kept:
    """What the client has on its disk."""

    entries: dict[tuple[bytes, bytes, int], CoverageEntry] = field(default_factory=dict)
    starts: dict[bytes, int] = field(default_factory=dict)
    spent: SaveQuota | None = None
    envelopes: set[bytes] = field(default_factory=set)

    def forget(self, before: int, topics: Iterable[bytes]) -> None:
        """What nobody asks for is stored no more."""
        for entry in list(self.entries.values()):
            keep(self.entries, replace(entry, covered=entry.covered - TimeRanges([TimeRange(0, before)])))
        for topic in topics:
            del self.starts[topic]


class World:
    """The time, the mailservers, and a client that may crash after each action."""

    def __init__(self, servers: Iterable[Mailserver], seed: int, *, copies: int, skew: float = 0.0) -> None:
        self.clock = VirtualClock(NOW)
        self.clock.watch(self._next_timer, self._on_timer)
        self.servers = {server.id: server for server in servers}
        self.skew = skew
        self.kept = Kept()
        self.topics: frozenset[bytes] = frozenset()
        self.actions_left: int | None = None
        """Before the client crashes; ``None``: it does not."""
        self.asked = 0
        self._config = FetchConfig(copies=copies)
        self._random = random.Random(seed)
        self._numbers = itertools.count()
        self._connections: dict[bytes, int] = {}
        self._life = 0
        self._is_away = False
        self._known = set(self.servers)
        self.start()

    @property
    def now(self) -> float:
        """The true time."""
        return self.clock.now()

    @property
    def client_now(self) -> float:
        """What the client's clock says."""
        return self.now + self.skew

    # The client

    def start(self) -> None:
        """The client starts, with what it has on its disk."""
        self._life += 1
        self._connections = {}
        self.actions_left = None
        self.fetcher = Fetcher(
            dict.fromkeys(sorted(self._known), KEY),
            SIGNER,
            self._random.randbytes,
            self._config,
            entries=self.kept.entries.values(),
            starts=self.kept.starts,
            spent=self.kept.spent,
            now=self.client_now,
        )
        self.do(lambda: self.fetcher.set_topics(self.topics, self.client_now))

    def know(self, servers: Iterable[bytes]) -> None:
        """The client is told of these mailservers, and starts again."""
        self._known = set(servers)
        self.start()

    def do(self, what: Callable[[], None]) -> None:
        """An input, and everything that the fetcher wants then."""
        what()
        while (action := self.fetcher.next_action()) is not None:
            if self.actions_left is not None:
                self.actions_left -= 1
                if self.actions_left < 0:
                    self.start()
                    return
            self._carry_out(action)

    def _carry_out(self, action: Action) -> None:
        match action:
            case Connect(server):
                self._after(LATENCY, lambda: self._connected(server))
            case Disconnect(server):
                self._connections.pop(server, None)
            case SendRequest(server, payload):
                self.asked += 1
                self._after(LATENCY, lambda: self._asked(server, payload), server)
            case EnvelopesFound(_, envelopes):
                self.kept.envelopes.update(envelope.hash for envelope in envelopes)
            case SaveCoverage(entry):
                keep(self.kept.entries, entry)
            case SaveStart(topic, since):
                self.kept.starts[topic] = since
            case SaveQuota():
                self.kept.spent = action
            case DropCoverage(before, topics):
                self.kept.forget(before, topics)

    def _connected(self, server: bytes) -> None:
        if server in self._connections or not self.servers[server].is_up or server not in self._known:
            return
        self._connections[server] = next(self._numbers)
        self.do(lambda: self.fetcher.server_ready(server, self.client_now))

    def _asked(self, server: bytes, payload: bytes) -> None:
        mailserver = self.servers[server]
        for number, (code, body) in enumerate(mailserver.answer(payload, self.now), 1):
            if mailserver.packets_left is not None:
                mailserver.packets_left -= 1
                if mailserver.packets_left < 0:
                    return
            self._after(LATENCY * number, lambda code=code, body=body: self._heard(server, code, body), server)  # type: ignore[misc]

    def _heard(self, server: bytes, code: int, body: bytes) -> None:
        if code == packets.P2P_MESSAGE:
            envelopes = packets.decode_messages(body)
            self.do(lambda: self.fetcher.received(server, envelopes, self.client_now))
        else:
            content = packets.decode_request_complete(body)
            self.do(lambda: self.fetcher.completed(server, content, self.client_now))

    def is_wanted(self, envelope: Envelope) -> bool:
        """Whether the client wants its history."""
        start = self.kept.starts.get(envelope.topic)
        return envelope.topic in self.topics and start is not None and start <= envelope.sent

    # Everybody else

    def publish(self, envelope: Envelope, delays: Iterable[float]) -> None:
        """An envelope goes round: each mailserver that hears anything has it after its delay."""
        for server, delay in zip(self.servers.values(), delays, strict=True):
            self._after(delay, lambda server=server: self._archive(server, envelope))  # type: ignore[misc]

    def _archive(self, server: Mailserver, envelope: Envelope) -> None:
        if server.is_up and server.hears:
            server.archive.envelopes[envelope.hash] = envelope

    def start_server(self, server: Mailserver, pending: float) -> None:
        """It is back, and expects to catch up within so many seconds."""
        if not server.is_up:
            server.is_up = True
            server.pending_until = self.now + pending
            if server.hears:
                server.begins(self.now)
        self.redial()

    def hear(self, server: Mailserver, hears: bool, unnoticed: float) -> None:
        """It is cut off from the relays, and notices later; or it is not any more, and notices at once."""
        if server.hears is hears:
            return
        server.hears = hears
        if hears and server.is_up:
            server.breaks_off(self.now)
            server.begins(self.now)
        elif server.is_up:
            since = server._since
            self._after(unnoticed, lambda: server.breaks_off(self.now) if server._since == since else None)

    def stop(self, server: Mailserver) -> None:
        """It goes away; what it has stays."""
        if server.is_up:
            server.breaks_off(self.now)
        server.is_up = False
        if self._connections.pop(server.id, None) is not None:
            self.do(lambda: self.fetcher.server_gone(server.id, self.client_now))

    # The time

    def _after(self, delay: float, what: Callable[[], None], server: bytes | None = None) -> None:
        """Do it later; what belongs to a connection ends with it, and with the client's life."""
        life = self._life
        connection = None if server is None else self._connections.get(server)

        def due() -> None:
            if server is None or (life == self._life and self._connections.get(server) == connection is not None):
                what()

        self.clock.after(delay, due)

    def _next_timer(self) -> float | None:
        return None if self._is_away else self.fetcher.next_timer() - self.skew

    def _on_timer(self) -> None:
        self.do(lambda: self.fetcher.on_timer(self.client_now))
        if self.fetcher.next_timer() - self.skew <= self.now:
            self.clock.jump(0.001)  # nothing but time helps

    def pass_time(self, seconds: float) -> None:
        """Let everything happen that is due in the next seconds."""
        self.clock.wait(seconds)

    def be_away(self, seconds: float) -> None:
        """The client does not run for so long."""
        self._life += 1
        self._connections = {}
        self._is_away = True
        self.clock.wait(seconds)
        self._is_away = False
        self.start()

    def redial(self) -> None:
        """The node dials again what it wants to be connected to."""
        for standing in self.fetcher._servers:
            if standing.is_wanted and standing.id not in self._connections:
                self._connected(standing.id)


def failed(request: Envelope, text: str) -> bytes:
    """A completion that says no."""
    return Failed(request.hash, text).encode()


__all__ = ["CLIENT", "Kept", "Mailserver", "ReferenceMailserver", "TimeRanges", "World", "failed"]
