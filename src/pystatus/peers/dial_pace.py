"""How often nodes that strangers have named are dialled: nobody can have us knock at doors without end. No I/O."""

from __future__ import annotations

from pystatus.devp2p.enode import Enode
from pystatus.discovery.addresses import Key, host_key, is_local
from pystatus.peers.candidates import address_of
from pystatus.token_bucket import TokenBucket

DIALS_AT_ONCE = 30
"""Dials that may follow each other at once. Ours: a node that has just started finds its peers among fewer."""
DIALS_PER_SECOND = 2.0
"""Dials a second in the long run. Ours: with them all candidates are tried within two minutes."""
HOST_PAUSE = 35.0
"""Seconds between two dials of one address, as its node lets one in every 30 seconds (overlay.md §6.3). This machine
and local networks have no such limit."""


class DialPace:
    """The dials of the last seconds: at most :data:`DIALS_AT_ONCE`, and :data:`DIALS_PER_SECOND` in
    :data:`HOST_PAUSE`."""

    def __init__(self) -> None:
        self._bucket: TokenBucket | None = None
        self._dialled: dict[Key, float] = {}
        """In the order of time."""

    def may_dial(self, now: float) -> bool:
        """Whether anybody may be dialled."""
        return self._dials(now).tokens(now) >= 1.0

    def rests(self, enode: Enode, now: float) -> bool:
        """Whether its address was dialled a moment ago."""
        address = address_of(enode)
        if address is None or is_local(address):
            return False
        at = self._dialled.get(host_key(address))
        return at is not None and now < at + HOST_PAUSE

    def dialled(self, enode: Enode, now: float) -> None:
        """It is dialled now."""
        self._dials(now).spend(now)
        self._forget(now)
        address = address_of(enode)
        if address is not None and not is_local(address):
            self._dialled.pop(host_key(address), None)
            self._dialled[host_key(address)] = now

    def next_dial(self, now: float) -> float:
        """When the next dial is possible, as far as their number goes."""
        return now + self._dials(now).seconds_until(1.0, now)

    def next_host(self, now: float) -> float | None:
        """When an address rests no more; ``None``: none does."""
        self._forget(now)
        return min((at + HOST_PAUSE for at in self._dialled.values()), default=None)

    def _dials(self, now: float) -> TokenBucket:
        if self._bucket is None:
            self._bucket = TokenBucket(DIALS_AT_ONCE, DIALS_PER_SECOND, now)
        return self._bucket

    def _forget(self, now: float) -> None:
        for host, at in list(self._dialled.items()):
            if now < at + HOST_PAUSE:
                return
            del self._dialled[host]
