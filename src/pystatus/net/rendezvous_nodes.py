"""The Rendezvous nodes of the settings (overlay.md §4.1)."""

from __future__ import annotations

from collections.abc import Iterable

from pystatus.errors import LocalError
from pystatus.libp2p.multiaddr import PeerAddress

MAX_NODES = 16
"""Rendezvous nodes of the settings."""


def parse_rendezvous_nodes(texts: Iterable[str]) -> tuple[PeerAddress, ...]:
    """The Rendezvous nodes of the settings, each once.

    :raises LocalError: one is malformed, or there are very many.

    Implements: CL-18
    """
    found = tuple(dict.fromkeys(PeerAddress.parse(text) for text in texts))
    if len(found) > MAX_NODES:
        raise LocalError(f"{len(found)} Rendezvous nodes are too many: name {MAX_NODES} at most.")
    return found
