"""Peers of a relay in memory."""

from __future__ import annotations

from itertools import count

from pystatus.waku import packets
from pystatus.waku.dialects.dialect import Dialect
from pystatus.waku.dialects.waku_1 import WAKU_1
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.peer import Misbehaviour
from pystatus.waku.relay.rate_limits import Source
from pystatus.waku.relay.relay import Relay
from pystatus.waku.status import StatusOptions

EVERYTHING = StatusOptions(pow_requirement=0.0)
"""The Status of a full node that takes any proof of work."""

_names = count()


class RelayPeer:
    """A peer that has sent its Status and sends whatever a test says. It is connected at once, under a name that nobody
    had before."""

    def __init__(
        self,
        relay: Relay,
        now: float,
        *,
        source: Source | None = None,
        unlimited: bool = False,
        status: StatusOptions = EVERYTHING,
        dialect: Dialect = WAKU_1,
    ) -> None:
        """
        :param source: where it is, for limits of addresses and networks; without one it has only those of a peer.
        :param unlimited: no rate limit is for it.
        """
        self.relay = relay
        self.now = now
        self._source = source
        self._unlimited = unlimited
        self._status = status
        self._dialect = dialect
        self.come()

    def come(self) -> None:
        """Connect, as somebody else than before."""
        self.name = f"hostile-{next(_names)}"
        self.relay.peer_connected(self.name, self.now, self._source, unlimited=self._unlimited, dialect=self._dialect)
        self.relay.receive_packet(self.name, packets.STATUS, self._dialect.encode_status(self._status), self.now)

    def leave(self) -> None:
        self.relay.peer_disconnected(self.name, self.now)

    def send(self, code: int, body: bytes) -> bool:
        """Send a packet; whether the peer may stay. If not it has left, and may :meth:`come` again."""
        try:
            self.relay.receive_packet(self.name, code, body, self.now)
        except Misbehaviour:
            self.leave()
            return False
        return True

    def give(self, *envelopes: Envelope) -> bool:
        """The same with a packet of envelopes."""
        return self.send(packets.MESSAGES, packets.encode_messages(envelopes))
