"""One node and its peers, step by step as go-ethereum did it: what is sent, who is known, what is in the table.

Where the reference's behaviour is not to be copied, the step says what we do, and why.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from pystatus.crypto.keys import PrivateKey, PublicKey
from pystatus.devp2p.enode import Enode
from pystatus.discovery.addresses import IPAddress, parse_address
from pystatus.discovery.discv5 import packets
from pystatus.discovery.discv5.events import NodesAnswered, QueryFailed
from pystatus.discovery.discv5.identity import Secp256k1Identity
from pystatus.discovery.discv5.node import Endpoint, Times
from pystatus.discovery.discv5.outbox import TYPE_NAMES
from pystatus.discovery.discv5.remote import RemoteNode
from pystatus.discovery.discv5.service import Discovery
from tests.support.vectors import Case, case_id, cases, unhex

Sent = list[tuple[bytes, IPAddress, int]]


class World:
    """The node under test, and how the steps of a case are played on it."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.key = PrivateKey(unhex(case["private_key"]))
        self.results: list[list[bytes] | None] = []
        """Nodes in the answers to our questions; None: no answer came."""
        self.ids = [unhex(peer["node_id"]) for peer in case["peers"]]
        endpoint = Endpoint(parse_address(case["listen_ip"]), case["listen_port"], case["listen_port"])
        first = case["steps"][0]
        self.node = Discovery(self.key, endpoint, os.urandom, self.times(first))
        for packet in first["sent"]:
            for topic in packet["fields"].get("topics", ()) if packet["type_name"] == "ping" else ():
                self.node.register(topic, self.times(first))

    @staticmethod
    def times(step: Case) -> Times:
        # A microsecond more: 500 ms after a time that was rounded may be a little later.
        return Times(step["at_ns"] / 1e9 + ("timeout" in step["event"]) * 1e-6, float(step["now_unix"]))

    def peer(self, number: int) -> RemoteNode | None:
        return self.node.sessions.nodes.get(self.ids[number])

    def play(self, step: Case) -> None:
        now = self.times(step)
        match step["event"]:
            case "packet":
                source = parse_address(step["from_ip"]), step["from_port"]
                self.node.receive(unhex(step["packet"]), source, now)
            case "start_query":
                public_key = PublicKey.from_xy(self.ids[step["node"]])
                enode = Enode(public_key, step["node_ip"], step["node_port"], step["node_port"])
                self.node.query(enode, unhex(step["target"]), now)
            case "local_ping":
                self.node.sessions.ping(self.known(step["node"]), now)
            case "contested":
                self.node.sessions.contest(self.known(step["node"]), now)
            case _:
                self.node.on_timer(now)

    def known(self, number: int) -> RemoteNode:
        peer = self.peer(number)
        assert peer is not None
        return peer

    def sent(self) -> Sent:
        return [(datagram.data, datagram.address, datagram.port) for datagram in self.node.datagrams_to_send()]

    def state(self, number: int) -> str:
        peer = self.peer(number)
        return "unknown" if peer is None else peer.state.name.lower()

    def table(self) -> list[Case]:
        numbered = {node_id: number for number, node_id in enumerate(self.ids)}
        rows = []
        for distance in range(257):
            bucket = self.node.table.bucket(distance)
            if bucket is not None:
                entries = [numbered[node.id.xy] for node in bucket.entries]
                replacements = [numbered[node.id.xy] for node in bucket.replacements]
                rows.append({"log_distance": distance, "entries": entries, "replacements": replacements})
        return rows

    def ads(self, topic: str, step: Case) -> int:
        return len(self.node.ads(topic, self.times(step)))

    def decoded(self, sent: Sent) -> list[packets.Body]:
        identity = Secp256k1Identity(self.key)
        return [packets.decode(packet, identity).body for packet, _, _ in sent]


def wanted(step: Case) -> Sent:
    return [(unhex(one["packet"]), parse_address(one["to_ip"]), one["to_port"]) for one in step["sent"]]


def names(bodies: list[packets.Body]) -> list[str]:
    return [TYPE_NAMES[packets.type_of(body)] for body in bodies]


@dataclass(frozen=True)
class Ours:
    """How a step ends with us, where the reference is not to be followed."""

    why: str
    check: Callable[[World, Sent, Case], None]
    goes_on: bool = True
    """Whether what comes after it is as in the reference."""


def silence(world: World, sent: Sent, step: Case) -> None:
    assert sent == []
    who: int = step["sender"]
    assert world.state(who) == step["state_after"]


def thief_is_refused(world: World, sent: Sent, step: Case) -> None:
    assert sent == []
    assert world.node.counters.refused["ticket"] == 10
    assert step["ads_after"] == step["ads_before"] + 1


def owner_is_listed(world: World, sent: Sent, step: Case) -> None:
    assert sent == []
    assert world.node.counters.received["topicRegister"] == 1


def the_thief_is_not_listed(world: World, sent: Sent, step: Case) -> None:
    (answer,) = world.decoded(sent)
    assert isinstance(answer, packets.TopicNodes)
    assert answer.nodes == ()
    assert len(step["sent"][0]["fields"]["nodes"]) == 1


def the_other_address_is_not_taken(world: World, sent: Sent, step: Case) -> None:
    assert sent == []
    taken = step["address_of_peer_2"]
    assert world.known(2).endpoint.address != parse_address(taken["ip"])
    assert world.known(2).endpoint.tcp_port != taken["tcp"]
    world.results.append([])


def pinged(world: World, sent: Sent, step: Case) -> None:
    assert names(world.decoded(sent)) == ["ping"]
    assert world.state(step["node"]) == step["state_after"]


def contested_with_a_time_out(world: World, sent: Sent, step: Case) -> None:
    # The ping of the step before is under way, so no second one is sent; 500 ms after it the node loses its place.
    assert sent == []
    assert world.state(0) == "contested"
    now = world.times(step)
    world.node.on_timer(Times(now.monotonic + 0.51, now.unix))
    assert world.state(0) == "unresponsive"
    assert len(world.node.table) == 0


def verified_again(world: World, sent: Sent, step: Case) -> None:
    """A findnodeHash from a new address is not answered, nor is what we know changed: a ping has to come from there."""
    assert sent == []
    assert world.state(0) == "known"
    _, verified, _, ping, query = world.case["steps"]
    assert world.known(0).endpoint.address == parse_address(verified["from_ip"])
    assert world.known(0).endpoint.udp_port == verified["from_port"]
    now = world.times(step)
    source = parse_address(ping["from_ip"]), ping["from_port"]
    world.node.receive(unhex(ping["packet"]), source, now)
    pong, our_ping = world.decoded(world.sent())
    assert isinstance(pong, packets.Pong)
    assert isinstance(our_ping, packets.Ping)
    assert world.state(0) == "verifywait"
    assert len(world.node.table) == 0
    assert world.known(0).endpoint == Endpoint(*source, source[1])  # a TCP port of 0 is not taken over (20)
    world.node.receive(unhex(query["packet"]), source, now)
    assert world.sent() == []
    assert world.node.counters.refused == {"address": 1, "state": 1}


def four_bytes(world: World, sent: Sent, step: Case) -> None:
    (answer,) = world.decoded(sent)
    assert isinstance(answer, packets.Neighbors)
    (theirs,) = step["sent"][0]["fields"]["nodes"]
    (ours,) = answer.nodes
    assert ours.ip == unhex(theirs["ip"])[-4:]
    assert ours[1:] == (theirs["udp"], theirs["tcp"], unhex(theirs["id"]))


EXPIRED = Ours("expirations are looked at", silence)
EXCEPTIONS: dict[tuple[int, int], Ours] = {
    (185, 4): EXPIRED,
    (186, 13): Ours("a ticket serves the node that it was given to", thief_is_refused),
    (186, 14): Ours("as above: the owner alone has an ad", owner_is_listed),
    (186, 15): Ours("as above", the_thief_is_not_listed),
    (190, 10): Ours("what others say does not change what is known", the_other_address_is_not_taken),
    (192, 7): Ours("a token is void after 500 ms", pinged),
    (194, 4): Ours("as above", pinged),
    (194, 5): Ours("no node stays contested for ever", contested_with_a_time_out),
    (195, 2): Ours("a node is verified at one address and port; no TCP port of 0", verified_again, goes_on=False),
    (196, 2): Ours("IPv4 has 4 bytes in neighbors, too", four_bytes),
    (197, 2): Ours("an empty token answers no ping", silence),
    (197, 4): Ours("a copy from elsewhere is refused", silence),
}
"""Case and step, as decisions.md has them ("Vectors and our own policy")."""


@pytest.mark.requirement("CL-17")
@pytest.mark.parametrize("case", cases("discv5", "node_session"), ids=case_id)
def test_a_node_and_its_peers(case: Case) -> None:
    world = World(case)
    for number, step in enumerate(case["steps"]):
        world.play(step)
        sent = world.sent()
        ours = EXCEPTIONS.get((case["id"], number))
        if ours is not None:
            ours.check(world, sent, step)
            if not ours.goes_on:
                return
            continue
        where = f"step {number}: {step['event']} {step.get('type_name', '')}"
        assert sent == wanted(step), where
        assert world.table() == step["table_after"], where
        who = step.get("sender", step.get("node"))
        assert world.state(who) == step["state_after"], where
        peer = world.peer(who)
        if peer is not None and "address_after" in step:
            after = step["address_after"]
            assert peer.endpoint == Endpoint(parse_address(after["ip"]), after["udp"], after["tcp"]), where
        if "ads_after" in step:
            assert sum(world.ads(topic, step) for topic in ("whisper", "whispermail")) == step["ads_after"], where
        if "query_result" in step:
            nodes = step["query_result"]
            world.results.append([unhex(xy) for xy in nodes if xy is not None] if nodes else None)
    check_answers(world)


def check_answers(world: World) -> None:
    """Who asked gets the nodes that were not refused, or is told that there is no answer; at the latest after 500 ms,
    in which the rest of a long answer may come."""
    now = world.times(world.case["steps"][-1])
    world.node.on_timer(Times(now.monotonic + 0.51, now.unix))
    answers = [
        [node.public_key.xy for node in event.nodes] if isinstance(event, NodesAnswered) else None
        for event in world.node.events()
        if isinstance(event, (NodesAnswered, QueryFailed))
    ]
    assert [answer for answer in answers if answer is not None] == [one for one in world.results if one is not None]
    assert answers.count(None) >= world.results.count(None)
