"""Two peers in memory: no transport, no clock, reproducible randomness."""

from __future__ import annotations

from collections.abc import Sequence

from pystatus.crypto.keys import PrivateKey
from pystatus.libp2p.connection import SECURITY, Libp2pConnection
from pystatus.libp2p.events import Event
from pystatus.libp2p.limits import Libp2pLimits
from pystatus.libp2p.multistream import Negotiation
from pystatus.libp2p.peer_id import PeerId
from pystatus.libp2p.stream import OpenStream
from tests.devp2p.support import SeededRandom

ALICE = PrivateKey(b"\xa1" * 32)
BOB = PrivateKey(b"\xb0" * 32)
CAROL = PrivateKey(b"\xc0" * 32)
ECHO = "/echo/1"


class Pair:
    """Alice has dialled Bob, who answers :data:`ECHO`."""

    def __init__(
        self,
        *,
        expected: PrivateKey = BOB,
        offers: Sequence[str] = SECURITY,
        takes: Sequence[str] = SECURITY,
        limits: Libp2pLimits | None = None,
        step: int = 1 << 20,
    ) -> None:
        self.now = 100.0
        self.step = step
        self.alice = Libp2pConnection.dial(
            ALICE, PeerId(expected.public_key), SeededRandom(b"alice"), self.now, security=offers, limits=limits
        )
        self.bob = Libp2pConnection.listen(BOB, SeededRandom(b"bob"), self.now, (ECHO,), security=takes, limits=limits)

    def talk(self) -> tuple[list[Event], list[Event]]:
        """Carry bytes until nobody has any: what each has heard."""
        while (to_bob := self.alice.data_to_send()) + (to_alice := self.bob.data_to_send()):
            for start in range(0, len(to_bob), self.step):
                self.bob.receive_data(to_bob[start : start + self.step], self.now)
            for start in range(0, len(to_alice), self.step):
                self.alice.receive_data(to_alice[start : start + self.step], self.now)
        return events(self.alice), events(self.bob)

    def open_stream(self, protocol: str = ECHO) -> int:
        """A stream of Alice's that Bob has taken."""
        number = self.alice.open_stream(protocol, self.now)
        self.talk()
        return number

    def raw_stream(self) -> int:
        """A stream of Alice's of which Bob has heard, and on which she has said nothing."""
        number = self.alice._muxer.open()
        negotiation = Negotiation((ECHO,), proposes=True)
        negotiation.data_to_send()
        self.alice._streams[number] = OpenStream(negotiation, self.now + 1000, by_peer=False)
        return number

    def say(self, stream: int, data: bytes) -> None:
        """Alice says what she likes."""
        self.alice._muxer.send(stream, data)
        self.alice._flush()


def events(connection: Libp2pConnection) -> list[Event]:
    """Everything that has happened since."""
    found = []
    while (event := connection.next_event()) is not None:
        found.append(event)
    return found
