"""Answers to what nodes ask that have proven their address (overlay.md §3.2, §3.4, §3.5)."""

from __future__ import annotations

from collections.abc import Sequence

from pystatus.crypto.hashing import keccak256
from pystatus.discovery.discv5.limits import BUCKET_SIZE, EXPIRATION, MAX_TOPIC_NODES
from pystatus.discovery.discv5.node import Contact, Times
from pystatus.discovery.discv5.outbox import Outbox
from pystatus.discovery.discv5.packets import (
    MAX_NODES,
    Body,
    FindNode,
    FindNodeHash,
    Neighbors,
    Pong,
    TopicNodes,
    TopicQuery,
    TopicRegister,
    check_head,
    decode_body,
    packet_hash,
)
from pystatus.discovery.discv5.ports import Registrar, TopicClient
from pystatus.discovery.discv5.refusals import Reason, Refused
from pystatus.discovery.discv5.remote import NO_SUBNET, RemoteNode
from pystatus.discovery.discv5.table import Table
from pystatus.discovery.discv5.wire_nodes import wire_node
from pystatus.errors import RemoteError


class Answers:
    """Looks up what is asked, and says it."""

    __slots__ = ("_client", "_outbox", "_registrar", "_table", "own")

    def __init__(self, own: Contact, table: Table, outbox: Outbox, registrar: Registrar, client: TopicClient) -> None:
        self.own = own
        """We, as others are told."""
        self._table = table
        self._outbox = outbox
        self._registrar = registrar
        self._client = client

    def answer(self, node: RemoteNode, body: Body, datagram: bytes, now: Times) -> None:
        """
        :param node: who asks; proven.
        :raises Refused: a ticket that is not what it should be.
        """
        if isinstance(body, FindNodeHash):
            self._send_neighbors(node, body.target, now)
        elif isinstance(body, FindNode):
            self._send_neighbors(node, keccak256(body.target), now)
        elif isinstance(body, TopicQuery):
            self._send_topic_nodes(node, body.topic, packet_hash(datagram), now)
        else:
            assert isinstance(body, TopicRegister), "the conversations take everything else"
            self._use_ticket(node, body, now)

    def _send_neighbors(self, node: RemoteNode, target: bytes, now: Times) -> None:
        """The 16 nearest of the table, the one who asks among them, in two packets if need be. Nothing, if there are
        none. Of our local network only those who are in it hear."""
        nearest: Sequence[RemoteNode] = self._table.closest(int.from_bytes(target, "big"), BUCKET_SIZE)
        if node.subnet != NO_SUBNET:
            nearest = [one for one in nearest if one.subnet != NO_SUBNET]
        expiration = int(now.unix) + EXPIRATION
        for start in range(0, len(nearest), MAX_NODES):
            nodes = tuple(wire_node(one.contact) for one in nearest[start : start + MAX_NODES])
            self._outbox.send(Neighbors(nodes, expiration), node.endpoint)

    def _send_topic_nodes(self, node: RemoteNode, topic: bytes, echo: bytes, now: Times) -> None:
        """The ads of a topic, and we ourselves if we register it; always one packet."""
        ads = self._registrar.query(topic, node.endpoint.address, now)
        if topic in self._client.topics():
            ads = [*ads, self.own]
        self._outbox.send(TopicNodes(echo, tuple(map(wire_node, ads[:MAX_TOPIC_NODES]))), node.endpoint)

    def _use_ticket(self, node: RemoteNode, request: TopicRegister, now: Times) -> None:
        """Nothing is answered. The signature of the ticket is not looked at: the registrar knows the hash of each that
        it gave away."""
        try:
            check_head(request.pong)
            pong = decode_body(request.pong)
            if not isinstance(pong, Pong):
                raise RemoteError("the packet in a topicRegister is no pong")
            self._registrar.use(node.contact, request.topics, request.topic_index, pong, packet_hash(request.pong), now)
        except RemoteError as error:
            raise Refused(Reason.TICKET, str(error)) from None
