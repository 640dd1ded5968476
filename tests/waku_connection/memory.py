"""Waku connections joined in memory: bytes are carried at once, and time is what the test says."""

from __future__ import annotations

import os
from collections.abc import Sequence

from pystatus.crypto.keys import PrivateKey
from pystatus.devp2p.capabilities import Subprotocol
from pystatus.devp2p.connection import Connection
from pystatus.devp2p.limits import ConnectionLimits
from pystatus.devp2p.local_node import LocalNode
from pystatus.waku.relay.config import RelayConfig
from pystatus.waku.relay.events import EnvelopeReceived
from pystatus.waku.relay.relay import Relay
from pystatus.waku_connection.capabilities import WAKU_1
from pystatus.waku_connection.connection import Event, WakuConnection
from pystatus.waku_connection.shared_relay import SharedRelay

UNIX = 1_600_000_000.0
"""The Unix second at which tests begin; the clock of connections begins at 0."""
WATCHING = RelayConfig(watched=None)
"""A full node that tells every envelope."""


def local(subprotocols: Sequence[Subprotocol] = (WAKU_1,)) -> LocalNode:
    return LocalNode(PrivateKey.generate(os.urandom), "test", tuple(subprotocols))


def overlay_pair(
    dials: LocalNode, answers: LocalNode, limits: ConnectionLimits | None = None
) -> tuple[Connection, Connection]:
    """Both ends of a connection that begins."""
    return (
        Connection.initiate(dials, answers.key.public_key, os.urandom, 0.0, limits=limits),
        Connection.respond(answers, os.urandom, 0.0, limits=limits),
    )


class Party:
    """One end, and what has happened there."""

    def __init__(self, connection: Connection, relay: Relay | SharedRelay[WakuConnection]) -> None:
        self.waku = WakuConnection(connection, relay)
        self.events: list[Event] = []

    def hear(self) -> list[Event]:
        """What has happened since the last look."""
        heard, self.events = self.events, []
        return heard

    def note(self) -> None:
        while (event := self.waku.next_event()) is not None:
            self.events.append(event)

    @property
    def received(self) -> list[bytes]:
        """The hashes of the envelopes that were told."""
        return [event.envelope.hash for event in self.events if isinstance(event, EnvelopeReceived)]


def carry(one: Party, other: Party, seconds: float = 0.0) -> None:
    """Carry bytes both ways until both are silent, ``seconds`` after the beginning."""
    now, unix = seconds, UNIX + seconds
    busy = True
    while busy:
        busy = False
        for sender, receiver in ((one, other), (other, one)):
            data = sender.waku.data_to_send(unix)
            if data:
                busy = True
                receiver.waku.receive_data(data, now, unix)
            sender.note()
            receiver.note()


def two(config: RelayConfig = WATCHING, other_config: RelayConfig = WATCHING) -> tuple[Party, Relay, Party, Relay]:
    """Two ends with relays of their own, before the first byte."""
    dials, answers = overlay_pair(local(), local())
    one, other = Relay(config), Relay(other_config)
    return Party(dials, one), one, Party(answers, other), other
