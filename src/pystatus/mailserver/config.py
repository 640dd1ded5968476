"""Settings and limits of a mailserver."""

from __future__ import annotations

from pystatus.errors import LocalError
from pystatus.records import dataclass
from pystatus.waku.packets import MAX_SENT_PACKET_SIZE
from pystatus.waku.relay.config import RELAY_MIN_POW, check_pow

MAX_LIMIT = 1_000
"""Envelopes in a page; the reference refuses to be asked for more (decisions.md "Mailserver")."""
MAX_PAGE_BYTES = 10 << 20
"""Bytes of envelopes in a page; then a cursor, whatever the limit (waku.md §10)."""
PORTION_BYTES = MAX_SENT_PACKET_SIZE - 5
"""Bytes of envelopes, with the header of their list a packet, that are read from the archive at a time. The next ones
are read when the peer has read these: so nothing waits in memory for one that does not (A56)."""
UPPER_MARGIN = 60
"""Seconds from now that a range without an end reaches to, because clocks differ (waku.md §7.4)."""
MAX_CLOCK_DIFFERENCE = 600
"""Seconds that the time of a sealed request may be off: an older one is a replay (waku.md §10). Generous, because
the clock of whoever asks may be wrong."""
REMEMBERED_SECONDS = 2 * MAX_CLOCK_DIFFERENCE
"""How long ids of sealed requests are remembered: after that their time gives them away."""
MAX_REMEMBERED = 200_000
"""Ids that are remembered, 40 MB; beyond it the oldest are forgotten."""
MAX_REMEMBERED_PEERS = 10_000
"""Peers whose last request is remembered for the interval, about 2 MB; the one that asked longest ago is forgotten."""
MAX_WAITING = 8
"""Requests of one peer that wait while one is answered; status-go's own client has one at a time."""
ASKED_AT_ONCE = 1 << 20
"""Bytes of requests that one peer may send at once before they are read no more: twenty with 10,000 topics, each of
which takes ten milliseconds to read, or four thousand small ones."""
ASKED_PER_SECOND = 64 << 10
"""The same, a second in the long run: one with 10,000 topics, or 256 small ones."""
LEAST_ASKED = 256
"""Bytes that a request counts at least."""
MAX_AT_ONCE = 4
"""Requests of all peers together for which the archive is read at a time, a portion each."""
NETWORK_SHARE = 2
"""Half of these places may go to one network (/24, /48), so that its searches do not hold up all others (A56)."""
MAX_NETWORK_WAITING = 100
"""Requests of one network that wait; two peers, as many as it may connect, have 16."""
MAX_ALL_WAITING = 1_000
"""Requests of all peers together that wait. Those of one peer name 10,000 topics at most, about 1 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailserverConfig:
    """Settings of a mailserver. The defaults answer everybody."""

    min_pow: float = RELAY_MIN_POW
    """Proof of work of sealed requests."""
    interval: float = 0.0
    """Seconds between two accepted requests of one peer (waku.md D17)."""
    sealed_only: bool = False
    """Refuse plain requests, which need neither password nor proof of work (decisions.md "Mailserver")."""
    max_page_bytes: int = MAX_PAGE_BYTES
    max_at_once: int = MAX_AT_ONCE

    def __post_init__(self) -> None:
        """
        :raises LocalError: a setting out of range.
        """
        check_pow(self.min_pow)
        if self.interval < 0 or self.max_page_bytes < 1 or self.max_at_once < 1:
            raise LocalError("A mailserver's interval is not negative, and its limits are at least 1.")
