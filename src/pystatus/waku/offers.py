"""What is pooled already, for peers that came late or want more than before: a little at a time, so that live traffic
does not wait for newcomers (A17)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pystatus.waku.peer import Peer
from pystatus.waku.pool import Entry

OFFER_BYTES = 128 << 10
"""Bytes of pooled envelopes that are queued at a time, for all such peers together: a millisecond of sending."""
OFFER_LOOKS = 2000
"""Pooled envelopes that are looked at for it: a millisecond, too."""
MAX_OFFERED = 4 << 20
"""Bytes in the queue of a peer at which it is offered no more until some have left."""


class Offers:
    """Peers to which the pool is being offered, each in its turn."""

    def __init__(self, give: Callable[[Peer, Entry], int]) -> None:
        """
        :param give: queues an envelope for a peer if it wants it and has it not, and says how many bytes that are.
        """
        self._give = give
        self._left: dict[Peer, Iterator[Entry]] = {}

    def __bool__(self) -> bool:
        """Whether anybody has not been offered everything."""
        return bool(self._left)

    def begin(self, peer: Peer, entries: Iterable[Entry]) -> None:
        """Offer these, in place of what was not offered yet."""
        self._left[peer] = iter(list(entries))

    def end(self, peer: Peer) -> None:
        """It has gone."""
        self._left.pop(peer, None)

    def go_on(self) -> bool:
        """Queue a little more. Whether there is something to go on with at once."""
        size = looks = 0
        for peer in list(self._left):
            if size >= OFFER_BYTES or looks >= OFFER_LOOKS:
                return True
            if not peer.writable or peer.queue_size >= MAX_OFFERED:
                continue
            left = self._left.pop(peer)
            for entry in left:
                looks += 1
                size += self._give(peer, entry)
                if size >= OFFER_BYTES or looks >= OFFER_LOOKS:
                    self._left[peer] = left  # behind the others
                    break
        return any(peer.writable and peer.queue_size < MAX_OFFERED for peer in self._left)
