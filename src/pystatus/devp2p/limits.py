"""Every limit of a connection, with its unit, its source and its reason."""

from pystatus.records import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Times in seconds, sizes in bytes."""

    max_packet_size: int = 16 * MEBIBYTE - 1
    """Largest payload that we accept, after decompression: what the reference sends at most, whose relays give a
    newcomer their whole pool in one packet (overlay.md §2.4, decisions.md "Waku"). So more is accepted than sent."""
    max_sent_packet_size: int = 1 * MEBIBYTE
    """Largest payload that we send, before compression: what the reference accepts (decisions.md "Waku")."""
    handshake_timeout: float = 5.0
    """From the start to the peer's Hello, both handshakes together (overlay.md §2.8)."""
    first_byte_timeout: float = 2.0
    """How long somebody who dialled us may stay silent at first (overlay.md §10.1, hardened)."""
    idle_timeout: float = 30.0
    """Longest pause between two complete frames (overlay.md §2.8). Pings keep honest peers below it."""
    ping_interval: float = 15.0
    """Pause between two Pings of ours (overlay.md §2.8)."""
    base_message_burst: int = 20
    """Pings and other messages of the base protocol that a peer may send at once. More than a half-minute stall of an
    honest peer can pile up."""
    base_messages_per_second: float = 2.0
    """How many it may send in the long run (overlay.md §10.1, hardened: two pings a second)."""
