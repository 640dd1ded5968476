"""Reads a node's numbers when somebody asks for them: nothing is counted for metrics alone."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Iterator

from pystatus.metrics.series import Sample
from pystatus.net.peer import Peer
from pystatus.node import DIALECTS, Node
from pystatus.peers.sources import Source
from pystatus.version import VERSION
from pystatus.waku import packets
from pystatus.waku.relay.admission import Refusal

TOP_PEERS = 50
"""Peers with a series of their own, the busiest first: as many as a node has by default."""
TOP_TOPICS = 50
"""Topics with series of their own, the busiest first. A series lives on in Prometheus for weeks, and strangers choose
the topics: this is what they can make it store at a time."""
MAX_LABEL = 40
"""Characters of a part of a peer's client name that become a label. Strangers choose it."""
MAX_CLIENTS = 50
"""Kinds of software that are told apart; the rarest are counted together as "other"."""

_REFUSALS = {
    Refusal.FROM_FUTURE: "in_future",
    Refusal.EXPIRED: "expired",
    Refusal.VERY_OLD: "very_old",
    Refusal.TOO_LARGE: "oversized",
    Refusal.LOW_POW: "low_pow",
    Refusal.LOW_POW_FOR_FUTURE: "low_pow",
    Refusal.NOT_WANTED: "no_topic_interest_match",
}
"""What the reference calls our refusals; the others go by our own names."""
_LIMITS = {"peer": "peer_id"}
"""What the reference calls our rate limits; the others go by our own names."""
_PACKETS = {
    packets.STATUS: "status",
    packets.MESSAGES: "messages",
    packets.BATCH_ACKNOWLEDGED: "batch_acknowledged",
    packets.MESSAGE_RESPONSE: "message_response",
    packets.STATUS_UPDATE: "status_update",
    packets.P2P_REQUEST: "p2p_request",
    packets.P2P_MESSAGE: "p2p_message",
    packets.P2P_REQUEST_COMPLETE: "p2p_request_complete",
}


def samples(node: Node, *, ready: bool) -> Iterator[Sample]:
    """The numbers of ``node`` now."""
    yield "pystatus_info", (VERSION, platform.python_version()), 1
    yield "pystatus_ready", (), ready
    yield "pystatus_ports_mapped", (), int(node.address.is_mapped)
    yield from _clock(node)
    yield from _envelopes(node)
    yield from _packets(node)
    yield from _peers(node)
    yield from _finding(node)
    yield from _history(node)
    yield from _topics(node)


def _clock(node: Node) -> Iterator[Sample]:
    clock = node.clock
    yield "pystatus_clock_offset_seconds", (), clock.machine_offset
    yield "pystatus_clock_suspecting_peers", (), clock.disagreeing if clock.is_suspected else 0
    yield "pystatus_clock_time_servers", (), clock.servers
    yield "pystatus_clock_correction_seconds", (), round(clock.correction, 3)


def _envelopes(node: Node) -> Iterator[Sample]:
    counters = node.relay.counters
    refused: Counter[str] = Counter()
    for refusal in Refusal:
        refused[_REFUSALS.get(refusal, refusal.name.lower())] += counters.envelopes_refused[refusal]
    received = counters.envelopes_new + counters.envelopes_known + refused.total()
    yield "waku_envelopes_received_total", (), received
    yield "waku_envelopes_validated_total", (), counters.envelopes_new
    yield "waku_envelopes_cached_total", ("hit",), counters.envelopes_known
    yield "waku_envelopes_cached_total", ("miss",), counters.envelopes_new
    yield "waku_envelopes_cached_total", ("clear",), counters.envelopes_expired
    for name, count in refused.items():
        yield "waku_envelopes_cache_failures_total", (name,), count
    traffic = [*counters.topics.rows.values(), counters.topics.other]
    yield "waku_envelopes_size_bytes", ("sum",), sum(row.bytes_in for row in traffic)
    yield "waku_envelopes_size_bytes", ("count",), sum(row.envelopes_in for row in traffic)
    yield "pystatus_envelopes_sent_total", (), counters.envelopes_sent
    yield "pystatus_envelopes_dropped_total", (), counters.envelopes_dropped
    yield "pystatus_envelopes_evicted_total", (), counters.envelopes_evicted
    yield "pystatus_packets_cut_total", (), counters.packets_cut
    yield "pystatus_pool_envelopes", (), len(node.relay.pool)
    yield "pystatus_pool_bytes", (), node.relay.pool.bytes


def _packets(node: Node) -> Iterator[Sample]:
    counters = node.relay.counters
    yield "pystatus_bytes_total", ("in",), counters.bytes_received
    yield "pystatus_bytes_total", ("out",), counters.bytes_sent
    yield "p2p_ingress", (), counters.bytes_received
    yield "p2p_egress", (), counters.bytes_sent
    for direction, by_code in (("in", counters.packets_received), ("out", counters.packets_sent)):
        named: Counter[str] = Counter(dict.fromkeys(_PACKETS.values(), 0))
        for code, count in by_code.items():
            named[_PACKETS.get(code, "unknown")] += count
        for name, count in named.items():
            yield "pystatus_packets_total", (direction, name), count
    for dialect in DIALECTS.values():
        yield "pystatus_dialect_packets_total", (dialect.title,), counters.packets_by_dialect[dialect.title]
    yield "waku_rate_limits_processed_total", (), counters.packets_received.total()
    for kind in sorted({"ip", "peer", "prefix", "topic"} | counters.rate_limited.keys()):
        yield "waku_rate_limits_exceeded_total", (_LIMITS.get(kind, kind),), counters.rate_limited[kind]
    yield "pystatus_peers_misbehaved_total", (), counters.misbehaved


def _peers(node: Node) -> Iterator[Sample]:
    peers = node.peers
    connected = len(node.network.peers)
    yield "p2p_peers_absolute", (), connected
    yield "p2p_peers", (), connected
    yield "p2p_peers_max", (), node.config.max_peers
    yield "pystatus_peers_ready", (), len(peers)
    yield "pystatus_bans", (), len(node.network.bans)
    static = node.static_peers
    there = sum(peer.is_connected for peer in static)
    yield "pystatus_static_peers", ("connected",), there
    yield "pystatus_static_peers", ("missing",), len(static) - there
    clients = Counter(client_labels(peer.client_id) for peer in node.network.peers).most_common()
    for labels, count in clients[:MAX_CLIENTS]:
        yield "p2p_peers_count", labels, count
    if len(clients) > MAX_CLIENTS:
        yield "p2p_peers_count", ("other", "other", "other"), sum(count for _, count in clients[MAX_CLIENTS:])
    yield from _peer_traffic(node, peers)


def _finding(node: Node) -> Iterator[Sample]:
    dialled = Counter(peer.source.value for peer in node.peers if peer.source is not None)
    for source in Source:
        yield "pystatus_peers_by_source", (source.value,), dialled[source.value]
    finding = node.finding
    if finding is None:
        return
    for topic, state in finding.topics.items():
        yield "pystatus_peers_wanted", (topic,), state.limits.max
        yield "pystatus_peers_of_topic", (topic,), state.peers
        yield "pystatus_peers_searched", (topic,), state.period is not None
    for source, count in finding.candidates.items():
        yield "pystatus_peer_candidates", (source.value,), count
    if finding.discv5 is not None:
        from pystatus.metrics.discovery import discovery_samples  # a node without Discovery v5 loads nothing of it

        yield from discovery_samples(finding.discv5)


def _peer_traffic(node: Node, peers: tuple[Peer, ...]) -> Iterator[Sample]:
    traffic = {peer.id.hex()[:16]: node.relay.peer(peer).traffic for peer in peers}
    for name in sorted(traffic, key=lambda one: sum(traffic[one]), reverse=True)[:TOP_PEERS]:
        received, sent = traffic[name]
        yield "pystatus_peer_bytes_total", (name, "in"), received
        yield "pystatus_peer_bytes_total", (name, "out"), sent


def _history(node: Node) -> Iterator[Sample]:
    if node.mailserver is None:
        return
    archiver, server = node.mailserver.archiver, node.mailserver.server
    yield "pystatus_archive_envelopes_total", ("archived",), archiver.archived
    yield "pystatus_archive_envelopes_total", ("lost",), archiver.lost
    catching_up = node.catching_up
    assert catching_up is not None, "every mailserver has one"
    yield "pystatus_archive_envelopes_total", ("ignored",), archiver.ignored + catching_up.found.ignored
    yield "pystatus_archive_envelopes_total", ("caught_up",), catching_up.found.archived
    if catching_up.lacking is not None:
        yield "pystatus_archive_lacking_seconds", (), catching_up.lacking
    yield "pystatus_archive_well", (), archiver.problem is None
    yield "pystatus_history_requests_total", ("accepted",), server.accepted
    yield "pystatus_history_requests_total", ("refused",), server.refused


def _topics(node: Node) -> Iterator[Sample]:
    rows = node.relay.counters.topics.rows
    busiest = sorted(rows, key=lambda topic: rows[topic].bytes_in + rows[topic].bytes_out, reverse=True)
    for topic in busiest[:TOP_TOPICS]:
        row = rows[topic]
        name = f"0x{topic.hex()}"
        yield "pystatus_topic_bytes_total", (name, "in"), row.bytes_in
        yield "pystatus_topic_bytes_total", (name, "out"), row.bytes_out
        yield "pystatus_topic_envelopes_total", (name, "in"), row.envelopes_in
        yield "pystatus_topic_envelopes_total", (name, "out"), row.envelopes_out


def client_labels(client_id: str) -> tuple[str, str, str]:
    """Type, version and platform in a client's name, as the reference takes them apart; "unknown" where it differs."""
    parts = [part[:MAX_LABEL] for part in client_id.split("/")]
    if len(parts) == 4:
        return parts[0], parts[1], parts[2]
    if len(parts) == 3:
        return parts[0], "unknown", parts[1]
    return "unknown", "unknown", "unknown"
