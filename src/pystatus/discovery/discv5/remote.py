"""One node of others, as long as it is remembered, and the questions to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pystatus.discovery.addresses import is_local, subnet_key
from pystatus.discovery.discv5.node import Contact, Endpoint, NodeId, Times
from pystatus.discovery.discv5.states import State

NO_SUBNET = -1
"""Nodes of the local network are exempt from limits for networks."""


class RemoteNode:
    """What is known of a node. There are thousands in one process of a simulation, so it has few fields."""

    __slots__ = (
        "_endpoint",
        "failures",
        "heard",
        "id",
        "index",
        "ping_hash",
        "ping_topics",
        "query",
        "rest",
        "state",
        "subnet",
        "waiting",
    )

    def __init__(self, id: NodeId, endpoint: Endpoint, now: Times) -> None:  # noqa: A002 - the term of the protocol
        self.id = id
        self.endpoint = endpoint
        self.state = State.UNKNOWN
        self.failures = 0
        """Questions unanswered since it became known, or since its last answer."""
        self.heard = now.monotonic
        """When its last good packet came, or when we were told of it."""
        self.ping_hash: bytes | None = None
        """Token of our ping under way."""
        self.ping_topics: tuple[bytes, ...] = ()
        """Of that ping."""
        self.query: Query | None = None
        """The question under way."""
        self.waiting: list[Query] | None = None
        """Questions after that, or after its verification."""
        self.rest: Query | None = None
        """A question whose answer was as long as one packet can be: the rest may come."""
        self.index = -1
        """Place in the :class:`~pystatus.discovery.discv5.node_map.NodeMap`; -1: in none."""

    @property
    def endpoint(self) -> Endpoint:
        return self._endpoint

    @endpoint.setter
    def endpoint(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        address = endpoint.address
        version, bits = subnet_key(address)
        self.subnet = NO_SUBNET if is_local(address) else bits << 8 | version
        """Of its /24 or /48, as one number."""

    @property
    def contact(self) -> Contact:
        return Contact(self.id, self._endpoint)

    def is_at(self, contact: Contact) -> bool:
        """Whether this is the node, and its UDP socket is there."""
        mine, other = self._endpoint, contact.endpoint
        return self.id == contact.id and mine.udp_port == other.udp_port and mine.address == other.address

    def __repr__(self) -> str:
        return f"RemoteNode({self.id.hash.hex()[:8]}, {self._endpoint.address}, {self.state.name})"


class Asker(Protocol):
    """Who wants to know."""

    def answered(self, node: RemoteNode, nodes: Sequence[RemoteNode | None], is_all: bool, now: Times) -> None:
        """A packet of the answer came. ``None`` stands for a node that was refused; ``is_all``: nothing more comes."""
        ...

    def failed(self, node: RemoteNode, now: Times) -> None:
        """There is no answer."""
        ...


class Query:
    """One findnodeHash: its target of 32 bytes, and who wants to know."""

    __slots__ = ("asker", "target")

    def __init__(self, target: bytes, asker: Asker) -> None:
        self.target = target
        self.asker = asker
