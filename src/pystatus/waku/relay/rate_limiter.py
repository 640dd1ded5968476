"""What peers may send: the limits in force, and what happens above them (6/WAKU1 "Rate Limiting", waku.md §5.5)."""

from __future__ import annotations

import math
from collections.abc import Iterable

from pystatus.waku.relay.admission import FORGIVEN_SECONDS
from pystatus.waku.relay.config import RelayConfig
from pystatus.waku.relay.counters import Counters
from pystatus.waku.relay.peer import RATE_PENALTY, Peer
from pystatus.waku.relay.rate_limits import Accounts


class RateLimiter:
    """Opens the accounts of peers, and charges packets to them."""

    def __init__(self, config: RelayConfig, counters: Counters) -> None:
        self._counters = counters
        self._accounts = _accounts(config)
        self._changed_at = -math.inf

    def __len__(self) -> int:
        """Addresses and networks remembered."""
        return len(self._accounts)

    def open(self, peer: Peer, now: float) -> None:
        """Give a peer new accounts, or none if no limit is for it."""
        accounts = self._accounts
        accounts.close(peer.accounts)
        peer.accounts = () if peer.unlimited else accounts.open(peer.source, now)
        peer.topic_accounts = None if peer.unlimited else accounts.topics()
        peer.guarantee = None if peer.unlimited else accounts.guarantee(peer.source, now)
        peer.excess = None if peer.unlimited else accounts.excess(now)

    def close(self, peer: Peer) -> None:
        """A peer has gone. What it has used up is remembered."""
        self._accounts.close(peer.accounts)

    def configure(self, config: RelayConfig, peers: Iterable[Peer], now: float) -> None:
        """Set other limits for these peers, which are all there are. What they have sent so far is forgotten."""
        self._changed_at = now
        self._accounts = _accounts(config)
        for peer in peers:
            self.open(peer, now)

    def exceeds(self, peer: Peer, size: int, now: float) -> bool:
        """Whether a packet is above a limit; counts it.

        :raises Misbehaviour: the peer does not stop.

        Implements: WK-37, WK-39
        """
        for account in peer.accounts:
            if not account.charge(size, now):
                if account.kind != "peer" and peer.guarantee is not None and peer.guarantee.charge(size, now):
                    return False
                self._counters.rate_limited[account.kind] += 1
                # The peer may not have heard of lower limits yet.
                in_vain = peer.excess is not None and not peer.excess.charge(size, now)
                if in_vain and not 0 <= now - self._changed_at < FORGIVEN_SECONDS:
                    peer.penalise(RATE_PENALTY, now)
                return True
        return False


def _accounts(config: RelayConfig) -> Accounts:
    return Accounts(config.packet_rates, config.byte_rates, config.rate_burst)
