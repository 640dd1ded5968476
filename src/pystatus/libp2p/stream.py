"""A stream, as far as its connection keeps it."""

from __future__ import annotations

from pystatus.libp2p.multistream import Negotiation


class OpenStream:
    """The protocol of a stream that is being agreed on, and until when its peer has to say something."""

    __slots__ = ("by_peer", "deadline", "has_ended", "negotiation")

    def __init__(self, negotiation: Negotiation, deadline: float, *, by_peer: bool) -> None:
        self.negotiation: Negotiation | None = negotiation
        """None as soon as both agree."""
        self.deadline = deadline
        self.by_peer = by_peer
        self.has_ended = False
        """Whether we send nothing more on it: then what still comes keeps it no longer."""

    @property
    def why_late(self) -> str:
        """What it is given up for at its deadline."""
        return "the peer does not end the stream" if self.has_ended else "the peer is silent"
