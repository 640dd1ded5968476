"""What a :class:`~pystatus.discovery.discv5.service.Discovery` tells its user."""

from __future__ import annotations

from typing import TypeAlias

from pystatus.discovery.discv5.node import DiscoveredNode
from pystatus.records import dataclass


@dataclass(frozen=True, slots=True)
class NodeFound:
    """A registrar lists this node under a topic that is searched for."""

    topic: str
    node: DiscoveredNode
    registrar: DiscoveredNode
    """Who says so."""


@dataclass(frozen=True, slots=True)
class LookupDone:
    """A lookup is over: the nodes nearest to its target, nearest first, at most 16. Each has answered a ping or was
    named by a node that did."""

    lookup_id: int
    nodes: tuple[DiscoveredNode, ...]


@dataclass(frozen=True, slots=True)
class NodesAnswered:
    """The answer to :meth:`Discovery.query`: one event for all its packets."""

    query_id: int
    nodes: tuple[DiscoveredNode, ...]


@dataclass(frozen=True, slots=True)
class QueryFailed:
    """The node of :meth:`Discovery.query` did not answer."""

    query_id: int


@dataclass(frozen=True, slots=True)
class Registered:
    """A ticket was used: the registrar lists us now, unless it refused. It does not say."""

    topic: str
    registrar: DiscoveredNode


Event: TypeAlias = NodeFound | LookupDone | NodesAnswered | QueryFailed | Registered
