"""What a worker tells of itself: numbers for metrics, in a form that goes from one process to another."""

from __future__ import annotations

import dataclasses
import os
import time
from collections import Counter
from dataclasses import dataclass, field

from pystatus.node import Node
from pystatus.waku.admission import Refusal
from pystatus.waku.counters import Counters, Traffic

_PLAIN = [entry.name for entry in dataclasses.fields(Counters) if entry.type == "int"]


@dataclass(frozen=True, slots=True)
class PeerReport:
    """One peer of a worker. Other workers are none of them."""

    node_id: str
    """128 hexadecimal digits."""
    host: str
    client_id: str
    inbound: bool
    bytes_received: int
    bytes_sent: int


@dataclass(frozen=True, slots=True)
class NodeReport:
    """One worker's numbers. :meth:`counters` are those of its relay, as they are known of a node in one process."""

    pid: int
    peers: list[PeerReport]
    pooled: int
    """Envelopes in its pool."""
    cpu_seconds: float
    plain: dict[str, int]
    packets_received: dict[int, int]
    packets_sent: dict[int, int]
    envelopes_refused: dict[str, int]
    """By the refusal's name."""
    rate_limited: dict[str, int]
    topics: dict[str, tuple[int, int, int, int]] = field(default_factory=dict)
    """By topic in hexadecimal digits, "" for all others: envelopes and bytes in, envelopes and bytes out."""

    @classmethod
    def of(cls, node: Node) -> NodeReport:
        """The numbers of ``node`` in this process."""
        counters = node.counters
        rows = {topic.hex(): traffic for topic, traffic in counters.topics.rows.items()}
        return cls(
            pid=os.getpid(),
            peers=[
                PeerReport(peer.id.hex(), peer.enode.host or "", peer.client_id, peer.inbound, *node.traffic(peer))
                for peer in node.peers
            ],
            pooled=node.pooled,
            cpu_seconds=time.process_time(),
            plain={name: getattr(counters, name) for name in _PLAIN},
            packets_received=dict(counters.packets_received),
            packets_sent=dict(counters.packets_sent),
            envelopes_refused={refusal.name: count for refusal, count in counters.envelopes_refused.items()},
            rate_limited=dict(counters.rate_limited),
            topics={
                name: (traffic.envelopes_in, traffic.bytes_in, traffic.envelopes_out, traffic.bytes_out)
                for name, traffic in {**rows, "": counters.topics.other}.items()
            },
        )

    def counters(self) -> Counters:
        """The relay's counters, restored."""
        counters = Counters(
            packets_received=Counter(self.packets_received),
            packets_sent=Counter(self.packets_sent),
            envelopes_refused=Counter({Refusal[name]: count for name, count in self.envelopes_refused.items()}),
            rate_limited=Counter(self.rate_limited),
        )
        for name, count in self.plain.items():
            setattr(counters, name, count)
        for name, row in self.topics.items():
            traffic = counters.topics.of(bytes.fromhex(name)) if name else counters.topics.other
            traffic.add(Traffic(*row))
        return counters
