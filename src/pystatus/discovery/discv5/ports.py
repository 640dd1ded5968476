"""Where topics plug into a node: what the node asks of its registrar and of its registrant and searcher, and what
these ask of the node (overlay.md §3.5, §3.6)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol, TypeAlias

from pystatus.discovery.addresses import IPAddress
from pystatus.discovery.discv5.node import Contact, NodeId, Times
from pystatus.discovery.discv5.packets import Pong, TopicNodes


class Ticket(NamedTuple):
    """What a pong says of the topics of its ping."""

    issued: int
    """Monotonic seconds of the registrar, whole."""
    serial: int
    """Counts up for each node."""
    waits: tuple[int, ...]
    """Seconds, for each topic."""


class Registrar(Protocol):
    """Lists ads of others (``topic_table.py``). Every node has one. Topics are the bytes of packets."""

    def issue(self, node: NodeId, address: IPAddress, topics: Sequence[bytes], now: Times) -> Ticket:
        """The ticket for a pong. At most 8 topics; nothing may be kept of topics that nobody registers."""
        ...

    def issued(
        self, node: NodeId, address: IPAddress, ticket: Ticket, packet_hash: bytes, *, is_verified: bool
    ) -> None:
        """The pong with that ticket is on its way: only the packet with this hash
        (:func:`pystatus.discovery.discv5.packets.packet_hash`), from this node and address, is this ticket.

        :param is_verified: the node has proven its address.
        """
        ...

    def verified(self, node: NodeId) -> None:
        """The node has proven its address."""
        ...

    def use(
        self, contact: Contact, topics: Sequence[bytes], index: int, pong: Pong, packet_hash: bytes, now: Times
    ) -> bool:
        """A verified node presents a ticket.

        :param pong: what is in the ticket's packet, of which nothing but the form is checked.
        :returns: whether its ad was listed. False: outside of the window, or barred.
        :raises RemoteError: not our ticket, of another node or address, other topics, or no such topic.
        """
        ...

    def query(self, topic: bytes, asker: IPAddress, now: Times) -> list[Contact]:
        """The ads of a topic that this asker may be told, at most 10."""
        ...

    def ads(self, topic: bytes, now: Times) -> list[Contact]:
        """All ads of a topic."""
        ...

    def forget(self, node: NodeId) -> None:
        """The node is not remembered any more: what is kept for it alone may go."""
        ...


class TopicClient(Protocol):
    """The registrant and the searcher: the loops of overlay.md §3.6."""

    def topics(self) -> tuple[bytes, ...]:
        """Those being registered, in the order in which every ping names them."""
        ...

    def register(self, topic: bytes, now: Times) -> None: ...

    def unregister(self, topic: bytes) -> None: ...

    def search(self, topic: bytes, period: float | None, now: Times) -> None: ...

    def on_timer(self, now: Times) -> None: ...

    @property
    def next_timer(self) -> float | None:
        """Monotonic seconds."""
        ...

    def ponged(
        self, contact: Contact, ping_hash: bytes, topics: Sequence[bytes], pong: Pong, packet: bytes, now: Times
    ) -> None:
        """A node answered our ping with these topics; the node has been told already that it is alive.

        :param packet: the whole pong, for a topicRegister.
        :raises RemoteError: the ticket in it is useless.
        """
        ...

    def answered(self, contact: Contact, answer: TopicNodes, now: Times) -> bool:
        """A node answered a topicQuery. False: it counts as a failure of that node (no such query, or late)."""
        ...


Found: TypeAlias = Callable[[Sequence[Contact], Times], None]
"""Called with the result of a lookup, nearest first."""


class Overlay(Protocol):
    """What the registrant and the searcher ask of their node."""

    own_id: NodeId

    def lookup(self, target: bytes, found: Found, now: Times) -> None:
        """Find the nodes nearest to 32 bytes. ``found`` is called once, later or at once."""
        ...

    def ping(self, contact: Contact, now: Times) -> bytes | None:
        """Ping a node with all topics that are registered: the hash of the ping, or None where another one is under
        way."""
        ...

    def is_known(self, contact: Contact) -> bool:
        """Whether the node is verified, so that it answers queries."""
        ...

    def send_register(self, contact: Contact, topics: Sequence[bytes], index: int, pong: bytes, now: Times) -> bool:
        """Use a ticket. False: the node is not verified (any more)."""
        ...

    def send_query(self, contact: Contact, topic: bytes, now: Times) -> bytes | None:
        """Send a topicQuery: its hash, which the answer echoes. None: the node is not verified (any more)."""
        ...

    def found(self, topic: bytes, contact: Contact, teller: Contact) -> None:
        """Tell the user of a node that ``teller`` lists under ``topic``; the node checks its address."""
        ...

    def registered(self, topic: bytes, registrar: Contact) -> None:
        """Tell the user that a ticket was used."""
        ...
