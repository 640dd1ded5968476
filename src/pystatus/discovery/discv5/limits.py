"""What one node of Discovery v5 keeps, sends and waits for (overlay.md §3.2, §10.2)."""

from __future__ import annotations

from pystatus.records import dataclass

RESPONSE_TIMEOUT = 0.5
"""Seconds until an answer is late (overlay.md §3.2)."""
EXPIRATION = 20
"""Seconds from sending to the expiration in a packet (overlay.md §3.2)."""
CLOCK_SLACK = 10
"""Seconds that the clock of a sender may be wrong by, as in Waku (waku.md §4)."""
REPLAY_SECONDS = EXPIRATION + 2 * CLOCK_SLACK
"""Seconds that the hash of a packet is remembered: as long as any expiration is accepted (overlay.md §10.2)."""
ALPHA = 3
"""Questions of one lookup at a time (overlay.md §3.2)."""
BUCKET_SIZE = 16
"""Nodes in a bucket of the table, and in the result of a lookup (overlay.md §3.2)."""
MAX_FAILURES = 5
"""Questions that a known node may leave unanswered before it is checked again (overlay.md §3.2)."""
MAX_TOPIC_SIZE = 64
"""Bytes of a topic (overlay.md §10.2)."""
MAX_PING_TOPICS = 8
"""Topics in a ping that get a ticket (overlay.md §10.2)."""
MAX_TOPIC_NODES = 10
"""Nodes in an answer to topicQuery (overlay.md §3.5)."""
LOWEST_RELAYED_PORT = 1_025
"""UDP ports below are not believed of a node that another one names (overlay.md §3.2)."""
REFRESH_SECONDS = 3_600
"""Seconds between two refreshes of the table (overlay.md §3.2)."""
BUCKET_REFRESH_SECONDS = 60
"""Seconds from the end of one lookup of the table's own to the next (overlay.md §3.2)."""


@dataclass(frozen=True)
class Limits:
    """What can differ from node to node."""

    max_nodes: int = 5_000
    """Nodes that are remembered (overlay.md §10.2)."""
    replacements: int = 10
    """Nodes that wait for a place in a bucket (overlay.md §10.2; the reference has 16)."""
    nodes_of_subnet_in_bucket: int = 2
    """Of one /24 or /48; local networks are exempt (overlay.md §10.2)."""
    nodes_of_subnet_in_table: int = 10
    """Of one /24 or /48; local networks are exempt (overlay.md §10.2)."""
    packets_per_second: float = 10.0
    """From one address or /64, on average; local networks are exempt (overlay.md §10.2)."""
    packets_at_once: float = 40.0
    """From one address or /64, after a pause."""
    max_lookups: int = 32
    """Lookups at a time; our own refreshing begins also beyond."""
    max_queries: int = 256
    """Questions of callers to single nodes at a time."""
