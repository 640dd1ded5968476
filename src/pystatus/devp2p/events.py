"""What happens on a connection, as seen from above."""

from typing import TypeAlias

from pystatus.devp2p.capabilities import Capability, SharedCapability
from pystatus.records import dataclass


@dataclass(frozen=True, slots=True)
class Connected:
    """Both handshakes are done: the peer has proven its key and speaks something that we speak. Always the first event
    but for :class:`ConnectionClosed`."""

    remote_id: bytes
    """64 bytes X ‖ Y of the proven key."""
    client_id: str
    """What the peer calls its software. Unprintable characters are replaced: it may be shown."""
    capabilities: tuple[Capability, ...]
    """Everything that the peer announced."""
    shared: tuple[SharedCapability, ...]
    """What is spoken on this connection."""
    listen_port: int
    """As announced; most nodes say 0."""


@dataclass(slots=True)
class PacketReceived:
    """A packet of a shared capability. ``code`` counts from the start of that capability's codes. Treat it as
    immutable; to have that enforced would take three times as long to make, and every packet is one."""

    capability: Capability
    code: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class ConnectionClosed:
    """Always the last event. What is still to be sent is to be written, then the transport closed."""

    reason: int | None
    """The reason in the Disconnect that was sent or received; None if there was none."""
    by_peer: bool
    """The peer ended it, by a Disconnect or by closing the transport."""
    error: str
    """What happened, for logs and people."""


Event: TypeAlias = Connected | PacketReceived | ConnectionClosed
