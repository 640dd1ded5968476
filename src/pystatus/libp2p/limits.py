"""What a peer may take on one connection. None of it is announced: libp2p has no way to."""

from pystatus.records import dataclass

MAX_HANDSHAKE_MESSAGE = 4096
"""Bytes of one message of SECIO or Noise before the peer is known. Those of secp256k1 keys have less than 300, and with
an RSA key of 4,096 bits less than 1,200."""
MAX_FRAME_SIZE = 65_535
"""Bytes of one encrypted frame, which is kept until it is complete. Noise has no longer ones; of SECIO the reference
would take 8 MiB, and writes what its caller writes, which in Rendezvous is less than 4 KiB."""


@dataclass(frozen=True, slots=True)
class Libp2pLimits:
    """How much, how often and how long."""

    handshake_timeout: float = 10.0
    """Seconds until both have agreed on keys and multiplexer. Ours; the reference waits 30 for the keys alone."""
    stream_timeout: float = 10.0
    """Seconds without a byte from the peer on an open stream: the reference's deadline for one item (overlay.md
    §4.3)."""
    idle_timeout: float = 75.0
    """Seconds without an open stream. Clients ask every 30 seconds at the slow pace (overlay.md §7.1)."""
    max_streams: int = 16
    """Streams that the peer may have open. The reference opens three: identify, ping and Rendezvous."""
    bytes_burst: float = 128 << 10
    """Bytes that the peer may send at once, of whatever kind. Registering and asking take less than 2 KiB each, the
    handshake as much."""
    bytes_per_second: float = 4096.0
    """The same in the long run."""
    control_burst: float = 64.0
    """Frames at once that ask for an answer of the multiplexer: new streams and Pings."""
    control_per_second: float = 8.0
    """The same in the long run. The reference pings every 30 seconds, and opens a stream for each question."""
