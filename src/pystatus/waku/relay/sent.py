"""The envelopes that a node posts itself: what becomes of them (waku.md §4.7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pystatus.errors import RemoteError
from pystatus.waku import packets
from pystatus.waku.relay.events import EnvelopeExpired, EnvelopeSent, Event
from pystatus.waku.relay.expiry import ExpiryIndex
from pystatus.waku.relay.peer import MALFORMED_PENALTY, Peer
from pystatus.waku.relay.pool import Entry


class SentEnvelopes:
    """Own envelopes from their posting to their expiry."""

    def __init__(self) -> None:
        self._entries: dict[bytes, Entry] = {}
        self._until: ExpiryIndex[bytes] = ExpiryIndex()
        self.bytes = 0
        """Of all of them."""

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, envelope_hash: bytes) -> bool:
        return envelope_hash in self._entries

    def hashes(self) -> Iterable[bytes]:
        return self._entries.keys()

    def get(self, envelope_hash: bytes) -> Entry | None:
        return self._entries.get(envelope_hash)

    def add(self, entry: Entry) -> None:
        envelope = entry.envelope
        self._entries[envelope.hash] = entry
        self.bytes += len(envelope.raw)
        self._until.add(envelope.expiry, envelope.hash)

    def next_timer(self) -> int | None:
        """The first Unix second at which one has expired."""
        nearest = self._until.nearest()
        return None if nearest is None else nearest + 1

    def give_up_after(self, second: int) -> Iterator[Event]:
        """Forget what claims to be sent after Unix second ``second``: our clock was ahead, and nobody takes it."""
        for envelope in [entry.envelope for entry in self._entries.values() if entry.envelope.sent > second]:
            self._drop(envelope.hash)
            self._until.discard(envelope.expiry, envelope.hash)
            yield EnvelopeExpired(envelope.hash)

    def expire(self, second: int) -> Iterator[Event]:
        """Forget what expired before Unix second ``second``."""
        for _, envelope_hash in self._until.pop_before(second):
            self._drop(envelope_hash)
            yield EnvelopeExpired(envelope_hash)

    def _drop(self, envelope_hash: bytes) -> None:
        self.bytes -= len(self._entries.pop(envelope_hash).envelope.raw)

    def sent(self, peer: Peer, own: tuple[bytes, ...], batch_hash: bytes) -> Iterable[EnvelopeSent]:
        """A Messages packet goes to a peer. What a light node has is not sent yet.

        :param own: hashes of the own envelopes in it.
        :param batch_hash: what names it in confirmations: the Keccak-256 of its body.

        Implements: WK-47
        """
        if peer.light:
            return ()
        peer.await_confirmation(batch_hash, own)  # without confirmations there may be a complaint
        return [EnvelopeSent(envelope_hash, peer.id) for envelope_hash in own]

    def confirmed(self, peer: Peer, code: int, payload: bytes, now: float) -> Iterable[Event]:
        """A peer answers a batch. The first of its two answers settles it; those to other batches are ignored (A25).

        :raises Misbehaviour: the packet was malformed once too often.
        """
        if not peer.awaited:
            return ()
        try:
            if len(payload) > packets.MAX_SIZES[code]:
                raise RemoteError(f"confirmation of {len(payload)} bytes")
            if code == packets.MESSAGE_RESPONSE:
                if packets.answered_batch(payload) not in peer.awaited:
                    return ()  # a relay that confirms nothing leaves something awaited for ever, and others may follow
                response = packets.MessageResponse.decode(payload)
            else:
                response = packets.MessageResponse(packets.decode_batch_acknowledged(payload))
        except RemoteError:
            peer.penalise(MALFORMED_PENALTY, now)
            return ()
        return () if response is None else peer.settle(response)
