"""The queries of a searcher: whom it has asked for which topic, and what of an answer it believes (overlay.md §3.6,
§10.2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from pystatus.discovery.addresses import Key, address_from_bytes, is_local, is_loopback, may_relay, subnet_key
from pystatus.discovery.discv5.node import Contact, Endpoint, NodeId
from pystatus.discovery.discv5.packets import MAX_NODES
from pystatus.discovery.discv5.radius import Target
from pystatus.discovery.discv5.wire_nodes import WireNode
from pystatus.errors import RemoteError

QUERY_TIMEOUT = 5.0
"""Seconds in which an answer counts (overlay.md §3.6)."""
QUERY_PAUSE = 60.0
"""Seconds until a node is asked for the same topic again (overlay.md §3.6)."""
MAX_QUERIES = 4_096
"""Queries that are remembered, about 400 bytes each: above what 5 lookups of 16 nodes can send in 60 s."""


QUOTA_SECONDS = 600.0
"""Seconds for which :data:`QUOTA` counts."""
QUOTA = 10
"""Nodes that all registrars of one /24 or /48 together may name for one topic, in :data:`QUOTA_SECONDS`: one full
answer. Whoever has many ids in few networks is no more than those networks (A42). The local network has no quota."""
MAX_QUOTAS = 4_096
"""Networks whose quota is remembered, about 1 kB each; the one that was heard longest ago begins anew."""
MAX_OF_NETWORK = 2
"""Nodes of one /24 or /48 in one answer: as many as a registrar of ours lists. The local network is exempt."""


class Query(NamedTuple):
    """A topicQuery under way."""

    node: NodeId
    topic: bytes
    target: Target
    """Of the lookup that led to the node."""
    at: float
    """Monotonic seconds."""


class TopicQueries:
    """What was asked. An answer is taken once: the reference takes it again and again, each time as new evidence
    (decisions.md "Discovery")."""

    __slots__ = ("_asked_at", "_open")

    def __init__(self) -> None:
        self._open: dict[tuple[NodeId, bytes], Query] = {}
        """By node and echo: the packets to all nodes of one second are equal, and so are their hashes."""
        self._asked_at: dict[tuple[NodeId, bytes], float] = {}

    def __len__(self) -> int:
        return len(self._asked_at)

    def may_ask(self, node: NodeId, topic: bytes, now: float) -> bool:
        """Whether that node was not asked for that topic in the last minute."""
        asked_at = self._asked_at.get((node, topic))
        return asked_at is None or asked_at <= now - QUERY_PAUSE

    def sent(self, echo: bytes, query: Query) -> None:
        """A query was sent.

        :param echo: the hash of its packet.
        """
        self._forget(query.at)
        self._asked_at.pop((query.node, query.topic), None)
        self._asked_at[query.node, query.topic] = query.at
        self._open[query.node, echo] = query

    def answered(self, node: NodeId, echo: bytes, now: float) -> Query | None:
        """The query that this answers; ``None``: there is none, or it is too late, or it was answered already."""
        query = self._open.get((node, echo))
        if query is None or now > query.at + QUERY_TIMEOUT:
            return None
        return self._open.pop((node, echo))

    def _forget(self, now: float) -> None:
        """Those that matter no more. Both tables are in the order of time."""
        while self._open:
            key, oldest = next(iter(self._open.items()))
            if oldest.at >= now - QUERY_TIMEOUT and len(self._open) < MAX_QUERIES:
                break
            del self._open[key]
        while self._asked_at:
            asked, at = next(iter(self._asked_at.items()))
            if at > now - QUERY_PAUSE and len(self._asked_at) < MAX_QUERIES:
                break
            del self._asked_at[asked]


class Quotas:
    """How many nodes the registrars of a network have named."""

    __slots__ = ("_named",)

    def __init__(self) -> None:
        self._named: dict[tuple[bytes, Key], tuple[float, set[NodeId]]] = {}
        """By topic and network of the registrar: when it began to count, and what was named since."""

    def within(self, topic: bytes, teller: Contact, nodes: Sequence[Contact], now: float) -> list[Contact]:
        """Those of ``nodes`` that ``teller`` may still name, or whose name counted already."""
        address = teller.endpoint.address
        if is_local(address):
            return list(nodes)
        key = topic, subnet_key(address)
        began, named = self._named.get(key, (now, set[NodeId]()))
        if now - began >= QUOTA_SECONDS:
            began, named = now, set()
        self._named.pop(key, None)
        if len(self._named) >= MAX_QUOTAS:
            del self._named[next(iter(self._named))]
        self._named[key] = began, named
        taken = []
        for node in nodes:
            if node.id in named or len(named) < QUOTA:
                named.add(node.id)
                taken.append(node)
        return taken


def listed_nodes(
    nodes: Sequence[WireNode], teller: Contact, own: NodeId, node_id_of: Callable[[bytes], NodeId]
) -> list[Contact]:
    """What we believe of an answer: at most 12 nodes, each with a key, ports, and an address that ``teller`` may send
    us to, and two of one network. A registrar that lists itself may not know its own address: then its address is
    where the answer came from.

    :param node_id_of: raises RemoteError for what is no key.
    """
    found = []
    of_network: Counter[Key] = Counter()
    for node in nodes[:MAX_NODES]:
        contact = _listed(node, teller, node_id_of)
        if contact is None or contact.id == own:
            continue
        address = contact.endpoint.address
        of_network[subnet_key(address)] += 1
        if of_network[subnet_key(address)] <= MAX_OF_NETWORK or is_local(address):
            found.append(contact)
    return found


def _listed(node: WireNode, teller: Contact, node_id_of: Callable[[bytes], NodeId]) -> Contact | None:
    address = address_from_bytes(node.ip)
    if address is None or not node.udp_port or not node.tcp_port:
        return None
    if address.is_unspecified or (is_loopback(address) and not is_loopback(teller.endpoint.address)):
        address = teller.endpoint.address
    elif not may_relay(address, teller.endpoint.address):
        return None
    try:
        return Contact(node_id_of(node.id), Endpoint(address, node.udp_port, node.tcp_port))
    except RemoteError:
        return None
