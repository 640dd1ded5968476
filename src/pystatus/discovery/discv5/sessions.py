"""Conversations with other nodes: who is verified and where, pings and pongs, questions and answers (overlay.md §3.3).

Rules on top of the table of :mod:`~pystatus.discovery.discv5.states`:

* Before a node has answered from its address, it gets at most :data:`MAX_AMPLIFICATION` times the bytes that it sent.
* One ping of ours to a node is under way at a time; its token is void after 500 ms.
* A packet that is not a ping counts only from where its sender is verified; a ping from elsewhere starts anew.
* A node that others name is pinged, and believed only then; what is known of a node is not changed by others.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from pystatus.discovery.addresses import IPAddress, Key, address_from_bytes, is_local, is_one_host, may_dial, subnet_key
from pystatus.discovery.discv5.admission import Admitted
from pystatus.discovery.discv5.expected import ExpectedPlaces
from pystatus.discovery.discv5.identity import Identity
from pystatus.discovery.discv5.limits import (
    BUCKET_SIZE,
    EXPIRATION,
    LOWEST_RELAYED_PORT,
    MAX_FAILURES,
    MAX_PING_TOPICS,
    RESPONSE_TIMEOUT,
)
from pystatus.discovery.discv5.node import Endpoint, NodeId, Times
from pystatus.discovery.discv5.node_map import NodeMap
from pystatus.discovery.discv5.outbox import Outbox
from pystatus.discovery.discv5.packets import (
    MAX_NODES,
    MAX_PACKET_SIZE,
    FindNodeHash,
    Neighbors,
    PacketType,
    Ping,
    Pong,
    TopicNodes,
    packet_hash,
    topic_hash,
)
from pystatus.discovery.discv5.ports import Registrar, TopicClient
from pystatus.discovery.discv5.refusals import Reason, Refused
from pystatus.discovery.discv5.remote import Query, RemoteNode
from pystatus.discovery.discv5.states import PROVEN, TRANSITIONS, Cause, State
from pystatus.discovery.discv5.table import Table
from pystatus.discovery.discv5.wire_nodes import WireEndpoint, WireNode, wire_endpoint
from pystatus.errors import RemoteError

MAX_AMPLIFICATION = 3
"""Bytes to an address that has proven nothing, for each byte from there (A42)."""
MAX_WAITING = 8
"""Questions that wait for one node. Further ones fail at once."""
MAX_NAMED_OF_SUBNET = 4
"""Nodes of one /24 or /48 that are taken from one packet: each of them is pinged."""


class Sessions:
    """All conversations of one node."""

    __slots__ = (
        "_client", "_due", "_identity", "_outbox", "_registrar", "expected", "nodes", "own", "table",
    )  # fmt: skip

    def __init__(
        self,
        identity: Identity,
        endpoint: Endpoint,
        nodes: NodeMap,
        table: Table,
        outbox: Outbox,
        registrar: Registrar,
        client: TopicClient,
    ) -> None:
        self._identity = identity
        self.own = wire_endpoint(endpoint)
        """Where we are, as pings say it; the caller changes it."""
        self._outbox = outbox
        self._registrar = registrar
        self._client = client
        self._due: deque[tuple[float, RemoteNode, bytes | Query | None]] = deque()
        """What is late and when: a ping (its token), a question, or (None) the ping of the other side. All of them have
        500 ms, so they are in order."""
        self.expected = ExpectedPlaces()
        self.nodes = nodes
        self.table = table

    @property
    def next_timer(self) -> float | None:
        """Monotonic seconds. What has come in time is not waited for."""
        due = self._due
        while due:
            at, node, what = due[0]
            if what is None:
                if node.state is State.REMOTEVERIFYWAIT:
                    return at
            elif node.ping_hash is what or node.query is what or node.rest is what:
                return at
            due.popleft()
        return None

    # --- What comes

    def receive(
        self, admitted: Admitted, datagram: bytes, source: tuple[IPAddress, int], now: Times
    ) -> RemoteNode | None:
        """Handle pings, pongs, and answers. Questions of proven nodes are not handled here: their node is returned.

        :raises Refused: the packet counts for nothing.
        """
        body = admitted.body
        if isinstance(body, Ping):
            self._receive_ping(admitted.sender, body, datagram, source, now)
            return None
        node = self.nodes.get(admitted.sender)
        if node is None:
            raise Refused(Reason.STATE, "from a node that did not say who it is")
        endpoint = node.endpoint
        if endpoint.udp_port != source[1] or endpoint.address != source[0]:
            raise Refused(Reason.ADDRESS, "the sender is verified elsewhere")
        if isinstance(body, Pong):
            self._receive_pong(node, body, datagram, now)
            return None
        if node.state not in PROVEN:
            raise Refused(Reason.STATE, "from a node that is not verified")
        node.heard = now.monotonic
        if isinstance(body, Neighbors):
            self._receive_neighbors(node, body, now)
            return None
        if isinstance(body, TopicNodes):
            if not self._client.answered(node.contact, body, now):
                self._count_failure(node, now)
                raise Refused(Reason.UNASKED, "no question of ours has this echo")
            return None
        return node

    def _receive_ping(
        self, sender: bytes, ping: Ping, datagram: bytes, source: tuple[IPAddress, int], now: Times
    ) -> None:
        address, port = source
        # A port of 0 helps nobody: other nodes would drop the entry.
        endpoint = Endpoint(address, port, ping.sender.tcp_port or port)
        node = self.nodes.get(sender)
        if node is None:
            if not is_one_host(address):
                raise Refused(Reason.SOURCE, "from an address that no node has")
            node = self._make_node(self._identity.node_id_of(sender, proven=True), endpoint, now)
            if node is None:
                raise Refused(Reason.FULL, "too many nodes are remembered")
        elif node.endpoint != endpoint:
            has_moved = node.endpoint.udp_port != port or node.endpoint.address != address
            if has_moved:
                self._change(node, Cause.MOVED, now)
            node.endpoint = endpoint
        node.heard = now.monotonic
        pong = self._pong(node, ping, datagram, now)
        self._outbox.post(pong, PacketType.PONG, endpoint)
        is_stranger = node.state is State.UNKNOWN
        self._change(node, Cause.PING, now)
        if is_stranger and self.ping(node, now, MAX_AMPLIFICATION * len(datagram) - len(pong)) is None:
            self._change(node, Cause.PONG_TIMEOUT, now)  # the smallest pings do not pay for one of ours

    def _pong(self, node: RemoteNode, ping: Ping, datagram: bytes, now: Times) -> bytes:
        """The signed answer, with a ticket; without one, where more topics are named than anybody needs."""
        endpoint = node.endpoint
        topics = ping.topics if len(ping.topics) <= MAX_PING_TOPICS else ()
        ticket = self._registrar.issue(node.id, endpoint.address, topics, now)
        pong = self._outbox.sign(
            Pong(
                wire_endpoint(endpoint),
                packet_hash(datagram),
                ticket.issued,
                topic_hash(topics),
                ticket.serial,
                ticket.waits,
            )
        )
        if topics:
            is_verified = node.state in PROVEN
            self._registrar.issued(node.id, endpoint.address, ticket, packet_hash(pong), is_verified=is_verified)
        return pong

    def _receive_pong(self, node: RemoteNode, pong: Pong, datagram: bytes, now: Times) -> None:
        token = node.ping_hash
        if token is None or pong.reply_token != token:
            raise Refused(Reason.TOKEN, "no ping of ours has this token")
        node.ping_hash = None
        node.heard = now.monotonic
        topics, node.ping_topics = node.ping_topics, ()
        self._change(node, Cause.PONG, now)
        try:
            self._client.ponged(node.contact, token, topics, pong, datagram, now)
        except RemoteError as error:
            raise Refused(Reason.TICKET, str(error)) from None

    def _receive_neighbors(self, node: RemoteNode, answer: Neighbors, now: Times) -> None:
        query = node.query
        if query is None:
            query = node.rest
            if query is None:
                raise Refused(Reason.UNASKED, "nothing was asked")
            node.rest = None
            query.asker.answered(node, self._take(answer.nodes, node, now), True, now)
            return
        node.failures = 0
        node.query = None
        if node.state is State.UNRESPONSIVE:  # both may be so to each other, and then neither would ping by itself
            self.contest(node, now)
        is_all = len(answer.nodes) < MAX_NODES
        # While the rest of an earlier answer may still come, this may be it, and the answer itself comes after it.
        if not is_all or node.rest is not None:
            self._end_rest(node, now)
            node.rest = query
            is_all = False
        nodes = self._take(answer.nodes, node, now)
        query.asker.answered(node, nodes, is_all, now)
        self._ask_next(node, now)

    def _take(self, named: Sequence[WireNode], teller: RemoteNode, now: Times) -> list[RemoteNode | None]:
        """The nodes that a neighbour names; ``None`` in place of those that are refused. New ones are pinged."""
        of_subnet: dict[Key, int] = {}
        return [self._named(one, teller, of_subnet, now) for one in named[:BUCKET_SIZE]]

    def _named(self, named: WireNode, teller: RemoteNode, of_subnet: dict[Key, int], now: Times) -> RemoteNode | None:
        address = address_from_bytes(named.ip)
        if address is None or named.udp_port < LOWEST_RELAYED_PORT or not named.tcp_port:
            return None
        if named.id == self._identity.node_id.xy:
            return None
        node = self.nodes.get(named.id)
        if node is None:
            if not may_dial(address, teller.endpoint.address) or self._is_crowded(address, of_subnet):
                return None
            try:
                node_id = self._identity.node_id_of(named.id, proven=False)
            except RemoteError:
                return None
            node = self._make_node(node_id, Endpoint(address, named.udp_port, named.tcp_port), now)
            if node is not None:
                self.verify(node, now)
            return node
        return node if node.endpoint.udp_port == named.udp_port and node.endpoint.address == address else None

    @staticmethod
    def _is_crowded(address: IPAddress, of_subnet: dict[Key, int]) -> bool:
        """Whether enough new nodes of this network were named; it is counted."""
        if is_local(address):
            return False
        subnet = subnet_key(address)
        of_subnet[subnet] = of_subnet.get(subnet, 0) + 1
        return of_subnet[subnet] > MAX_NAMED_OF_SUBNET

    # --- What we say

    def verify(self, node: RemoteNode, now: Times) -> None:
        """Find out whether a node is where we think it is."""
        self._change(node, Cause.VERIFY, now)

    def contest(self, node: RemoteNode, now: Times) -> None:
        """Ping a known node, or one that was: if it does not answer, it loses its place in the table."""
        self._change(node, Cause.CONTEST, now)

    def ping(self, node: RemoteNode, now: Times, max_size: int = MAX_PACKET_SIZE) -> bytes | None:
        """Ping a node: the hash of the packet. ``None``: a ping is under way, or one would be longer than ``max_size``.
        It names the topics that we register, if there is room for them."""
        if node.ping_hash is not None:
            return None
        endpoint = node.endpoint
        to = WireEndpoint(endpoint.address.packed, endpoint.udp_port, endpoint.udp_port)
        ping = Ping(self.own, to, int(now.unix) + EXPIRATION, self._client.topics())
        packet = self._outbox.sign(ping)
        if len(packet) > max_size:
            ping = ping._replace(topics=())
            packet = self._outbox.sign(ping)
            if len(packet) > max_size:
                return None
        self._outbox.post(packet, PacketType.PING, endpoint)
        if node.state is not State.VERIFYWAIT:
            self.expected.add(endpoint, now)
        node.ping_hash = token = packet_hash(packet)
        node.ping_topics = ping.topics
        self._due.append((now.monotonic + RESPONSE_TIMEOUT, node, token))
        return token

    def ask(self, node: RemoteNode, query: Query, now: Times) -> None:
        """Send a findnodeHash, after those that wait already, and after the node's verification. Its asker is
        answered sooner or later."""
        waiting = node.waiting or ()
        if len(waiting) >= MAX_WAITING or not (node.index >= 0 or self._remember(node, now)):
            query.asker.failed(node, now)
            return
        node.waiting = [*waiting, query]
        self.verify(node, now)
        self._ask_next(node, now)

    def find(self, node_id: NodeId, endpoint: Endpoint, now: Times) -> RemoteNode | None:
        """The node as it is remembered, or a new one that is remembered from now on. ``None``: there is no room."""
        return self.nodes.get(node_id.xy) or self._make_node(node_id, endpoint, now)

    def on_timer(self, now: Times) -> None:
        """What is late by now."""
        while self._due and self._due[0][0] <= now.monotonic:
            _, node, what = self._due.popleft()
            if what is None:
                self._change(node, Cause.PING_TIMEOUT, now)
            elif isinstance(what, Query):
                self._miss_answer(node, what, now)
            elif node.ping_hash is what:
                node.ping_hash = None
                self._change(node, Cause.PONG_TIMEOUT, now)

    # --- States

    def _change(self, node: RemoteNode, cause: Cause, now: Times) -> None:
        new = TRANSITIONS.get((node.state, cause))
        if new is None:
            return
        node.state = new
        if new is State.UNKNOWN:
            if cause is not Cause.MOVED:
                self.nodes.remove(node)
            self._cut_off(node, now)
        elif new is State.VERIFYINIT:
            self.ping(node, now)
        elif new is State.REMOTEVERIFYWAIT:
            self._due.append((now.monotonic + RESPONSE_TIMEOUT, node, None))
        elif new is State.KNOWN:
            self._registrar.verified(node.id)
            node.failures = 0
            last = self.table.add(node)
            if last is not None:
                self._change(last, Cause.CONTEST, now)
            self._ask_next(node, now)
        elif new is State.CONTESTED:
            self.ping(node, now)  # if one is under way, its time-out counts
        elif new is State.UNRESPONSIVE:
            node.failures = 0
            self.table.delete_replace(node)

    def _cut_off(self, node: RemoteNode, now: Times) -> None:
        """Nothing is proven of a node any more, and nothing comes from it."""
        self.table.delete(node)
        node.ping_hash = None
        ended = [query for query in (node.query, *(node.waiting or ())) if query is not None]
        node.query = node.waiting = None
        self._end_rest(node, now)
        for query in ended:
            query.asker.failed(node, now)

    def _make_node(self, node_id: NodeId, endpoint: Endpoint, now: Times) -> RemoteNode | None:
        node = RemoteNode(node_id, endpoint, now)
        return node if self._remember(node, now) else None

    def _remember(self, node: RemoteNode, now: Times) -> bool:
        """Whether there is room for a node, and it is not remembered as another one."""
        if self.nodes.get(node.id.xy) is not None:
            return False
        leaving = self.nodes.make_room()
        if leaving is None and self.nodes.is_full:
            return False
        if leaving is not None:
            self.nodes.remove(leaving)
        self.nodes.add(node)
        if leaving is not None:  # last: whoever asked it may now ask somebody else, who needs room, too
            leaving.state = State.UNKNOWN
            self._cut_off(leaving, now)
        return True

    # --- Questions

    def _ask_next(self, node: RemoteNode, now: Times) -> None:
        if node.query is not None or not node.waiting or node.state not in PROVEN:
            return
        node.query = query = node.waiting.pop(0)
        self._outbox.send(FindNodeHash(query.target, int(now.unix) + EXPIRATION), node.endpoint)
        self.expected.add(node.endpoint, now)
        self._due.append((now.monotonic + RESPONSE_TIMEOUT, node, query))

    def _miss_answer(self, node: RemoteNode, query: Query, now: Times) -> None:
        """500 ms after a question: its answer is late, or no rest of it will come."""
        if node.rest is query:
            self._end_rest(node, now)
        elif node.query is query:
            node.query = None
            query.asker.failed(node, now)
            self._count_failure(node, now)
            self._ask_next(node, now)

    @staticmethod
    def _end_rest(node: RemoteNode, now: Times) -> None:
        query, node.rest = node.rest, None
        if query is not None:
            query.asker.answered(node, (), True, now)

    def _count_failure(self, node: RemoteNode, now: Times) -> None:
        node.failures += 1
        if node.failures > MAX_FAILURES:
            self._change(node, Cause.CONTEST, now)
