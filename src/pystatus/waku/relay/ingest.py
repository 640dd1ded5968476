"""Envelopes that peers bring: judged, pooled, passed on and confirmed (waku.md §2.5, §4.7, §5.1)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Set
from typing import TypeAlias

from pystatus.crypto.hashing import keccak_state
from pystatus.errors import RemoteError
from pystatus.waku import packets
from pystatus.waku.envelope import Envelope
from pystatus.waku.relay.admission import Refusal
from pystatus.waku.relay.archive_port import EnvelopeSink
from pystatus.waku.relay.clock_offset import FRESH_TTL, MAX_BATCH_SAMPLES, ON_THE_WAY, REPEATED_SECONDS, ClockOffset
from pystatus.waku.relay.counters import Counters
from pystatus.waku.relay.events import EnvelopeReceived, EnvelopeReturned
from pystatus.waku.relay.local_status import LocalStatus
from pystatus.waku.relay.peer import MALFORMED_PENALTY, Peer
from pystatus.waku.relay.pool import Entry, Pool
from pystatus.waku.relay.routing import RecipientsByTopic
from pystatus.waku.relay.send_queue import SendQueue
from pystatus.waku.relay.sent import SentEnvelopes
from pystatus.waku.relay.steps import DONE, STEP_BYTES, STEP_ENVELOPES, Steps, in_steps

STEP_SPLIT = 2048
"""Envelopes that are cut out of a packet in one step: half a millisecond."""
MAX_UNASKED_ERRORS = 64
"""Envelopes that a message response may complain about which nobody asked for (confirmations are off): what a client
posts in a second. Larger batches are a relay's, and what is wrong with its clock is seen there."""
MAX_REPORTED_ERRORS = 2048
"""Envelopes that a message response of ours may complain about. A batch with more of them is not confirmed at all."""
MAX_DELAYED_ERRORS = 64
"""The same of a confirmation that waits for an archive, of which ten thousand may wait: 5 kB each."""


Refused: TypeAlias = tuple[bytes, Refusal, int]
"""The hash of an envelope that was not taken, why not, and the seconds from now at which it says that it was sent."""


class Ingest:
    """The way of an envelope from a packet into the pool, and into the queues of those who want it."""

    def __init__(
        self,
        pool: Pool,
        settings: LocalStatus,
        counters: Counters,
        takers: RecipientsByTopic,
        outgoing: SendQueue,
        clock_offset: ClockOffset,
        tell: Callable[[EnvelopeReceived | EnvelopeReturned], None],
        connected: Set[int],
        own: SentEnvelopes,
    ) -> None:
        """
        :param own: what this node has posted.
        :param connected: the numbers of the peers that are there; the relay changes it.
        """
        self.keeper: EnvelopeSink | None = None
        """The mailserver beside this relay, if there is one."""
        self._pool = pool
        self._settings = settings
        self._counters = counters
        self._takers = takers
        self._outgoing = outgoing
        self._clock_offset = clock_offset
        self._tell = tell
        self._connected = connected
        self._own = own

    def receive(self, peer: Peer, payload: bytes, now: float) -> Steps:
        """A Messages packet. A small one is worked off at once; of a large one the steps are given back, between which
        others may be heard.

        :raises Misbehaviour: the peer has sent too much that nobody wants.
        """
        if len(payload) > STEP_BYTES:
            return self._receive_in_steps(peer, payload, now)
        known: list[bytes] = []
        fresh: dict[bytes, Envelope] = {}
        try:
            raw = packets.split_messages(payload, STEP_ENVELOPES)
            self._decode(raw, known, fresh)
        except packets.TooManyEnvelopes:
            return self._receive_in_steps(peer, payload, now)
        except RemoteError:
            # One malformed envelope spoils the packet: nothing of it has been looked at yet.
            peer.penalise(MALFORMED_PENALTY, now)
            return DONE
        if len(raw) * packets.LEAST_CHARGE > len(payload):
            peer.charge_small(len(raw), len(payload))
        for envelope_hash in known:
            self._note_known(peer, envelope_hash)
        if known and not 0.0 <= now - peer.repeated_at < REPEATED_SECONDS:
            self._note_agreement(peer, known[-1], now)
        refusals = self._admit(peer, fresh.items(), now)
        self._counters.envelopes_known += len(known)
        if self._settings.config.confirmations:
            self._confirm(peer, keccak_state(payload).digest(), refusals)
        elif refusals:
            self._complain(peer, payload, refusals, now)
        if refusals:
            self._judge(peer, [refusal for _, refusal, _ in refusals], now)
        return DONE

    def _receive_in_steps(self, peer: Peer, payload: bytes, now: float) -> Steps:
        known: list[bytes] = []
        fresh: dict[bytes, Envelope] = {}
        raw: list[bytes] = []
        try:
            for part in self._split(payload):
                raw += part
                yield
            for some in in_steps(raw, len):
                self._decode(some, known, fresh)
                yield
        except RemoteError:
            peer.penalise(MALFORMED_PENALTY, now)
            return
        peer.charge_small(len(raw), len(payload))
        del raw
        batch = keccak_state()
        if self._settings.config.confirmations:
            for start in range(0, len(payload), STEP_BYTES):
                batch.update(payload[start : start + STEP_BYTES])
                yield
        if known:
            self._note_agreement(peer, known[-1], now)
        for start in range(0, len(known), STEP_ENVELOPES):
            for envelope_hash in known[start : start + STEP_ENVELOPES]:
                self._note_known(peer, envelope_hash)
            yield
        refusals: list[Refused] = []
        repeated = 0
        for envelopes in in_steps(list(fresh.items()), lambda item: len(item[1].raw)):
            if peer.failed:
                return
            late = [envelope_hash for envelope_hash, _ in envelopes if envelope_hash in self._pool]
            for envelope_hash in late:  # somebody else has brought it in between
                self._note_known(peer, envelope_hash)
                fresh.pop(envelope_hash)
            repeated += len(late)
            refusals += self._admit(peer, [item for item in envelopes if item[0] in fresh] if late else envelopes, now)
            yield
        self._counters.envelopes_known += len(known) + repeated
        if self._settings.config.confirmations:
            self._confirm(peer, batch.digest(), refusals)
        if refusals:
            self._judge(peer, [refusal for _, refusal, _ in refusals], now)

    def _split(self, payload: bytes) -> Iterator[list[bytes]]:
        """The raw envelopes of a packet, as many as are taken of one, a step at a time."""
        try:
            yield from packets.split_in_steps(payload, STEP_SPLIT)
        except packets.TooManyEnvelopes:
            self._counters.packets_cut += 1

    def _decode(self, raw: Iterable[bytes], known: list[bytes], fresh: dict[bytes, Envelope]) -> None:
        stored, evicted = self._pool.stored, self._pool.evicted
        for each in raw:
            envelope_hash = keccak_state(each).digest()
            if envelope_hash in stored or envelope_hash in evicted or envelope_hash in fresh:
                known.append(envelope_hash)
            else:
                fresh[envelope_hash] = Envelope.decode(each, envelope_hash)

    def _admit(self, peer: Peer, envelopes: Collection[tuple[bytes, Envelope]], now: float) -> list[Refused]:
        """Take envelopes that are not in the pool, and say which ones not.

        Implements: WK-4, WK-5, WK-46, WK-50
        """
        pool = self._pool
        second = int(now)
        refuse = self._settings.admission.refuse
        config = self._settings.config
        watched = config.watched
        count = self._counters.topics.count
        light = config.light
        topic_accounts = peer.topic_accounts
        keeper = self.keeper
        sender = peer.alone
        source = peer.usage
        has_topics = peer.dialect.has_topics
        refusals: list[Refused] = []
        untimely: list[int] = []
        admitted: Envelope | None = None
        for envelope_hash, envelope in envelopes:
            size = len(envelope.raw)
            refusal = refuse(envelope, second)
            if refusal is Refusal.NOT_WANTED and not has_topics and self._settings.is_in_bloom(envelope.topic):
                refusal = Refusal.NEARLY_WANTED
            if refusal is None and topic_accounts is not None and not topic_accounts.charge(envelope.topic, size, now):
                refusal = Refusal.TOO_MANY
            if refusal is not None:
                offset = envelope.expiry - envelope.ttl - second
                refusals.append((envelope_hash, refusal, offset))
                tells = envelope.expiry >= envelope.ttl and not second - ON_THE_WAY <= envelope.expiry < second
                if refusal.is_of_time and tells and len(untimely) < MAX_BATCH_SAMPLES:
                    untimely.append(offset)
                continue
            admitted = envelope
            entry = Entry(envelope, sender)
            if not pool.add(entry, source):
                refusals.append((envelope_hash, Refusal.POOL_FULL, 0))
                continue
            count(envelope.topic, size, 1, 0 if light else self.spread(entry, source))
            if keeper is not None:
                keeper.accepted(envelope)
            if watched is None or envelope.topic in watched:
                self._tell(EnvelopeReceived(envelope, peer.id))
        self._counters.envelopes_new += len(envelopes) - len(refusals)
        if admitted is not None and admitted.ttl > FRESH_TTL:
            admitted = None
        voice, since, until = self._clock_offset.quiet
        if untimely or (admitted is not None and not (since <= now < until and voice == peer.voice)):
            self._clock_offset.heard(
                peer.voice, peer.id, now, None if admitted is None else admitted.sent - second, untimely
            )
        return refusals

    def _judge(self, peer: Peer, refusals: list[Refusal], now: float) -> None:
        """Count what a peer has sent in vain."""
        counts = Counter(refusals)
        self._counters.envelopes_refused.update(counts)
        if Refusal.TOO_MANY in counts:
            self._counters.rate_limited["topic"] += counts[Refusal.TOO_MANY]
        points = sum(refusal.penalty * count for refusal, count in counts.items())
        if points:
            peer.penalise(points, now)

    def spread(self, entry: Entry, source: object) -> int:
        """Queue an envelope for every peer that wants it and does not have it, and say how many those are.

        :param source: who brought it, see :meth:`~pystatus.waku.relay.send_queue.SendQueue.add_envelope`.

        Implements: WK-4, WK-7, WU-5
        """
        envelope = entry.envelope
        recipients = self._takers.of(envelope.topic)
        pow_value = math.inf if envelope.reaches(recipients.strictest) else envelope.pow()
        takers, entry.peers = recipients.lacking(entry.peers, pow_value)
        if takers:
            self._outgoing.add_envelope(takers, envelope, source)
        return len(takers)

    def _note_known(self, peer: Peer, envelope_hash: bytes) -> None:
        """The peer has this envelope, and gets it no more.

        Implements: WK-7
        """
        entry = self._pool.get(envelope_hash)
        if entry is None:
            return
        envelope, peers = entry.envelope, entry.peers
        self._counters.topics.count(envelope.topic, len(envelope.raw), 1, 0)
        if peer.number not in peers:
            if len(peers) >= len(self._connected):  # else those who come, send it back and go would add up
                peers = peers.intersection(self._connected)
            entry.peers = self._pool.share(peers.union(peer.alone))
            if envelope_hash in self._own:
                self._tell(EnvelopeReturned(envelope_hash, peer.id))
        elif peer.queue.size:
            peer.queue.echoed(envelope_hash)

    def _note_agreement(self, peer: Peer, known: bytes, now: float) -> None:
        """A peer brings what we have, or gives back our own: both of us have taken it, so our clocks agree. Else only
        the peer that is the first with something would have a voice."""
        entry = self._pool.get(known)
        if entry is not None and entry.envelope.ttl <= FRESH_TTL:
            peer.repeated_at = now
            self._clock_offset.heard(peer.voice, peer.id, now, entry.envelope.sent - int(now))

    def _complain(self, peer: Peer, payload: bytes, refusals: list[Refused], now: float) -> None:
        """Tell a peer that asked for no confirmations what was refused for its time: its clock is wrong, or ours, and
        it would never know. Nothing is said of the rest of the batch."""
        untimely = [refused for refused in refusals if refused[1].is_of_time]
        if untimely and len(untimely) <= MAX_UNASKED_ERRORS and peer.may_be_told(now):
            errors = _errors(untimely, packets.TIME_NOT_SYNCED)
            response = packets.MessageResponse(keccak_state(payload).digest(), errors)
            self._outgoing.add_packet(peer, packets.MESSAGE_RESPONSE, response.encode())

    def _confirm(self, peer: Peer, batch_hash: bytes, refusals: list[Refused]) -> None:
        """Confirm a batch. A mailserver's confirmation says that the batch is archived, so it waits for that; and what
        is else dropped in silence is named in it, because silence would be a lie then.

        Implements: WK-48, WK-49, WU-25
        """
        errors = _errors(refusals, None if self.keeper is None else packets.TIME_NOT_SYNCED)
        if len(errors) > (MAX_REPORTED_ERRORS if self.keeper is None else MAX_DELAYED_ERRORS):
            return
        response = packets.MessageResponse(batch_hash, errors).encode()

        def confirm() -> None:
            self._outgoing.add_packet(peer, packets.MESSAGE_RESPONSE, response)
            self._outgoing.add_packet(peer, packets.BATCH_ACKNOWLEDGED, packets.encode_batch_acknowledged(batch_hash))

        if self.keeper is None:
            confirm()
        else:
            self.keeper.when_stored(confirm)


def _errors(refusals: Iterable[Refused], silent: int | None) -> tuple[packets.EnvelopeError, ...]:
    """What a message response says of them.

    :param silent: the code of what is not reported otherwise; ``None``: it is left out.
    """
    return tuple(
        packets.EnvelopeError(envelope_hash, code, refusal.said(offset))
        for envelope_hash, refusal, offset in refusals
        if (code := silent if refusal.code is None else refusal.code) is not None
    )
