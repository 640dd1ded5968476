"""The contract between the peer pool and what finds nodes for it (overlay.md §7.1, §10.4).

Every source (static peers, the cache, DNS lists, Rendezvous, Discovery v5) reports what it finds to one pool, with the
same call. The pool says which topics are searched, how often, and which are registered.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol, TypeAlias

from pystatus.devp2p.enode import Enode

WHISPER = "whisper"
"""The topic of relays, also of those that speak Waku: there is no topic of that name (overlay.md §3.7)."""
WHISPERMAIL = "whispermail"
"""The topic of mailservers (overlay.md §3.7)."""


class Source(StrEnum):
    """Where the address of a node comes from. The values are shown to people and stand in JSON."""

    STATIC = "static"
    """The settings, or a person."""
    CACHE = "cached"
    """It was a good peer of an earlier run (overlay.md §7.5)."""
    DNS = "dns"
    """A node list in DNS (overlay.md §5)."""
    RENDEZVOUS = "rendezvous"
    """A Rendezvous node (overlay.md §4)."""
    DISCV5 = "discv5"
    """Discovery v5 (overlay.md §3)."""


Found: TypeAlias = Callable[[Source, str, Enode], None]
"""Called by a source for each node that it finds: the source, the topic it was found under, and the node, which says
where to dial it. The address was checked by the source (overlay.md §10.3); the pool checks it again. It must not be
called after :meth:`DiscoverySource.close` has returned."""


class DiscoverySource(Protocol):
    """One mechanism that finds nodes by topic. It lives in an event loop; no method but the two coroutines waits."""

    source: Source

    async def start(self) -> None:
        """Begin. Called again after :meth:`close`, it begins anew.

        :raises LocalError: it cannot (a port is in use); nothing of it runs then.
        """

    async def close(self) -> None:
        """End: nothing is searched, registered, or reported any more. Closing again changes nothing."""

    def search(self, topic: str, period: float | None) -> None:
        """Look for nodes of a topic now and then every ``period`` seconds, or at the new pace; ``None``: stop. A topic
        that is not searched may be stopped."""

    def register(self, topic: str) -> None:
        """Be found under a topic, until :meth:`unregister` or :meth:`close`. Registering again changes nothing."""

    def unregister(self, topic: str) -> None:
        """Be found under it no more. A topic that is not registered may be unregistered."""
