"""Why a datagram is refused: counted, and not said to the peer."""

from __future__ import annotations

from enum import StrEnum

from pystatus.errors import RemoteError


class Reason(StrEnum):
    """What a datagram is counted under."""

    RATE = "rate"
    """Its address has sent too many."""
    PACKET = "packet"
    """Its size, prefix, type, or body is wrong."""
    SIGNATURE = "signature"
    """Nobody can have signed it, or we did."""
    EXPIRED = "expired"
    REPLAY = "replay"
    SOURCE = "source"
    """Its address is none of a node: unspecified, or of many."""
    FULL = "full"
    """There is no room for another node."""
    STATE = "state"
    """Its sender is not verified."""
    ADDRESS = "address"
    """Its sender is verified at another address or port."""
    KEY = "key"
    """A bootnode is named at its address, by another key."""
    TOKEN = "token"  # noqa: S105 - of a ping
    """No ping of ours is under way that it answers."""
    UNASKED = "unasked"
    """Nothing was asked that it answers."""
    TICKET = "ticket"
    """The ticket in it is not what it should be."""


class Refused(RemoteError):
    """A datagram is refused."""

    def __init__(self, reason: Reason, text: str) -> None:
        super().__init__(text)
        self.reason = reason
