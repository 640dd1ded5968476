"""A stream, as far as its connection keeps it."""

from __future__ import annotations

from pystatus.libp2p.multistream import Negotiation


class OpenStream:
    """The protocol of a stream that is being agreed on, and until when its peer has to say something."""

    __slots__ = ("by_peer", "deadline", "negotiation")

    def __init__(self, negotiation: Negotiation, deadline: float, *, by_peer: bool) -> None:
        self.negotiation: Negotiation | None = negotiation
        """None as soon as both agree."""
        self.deadline = deadline
        self.by_peer = by_peer
