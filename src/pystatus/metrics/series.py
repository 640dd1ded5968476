"""Every series of ``/metrics``: its name, its kind, its words. Plain data: nothing is imported for it.

The first group has the names that operators of status-go v0.64.0 know from their dashboards; what they count is the
same unless the help says otherwise. The second group is ours.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from pystatus.records import dataclass

Sample: TypeAlias = tuple[str, tuple[str, ...], float]
"""Name of a series, values of its labels, value. Of a histogram there are two, with ``sum`` and ``count`` in front of
the labels."""


@dataclass(frozen=True, slots=True)
class Series:
    """One family of samples."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    help: str
    labels: tuple[str, ...] = ()


KNOWN_FROM_STATUS_GO = (
    Series("waku_envelopes_received_total", "counter", "Envelopes received, known and refused ones included."),
    Series("waku_envelopes_validated_total", "counter", "Envelopes admitted and seen for the first time."),
    Series("waku_envelopes_cached_total", "counter", "Envelopes by what the pool had: hit, miss, clear (expired).",
           ("cache",)),
    Series("waku_envelopes_cache_failures_total", "counter", "Envelopes refused, by reason.", ("type",)),
    Series("waku_envelopes_size_bytes", "histogram",
           "Size of received envelopes, as sum and count: there are no buckets below infinity."),
    Series("waku_rate_limits_processed_total", "counter", "Packets that the rate limits have looked at."),
    Series("waku_rate_limits_exceeded_total", "counter",
           "Packets beyond a rate limit (envelopes, for topics), by kind of limit.", ("type",)),
    Series("p2p_peers_count", "gauge", "Peers by their software.", ("type", "version", "platform")),
    Series("p2p_peers_absolute", "gauge", "Connected peers."),
    Series("p2p_peers_max", "gauge", "Peers that may be connected, not counting static ones."),
    Series("p2p_peers", "gauge", "Connected peers."),
    Series("p2p_ingress", "gauge", "Bytes of packets received, before compression (status-go: on the wire)."),
    Series("p2p_egress", "gauge", "Bytes of packets sent, before compression (status-go: on the wire)."),
)  # fmt: skip

OURS = (
    Series("pystatus_info", "gauge", "1, with the version as a label.", ("version", "python")),
    Series("pystatus_ready", "gauge", "Whether /ready says yes."),
    Series("pystatus_ports_mapped", "gauge", "Whether a router keeps the ports of this node open."),
    Series("pystatus_peers_ready", "gauge", "Peers with which envelopes are exchanged."),
    Series("pystatus_static_peers", "gauge", "Peers to stay connected to, by how that goes.", ("state",)),
    Series("pystatus_peers_by_source", "gauge", "Peers that this node has dialled, by what has found them.",
           ("source",)),
    Series("pystatus_peers_wanted", "gauge", "Peers with which no more of a topic are looked for.", ("topic",)),
    Series("pystatus_peers_of_topic", "gauge", "Peers of a topic that this node has dialled.", ("topic",)),
    Series("pystatus_peers_searched", "gauge", "Whether peers of a topic are looked for now.", ("topic",)),
    Series("pystatus_peer_candidates", "gauge", "Nodes that may become peers, by what has found them.", ("source",)),
    Series("pystatus_clock_offset_seconds", "gauge",
           "Seconds that the right time is ahead of this machine's clock, by peers or time servers; 0: it is right."),
    Series("pystatus_clock_suspecting_peers", "gauge",
           "Networks of peers that suspect this machine's clock, if more do than agree with it."),
    Series("pystatus_clock_time_servers", "gauge",
           "Time servers that agree with each other; 0: none is asked, or too few have answered."),
    Series("pystatus_clock_correction_seconds", "gauge",
           "Seconds by which the time in use is ahead of this machine's clock."),
    Series("pystatus_packets_total", "counter", "Waku packets.", ("direction", "packet")),
    Series("pystatus_dialect_packets_total", "counter", "Packets in both directions, by the version they are in.",
           ("dialect",)),
    Series("pystatus_bytes_total", "counter", "Bytes of Waku packets, before compression.", ("direction",)),
    Series("pystatus_envelopes_sent_total", "counter", "Envelopes sent: three times for three peers."),
    Series("pystatus_envelopes_dropped_total", "counter", "Envelopes given up because their peer does not read."),
    Series("pystatus_envelopes_evicted_total", "counter", "Envelopes that left a full pool early."),
    Series("pystatus_packets_cut_total", "counter", "Packets of which not all envelopes were taken: 32,768 are."),
    Series("pystatus_peers_misbehaved_total", "counter", "Peers that were disconnected for their behaviour."),
    Series("pystatus_bans", "gauge", "Peers that may not connect now."),
    Series("pystatus_pool_envelopes", "gauge", "Envelopes in the pool."),
    Series("pystatus_pool_bytes", "gauge", "Bytes of the envelopes in the pool."),
    Series("pystatus_archive_envelopes_total", "counter",
           "Envelopes of a mailserver: archived (new ones that it heard), caught_up (new ones that others had), lost "
           "(archive full or away), ignored (too old, too large).",
           ("outcome",)),
    Series("pystatus_archive_well", "gauge", "Whether the archive of a mailserver takes what comes."),
    Series("pystatus_archive_lacking_seconds", "gauge",
           "Seconds within the retention, 30 days at most, that no mailserver is known to have covered."),
    Series("pystatus_history_requests_total", "counter", "Requests to a mailserver: accepted, refused.", ("outcome",)),
    Series("pystatus_peer_bytes_total", "counter",
           "Bytes of Waku packets by peer (the first 16 digits of its node id), of the busiest peers.",
           ("peer", "direction")),
    Series("pystatus_topic_bytes_total", "counter", "Bytes of envelopes by topic, of the busiest topics.",
           ("topic", "direction")),
    Series("pystatus_topic_envelopes_total", "counter", "Envelopes by topic, of the busiest topics.",
           ("topic", "direction")),
)  # fmt: skip

DISCOVERY = (
    Series("pystatus_discovery_datagrams_total", "counter",
           "Datagrams of Discovery v5 that were handled (in) or made (out), by type.", ("direction", "type")),
    Series("pystatus_discovery_bytes_total", "counter", "Bytes of datagrams of Discovery v5, refused ones included.",
           ("direction",)),
    Series("pystatus_discovery_refused_total", "counter", "Datagrams that were refused, by reason.", ("reason",)),
    Series("pystatus_discovery_socket_errors_total", "counter",
           "Datagrams that the system did not send, or errors in place of one, by the name of the error.", ("error",)),
    Series("pystatus_discovery_rests_total", "counter",
           "Times that the sockets were left alone because in a flood even picking out answers took too long."),
    Series("pystatus_discovery_nodes", "gauge", "Nodes in the table of Discovery v5."),
    Series("pystatus_discovery_ads", "gauge", "Ads of nodes that are listed here, of all topics."),
    Series("pystatus_discovery_lookups_total", "counter", "Lookups in the network that were begun."),
)  # fmt: skip
"""Of bootnodes, and of nodes with Discovery v5."""

RENDEZVOUS = (
    Series("pystatus_rendezvous_connections", "gauge", "Connections of clients."),
    Series("pystatus_rendezvous_refused_connections_total", "counter",
           "Connections that were not taken because there were too many."),
    Series("pystatus_rendezvous_requests_total", "counter", "Requests that were answered, by what was asked and the "
           "status of the answer.", ("request", "status")),
    Series("pystatus_rendezvous_records_total", "counter", "Node records that were handed out."),
    Series("pystatus_rendezvous_registrations", "gauge", "Registrations that there are, by topic.", ("topic",)),
)  # fmt: skip
"""Of Rendezvous nodes."""

PROCESS = (
    Series("process_cpu_seconds_total", "counter", "CPU time of the process."),
    Series("process_resident_memory_bytes", "gauge", "Memory of the process."),
    Series("process_virtual_memory_bytes", "gauge", "Address space of the process."),
    Series("process_start_time_seconds", "gauge", "When the process was started, Unix time."),
    Series("process_open_fds", "gauge", "Open file descriptors."),
    Series("process_max_fds", "gauge", "Most file descriptors that it may open."),
)
"""These come from the Prometheus client library."""

SERIES: dict[str, Series] = {series.name: series for series in (*KNOWN_FROM_STATUS_GO, *OURS, *DISCOVERY)}
"""What :func:`pystatus.metrics.reading.samples` reads, by name."""
