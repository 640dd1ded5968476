"""The way of an own envelope into the pool: at once, or held back for a moment (waku.md §4.7)."""

from __future__ import annotations

from collections.abc import Callable

from pystatus.errors import LocalError
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.admission import SYNC_ALLOWANCE
from pystatus.waku.relay.counters import Counters
from pystatus.waku.relay.events import EnvelopeExpired
from pystatus.waku.relay.ingest import Ingest
from pystatus.waku.relay.local_status import LocalStatus
from pystatus.waku.relay.pool import Entry, Pool
from pystatus.waku.relay.sent import SentEnvelopes

MAX_OWN = 100_000
"""Own envelopes under way: as many as a pool holds by default. A caller of the RPC says how long they live, which may
be for years."""
MAX_OWN_BYTES = 128 << 20
"""Bytes of them, likewise."""


class Publisher:
    """Takes own envelopes."""

    def __init__(
        self,
        pool: Pool,
        own: SentEnvelopes,
        settings: LocalStatus,
        intake: Ingest,
        counters: Counters,
        tell: Callable[[EnvelopeExpired], None],
    ) -> None:
        self._pool = pool
        self._own = own
        self._settings = settings
        self._intake = intake
        self._counters = counters
        self._tell = tell
        self._held: dict[bytes, tuple[float, Envelope]] = {}
        self._held_bytes = 0

    def post(self, envelope: Envelope, now: float, delay: float = 0.0) -> None:
        """Send an own envelope, whatever our own interest is. Posting it again changes nothing.

        :param delay: seconds to hold it back, so that the first peer to get it learns less about where it began.
        :raises LocalError: no honest peer would take it (expired, too large, too little proof of work), or no room.
        """
        if envelope.hash in self._own or envelope.hash in self._held:
            return
        refusal = self._settings.admission.refuse_own(envelope, int(now + delay))
        if refusal is not None:
            raise LocalError(f"The envelope cannot be sent: {refusal.description}.")
        size = len(envelope.raw) + self._own.bytes + self._held_bytes
        if len(self._own) + len(self._held) >= MAX_OWN or size > MAX_OWN_BYTES:
            raise LocalError("The envelope cannot be sent: too many of ours are on their way; wait until some expire.")
        # Its answer may come at once, and by then peers must know what we want (waku.md §8.2).
        self._settings.announce_soon(now)
        if delay:
            self._held[envelope.hash] = (now + delay, envelope)
            self._held_bytes += len(envelope.raw)
        elif not self._pass_on(envelope):
            raise LocalError("The envelope cannot be sent: too many are on their way; try again in some seconds.")

    def next_timer(self) -> float | None:
        """When the first of those that are held back is due."""
        return min((due for due, _ in self._held.values()), default=None)

    def clock_set_back(self, now: float) -> None:
        """What is held back is due at once: nobody knows how long it waits already."""
        self._held = {held: (min(due, now), envelope) for held, (due, envelope) in self._held.items()}

    def on_timer(self, now: float) -> None:
        """Send what is due. Tells of what finds no room, or has expired meanwhile."""
        for envelope in [envelope for due, envelope in self._held.values() if due <= now]:
            del self._held[envelope.hash]
            self._held_bytes -= len(envelope.raw)
            untimely = envelope.expiry < int(now) or envelope.sent > now + SYNC_ALLOWANCE
            if untimely or not self._pass_on(envelope):
                self._tell(EnvelopeExpired(envelope.hash))

    def _pass_on(self, envelope: Envelope) -> bool:
        """Whether there was room."""
        entry = self._pool.get(envelope.hash) or Entry(envelope)
        if envelope.hash not in self._pool:
            if not self._pool.add(entry):
                return False
            if self._intake.keeper is not None:
                self._intake.keeper.accepted(envelope)
        self._own.add(entry)
        copies = self._intake.spread(entry, self)
        self._counters.topics.count(envelope.topic, len(envelope.raw), 0, copies)
        return True
