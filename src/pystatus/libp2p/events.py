"""What happens on a libp2p connection."""

from __future__ import annotations

from typing import TypeAlias

from pystatus.libp2p.peer_id import PeerId
from pystatus.records import dataclass


@dataclass(frozen=True, slots=True)
class Connected:
    """Keys and multiplexer are agreed; streams can be opened."""

    remote: PeerId
    security: str
    """``/noise`` or ``/secio/1.0.0``."""


@dataclass(frozen=True, slots=True)
class StreamOpened:
    """Both sides of a stream agree on its protocol."""

    stream: int
    protocol: str
    by_peer: bool


@dataclass(frozen=True, slots=True)
class StreamData:
    """Bytes on a stream, cut in any way."""

    stream: int
    data: bytes


@dataclass(frozen=True, slots=True)
class StreamEnded:
    """The peer sends nothing more on a stream; it may still be written to."""

    stream: int


@dataclass(frozen=True, slots=True)
class StreamFailed:
    """There is nothing more of a stream: the peer has given it up, does not speak its protocol, or is silent."""

    stream: int
    error: str


@dataclass(frozen=True, slots=True)
class ConnectionClosed:
    """The last event."""

    error: str


Event: TypeAlias = Connected | StreamOpened | StreamData | StreamEnded | StreamFailed | ConnectionClosed
